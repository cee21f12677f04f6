// Much and large: hundreds of frames without growth, gigabytes read by layer, parts that nobody asked for left alone.

import assert from "node:assert/strict";
import { closeSync, ftruncateSync, linkSync, mkdirSync, openSync, readFileSync, readdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { demo, scratch, withPage } from "./page.mjs";
import { exrHeader } from "./exr.mjs";

/** With GSD_SLOW as many as a reel has. */
const FRAMES = process.env.GSD_SLOW ? 2000 : 500;
/** Megabytes of decoded frames that this page may keep; one of the demo's has 1.6. */
const BUDGET = 24;
let page;
// A small window: what is drawn here is drawn by the processor.
withPage((opened) => { page = opened; }, { options: () => ({ query: `&budget=${BUDGET}`, args: ["--window-size=760,600"] }) });

/** Memory of the browser and all it started, in megabytes; null where /proc does not say. */
function residentMegabytes(profile) {
  try {
    const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((id) => {
      try {
        const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${id}/stat`, "utf8"));
        return [{ id, parent, line: readFileSync(`/proc/${id}/cmdline`, "utf8"), kilobytes: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0) }];
      } catch {
        return [];
      }
    });
    const family = new Set(processes.filter(({ line }) => line.includes(profile)).map(({ id }) => id));
    for (let size = -1; size !== family.size;) {
      size = family.size;
      for (const { id, parent } of processes) if (family.has(parent)) family.add(id);
    }
    return processes.filter(({ id }) => family.has(id)).reduce((sum, { kilobytes }) => sum + kilobytes, 0) / 1024;
  } catch {
    return null;
  }
}

test(`${FRAMES} frames are stepped through without growth`, async () => {
  const folder = join(scratch, "long");
  mkdirSync(folder);
  for (let i = 0; i < FRAMES; i++) linkSync(copied(i % 8), join(folder, `SHOT-009_comp.${1001 + i}.exr`));
  await page.driver.findElement({ id: "choose-folder" }).sendKeys(folder);
  await page.until("return gsd.store.state.pictureCount > 0", "the first frame");
  await page.driver.manage().setTimeouts({ script: 600_000 });
  await page.run("gsd.checks.cancel()");
  const profile = (await page.driver.getCapabilities()).get("chrome").userDataDir;
  const step = async (count) => {
    const trouble = await page.driver.executeAsyncScript(`
      const [count, done] = arguments;
      (async () => {
        for (let i = 0; i < count; i++) {
          await gsd.step(1);
          if (gsd.store.state.failure || gsd.store.state.missing.length > 0) throw new Error("frame " + gsd.store.state.frame.number);
        }
      })().then(() => done(null), (error) => done(String(error)));`, count);
    assert.equal(trouble, null);
    await page.driver.sendDevToolsCommand("HeapProfiler.collectGarbage", {});
    return residentMegabytes(profile);
  };
  const early = await step(200);
  const late = await step(FRAMES - 201);
  assert.equal((await page.state("frame")).number, 1000 + FRAMES);
  const { bytes, held } = await page.run("return { bytes: gsd.cache.bytes, held: gsd.store.state.shot.frames.filter((frame) => gsd.isHeld(frame)).length }");
  assert.ok(bytes <= BUDGET * 2 ** 20, `${bytes} bytes of decoded frames`);
  assert.ok(held > 2 && held < 20, `${held} frames are held`);
  const told = await page.run("return document.querySelectorAll('.track .cell.cached').length");
  // A bar of more than 600 frames is one piece.
  assert.equal(told, FRAMES > 600 ? 0 : held, "the bar says which");
  console.log(`${FRAMES} frames: ${early?.toFixed(0)} MB after 200, ${late?.toFixed(0)} MB at the end`);
  // 300 frames of 1.6 MB that stayed would be 480 MB.
  if (early !== null) assert.ok(late - early < 120, `from ${early.toFixed(0)} to ${late.toFixed(0)} MB`);
});

const copies = new Map();
/** A frame of the demo in the scratch folder, where it can be linked. */
function copied(place) {
  if (!copies.has(place)) {
    const path = join(scratch, `one-${place}.exr`);
    const file = openSync(path, "w");
    writeSync(file, readFileSync(demo("SHOT-002-001", 1001 + place)));
    closeSync(file);
    copies.set(place, path);
  }
  return copies.get(place);
}

/**
 * A sparse file of uncompressed scan lines: what is not written is zero, and takes no room on the disk.
 * `parts` are those whose lines are written; the others are holes, which no reader could make a picture of.
 */
function sparse(name, { width, height, layers, multipart, written }) {
  const path = join(scratch, name);
  const { header, tables, chunks, size } = exrHeader({ width, height, layers, multipart });
  const file = openSync(path, "w");
  ftruncateSync(file, size);
  writeSync(file, header, 0, header.length, 0);
  writeSync(file, tables, 0, tables.length, header.length);
  for (const { at, bytes, part } of chunks) if (written(part)) writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
  return { path, size };
}

const layers = (count) => Array.from({ length: count }, (_, i) => (i === 0 ? "" : `layer${String(i).padStart(2, "0")}.`));

test("of a multi-part file of 2 GB only the part that is shown is read", async () => {
  const { path, size } = sparse("parts.exr", { width: 4096, height: 2160, layers: layers(20), multipart: true, written: (part) => part === 0 });
  assert.ok(size > 2e9, `${size} bytes`);
  await page.choose(path);
  assert.equal(await page.text(".card"), null);
  assert.equal(await page.run("return gsd.store.state.inspection.layers.length"), 20);
  assert.deepEqual(await page.run("return gsd.store.state.missing"), []);
  await page.run("gsd.checks.cancel()");
});

test("of layers that lie together 2 GB are read by layer, or refused in words", async () => {
  const { path, size } = sparse("together.exr", { width: 4096, height: 2160, layers: layers(20), multipart: false, written: () => true });
  assert.ok(size > 2e9, `${size} bytes`);
  await page.choose(path);
  const card = await page.text(".card");
  if (card) assert.match(card, /GB|MB|limit/);
  else {
    assert.deepEqual(await page.run("return gsd.store.state.entry.pieces[0].planes.length"), 3, "one layer of twenty");
    assert.deepEqual(await page.run("return gsd.store.state.missing"), []);
  }
  await page.run("gsd.checks.cancel()");
  await page.choose(demo("SHOT-002-001", 1001));
  assert.equal(await page.text(".card"), null, "the page goes on");
});

test("the page stays quiet", async () => page.assertQuiet());
