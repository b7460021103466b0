// Draw one, and Measure: what a reader can try without a kernel. What is drawn is declared; draws.js draws it.

import { compile, valueOf } from "./expressions.js";
import { formatValue, withError } from "./numbers.js";
import { isSeed } from "./state.js";
import { element, field, rich, sentences } from "./words.js";
import { SAY } from "./strings.js";

// Milliseconds of drawing between two looks at the page, so that no frame is missed.
const SLICE = 5;

let loading;

// In a live notebook the random numbers are part of the module; a page asks for them when they are first needed.
export function loadDraws() {
  if (globalThis.superpositionDraws) return Promise.resolve(globalThis.superpositionDraws);
  loading ??= new Promise((resolve, reject) => {
    const failed = () => {
      loading = undefined;
      reject(new Error(SAY.noNumbers));
    };
    document.head.append(element("script", { src: globalThis.superposition.draws, onload: () => resolve(globalThis.superpositionDraws), onerror: failed }));
  });
  return loading;
}

// What a measurement has found, in words, and how far that is from the formula, if there is one.
export function told({ sliders }, values, { did, quantity, estimate, error, counted, seed, expected }) {
  const at = sliders.map(({ symbol, letter }) => `*${letter}* = ${formatValue(values[symbol])}`).join(", ");
  const how = [SAY.error, counted, SAY.seed(seed)].filter(Boolean).join(", ");
  const said = SAY.found(did, quantity, at, withError(estimate, error), how);
  if (expected === undefined) return said;
  const gives = SAY.formulaGives(said, formatValue(expected));
  if (!(error > 0 && Number.isFinite(expected))) return `${gives}.`;
  return SAY.off(gives, formatValue(Math.abs(estimate - expected) / error), expected < estimate ? SAY.below : SAY.above);
}

const pause = () => new Promise((resolve) => setTimeout(resolve));

export class Measuring {
  constructor(explorer, id) {
    this.explorer = explorer;
    this.draws = explorer.declaration.draws;
    this.seed = field("number", { id, min: 0, max: 2 ** 31 - 1, step: 1, autocomplete: "off", oninput: () => this.seeded() });
    this.one = element("button", { type: "button", onclick: () => this.start("one") }, SAY.drawOne);
    this.many = element("button", { type: "button", onclick: () => this.start("measure") }, SAY.measure);
    this.stop = element("button", { type: "button", hidden: true, onclick: () => this.cancel() }, SAY.cancel);
    this.progress = element("progress", { max: 1, value: 0, hidden: true, "aria-label": SAY.measuring });
    this.result = element("p", { class: "sp-result", role: "status" });
    this.controls = element(
      "div",
      { class: "sp-simulate" },
      element("div", { class: "sp-run" }, ...this.buttons(), element("label", {}, SAY.seed(""), this.seed), this.progress, this.stop),
      this.result,
    );
  }

  buttons() {
    return [this.draws.one && this.one, this.draws.measure && this.many].filter(Boolean);
  }

  show() {
    if (document.activeElement !== this.seed) this.seed.value = this.explorer.state.seed;
  }

  seeded() {
    if (!isSeed(this.seed.value)) return;
    this.explorer.state.seed = Number(this.seed.value);
    this.explorer.changed();
  }

  // Pressed again at the same setting, a button takes the next seed.
  async start(what) {
    const { state } = this.explorer;
    this.last ??= {};
    if (this.last[what] === state.hash) {
      state.seed = (state.seed + 1) % 2 ** 31;
      this.seed.value = state.seed;
      this.explorer.changed();
    }
    this.last[what] = state.hash;
    const job = { values: state.values, seed: state.seed };
    this.job = job;
    this.busy(true, what);
    const said = await loadDraws()
      .then((draws) => {
        const seeded = (kind) => (steps) => draws[kind](steps, job.seed, compile);
        return this[`${what}Drawn`](job, { sampler: seeded("sampler"), drawing: seeded("drawing") });
      })
      .catch((error) => error.message);
    if (this.job !== job) return;
    this.job = undefined;
    this.busy(false);
    this.result.replaceChildren(...rich(said));
  }

  busy(yes, what) {
    const focused = document.activeElement;
    this.progress.hidden = this.stop.hidden = !(yes && what === "measure");
    this.progress.value = 0;
    this.one.disabled = this.many.disabled = yes;
    // the keyboard stays where it was: on what cancels, and then on what began
    if (focused === this.many) this.stop.focus();
    if (focused === this.stop) this.many.focus();
    if (yes) this.result.replaceChildren();
  }

  cancel() {
    if (!this.job) return;
    const done = Math.round(100 * this.progress.value);
    this.job = undefined;
    this.busy(false);
    this.result.replaceChildren(SAY.cancelled(done));
    delete this.last.measure;
  }

  given(values, more) {
    const scope = { ...values };
    for (const [name, value] of Object.entries(more)) scope[name] = valueOf(value, values);
    return scope;
  }

  oneDrawn({ values, seed }, { sampler }) {
    const { steps, one } = this.draws;
    const scope = sampler([...steps, ...one.steps])(this.given(values, one.given));
    for (const { mark, x, y } of one.dots) {
      const vector = [...(x.of ?? []), ...(y.of ?? [])].find((name) => Array.isArray(scope[name]));
      const entry = (i) => Object.fromEntries(Object.entries(scope).map(([name, value]) => [name, Array.isArray(value) ? value[i] : value]));
      const places = vector === undefined ? [scope] : scope[vector].map((_, i) => entry(i));
      this.explorer.find(mark, places.map((place) => ({ at: values, x: valueOf(x, place), y: valueOf(y, place), se: 0 })), false);
    }
    return SAY.drawn(seed, sentences(one, scope));
  }

  async measureDrawn(job, { drawing }) {
    const { steps, measure } = this.draws;
    const given = this.given(job.values, measure.given);
    const trial = drawing(steps);
    const { trials, crossing } = measure;
    // with a search, about so many trials besides those that the answer rests on
    const whole = crossing ? 2.7 * trials : trials;
    let drawn = 0;
    const run = async (scope, count) => {
      let [done, mean, squares, until] = [0, 0, 0, performance.now() + SLICE];
      while (done < count) {
        const names = { ...scope };
        for (const _ of trial(names)) {
          if (performance.now() < until) continue;
          this.progress.value = Math.min((drawn + done) / whole, 0.99);
          await pause();
          if (this.job !== job) throw new Error("cancelled");
          until = performance.now() + SLICE;
        }
        const value = valueOf(measure.outcome, names);
        done += 1;
        const step = value - mean;
        mean += step / done;
        squares += step * (value - mean);
      }
      drawn += count;
      return { mean, error: Math.sqrt(squares / (count - 1) / count) };
    };
    const mean = crossing
      ? await this.searched(job.values, (value, count) => run({ ...given, [crossing.symbol]: value }, count))
      : await run(given, trials);
    const back = crossing?.back ?? measure.back;
    const found = back ? this.shownAs(back, job.values, mean) : mean;
    this.explorer.find(measure.mark, [{ at: job.values, x: valueOf(measure.x, job.values), y: found.mean, se: found.error }], true);
    const { quantity, formula } = measure;
    const [counted, expected] = [SAY.trials(formatValue(trials)), formula && valueOf(formula, job.values)];
    const said = { did: SAY.measured, quantity, estimate: found.mean, error: found.error, counted, seed: job.seed, expected };
    return told(this.explorer.declaration, job.values, said);
  }

  async searched(values, run) {
    const { trials, crossing } = this.draws.measure;
    const [start, allowed, of] = [crossing.start, crossing.allowed, crossing.of].map((channel) => valueOf(channel, values));
    const place = (value) => valueOf(crossing.place, { ...values, [crossing.symbol]: value });
    const { lowest } = crossing;
    const search = { start: Math.max(lowest, Math.floor(start)), lowest, allowed, of, trials, place };
    const { at, error } = await globalThis.superpositionDraws.crossing(run, search);
    return { mean: at, error };
  }

  // A function of what was found, and its error.
  shownAs(channel, values, { mean, error }) {
    const back = (at) => valueOf(channel, { ...values, place: at });
    const slope = (back(mean * (1 + 1e-6)) - back(mean * (1 - 1e-6))) / (2e-6 * mean);
    return { mean: back(mean), error: Math.abs(slope) * error };
  }
}
