// The explorers on a page of the site, which may forbid turning text into code: its formulas were made into functions
// while the site was built. Every script is a plain file, so that the page runs from a folder, too.

import { define } from "./expressions.js";
import { hydrate } from "./explorer.js";

export function translate(code, names) {
  throw new Error(`this page has no function for ${code} of ${names}`);
}

globalThis.superposition = { define, hydrate };
