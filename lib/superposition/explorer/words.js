// Elements of the page, and what is said in them.

import { evaluate, valueOf } from "./expressions.js";
import { formatValue } from "./numbers.js";

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// Text in which *letters* are set in italics.
export function rich(text) {
  return text.split(/\*([^*]+)\*/).map((part, i) => (i % 2 ? element("i", {}, part) : part));
}

// What a setting shows, in words.
export function sentences({ text }, scope) {
  return text
    .filter(({ when }) => when === undefined || evaluate(when, scope))
    .map(({ template, values }) =>
      template.replace(/\{(\w+)\}/g, (_, name) => formatValue(name in values ? valueOf(values[name], scope) : scope[name])),
    )
    .join(" ");
}
