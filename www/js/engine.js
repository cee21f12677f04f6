// Loads everything the page will ever load: the module once, compiled; the workers' script as one blob, so that a worker
// can be replaced later without a request. The single-file page carries both in itself.

import init, { Viewer, catalog, groupFiles, locators } from "../pkg/blender_gsd.js";

/** @returns {Promise<{module: WebAssembly.Module, workerUrl: string, workerType: WorkerType, catalog: any, Viewer: typeof Viewer, groupFiles: typeof groupFiles, locators: typeof locators}>} */
export async function loadEngine() {
  const isCarried = Boolean(document.getElementById("gsd-worker"));
  const [module, workerUrl] = await Promise.all([
    carried("gsd-wasm", (stream) => new Response(stream).arrayBuffer().then((bytes) => WebAssembly.compile(bytes)))
      ?? compile(new URL("../pkg/blender_gsd_bg.wasm", import.meta.url)),
    carried("gsd-worker", (stream) => new Response(stream).text().then(scriptUrl)) ?? workerScript(),
  ]);
  await init({ module_or_path: module });
  // A page from a disk has no origin, and a worker that is a module must come from the page's own: there it is none.
  const workerType = isCarried ? "classic" : "module";
  return { module, workerUrl, workerType, catalog: catalog(), Viewer, groupFiles, locators };
}

/** What a single-file page carries under a name, unpacked; null in a page of several files. */
function carried(id, use) {
  const node = document.getElementById(id);
  if (!node) return null;
  const bytes = Uint8Array.from(atob(node.textContent), (letter) => letter.charCodeAt(0));
  node.remove();
  return use(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}

async function compile(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status} ${response.statusText}`);
  const type = response.headers.get("content-type") ?? "";
  // Streaming needs the right type, which a plain static host may not send.
  return type.startsWith("application/wasm")
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

async function workerScript() {
  const texts = await Promise.all(
    ["../pkg/blender_gsd.js", "./worker.js"].map(async (path) => (await fetch(new URL(path, import.meta.url))).text()),
  );
  // One module out of two: the worker's own import becomes the code it imports.
  const [library, worker] = texts;
  return scriptUrl(`${library}\n${worker.replace(/^import .* from "\.\.\/pkg\/blender_gsd\.js";$/m, "")}`);
}

const scriptUrl = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
