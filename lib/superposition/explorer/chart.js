// The chart: every mark of a declaration, drawn with Observable Plot for one setting of the sliders.

import { areaY, arrow, axisX, axisY, dot, gridX, gridY, line, plot, rect, ruleX, ruleY } from "./vendor/plot.js";
import { indices, valueOf } from "./expressions.js";
import { formatTicks } from "./numbers.js";

export const dashes = [undefined, "9 4", "2 4", "12 4 2 4", "5 3", "16 5"];
export const symbols = ["circle", "square", "triangle", "diamond", "star", "wye"];
const STEPS = 160;
// of a curve along a parameter, which may pass through many shapes
const TURNS = 640;
const FONT = 13;

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

// An axis with its ends as numbers for this setting.
function resolved(axis, scope) {
  return { ...axis, low: valueOf(axis.low, scope), high: valueOf(axis.high, scope) };
}

class Drawing {
  constructor(declaration, state, found) {
    const scope = state.values;
    this.scope = scope;
    this.state = state;
    this.found = found;
    this.x = resolved(declaration.x, scope);
    this.y = resolved(declaration.y, scope);
  }

  // Dots beyond the frame stand at its edge as arrowheads, so that they are missed neither by eye nor by mistake.
  dots(points, series, hollow) {
    const { x, y } = this;
    const seen = points.filter((p) => Number.isFinite(p.x) && !Number.isNaN(p.y) && p.x >= x.low && p.x <= x.high);
    const style = { stroke: color(series), fill: hollow ? "var(--sp-paper)" : color(series), strokeWidth: 2 };
    const within = seen.filter((p) => p.y >= y.low && p.y <= y.high);
    const edge = (list, value, rotate) =>
      dot(list, { x: "x", y: list.map(() => value), symbol: "triangle", r: 5, rotate, ...style });
    return [
      dot(within, { x: "x", y: "y", symbol: symbols[(series - 1) % symbols.length], r: hollow ? 4.5 : 5.5, ...style }),
      edge(seen.filter((p) => p.y > y.high), y.high, 0),
      edge(seen.filter((p) => p.y < y.low), y.low, 180),
    ];
  }

  curve({ x, y, over, series, width = 2.5, dash }) {
    const stroke = { stroke: color(series), strokeWidth: width, strokeDasharray: dashes[(dash ?? series) - 1], clip: true };
    if (over) {
      const [symbol, low, high] = over;
      const scope = (t) => ({ ...this.scope, [symbol]: t });
      const ends = [valueOf(low, this.scope), valueOf(high, this.scope)];
      const points = spaced(...ends, "linear", TURNS).map((t) => [valueOf(x, scope(t)), valueOf(y, scope(t))]);
      return [line(points, stroke)];
    }
    return [line(this.swept([y]).map(([at, height]) => [at, this.bounded(height)]), stroke)];
  }

  area({ low, high, series }) {
    const points = this.swept([low, high]).map(([at, ...edges]) => [at, ...edges.map((edge) => this.bounded(edge))]);
    return [areaY(points, { x: "0", y1: "1", y2: "2", fill: color(series), fillOpacity: 0.18, clip: true })];
  }

  rule({ x, y, series, dash }) {
    const style = { stroke: color(series), strokeWidth: 1.75, strokeDasharray: dashes[(dash ?? series) - 1] };
    const [axis, channel, mark] = x === undefined ? [this.y, y, ruleY] : [this.x, x, ruleX];
    const value = valueOf(channel, this.scope);
    return value >= axis.low && value <= axis.high ? [mark([value], style)] : [];
  }

  dot({ x, y, over, series }) {
    const scopes = over ? indices(over, this.scope) : [this.scope];
    return this.dots(scopes.map((scope) => ({ x: valueOf(x, scope), y: valueOf(y, scope) })), series, false);
  }

  samples({ points, series, spread }, i) {
    const shown = [...points, ...(this.found.get(i) ?? [])].filter(({ at }) => this.state.isAt(at, this.x.symbol));
    const bars = shown
      .filter(({ x, se }) => se > 0 && x >= this.x.low && x <= this.x.high)
      .map(({ x, y, se }) => ({ x, y1: this.within(y - spread * se), y2: this.within(y + spread * se) }))
      .filter(({ y1, y2 }) => y1 < y2);
    const style = { x: "x", stroke: color(series), strokeWidth: 1.5 };
    const caps = ["y1", "y2"].map((y) => dot(bars, { x: "x", y, symbol: cap, r: 4, stroke: color(series), strokeWidth: 1.5 }));
    return [ruleX(bars, { ...style, y1: "y1", y2: "y2" }), ...caps, ...this.dots(shown, series, true)];
  }

  steps({ y, over, series, dash }) {
    const points = indices(over, this.scope).map((scope) => [scope[over[0]], this.bounded(valueOf(y, scope))]);
    if (points.length) points.push([points.at(-1)[0] + 1, points.at(-1)[1]]);
    const stroke = { stroke: color(series), strokeWidth: 2.5, strokeDasharray: dashes[(dash ?? series) - 1] };
    return [line(points, { ...stroke, curve: "step-after", clip: true })];
  }

  bars({ x, y, over, series, breadth }) {
    const scopes = over ? indices(over, this.scope) : [this.scope];
    const bars = scopes.map((scope) => ({ x: valueOf(x, scope), y: this.within(valueOf(y, scope)) })).filter(({ y: top }) => !Number.isNaN(top));
    const floor = this.within(this.y.scale === "log" ? this.y.low : 0);
    return [
      rect(bars, {
        x1: ({ x: middle }) => middle - breadth / 2,
        x2: ({ x: middle }) => middle + breadth / 2,
        y1: floor,
        y2: "y",
        fill: color(series),
        clip: true,
      }),
    ];
  }

  cells({ value, low, high, over, series }) {
    const [lowest, highest] = [valueOf(low, this.scope), valueOf(high, this.scope)];
    const [across, up] = over;
    const cells = indices(across, this.scope).flatMap((scope) => indices(up, scope));
    const shade = (scope) => Math.min(Math.max((valueOf(value, scope) - lowest) / (highest - lowest), 0), 1);
    return [
      rect(
        cells.map((scope) => ({ x: scope[across[0]], y: scope[up[0]], shade: shade(scope) })).filter((cell) => !Number.isNaN(cell.shade)),
        {
          x1: (cell) => cell.x - 0.5,
          x2: (cell) => cell.x + 0.5,
          y1: (cell) => cell.y - 0.5,
          y2: (cell) => cell.y + 0.5,
          inset: 0.5,
          fill: color(series),
          fillOpacity: "shade",
          clip: true,
        },
      ),
    ];
  }

  arrows({ x, y, x0, y0, over, series }) {
    const scopes = over ? indices(over, this.scope) : [this.scope];
    const arrows = scopes.map((scope) => [valueOf(x0, scope), valueOf(y0, scope), valueOf(x, scope), valueOf(y, scope)]);
    const style = { stroke: color(series), strokeWidth: 2, headLength: 7, headAngle: 50 };
    return [arrow(arrows, { x1: "0", y1: "1", x2: "2", y2: "3", ...style })];
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

// The end of an error bar: a short level stroke.
const cap = { draw(context, size) { const half = Math.sqrt(size) * 0.7; context.moveTo(-half, 0); context.lineTo(half, 0); } };

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
  const drawing = new Drawing(declaration, state, found);
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
  const svg = plot({
    width,
    height,
    marginTop: square ? height - marginBottom - inner * declaration.aspect : 10 * larger,
    marginRight,
    marginBottom,
    marginLeft,
    className: "sp-plot",
    style: { fontSize: `${font}px`, background: "none" },
    x: { type: x.scale, domain: [x.low, x.high], label: null, axis: null },
    y: { type: y.scale, domain: [y.low, y.high], label: null, axis: null },
    opacity: { type: "identity" },
    marks: [
      gridX(xTicks, { stroke: "var(--sp-grid)", strokeOpacity: 1 }),
      gridY(yTicks, { stroke: "var(--sp-grid)", strokeOpacity: 1 }),
      axisX(xTicks, { text: xName, label: null, tickSize: 0, tickPadding: 8 }),
      axisY(yTicks, { text: formatTicks(yTicks), label: null, tickSize: 0, tickPadding: 8 }),
      ...declaration.marks.flatMap((mark, i) => drawing[mark.type](mark, i)),
    ],
  });
  // Plot's own style sheet would make the browser look at the whole page again at every repaint; explorer.css has it.
  svg.querySelector("style").remove();
  // Plot clips every mark for itself, by ids that another copy of it on the same page would give, too.
  const [frame, ...same] = svg.querySelectorAll("clipPath");
  frame?.setAttribute("id", clip);
  same.forEach((other) => other.remove());
  for (const clipped of svg.querySelectorAll("[clip-path]")) clipped.setAttribute("clip-path", `url(#${clip})`);
  // A picture has one name; those that Plot gives to its groups are not allowed inside it.
  for (const group of svg.querySelectorAll("[aria-label]")) {
    group.dataset.mark = group.getAttribute("aria-label");
    group.removeAttribute("aria-label");
  }
  return svg;
}
