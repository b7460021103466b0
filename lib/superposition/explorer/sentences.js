// Sentences about a setting, as Python says them, too.

import { evaluate, valueOf } from "./expressions.js";
import { inWords } from "./numbers.js";

// A sentence with its numbers, or undefined where it does not apply.
export function said({ template, values, when }, scope) {
  if (when !== undefined && !evaluate(when, scope)) return undefined;
  return template.replace(/\{(\w+)\}/g, (_, name) => inWords(name in values ? valueOf(values[name], scope) : scope[name]));
}
