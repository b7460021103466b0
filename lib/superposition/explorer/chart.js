// The chart: every mark of a declaration, drawn as SVG for one setting of the sliders.

import { area, curveStepAfter, line, pathRound, symbolDiamond, symbolSquare, symbolStar, symbolTriangle, symbolWye } from "./vendor/shapes.js";
import { indices, valueOf } from "./expressions.js";
import { formatTicks } from "./numbers.js";
import { svg } from "./words.js";

export const dashes = [undefined, "9 4", "2 4", "12 4 2 4", "5 3", "16 5"];
export const symbols = ["circle", "square", "triangle", "diamond", "star", "wye"];
const STEPS = 160;
// of a curve along a parameter, which may pass through many shapes
const TURNS = 640;
const FONT = 13;
// Of an arrow, in pixels and radians.
const HEAD = { length: (7 / 1.5) * 2, angle: (25 * Math.PI) / 180 };
// Half a pixel puts a level or upright stroke onto whole pixels, where a screen has no finer ones.
const CRISP = globalThis.devicePixelRatio <= 1 ? 0.5 : 0;

// How much larger than usual the reader has letters; a still is drawn for the usual size.
function enlarged() {
  return globalThis.getComputedStyle ? parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 : 1;
}

export function color(series) {
  return `var(--sp-series-${series})`;
}

// Numbers from low to high, evenly spaced on the scale.
export function spaced(low, high, scale, count = STEPS) {
  const at = scale === "log" ? (t) => low * (high / low) ** t : (t) => low + (high - low) * t;
  return Array.from({ length: count + 1 }, (_, i) => (i === count ? high : at(i / count)));
}

// A function along an axis. Where its domain ends between two points, the end is found by halving.
function sample(functions, low, high, scale) {
  const at = (x) => [x, ...functions.map((f) => f(x))];
  const drawn = (point) => point.every(Number.isFinite);
  const points = [];
  for (const x of spaced(low, high, scale)) {
    const point = at(x);
    const before = points.at(-1);
    if (before && drawn(before) !== drawn(point)) {
      let [inside, outside] = drawn(before) ? [before, point] : [point, before];
      for (let i = 0; i < 40; i += 1) {
        const middle = at((inside[0] + outside[0]) / 2);
        if (drawn(middle)) inside = middle;
        else outside = middle;
      }
      points.push(drawn(before) ? inside : outside, drawn(before) ? outside : inside);
    }
    points.push(point);
  }
  return points;
}

function ticks(low, high, scale, length) {
  const room = Math.max(2, Math.floor(length));
  if (scale === "log") {
    const [first, last] = [Math.floor(Math.log10(low) + 1e-9), Math.floor(Math.log10(high) + 1e-9)];
    const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    const stepped = (steps) => powers.flatMap((power) => steps.map((step) => step * 10 ** power)).filter((t) => t >= low * (1 - 1e-9) && t <= high * (1 + 1e-9));
    const fitting = [[1, 2, 3, 4, 5, 6, 8], [1, 2, 5], [1, 3], [1]].map(stepped).find((list) => list.length <= room);
    const stride = Math.ceil(powers.length / room);
    return fitting ?? powers.filter((power) => power % stride === 0 && 10 ** power >= low * (1 - 1e-9)).map((power) => 10 ** power);
  }
  const rough = (high - low) / room;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * unit >= rough) * unit;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const count = Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number(((Math.ceil(low / step - 1e-9) + i) * step).toFixed(digits)));
}

// An axis with its ends as numbers for this setting, and the pixel at which a value stands between from and to.
function resolved(axis, scope, from, to) {
  const [low, high] = [valueOf(axis.low, scope), valueOf(axis.high, scope)];
  const scaled = axis.scale === "log" ? Math.log : (value) => value;
  const at = (value) => {
    const share = (scaled(value) - scaled(low)) / (scaled(high) - scaled(low));
    return from * (1 - share) + to * share;
  };
  return { ...axis, low, high, at };
}

function translated(x, y) {
  return x || y ? `translate(${x},${y})` : undefined;
}

// The end of an error bar: a short level stroke.
const cap = { draw(context, size) { const half = Math.sqrt(size) * 0.7; context.moveTo(-half, 0); context.lineTo(half, 0); } };
const shapes = { square: symbolSquare, triangle: symbolTriangle, diamond: symbolDiamond, star: symbolStar, wye: symbolWye, cap };

// A shape with the area of a disc of r pixels, about the origin.
function outline(symbol, r) {
  const drawn = pathRound();
  shapes[symbol].draw(drawn, Math.PI * r * r);
  return String(drawn);
}

class Drawing {
  constructor(declaration, state, found, clip) {
    this.scope = state.values;
    this.state = state;
    this.found = found;
    this.clip = `url(#${clip})`;
    this.x = resolved(declaration.x, this.scope);
    this.y = resolved(declaration.y, this.scope);
  }

  // Where the frame is, in pixels.
  put(left, right, top, bottom) {
    this.frame = { left, right, top, bottom };
    this.x = resolved(this.x, this.scope, left, right);
    this.y = resolved(this.y, this.scope, bottom, top);
  }

  upright(mark, values, style) {
    const { top: y1, bottom: y2 } = this.frame;
    const lines = values.map(this.x.at).map((x) => svg("line", { x1: x, x2: x, y1, y2 }));
    return svg("g", { "data-mark": mark, transform: translated(CRISP, 0), ...style }, ...lines);
  }

  level(mark, values, style) {
    const { left: x1, right: x2 } = this.frame;
    const lines = values.map(this.y.at).map((y) => svg("line", { x1, x2, y1: y, y2: y }));
    return svg("g", { "data-mark": mark, transform: translated(0, CRISP), ...style }, ...lines);
  }

  tickLabels(mark, transform, dy, places, texts, style) {
    const labels = places.map(([x, y], i) => svg("text", { y: dy, transform: `translate(${x},${y})` }, texts[i]));
    return svg("g", { "data-mark": mark, transform, "font-variant": "tabular-nums", ...style }, ...labels);
  }

  axes(xTicks, xTexts, yTicks, yTexts) {
    const { left, bottom } = this.frame;
    const grid = { stroke: "var(--sp-grid)" };
    return [
      this.upright("x-grid", xTicks, grid),
      this.level("y-grid", yTicks, grid),
      this.tickLabels("x-axis tick label", translated(CRISP, 8 + CRISP), "0.71em", xTicks.map((tick) => [this.x.at(tick), bottom]), xTexts),
      this.tickLabels("y-axis tick label", translated(CRISP - 8, CRISP), "0.32em", yTicks.map((tick) => [left, this.y.at(tick)]), yTexts, {
        "text-anchor": "end",
      }),
    ];
  }

  // A line through [x, y], broken where one of them has no value; curve is one of d3's.
  through(points, { series, width = 2.5, dash }, curve) {
    const drawn = line(([x]) => this.x.at(x), ([, y]) => this.y.at(y)).defined((point) => point.every(Number.isFinite));
    const d = (curve ? drawn.curve(curve) : drawn)(points);
    if (!d) return [];
    const round = { "stroke-linecap": "round", "stroke-linejoin": "round" };
    const stroke = { stroke: color(series), "stroke-width": width, "stroke-dasharray": dashes[(dash ?? series) - 1], ...round };
    return [svg("g", { "data-mark": "line", "clip-path": this.clip, fill: "none", ...stroke }, svg("path", { transform: translated(CRISP, CRISP), d }))];
  }

  // Boxes from one corner to the other in values of the axes, inset pixels smaller on every side.
  boxes(corners, inset, style) {
    const boxes = corners.map(({ x1, x2, y1, y2, ...attributes }) => {
      const [[left, right], [top, bottom]] = [[x1, x2].map(this.x.at), [y1, y2].map(this.y.at)].map((ends) => ends.sort((a, b) => a - b));
      const sides = { width: Math.max(0, right - left - 2 * inset), height: Math.max(0, bottom - top - 2 * inset) };
      return svg("rect", { x: left + inset, y: top + inset, ...sides, ...attributes });
    });
    return svg("g", { "data-mark": "rect", "clip-path": this.clip, ...style }, ...boxes);
  }

  // The same symbol at every {x, y}, turned by some degrees.
  symbols(points, symbol, r, style, turned) {
    const d = symbol === "circle" ? undefined : outline(symbol, r);
    const turn = turned ? ` rotate(${turned})` : "";
    const drawn = points.map((point) => {
      const [x, y] = [this.x.at(point.x), this.y.at(point.y)];
      return d ? svg("path", { transform: `translate(${x},${y})${turn}`, d }) : svg("circle", { cx: x, cy: y, r });
    });
    return svg("g", { "data-mark": "dot", transform: translated(CRISP, CRISP), ...style }, ...drawn);
  }

  // Dots beyond the frame stand at its edge as arrowheads, so that they are missed neither by eye nor by mistake.
  dots(points, series, hollow) {
    const { x, y } = this;
    const seen = points.filter((p) => Number.isFinite(p.x) && !Number.isNaN(p.y) && p.x >= x.low && p.x <= x.high);
    const style = { stroke: color(series), fill: hollow ? "var(--sp-paper)" : color(series), "stroke-width": 2 };
    const within = seen.filter((p) => p.y >= y.low && p.y <= y.high);
    const edge = (list, at, turned) => this.symbols(list.map((p) => ({ x: p.x, y: at })), "triangle", 5, style, turned);
    return [
      this.symbols(within, symbols[Math.max(series - 1, 0) % symbols.length], hollow ? 4.5 : 5.5, style),
      edge(seen.filter((p) => p.y > y.high), y.high, 0),
      edge(seen.filter((p) => p.y < y.low), y.low, 180),
    ].filter((group) => group.firstChild);
  }

  curve({ x, y, over, ...stroke }) {
    if (over) {
      const [symbol, low, high] = over;
      const scope = (t) => ({ ...this.scope, [symbol]: t });
      const ends = [valueOf(low, this.scope), valueOf(high, this.scope)];
      return this.through(spaced(...ends, "linear", TURNS).map((t) => [valueOf(x, scope(t)), valueOf(y, scope(t))]), stroke);
    }
    return this.through(this.swept([y]).map(([at, height]) => [at, this.bounded(height)]), stroke);
  }

  area({ low, high, series }) {
    const drawn = area(([x]) => this.x.at(x), ([, lower]) => this.y.at(lower), ([, , upper]) => this.y.at(upper));
    const d = drawn.defined((point) => point.every(Number.isFinite))(
      this.swept([low, high]).map(([at, ...edges]) => [at, ...edges.map((edge) => this.bounded(edge))]),
    );
    if (!d) return [];
    const style = { fill: color(series), "fill-opacity": 0.18 };
    return [svg("g", { "data-mark": "area", "clip-path": this.clip, ...style }, svg("path", { d }))];
  }

  rule({ x, y, series, dash }) {
    const style = { stroke: color(series), "stroke-width": 1.75, "stroke-dasharray": dashes[(dash ?? series) - 1] };
    const [axis, channel, side] = x === undefined ? [this.y, y, "level"] : [this.x, x, "upright"];
    const value = valueOf(channel, this.scope);
    return value >= axis.low && value <= axis.high ? [this[side]("rule", [value], style)] : [];
  }

  dot({ x, y, over, series }) {
    const scopes = over ? indices(over, this.scope) : [this.scope];
    return this.dots(scopes.map((scope) => ({ x: valueOf(x, scope), y: valueOf(y, scope) })), series, false);
  }

  samples({ points, series, spread }, i) {
    const shown = [...points, ...(this.found.get(i) ?? [])].filter(({ at }) => this.state.isAt(at, this.x.symbol));
    const bars = shown
      .filter(({ x, se }) => se > 0 && x >= this.x.low && x <= this.x.high)
      .map(({ x, y, se }) => ({ x, ends: [y - spread * se, y + spread * se].map((end) => this.within(end)) }))
      .filter(({ ends: [low, high] }) => low < high);
    const style = { stroke: color(series), "stroke-width": 1.5 };
    const strokes = bars.map(({ x, ends }) => {
      const [y1, y2] = ends.map(this.y.at);
      return svg("line", { x1: this.x.at(x), x2: this.x.at(x), y1, y2 });
    });
    const caps = bars.flatMap(({ x, ends }) => ends.map((y) => ({ x, y })));
    return [
      ...(bars.length ? [svg("g", { "data-mark": "rule", transform: translated(CRISP, 0), ...style }, ...strokes)] : []),
      ...(bars.length ? [this.symbols(caps, "cap", 4, style)] : []),
      ...this.dots(shown, series, true),
    ];
  }

  steps({ y, over, ...stroke }) {
    const points = indices(over, this.scope).map((scope) => [scope[over[0]], this.bounded(valueOf(y, scope))]);
    if (points.length) points.push([points.at(-1)[0] + 1, points.at(-1)[1]]);
    return this.through(points, stroke, curveStepAfter);
  }

  bars({ x, y, over, series, breadth }) {
    const scopes = over ? indices(over, this.scope) : [this.scope];
    const floor = this.within(this.y.scale === "log" ? this.y.low : 0);
    const bars = scopes
      .map((scope) => [valueOf(x, scope), this.within(valueOf(y, scope))])
      .filter((bar) => bar.every(Number.isFinite))
      .map(([middle, top]) => ({ x1: middle - breadth / 2, x2: middle + breadth / 2, y1: floor, y2: top }));
    return [this.boxes(bars, 0, { fill: color(series) })];
  }

  cells({ value, low, high, over, series }) {
    const [lowest, highest] = [valueOf(low, this.scope), valueOf(high, this.scope)];
    const [across, up] = over;
    const cells = indices(across, this.scope)
      .flatMap((scope) => indices(up, scope))
      .map((scope) => [scope[across[0]], scope[up[0]], Math.min(Math.max((valueOf(value, scope) - lowest) / (highest - lowest), 0), 1)])
      .filter((cell) => cell.every(Number.isFinite))
      .map(([x, y, shade]) => ({ x1: x - 0.5, x2: x + 0.5, y1: y - 0.5, y2: y + 0.5, "fill-opacity": shade }));
    return [this.boxes(cells, 0.5, { fill: color(series) })];
  }

  arrows({ x, y, x0, y0, over, series }) {
    const scopes = over ? indices(over, this.scope) : [this.scope];
    const arrows = scopes
      .map((scope) => [this.x.at(valueOf(x0, scope)), this.y.at(valueOf(y0, scope)), this.x.at(valueOf(x, scope)), this.y.at(valueOf(y, scope))])
      .filter((ends) => ends.every(Number.isFinite))
      .map(([x1, y1, x2, y2]) => {
        const [angle, length] = [Math.atan2(y2 - y1, x2 - x1), Math.hypot(x2 - x1, y2 - y1)];
        const barb = (turn) => {
          const wing = Math.min(HEAD.length, length / 3);
          return `${x2 - wing * Math.cos(angle + turn)},${y2 - wing * Math.sin(angle + turn)}`;
        };
        return svg("path", { d: `M${x1},${y1}L${x2},${y2}M${barb(HEAD.angle)}L${x2},${y2}L${barb(-HEAD.angle)}` });
      });
    const style = { stroke: color(series), "stroke-width": 2, fill: "none", "stroke-linecap": "round", "stroke-miterlimit": 1 };
    return [svg("g", { "data-mark": "arrow", transform: translated(CRISP, CRISP), ...style }, ...arrows)];
  }

  swept(channels) {
    const { symbol, low, high, scale } = this.x;
    const functions = channels.map((channel) => (at) => valueOf(channel, { ...this.scope, [symbol]: at }));
    return sample(functions, low, high, scale);
  }

  // A height that the scale can place: a log scale has no zero, and no screen has room for 1e300.
  bounded(height) {
    if (Number.isNaN(height)) return NaN;
    const { low, high, scale } = this.y;
    if (scale === "log") return Math.min(Math.max(height, low / 1e6), high * 1e6);
    return Math.min(Math.max(height, low - 9 * (high - low)), high + 9 * (high - low));
  }

  within(height) {
    return Number.isNaN(height) ? NaN : Math.min(Math.max(height, this.y.low), this.y.high);
  }
}

// Room that the widest of some labels takes, in pixels.
function breadth(labels, font) {
  return font * 0.6 * Math.max(0, ...labels.map((label) => label.length));
}

// The height of a chart follows from its width alone, and explorer.css computes the same, so that its room is known
// before it is drawn and no setting changes it. A square chart's frame keeps its proportions below what is left over.
function heightOf(width, aspect) {
  return aspect === undefined ? Math.min(Math.max(width * 0.5, 240), 360) : (width - 32) * aspect + 36;
}

// An SVG of the declaration's marks. found has points simulated here, by the index of the mark that shows them; clip is
// an id for the edge of the frame.
export function draw(declaration, state, found, width, clip) {
  const drawing = new Drawing(declaration, state, found, clip);
  const { x, y } = drawing;
  const square = declaration.aspect !== undefined;
  const larger = enlarged();
  const font = FONT * larger;
  const marginBottom = 26 * larger;
  const height = Math.round(heightOf(width, declaration.aspect));
  const yTicks = ticks(y.low, y.high, y.scale, (square ? width : height - 40) / (38 * larger));
  const marginLeft = Math.ceil(12 + breadth(formatTicks(yTicks), font));
  const xTicks = x.names ? Object.keys(x.names).map(Number) : ticks(x.low, x.high, x.scale, (width - marginLeft) / (72 * larger));
  const xShown = formatTicks(xTicks);
  const xName = (tick, i) => x.names?.[tick] ?? xShown[i];
  const marginRight = Math.ceil(Math.max(12, breadth([xName(xTicks.at(-1), xTicks.length - 1)], font) / 2));
  const inner = width - marginLeft - marginRight;
  const marginTop = square ? height - marginBottom - inner * declaration.aspect : 10 * larger;
  drawing.put(marginLeft, width - marginRight, marginTop, height - marginBottom);
  const edge = { x: marginLeft, y: marginTop, width: inner, height: height - marginTop - marginBottom };
  return svg(
    "svg",
    {
      class: "sp-plot",
      fill: "currentColor",
      "font-family": "system-ui, sans-serif",
      "text-anchor": "middle",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      style: `font-size: ${font}px`,
    },
    ...drawing.axes(xTicks, xTicks.map(xName), yTicks, formatTicks(yTicks)),
    svg("clipPath", { id: clip }, svg("rect", edge)),
    ...declaration.marks.flatMap((mark, i) => drawing[mark.type](mark, i)),
  );
}
