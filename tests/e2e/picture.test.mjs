// The picture: the same codes as the command line, through every way of drawing.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Page, binary, convert, demo, fixture, startServer } from "./page.mjs";
import { compare, decodePng } from "./png.mjs";

const skip = binary ? false : "SKIPPED: blender-gsd is not built, there is nothing to compare with";
let server;
let page;
before(async () => {
  server = await startServer();
  page = await Page.open(server);
});
after(async () => {
  await page?.close();
  server?.stop();
});

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
  assert.match(await page.text(".truth-line"), /→ Rec\.709, un-tone-mapped$/);
  await assertSame(page, path, [], [[0, 0], [611, 203]]);
});

test("exposure and display change without decoding anew", { skip }, async () => {
  const path = demo("SHOT-002-003", 1001);
  await page.choose(path);
  const decoded = await page.state("pictureCount");
  await page.run("gsd.look({ display: 'srgb', exposure: -1.5 })");
  assert.match(await page.text(".truth-line"), /→ sRGB, un-tone-mapped, exposure −1\.5$/);
  await assertSame(page, path, ["--display", "srgb", "--exposure", "-1.5"], [[0, 0], [300, 100]]);
  assert.equal(await page.state("pictureCount"), decoded);
  await page.run("gsd.look({ display: 'rec709' }); gsd.resetLook()");
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
  assert.ok(Buffer.from(data, "base64").equals(convert(path, "--display", "srgb", "--exposure", "0.5")), "the files differ");
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
  await page.run("gsd.resetLook(); gsd.look({ clipping: true, exposure: 12 })");
  const { bytes } = await page.pixels();
  const reds = Array.from({ length: 40 }, (_, i) => bytes.subarray(i * 4, i * 4 + 3)).filter(([r, g]) => r > 220 && g < 70);
  assert.ok(reds.length > 0, "stripes above white");
  await page.run("gsd.look({ clipping: false }); gsd.resetLook()");
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
      if (query.includes("tile")) assert.ok(await other.run("return gsd.picture.viewer.tileCount > 1"));
      await other.assertQuiet();
    } finally {
      await other.close();
    }
  });
}
