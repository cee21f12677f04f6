// Colour in WebAssembly, one thread of V8, against OpenColorIO's native time of the same run.
//
//   node benches/wasm_color.mjs WASM FOLDER [ROUNDS]
//
// WASM is benches/wasm_color.rs, built. FOLDER holds decode.json with OpenColorIO's times, and for each view the codes of
// our native side (VIEW.codes); wasm.json is written there. Called by scripts/bench.sh.

import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";

const [wasm, folder, rounds = "11"] = process.argv.slice(2);
const WARM_UPS = 2;
/** As in `View::ALL`: the row of decode.json with the peer's time, and ours. */
const VIEWS = [
  { name: "aces-2.0", peer: "color/aces2-u16/1T/OpenColorIO", id: "wasm/aces2-u16/OpenColorIO", title: "wasm, half to ACES 2.0 16-bit codes, against native" },
  { name: "aces-1.3", peer: "color/aces1-u16/1T/OpenColorIO", id: "wasm/aces1-u16/OpenColorIO", title: "wasm, half to ACES 1.3 16-bit codes, against native" },
  { name: "untonemapped", peer: "color/rec709-u16/1T/OpenColorIO", id: "wasm/rec709-u16/OpenColorIO", title: "wasm, half to Rec.709 16-bit codes, against native" },
];

const median = (times) => [...times].sort((a, b) => a - b)[times.length >> 1];

/** Codes of 16 bits that may lie between: one of 10 bits. The file's chromaticities are rounded, ours here are not. */
const ALLOWED = 64;

/** The same picture as the native program's, before speed means anything. */
function compare(view, codes) {
  const bytes = readFileSync(join(folder, `${view.name}.codes`));
  const native = new Uint16Array(bytes.buffer, bytes.byteOffset, codes.length);
  const off = codes.reduce((worst, code, i) => Math.max(worst, Math.abs(code - native[i])), 0);
  if (off > ALLOWED) throw new Error(`${view.name}: ${off} codes of 16 bits from the native program`);
}

/** The page's tables of one view are made once; so they are here. */
async function measure(view) {
  const { instance } = await WebAssembly.instantiate(readFileSync(wasm), {});
  const { prepare, render, memory } = instance.exports;
  const pixels = prepare(VIEWS.indexOf(view));
  if (!pixels) throw new Error(`${view.name}: the plate or the view could not be made`);
  const codes = new Uint16Array(memory.buffer, render(), 3 * pixels);
  compare(view, codes);
  const times = [];
  for (let turn = 0; turn < WARM_UPS + Number(rounds); turn++) {
    const start = performance.now();
    render();
    if (turn >= WARM_UPS) times.push(performance.now() - start);
  }
  return times;
}

const native = JSON.parse(readFileSync(join(folder, "decode.json"), "utf8"));
const report = { machine: { cores: cpus().length, load: loadavg(), node: process.version }, rounds: Number(rounds), rows: [], times: {} };
for (const view of VIEWS) {
  const times = await measure(view);
  const peer_ms = native.rows.find((row) => row.id === view.peer).peer_ms;
  const ours_ms = median(times);
  report.times[view.id] = times;
  report.rows.push({ id: view.id, title: view.title, ours_ms, peer: "OpenColorIO", peer_ms, ratio: peer_ms / ours_ms });
}
writeFileSync(join(folder, "wasm.json"), `${JSON.stringify(report, null, 1)}\n`);
