// How the picture is looked at: the address that says it, guides over the picture, exposure by dragging; and a host that
// does not know what wasm is.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { Key, Page, demo, fixture, startStandIn, withPage } from "./page.mjs";
import { readLink, writeLink } from "../../www/js/link.js";

/** What the page's wasm may weigh with brotli, in bytes. */
const LIGHT_ENOUGH = 900 * 1024;
const frames = [1001, 1002, 1003].map((number) => demo("SHOT-002-001", number));
let server;
let page;
withPage((opened, host) => { page = opened; server = host; });

const hash = () => page.run("return location.hash");
const focus = () => page.run("document.querySelector('#picture').focus()");

test("the address follows the view, and says nothing of files", async () => {
  await page.choose(...frames);
  assert.equal(await hash(), "", "nothing to say");
  await focus();
  await page.press("e", "g", "v", "x");
  await page.run("gsd.store.set({ tab: 'probe' }); gsd.step(1)");
  await page.until("return /frame=1002/.test(location.hash)", "the frame in the address");
  const said = Object.fromEntries(new URLSearchParams((await hash()).slice(1)));
  assert.deepEqual(said, { v: "1", display: "srgb", isolate: "green", exposure: "0.5", clipping: "on", frame: "1002", tab: "probe" });
  assert.doesNotMatch(await hash(), /SHOT|exr|\//i);
});

test("a link gives the same view of the same files", async () => {
  const link = await hash();
  const other = await Page.open(server, { query: link });
  try {
    await other.choose(...frames);
    const { exposure, isolate, display, clipping } = await other.state("look");
    assert.deepEqual({ exposure, isolate, display, clipping }, { exposure: 0.5, isolate: "green", display: "srgb", clipping: true });
    assert.deepEqual([(await other.state("frame")).number, await other.state("tab")], [1002, "probe"]);
    await other.choose(fixture("cryptomatte/multichannel.exr"));
    await other.run("location.hash = '#v=1&exposure=-2'");
    await other.until("return gsd.store.state.look.exposure === -2", "the link that is opened over the page");
    await other.assertQuiet();
  } finally {
    await other.close();
  }
  await page.run("gsd.look({ display: 'rec709', clipping: false }); gsd.resetLook()");
});

test("a link is read with care, and written as it is read", async () => {
  const catalog = await page.run("return gsd.catalog");
  for (const strange of ["", "#files", "#v=2&exposure=1", "#exposure=1"]) assert.equal(readLink(strange, catalog), null, strange);
  const { look, frame, tab } = readLink("#v=1&exposure=99&gamma=x&view=<b>&isolate=red&frame=1e9&tab=../x", catalog);
  assert.deepEqual({ look, frame, tab }, { look: { isolate: "red" }, frame: null, tab: null });
  const layers = [{ name: "rgba" }, { name: "diffuse & more" }];
  const state = {
    look: { ...await page.state("look"), offset: -0.25 }, layer: 1, inspection: { layers, default_layer: 0 }, tab: "findings", shot: null, frame: null,
  };
  assert.equal(readLink(`#${writeLink(state, catalog)}`, catalog).layer, "diffuse & more");
  assert.deepEqual(readLink(`#files&${writeLink(state, catalog)}`, catalog).look, { offset: -0.25 });
});

test("safe areas and masks lie where they belong", async () => {
  await focus();
  const drawn = (kind) => page.run(`
    const [, , width, height] = gsd.picture.viewport.display;
    const [left, top] = gsd.picture.viewport.toCss(0, 0);
    const [right, bottom] = gsd.picture.viewport.toCss(width, height);
    return [...document.querySelectorAll(arguments[0])].map((node) => ["x", "y", "width", "height"].map((name, i) =>
      (Number(node.getAttribute(name)) - [left, top, 0, 0][i]) / (i % 2 ? bottom - top : right - left)));`, kind);
  const near = (found, wanted) => found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 0.01, `${found} for ${wanted}`));
  await page.press("q");
  const [action, graphics] = await drawn(".overlay .safe");
  near(action, [0.035, 0.035, 0.93, 0.93]);
  near(graphics, [0.05, 0.05, 0.9, 0.9]);
  // A cinema's 1.85:1 in a picture that is narrower, and in one that is wider.
  await page.press("q", "q");
  const shape = () => page.run("const [, , width, height] = gsd.picture.viewport.display; return width / height");
  const narrow = await shape();
  assert.ok(narrow < 1.85);
  near((await drawn(".overlay .mask"))[1], [0, 0.5 + narrow / 1.85 / 2, 1, 0.5 - narrow / 1.85 / 2]);
  await page.choose(demo("SHOT-002-002", 1001));
  const wide = await shape();
  assert.ok(wide > 1.85);
  near((await drawn(".overlay .mask"))[0], [0, 0, 0.5 - 1.85 / wide / 2, 1]);
  await focus();
  await page.press("q", "q", "q");
  assert.deepEqual([await drawn(".overlay .mask"), await drawn(".overlay .safe"), await page.state("guide")], [[], [], "off"]);
});

test("exposure follows the pointer while E is held, from where it was", async () => {
  await focus();
  const canvas = await page.driver.findElement({ id: "picture" });
  await page.driver.actions().keyDown("e").move({ origin: canvas, x: 0, y: 0 }).press().move({ origin: canvas, x: 160, y: 5 }).release().keyUp("e").perform();
  assert.equal((await page.state("look")).exposure, 2, "80 pixels a stop");
  await page.driver.actions().move({ origin: canvas, x: 0, y: 0 }).press().move({ origin: canvas, x: 40, y: 0 }).release().perform();
  assert.equal((await page.state("look")).exposure, 2, "without E the picture is moved");
  await page.run("gsd.resetLook()");
});

test("a layer that was shown before is not decoded again", async () => {
  await page.choose(fixture("cryptomatte/multichannel.exr"));
  const names = [];
  for (const key of [Key.ARROW_DOWN, Key.ARROW_UP]) {
    const before = await page.state("pictureCount");
    await focus();
    await page.press(key);
    await page.until(`return gsd.store.state.pictureCount > ${before}`, "the layer");
    names.push([await page.state("layer"), (await page.state("decodeMs")) === null]);
  }
  assert.deepEqual(names.map(([, cached]) => cached), [false, true], JSON.stringify(names));
});

test("the page's wasm is light enough", () => {
  const wasm = readFileSync(fileURLToPath(new URL("../../www/pkg/blender_gsd_bg.wasm", import.meta.url)));
  const [gzip, brotli] = [gzipSync(wasm, { level: 9 }).length, brotliCompressSync(wasm).length];
  assert.ok(brotli <= LIGHT_ENOUGH && brotli < gzip, `${gzip} bytes gzipped, ${brotli} with brotli`);
});

test("a host that sends wasm as anything else still starts the page", async () => {
  const plain = await startStandIn({ wasm: "application/octet-stream" });
  const other = await Page.open(plain);
  try {
    await other.choose(frames[0]);
    assert.equal(await other.text(".card"), null);
    await other.assertQuiet();
  } finally {
    await other.close();
    plain.stop();
  }
});

test("the examples of the first screen are found faulty, reported on and compared by the same code", async () => {
  const other = await Page.open(server);
  const again = async (title) => {
    await other.run("gsd.close(); gsd.store.set({ phase: 'empty', shots: [] })");
    await other.run("[...document.querySelectorAll('.tile')].find((node) => node.textContent.includes(arguments[0])).click()", title);
  };
  try {
    await again("One frame");
    await other.until("return gsd.store.state.pictureCount > 0", "the frame");
    await other.checked();
    const { issues } = (await other.state("report")).shots[0];
    assert.ok(issues.some(({ check, region }) => check === "color_space_valid" && String(region) === "300,60,3,1"), JSON.stringify(issues));
    assert.ok(issues.some(({ check }) => check === "no_clipped_highlights"), "the sign");
    await again("Two versions");
    await other.until("return gsd.store.state.otherFrame !== null && /pixels look different/.test(document.querySelector('.changes').textContent)", "the comparison");
    await again("A package");
    await other.until("return document.body.dataset.phase === 'package'", "the package");
    assert.match(await other.text(".banner h2"), /Not ready to cut/);
    assert.equal(await other.run("return gsd.store.state.pkg.shots.length"), 2);
    await other.assertQuiet();
  } finally {
    await other.close();
  }
});

test("the page stays quiet", async () => page.assertQuiet());
