// The second flow: a package folder, its report in full, and the way from a finding to its frame.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Key, Page, binary, scratch, withPage } from "./page.mjs";
import { greyOf, makePackage, openFolder } from "./packages.mjs";

const skip = binary ? false : "the command line is not built";
let page;
let root;
withPage(async (opened) => {
  page = opened;
  root = makePackage();
  await openFolder(page, root);
}, { skip });

const texts = (selector) => page.run("return [...document.querySelectorAll(arguments[0])].map((node) => node.textContent)", selector);
const report = () => JSON.parse(readFileSync(join(root, "qc_report.json"), "utf8"));
const showPackage = async () => {
  await page.run("gsd.store.state.phase === 'ready' && gsd.togglePackage()");
  await page.until("return document.body.dataset.phase === 'package'", "the package page");
};

test("the verdict and the cards, worst first", { skip }, async () => {
  assert.match(await page.text(".banner h2"), /^Not ready to cut: \d+ shots? ha(s|ve) errors/);
  const cards = await texts(".shot-card-words");
  assert.equal(cards.length, 2);
  assert.match(cards[0], /SHOT-002-001.*8 of 8 frames · 800×335 · 24 · ACEScg.*EXR ✓ · H\.264 ✓/s);
  assert.match(await page.text(".banner p"), /sizes of 3 files agree with the checksum history/);
});

test("every finding, check and measurement of the report is there", { skip }, async () => {
  const { shots } = report();
  const issues = shots.flatMap((shot) => shot.issues);
  assert.equal(await page.run("return document.querySelectorAll('.findings-table tbody tr').length"), issues.length);
  const shown = await texts(".findings-table .what .link");
  for (const { description } of issues) assert.ok(shown.includes(description), description);
  assert.ok((await texts(".findings-table .what")).some((text) => text.includes("layer beauty")), "a field that the page does not know");
  await page.run("document.querySelectorAll('details.shot-details').forEach((node) => { node.open = true; })");
  await page.until("return document.querySelectorAll('.checks-table').length === 2", "the tables of checks");
  const first = shots.find((shot) => shot.shot_id.startsWith("SHOT-002-001"));
  const plots = Object.entries(first.metrics).filter(([, values]) => values.some((value) => value !== null)).map(([name]) => name);
  const drawn = await page.run("return [...document.querySelector('.shot-details').querySelectorAll('figcaption span:first-child')].map((node) => node.textContent)");
  assert.deepEqual(drawn.sort(), plots.sort());
});

test("findings can be narrowed, searched and sorted", { skip }, async () => {
  const rows = () => page.run("return document.querySelectorAll('.findings-table tbody tr').length");
  const all = await rows();
  const press = (text) => page.run("[...document.querySelectorAll('.filters .toggle')].find((node) => node.textContent.includes(arguments[0])).click()", text);
  await press("info");
  await press("warning");
  const errors = report().shots.flatMap((shot) => shot.issues).filter((issue) => issue.severity === "error").length;
  assert.equal(await rows(), errors);
  await press("info");
  await press("warning");
  await page.run("const input = document.querySelector('.filters input'); input.value = 'billboard'; input.dispatchEvent(new Event('input'))");
  assert.equal(await rows(), 1);
  await page.run("const input = document.querySelector('.filters input'); input.value = ''; input.dispatchEvent(new Event('input'))");
  assert.equal(await rows(), all);
  await page.run("document.querySelector('[data-column=frame] button').click()");
  const numbers = (await texts(".findings-table tbody td:nth-child(3)")).map((text) => Number.parseInt(text, 10));
  assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
  await page.run("document.querySelector('[data-column=severity] button').click()");
});

test("by keys: from row to row, and Enter opens the frame with its box", { skip }, async () => {
  await page.run("document.querySelector('.findings-table .link').focus()");
  await page.press(Key.ARROW_DOWN, Key.ARROW_UP);
  for (let i = 0; i < 20; i++) {
    if (/LEDBillboard/.test(await page.run("return document.activeElement.textContent"))) break;
    await page.press(Key.ARROW_DOWN);
  }
  await page.press(Key.ENTER);
  await page.until("return gsd.store.state.frame?.number === 1005 && document.querySelector('.overlay .box[aria-pressed=true]') !== null", "the frame with its box");
  assert.match(await page.text(".finding[aria-selected=true] .what"), /LEDBillboard/);
  await page.run("document.querySelector('#picture').focus()");
  await page.press("u");
  await page.until("return document.body.dataset.phase === 'package'", "the package page by its key");
});

/** The grey in the middle of the preview. */
const grey = () => page.run(`
  const video = document.querySelector("dialog.preview video");
  const canvas = new OffscreenCanvas(8, 8);
  const context = canvas.getContext("2d");
  context.drawImage(video, 40, 30, 8, 8, 0, 0, 8, 8);
  return context.getImageData(4, 4, 1, 1).data[0];`);
const shows = (frame) => page.until(`
  const video = document.querySelector("dialog.preview video");
  if (video.readyState < 2 || video.seeking) return false;
  const canvas = new OffscreenCanvas(8, 8);
  canvas.getContext("2d").drawImage(video, 40, 30, 8, 8, 0, 0, 8, 8);
  return Math.abs(canvas.getContext("2d").getImageData(4, 4, 1, 1).data[0] - ${greyOf(frame)}) < 6`, `the movie at ${frame}`);

test("a finding in a movie opens the movie at exactly that frame", { skip }, async () => {
  await page.run("[...document.querySelectorAll('.findings-table .link')].find((node) => node.textContent.includes('alike')).click()");
  await page.until("return document.querySelector('dialog.preview').open && document.querySelector('dialog.preview video').readyState >= 2", "the preview");
  // ±10: the encoder's matrix and range; the next frame is 20 away.
  await page.until("return !document.querySelector('dialog.preview video').seeking", "the seek");
  assert.match(await page.text(".preview-bar strong"), /^1006 \/ 1001–1008 · 24 fps$/);
  const base = await grey();
  for (const [key, frame] of [[Key.ARROW_RIGHT, 1007], [Key.ARROW_RIGHT, 1008], [Key.ARROW_RIGHT, 1008], [Key.HOME, 1001], [Key.ARROW_RIGHT, 1002], [Key.END, 1008]]) {
    await page.press(key);
    assert.match(await page.text(".preview-bar strong"), new RegExp(`^${frame} /`));
    await shows(frame);
  }
  assert.ok(Math.abs(base - greyOf(1006)) < 6, `frame 1006 is ${greyOf(1006)}, seen ${base}`);
  await page.press(Key.ESCAPE);
});

test("CSV and JSON", { skip }, async () => {
  const saved = await page.driver.executeAsyncScript(`
    const done = arguments[0];
    const found = [];
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => { found.push(blob); return make.call(URL, blob); };
    gsd.exportPackage("csv");
    gsd.exportPackage("json");
    URL.createObjectURL = make;
    Promise.all(found.map((blob) => blob.text())).then(done);`);
  const [csv, json] = saved;
  const issues = report().shots.flatMap((shot) => shot.issues);
  assert.equal(csv.trimEnd().split("\r\n").length, issues.length + 1);
  assert.match(csv, /^shot,severity,category,check,frame,last_frame,/);
  assert.match(csv, /SHOT-002-001,error,period,no_modern_elements,1005,,,10,12,60,40,“LEDBillboard” <b>is<\/b> on screen,0\.9,0\.005,,masters\/SHOT-002-001_master\.1005\.exr/);
  assert.deepEqual(JSON.parse(json), report());
});

test("on paper: every finding, no controls", { skip }, async () => {
  const { data } = await page.driver.sendAndGetDevToolsCommand("Page.printToPDF", { printBackground: true });
  assert.ok(Buffer.from(data, "base64").subarray(0, 5).toString() === "%PDF-");
  await page.driver.sendDevToolsCommand("Emulation.setEmulatedMedia", { media: "print" });
  const hidden = await page.run("return ['.topbar', '.package-bar', '.filters', '.status'].filter((selector) => getComputedStyle(document.querySelector(selector)).display !== 'none')");
  assert.deepEqual(hidden, []);
  assert.equal(await page.run("return getComputedStyle(document.querySelector('.banner')).backgroundColor"), "rgb(255, 255, 255)");
  // As wide as a sheet of A4: every column is there, and nothing is folded.
  await page.driver.sendDevToolsCommand("Emulation.setDeviceMetricsOverride", { width: 703, height: 1000, deviceScaleFactor: 1, mobile: false });
  await page.run("dispatchEvent(new Event('beforeprint'))");
  assert.deepEqual(await page.run("return [...document.querySelectorAll('.findings-table tbody tr:first-child td')].map((cell) => getComputedStyle(cell).display)"), Array(8).fill("table-cell"));
  assert.equal(await page.run("return document.querySelectorAll('.shot-details[open] .checks-table').length"), 2);
  const wide = await page.run("return document.querySelector('.findings-table').scrollWidth - innerWidth");
  assert.ok(wide <= 0, `${wide} pixels too wide for the sheet`);
  await page.driver.sendDevToolsCommand("Emulation.clearDeviceMetricsOverride", {});
  await page.driver.sendDevToolsCommand("Emulation.setEmulatedMedia", { media: "" });
});

test("checksums are verified, and a changed file is named", { skip }, async () => {
  await page.run("[...document.querySelectorAll('.package-bar button')].find((node) => node.textContent === 'Verify checksums').click()");
  await page.until("return gsd.store.state.pkg.verified !== undefined", "the checksums");
  assert.deepEqual((await page.run("return gsd.store.state.pkg.verified")).wrong, ["preview/SHOT-002-001_preview.mp4"]);
  assert.match(await page.text(".banner p"), /1 checksum of 2 wrong/);
  assert.ok((await texts(".files-table .word.error")).includes("✕ checksum differs"));
});

test("names in a report stay text", { skip }, async () => {
  assert.equal(await page.run("return document.querySelectorAll('#package b').length"), 0);
});

test("what is missing is said", { skip }, async () => {
  await openFolder(page, makePackage({ name: "SCN-003", leaveOut: ["masters/SHOT-002-001_master.1003.exr", "preview/SHOT-002-002_preview.mp4"] }));
  await page.until("return gsd.store.state.pkg.name === 'SCN-003'", "the other package");
  assert.match((await texts(".shot-card-words"))[0], /7 of 8 frames · 1003 missing/);
  assert.match((await texts(".shot-card-words"))[1], /H\.264 ✕ missing/);
  assert.match(await page.text(".banner h2"), /2 shots are incomplete/);
  assert.match(await page.text(".banner p"), /1 of 3 files differ from the checksum history/);
});

test("a report of another shape is shown as rows", { skip }, async () => {
  const path = join(scratch, "qc_report.json");
  writeFileSync(path, JSON.stringify({ schema_version: 9, results: [{ name: "<i>x</i>", value: 3 }] }));
  await page.driver.findElement({ id: "choose-files" }).sendKeys(path);
  await page.until("return document.querySelector('.banner h2')?.textContent.includes('cannot be read')", "the rows");
  assert.ok((await texts("#package .meta tr")).some((text) => text.includes("results[0].name<i>x</i>")));
  writeFileSync(path, "{ not json");
  await page.driver.findElement({ id: "choose-files" }).sendKeys(path);
  await page.until("return document.querySelector('.card')?.textContent.includes('cannot be read')", "the card");
  await page.press(Key.ESCAPE);
});

test("the page stays quiet", { skip }, async () => {
  await showPackage().catch(() => {});
  await page.assertQuiet();
});
