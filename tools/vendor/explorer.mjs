// Bundles what the explorers take from others into lib/superposition/explorer/vendor/: the marks of Observable Plot
// and the special functions of stdlib-js. Run by `npm run explorer`.

import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const target = new URL("../../lib/superposition/explorer/vendor/", import.meta.url);

// One file for the chart, and two of special functions, the second of which has the first one's, too: a page of the site
// loads the smaller one if that has all that its formulas call.
const erfc = `export { default as erfc } from "@stdlib/math-base-special-erfc";
export { default as gammaln } from "@stdlib/math-base-special-gammaln";
`;
const entries = {
  plot: `export { areaY, arrow, axisX, axisY, dot, gridX, gridY, line, plot, rect, ruleX, ruleY } from "@observablehq/plot";`,
  gamma: erfc,
  beta: `${erfc}export { default as betainc } from "@stdlib/math-base-special-betainc";
import bothTails from "@stdlib/math-base-special-kernel-betaincinv";
const betaincinv = (p, a, b) => bothTails(a, b, p, 1 - p)[0];
export { betaincinv };
`,
};

// Maps, colour schemes, dates, tips and legends, none of which an explorer draws: their names stay and do nothing.
const undrawn =
  /^(d3-geo|d3-scale-chromatic|d3-time-format|isoformat|.*\/marks\/tip\.js|.*\/interactions\/pointer\.js|.*\/legends\/(ramp|swatches)\.js)$/;

// stdlib-js carries its own elementary functions; every browser has them.
const native = {
  abs: "abs", acos: "acos", asin: "asin", ceil: "ceil", cos: "cos", exp: "exp", expm1: "expm1", floor: "floor", ln: "log",
  log1p: "log1p", max: "max", min: "min", pow: "pow", sin: "sin", sqrt: "sqrt", trunc: "trunc",
};
const elementary = new RegExp(`^@stdlib/math-base-special-(${Object.keys(native).join("|")})$`);

const smaller = {
  name: "smaller",
  setup(bundler) {
    bundler.onResolve({ filter: undrawn }, async ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData === "resolved") return null;
      const real = await bundler.resolve(path, { resolveDir, kind, pluginData: "resolved" });
      return { path: real.path, namespace: "undrawn" };
    });
    bundler.onLoad({ filter: /.*/, namespace: "undrawn" }, async ({ path }) => ({
      contents: Object.keys(await import(path)).map((name) => `export const ${name} = () => undefined;`).join("\n"),
    }));
    bundler.onResolve({ filter: elementary }, ({ path }) => ({ path: path.match(elementary)[1], namespace: "native" }));
    bundler.onLoad({ filter: /.*/, namespace: "native" }, ({ path }) => ({ contents: `module.exports = Math.${native[path]};` }));
    bundler.onResolve({ filter: /^debug$/ }, () => ({ path: "debug", namespace: "silent" }));
    bundler.onLoad({ filter: /.*/, namespace: "silent" }, () => ({ contents: "module.exports = () => () => {};" }));
  },
};

const packages = new Map();

async function note(inputs) {
  const folders = Object.entries(inputs)
    .filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && !path.startsWith("undrawn:"))
    .map(([path]) => path.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0])
    .filter(Boolean);
  for (const folder of new Set(folders)) {
    const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`));
    const text = await readFile(`${folder}/LICENSE`, "utf8").catch(() => readFile(`${folder}/LICENSE.txt`, "utf8"));
    packages.set(`${name} ${version}`, { license, text: text.trim() });
  }
}

async function bundle(file, contents) {
  const result = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    target: "es2020",
    format: "iife",
    globalName: `vendored_${file}`,
    legalComments: "none",
    metafile: true,
    write: false,
    plugins: [smaller],
  });
  await note(Object.values(result.metafile.outputs)[0].inputs);
  const names = [...contents.matchAll(/export \{([^}]*)\}/g)].flatMap(([, list]) => list.split(",").map((name) => name.trim().split(" as ").at(-1)));
  const banner = `/*! Bundled by tools/vendor/explorer.mjs from the packages that README.md beside this file lists, with their licences. */`;
  const text = `${banner}\n${result.outputFiles[0].text.trim()}\nexport const { ${names.join(", ")} } = vendored_${file};\n`;
  await writeFile(new URL(`${file}.js`, target), text);
  console.log(`${file}.js: ${text.length} bytes, ${gzipSync(text, { level: 9 }).length} gzipped`);
}

for (const [file, contents] of Object.entries(entries)) await bundle(file, contents);
const listing = [...packages].sort(([a], [b]) => (a < b ? -1 : 1));

const byText = new Map();
for (const [label, { license, text }] of listing) {
  const known = byText.get(text) ?? { license, labels: [] };
  known.labels.push(label);
  byText.set(text, known);
}
const licences = [...byText].map(([text, { labels }]) => `${labels.join(", ")}\n\n${text}\n`).join(`\n${"-".repeat(80)}\n\n`);

const stdlib = listing.filter(([label]) => label.startsWith("@stdlib/"));
const others = listing.filter(([label]) => !label.startsWith("@stdlib/"));
const rows = [...others, [`${stdlib.length} packages of @stdlib`, { license: [...new Set(stdlib.map(([, { license }]) => license))].join(", ") }]];
const listed = rows.map(([label, { license }]) => `| ${label} | ${license} |`).join("\n");
const readme = `# What the explorers take from others

\`plot.js\` holds the used part of Observable Plot (with the parts of d3 it needs), \`gamma.js\` and \`beta.js\` that of
stdlib-js's special functions, minified by esbuild. They are written by \`make vendor\` (\`npm ci && npm run explorer\` in \`tools/vendor\`, whose \`explorer.mjs\`
says what is left out and why); nobody who does not rebuild it needs Node. Licence texts: \`LICENSES.txt\`.

| package | licence |
|---|---|
${listed}
`;

await writeFile(new URL("LICENSES.txt", target), licences);
await writeFile(new URL("README.md", target), readme);
