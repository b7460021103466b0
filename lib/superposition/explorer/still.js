// The explorers as they stand before their script runs, drawn while the site is built: theme/stills.py calls still.

import { Explorer } from "./explorer.js";

// What a chart is wide where the page is wide, and on a phone; explorer.css shows the one that fits.
const WIDTHS = { wide: 662, narrow: 330 };
const SCENE = { wide: 416, narrow: 330 };
// A still may be this far from the chart, in pixels, and is written to so many digits.
const SLACK = 0.15;

// The points of a line without those that stand where their neighbours would draw it anyway.
function thinned(points) {
  const [first, last] = [points[0], points.at(-1)];
  const [dx, dy] = [last[0] - first[0], last[1] - first[1]];
  const length = Math.hypot(dx, dy);
  let [furthest, most] = [0, 0];
  points.forEach(([x, y], i) => {
    const [ax, ay] = [x - first[0], y - first[1]];
    const off = length ? Math.abs(dx * ay - dy * ax) / length : Math.hypot(ax, ay);
    if (off > most) [furthest, most] = [i, off];
  });
  if (most <= SLACK) return [first, last];
  return [...thinned(points.slice(0, furthest + 1)), ...thinned(points.slice(furthest)).slice(1)];
}

function rounded(text) {
  return text.replace(/\d+\.\d+/g, (number) => String(Number(Number(number).toFixed(1))));
}

function thinnedPath(path) {
  if (!/^(M[\d.,-]+(L[\d.,-]+)*)+Z?$/.test(path)) return path;
  return path.replace(/M[^MZ]+/g, (piece) => {
    const points = piece.slice(1).split("L").map((point) => point.split(",").map(Number));
    return `M${thinned(points).map((point) => point.join(",")).join("L")}`;
  });
}

function picture(explorer, name, width) {
  const svg = explorer.drawn(width, explorer.own(`clip-${name}`));
  svg.classList.add(`sp-${name}`);
  for (const path of svg.querySelectorAll("path[d]")) path.setAttribute("d", thinnedPath(path.getAttribute("d")));
  for (const place of ["d", "transform", "x1", "x2", "y1", "y2", "cx", "cy"]) {
    for (const node of svg.querySelectorAll(`[${place}]`)) node.setAttribute(place, rounded(node.getAttribute(place)));
  }
  return svg;
}

globalThis.still = (html) => {
  ({ document: globalThis.document } = linkedom.parseHTML(html));
  globalThis.window = { document };
  const figure = document.querySelector("figure");
  const explorer = new Explorer(figure, JSON.parse(figure.querySelector("script").textContent));
  explorer.paint();
  explorer.chart.append(...Object.entries(explorer.scene ? SCENE : WIDTHS).map(([name, width]) => picture(explorer, name, width)));
  explorer.inputs.forEach(({ input }, i) => input.setAttribute("value", explorer.state.positions[i]));
  for (const control of figure.querySelectorAll("input, button")) control.setAttribute("disabled", "");
  figure.classList.remove("sp-ready");
  return figure.outerHTML;
};

// What a notebook shows of an explorer before its cell is run: the parts of its picture from top to bottom, each either
// words or a drawing.
globalThis.parts = (html) => {
  globalThis.still(html);
  const figure = document.querySelector("figure");
  const keys = [...figure.querySelectorAll(".sp-legend li:not([hidden])")].flatMap((item) => {
    const swatch = item.querySelector("svg");
    return [...(swatch ? [{ drawn: swatch.outerHTML }] : []), { words: item.textContent }];
  });
  const axis = (name) => [...figure.querySelectorAll(`.sp-axis-${name}`)].map((label) => ({ words: label.textContent }));
  return JSON.stringify([keys, axis("y"), [{ drawn: figure.querySelector(".sp-wide").outerHTML }], axis("x")]);
};
