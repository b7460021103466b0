// Elements of the page, and what is said in them.

import { evaluate, valueOf } from "./expressions.js";
import { inWords, withUnit } from "./numbers.js";

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

// Chromium, which looks for forms to fill in, lays out every section that has a field of one, however far away it is. So a field
// is a button until its section is laid out.
export const field = (type, attributes) => element("input", { type: "button", "data-type": type, ...attributes });

export function becomeFields(part) {
  for (const input of part.querySelectorAll("input[data-type]")) input.type = input.dataset.type;
}

// Text in which *letters* are set in italics.
export function rich(text) {
  return text.split(/\*([^*]+)\*/).map((part, i) => (i % 2 ? element("i", {}, part) : part));
}

export function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// A sentence with its numbers, or undefined where it does not apply.
export function said({ template, values, when }, scope) {
  if (when !== undefined && !evaluate(when, scope)) return undefined;
  return template.replace(/\{(\w+)(?::([^}]+))?\}/g, (_, name, unit = "") => withUnit(inWords(name in values ? valueOf(values[name], scope) : scope[name]), unit));
}

// What a setting shows, in words.
export function sentences({ text }, scope) {
  return text.map((sentence) => said(sentence, scope)).filter((sentence) => sentence !== undefined).join(" ");
}
