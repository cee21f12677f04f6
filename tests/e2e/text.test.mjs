// Text in the picture: read on the page by the user's models or the server's, and judged as the command line judges it.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { By, Page, binary, scratch, startBinary, withPage } from "./page.mjs";
import { reported } from "./reports.mjs";
import { signFrame } from "./sign.mjs";

const MODELS = fileURLToPath(new URL("../../target/models/", import.meta.url));
const FILES = ["ch_PP-OCRv4_det_infer.onnx", "ch_PP-OCRv4_rec_infer.onnx"].map((name) => join(MODELS, name));
const skip = binary ? false : "the command line is not built";
const withoutModels = skip || (FILES.every((path) => existsSync(path)) ? false : "scripts/setup-models.sh could not install the models");
/** What reads a picture may take its time on a machine that does something else, too. */
const PATIENCE = 180_000;

const frame = join(scratch, "SHOT-009-001_comp.1001.exr");
let page;
let served;
withPage(async (opened) => {
  page = opened;
  writeFileSync(frame, await signFrame(page, ["EST. 2009", "OPEN 24 HOURS", "646-555-0172"]));
}, { skip });
after(async () => {
  await served?.page.close();
  served?.server.stop();
});

const period = (report) => ({
  answer: report.shots[0].checks.find(({ id }) => id === "no_modern_elements"),
  issues: report.shots[0].issues.filter(({ check }) => check === "no_modern_elements"),
});
const read = (where) => where.until("return !!gsd.store.state.report && !gsd.store.state.reading && !gsd.store.state.checking", "the text", PATIENCE);
const chooseModels = (...paths) => page.driver.findElement(By.id("choose-models")).sendKeys(paths.join("\n"));

/** The page's answer is the command line's; a box may differ by rounding, for other processors add in another order. */
async function assertParity(where) {
  const [ours, theirs] = [period(await where.state("report")), period(reported(frame, MODELS))];
  assert.deepEqual(ours.answer, theirs.answer);
  const words = ({ region: _, file: __, ...issue }) => issue;
  assert.deepEqual(ours.issues.map(words), theirs.issues.map(words));
  ours.issues.forEach(({ region }, i) => region.forEach((value, side) =>
    assert.ok(Math.abs(value - theirs.issues[i].region[side]) <= 2, `${region} and ${theirs.issues[i].region}`)));
  return ours.issues;
}

test("without models nothing is claimed, and the reason says what to do", { skip }, async () => {
  await page.choose(frame);
  await page.checked();
  const { answer, issues } = period(await page.state("report"));
  assert.equal(answer.outcome, "not_applicable");
  assert.match(answer.reason, /text was not looked for: no models are chosen; `blender-gsd models install` brings them/);
  assert.deepEqual(issues, []);
  assert.ok(await page.run("return [...document.querySelectorAll('.panel-actions button')].some((button) => button.textContent === 'Models for text')"));
  await page.assertQuiet();
});

test("files that are no models are refused in words", { skip }, async () => {
  const folder = join(scratch, "models");
  mkdirSync(folder);
  const [empty, damaged] = [join(folder, "model.onnx"), join(folder, "ch_PP-OCRv4_det_infer.onnx")];
  writeFileSync(empty, "no model");
  writeFileSync(damaged, Buffer.alloc(4_745_517));
  await chooseModels(empty, damaged);
  await page.until("return !!document.querySelector('.card')", "the card", PATIENCE);
  const card = await page.text(".card");
  assert.match(card, /These files are not the models that read text/);
  assert.match(card, /ch_PP-OCRv4_det_infer\.onnx, which finds lines of text, is not among these files, or is damaged/);
  assert.match(card, /Choose both \.onnx files; `blender-gsd models install` brings them/);
  await page.run("document.querySelector('.card .button').click()");
});

test("with the user's models, the sign's year and number are found, boxed, and are those of the command line", { skip: withoutModels }, async () => {
  await page.run("window.longest = 0; new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration); }).observe({ type: 'longtask' })");
  // One after the other: the first alone is not enough, and is kept.
  await chooseModels(FILES[0]);
  await page.until("return /ch_PP-OCRv4_rec_infer/.test(document.querySelector('.card')?.textContent)", "the card", PATIENCE);
  await page.run("document.querySelector('.card .button').click()");
  await chooseModels(FILES[1]);
  await page.until("return !!gsd.store.state.reading", "that text is read", PATIENCE);
  assert.match(await page.text(".verdict"), /Reading text in 1 picture/);
  await read(page);
  const issues = await assertParity(page);
  assert.deepEqual(issues.map(({ description }) => /"([^"]+)"/.exec(description)[1]).sort(), ["646-555-0172", "EST.2009"]);
  const boxed = await page.run("return [...document.querySelectorAll('#overlay .box')].map((box) => box.getAttribute('aria-label'))");
  for (const { severity, description } of issues) assert.ok(boxed.includes(`${severity}: ${description}`), `${description} is not among ${boxed}`);
  // Reading takes seconds: were it done here, no task would be so short.
  const longest = await page.run("return longest");
  assert.ok(longest < 250, `the page stood still for ${longest} ms`);
});

test("reading can be stopped, and begun again", { skip: withoutModels }, async () => {
  await page.run("gsd.checks.run(gsd.store.state.shot)");
  await page.until("return !!gsd.store.state.reading", "that text is read", PATIENCE);
  await page.run("[...document.querySelectorAll('.verdict button')].find((button) => button.textContent === 'Stop').click()");
  await page.until("return /Text was not read/.test(document.querySelector('.verdict').textContent)", "that it was stopped");
  assert.match(period(await page.state("report")).answer.reason, /text was not looked for: it is not read yet/);
  await page.run("[...document.querySelectorAll('.verdict button')].find((button) => button.textContent === 'Check again').click()");
  await page.until("return !gsd.store.state.report", "the checks begin");
  await read(page);
  assert.equal(period(await page.state("report")).issues.length, 2);
});

test("the server's models are used without a question, and nothing comes from elsewhere", { skip: withoutModels }, async () => {
  const server = await startBinary(undefined, { models: MODELS });
  served = { server, page: await Page.open(server) };
  await served.page.choose(frame);
  await served.page.until("return !!gsd.store.state.reading", "that text is read", PATIENCE);
  await read(served.page);
  await assertParity(served.page);
  assert.deepEqual(await served.page.run("return faults"), []);
  const late = await served.page.run("return performance.getEntriesByType('resource').slice(requestsAtLoad).map(({ name }) => name).filter((name) => !name.startsWith('blob:'))");
  const paths = late.map((name) => new URL(name)).map(({ origin, pathname }) => [origin, pathname]);
  const { origin } = new URL(server.url);
  const expected = ["/models/ch_PP-OCRv4_det_infer.onnx", "/models/ch_PP-OCRv4_rec_infer.onnx", "/js/text-worker.js", "/pkg/blender_gsd_text.js", "/pkg/blender_gsd_text_bg.wasm"];
  assert.deepEqual(paths.sort(), expected.map((path) => [origin, path]).sort());
});
