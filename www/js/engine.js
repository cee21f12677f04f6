// Loads everything the page will ever load: the module once, compiled; the workers' script as one blob, so that a worker
// can be replaced later without a request.

import init, { Viewer, catalog, groupFiles } from "../pkg/blender_gsd.js";

/** @returns {Promise<{module: WebAssembly.Module, workerUrl: string, catalog: any, Viewer: typeof Viewer, groupFiles: typeof groupFiles}>} */
export async function loadEngine() {
  const [module, workerUrl] = await Promise.all([
    compile(new URL("../pkg/blender_gsd_bg.wasm", import.meta.url)),
    workerScript(),
  ]);
  await init({ module_or_path: module });
  return { module, workerUrl, catalog: catalog(), Viewer, groupFiles };
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
  const joined = `${library}\n${worker.replace(/^import .* from "\.\.\/pkg\/blender_gsd\.js";$/m, "")}`;
  return URL.createObjectURL(new Blob([joined], { type: "text/javascript" }));
}
