// Loads what the page needs: the module once, compiled; the workers' script as one blob, so that a worker can be replaced
// later without a request. The single-file page carries both in itself. Later comes only what reads text, and only where
// there are models for it.

import init, { Viewer, catalog, groupFiles, locators } from "../pkg/blender_gsd.js";

/** @returns {Promise<{module: WebAssembly.Module, workerUrl: string, workerType: WorkerType, isOneFile: boolean, models: URL[], catalog: any, Viewer: typeof Viewer, groupFiles: typeof groupFiles, locators: typeof locators}>} */
export async function loadEngine() {
  const isCarried = Boolean(document.getElementById("gsd-worker"));
  const [module, workerUrl, models] = await Promise.all([
    carried("gsd-wasm", (stream) => new Response(stream).arrayBuffer().then((bytes) => WebAssembly.compile(bytes)))
      ?? compile(new URL("../pkg/blender_gsd_bg.wasm", import.meta.url)),
    carried("gsd-worker", (stream) => new Response(stream).text().then(scriptUrl)) ?? workerScript("../pkg/blender_gsd.js", "./movie-decoder.js", "./worker.js"),
    isCarried ? [] : offeredModels(),
  ]);
  await init({ module_or_path: module });
  // A page from a disk has no origin, and a worker that is a module must come from the page's own: there it is none.
  const workerType = isCarried ? "classic" : "module";
  return { module, workerUrl, workerType, isOneFile: isCarried, models, catalog: catalog(), Viewer, groupFiles, locators };
}

/** What a single-file page carries under a name, unpacked; null in a page of several files. */
function carried(id, use) {
  const node = document.getElementById(id);
  if (!node) return null;
  const bytes = Uint8Array.from(atob(node.textContent), (letter) => letter.charCodeAt(0));
  node.remove();
  return use(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}

/** The module that reads text and its worker's script. */
export async function loadTextEngine() {
  const [module, workerUrl] = await Promise.all([
    compile(new URL("../pkg/blender_gsd_text_bg.wasm", import.meta.url)),
    workerScript("../pkg/blender_gsd_text.js", "./text-worker.js"),
  ]);
  return { module, workerUrl };
}

/** Where the models for text are, if whoever serves the page has them: `blender-gsd serve`, or a host with a list of its own. */
async function offeredModels() {
  const base = new URL("../models/", import.meta.url);
  try {
    return (await (await fetched(new URL("index.json", base))).json()).map((name) => new URL(name, base));
  } catch {
    return [];
  }
}

/** An answer with what was asked for. @param {URL} url */
export async function fetched(url) {
  const response = await fetch(url).catch((error) => { throw unreachable(url, error.message); });
  if (!response.ok) throw unreachable(url, `${response.status} ${response.statusText}`);
  return response;
}

const unreachable = (url, why) => ({
  kind: "io", what: `${url.pathname} cannot be loaded: ${why}`, place: "", next: "Start the server again, then load the page again", message: `${url.pathname}: ${why}`,
});

async function compile(url) {
  const response = await fetched(url);
  const type = response.headers.get("content-type") ?? "";
  // Streaming needs the right type, which a plain static host may not send.
  return type.startsWith("application/wasm")
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/** One module out of several: their imports become the code they import, which stands before. @param {string[]} paths */
async function workerScript(...paths) {
  const [library, ...modules] = await Promise.all(paths.map(async (path) => (await fetched(new URL(path, import.meta.url))).text()));
  return scriptUrl([library, ...modules.map((text) => text.replace(/^import .* from ".*";$|^export /gm, ""))].join("\n"));
}

const scriptUrl = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
