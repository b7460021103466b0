// The formulas' own JavaScript, as functions that are called with numbers.

import { translate } from "./translate.js";

const functions = new Map();

// Functions that were made from text before, by the names they are called with and the text.
export function define(known) {
  for (const [key, f] of Object.entries(known)) functions.set(key, f);
}

function compile(code, names) {
  const key = `${names}:${code}`;
  if (!functions.has(key)) functions.set(key, translate(code, names));
  return functions.get(key);
}

// The value of a JavaScript expression whose variables are the keys of scope.
export function evaluate(code, scope) {
  return compile(code, Object.keys(scope))(...Object.values(scope));
}

// A channel is a number or {of: names, js: expression, inside: condition}; outside its domain it has no value.
export function valueOf(channel, scope) {
  if (typeof channel === "number") return channel;
  if (channel.iterated) return iterate(channel, scope);
  const values = channel.of.map((name) => scope[name]);
  if (channel.inside && !compile(channel.inside, channel.of)(...values)) return NaN;
  return Number(compile(channel.js, channel.of)(...values));
}

const MOST_STEPS = 1000;

// {iterated: symbol, map, start, steps, then}: then, after the map has replaced the symbol's value that often.
function iterate({ iterated, map, start, steps, then }, scope) {
  const count = Math.floor(Math.min(valueOf(steps, scope), MOST_STEPS));
  if (Number.isNaN(count)) return NaN;
  const inner = { ...scope, [iterated]: valueOf(start, scope) };
  for (let i = 0; i < count; i += 1) inner[iterated] = valueOf(map, inner);
  return valueOf(then, inner);
}
