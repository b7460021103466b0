// The explorer as a reader meets it: chart, sliders, numbers and words that follow one another.
// Default export: the anywidget of a live notebook. hydrate: the same on a page without a kernel.

import { color, dashes, draw, symbols } from "./chart.js";
import { evaluate, valueOf } from "./expressions.js";
import { Measuring, told } from "./measure.js";
import { formatValue, withUnit } from "./numbers.js";
import { Running } from "./running.js";
import { Scene } from "./scenes.js";
import { becomeFields, element, rich, sentences, svg } from "./words.js";
import { State } from "./state.js";
import { SAY } from "./strings.js";

export { Explorer, evaluate, formatValue };

// A notebook loads this module once for every widget, so they count in one place.
const counter = Symbol.for("superposition.explorers");

const outlines = {
  circle: "M12,2.5a4.5,4.5 0 1,0 .01,0z",
  square: "M8,3h8v8h-8z",
  triangle: "M12,2l5,9h-10z",
  diamond: "M12,1l4.2,6l-4.2,6l-4.2,-6z",
  star: "M12,1.5l1.5,3.8l4,.2l-3.1,2.6l1,4l-3.4,-2.2l-3.4,2.2l1,-4l-3.1,-2.6l4,-.2z",
  wye: "M10.5,1.5h3v4l3.6,2.2l-1.5,2.6l-3.6,-2l-3.6,2l-1.5,-2.6l3.6,-2.2z",
};

// What a mark looks like, for the legend.
function swatch({ type, series, dash, x, spread, head, hollow, filled }) {
  const stroke = color(series);
  const dasharray = dashes[(dash ?? series) - 1] ?? "none";
  const shape = outlines[symbols[Math.max(series - 1, 0) % symbols.length]];
  const drawn = {
    area: () => svg("rect", { x: 1, y: 2, width: 22, height: 10, fill: stroke, "fill-opacity": 0.25 }),
    bars: () => svg("rect", { x: 7, y: 1, width: 10, height: 12, fill: stroke }),
    dot: () => svg("path", { d: shape, fill: stroke }),
    samples: () =>
      svg(
        "g",
        { stroke, "stroke-width": 1.75, fill: "var(--sp-paper)" },
        svg("path", { d: spread ? "M12,0v14M9,.5h6M9,13.5h6" : "" }),
        svg("path", { d: shape, transform: "translate(3,1.75) scale(.75)" }),
      ),
    discs: () => svg("circle", { cx: 12, cy: 7, r: 5, stroke, "stroke-width": 2, fill: hollow ? "none" : stroke }),
    tiles: () => svg("rect", { x: 6, y: 1, width: 12, height: 12, stroke, "stroke-width": 2, fill: hollow ? "none" : stroke }),
    arrows: () => svg("path", { d: "M1,7h20M16,3l6,4l-6,4", stroke, "stroke-width": 2, fill: "none" }),
    rule: () =>
      svg("path", { d: x === undefined ? "M0,7h24" : "M12,0v14", stroke, "stroke-width": 2, "stroke-dasharray": dasharray, fill: "none" }),
    line: () => svg("path", { d: "M0,7h24", stroke, "stroke-width": 2.5, "stroke-dasharray": dasharray, fill: "none" }),
  };
  const sample = svg("svg", { width: 24, height: 14, viewBox: "0 0 24 14", "aria-hidden": "true" });
  sample.append((drawn[head ? "arrows" : filled ? "area" : type] ?? drawn.line)());
  return sample;
}

function legend(declaration) {
  const items = declaration.marks.filter(({ label }) => label);
  if (items.length === 0) return "";
  return element("ul", { class: "sp-legend" }, ...items.map((mark) => element("li", { hidden: Boolean(mark.here) }, key(mark), element("span", {}, ...rich(mark.label)))));
}

function key(mark) {
  if (mark.type !== "cells") return swatch(mark);
  const ends = [mark.low, mark.high].map((end) => (typeof end === "number" ? formatValue(end) : ""));
  return element("span", { class: "sp-ramp" }, ends[0], element("span", { style: `--sp-ramp: ${color(mark.series)}` }), ends[1]);
}

// Asking how large something is would lay out a section that the browser has left for later.
const isLaidOut = (part) => part.checkVisibility?.({ contentVisibilityAuto: true }) ?? true;

class Explorer {
  constructor(figure, declaration, model) {
    globalThis[counter] = (globalThis[counter] ?? 0) + 1;
    this.figure = figure;
    this.declaration = declaration;
    this.model = model;
    this.state = new State(declaration);
    this.found = new Map();
    this.build();
  }

  start(failed) {
    if (!this.model) {
      this.restore();
      window.addEventListener("hashchange", this.restore);
    }
    this.observer = new ResizeObserver(() => {
      try {
        this.resize();
      } catch (error) {
        failed(error);
      }
    });
    this.observer.observe(this.chart);
    if (isLaidOut(this.chart)) this.resize();
    else this.paint();
    this.say();
  }

  build() {
    const { declaration, figure } = this;
    const instance = figure.id || globalThis[counter];
    const own = (this.own = (part) => `sp-${instance}-${part}`);
    const still = figure.querySelectorAll(":scope > :is(.sp-still, .sp-legend, .sp-picture, .sp-sliders, .sp-readouts, .sp-simulate)");
    const title = figure.querySelector(".sp-title");
    this.text = figure.querySelector(".sp-text");
    title.id = own("title");
    this.text.id = own("text");
    this.text.setAttribute("aria-live", "polite");
    this.text.setAttribute("aria-atomic", "true");
    figure.addEventListener("keydown", () => { this.held = true; });
    for (const end of ["keyup", "focusout"]) figure.addEventListener(end, () => { this.held = false; });
    this.labels = { "aria-labelledby": title.id, "aria-describedby": this.text.id };

    this.chart = element("div", { class: "sp-chart" });
    const arrow = (way) => element("span", { "aria-hidden": "true" }, way);
    if (declaration.scene) this.scene = new Scene(this);
    const picture = this.scene?.element ?? element(
      "div",
      declaration.aspect === undefined ? { class: "sp-picture" } : { class: "sp-picture sp-square", style: `--sp-aspect: ${declaration.aspect}` },
      element("p", { class: "sp-axis sp-axis-y" }, arrow("↑ "), ...rich(declaration.y.label)),
      this.chart,
      element("p", { class: "sp-axis sp-axis-x" }, ...rich(declaration.x.label), arrow(" →")),
    );
    const sliders = element("div", { class: "sp-sliders" }, ...declaration.sliders.map((slider, i) => (slider.hidden ? "" : this.slider(slider, i, own))));
    this.readouts = declaration.readouts.map(() => element("dd", {}));
    const readouts = element(
      "dl",
      { class: "sp-readouts" },
      ...declaration.readouts.map(({ label, link }, i) => {
        const words = link && !this.model ? [element("a", { href: link }, ...rich(label))] : rich(label);
        return element("div", {}, element("dt", {}, ...words), this.readouts[i]);
      }),
    );
    this.status = element("span", { class: "sp-status", role: "status" });
    const tools = element("div", { class: "sp-tools" }, this.status);
    if (!this.model) tools.append(element("button", { type: "button", onclick: () => this.copyLink() }, SAY.copyLink));
    tools.append(element("button", { type: "button", onclick: () => this.reset() }, SAY.reset));

    const head = element("div", { class: "sp-head" });
    still.forEach((part) => part.remove());
    (figure.querySelector(".sp-head") ?? title).replaceWith(head);
    head.append(title, tools);
    head.after(legend(declaration), picture, sliders, declaration.readouts.length ? readouts : "");
    if (this.model && declaration.simulate) this.text.after(this.simulation(declaration.simulate, own));
    if (declaration.draws) {
      this.measuring = new (declaration.draws.run ? Running : Measuring)(this, own("seed"));
      this.text.after(this.measuring.controls);
    }
    figure.classList.add("sp-ready");
  }

  slider({ symbol, letter, label, values, noted }, i, own) {
    const last = values.length - 1;
    const input = element("input", {
      type: "range",
      id: own(`slider-${symbol}`),
      name: symbol,
      step: 1,
      autocomplete: "off",
      oninput: () => this.moved(i, Number(input.value)),
    });
    const output = element("output", { for: input.id, "aria-live": "off" });  // the slider says its value itself
    const track = element("div", { class: "sp-track" }, input);
    for (const position of noted) track.append(element("span", { class: "sp-note", style: `--sp-at: ${last ? position / last : 0}`, "aria-hidden": "true" }));
    (this.inputs ??= [])[i] = { input, output, track };
    return element(
      "div",
      { class: "sp-slider" },
      element("label", { for: input.id }, element("i", {}, letter), " – ", ...rich(label)),
      output,
      track,
    );
  }

  moved(i, position) {
    this.state.move(i, position);
    this.changed();
  }

  reset() {
    this.scene?.stop?.();
    this.state.reset();
    this.changed();
  }

  changed() {
    this.repaint();
    this.wait();
  }

  // A key that is held down repeats after longer than a hand rests.
  wait() {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => {
      if (this.held) {
        this.wait();
        return;
      }
      this.say();
      if (!this.model) history.replaceState(history.state, "", this.state.hash);
    }, 250);
  }

  // Where the reader goes wins over a setting that was about to be written into the address, or just was.
  restore = (event) => {
    clearTimeout(this.saying);
    const hash = event?.newURL ? new URL(event.newURL).hash : window.location.hash;
    const known = this.state.restore(hash);
    if (known) {
      if (window.location.hash !== hash) history.replaceState(history.state, "", hash);
      this.repaint();
      this.say();
      this.land();
    }
  };

  // What arrives late above the place moves it, styles and fonts in WebKit: go there again, when all is loaded and
  // whenever the page grows, until the reader goes elsewhere or the page has been whole for a while.
  land() {
    this.landing?.abort();
    this.landing = new AbortController();
    const { signal } = this.landing;
    const end = this.landing.abort.bind(this.landing);
    let there;
    const land = () => {
      this.figure.scrollIntoView({ behavior: "instant" });
      there = window.scrollY;
    };
    land();
    for (const taken of ["wheel", "touchmove", "keydown", "pointerdown"]) window.addEventListener(taken, end, { signal });
    const body = new ResizeObserver(() => (window.scrollY === there ? land() : end()));
    body.observe(document.body);
    signal.addEventListener("abort", () => body.disconnect());
    const whole = () => document.fonts.ready.then(() => setTimeout(end, 3000));
    if (document.readyState === "complete") whole();
    else window.addEventListener("load", () => whole(land()), { signal });
  }

  // The first change of a frame is painted at once; those that follow in the same frame wait for the next.
  repaint() {
    if (this.painted) {
      this.behind = true;
      return;
    }
    this.paint();
    this.painted = true;
    requestAnimationFrame(() => {
      this.painted = false;
      if (!this.behind) return;
      this.behind = false;
      this.repaint();
    });
  }

  resize() {
    const width = Math.floor(this.chart.getBoundingClientRect().width);
    if (width === 0 || width === this.width) return;
    this.width = width;
    becomeFields(this.figure);
    this.text.style.minHeight = "";
    this.paint();
  }

  place(control, { letter, values, unit }, position, [low, high]) {
    const { input, output, track } = control;
    const setting = `${low} ${position} ${high}`;
    input.value = position;
    if (setting === control.setting) return;
    control.setting = setting;
    const last = Math.max(values.length - 1, 1);
    const shown = formatValue(values[position]);
    input.setAttribute("min", low);
    input.setAttribute("max", high);
    input.value = position;
    input.setAttribute("aria-valuetext", `${letter} = ${withUnit(shown, unit)}`);
    track.style.setProperty("--sp-low", low / last);
    track.style.setProperty("--sp-span", (high - low) / last);
    output.textContent = shown;
  }

  paint() {
    const { state, declaration } = this;
    const scope = state.values;
    this.inputs?.forEach((control, i) => this.place(control, declaration.sliders[i], state.positions[i], state.ranges[i]));
    this.readouts.forEach((readout, i) => {
      const { value, unit } = declaration.readouts[i];
      readout.replaceChildren(withUnit(formatValue(valueOf(value, scope)), unit));
    });
    this.measuring?.show();
    if (!this.width) return;
    this.chart.replaceChildren(this.drawn(this.width));
  }

  drawn(width, clip = this.own("clip")) {
    const drawn = this.scene ? this.scene.draw(width) : draw(this.declaration, this.state, this.found, width, clip);
    drawn.setAttribute("role", "img");
    for (const [name, value] of Object.entries(this.labels)) drawn.setAttribute(name, value);
    return drawn;
  }

  // Words follow when the hand rests, since screen readers read them out. They keep the room they once took.
  say() {
    const words = sentences(this.declaration, this.state.values);
    if (words === this.said) return;
    if (this.said !== undefined) this.text.style.minHeight = `${this.text.offsetHeight}px`;
    this.text.replaceChildren(...rich(words));
    this.said = words;
  }

  async copyLink() {
    const address = window.location.href.split("#")[0] + this.state.hash;
    const copied = await navigator.clipboard?.writeText(address).then(() => true, () => false);
    history.replaceState(history.state, "", this.state.hash);
    this.status.textContent = copied ? SAY.linkCopied : SAY.linkShown;
    setTimeout(() => this.status.replaceChildren(), 4000);
  }

  simulation({ label, seed }, own) {
    const numbers = element("input", { type: "number", id: own("seed"), min: 0, max: 2 ** 31 - 1, step: 1, value: seed });
    const start = element("button", { type: "button", class: "sp-start" }, label);
    const cancel = element("button", { type: "button", hidden: true }, SAY.cancel);
    const progress = element("progress", { max: 1, value: 0, hidden: true, "aria-label": SAY.simulating });
    const result = element("p", { class: "sp-result", role: "status" });
    const running = (yes) => {
      start.disabled = yes;
      cancel.hidden = progress.hidden = !yes;
    };
    start.addEventListener("click", () => {
      progress.value = 0;
      running(true);
      result.replaceChildren();
      this.model.send({ type: "simulate", values: this.state.values, seed: Math.max(0, Math.trunc(Number(numbers.value) || 0)) });
    });
    cancel.addEventListener("click", () => this.model.send({ type: "cancel" }));
    this.model.on("msg:custom", this.receive = (message) => {
      if (message.type === "progress") {
        progress.value = message.done;
        return;
      }
      running(false);
      const { type, mark, point } = message;
      const said = () => told(this.declaration, point.at, { did: SAY.simulated, estimate: point.y, error: point.se, ...message.told });
      result.replaceChildren(...rich(type === "point" ? said() : message.sentence));
      if (type === "point") this.find(mark, [point], true);
    });
    return element(
      "div",
      { class: "sp-simulate" },
      element("div", { class: "sp-run" }, start, element("label", {}, SAY.seed(""), numbers), progress, cancel),
      result,
    );
  }

  // Points found here join the mark that shows them, or take its place; its line in the legend appears with them.
  find(mark, points, join) {
    this.found.set(mark, join ? [...(this.found.get(mark) ?? []), ...points] : points);
    const labelled = this.declaration.marks.filter(({ label }) => label);
    const line = this.figure.querySelectorAll(".sp-legend > li")[labelled.indexOf(this.declaration.marks[mark])];
    if (line) line.hidden = false;
    this.paint();
  }

  destroy() {
    clearTimeout(this.saying);
    this.scene?.stop?.();
    this.measuring?.cancel();
    this.observer.disconnect();
    this.landing?.abort();
    window.removeEventListener("hashchange", this.restore);
    if (this.receive) this.model.off("msg:custom", this.receive);
  }
}

// Of a page that is still on its way, what something follows has arrived whole.
function isWhole(node) {
  if (document.readyState !== "loading") return true;
  return Boolean(node.nextSibling) || (node.parentNode !== null && isWhole(node.parentNode));
}

// Brings every explorer below root to life, one after the other, so that the first need not wait for the last.
// The declaration is in its figure, as JSON; one that cannot be shown leaves the others alone.
export async function hydrate(root = document) {
  for (const figure of root.querySelectorAll("figure.sp-explorer:not(.sp-ready)")) {
    if (!isWhole(figure) || figure.querySelector(".sp-failed")) continue;
    const still = figure.cloneNode(true);
    const failed = (error) => {
      still.append(element("p", { class: "sp-failed", role: "status" }, SAY.failed));
      figure.replaceWith(still);
      console.error(error);
    };
    try {
      new Explorer(figure, JSON.parse(figure.querySelector('script[type="application/json"]').textContent)).start(failed);
    } catch (error) {
      failed(error);
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function render({ model, el }) {
  const declaration = model.get("declaration");
  const figure = element(
    "figure",
    { class: "sp-explorer" },
    element("p", { class: "sp-title" }, ...rich(declaration.title)),
    element("p", { class: "sp-text" }),
    element("figcaption", {}, ...rich(declaration.caption)),
  );
  // JupyterLab would take the keys of a slider for its own.
  figure.addEventListener("keydown", (event) => event.stopPropagation());
  el.append(figure);
  const explorer = new Explorer(figure, declaration, model);
  explorer.start(console.error);
  return () => explorer.destroy();
}

export default { render };
