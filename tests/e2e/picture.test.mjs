// The picture: the same codes as the command line, through every way of drawing.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Page, binary, convert, demo, fixture, withPage } from "./page.mjs";
import { compare, decodePng } from "./png.mjs";

const skip = binary ? false : "SKIPPED: blender-gsd is not built, there is nothing to compare with";
let server;
let page;
withPage((opened, host) => { page = opened; server = host; });

async function assertSame(shown, path, options, offsets = [[0, 0]]) {
  const picture = decodePng(convert(path, ...options));
  for (const [x, y] of offsets) {
    const { worst, compared, at } = compare(await shown.pixels(x, y), picture, x, y);
    assert.ok(compared > 1000, "something was compared");
    assert.ok(worst <= 1, `${path} ${options}: a code is off by ${worst} at ${at}`);
  }
}

test("WebGL2 is alive", async () => {
  const alive = await page.run(`
    const gl = gsd.picture.canvas.getContext("webgl2");
    return gl instanceof WebGL2RenderingContext && !gl.isContextLost() && gsd.picture.viewer.renderer`);
  assert.equal(alive, "webgl2");
});

test("a dropped frame is shown with the codes of convert", { skip }, async () => {
  const path = demo("SHOT-002-002", 1001);
  await page.drop({ name: "SHOT-002-002_comp.1001.exr", bytes: readFileSync(path) });
  assert.match(await page.text(".truth-line"), /→ Rec\.709, ACES 2\.0 SDR 100 nit$/);
  await assertSame(page, path, [], [[0, 0], [611, 203]]);
});

test("exposure and display change without decoding anew", { skip }, async () => {
  const path = demo("SHOT-002-003", 1001);
  await page.choose(path);
  const decoded = await page.state("pictureCount");
  await page.run("gsd.look({ display: 'srgb', exposure: -1.5 })");
  assert.match(await page.text(".truth-line"), /→ sRGB, ACES 2\.0 SDR 100 nit, exposure −1\.5$/);
  await assertSame(page, path, ["--display", "srgb", "--exposure", "-1.5"], [[0, 0], [300, 100]]);
  assert.equal(await page.state("pictureCount"), decoded);
  await page.run("gsd.look({ display: 'rec709' }); gsd.resetLook()");
});

const VIEWS = ["aces-2.0", "aces-1.3", "untonemapped"];
const DISPLAYS = ["rec709", "srgb"];

/** Every view on every display, over- and underexposed too; the share of pixels that have exactly the same code. */
async function assertEveryView(shown, path, exposures) {
  await shown.choose(path);
  const decoded = await shown.state("pictureCount");
  for (const view of VIEWS) {
    for (const display of DISPLAYS) {
      for (const exposure of exposures) {
        await shown.run("gsd.look({ view: arguments[0], display: arguments[1], exposure: arguments[2] })", view, display, exposure);
        const options = ["--view", view, "--display", display, "--exposure", String(exposure)];
        const picture = decodePng(convert(path, ...options));
        const { worst, compared, different, at } = compare(await shown.pixels(), picture, 0, 0);
        assert.ok(worst <= 1, `${options}: a code is off by ${worst} at ${at}`);
        assert.ok(different < compared / 100, `${options}: ${different} of ${compared} pixels have another code`);
      }
    }
  }
  assert.equal(await shown.state("pictureCount"), decoded, "nothing was decoded anew");
  await shown.run("gsd.look({ view: 'aces-2.0', display: 'rec709', exposure: 0 })");
}

test("every view has the codes of convert", { skip }, async () => {
  await assertEveryView(page, demo("SHOT-002-002", 1001), [0, 3, -2]);
});

test("numbers that are no colours have the codes of convert, in every view", { skip }, async () => {
  // NaN, infinities and values in the thousands; every half there is; colours far outside the gamut.
  for (const name of ["openexr/BrightRingsNanInf", "openexr/AllHalfValues", "compression/zip_float"]) {
    await assertEveryView(page, fixture(`${name}.exr`), [0, -6]);
  }
});

test("V and Shift V go through the views", async () => {
  const look = async () => page.run("const { view, display } = gsd.store.state.look; return `${view} ${display}`");
  const all = VIEWS.flatMap((view) => DISPLAYS.map((display) => `${view} ${display}`));
  const listed = await page.run("return [...document.querySelectorAll('[aria-label=\"View and display\"] option')].map(({ value }) => value)");
  assert.deepEqual(listed, all);
  await page.run("gsd.picture.canvas.focus()");
  const seen = [];
  for (let i = 0; i < all.length; i++) {
    seen.push(await look());
    await page.press("v");
  }
  assert.deepEqual(seen, all);
  assert.equal(await look(), all[0]);
  await page.press("V");
  assert.equal(await look(), all.at(-1));
  await page.press("v");
});

for (const name of ["zip_half", "piz_half", "dwaa_half", "pxr24_float", "b44_half", "rle_float", "tiled_zip"]) {
  test(`${name} is shown with the codes of convert`, { skip }, async () => {
    const path = fixture(`compression/${name}.exr`);
    await page.choose(path);
    await assertSame(page, path, []);
  });
}

test("a snapshot has the bytes of convert", { skip }, async () => {
  const path = demo("SHOT-002-001", 1003);
  await page.choose(path);
  await page.run("gsd.look({ exposure: 0.5, display: 'srgb' })");
  const data = await page.driver.executeAsyncScript(`
    const done = arguments[0];
    gsd.snapshot().then(({ bytes }) => {
      let text = "";
      for (const byte of bytes) text += String.fromCharCode(byte);
      done(btoa(text));
    });`);
  assert.ok(Buffer.from(data, "base64").equals(convert(path, "--view", "aces-2.0", "--display", "srgb", "--exposure", "0.5")), "the files differ");
  await page.run("gsd.look({ display: 'rec709' }); gsd.resetLook()");
});

test("the probe says what is in the file", async () => {
  await page.choose(demo("SHOT-002-003", 1001));
  await page.run("gsd.probeAt(3, 4)");
  const { facts } = await page.state("probe");
  assert.equal(facts.codes.length, 3);
  assert.ok(facts.file.every(({ bits }) => /^0x[0-9a-f]{4}$/.test(bits)), JSON.stringify(facts.file));
  assert.equal(await page.run("return gsd.loader.probe(-1, 0)"), null);
});

test("one channel, luminance and the clipping marks are drawn", async () => {
  await page.choose(demo("SHOT-002-002", 1001));
  for (const isolate of ["red", "green", "blue", "luminance", "alpha"]) {
    await page.run("gsd.look({ isolate: arguments[0] })", isolate);
    const { bytes } = await page.pixels();
    assert.ok(bytes[0] === bytes[1] && bytes[1] === bytes[2], `${isolate} is grey`);
  }
  await page.run("gsd.resetLook(); gsd.look({ view: 'untonemapped', clipping: true, exposure: 12 })");
  const { bytes } = await page.pixels();
  const reds = Array.from({ length: 40 }, (_, i) => bytes.subarray(i * 4, i * 4 + 3)).filter(([r, g]) => r > 220 && g < 70);
  assert.ok(reds.length > 0, "stripes above white");
  await page.run("gsd.look({ view: 'aces-2.0', clipping: false }); gsd.resetLook()");
});

test("the page stays quiet", async () => page.assertQuiet());

for (const [query, what] of [["&renderer=2d", "without a GPU"], ["&tile=60", "in tiles"]]) {
  test(`${what}: the same codes`, { skip }, async () => {
    const other = await Page.open(server, { query });
    try {
      for (const path of [demo("SHOT-002-003", 1001), fixture("compression/piz_half.exr")]) {
        await other.choose(path);
        await assertSame(other, path, [], [[0, 0]]);
      }
      await assertEveryView(other, demo("SHOT-002-003", 1001), [0.5]);
      if (query.includes("tile")) assert.ok(await other.run("return gsd.picture.viewer.tileCount > 1"));
      await other.assertQuiet();
    } finally {
      await other.close();
    }
  });
}
