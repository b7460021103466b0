// The explorers on a page of the site, which may forbid turning text into code: its formulas were made into functions
// while the site was built. Every script is a plain file, so that the page runs from a folder, too. They arrive in any
// order, while the text is still on its way: each adds its part to a list, and what all of them are there for starts then.

import { define } from "./expressions.js";
import { hydrate } from "./explorer.js";

export function translate(code, names) {
  throw new Error(`this page has no function for ${code} of ${names}`);
}

const parts = { page: undefined, special: null };

function add({ functions, special, draws }) {
  if (functions) parts.page = { functions, special, draws };
  else parts.special = special;
  if (parts.page?.special !== parts.special) return;
  define(parts.page.functions);
  globalThis.superposition.draws = parts.page.draws;
  // what has arrived is painted first: an explorer asks how large it is, and the answer would hold the page up
  const first = new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))).then(() => hydrate());
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => first.then(() => hydrate()));
}

const before = globalThis.superposition ?? [];
globalThis.superposition = { push: add, hydrate };
before.forEach(add);
