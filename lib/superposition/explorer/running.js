// A chain of draws that the reader lets run in a scene, turn by turn. What it does is declared; draws.js takes the steps.

import { compile, valueOf } from "./expressions.js";
import { loadDraws } from "./measure.js";
import { withUnit, formatValue } from "./numbers.js";
import { isSeed } from "./state.js";
import { element } from "./words.js";
import { SAY } from "./strings.js";

// Milliseconds of drawing in one frame, so that the next is not late.
const FRAME = 12;

export class Running {
  constructor(explorer, id) {
    this.explorer = explorer;
    const { run } = (this.draws = explorer.declaration.draws);
    this.seed = element("input", { type: "number", id, min: 0, max: 2 ** 31 - 1, step: 1, autocomplete: "off", oninput: () => this.seeded() });
    this.some = element("button", { type: "button", onclick: () => this.take(run.step) }, withUnit(formatValue(run.step), run.unit));
    this.play = element("button", { type: "button", class: "sp-play", onclick: () => (this.playing ? this.cancel() : this.go()) }, run.label);
    this.result = element("p", { class: "sp-result", role: "status" });
    this.controls = element(
      "div",
      { class: "sp-simulate" },
      element("div", { class: "sp-run" }, this.play, this.some, element("label", {}, SAY.seed(""), this.seed)),
      this.result,
    );
  }

  show() {
    const { state } = this.explorer;
    if (document.activeElement !== this.seed) this.seed.value = state.seed;
    if (this.job && state.run !== this.job) this.forget();
  }

  // The run that was there is no longer that of the setting or the seed.
  forget() {
    this.cancel();
    this.job = undefined;
    this.result.replaceChildren();
  }

  seeded() {
    if (!isSeed(this.seed.value)) return;
    const { state } = this.explorer;
    state.seed = Number(this.seed.value);
    state.run = undefined;
    this.explorer.changed();
  }

  // The run at this setting and seed; one that has ended gives way to another, with the next seed.
  async begun() {
    const { state } = this.explorer;
    if (this.job && !this.job.ended) return this.job;
    if (this.job) state.seed = (state.seed + 1) % 2 ** 31;
    const { steps, run } = this.draws;
    const scope = { ...state.values };
    for (const [name, value] of Object.entries(run.given)) scope[name] = valueOf(value, state.values);
    const positions = state.positions.join();
    const draws = await loadDraws();
    if (positions !== state.positions.join()) return undefined;
    const job = { scope, turns: 0, last: valueOf(steps.at(-1).repeat, scope), seed: state.seed, ended: false };
    job.taken = draws.drawing(steps, state.seed, compile)(scope);
    // all steps before the one that repeats
    for (let before = steps.length - 1; before > 0; before -= 1) job.taken.next();
    this.job = state.run = job;
    return job;
  }

  turn(job) {
    job.taken.next();
    job.turns += 1;
    job.ended = job.turns >= job.last;
  }

  async take(count) {
    this.cancel();
    const job = await this.begun().catch((error) => this.failed(error));
    for (let i = 0; job && i < count && !job.ended; i += 1) this.turn(job);
    if (job) this.shown();
  }

  async go() {
    this.playing = true;
    this.play.textContent = SAY.pause;
    const job = await this.begun().catch((error) => this.failed(error));
    const frame = () => {
      if (!this.playing || this.job !== job) return;
      const until = performance.now() + FRAME;
      for (let i = 0; i < this.draws.run.turns && !job.ended && performance.now() < until; i += 1) this.turn(job);
      if (job.ended) this.cancel();
      else {
        this.explorer.repaint();
        requestAnimationFrame(frame);
      }
    };
    if (job) frame();
    else this.cancel();
  }

  failed(error) {
    this.result.replaceChildren(error.message);
  }

  // Stops where it is.
  cancel() {
    if (!this.playing) return;
    this.playing = false;
    this.play.textContent = this.draws.run.label;
    this.shown();
  }

  shown() {
    if (!this.job) return;
    this.result.replaceChildren(SAY.ran(withUnit(formatValue(this.job.turns), this.draws.run.unit), this.job.seed));
    this.explorer.changed();
  }
}
