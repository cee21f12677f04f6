// Scopes, false colour, areas, bad pixels, mattes and the report: held against the command line's own picture.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Key, binary, convert, demo, fixture, withPage } from "./page.mjs";
import { decodePng } from "./png.mjs";

const skip = binary ? false : "the command line is not built";
const FRAME = demo("SHOT-002-002", 1001);
let page;
withPage(async (opened) => {
  page = opened;
  await page.choose(FRAME);
});

/** Asks the analyst of the page. */
const ask = (kind, payload) => page.driver.executeAsyncScript(`
  const [kind, payload, done] = arguments;
  gsd.analyst.ask(kind, payload).then((answer) => done(answer?.data ? { ...answer, data: [...answer.data] } : answer), (error) => done({ failed: error.what }));`, kind, payload);

test("the parade reaches as high and as low as the picture of convert", { skip }, async () => {
  const { width, height, bytes: pixels } = decodePng(convert(FRAME, "--view", "aces-2.0", "--display", "rec709"));
  const scope = await ask("scopes", { kind: "parade", region: null });
  assert.equal(scope.width, 3 * 256);
  for (let channel = 0; channel < 3; channel++) {
    for (const column of [3, 60, 128, 200, 250]) {
      // The picture's columns that fall into this one of the scope.
      const [first, end] = [Math.ceil((column * width) / 256), Math.ceil(((column + 1) * width) / 256)];
      const codes = [];
      for (let y = 0; y < height; y++) for (let x = first; x < end; x++) codes.push(pixels[(y * width + x) * 3 + channel]);
      const lit = Array.from({ length: 256 }, (_, row) => scope.data[(row * scope.width + channel * 256 + column) * 4 + 3] > 0);
      const [high, low] = [255 - lit.indexOf(true), 255 - lit.lastIndexOf(true)];
      assert.ok(Math.abs(high - Math.max(...codes)) <= 1 && Math.abs(low - Math.min(...codes)) <= 1, `${channel} ${column}: ${low}–${high}, the picture has ${Math.min(...codes)}–${Math.max(...codes)}`);
    }
  }
});

test("the scopes are drawn, each in its own way, and of a region", async () => {
  await page.run("gsd.store.set({ tab: 'scopes' })");
  for (const kind of ["Waveform", "Vectorscope", "Histogram", "Parade"]) {
    await page.run("[...document.querySelectorAll('.scope-kinds button')].find((node) => node.textContent === arguments[0]).click()", kind);
    await page.until(`return document.querySelector('.scope-trace').getAttribute('aria-label').startsWith('${kind.toLowerCase()}, whole picture')`, kind);
  }
  await page.run("gsd.store.set({ region: [100, 50, 60, 40] })");
  await page.until("return document.querySelector('.scopes .note').textContent.includes('region 60×40 at 100, 50')", "the region's scope");
  await page.run("document.querySelector('#picture').focus()");
  await page.driver.actions().keyDown(Key.SHIFT).sendKeys("q").keyUp(Key.SHIFT).perform();
  assert.equal(await page.state("region"), null);
});

test("an area's numbers are those of its pixels", async () => {
  const one = await ask("area", { region: [20, 30, 1, 1] });
  const { linear, display } = await page.run("return gsd.loader.probe(20, 30)");
  assert.deepEqual([one.min, one.mean, one.max, one.display], [linear.slice(0, 3), linear.slice(0, 3), linear.slice(0, 3), display]);
  const many = await ask("area", { region: [10, 10, 40, 30] });
  assert.equal(many.pixels, 1200);
  const value = (text) => Number(text.replace("−", "-"));
  many.mean.forEach((mean, i) => assert.ok(value(many.min[i]) <= value(mean) && value(mean) <= value(many.max[i])));
  assert.equal(await ask("area", { region: [-50, -50, 10, 10] }), null, "outside there is nothing");
});

test("false colour paints the bands it names", { skip }, async () => {
  const { width, bytes: pixels } = decodePng(convert(FRAME, "--view", "aces-2.0", "--display", "rec709"));
  const bands = await page.run("return gsd.catalog.falseColors");
  await page.run("gsd.look({ falseColor: true })");
  const { bytes, width: wide } = await page.pixels();
  let painted = 0;
  for (const [x, y] of [[5, 5], [200, 40], [400, 150], [30, 250], [100, 300], [600, 180], [300, 20]]) {
    const rgb = [0, 1, 2].map((c) => pixels[(y * width + x) * 3 + c] / 255);
    const luma = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
    // At a band's edge a rounded code decides nothing.
    if (bands.some(({ below }) => Math.abs(below - luma) < 0.004)) continue;
    const { color } = bands.find(({ below }) => luma < below);
    const seen = [...bytes.subarray((y * wide + x) * 4, (y * wide + x) * 4 + 3)];
    const expected = color ?? [luma * 255, luma * 255, luma * 255];
    painted += color ? 1 : 0;
    seen.forEach((code, i) => assert.ok(Math.abs(code - expected[i]) <= 1.6, `${x}, ${y}: ${seen} for ${expected}`));
  }
  assert.ok(painted > 0, "some are painted");
  await page.run("gsd.look({ falseColor: false })");
});

test("bad pixels are found one after another", async () => {
  await page.choose(fixture("openexr/BrightRingsNanInf.exr"));
  await page.run("document.querySelector('#picture').focus()");
  const seen = [];
  for (let i = 0; i < 3; i++) {
    await page.driver.actions().keyDown(Key.SHIFT).sendKeys("x").keyUp(Key.SHIFT).perform();
    await page.until(`return document.querySelector('.toast').textContent.includes(': ${i + 1} of')`, `bad pixel ${i + 1}`);
    const { x, y, facts } = await page.state("probe");
    assert.ok(facts.linear.some((text) => /NaN|Inf/.test(text)), JSON.stringify(facts.linear));
    seen.push(`${x}, ${y}`);
  }
  assert.equal(new Set(seen).size, 3);
  await page.choose(FRAME);
  assert.equal(await ask("badPixel", { x: 0, y: 0, forward: true }), null);
});

test("Cryptomatte: a name under the pointer, and its matte", async () => {
  await page.choose(fixture("cryptomatte/multichannel.exr"));
  await page.run("document.querySelector('#picture').focus()");
  await page.press("t");
  await page.run("gsd.probeAt(65, 78)");
  await page.until("return (gsd.store.state.underPointer ?? []).some(({ id }) => id !== undefined)", "an object");
  const objects = await page.state("underPointer");
  const names = await page.run("return gsd.store.state.inspection.cryptomattes.flatMap(({ names }) => names.map(([name]) => name))");
  assert.ok(objects.every(({ name }) => names.includes(name)), JSON.stringify(objects));
  assert.ok((await page.text(".chip.under")).includes(objects[0].name));
  await page.run("gsd.analyst.pickMatte(65, 78)");
  await page.until("return gsd.store.state.matte !== null && document.querySelector('.overlay image') !== null", "the matte");
  const [x, y, w, h] = (await page.state("matte")).region;
  assert.ok(x <= 65 && 65 < x + w && y <= 78 && 78 < y + h);
  await page.run("document.querySelector('#picture').focus()");
  await page.press("t");
  assert.equal(await page.state("matte"), null);
});

test("the report is one HTML file with picture, boxes and findings, and nothing in it runs", async () => {
  await page.choose(fixture("openexr/BrightRingsNanInf.exr"));
  await page.checked();
  const html = await page.driver.executeAsyncScript("gsd.saveReport().then(arguments[0])");
  const { issues } = (await page.state("report")).shots[0];
  assert.match(html, /^<!doctype html>/);
  assert.match(html, /src="data:image\/png;base64,iVBOR/);
  assert.equal(html.split("<rect ").length - 1, issues.filter((issue) => issue.region).length);
  for (const { check } of issues) assert.ok(html.includes(check));
  assert.doesNotMatch(html, /<script|https?:/);
});

test("the page stays quiet", async () => page.assertQuiet());
