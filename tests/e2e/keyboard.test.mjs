// The three flows by keyboard alone. Only the browser's own file dialog is stood in for: that its command is reached is tested.

import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Key, Page, binary, demo, fixture, scratch, withPage } from "./page.mjs";
import { makePackage, openFolder } from "./packages.mjs";

const skip = binary ? false : "the command line is not built";
let page;
withPage(async (opened) => {
  page = opened;
  await page.driver.sendDevToolsCommand("Page.setInterceptFileChooserDialog", { enabled: true });
  await page.run("window.asked = []; for (const input of document.querySelectorAll('input[type=file]')) input.addEventListener('click', () => asked.push(input.id))");
});

const asked = () => page.run("return asked.splice(0)");
const focused = () => page.run("return document.activeElement.textContent || document.activeElement.id");
const labelled = (text) => `node.textContent.trim() === ${JSON.stringify(text)} || node.getAttribute('aria-label') === ${JSON.stringify(text)}`;

test("one frame: chosen, looked at, found, saved", async () => {
  await page.tabTo(labelled("Choose files"));
  await page.press(Key.ENTER);
  assert.deepEqual(await asked(), ["choose-files"]);
  await page.choose(fixture("openexr/BrightRingsNanInf.exr"));
  await page.checked();
  assert.equal(await page.run("return document.activeElement.id"), "picture", "the focus is not lost with the button");
  await page.press("n");
  assert.equal(await page.state("finding"), 0);
  await page.chord(Key.SHIFT, Key.ARROW_RIGHT);
  await page.chord(Key.SHIFT, Key.ARROW_DOWN);
  await page.press("p");
  assert.equal((await page.state("pins")).length, 1);
  await page.chord(Key.SHIFT, "x");
  await page.until("return /bad pixels/.test(document.querySelector('.toast').textContent)", "the next bad pixel");
  await page.tabTo("node.id === 'tab-probe'");
  await page.press(Key.ARROW_RIGHT);
  assert.equal(await page.state("tab"), "scopes");
  await page.until("return document.querySelector('.scope-trace').getAttribute('aria-label').startsWith('parade')", "the parade");
  await page.tabTo(labelled("Vectorscope"));
  await page.press(Key.SPACE);
  assert.equal(await page.state("scope"), "vectorscope");
  const [html] = await page.saved(() => page.chord(Key.CONTROL, Key.SHIFT, "h"));
  assert.match(html, /^<!doctype html>[\s\S]*BrightRingsNanInf/);
});

test("a package: read, narrowed, opened at a finding, played, saved", { skip }, async () => {
  await page.chord(Key.CONTROL, Key.SHIFT, "o");
  assert.deepEqual(await asked(), ["choose-folder"]);
  await openFolder(page, makePackage());
  await page.tabTo("/^Findings \\d+$/.test(node.textContent) && node.closest('.package-bar')");
  await page.press(Key.ENTER);
  assert.equal(await page.run("return document.activeElement.id"), "package-findings-section");
  const rows = () => page.run("return document.querySelectorAll('.findings-table tbody tr').length");
  const all = await rows();
  await page.tabTo("/^i info/.test(node.textContent)");
  await page.press(Key.SPACE);
  assert.ok((await rows()) < all || (await page.run("return gsd.store.state.pkg.report.summary.infos")) === 0);
  await page.press(Key.SPACE);
  await page.tabTo("node.matches('.findings-table tbody .link')");
  while (!/LEDBillboard/.test(await focused())) await page.press(Key.ARROW_DOWN);
  await page.press(Key.ENTER);
  await page.until("return gsd.store.state.frame?.number === 1005 && gsd.store.state.finding >= 0", "the frame of the finding");
  await page.press("u");
  await page.until("return document.body.dataset.phase === 'package'", "the package page");
  assert.match(await focused(), /LEDBillboard/, "back at the row it was left from");
  await page.chord(Key.SHIFT, Key.TAB);
  await page.run("document.querySelector('#package').focus()");
  await page.tabTo("node.matches('.card-picture')");
  await page.press(Key.ENTER);
  await page.until("return document.querySelector('dialog.preview video').readyState >= 2", "the preview");
  await page.press(Key.ARROW_RIGHT, Key.ARROW_RIGHT);
  assert.match(await page.text(".preview-bar strong"), /^1003 /);
  await page.press(Key.ESCAPE);
  assert.equal(await page.run("return document.activeElement.className"), "card-picture", "back at the card");
  const [csv] = await page.saved(() => page.chord(Key.CONTROL, Key.SHIFT, "e"));
  assert.equal(csv.trimEnd().split("\r\n").length, all + 1);
});

test("two versions: chosen, wiped, flipped, compared, noted", async () => {
  await page.chord(Key.CONTROL, "o");
  assert.deepEqual(await asked(), ["choose-files"]);
  const named = (version, number) => {
    const path = join(scratch, `SHOT-002-001_comp_${version}.1001.exr`);
    copyFileSync(demo("SHOT-002-001", number), path);
    return path;
  };
  await page.choose(named("v002", 1001));
  await page.chord(Key.SHIFT, "w");
  assert.deepEqual(await asked(), ["choose-before"]);
  await page.driver.findElement({ id: "choose-before-files" }).sendKeys(named("v001", 1006));
  await page.until("return gsd.store.state.otherFrame !== null", "the other version");
  await page.tabTo("node.matches('.wipe')");
  await page.press(Key.HOME, Key.ARROW_RIGHT);
  assert.equal(await page.state("wipe"), 0.02);
  await page.press("d");
  assert.equal(await page.state("compare"), "difference");
  await page.press("`", "`");
  assert.deepEqual([await page.state("compare"), await page.state("flipped")], ["flip", false]);
  await page.tabTo("node.getAttribute('role') === 'tab'");
  while ((await page.state("tab")) !== "compare") await page.press(Key.ARROW_RIGHT);
  await page.until("return /pixels look different/.test(document.querySelector('.changes').textContent)", "the changes in words");
  await page.press("m");
  await page.until("return document.activeElement.tagName === 'TEXTAREA'", "the note's field");
  await page.press("Lamp is too warm");
  await page.chord(Key.CONTROL, Key.ENTER);
  await page.tabTo(labelled("EDL locators"));
  const [edl] = await page.saved(() => page.press(Key.ENTER));
  assert.match(edl, /LOC: .*Lamp is too warm/);
});

test("the page stays quiet", async () => page.assertQuiet());
