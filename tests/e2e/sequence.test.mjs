// Sequences: look-ahead, an honest cache bar, playback with missing frames, a loop; and files that are too large.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Key, demo, scratch, withPage } from "./page.mjs";

let page;
withPage(async (opened) => {
  page = opened;
  await page.choose(...[1001, 1002, 1003, 1005, 1006].map((number) => demo("SHOT-002-001", number)));
});
const held = () => page.run("return gsd.store.state.shot.frames.filter((frame) => gsd.isHeld(frame)).map(({ number }) => number)");

test("the next frames are decoded ahead, and the bar says which are held", async () => {
  await page.until("return gsd.store.state.shot.frames.filter((frame) => gsd.isHeld(frame)).length >= 3", "frames ahead");
  assert.deepEqual((await held()).slice(0, 3), [1001, 1002, 1003]);
  await page.until("return document.querySelectorAll('.track .cell.cached').length === gsd.store.state.shot.frames.filter((frame) => gsd.isHeld(frame)).length", "the bar");
  assert.equal(await page.run("return document.querySelectorAll('.track .cell.missing').length"), 1);
});

test("the cache keeps to its budget, however many frames are stepped through", async () => {
  const { createCache } = await import("../../www/js/cache.js");
  const cache = createCache(100);
  for (let i = 0; i < 500; i++) cache.put(`f${i}`, { bytes: 30, pieces: [], missing: [] });
  const left = [...Array(500).keys()].filter((i) => cache.has(`f${i}`));
  assert.deepEqual(left, [497, 498, 499]);
});

test("playback shows every frame, marks the missing one, and goes round", async () => {
  await page.run("document.querySelector('#picture').focus()");
  await page.run("window.seen = []; window.lost = []; gsd.store.on(['frame'], ({ frame }) => seen.push(frame.number)); gsd.store.on(['missingFrame'], ({ missingFrame }) => { if (missingFrame) lost.push(document.querySelector('.counter strong').textContent); })");
  await page.press(Key.SPACE);
  await page.until("return seen.length > 6", "some frames");
  await page.press("k");
  await page.until("return !gsd.store.state.playing", "it stops");
  const seen = await page.run("return seen");
  assert.deepEqual(seen.slice(0, 6), [1002, 1003, 1005, 1006, 1001, 1002]);
  assert.ok((await page.run("return lost")).every((text) => text === "1004 missing"));
  assert.ok((await page.run("return lost.length")) > 0);
});

test("a loop between two points, and backwards", async () => {
  const at = (number) => page.run(`const { shot } = gsd.store.state; gsd.showFrame(shot, shot.frames.find((frame) => frame.number === ${number}))`);
  await at(1002);
  await page.until("return gsd.store.state.frame.number === 1002 && !gsd.store.state.loading", "1002");
  await page.press("i");
  await at(1003);
  await page.until("return gsd.store.state.frame.number === 1003 && !gsd.store.state.loading", "1003");
  await page.press("o");
  await page.run("window.seen = []");
  await page.press("j");
  await page.until("return seen.length > 4", "some frames");
  await page.press("k");
  assert.deepEqual([...new Set(await page.run("return seen"))].sort(), [1002, 1003]);
});

test("a picture that is too large is refused in words, before it is read", async () => {
  const bytes = Buffer.from(readFileSync(demo("SHOT-002-002", 1001)));
  for (const name of ["dataWindow\0box2i\0", "displayWindow\0box2i\0"]) {
    const at = bytes.indexOf(name, 0, "latin1") + name.length + 4;
    [0, 0, 29_999, 29_999].forEach((value, i) => bytes.writeInt32LE(value, at + i * 4));
  }
  const path = join(scratch, "huge.exr");
  writeFileSync(path, bytes);
  await page.choose(path);
  const card = await page.text(".card");
  assert.match(card, /huge\.exr/);
  assert.match(card, /MB|limit|bytes|chunk/);
  assert.match(card, /What to do|Still works/);
  await page.press(Key.ESCAPE);
  await page.choose(demo("SHOT-002-001", 1001));
  assert.equal(await page.text(".card"), null, "the page goes on");
});

test("the page stays quiet", async () => page.assertQuiet());
