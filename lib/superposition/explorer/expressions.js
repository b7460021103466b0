// The formulas' own JavaScript, compiled once and called with numbers.

import { betainc, betaincBothTails, erfc, gammaln } from "./vendor/bundle.js";

function betaincinv(p, a, b) {
  return betaincBothTails(a, b, p, 1 - p)[0];
}

const helpers = { erfc, gammaln, betainc, betaincinv };
const compiled = new Map();

// A JavaScript expression as a function of the named numbers.
export function compile(code, names) {
  const key = `${names}:${code}`;
  if (!compiled.has(key)) {
    const factory = new Function(...Object.keys(helpers), `"use strict"; return (${names.join(", ")}) => (${code});`);
    compiled.set(key, factory(...Object.values(helpers)));
  }
  return compiled.get(key);
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
