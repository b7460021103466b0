// Where the sliders stand. A slider is a list of values; its position is an index into that list.

import { derive, evaluate } from "./expressions.js";

export class State {
  constructor(declaration) {
    this.id = declaration.id;
    this.sliders = declaration.sliders;
    this.given = declaration.given ?? [];
    this.positions = this.sliders.map(({ start }) => start);
    this.ranges = [];
    this.seed = this.firstSeed = declaration.draws?.seed;
    this.settle();
  }

  get settings() {
    return Object.fromEntries(this.sliders.map(({ symbol, values }, i) => [symbol, values[this.positions[i]]]));
  }

  // A run, if it is that of the seed.
  get ran() {
    return this.run?.seed === this.seed ? this.run : undefined;
  }

  // The settings and what follows from them and from a run, which is found once for each setting and turn.
  get values() {
    const at = [...this.positions, this.ran?.seed, this.ran?.turns].join();
    if (at !== this.derivedAt) {
      this.derived = derive(this.given, this.settings, this.ran?.found());
      this.derivedAt = at;
    }
    return this.derived;
  }

  // A slider keeps to the values that those before it leave: its range follows, and its position if it must. A run
  // belongs to the setting and the seed with which it began.
  settle() {
    this.run = undefined;
    const scope = {};
    this.sliders.forEach(({ symbol, values, inside }, i) => {
      const allowed = (value) => evaluate(inside, { ...scope, [symbol]: value });
      const low = inside ? values.findIndex(allowed) : 0;
      const high = inside ? values.findLastIndex(allowed) : values.length - 1;
      this.ranges[i] = [low, high];
      this.positions[i] = Math.min(Math.max(this.positions[i], low), high);
      scope[symbol] = values[this.positions[i]];
    });
  }

  move(i, position) {
    this.positions[i] = position;
    this.settle();
  }

  reset() {
    this.positions = this.sliders.map(({ start }) => start);
    this.seed = this.firstSeed;
    this.settle();
  }

  // Values by symbol, for some of the sliders.
  set(values) {
    this.sliders.forEach((slider, i) => {
      if (slider.symbol in values) this.positions[i] = nearest(slider.values, values[slider.symbol]);
    });
    this.settle();
  }

  get hash() {
    const query = Object.entries(this.settings).map(([symbol, value]) => `${symbol}=${value}`);
    if (this.seed !== this.firstSeed) query.push(`seed=${this.seed}`);
    return `#${this.id}?${query.join("&")}`;
  }

  // True if the hash names this explorer and a setting; numbers snap to the nearest value, the rest is ignored.
  restore(hash) {
    const [id, query] = hash.replace(/^#/, "").split("?");
    if (id !== this.id || query === undefined) return false;
    const wanted = new URLSearchParams(query);
    this.sliders.forEach(({ symbol, values, start }, i) => {
      const text = wanted.get(symbol);
      const number = text?.trim() ? Number(text) : NaN;
      this.positions[i] = Number.isFinite(number) ? nearest(values, number) : start;
    });
    const seed = wanted.get("seed");
    this.seed = this.firstSeed !== undefined && isSeed(seed) ? Number(seed) : this.firstSeed;
    this.settle();
    return true;
  }

  isAt(setting, except) {
    const values = this.values;
    return Object.entries(setting).every(([symbol, value]) => symbol === except || values[symbol] === value);
  }
}

// Text that can seed random numbers.
export function isSeed(text) {
  return /^\d+$/.test(text ?? "") && Number(text) < 2 ** 31;
}

function nearest(values, number) {
  let best = 0;
  values.forEach((value, i) => {
    if (Math.abs(value - number) < Math.abs(values[best] - number)) best = i;
  });
  return best;
}
