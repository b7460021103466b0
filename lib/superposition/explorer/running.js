// A chain of draws that the reader lets run in a scene, turn by turn. What it does is declared; draws.js takes the turns.

import { compile } from "./expressions.js";
import { loadDraws, Measuring } from "./measure.js";
import { formatValue, withUnit } from "./numbers.js";
import { element } from "./words.js";
import { SAY } from "./strings.js";

export class Running extends Measuring {
  buttons() {
    const { step, label } = this.draws.run;
    this.play = element("button", { type: "button", class: "sp-play", onclick: () => this.take() }, label);
    return [this.play, element("button", { type: "button", onclick: () => this.take(step) }, this.counted(step))];
  }

  counted(turns) {
    return withUnit(formatValue(turns), this.draws.run.unit);
  }

  // The run that was there may no longer be that of the setting and the seed.
  show() {
    super.show();
    if (!this.job || this.job === this.explorer.state.ran) return;
    this.cancel();
    this.job = undefined;
    this.result.replaceChildren();
  }

  // So many turns, or all of them in frames, until it is stopped.
  async take(count) {
    if (this.playing) return this.cancel();
    const draws = await loadDraws().catch((error) => this.result.replaceChildren(error.message));
    if (!count) this.play.textContent = SAY.pause;
    draws?.run(this, count, compile);
  }

  // Stops where it is, and says where that is.
  cancel() {
    if (!this.playing) return;
    this.playing = undefined;
    this.play.textContent = this.draws.run.label;
    this.result.replaceChildren(SAY.ran(this.counted(this.job.turns), this.job.seed));
    this.explorer.changed();
  }
}
