// The checks on the page are those of the command line: the two reports of the same frames, field by field.

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { binary, demo, fixture, scratch, withPage } from "./page.mjs";
import { assertSame, comparable, reported } from "./reports.mjs";

const skip = binary ? false : "the command line is not built";
let page;
withPage((opened) => { page = opened; });

async function assertParity(...paths) {
  const folder = mkdtempSync(join(scratch, "parity-"));
  for (const path of paths) copyFileSync(path, join(folder, path.split("/").at(-1)));
  const files = readdirSync(folder).sort().map((name) => join(folder, name));
  await page.run("gsd.store.set({ report: null })");
  await page.choose(...files);
  await page.checked();
  const report = await page.state("report");
  assertSame(comparable(report), comparable(reported(files.length > 1 ? folder : files[0])));
  return report.shots[0];
}

test("a sequence with a missing frame", { skip }, async () => {
  const shot = await assertParity(...[1001, 1002, 1003, 1005].map((number) => demo("SHOT-002-001", number)));
  assert.deepEqual(shot.frame_range, [1001, 1005]);
  assert.ok(Object.keys(shot.metrics).length > 5, "measurements are compared too");
});

test("a sequence with a frame that cannot be read, and one that is cut short", { skip }, async () => {
  const broken = mkdtempSync(join(scratch, "broken-"));
  const paths = [1001, 1002, 1003].map((number) => join(broken, `shot.${number}.exr`));
  const whole = readFileSync(demo("SHOT-002-001", 1001));
  writeFileSync(paths[0], whole);
  writeFileSync(paths[1], "this is no picture");
  writeFileSync(paths[2], whole.subarray(0, Math.floor(whole.length * 0.7)));
  const shot = await assertParity(...paths);
  assert.ok(shot.issues.some((issue) => issue.description.startsWith("The frame cannot be read")));
});

test("frames with mattes, with numbers that are none, and alone", { skip }, async () => {
  await assertParity(demo("SHOT-002-002", 1001));
  await assertParity(fixture("openexr/BrightRingsNanInf.exr"));
  for (const name of readdirSync(fixture("cryptomatte")).filter((name) => name.endsWith(".exr"))) {
    const { checks } = await assertParity(fixture(`cryptomatte/${name}`));
    assert.equal(checks.length, 8);
  }
});
