// Every state as pictures: wide, narrow, as on a telephone; dark and light. GSD_IMAGES=FOLDER writes all of them there, for
// eyes; GSD_IMAGES=docs writes the few of docs/images.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { binary, convert, demo, fixture, scratch, withPage } from "./page.mjs";
import { makePackage, openFolder } from "./packages.mjs";

const docs = fileURLToPath(new URL("../../docs/images", import.meta.url));
const wanted = process.env.GSD_IMAGES;
/** What docs/REVIEW.md and the README show. */
const SHOWN = new Map([
  ["scopes-1440-dark", "page"], ["empty-1440-dark", "page-empty"], ["findings-1440-dark", "page-findings"], ["scopes-1000-light", "page-light"],
  ["scopes-390-dark", "page-narrow"], ["wipe-1440-dark", "page-versions"], ["package-1440-dark", "page-package"], ["error-1000-light", "page-error"],
]);
const SIZES = [[1440, 900], [1000, 760], [390, 844]];
const skip = binary ? false : "the command line is not built";
let page;
withPage((opened) => { page = opened; });

/** A state in every size and theme; where nobody asked for pictures only that nothing sticks out sideways, and one of them. */
async function pictures(state) {
  for (const [width, height] of SIZES) {
    // A window can be no narrower than 500 pixels, a telephone is.
    await page.driver.sendDevToolsCommand("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    const wide = await page.run("return Math.max(document.documentElement.scrollWidth, document.querySelector('#package').scrollWidth) - innerWidth");
    assert.ok(wide <= 0, `${state} is ${wide} pixels too wide for ${width}`);
    for (const theme of ["dark", "light"]) if (wanted || (width === 1440 && theme === "dark")) await take(`${state}-${width}-${theme}`, theme, width);
  }
  await page.driver.sendDevToolsCommand("Emulation.clearDeviceMetricsOverride", {});
}

async function take(name, theme, width) {
  await page.run("if (document.documentElement.dataset.theme !== arguments[0]) gsd.toggleTheme(); document.querySelector('.toast').hidden = true", theme);
  // Smoothing waits until nothing changes any more.
  if (wanted) await new Promise((resolve) => setTimeout(resolve, 400));
  const bytes = Buffer.from(await page.driver.takeScreenshot(), "base64");
  assert.equal(bytes.readUInt32BE(16), width, "as wide as the page");
  if (wanted === "docs" && SHOWN.has(name)) write(join(docs, `${SHOWN.get(name)}.png`), bytes);
  else if (wanted && wanted !== "docs") write(join(wanted, `${name}.png`), bytes);
}

/** Few colours make a small file; ffmpeg picks them. */
function write(path, bytes) {
  mkdirSync(join(path, ".."), { recursive: true });
  const whole = join(scratch, "screenshot.png");
  writeFileSync(whole, bytes);
  execFileSync("ffmpeg", ["-loglevel", "error", "-y", "-i", whole, "-vf", "split[a][b];[a]palettegen=max_colors=160:stats_mode=full[p];[b][p]paletteuse=dither=none", "-pred", "mixed", path]);
}
const tab = (id) => page.run("gsd.store.set({ tab: arguments[0] })", id);

test("empty", async () => {
  await page.until("return document.querySelectorAll('.tile canvas').length === 3", "the examples");
  await pictures("empty");
});

test("one frame: findings, probe, parade, help", async () => {
  await page.choose(fixture("openexr/BrightRingsNanInf.exr"));
  await page.checked();
  await page.run("gsd.selectFinding(0)");
  await pictures("findings");
  await page.choose(demo("SHOT-002-002", 1001));
  await page.checked();
  await page.run("gsd.probeAt(300, 120); gsd.pin(); gsd.probeAt(480, 200); gsd.pin()");
  await tab("probe");
  await pictures("probe");
  await page.run("gsd.store.set({ pins: [] })");
  await tab("scopes");
  await page.until("return document.querySelector('.scope-trace').getAttribute('aria-label').startsWith('parade')", "the parade");
  await pictures("scopes");
  await page.run("gsd.showHelp()");
  await pictures("help");
  await page.run("document.querySelector('dialog.help').close()");
});

test("loading, and what is missing of a file", async () => {
  await page.run("gsd.store.set({ loading: { done: 40, total: 108 } })");
  await pictures("loading");
  await page.run("gsd.store.set({ loading: null })");
  const path = join(scratch, "partial.exr");
  const whole = readFileSync(demo("SHOT-002-002", 1001));
  writeFileSync(path, whole.subarray(0, Math.floor(whole.length * 0.6)));
  await page.choose(path);
  await tab("findings");
  await pictures("partial");
});

test("a sequence", async () => {
  await page.choose(...[1001, 1002, 1003, 1005, 1006, 1008].map((number) => demo("SHOT-002-001", number)));
  await page.checked();
  await pictures("sequence");
});

test("two versions", async () => {
  const version = (name, numbers) => numbers.map((number, i) => {
    const path = join(scratch, `SHOT-002-001_${name}.${1001 + i}.exr`);
    copyFileSync(demo("SHOT-002-001", number), path);
    return path;
  });
  await page.choose(...version("v012", [1001, 1002, 1003]));
  await page.driver.findElement({ id: "choose-before-files" }).sendKeys(version("v011", [1004, 1005, 1006]).join("\n"));
  await page.until("return gsd.store.state.otherFrame !== null", "the other version");
  await tab("compare");
  await page.until("return /look different/.test(document.querySelector('.changes').textContent)", "the changes");
  await pictures("wipe");
  for (const mode of ["side", "difference"]) {
    await page.run("gsd.versions.setMode(arguments[0])", mode);
    await pictures(mode);
  }
  await page.run("gsd.versions.setMode('difference')");
  await tab("notes");
  await page.run("gsd.store.set({ notes: [{ shot: 'SHOT-002-001_v012', frame: 1002, file: '', region: null, text: 'The ball is late; two pixels left.', written_at: '' }] })");
  await pictures("notes");
  await page.run("gsd.store.set({ notes: [] })");
});

/** Previews as they are in life, in the place of the greys that tests look for. */
function filmed(root) {
  for (const [shot, frames] of [["SHOT-002-001", [1001, 1002, 1003, 1004]], ["SHOT-002-002", [1001]]]) {
    frames.forEach((frame, i) => writeFileSync(join(scratch, `filmed-${i}.png`), convert(demo(shot, frame))));
    execFileSync("ffmpeg", ["-loglevel", "error", "-y", "-r", "24", "-i", join(scratch, "filmed-%d.png"), "-frames:v", String(frames.length), "-vf", "scale=960:-2,format=yuv420p",
      join(root, `preview/${shot}_preview.mp4`)]);
  }
  return root;
}

test("a package and its movie", { skip }, async () => {
  await openFolder(page, filmed(makePackage({ change: (report) => { report.generated_at = "1998-11-23T10:00:00Z"; } })));
  await page.until("return [...document.querySelectorAll('.card-picture video')].every((video) => video.readyState >= 2)", "the previews");
  await pictures("package");
  await page.run("gsd.openPreview(gsd.store.state.pkg.shots[0], null)");
  await page.until("return document.querySelector('dialog.preview video').readyState >= 2", "the movie");
  await pictures("preview");
  await page.run("document.querySelector('dialog.preview').close()");
});

test("trouble", async () => {
  const path = join(scratch, "SHOT-002-001_comp.1007.exr");
  writeFileSync(path, "no picture at all");
  await page.choose(path);
  await pictures("error");
});
