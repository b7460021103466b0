// Comfort for readers with JavaScript: colour mode, unfolding code, copying, the section in view, printing.
// Without it the page reads, folds and navigates all the same.

"use strict";

const root = document.documentElement;

// What the pages say by script, in one place for whoever translates; search.js and previews.js use it, too.
const SAY = {
  answers: /^(Hint|Solution)/,
  closeList: "Close the list",
  closeSearch: "Close the search",
  colours: (mode) => `Colours: ${mode}`,
  copied: "Copied",
  copy: "Copy",
  filterBy: "Show the rows with these words and numbers",
  filtered: (number, all) => (number === all ? `${all.toLocaleString("en")} rows` : `${number.toLocaleString("en")} of ${all.toLocaleString("en")} rows`),
  found: (number, most) => (number === 0 ? "Nothing found." : number === most ? `The first ${most} places` : number === 1 ? "1 place" : `${number} places`),
  hideCode: "Hide the code",
  hintsAndSolutions: "Hints and solutions",
  noSearch: (why) => `The search cannot start: ${why}.`,
  notLoaded: (path) => `${path} could not be loaded`,
  question: (number) => `Question ${number}. `,
  search: "Search",
  searchFor: "Words, a formula's name, or TeX",
  searchTheBook: "Search the book",
  showCode: "Show the code",
};

function setUpMode() {
  const button = document.querySelector("button.mode");
  const modes = ["auto", "light", "dark"];
  const describe = () => {
    button.setAttribute("aria-label", SAY.colours(root.dataset.mode));
    button.title = button.getAttribute("aria-label");
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = modes[(modes.indexOf(root.dataset.mode) + 1) % modes.length];
    localStorage.setItem("mode", next);
    dispatchEvent(new Event("modechange"));
  });
  addEventListener("modechange", describe);
  describe();
}

// One switch for the code of all cells, on this page and those to come; each cell still has its own.
function setUpCode() {
  const folds = document.querySelectorAll("article details.code");
  const button = document.querySelector("button.code-switch");
  if (!folds.length) return;
  const show = (shown) => {
    folds.forEach((details) => { details.open = shown; });
    button.setAttribute("aria-pressed", shown);
    button.title = shown ? SAY.hideCode : SAY.showCode;
  };
  button.setAttribute("aria-label", SAY.showCode);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = button.getAttribute("aria-pressed") !== "true";
    localStorage.setItem("code", shown ? "shown" : "folded");
    show(shown);
  });
  show(localStorage.getItem("code") === "shown");
}

function setUpCopying() {
  if (!navigator.clipboard) return;
  for (const block of document.querySelectorAll("article div.highlight")) {
    if (block.closest(".cell_output")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = SAY.copy;
    button.addEventListener("click", async () => {
      const code = block.querySelector("pre").cloneNode(true);
      code.querySelectorAll(".linenos").forEach((number) => number.remove());
      await navigator.clipboard.writeText(code.textContent.trimEnd());
      button.textContent = SAY.copied;
      setTimeout(() => { button.textContent = SAY.copy; }, 1500);
    });
    block.append(button);
  }
}

// What scrolls sideways must be reachable by keyboard, and nothing else should be a stop on the way.
function setUpScrolling() {
  const elements = document.querySelectorAll("article pre, .math-scroll, .math.long, .table-scroll, .cell_output > .text_html");
  // all are measured before one is changed, or the page would be laid out once for each
  const check = (list) => {
    const wide = list.map((element) => element.scrollWidth > element.clientWidth);
    list.forEach((element, i) => {
      if (wide[i]) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
    });
  };
  const observer = new ResizeObserver((entries) => check(entries.map(({ target }) => target)));
  elements.forEach((element) => observer.observe(element));
  // what is folded, or far from the window, is measured when it is laid out, since its size changes then
  const shown = () => [...elements].filter((element) => element.checkVisibility?.({ contentVisibilityAuto: true }) ?? true);
  document.fonts.addEventListener("loadingdone", () => check(shown()));
}

function setUpSectionInView() {
  const list = document.querySelector(".on-this-page.wide");
  const links = new Map();
  for (const link of list?.querySelectorAll("a[href^='#']") ?? []) {
    const section = link.hash && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (section) links.set(section, link);
  }
  const sections = [...links.keys()];
  let shown;
  const update = () => {
    if (!list?.offsetParent) return;
    const atTheEnd = Math.ceil(scrollY + innerHeight) >= root.scrollHeight;
    const passed = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 4);
    const link = links.get((atTheEnd ? sections : passed).at(-1));
    if (link === shown) return;
    shown?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "true");
    shown = link;
  };
  addEventListener("scroll", () => requestAnimationFrame(update), { passive: true });
  update();
}

// On paper, folds stay as they stand; hints and solutions stand at the end, where they give nothing away.
function setUpPrinting() {
  const answers = [...document.querySelectorAll("article details")].filter((details) =>
    SAY.answers.test(details.querySelector("summary").textContent.trim()));
  if (!answers.length) return;
  answers.forEach((details) => details.classList.add("answer"));
  const number = /^\d+\./;
  const questions = [...document.querySelectorAll(".sp-question")];
  const exercise = (details) => {
    const question = questions.indexOf(details.closest(".sp-question"));
    if (question >= 0) return SAY.question(question + 1);
    let before = details;
    while (before && !(before.tagName === "P" && number.test(before.textContent))) before = before.previousElementSibling;
    return before ? `${before.textContent.match(number)[0]} ` : "";
  };
  const end = document.createElement("section");
  end.className = "answers-at-the-end";
  addEventListener("beforeprint", () => {
    const title = document.createElement("h2");
    title.textContent = SAY.hintsAndSolutions;
    end.replaceChildren(title);
    for (const details of answers) {
      const [summary, ...parts] = details.children;
      const heading = document.createElement("h3");
      heading.textContent = exercise(details) + summary.textContent.trim();
      end.append(heading, ...parts.map((part) => part.cloneNode(true)));
    }
    end.querySelectorAll("[id]").forEach((element) => element.removeAttribute("id"));
    document.querySelector("article").append(end);
  });
  addEventListener("afterprint", () => end.remove());
}

// A formula is copied as the TeX that it was set from.
function setUpCopyingFormulas() {
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection.rangeCount || !event.clipboardData) return;
    const part = selection.getRangeAt(0).cloneContents();
    const formulas = part.querySelectorAll(".katex");
    if (!formulas.length) return;
    for (const formula of formulas) {
      const tex = formula.querySelector("annotation")?.textContent;
      if (tex === undefined) return;
      formula.replaceWith(formula.closest(".katex-display") ? `$$${tex}$$` : `$${tex}$`);
    }
    event.clipboardData.setData("text/plain", part.textContent);
    event.preventDefault();
  });
}

// Buttons that put a text into the clipboard, such as a formula as TeX.
function setUpCopies() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("button.copies")) {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copied);
      button.textContent = SAY.copied.toLowerCase();
      setTimeout(() => { button.textContent = label; }, 1500);
    });
  }
}

setUpMode();
setUpCode();
setUpCopying();
setUpCopyingFormulas();
setUpScrolling();
setUpSectionInView();
setUpPrinting();
setUpCopies();
