// Bundles what the explorers take from others into lib/superposition/explorer/vendor/: the shapes of d3 and the
// special functions of stdlib-js. Run by `npm run explorer`.

import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const target = new URL("../../lib/superposition/explorer/vendor/", import.meta.url);

// One file for the chart, and three of special functions, each of which has those before it, too: a page of the site loads
// the smallest one that has all that its formulas call.
const gamma = `export { default as erfc } from "@stdlib/math-base-special-erfc";
export { default as gammaln } from "@stdlib/math-base-special-gammaln";
`;
const beta = `${gamma}export { default as betainc } from "@stdlib/math-base-special-betainc";
`;
const entries = {
  shapes: `export { area, curveStepAfter, line, symbolDiamond, symbolSquare, symbolStar, symbolTriangle, symbolWye } from "d3-shape";
export { pathRound } from "d3-path";
`,
  gamma,
  beta,
  inverse: `${beta}import bothTails from "@stdlib/math-base-special-kernel-betaincinv";
const betaincinv = (p, a, b) => bothTails(a, b, p, 1 - p)[0];
export { betaincinv };
`,
};

// stdlib-js carries its own elementary functions, and looks for types and abilities that every browser has.
const native = {
  "array-float64": "Float64Array",
  "array-uint16": "Uint16Array",
  "array-uint32": "Uint32Array",
  "array-uint8": "Uint8Array",
  "assert-is-little-endian": "true",
  debug: "() => () => {}",
  "string-format": "String",
  "utils-define-nonenumerable-read-only-property": "(object, key, value) => Object.defineProperty(object, key, { value })",
};
for (const name of "abs acos asin ceil cos exp expm1 floor log1p max min pow sin sqrt trunc".split(" ")) native[`math-base-special-${name}`] = `Math.${name}`;
native["math-base-special-ln"] = "Math.log";

const smaller = {
  name: "smaller",
  setup(bundler) {
    bundler.onResolve({ filter: /^(@stdlib\/|debug$)/ }, ({ path }) => {
      const name = path.replace("@stdlib/", "");
      return name in native ? { path: name, namespace: "native" } : null;
    });
    bundler.onLoad({ filter: /.*/, namespace: "native" }, ({ path }) => ({ contents: `export default ${native[path]};` }));
    // As the modules of today, of which only what is called goes into the bundle.
    bundler.onLoad({ filter: /@stdlib\/.*\.js$/ }, async ({ path }) => ({ contents: modern(await readFile(path, "utf8")) }));
  },
};

function modern(source) {
  return source
    .replace(/^var (\w+) = require\( '([^']+)' \);/gm, 'import $1 from "$2";')
    .replace(/^var (\w+) = require\( '([^']+)' \)\.(\w+);/gm, 'import $1_all from "$2"; var $1 = $1_all.$3;')
    .replace(/^module\.exports = (.+);/gm, "export default $1;");
}

const packages = new Map();

async function note(inputs) {
  const folders = Object.entries(inputs)
    .filter(([path, { bytesInOutput }]) => bytesInOutput > 0)
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

\`shapes.js\` holds the shapes of d3 that charts use, \`gamma.js\`, \`beta.js\` and \`inverse.js\` the special functions of
stdlib-js that formulas call, minified by esbuild. They are written by \`make vendor\` (\`npm ci && npm run explorer\` in \`tools/vendor\`, whose \`explorer.mjs\`
says what is left out and why); nobody who does not rebuild it needs Node. Licence texts: \`LICENSES.txt\`.

| package | licence |
|---|---|
${listed}
`;

await writeFile(new URL("LICENSES.txt", target), licences);
await writeFile(new URL("README.md", target), readme);
