// Copies what the site vendors from npm packages into theme/vendor, and writes down what it copied.
// Run by `make vendor`; versions are those of package-lock.json.

import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import subsetFont from "subset-font";

const here = dirname(fileURLToPath(import.meta.url));
const vendor = join(here, "..", "..", "theme", "vendor");
const modules = join(here, "node_modules");

const parts = [
  {
    package: "katex",
    folder: "katex",
    files: ["LICENSE", "dist/katex.min.js", "dist/katex.min.css"],
    fonts: { from: "dist/fonts", to: "fonts", pattern: /\.woff2$/ },
    what: "sets the mathematics while the site is built (the script stays off the pages; fonts cut to characters.txt)",
  },
  {
    package: "@fontsource-variable/source-serif-4",
    folder: "source-serif",
    files: ["LICENSE"],
    what: "the typeface of the text, cut to the characters and weights it is set in",
  },
  {
    package: "minisearch",
    folder: "minisearch",
    files: ["LICENSE.txt"],
    bundle: { from: "dist/umd/index.js", to: "minisearch.js" },
    what: "finds words in the book, loaded when a reader first searches",
  },
  {
    package: "reveal.js",
    folder: "reveal",
    files: ["LICENSE", "dist/reveal.js", "dist/reveal.css"],
    what: "shows lecture slides, in decks alone (`make slides`)",
  },
  {
    package: "linkedom",
    folder: "linkedom",
    files: ["LICENSE"],
    what: "the document in which explorers are drawn while the site is built, bundled with what it needs (stays off the pages)",
  },
];

async function copyPart(part) {
  const from = join(modules, part.package), to = join(vendor, part.folder);
  await mkdir(to, { recursive: true });
  for (const file of part.files) await cp(join(from, file), join(to, file.split("/").at(-1)));
  if (part.bundle) {
    await build({ entryPoints: [join(from, part.bundle.from)], outfile: join(to, part.bundle.to), minify: true, legalComments: "eof" });
  }
  if (part.fonts) {
    await mkdir(join(to, part.fonts.to), { recursive: true });
    for (const font of await readdir(join(from, part.fonts.from))) {
      if (part.fonts.pattern.test(font)) await cp(join(from, part.fonts.from, font), join(to, part.fonts.to, font));
    }
  }
  const { version, license } = JSON.parse(await readFile(join(from, "package.json"), "utf8"));
  return `| ${part.folder}/ | ${part.package} | ${version} | ${license} | ${part.what} |`;
}

// Every browser the book is read in takes WOFF2, so the style need not name the older formats, which are not vendored.
// The rarer signs of a face are a file of their own.
async function nameFonts() {
  const style = join(vendor, "katex", "katex.min.css");
  const text = await readFile(style, "utf8");
  const named = text.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, "");
  const range = [...rare].map((character) => `u+${character.codePointAt().toString(16)}`).join();
  const parted = named.replace(/@font-face\{[^}]*KaTeX_Main-(?:Regular|Bold)\.woff2[^}]*\}/g, (face) =>
    face + face.replace(".woff2", "-more.woff2").replace("}", `;unicode-range:${range}}`),
  );
  await writeFile(style, parted);
}

// As one script that V8 runs by itself. Its tables of entities are in base64, which V8 alone does not read.
const ATOB = `globalThis.atob ??= (text) => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const bits = [...text.replace(/=+$/, "")].map((letter) => letters.indexOf(letter).toString(2).padStart(6, "0")).join("");
  return (bits.match(/.{8}/g) ?? []).map((byte) => String.fromCharCode(parseInt(byte, 2))).join("");
};`;

async function bundleDocument() {
  const { metafile } = await build({
    stdin: { contents: 'export { parseHTML } from "linkedom";', resolveDir: here },
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "linkedom",
    external: ["canvas"],
    banner: { js: ATOB },
    legalComments: "none",
    metafile: true,
    outfile: join(vendor, "linkedom", "linkedom.js"),
  });
  const inside = new Set(Object.keys(metafile.inputs).map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean));
  const texts = [];
  for (const name of [...inside].sort()) {
    const { version, license } = JSON.parse(await readFile(join(modules, name, "package.json"), "utf8"));
    const file = (await readdir(join(modules, name))).find((entry) => /^licen[cs]e/i.test(entry));
    texts.push(`${name} ${version} (${license})\n\n${(await readFile(join(modules, name, file), "utf8")).trim()}\n`);
  }
  await writeFile(join(vendor, "linkedom", "LICENSE"), texts.join(`\n${"-".repeat(80)}\n\n`));
}

// The characters that a font is cut to. A formula with another one is an error of the build, which reads the list.
const between = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i)).join("");
// Almost every text of the book is set in the first of these; book.css names the second as its own file, which a page loads
// when it has one of them.
const letters = between(0x20, 0x7e) + "\u00a0°±²³·¹¼½×÷áäéíóöü" + between(0x2010, 0x2027) + "′″−";
const more = [...between(0xa1, 0xff) + "‰‹›⁄€™"].filter((character) => !letters.includes(character)).join("");
const typefaces = [
  { from: "normal", to: "normal", characters: letters, wght: { min: 400, max: 600 } },
  { from: "normal", to: "normal-more", characters: more, wght: { min: 400, max: 600 } },
  { from: "italic", to: "italic", characters: letters, wght: 400 },
  { from: "italic", to: "italic-more", characters: more, wght: 400 },
  { from: "italic", to: "bold-italic", characters: letters + more, wght: 600 },
];
const mathematics =
  between(0x20, 0x7e) + between(0x391, 0x3c9) + "ϕϑϵϱϖ°∓\u00a0\u200b¬±×÷·−–—‘’“”…†‡⋯⋮⋱′∂∇ℓℏℜℑℵ∀∃∅∈∉∋∑∏∐∫∮√∝∞∠∧∨∩∪∼≃≅≈≠≡≤≥≪≫≺≻⊂⊃⊆⊇⊕⊗⊙⊥⊤⊢⊨∗∘∙⋅⋆⋄" +
  "←→↑↓↔↦⇐⇒⇑⇓⇔⟵⟶⟷⟸⟹⟺⟼⟨⟩⌈⌉⌊⌋∣∥∖△▽◯□■≲≳≜∎ˆ˜ˉ˙¨ˇ˘´`˚⃗⏞⏟\u0338\ue020⎛⎜⎝⎞⎟⎠⎡⎢⎣⎤⎥⎦⎧⎨⎩⎪⎫⎬⎭⎷\ue000\ue001";
// Of the upright letters and signs, those that few formulas have are a file of their own.
const usual = between(0x20, 0x7e) + "\u00a0\u200bΓΦΩ±¬×÷·–—−…∂∑∏∫√∗∝∞∣∥∼≈≠≡≤≥≪≫→∈⊤⋅⋯⌈⌉⌊⌋⟨⟩′ˉˆ˜";
const rare = [...mathematics].filter((character) => !usual.includes(character)).join("");

async function cutMathematics() {
  const folder = join(vendor, "katex", "fonts");
  const write = async (to, from, characters) =>
    writeFile(join(folder, to), await subsetFont(from, characters, { targetFormat: "woff2", noHinting: true }));
  for (const font of await readdir(folder)) {
    const whole = await readFile(join(folder, font));
    const parted = /Main-(Regular|Bold)\.woff2/.test(font);
    await write(font, whole, parted ? [...mathematics].filter((character) => !rare.includes(character)).join("") : mathematics);
    if (parted) await write(font.replace(".woff2", "-more.woff2"), whole, rare);
  }
}

async function cutText() {
  const folder = join(vendor, "source-serif");
  const options = { targetFormat: "woff2", noHinting: true, keepFeatures: ["kern", "liga", "lnum", "tnum", "mark"] };
  const whole = (style) => join(modules, "@fontsource-variable/source-serif-4/files", `source-serif-4-latin-wght-${style}.woff2`);
  for (const { from, to, characters, wght } of typefaces) {
    const font = await subsetFont(await readFile(whole(from)), characters, { ...options, variationAxes: { wght } });
    await writeFile(join(folder, `source-serif-4-${to}.woff2`), font);
  }
}

await rm(vendor, { recursive: true, force: true });
const rows = [];
for (const part of parts) rows.push(await copyPart(part));
await nameFonts();
await cutText();
await cutMathematics();
await writeFile(join(vendor, "katex", "characters.txt"), mathematics);
await writeFile(join(vendor, "source-serif", "rarer.txt"), more);
await bundleDocument();
await writeFile(join(vendor, "README.md"), `# Vendored files of the site

Written by \`make vendor\` (\`tools/vendor/site.mjs\`) from the npm packages below; do not edit them here.

| folder | package | version | licence | what for |
|---|---|---|---|---|
${rows.join("\n")}
`);
