// The third flow: two versions, paired, looked at together, what changed in words, and notes for the edit.

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Key, binary, convert, demo, scratch, withPage } from "./page.mjs";
import { decodePng } from "./png.mjs";

const skip = binary ? false : "the command line is not built";
/** Versions whose frames are frames of another number, or the same. */
function version(name, from) {
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  return Object.entries(from).map(([number, source]) => {
    const path = join(folder, `SHOT-002-001_comp_${name}.${number}.exr`);
    copyFileSync(demo("SHOT-002-001", source), path);
    return path;
  });
}
const NEW = version("v012", { 1001: 1001, 1002: 1002, 1003: 1003 });
const OLD = version("v011", { 1001: 1001, 1002: 1006 });

let page;
withPage(async (opened) => {
  page = opened;
  await page.choose(...NEW);
  await page.driver.findElement({ id: "choose-before-files" }).sendKeys(OLD.join("\n"));
  await page.until("return gsd.store.state.otherFrame !== null", "the other version");
});

const compare = () => page.state("compare");
const focus = () => page.run("document.querySelector('#picture').focus()");
const goTo = async (number) => {
  await page.run(`const { shot } = gsd.store.state; gsd.showFrame(shot, shot.frames.find((frame) => frame.number === ${number}))`);
  await page.until(`return gsd.store.state.frame.number === ${number} && !gsd.store.state.loading`, `frame ${number}`);
};

test("shots are paired without their versions, frames by number", async () => {
  assert.match(await page.text(".compare-bar .names"), /v012 ⇄ .*v011/);
  await goTo(1002);
  await page.until("return gsd.store.state.otherFrame?.number === 1002", "the frame of the same number");
  await goTo(1003);
  await page.until("return gsd.store.state.otherFrame === null", "there is no frame 1003");
  assert.match(await page.text(".compare-bar .names"), /no such frame/);
});

test("by keys: wipe and its line, flip, side by side, difference", async () => {
  await goTo(1002);
  await page.until("return gsd.store.state.otherFrame?.number === 1002", "the pair");
  assert.equal(await compare(), "wipe");
  await page.run("document.querySelector('.wipe').focus()");
  const before = await page.state("wipe");
  await page.press(Key.ARROW_RIGHT, Key.ARROW_RIGHT);
  assert.ok((await page.state("wipe")) > before);
  assert.match(await page.run("return document.querySelector('#picture-before').style.clipPath"), /inset\(0(px)? 0(px)? 0(px)? 54%\)/);
  await focus();
  await page.press("`");
  assert.equal(await compare(), "flip");
  assert.equal(await page.run("return document.querySelector('#picture-before').hidden"), false);
  await page.press("`");
  assert.equal(await page.run("return document.querySelector('#picture-before').hidden"), true, "back to this version");
  await page.driver.actions().keyDown(Key.SHIFT).sendKeys("d").keyUp(Key.SHIFT).perform();
  assert.equal(await compare(), "side");
  await page.press("d");
  assert.equal(await compare(), "difference");
  await page.press("d");
  assert.equal(await compare(), "off");
});

test("flipping never shows black", async () => {
  await focus();
  await page.press("f", "`");
  const [top, bottom] = await page.run("const box = document.querySelector('#picture').getBoundingClientRect(); return [box.top + 80, box.bottom - 80]");
  const seen = [];
  for (let i = 0; i < 4; i++) {
    const { width, bytes } = decodePng(Buffer.from(await page.driver.takeScreenshot(), "base64"));
    const rows = bytes.subarray(Math.round(top) * width * 3, Math.round(bottom) * width * 3);
    seen.push(rows.filter((code) => code > 120).length);
    await page.press("`");
  }
  // Each of the two is all there in the very next picture of the screen; words around them may differ a little.
  const alike = (a, b) => Math.abs(a - b) < 400;
  assert.ok(alike(seen[0], seen[2]) && alike(seen[1], seen[3]) && !alike(seen[0], seen[1]), String(seen));
  await page.run("gsd.versions.setMode(gsd.store.state.compare)");
});

test("the other version is drawn with the codes of convert, at the same exposure and view", { skip }, async () => {
  await focus();
  await page.press("w");
  await page.run("gsd.look({ exposure: 0.5 })");
  await page.until("return gsd.versions.shown?.frame.number === 1002", "the other picture");
  const picture = decodePng(convert(OLD[1], "--exposure", "0.5"));
  const codes = await page.run(`
    const { viewport } = gsd.picture;
    Object.assign(viewport, { mode: "free", scale: 1, left: 0, top: 0 });
    const canvas = document.querySelector("#picture-before");
    gsd.versions.drawNow();
    const gl = canvas.getContext("webgl2");
    const pixel = new Uint8Array(4);
    return arguments[0].map(([x, y]) => { gl.readPixels(x, canvas.height - 1 - y, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); return [...pixel.slice(0, 3)]; });`, [[400, 100], [500, 200], [450, 160]]);
  [[400, 100], [500, 200], [450, 160]].forEach(([x, y], i) => {
    const expected = [...picture.bytes.subarray((y * picture.width + x) * 3, (y * picture.width + x) * 3 + 3)];
    codes[i].forEach((code, c) => assert.ok(Math.abs(code - expected[c]) <= 1, `${x}, ${y}: ${codes[i]} for ${expected}`));
  });
  await page.run("gsd.resetLook()");
});

test("what changed, in words", async () => {
  await page.run("gsd.store.set({ tab: 'compare' })");
  await page.until("return /pixels look different, by up to \\d+ of 255 codes/.test(document.querySelector('.changes').textContent)", "the changes");
  assert.ok(await page.run("return document.querySelectorAll('.changes ul[aria-label=\"Largest changed areas\"] li').length > 0"));
  await goTo(1001);
  await page.until("return document.querySelector('.changes').textContent.includes('identical, to the bit')", "the same picture");
  await page.until("return /Still there|New findings|Fixed|Neither version/.test(document.querySelector('.changes').textContent)", "the findings of both");
  assert.match(await page.text(".changes"), /Both headers say the same|Header · \d+ differences/);
});

test("findings: fixed, new, still there", async () => {
  const { findingsChanged, pairUp } = await import("../../www/js/compare/words.js");
  const issue = (check, frame, region = null) => ({ check, frame, region, severity: "error" });
  const changed = findingsChanged(
    [issue("a", 1, [0, 0, 10, 10]), issue("b", 5), issue("c", 3, [50, 50, 5, 5])],
    [issue("a", 1, [5, 5, 10, 10]), issue("c", 3, [0, 0, 5, 5]), { ...issue("b", 1), last_frame: 8 }]);
  assert.deepEqual(Object.values(changed).map((list) => list.map(({ check }) => check)), [["c"], ["c"], ["a", "b"]]);
  const pairs = pairUp([{ name: "S1_v2" }, { name: "S2_v2" }], [{ name: "S2_v1" }, { name: "S3_v1" }]);
  assert.deepEqual([...pairs.values()].map((shot) => shot?.name ?? null), [null, "S2_v1"]);
});

test("notes are written by key and saved as JSON and locators", async () => {
  await goTo(1002);
  await focus();
  await page.press("m");
  await page.until("return document.activeElement.tagName === 'TEXTAREA'", "the note's field");
  await page.press("The ball is late; 2 px left");
  await page.driver.actions().keyDown(Key.CONTROL).sendKeys(Key.ENTER).keyUp(Key.CONTROL).perform();
  await page.until("return gsd.store.state.notes.length === 1", "the note");
  const saved = await page.driver.executeAsyncScript(`
    const done = arguments[0];
    const found = [];
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => { found.push(blob); return make.call(URL, blob); };
    for (const label of ["JSON", "EDL locators", "OTIO"]) [...document.querySelectorAll("#panel-notes .button")].find((node) => node.textContent === label).click();
    URL.createObjectURL = make;
    Promise.all(found.map((blob) => blob.text())).then(done);`);
  const [json, edl, otio] = saved;
  assert.equal(JSON.parse(json).notes[0].frame, 1002);
  assert.match(edl, /^TITLE: /);
  assert.match(edl, /\* LOC: 01:00:00:01 YELLOW {2}The ball is late; 2 px left/);
  const timeline = JSON.parse(otio);
  assert.equal(timeline.OTIO_SCHEMA, "Timeline.1");
  assert.ok(JSON.stringify(timeline).includes("The ball is late"));
});

test("the page stays quiet", async () => page.assertQuiet());
