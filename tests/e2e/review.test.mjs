// The first flow: open, look, find, by keyboard alone; and what happens when files are not what they should be.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Key, demo, fixture, scratch, withPage } from "./page.mjs";

let page;
withPage((opened) => { page = opened; });

const frames = (...numbers) => numbers.map((number) => demo("SHOT-002-001", number));

test("a sequence: counts, gaps, steps and the timeline", async () => {
  await page.choose(...frames(1001, 1002, 1004, 1007));
  assert.match(await page.text(".shot-heading small"), /4 frames · 1001–1007 · 3 missing/);
  assert.equal(await page.run("return document.querySelectorAll('.frame-row.missing').length"), 2);
  for (const [key, number] of [[Key.ARROW_RIGHT, 1002], [Key.ARROW_RIGHT, 1004], [Key.END, 1007], [Key.HOME, 1001]]) {
    await page.press(key);
    await page.until(`return gsd.store.state.frame.number === ${number} && document.querySelector(".counter strong").textContent === "${number}"`, `frame ${number}`);
  }
  await page.checked();
  const missing = await page.run("return gsd.store.state.report.shots[0].issues.filter((issue) => issue.check === 'frame_rate_correct').length");
  assert.ok(missing > 0, "missing frames are found");
});

test("findings: rows, boxes and N are linked", async () => {
  await page.checked();
  const count = await page.run("return document.querySelectorAll('.findings [role=option]').length");
  assert.equal(count, (await page.state("report")).shots[0].issues.length);
  await page.run("document.querySelector('#picture').focus()");
  await page.press("n");
  await page.until("return document.querySelector('.finding[aria-selected=true]') !== null", "a selected row");
  const first = await page.state("finding");
  if (count > 1) {
    await page.press("n");
    await page.until(`return gsd.store.state.finding !== ${first}`, "the next finding");
  }
  await page.run("gsd.selectFinding(0)");
  const eight = await page.run("return gsd.store.state.report.shots[0].checks.length");
  assert.equal(eight, 8);
  assert.ok(await page.run("return gsd.store.state.report.shots[0].checks.filter((check) => check.outcome === 'not_applicable').every((check) => check.reason)"));
});

test("a box on the picture selects its row", async () => {
  await page.choose(fixture("openexr/BrightRingsNanInf.exr"));
  await page.checked();
  await page.until("return document.querySelector('.overlay .box') !== null", "a box");
  await page.run("document.querySelector('.overlay .box').dispatchEvent(new MouseEvent('click', { bubbles: true }))");
  await page.until("return document.querySelector('.overlay .box[aria-pressed=true]') !== null && document.querySelector('.finding[aria-selected=true]') !== null", "box and row");
});

test("everything by keyboard alone", async () => {
  await page.choose(fixture("cryptomatte/multichannel.exr"));
  await page.run("document.querySelector('#picture').focus()");
  const look = async (key) => (await page.state("look"))[key];
  await page.press("e", "e");
  assert.equal(await look("exposure"), 1);
  await page.driver.actions().keyDown(Key.SHIFT).sendKeys("e").keyUp(Key.SHIFT).perform();
  assert.equal(await look("exposure"), 0.5);
  await page.press("g");
  assert.equal(await look("isolate"), "green");
  await page.press("c", "0", "v");
  assert.deepEqual([await look("isolate"), await look("exposure"), await look("display")], ["color", 0, "srgb"]);
  await page.press("v", "x", "x", "h", "h", "z", "f");
  const layer = await page.state("layer");
  await page.press(Key.ARROW_DOWN);
  await page.until(`return gsd.store.state.layer === ${layer + 1} && !gsd.store.state.loading`, "the next layer");
  await page.press(Key.ARROW_UP);
  await page.until(`return gsd.store.state.layer === ${layer} && !gsd.store.state.loading`, "the layer before");
  await page.driver.actions().keyDown(Key.SHIFT).sendKeys(Key.ARROW_RIGHT).sendKeys(Key.ARROW_RIGHT).keyUp(Key.SHIFT).perform();
  assert.ok((await page.state("probe"))?.facts, "the probe moves by keys");
  await page.driver.actions().keyDown(Key.CONTROL).sendKeys("k").keyUp(Key.CONTROL).perform();
  assert.ok(await page.run("return document.querySelector('dialog.palette').open"));
  await page.press("luminance", Key.ENTER);
  assert.equal(await look("isolate"), "luminance");
  await page.press("?");
  assert.ok(await page.run("return document.querySelector('dialog.help').open"));
  await page.press(Key.ESCAPE);
  await page.press("0");
  // Tab reaches the tabs, the findings and the picture.
  const reached = new Set();
  for (let i = 0; i < 60; i++) {
    await page.press(Key.TAB);
    reached.add(await page.run("const node = document.activeElement; return node.id || node.getAttribute('role') || node.tagName"));
  }
  for (const wanted of ["picture", "tab-probe", "dial-exposure", "option"]) assert.ok(reached.has(wanted), `${wanted} among ${[...reached]}`);
});

test("single keys can be switched off", async () => {
  await page.run("document.querySelector('#picture').focus()");
  await page.press("?");
  await page.run("document.querySelector('#single-keys').click()");
  await page.press(Key.ESCAPE);
  await page.press("e");
  assert.equal((await page.state("look")).exposure, 0);
  await page.driver.actions().keyDown(Key.CONTROL).sendKeys("k").keyUp(Key.CONTROL).perform();
  assert.ok(await page.run("return document.querySelector('dialog.palette').open"), "keys with Ctrl still work");
  await page.press(Key.ESCAPE);
  await page.run("document.querySelector('#single-keys').click()");
});

test("a file that is none gets a card", async () => {
  const path = join(scratch, "broken.exr");
  writeFileSync(path, "no picture at all");
  await page.choose(path);
  const card = await page.text(".card");
  assert.match(card, /broken\.exr/);
  assert.match(card, /not an OpenEXR file/);
  assert.match(card, /Still works/);
  await page.press(Key.ESCAPE);
});

test("a partial file shows what there is and says the rest", async () => {
  const path = join(scratch, "partial.exr");
  const whole = readFileSync(demo("SHOT-002-002", 1001));
  writeFileSync(path, whole.subarray(0, Math.floor(whole.length * 0.6)));
  await page.choose(path);
  assert.match(await page.text(".chip.partial"), /Partial file: \d+ of \d+ rows could not be read/);
  assert.ok(await page.run("return document.querySelector('.overlay .missing') !== null"), "hatched");
  const { bytes } = await page.pixels(0, 0);
  assert.ok(bytes.subarray(0, 4000).some((value, i) => i % 4 < 3 && value > 0), "the first rows are there");
});

test("damaged files end in a card or a picture", async () => {
  for (const name of ["NULL_pointer", "memory_DOS_2.1", "oom_exr"]) {
    await page.choose(fixture(`damaged/${name}`));
    assert.ok((await page.text(".card")) !== null || (await page.state("entry")) !== null, name);
    await page.press(Key.ESCAPE);
  }
  await page.choose(demo("SHOT-002-001", 1001));
  assert.equal(await page.text(".card"), null, "the next file opens");
});

test("hostile names stay text", async () => {
  const name = "<img src=x onerror=alert(1)>'\"&amp;‮gpj.1001.exr";
  await page.drop({ name, bytes: readFileSync(demo("SHOT-002-001", 1001)) });
  assert.equal(await page.run("return document.querySelectorAll('img').length"), 0);
  assert.ok((await page.text(".frame-row .label")).includes("onerror"));
});

test("cancel stops decoding, and the next file opens", async () => {
  const stopped = await page.driver.executeAsyncScript(`
    const done = arguments[0];
    const controller = new AbortController();
    const { frame, inspection } = gsd.store.state;
    let pieces = 0;
    const job = gsd.pool.decoder(0, "decode", {
      ...gsd.loader.source(frame), part: 0, channels: [0], bytes: 1, first: 0, end: inspection.parts[0].bands,
    }, { signal: controller.signal, progress: () => { pieces += 1; if (pieces === 2) controller.abort(); } });
    job.then(() => done({ finished: true }), ({ kind }) => setTimeout(() => done({ kind, pieces, bands: inspection.parts[0].bands }), 300));`);
  assert.equal(stopped.kind, "cancelled");
  assert.ok(stopped.pieces < stopped.bands, JSON.stringify(stopped));
  await page.choose(demo("SHOT-002-001", 1002));
  assert.equal(await page.text(".card"), null);
});

test("a broken worker is replaced and said", async () => {
  const kind = await page.driver.executeAsyncScript(`
    const done = arguments[0];
    gsd.pool.decoder(0, "decode", { key: "none", file: null, name: "none" }).catch(({ kind }) => done(kind));`);
  assert.equal(kind, "trap");
  await page.choose(demo("SHOT-002-001", 1003));
  assert.equal(await page.text(".card"), null);
});

test("a GPU that is taken away is done without", async () => {
  await page.choose(demo("SHOT-002-001", 1001));
  const before = await page.state("pictureCount");
  await page.run("gsd.picture.canvas.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()");
  await page.until(`return gsd.picture.viewer.renderer === '2d' && gsd.store.state.pictureCount > ${before}`, "the picture without the GPU");
  const { bytes } = await page.pixels();
  assert.ok(bytes.some((value, i) => i % 4 < 3 && value > 60), "something is drawn");
});

test("the page stays quiet", async () => page.assertQuiet());
