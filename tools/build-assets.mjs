// Builds what the browser gets: one script, one style sheet, one sprite of icons, the charts; and the font for print.
// Everything comes from npm packages and our own sources, and goes to folders that git ignores.
//
//   node tools/build-assets.mjs            build what has changed
//   node tools/build-assets.mjs --force    build all

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const PACKAGE = join(ROOT, "src/tongmai");
const UI = join(PACKAGE, "ui");
const VENDOR = join(UI, "static/vendor");
const FONTS = join(UI, "fonts");
const MODULES = join(ROOT, "node_modules");
const TARGET = ["chrome86", "firefox90", "safari15"]; // old PCs keep old browsers
const FIRST_PAGE_KB = 150;

function walk(folder, wanted, found = []) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (["vendor", "static_root", "node_modules", "__pycache__", "fonts"].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) walk(path, wanted, found);
    else if (wanted.test(entry.name)) found.push(path);
  }
  return found.sort();
}

const templates = walk(PACKAGE, /\.html$/);
const python = walk(PACKAGE, /^(views|presenters|pages|navigation|words|forms|home|worklists|chart|chart_.*|view_.*)\.py$/);
const pythonAll = walk(PACKAGE, /\.py$/);
const scripts = walk(join(UI, "static/js"), /\.js$/);
const styles = walk(join(UI, "static/css"), /\.css$/);

function fingerprint() {
  const hash = createHash("sha256");
  const sources = [...templates, ...pythonAll, ...scripts, ...styles, fileURLToPath(import.meta.url), join(ROOT, "package-lock.json")];
  for (const path of sources) hash.update(relative(ROOT, path)).update(readFileSync(path));
  return hash.digest("hex");
}

function isBuilt(mark) {
  const outputs = ["tongmai.js", "tongmai.css", "charts.js", "viewer.js", "icons.svg"].map((name) => join(VENDOR, name));
  const stamp = join(VENDOR, ".built");
  return [...outputs, join(FONTS, "NotoSansSC-Bold.ttf"), stamp].every(existsSync) && readFileSync(stamp, "utf8") === mark;
}

async function buildScripts() {
  const { build } = await import("esbuild");
  const shared = { bundle: true, minify: true, format: "esm", target: TARGET, legalComments: "none", logLevel: "warning", nodePaths: [MODULES] };
  await build({ ...shared, entryPoints: [join(UI, "static/js/main.js")], outfile: join(VENDOR, "tongmai.js") });
  await build({ ...shared, entryPoints: [join(UI, "static/js/charts.js")], outfile: join(VENDOR, "charts.js") });
  await build({ ...shared, entryPoints: [join(UI, "static/js/viewer/main.js")], outfile: join(VENDOR, "viewer.js") });
}

async function buildStyles() {
  const { PurgeCSS } = await import("purgecss");
  const { transform } = await import("esbuild");
  const [kit] = await new PurgeCSS().purge({
    content: [...templates, ...python, ...scripts],
    css: [join(MODULES, "@tabler/core/dist/css/tabler.min.css")],
    defaultExtractor: (text) => text.match(/[A-Za-z][\w-]*/g) ?? [],
    safelist: { standard: ["html", "body", "is-invalid", "form-control", "form-select", "form-check-input"] },
    variables: true,
    keyframes: true,
  });
  const own = styles.map((path) => readFileSync(path, "utf8")).join("\n");
  const { code } = await transform(`${kit.css}\n${own}`, { loader: "css", minify: true, target: TARGET, legalComments: "none" });
  writeFileSync(join(VENDOR, "tongmai.css"), code);
}

/** The icons that templates and Python name: icon("x"), icon="x", a button's fourth word, the word before a view's name. */
function iconNames() {
  const names = new Set(["inbox", "info-circle", "alert-triangle", "alert-circle", "circle-check"]);
  const texts = [...templates, ...pythonAll].map((path) => readFileSync(path, "utf8"));
  for (const text of texts) {
    for (const [, inside] of text.matchAll(/\b_?icon\(([^()]*)\)/g)) for (const [, name] of inside.matchAll(/["']([a-z][a-z0-9-]+)["']/g)) names.add(name);
    for (const [, name] of text.matchAll(/\bicon\s*=\s*["']([a-z][a-z0-9-]+)["']/g)) names.add(name);
  }
  for (const text of templates.map((path) => readFileSync(path, "utf8"))) {
    for (const [, call] of text.matchAll(/\bc\.(?:post_)?(?:button|submit|opens)\((.{0,240})/g)) {
      for (const [, name] of call.matchAll(/["']([a-z][a-z0-9-]+)["']/g)) if (existsSync(iconFile(name))) names.add(name);
    }
  }
  // Tables of navigation and of steps: an icon stands before the name of its view.
  for (const text of pythonAll.map((path) => readFileSync(path, "utf8"))) {
    for (const [, name] of text.matchAll(/"([a-z][a-z0-9-]+)", "[a-z_]+:[a-z-]+"/g)) names.add(name);
  }
  return [...names].sort();
}

function iconFile(name) {
  return join(MODULES, "@tabler/icons/icons/outline", `${name}.svg`);
}

function buildIcons() {
  const missing = [];
  const symbols = iconNames().map((name) => {
    const path = iconFile(name);
    if (!existsSync(path)) return missing.push(name), "";
    const inside = readFileSync(path, "utf8").replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "").replace(/\s+/g, " ").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${inside}</symbol>`;
  });
  if (missing.length) throw new Error(`no such icon in @tabler/icons: ${missing.join(", ")}`);
  writeFileSync(join(VENDOR, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
}

function copyFonts() {
  const from = join(MODULES, "@expo-google-fonts/noto-sans-sc");
  for (const [folder, name] of [["400Regular", "Regular"], ["700Bold", "Bold"]]) {
    const target = join(FONTS, `NotoSansSC-${name}.ttf`);
    const source = join(from, folder, `NotoSansSC_${folder}.ttf`);
    if (!existsSync(target) || statSync(target).size !== statSync(source).size) copyFileSync(source, target);
  }
  copyFileSync(join(from, "LICENSE_FONT"), join(FONTS, "LICENSE"));
}

function report() {
  const size = (name) => gzipSync(readFileSync(join(VENDOR, name))).length / 1024;
  const first = size("tongmai.js") + size("tongmai.css") + size("icons.svg");
  const line = ["tongmai.js", "tongmai.css", "icons.svg", "charts.js", "viewer.js"].map((name) => `${name} ${size(name).toFixed(1)} kB`).join(", ");
  console.log(`Assets built (compressed): ${line}; first page ${first.toFixed(1)} kB without its own text`);
  if (first > FIRST_PAGE_KB - 20) throw new Error(`the first page must stay below ${FIRST_PAGE_KB} kB compressed`);
}

const mark = fingerprint();
if (isBuilt(mark) && !process.argv.includes("--force")) {
  console.log("Assets are up to date");
} else {
  mkdirSync(VENDOR, { recursive: true });
  mkdirSync(FONTS, { recursive: true });
  await Promise.all([buildScripts(), buildStyles()]);
  buildIcons();
  copyFonts();
  report();
  writeFileSync(join(VENDOR, ".built"), mark);
}
