// The page as one file, opened from the disk: the same code, workers included, and a package's report in it.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { openBrowser } from "../../scripts/browser.mjs";
import { Page, binary, demo } from "./page.mjs";
import { makePackage } from "./packages.mjs";

const single = fileURLToPath(new URL("../../www/review.html", import.meta.url));
const skip = existsSync(single) ? false : "www/review.html is not built";
let page;
before(async () => {
  if (!skip) page = new Page(await openBrowser({ args: ["--window-size=1440,1040"] }));
});
after(() => page?.close());

async function open(path) {
  await page.driver.get(`${pathToFileURL(path)}?test`);
  await page.until("return typeof gsd === 'object' && document.body.dataset.phase !== 'starting'", "the page starts");
  await page.run("window.faults = []; addEventListener('securitypolicyviolation', (event) => faults.push(event.violatedDirective))");
}
const quiet = async () => {
  assert.deepEqual(await page.run("return faults"), []);
  const log = await page.driver.manage().logs().get("browser");
  assert.deepEqual(log.filter((entry) => entry.level.name === "SEVERE").map((entry) => entry.message), []);
  const requests = await page.run("return performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => !/^(blob|data|file):/.test(name))");
  assert.deepEqual(requests, [], "requests");
};

test("a frame is decoded and checked", { skip }, async () => {
  await open(single);
  await page.choose(demo("SHOT-002-002", 1001));
  assert.equal(await page.text(".card"), null);
  await page.checked();
  await quiet();
});

test("there is one marker for a package, and no outside source", { skip }, () => {
  const html = readFileSync(single, "utf8");
  assert.equal(html.split("<!--gsd-package-->").length, 2);
  assert.doesNotMatch(html, /<(script|link)\b[^>]+\b(src|href)="(?!data:)/);
});

test("it opens on the report it carries and plays the movies beside it", { skip: skip || (binary ? false : "the command line is not built") }, async () => {
  const root = makePackage();
  const report = JSON.parse(readFileSync(join(root, "qc_report.json"), "utf8"));
  report.shots[0].issues[0].picture = "qc/finding.png";
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";
  mkdirSync(join(root, "qc"));
  writeFileSync(join(root, "qc/finding.png"), Buffer.from(pixel, "base64"));
  const carried = {
    qc_report: report, files: [{ path: "preview/SHOT-002-001_preview.mp4", bytes: 1234 }, { path: "qc/finding.png", bytes: 67 }],
    thumbnails: { "SHOT-002-001": `data:image/png;base64,${pixel}`, "SHOT-002-002": `data:image/png;base64,${pixel}` },
  };
  const json = JSON.stringify(carried).replaceAll("<", "\\u003c");
  writeFileSync(join(root, "review.html"), readFileSync(single, "utf8").replace("<!--gsd-package-->", () => `<script type="application/json" id="gsd-package">${json}</script>`));
  await open(join(root, "review.html"));
  await page.until("return document.body.dataset.phase === 'package'", "the package page");
  assert.match(await page.text(".banner h2"), /Not ready to cut/);
  assert.ok(await page.run("return document.querySelector('.card-picture video').poster.startsWith('data:image/png')"), "the picture of a shot until its movie plays");
  await page.until("return document.querySelector('.card-picture img')?.naturalWidth === 1", "the picture of a shot without a movie");
  await page.until("const image = document.querySelector('.finding-picture'); image.scrollIntoView(); return image.naturalWidth === 1", "the picture of a finding");
  await page.run("const { pkg } = gsd.store.state; const shot = pkg.shots[0]; gsd.openPreview(shot, shot.issues.find((issue) => issue.frame === 1005))");
  await page.until("return document.querySelector('dialog.preview video').readyState >= 2", "the movie plays");
  assert.match(await page.text(".preview-bar strong"), /^1005 /);
  await quiet();
});
