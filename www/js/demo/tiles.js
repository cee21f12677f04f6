// Examples on the first screen, made when they are asked for: a frame with faults, a package, two versions. The findings are
// those that the checks make of them.

import { byId, h } from "../dom.js";
import { makeShots } from "../shots.js";
import { whenIdle } from "../warm.js";
import { exrOf } from "./exr.js";
import { HEIGHT, WIDTH, streetAt } from "./scene.js";

/** Columns of a tile's picture. */
const SMALL = 214;
const FIRST = 1001;

/** A frame as a source that could have been dropped. @param {string} name without number @param {number} place from 0 */
async function frameOf(name, place, version) {
  const blob = await exrOf(WIDTH, HEIGHT, (x, y, out) => {
    streetAt(x, y, place, version, out);
    // Three pixels that are no numbers, as a broken shader leaves them.
    if (version.faults && y === 60 && x >= 300 && x < 303) out[2] = Number.NaN;
  });
  const path = `${name}.${FIRST + place}.exr`;
  return { path, file: new File([blob], path.split("/").pop()), direct: false };
}

async function framesOf(name, places, version) {
  const frames = [];
  for (const place of places) frames.push(await frameOf(name, place, version));
  return frames;
}

/** @param {any} app */
export function createTiles(app) {
  async function oneFrame() {
    await app.open(await framesOf("DEMO-010_comp", [0], { faults: true }));
  }

  async function twoVersions() {
    const [after, before] = [await framesOf("DEMO-010_comp_v002", [0, 1, 2], { faults: true }), await framesOf("DEMO-010_comp_v001", [0, 1, 2], { warm: true })];
    await app.open(after);
    await app.versions.open(before);
    app.store.set({ tab: "compare" });
  }

  /** Masters of two shots, one of them with a hole, and the report that the checks make of them. */
  async function wholePackage() {
    const masters = [
      ...await framesOf("DEMO/masters/DEMO-010_master", [0, 1, 3], { faults: true }),
      ...await framesOf("DEMO/masters/DEMO-020_master", [4, 5, 6], {}),
    ];
    const reports = [];
    for (const shot of makeShots(app.engine, masters)) reports.push(await app.checks.aside(shot, new AbortController().signal));
    const report = { ...reports[0], scene_id: "DEMO", shots: reports.flatMap(({ shots }) => shots) };
    report.summary = { ...report.summary, frames: masters.length };
    await app.open([...masters, { path: "DEMO/qc_report.json", file: new File([JSON.stringify(report)], "qc_report.json"), direct: false }]);
  }

  const tile = (title, words, run, frame, version) => {
    const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { width: SMALL, height: Math.round((SMALL * HEIGHT) / WIDTH), "aria-hidden": "true" }));
    whenIdle(() => paint(canvas, frame, version));
    const button = h("button", { class: "tile", onclick: async () => {
      button.disabled = true;
      await run();
      button.disabled = false;
    } }, canvas, h("span", { text: title }), h("small", { text: words }));
    return button;
  };
  byId("empty").append(h("div", { class: "tiles", role: "group", "aria-label": "Examples" },
    tile("One frame with faults", "what the checks find", oneFrame, 0, { faults: true }),
    tile("A package", "two shots and their report", wholePackage, 3, {}),
    tile("Two versions", "what changed, in words", twoVersions, 1, { warm: true })));
}

/** A glimpse, by a curve of its own: the exact picture is what the tile opens. */
function paint(canvas, frame, version) {
  const { width, height } = canvas;
  const image = new ImageData(width, height);
  const out = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      streetAt(Math.round((x * WIDTH) / width), Math.round((y * HEIGHT) / height), frame, version, out);
      image.data.set([...out.map((value) => 255 * Math.sqrt(value / (value + 1.2))), 255], (y * width + x) * 4);
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}
