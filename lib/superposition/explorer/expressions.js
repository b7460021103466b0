// The formulas' own JavaScript, as functions that are called with numbers.

import { translate } from "./translate.js";

const functions = new Map();

// Functions that were made from text before, by the names they are called with and the text.
export function define(known) {
  for (const [key, f] of Object.entries(known)) functions.set(key, f);
}

// A JavaScript expression as a function of the named numbers.
export function compile(code, names) {
  const key = `${names}:${code}`;
  if (!functions.has(key)) functions.set(key, translate(code, names));
  return functions.get(key);
}

// The names that an expression uses besides functions; widget.py finds the same ones.
const NAMES = /(?<![\w.])[A-Za-z_]\w*(?!\w|\s*\()/g;
const CONSTANTS = new Set(["Math", "NaN", "Infinity", "true", "false", "let", "return"]);
const named = new Map();

function namesIn(code) {
  if (!named.has(code)) named.set(code, [...new Set(code.match(NAMES))].filter((name) => !CONSTANTS.has(name)));
  return named.get(code);
}

// The value of a JavaScript expression whose variables are keys of scope.
export function evaluate(code, scope) {
  const names = namesIn(code);
  return compile(code, names)(...names.map((name) => scope[name]));
}

// A channel is a number or {of: names, js: expression, inside: condition}; outside its domain it has no value.
export function valueOf(channel, scope) {
  if (typeof channel === "number") return channel;
  if (channel.which) return indices(channel.over, scope).filter((inner) => valueOf(channel.which, inner)).map((inner) => inner[channel.over[0]]);
  if (channel.iterated) return iterate(channel, scope);
  const values = channel.of.map((name) => scope[name]);
  if (channel.inside && !compile(channel.inside, channel.of)(...values)) return NaN;
  return Number(compile(channel.js, channel.of)(...values));
}

// The scopes in which [symbol, low, high] runs through its integers.
export function indices([symbol, low, high], scope) {
  const first = Math.ceil(valueOf(low, scope) - 1e-9);
  const last = Math.min(Math.floor(valueOf(high, scope) + 1e-9), first + 2000);
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => ({ ...scope, [symbol]: first + i }));
}

// A setting together with what a declaration stores and derives from it, one after the other: tables, lists that are
// gathered or computed for every integer (the place of an entry is its integer), and single numbers. What a run has found
// so far stands for what is declared.
export function derive(given, settings, found = {}) {
  const scope = { ...settings };
  for (const { symbol, table, bits, gathered, over, value, ran } of given) {
    if (ran in found) scope[symbol] = found[ran];
    else if (table) scope[symbol] = table;
    else if (bits) scope[symbol] = unpacked(bits);
    else if (gathered) scope[symbol] = [0, ...gathered.map((name) => settings[name])];
    else if (over) {
      const list = [];
      for (const inner of indices(over, scope)) list[inner[over[0]]] = valueOf(value, inner);
      scope[symbol] = list;
    } else scope[symbol] = valueOf(value, scope);
  }
  return scope;
}

const known = new WeakMap();

// Rows of zeros and ones, each stored as the hexadecimal digits of four.
function unpacked(bits) {
  if (typeof bits === "string") return [...bits].flatMap((digit) => [8, 4, 2, 1].map((bit) => Number((parseInt(digit, 16) & bit) > 0)));
  if (!known.has(bits)) known.set(bits, bits.map(unpacked));
  return known.get(bits);
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
