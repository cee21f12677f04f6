// Movies that are dropped: decoded by the browser, checked by the same core as on the command line, with the same report.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { binary, scratch, withPage } from "./page.mjs";
import { makePackage, openFolder } from "./packages.mjs";
import { assertSame, comparable, reported } from "./reports.mjs";

const skip = binary ? false : "the command line is not built";
let page;
withPage((opened) => { page = opened; });

const folder = join(scratch, "movies");
mkdirSync(folder, { recursive: true });
const TAGS = "-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv -movflags +faststart";

/** A second of something that moves, under grain; `filter` is what is wrong with it. */
function encode(name, { filter = "null", codec = "-c:v libx264 -pix_fmt yuv420p -crf 12", tags = `${TAGS} -timecode 00:00:41:17`, rate = "24" } = {}) {
  const path = join(folder, name);
  execFileSync("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", `testsrc2=s=320x180:r=${rate}:d=0.75,eq=contrast=0.7,noise=alls=9:allf=t+u,${filter}`,
    ...codec.split(" "), ...tags.split(" "), path]);
  return path;
}

/** What the page finds in movies that are chosen together. */
async function checked(...paths) {
  await page.run("gsd.store.set({ pkg: null })");
  await page.driver.findElement({ id: "choose-files" }).sendKeys(paths.join("\n"));
  await page.until("return gsd.store.state.pkg !== null && !gsd.store.state.pkg.checking", "the movies' report", 60_000);
  return page.run("return gsd.store.state.pkg.raw");
}

async function assertParity(path) {
  const report = await checked(path);
  assertSame(comparable(report), comparable(reported(path)));
  return report.shots[0];
}

test("a sound movie and spoiled ones: the report is the command line's, field by field", { skip }, async () => {
  const sound = await assertParity(encode("S1_preview.mp4"));
  assert.deepEqual(sound.frame_range, [1, 18]);
  assert.ok(Object.values(sound.metrics).some((values) => values.length === 18 && values.every((value) => value > 0)), "every frame was measured");
  const cases = [
    ["white.mp4", { filter: "drawbox=x=100:w=60:y=40:h=40:color=white:t=fill" }, "no_clipped_highlights"],
    ["black.mp4", { filter: "drawbox=x=100:w=60:y=40:h=40:color=black:t=fill:enable=gte(n\\,9)" }, "no_crushed_blacks"],
    ["line.mov", { filter: "drawbox=x=0:w=2:y=0:h=ih:color=black:t=fill" }, "resolution_match"],
    ["ntsc.mp4", { rate: "24000/1001" }, "frame_rate_correct"],
    ["repeated.mp4", { filter: "loop=loop=1:size=1:start=5" }, "frame_rate_correct"],
    ["fields.mp4", { codec: "-c:v libx264 -pix_fmt yuv420p -flags +ilme+ildct -x264opts tff=1" }, "resolution_match"],
    ["full.mp4", { codec: "-c:v libx264 -pix_fmt yuvj420p", tags: "-timecode 00:00:41:17" }, "color_space_valid"],
    ["untagged.mov", { tags: "-timecode 00:00:41:17" }, "color_space_valid"],
    ["odd.mp4", { filter: "crop=318:178" }, "resolution_match"],
    ["b-frames.mp4", { codec: "-c:v libx264 -pix_fmt yuv420p -bf 3 -x264opts b-pyramid=normal:ref=4" }, null],
  ];
  for (const [name, options, check] of cases) {
    const { issues } = await assertParity(encode(name, options));
    if (check) assert.ok(issues.some((issue) => issue.check === check), `${name}: ${JSON.stringify(issues)}`);
  }
});

test("a finding opens the movie at its frame, with its box", { skip }, async () => {
  await checked(encode("boxed.mp4", { filter: "drawbox=x=100:w=60:y=40:h=40:color=white:t=fill:enable=gte(n\\,9)" }));
  const text = await page.text("#package");
  assert.ok(text.includes("legal maximum"), text);
  await page.run("[...document.querySelectorAll('.findings-table .link')].find((link) => link.textContent.includes('legal maximum')).click()");
  await page.until("return document.querySelector('dialog.preview').open && document.querySelector('dialog.preview video').currentTime > 0", "the movie at its frame");
  const { time, box } = await page.run(`
    const { x, y, width, height } = document.querySelector(".preview-boxes rect").attributes;
    return { time: document.querySelector("dialog.preview video").currentTime, box: [x, y, width, height].map(({ value }) => Number(value)) };`);
  // The tenth frame is the first with the fault; its middle.
  assert.ok(time * 24 >= 9, `${time}`);
  for (const [value, expected] of box.map((value, i) => [value, [100, 40, 60, 40][i]])) assert.ok(Math.abs(value - expected) <= 3, `${box}`);
  await page.run("document.querySelector('dialog.preview').close()");
});

test("ProRes is not decoded, and the report says what was checked all the same", { skip }, async () => {
  const path = encode("S1_prores4444.mov", { codec: "-c:v prores_ks -profile:v 4 -pix_fmt yuv444p10le" });
  const [shot] = (await checked(path)).shots;
  const [theirs] = reported(path).shots;
  const technical = ({ issues }) => issues.filter(({ category, description }) => category === "technical" && !description.startsWith("A black")).map(({ check, description }) => [check, description]);
  assert.deepEqual(technical(shot), technical(theirs));
  for (const { id, outcome, reason } of shot.checks) {
    assert.match(reason, /no frame was looked at: browsers do not decode ProRes|judged on the masters/, id);
    assert.equal(outcome === "not_applicable", !["resolution_match", "frame_rate_correct", "color_space_valid"].includes(id), `${id} ${outcome}`);
  }
});

test("what is cut short, lies, or is no movie is a finding, not a halt", { skip }, async () => {
  const whole = readFileSync(encode("whole.mp4"));
  const write = (name, bytes) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const cut = write("cut.mp4", whole.subarray(0, Math.floor(whole.length * 0.6)));
  const none = write("none.mp4", Buffer.from("no movie at all"));
  const noise = Buffer.from(whole);
  noise.fill(0x5a, Math.floor(whole.length / 2));
  const { shots } = await checked(cut, none, write("noise.mp4", noise));
  const found = Object.fromEntries(shots.map(({ shot_id: id, issues }) => [id, issues.map(({ description }) => description).join(" ")]));
  assert.match(found.cut, /ends in an error after \d+ frames: .*the file ends inside picture/);
  assert.match(found.cut, /The header counts 18 frames/);
  assert.match(found.none, /The movie cannot be read/);
  assert.match(found.noise, /ends in an error|No frame of the movie can be decoded|legal maximum|black/);
});

test("checking a movie can be stopped, and taken up again", { skip }, async () => {
  const path = join(folder, "long.mp4");
  execFileSync("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=1280x534:r=24:d=20", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path]);
  await page.run("gsd.store.set({ pkg: null })");
  await page.driver.findElement({ id: "choose-files" }).sendKeys(path);
  await page.until("return document.querySelector('.banner progress')?.value > 2", "the first frames");
  await page.run("document.querySelector('.banner button').click()");
  await page.until("return gsd.store.state.pkg.checking === false", "the stop");
  assert.match(await page.text(".banner h2"), /Nothing was checked/);
  assert.ok(await page.run("return [...document.querySelectorAll('.package-bar button')].some((button) => button.textContent === 'Check again')"));
  // The next one begins at once: what was stopped is not decoded to its end.
  const { shots } = await checked(encode("next.mp4"));
  assert.equal(shots[0].shot_id, "next");
  await page.assertQuiet();
});

test("the movies of a package are checked under its frame numbers, and one goes back to it", { skip }, async () => {
  await page.run("gsd.store.set({ pkg: null })");
  await openFolder(page, makePackage());
  const press = (label) => page.run("[...document.querySelectorAll('.package-bar button')].find((button) => button.textContent === arguments[0]).click()", label);
  await press("Check movies");
  await page.until("return gsd.store.state.pkg.from && !gsd.store.state.pkg.checking", "the movies' report", 60_000);
  const shots = await page.run("return gsd.store.state.pkg.raw.shots.map(({ shot_id: id, frame_range: range, files }) => ({ id, range, files }))");
  assert.deepEqual(shots.map(({ id, range }) => [id, range]).sort(), [["SHOT-002-001_preview", [1001, 1008]], ["SHOT-002-002_preview", [1001, 1001]]]);
  assert.ok(shots.every(({ files }) => files[0].kind === "preview_h264"), JSON.stringify(shots));
  await press("Back to SCN-002");
  await page.until("return gsd.store.state.pkg.name === 'SCN-002' && gsd.store.state.pkg.history !== null", "the package");
  await page.assertQuiet();
});
