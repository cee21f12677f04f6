// www/ as one file: www/review.html, which opens from a disk without a server. Same sources: the modules are put one after
// another, each in a scope of its own; styles are inlined; wasm and the workers' script lie in the page as data.
//
//   node scripts/review-html.mjs OUTPUT
//
// `<!--gsd-package-->` in it marks where a package's own report goes (see www/js/main.js).

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const www = fileURLToPath(new URL("../www/", import.meta.url));
const read = (path) => readFileSync(join(www, path), "utf8");
const fail = (what) => { throw new Error(`review.html cannot be built: ${what}`); };

const IMPORT = /^import (?:(\w+)(?:, )?)?(?:\{([^}]*)\})? from "([^"]+)";$/gm;
const EXPORT = /^export (async function|function|const|let|class) (\w+)/gm;

/** `a as b, c` as `[["a", "b"], ["c", "c"]]`. */
const names = (list = "") => list.split(",").map((each) => each.trim()).filter(Boolean).map((each) => {
  const [from, to = from] = each.split(" as ");
  return [from, to];
});

/** A module and all it imports, in the order in which they must run. */
function collect(path, found = new Map(), open = []) {
  if (open.includes(path)) fail(`${[...open, path].join(" imports ")}`);
  if (found.has(path)) return found;
  const source = read(path);
  const imports = [...source.matchAll(IMPORT)].map(([, whole, list, from]) => ({ whole, list, path: normalize(join(dirname(path), from)) }));
  for (const { path: other } of imports) collect(other, found, [...open, path]);
  found.set(path, { source, imports });
  return found;
}

/** A module as a function's body: imports become constants, exports what it returns. */
function scope(path, { source, imports }, ids) {
  const given = [];
  let body = source.replace(IMPORT, "").replace(EXPORT, (_, kind, name) => {
    given.push([name, name]);
    return `${kind} ${name}`;
  });
  body = body.replace(/^export \{([^}]*)\};?$/gm, (_, list) => {
    given.push(...names(list).map(([from, to]) => [to, from]));
    return "";
  });
  if (/^\s*(import|export)\s/m.test(body)) fail(`${path} imports or exports in a way that scripts/review-html.mjs does not know`);
  const taken = imports.flatMap(({ whole, list, path: other }) => {
    const pairs = [...(whole ? [["default", whole]] : []), ...names(list)];
    return pairs.length > 0 ? [`const { ${pairs.map(([from, to]) => `${from}: ${to}`).join(", ")} } = ${ids.get(other)};`] : [];
  });
  // `import.meta.url` is only asked for where files are fetched; here nothing is.
  body = body.replaceAll("import.meta.url", "location.href");
  return `const ${ids.get(path)} = (() => {\n${taken.join("\n")}\n${body}\nreturn { ${given.map(([to, from]) => `${to === "default" ? '"default"' : to}: ${from}`).join(", ")} };\n})();\n`;
}

function bundle(entry) {
  const modules = collect(entry);
  const ids = new Map([...modules.keys()].map((path, i) => [path, `m${i}_${path.replace(/\W/g, "_")}`]));
  return [...modules].map(([path, module]) => scope(path, module, ids)).join("\n");
}

/** The end tag of a script must not occur in one. */
const inScript = (text) => text.replaceAll("</script", "<\\/script");
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const data = (id, bytes) => `<script type="text/plain" id="${id}">${gzipSync(bytes, { level: 9 }).toString("base64")}</script>`;
// A function, for `$` in code is no placeholder.
const swap = (text, from, to) => (from instanceof RegExp || text.includes(from) ? text.replace(from, () => to) : fail(`index.html has no ${from}`));

const code = `\n${inScript(bundle("js/main.js"))}`;
let html = read("index.html");
const styles = [...html.matchAll(/ *<link rel="stylesheet" href="([^"]+)">\n/g)];
const css = `\n${styles.map(([, path]) => read(path)).join("\n")}`;
for (const [line] of styles) html = swap(html, line, "");
// From a disk there is no 'self': the page's own scripts are named by what they contain, movies beside it by their scheme.
const policy = `default-src 'none'; script-src ${hash(code)} 'wasm-unsafe-eval'; worker-src blob:; connect-src 'none'; `
  + `img-src 'self' file: blob: data:; media-src 'self' file: blob:; style-src ${hash(css)}`;
html = swap(html, /content="default-src[^"]*"/, `content="${policy}"`);
html = swap(html, /( *<script type="module" src="js\/main.js"><\/script>\n)/, `  <style>${css}</style>\n`);
html = swap(html, "</body>", [
  "<!--gsd-package-->",
  data("gsd-wasm", readFileSync(join(www, "pkg/blender_gsd_bg.wasm"))),
  data("gsd-worker", bundle("js/worker.js")),
  `<script type="module">${code}</script>`,
  "</body>",
].join("\n"));

const output = process.argv[2] ?? fail("no output is named");
writeFileSync(output, html);
console.error(`-- review.html: ${Math.round(Buffer.byteLength(html) / 1024)} KB in one file`);
