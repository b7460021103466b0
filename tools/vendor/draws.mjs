// Bundles the seeded random numbers of stdlib-js that draws.js draws from into lib/superposition/explorer/vendor/draws/.
// Run by `npm run draws`.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const target = new URL("../../lib/superposition/explorer/vendor/draws/", import.meta.url);
const laws = ["beta", "binomial", "chisquare", "gamma", "normal", "poisson", "uniform"];

// Only what makes generators is taken; the ready-made ones seed themselves when a page loads.
const entry = `${["mt19937", ...laws].map((law) => `export { default as ${law} } from "@stdlib/random-base-${law}/lib/factory.js";`).join("\n")}
export { default as erfcinv } from "@stdlib/math-base-special-erfcinv";`;

// stdlib-js carries its own elementary functions; every browser has them.
const native = {
  abs: "abs", acos: "acos", asin: "asin", ceil: "ceil", cos: "cos", exp: "exp", expm1: "expm1", floor: "floor", ln: "log",
  log1p: "log1p", max: "max", min: "min", pow: "pow", sin: "sin", sqrt: "sqrt", trunc: "trunc",
};
const elementary = new RegExp(`^@stdlib/math-base-special-(${Object.keys(native).join("|")})$`);
const smaller = {
  name: "smaller",
  setup(bundler) {
    bundler.onResolve({ filter: elementary }, ({ path }) => ({ path: path.match(elementary)[1], namespace: "native" }));
    bundler.onLoad({ filter: /.*/, namespace: "native" }, ({ path }) => ({ contents: `module.exports = Math.${native[path]};` }));
    bundler.onResolve({ filter: /^debug$/ }, () => ({ path: "debug", namespace: "silent" }));
    bundler.onLoad({ filter: /.*/, namespace: "silent" }, () => ({ contents: "module.exports = () => () => {};" }));
  },
};

const result = await build({
  stdin: { contents: entry, resolveDir: import.meta.dirname },
  bundle: true,
  minify: true,
  target: "es2020",
  format: "iife",
  globalName: "random",
  legalComments: "none",
  metafile: true,
  write: false,
  plugins: [smaller],
});

const [{ inputs }] = Object.values(result.metafile.outputs);
const folders = Object.entries(inputs)
  .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  .map(([path]) => path.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0])
  .filter(Boolean);
const packages = [];
const licences = new Map();
for (const folder of [...new Set(folders)].sort()) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`));
  const text = (await readFile(`${folder}/LICENSE`, "utf8").catch(() => readFile(`${folder}/LICENSE.txt`, "utf8"))).trim();
  packages.push({ name, version, license });
  licences.set(text, [...(licences.get(text) ?? []), `${name} ${version}`]);
}

const taken = packages.filter(({ name }) => /random-base-|erfcinv/.test(name)).map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`);
const bundle = `/*! Seeded random numbers of stdlib-js (Apache-2.0), bundled by tools/vendor/draws.mjs; see README.md beside this file. */\n${result.outputFiles[0].text.trim()}\n`;
const readme = `# Random numbers of the explorers

\`bundle.js\` holds the seeded random numbers of stdlib-js and the inverse of erfc, minified by esbuild. It is written by \`make vendor\`
(\`npm ci && npm run draws\` in \`tools/vendor\`, by \`draws.mjs\`); nobody who does not rebuild it needs Node. Licence texts:
\`LICENSES.txt\`, also of the ${packages.length - taken.length} packages of @stdlib that these call (${[...new Set(packages.map(({ license }) => license))].join(", ")}).

| package | version | licence |
|---|---|---|
${taken.join("\n")}
`;

await mkdir(target, { recursive: true });
await writeFile(new URL("bundle.js", target), bundle);
await writeFile(new URL("LICENSES.txt", target), [...licences].map(([text, names]) => `${names.join(", ")}\n\n${text}\n`).join(`\n${"-".repeat(80)}\n\n`));
await writeFile(new URL("README.md", target), readme);
console.log(`draws/bundle.js: ${bundle.length} bytes, ${gzipSync(bundle, { level: 9 }).length} gzipped, ${packages.length} packages`);
