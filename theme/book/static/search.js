// Search: a dialog on every page, and the search page itself. The library and the index load when a reader first
// searches; both are classic scripts, so that the search works from a folder, too.

"use strict";

{
  const home = document.documentElement.dataset.content_root;
  const MOST = 30;
  let ready;

  const element = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };

  const load = (path) => new Promise((resolve, reject) => {
    const script = element("script", { src: `${home}_static/${path}` });
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(SAY.notLoaded(path))));
    document.head.append(script);
  });

  async function open() {
    await Promise.all([load("vendor/minisearch/minisearch.js"), load("search-index.js")]);
    const index = new MiniSearch({
      extractField: (entry, field) => (field === "title" && entry.name ? "" : entry[field] ?? ""),
      fields: ["title", "meaning", "name", "tex", "text"],
      searchOptions: {
        boost: { title: 5, name: 5, meaning: 3 },
        prefix: (term) => term.length > 1,
        fuzzy: (term) => (term.length > 5 ? 0.2 : false),
        boostDocument: (id) => (searchIndex[id].name ? 0.4 : 1),
        combineWith: "AND",
      },
    });
    index.addAll(searchIndex.map((entry, id) => ({ ...entry, id })));
    const plain = (text) => text.replace(/\s/g, "");
    return (query) => {
      const found = index.search(query);
      // TeX that was copied from a formula finds that formula first, and the shortest that has it before the others
      const length = ({ id }) => (searchIndex[id].name && plain(searchIndex[id].tex).includes(plain(query)) ? searchIndex[id].tex.length : Infinity);
      if (query.includes("\\")) found.sort((a, b) => (length(a) === length(b) ? b.score - a.score : length(a) - length(b)));
      return found.slice(0, MOST).map(({ id, terms }) => ({ ...searchIndex[id], terms }));
    };
  }

  // Text with the words that were found marked.
  function marked(text, terms) {
    const escaped = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const pattern = new RegExp(`(${escaped.join("|")})`, "i");
    return text.split(new RegExp(pattern, "gi")).map((part, i) => (i % 2 ? element("mark", {}, part) : part));
  }

  function excerpt(text, terms) {
    const lower = text.toLowerCase();
    const first = Math.min(...terms.map((term) => lower.indexOf(term)).map((at) => (at < 0 ? Infinity : at)));
    const from = Number.isFinite(first) ? Math.max(0, text.lastIndexOf(" ", Math.max(first - 60, 0)) + 1) : 0;
    const to = from + 180 < text.length ? text.lastIndexOf(" ", from + 180) : text.length;
    return `${from > 0 ? "… " : ""}${text.slice(from, to)}${to < text.length ? " …" : ""}`;
  }

  function result({ title, chapter, url, text, name, terms }) {
    const where = chapter === title.replace(/^[\d.]+ /, "") ? "" : chapter;
    const head = element("span", { class: "found-title" }, ...marked(title, terms));
    const link = element("a", { href: home + url }, head, element("small", {}, where, name ? " · " : "", name ? element("code", {}, name) : ""));
    if (text) link.append(element("span", { class: "found-text" }, ...marked(excerpt(text, terms), terms)));
    return element("li", {}, link);
  }

  // A field, what it found, and how many, below one another.
  function build(place, query) {
    const input = element("input", { type: "search", "aria-label": SAY.searchTheBook, placeholder: SAY.searchFor, autocomplete: "off", spellcheck: "false" });
    const status = element("p", { role: "status", class: "found-count" });
    const list = element("ol", { class: "found" });
    place.append(element("div", { role: "search" }, input), status, list);
    let asked = 0;
    const search = async () => {
      const words = input.value.trim();
      const mine = ++asked;
      if (!words) {
        list.replaceChildren();
        status.textContent = "";
        return;
      }
      try {
        const find = await (ready ??= open());
        if (mine !== asked) return;
        const found = find(words);
        list.replaceChildren(...found.map(result));
        status.textContent = SAY.found(found.length, MOST);
      } catch (error) {
        ready = undefined;
        status.textContent = SAY.noSearch(error.message);
      }
    };
    input.addEventListener("input", search);
    place.addEventListener("keydown", (event) => {
      const links = [...list.querySelectorAll("a")];
      const at = links.indexOf(document.activeElement);
      if (event.key === "Enter" && document.activeElement === input) links[0]?.click();
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      (next < 0 ? input : links[Math.min(next, links.length - 1)] ?? input).focus();
    });
    input.value = query;
    search();
    return input;
  }

  const page = document.querySelector(".search-page");
  const field = document.querySelector(".search input");
  const button = document.querySelector(".opens-search");
  if (page) {
    const input = build(page, new URLSearchParams(location.search).get("q") ?? "");
    input.addEventListener("input", () => history.replaceState(null, "", `?${new URLSearchParams({ q: input.value })}`));
    input.focus();
  } else {
    let dialog, input;
    const show = (query) => {
      if (!dialog) {
        dialog = element("dialog", { class: "search-dialog", "aria-label": SAY.search });
        document.body.append(dialog);
        input = build(dialog, query);
        const close = element("button", { type: "button", class: "quiet", "aria-label": SAY.closeSearch }, "×");
        close.addEventListener("click", () => dialog.close());
        dialog.firstElementChild.append(close);
        dialog.addEventListener("click", (event) => {
          if (event.target === dialog || event.target.closest("a")) dialog.close();
        });
      }
      dialog.showModal();
      input.focus();
      input.select();
    };
    field.addEventListener("click", () => show(field.value));
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "ArrowDown") return;
      event.preventDefault();
      show(field.value);
    });
    button.addEventListener("click", (event) => {
      event.preventDefault();
      show("");
    });
    addEventListener("keydown", (event) => {
      const typing = event.target.closest?.("input:not([type=range]), textarea, [contenteditable]");
      const shortcut = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!shortcut && !(event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey)) return;
      event.preventDefault();
      show("");
    });
  }
}
