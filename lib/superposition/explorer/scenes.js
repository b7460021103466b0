// A scene: the picture of a mechanism, and what can be taken hold of in it.

import { color, dashes, spaced } from "./chart.js";
import { indices, valueOf } from "./expressions.js";
import { formatValue, withUnit } from "./numbers.js";
import { element, field, said, svg } from "./words.js";
import { SAY } from "./strings.js";

const PACE = 700;

// The settings in which a mark or control runs through its integers and is there.
function places({ over = [], when }, scope) {
  const all = over.reduce((list, one) => list.flatMap((inner) => indices(one, inner)), [scope]);
  return when === undefined ? all : all.filter((inner) => valueOf(when, inner));
}

// An SVG of the marks for one setting, width pixels wide, and where in it a place of the window is.
function drawScene(declaration, scope, width) {
  const [[left, right], [bottom, top]] = declaration.scene.window;
  const unit = width / (right - left);
  const [x, y] = [(at) => (at - left) * unit, (at) => (top - at) * unit];
  const height = Math.round((top - bottom) * unit);
  const drawn = svg("svg", { class: "sp-plot sp-scene", width, height, viewBox: `0 0 ${width} ${height}` });
  const shapes = {
    links: ({ x: end, y: to, x0, y0, thick, head }, inner) => {
      const [x1, y1, x2, y2] = [x(valueOf(x0, inner)), y(valueOf(y0, inner)), x(valueOf(end, inner)), y(valueOf(to, inner))];
      const angle = Math.atan2(y2 - y1, x2 - x1);
      const barb = (turn) => `${x2 - 9 * Math.cos(angle + turn)},${y2 - 9 * Math.sin(angle + turn)}`;
      const tip = head && Math.hypot(x2 - x1, y2 - y1) > 1 ? `M${barb(0.45)}L${x2},${y2}L${barb(-0.45)}` : "";
      return svg("path", { d: `M${x1},${y1}L${x2},${y2}${tip}`, "stroke-width": thick });
    },
    discs: ({ x: across, y: up, radius, hollow }, inner) =>
      svg("circle", { cx: x(valueOf(across, inner)), cy: y(valueOf(up, inner)), r: valueOf(radius, inner) * unit, "stroke-width": hollow ? 2 : 0 }),
    tiles: ({ x: across, y: up, width: wide, height: high, hollow }, inner) => {
      const [w, h] = [valueOf(wide, inner), valueOf(high, inner)];
      const corner = { x: x(valueOf(across, inner) - w / 2), y: y(valueOf(up, inner) + h / 2) };
      return svg("rect", { ...corner, width: w * unit, height: h * unit, "stroke-width": hollow ? 2 : 0 });
    },
    outline: (mark, inner) => {
      const [symbol, low, high] = mark.along;
      const points = spaced(valueOf(low, inner), valueOf(high, inner), "linear").map((at) => {
        const there = { ...inner, [symbol]: at };
        return `${x(valueOf(mark.x, there)).toFixed(2)},${y(valueOf(mark.y, there)).toFixed(2)}`;
      });
      return svg("path", { d: `M${points.join("L")}`, "stroke-width": mark.filled ? 0 : 1.5 });
    },
    words: ({ x: across, y: up, words, anchor }, inner) =>
      svg("text", { x: x(valueOf(across, inner)), y: y(valueOf(up, inner)), "text-anchor": anchor, dy: "0.35em" }, said(words, inner) ?? ""),
  };
  for (const mark of declaration.marks) {
    const { type, series, dash } = mark;
    const lines = type === "links" || (type === "outline" && !mark.filled);
    const style = lines ? { fill: "none", stroke: color(series) } : mark.hollow ? { fill: "var(--sp-paper)", stroke: color(series) } : { fill: color(series) };
    const group = svg("g", { "data-mark": type, ...style, ...(dashes[dash - 1] ? { "stroke-dasharray": dashes[dash - 1] } : {}) });
    if (mark.paper) group.setAttribute("fill", "var(--sp-paper)");
    if (mark.filled) group.setAttribute("fill-opacity", 0.25);
    group.append(...places(mark, scope).map((inner) => shapes[type](mark, inner)));
    drawn.append(group);
  }
  return { drawn, place: (across, up) => [x(across), y(up)], at: (across, up) => [left + across / unit, top - up / unit] };
}

export class Scene {
  constructor(explorer) {
    this.explorer = explorer;
    this.declaration = explorer.declaration;
    const { handles, switches, player, starts } = this.declaration.scene;
    this.controls = [
      ...handles.flatMap((control) => control.symbols.map((symbol, i) => this.handle(control, symbol, i + 1))),
      ...switches.flatMap((control) => control.symbols.map((symbol, i) => this.switch(control, symbol, i + 1))),
    ];
    const inputs = element("div", { class: "sp-controls", role: "group", "aria-label": SAY.inThePicture }, ...this.controls.map(({ input }) => input));
    const [[left, right], [bottom, top]] = this.declaration.scene.window;
    const room = `aspect-ratio: ${right - left} / ${top - bottom}`;
    this.stage = element("div", { class: "sp-stage", style: room }, explorer.chart, this.controls.length ? inputs : "");
    const buttons = [...(player ? this.player(player) : []), ...starts.map((start) => this.start(start))];
    this.element = element("div", { class: "sp-picture" }, this.stage, buttons.length ? element("div", { class: "sp-starts" }, ...buttons) : "");
  }

  slider(symbol) {
    const i = this.declaration.sliders.findIndex((slider) => slider.symbol === symbol);
    return [i, this.declaration.sliders[i]];
  }

  handle(control, symbol, index) {
    const [i, { label, values }] = this.slider(symbol);
    const moved = () => this.explorer.moved(i, Number(input.value));
    const input = element("input", { type: "range", class: "sp-handle", name: symbol, "aria-label": label, min: 0, max: values.length - 1, step: 1, autocomplete: "off", oninput: moved });
    // A range input of its own would jump to where it is touched.
    for (const touched of ["mousedown", "touchstart", "click"]) input.addEventListener(touched, (event) => event.preventDefault(), { passive: false });
    input.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      input.focus({ preventScroll: true, focusVisible: false });
      input.setPointerCapture(event.pointerId);
    });
    input.addEventListener("pointermove", (event) => {
      if (!input.hasPointerCapture(event.pointerId)) return;
      const box = this.explorer.chart.getBoundingClientRect();
      this.explorer.moved(i, this.nearest(control, i, index, this.at(event.clientX - box.left, event.clientY - box.top)));
    });
    return { control, input, i, index };
  }

  switch(control, symbol, index) {
    const [i, { label }] = this.slider(symbol);
    const flipped = () => this.explorer.moved(i, Number(input.checked));
    const input = field("checkbox", { class: "sp-switch", name: symbol, "aria-label": label, autocomplete: "off", oninput: flipped });
    return { control, input, i, index };
  }

  // The setting of a control as its own channels see it.
  seen({ at, index: symbol }, i, index, position) {
    const own = at ? { [at]: this.declaration.sliders[i].values[position] } : {};
    return { ...this.explorer.state.values, ...own, ...(symbol ? { [symbol]: index } : {}) };
  }

  // The position of a handle's slider whose place is nearest to a point of the window.
  nearest(control, i, index, [x, y]) {
    const [low, high] = this.explorer.state.ranges[i];
    let [best, least] = [low, Infinity];
    for (let position = low; position <= high; position += 1) {
      const scope = this.seen(control, i, index, position);
      const distance = Math.hypot(valueOf(control.x, scope) - x, valueOf(control.y, scope) - y);
      if (distance < least) [best, least] = [position, distance];
    }
    return best;
  }

  draw(width) {
    const { state } = this.explorer;
    const { drawn, place, at } = drawScene(this.declaration, state.values, width);
    this.at = at;
    for (const { control, input, i, index } of this.controls) {
      const scope = this.seen(control, i, index, state.positions[i]);
      const there = control.when === undefined || valueOf(control.when, scope);
      input.toggleAttribute("hidden", !there);
      const [x, y] = place(valueOf(control.x, scope), valueOf(control.y, scope));
      input.style.setProperty("left", `${x}px`);
      input.style.setProperty("top", `${y}px`);
      const { values, unit } = this.declaration.sliders[i];
      if (input.matches(".sp-switch")) input.checked = values[state.positions[i]] === 1;
      else {
        input.value = state.positions[i];
        input.setAttribute("aria-valuetext", withUnit(formatValue(values[state.positions[i]]), unit));
      }
    }
    this.followed?.();
    return drawn;
  }

  // Buttons for one step and for playing, which readers who asked for less motion are not offered.
  player({ symbol, step }) {
    const [i] = this.slider(symbol);
    const { state } = this.explorer;
    const ended = () => state.positions[i] === state.ranges[i][1];
    const forward = () => this.explorer.moved(i, state.positions[i] + 1);
    const stop = () => {
      clearInterval(this.playing);
      this.playing = undefined;
      play.textContent = SAY.play;
    };
    const once = element("button", { type: "button", onclick: () => { stop(); forward(); } }, step);
    const play = element("button", {
      type: "button",
      class: "sp-play",
      onclick: () => {
        if (this.playing) return stop();
        if (ended()) this.explorer.moved(i, state.ranges[i][0]);
        play.textContent = SAY.pause;
        this.playing = setInterval(() => (ended() ? stop() : forward()), PACE);
      },
    }, SAY.play);
    this.stop = stop;
    this.followed = () => { once.disabled = ended(); };
    return [once, play];
  }

  start({ label, values }) {
    const begin = () => {
      this.explorer.state.set(values);
      this.explorer.changed();
    };
    return element("button", { type: "button", onclick: begin }, label);
  }
}
