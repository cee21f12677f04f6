// Looking for text in WebAssembly, one thread of V8, with the module and the models that the page's worker has: the picture
// is that of the row `text` in benches/kernels.rs.
//
//   node benches/wasm_text.mjs PKG MODELS [ROUNDS]
//
// Called by scripts/bench.sh text.

import { readFileSync, readdirSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [pkg, models, rounds = "5"] = process.argv.slice(2);
const { Reader, initSync } = await import(pathToFileURL(resolve(pkg, "blender_gsd_text.js")));
const { memory } = initSync({ module: new WebAssembly.Module(readFileSync(join(pkg, "blender_gsd_text_bg.wasm"))) });

const files = readdirSync(models).filter((name) => name.endsWith(".onnx")).map((name) => new Uint8Array(readFileSync(join(models, name))));
const start = performance.now();
const reader = new Reader(files);
const loaded = performance.now() - start;

const [width, height] = [2048, 858];
const codes = Uint8Array.from({ length: width * height }, (_, at) => Math.floor((at % width) / 16) + Math.floor(at / width / 8));
const times = [];
for (let round = 0; round <= Number(rounds); round++) {
  const begin = performance.now();
  reader.read(width, height, codes.slice());
  // The first is for the compiler.
  if (round > 0) times.push(performance.now() - begin);
}
times.sort((a, b) => a - b);
const median = times[times.length >> 1];
const tiles = (width * height) / 512 ** 2;
console.log(`text in wasm, node ${process.version}, ${cpus()[0].model}: models ready in ${loaded.toFixed(0)} ms; a ${width}x${height} picture in ${(median / 1000).toFixed(2)} s `
  + `(${(median / tiles).toFixed(0)} ms per 512x512 pixels; fastest ${(times[0] / 1000).toFixed(2)} s); ${Math.round(memory.buffer.byteLength / 2 ** 20)} MB`);
