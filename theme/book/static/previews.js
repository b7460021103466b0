// What a link leads to or a letter means, beside it: while it is pointed at or has the focus, a letter also when it is
// tapped. The previews of a page load when one of them is first asked for; they are classic scripts, as the search is.

"use strict";

{
  const home = new URL(document.documentElement.dataset.content_root, location.href).href;
  const WAITS = { shown: 250, hidden: 300 };  // milliseconds; the second lets the pointer travel into the preview
  const GAP = 8;
  const loading = new Map();
  let shown, wanted, dismissed, timer;

  const loaded = (name) => {
    if (!loading.has(name)) {
      loading.set(name, new Promise((resolve) => {
        const script = document.createElement("script");
        script.src = `${home}_static/previews/${name.replaceAll("/", "-")}.js`;
        script.addEventListener("load", () => resolve(globalThis.previews[name]));
        script.addEventListener("error", () => { loading.delete(name); resolve({}); });
        document.head.append(script);
      }));
    }
    return loading.get(name);
  };

  // A page that has no mathematics of its own sets that of its previews, too.
  const style = () => {
    if (document.querySelector('link[href*="katex.min.css"]')) return;
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = `${home}_static/vendor/katex/katex.min.css`;
    document.head.append(link);
  };

  const box = document.createElement("div");
  box.id = "preview";
  box.className = "preview";
  box.popover = "manual";
  box.setAttribute("role", "tooltip");
  document.body.append(box);

  // What can be previewed around an element, and where its preview is: the script and the place in it.
  const target = (element) => element.closest?.("article a[href]:not(.headerlink), article [data-letter]");
  const place = (element) => {
    if (element.dataset.letter) return ["letters", element.dataset.letter];
    const [page, anchor = ""] = element.href.split("#");
    return page.startsWith(home) && page.endsWith(".html") ? [page.slice(home.length, -".html".length), decodeURIComponent(anchor)] : [];
  };

  // Below what it belongs to, or above it where there is more room: never over it.
  const put = () => {
    const at = shown.getBoundingClientRect();
    const top = document.querySelector(".top").getBoundingClientRect().bottom;
    if (at.bottom < top || at.top > innerHeight) {
      hide();
      return;
    }
    box.style.maxHeight = "";
    const [above, below] = [at.top - top - 2 * GAP, innerHeight - at.bottom - 2 * GAP];
    const under = box.offsetHeight <= below || below >= above;
    box.style.maxHeight = `${Math.max(under ? below : above, 0)}px`;
    box.style.top = `${under ? at.bottom + GAP : at.top - GAP - box.offsetHeight}px`;
    const width = document.documentElement.clientWidth;
    box.style.left = `${Math.max(GAP, Math.min(at.left, width - box.offsetWidth - GAP))}px`;
  };

  const hide = () => {
    clearTimeout(timer);
    wanted = undefined;
    if (!shown) return;
    shown.removeAttribute("aria-describedby");
    shown = undefined;
    box.hidePopover();
  };

  const show = async (element) => {
    wanted = element;
    const [name, anchor] = place(element);
    const html = name && (await loaded(name))[anchor];
    if (!html || wanted !== element) return;
    hide();
    box.innerHTML = html;
    if (html.includes('class="katex')) style();
    shown = wanted = element;
    element.setAttribute("aria-describedby", box.id);
    box.showPopover();
    box.scrollTop = 0;
    put();
  };

  const soon = (action, wait, ...given) => { timer = setTimeout(action, wait, ...given); };

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const element = target(event.target);
    if (element && element === dismissed) return;
    dismissed = undefined;
    clearTimeout(timer);
    if (box.contains(event.target) || (shown && element === shown)) return;
    if (element) soon(show, WAITS.shown, element);
    else if (!shown?.matches(":focus-visible")) soon(hide, WAITS.hidden);
  });
  document.addEventListener("focusin", (event) => {
    const element = target(event.target);
    if (element?.matches(":focus-visible")) show(element);
    else hide();
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("click", (event) => {
    const element = target(event.target);
    if (element?.dataset.letter && element !== shown) show(element);
    else if (!box.contains(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    dismissed = shown ?? wanted;
    hide();
  });
  addEventListener("scroll", () => { if (shown) put(); }, { passive: true });
  addEventListener("resize", hide);
  addEventListener("pagehide", hide);

  // The letters of the page as one list, a single stop for the keyboard instead of one at every letter.
  const button = document.querySelector(".opens-letters");
  const used = [...new Set([...document.querySelectorAll("article [data-letter]")].map(({ dataset }) => dataset.letter))];
  if (used.length) {
    let dialog;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const letters = await loaded("letters");
      if (!dialog) {
        dialog = document.createElement("dialog");
        dialog.className = "search-dialog letters";
        dialog.setAttribute("aria-label", button.textContent);
        const list = document.createElement("ul");
        for (const letter of used.filter((each) => letters[each])) {
          const item = document.createElement("li");
          item.innerHTML = letters[letter];
          list.append(item);
        }
        const close = document.createElement("button");
        close.type = "button";
        close.className = "quiet";
        close.textContent = "×";
        close.setAttribute("aria-label", SAY.closeList);
        close.addEventListener("click", () => dialog.close());
        dialog.append(close, list);
        document.body.append(dialog);
      }
      dialog.showModal();
    });
  }
}
