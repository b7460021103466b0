// Comfort for readers with JavaScript: colour mode, copying code, the section in view, the search key.
// Without it the page reads, folds and navigates all the same.

"use strict";

const root = document.documentElement;

function setUpMode() {
  const button = document.querySelector("button.mode");
  const modes = ["auto", "light", "dark"];
  const describe = () => {
    button.setAttribute("aria-label", `Colours: ${root.dataset.mode}`);
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

function setUpCopying() {
  if (!navigator.clipboard) return;
  for (const block of document.querySelectorAll("article div.highlight")) {
    if (block.closest(".cell_output")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("pre").textContent.trimEnd());
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    block.append(button);
  }
}

// What scrolls sideways must be reachable by keyboard, and nothing else should be a stop on the way.
function setUpScrolling() {
  const elements = document.querySelectorAll("article pre, .math-scroll, .table-scroll, .cell_output > .text_html");
  const check = (element) => {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  };
  const observer = new ResizeObserver((entries) => entries.forEach((entry) => check(entry.target)));
  elements.forEach((element) => observer.observe(element));
  document.fonts.addEventListener("loadingdone", () => elements.forEach(check));
}

function setUpSectionInView() {
  const links = new Map();
  for (const link of document.querySelectorAll(".on-this-page.wide a[href^='#']")) {
    const section = link.hash && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (section) links.set(section, link);
  }
  const sections = [...links.keys()];
  let shown;
  const update = () => {
    const passed = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 4);
    const link = links.get(passed.at(-1));
    if (link === shown) return;
    shown?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "true");
    shown = link;
  };
  addEventListener("scroll", () => requestAnimationFrame(update), { passive: true });
  update();
}

function setUpSearchKey() {
  const input = document.querySelector(".search input");
  addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (input.checkVisibility()) input.select();
    else location.assign(document.querySelector(".opens-search").href);
  });
}

function setUpPrinting() {
  const folded = () => document.querySelectorAll("article details:not([open])");
  addEventListener("beforeprint", () => folded().forEach((details) => { details.open = true; }));
}

setUpMode();
setUpCopying();
setUpScrolling();
setUpSectionInView();
setUpSearchKey();
setUpPrinting();
