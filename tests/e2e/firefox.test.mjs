// The core of all three flows in Firefox, from a server and from the disk: the same code, the same numbers.

import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { noFirefox, openFirefox } from "../../scripts/browser.mjs";
import { Page, binary, convert, demo, fixture, scratch, startBinary, withPage } from "./page.mjs";
import { makePackage } from "./packages.mjs";
import { compare, decodePng } from "./png.mjs";

const single = fileURLToPath(new URL("../../www/review.html", import.meta.url));
const skip = noFirefox || (binary ? false : "the command line is not built");
let server;
let page;
withPage((opened, host) => { page = opened; server = host; }, { skip, options: async () => ({ driver: await openFirefox() }) });

test("a frame is shown with the codes of convert, in every view", { skip }, async () => {
  const path = demo("SHOT-002-003", 1001);
  await page.choose(path);
  for (const view of ["aces-2.0", "aces-1.3", "untonemapped"]) {
    await page.run("gsd.look({ view: arguments[0], exposure: 0.5 })", view);
    const { worst, compared } = compare(await page.pixels(), decodePng(convert(path, "--view", view, "--exposure", "0.5")), 0, 0);
    assert.ok(compared > 1000 && worst <= 1, `${view}: a code is off by ${worst} of ${compared}`);
  }
  await page.run("gsd.look({ view: 'aces-2.0' }); gsd.resetLook()");
});

test("and without a GPU", { skip }, async () => {
  const other = await Page.open(server, { driver: await openFirefox(), query: "&renderer=2d" });
  try {
    const path = demo("SHOT-002-002", 1001);
    await other.choose(path);
    assert.equal(await other.run("return gsd.picture.viewer.renderer"), "2d");
    const { worst, compared } = compare(await other.pixels(), decodePng(convert(path)), 0, 0);
    assert.ok(compared > 1000 && worst <= 1, `a code is off by ${worst} of ${compared}`);
    await other.assertQuiet();
  } finally {
    await other.close();
  }
});

test("findings, probe, scopes and the snapshot", { skip }, async () => {
  await page.choose(fixture("openexr/BrightRingsNanInf.exr"));
  await page.checked();
  await page.run("document.querySelector('#picture').focus()");
  await page.press("n");
  assert.equal(await page.state("finding"), 0);
  assert.equal(await page.run("return document.querySelectorAll('.findings [role=option]').length"), (await page.state("report")).shots[0].issues.length);
  await page.run("gsd.probeAt(10, 10); gsd.store.set({ tab: 'scopes' })");
  assert.ok((await page.state("probe")).facts);
  await page.until("return document.querySelector('.scope-trace').getAttribute('aria-label').startsWith('parade')", "the parade");
  await page.choose(demo("SHOT-002-001", 1003));
  const bytes = await page.driver.executeAsyncScript("const done = arguments[0]; gsd.snapshot().then(({ bytes }) => done([...bytes]))");
  assert.ok(Buffer.from(bytes).equals(convert(demo("SHOT-002-001", 1003))), "the bytes of convert");
});

test("a sequence, and its other version", { skip }, async () => {
  const version = (name, numbers) => numbers.map((number, i) => {
    const path = join(scratch, `SHOT-002-001_${name}.${1001 + i}.exr`);
    copyFileSync(demo("SHOT-002-001", number), path);
    return path;
  });
  await page.choose(...version("v2", [1001, 1002]));
  await page.driver.findElement({ id: "choose-before-files" }).sendKeys(version("v1", [1003, 1004]).join("\n"));
  await page.until("return gsd.store.state.otherFrame !== null", "the other version");
  await page.run("gsd.store.set({ tab: 'compare' })");
  await page.until("return /pixels look different/.test(document.querySelector('.changes').textContent)", "the changes in words");
  await page.run("document.querySelector('#picture').focus()");
  await page.press("d");
  assert.equal(await page.state("compare"), "difference");
});

test("the page stays quiet", { skip }, async () => page.assertQuiet());

test("a package folder, its findings and its movie", { skip }, async () => {
  // This driver chooses no folders; the server has the same files.
  const folder = await startBinary(makePackage());
  await page.load(folder.url.replace("/#", "/?test#"));
  await page.until("return document.body.dataset.phase === 'package'", "the package page");
  assert.match(await page.text(".banner h2"), /Not ready to cut/);
  await page.run("[...document.querySelectorAll('.findings-table .link')].find((node) => node.textContent.includes('LEDBillboard')).click()");
  await page.until("return gsd.store.state.frame?.number === 1005 && document.querySelector('.overlay .box[aria-pressed=true]') !== null", "the frame with its box");
  folder.stop();
});

test("the page as one file, from the disk, workers included", { skip: skip || (existsSync(single) ? false : "www/review.html is not built") }, async () => {
  await page.load(`${pathToFileURL(single)}?test`);
  await page.choose(demo("SHOT-002-002", 1001));
  assert.equal(await page.text(".card"), null);
  await page.checked();
  const { worst } = compare(await page.pixels(), decodePng(convert(demo("SHOT-002-002", 1001))), 0, 0);
  assert.ok(worst <= 1, `a code is off by ${worst}`);
  assert.deepEqual(await page.run("return faults"), []);
  assert.match(readFileSync(single, "utf8"), /connect-src 'none'/);
});
