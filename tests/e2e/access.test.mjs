// For everyone: axe-core finds nothing to object to, in any state, dark and light; names, zoom, reduced motion.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterEach, test } from "node:test";
import { Key, binary, demo, fixture, withPage } from "./page.mjs";
import { makePackage, openFolder } from "./packages.mjs";

const require = createRequire(new URL("../../target/node/package.json", import.meta.url));
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const skip = binary ? false : "the command line is not built";
let page;
withPage(async (opened) => {
  page = opened;
  await page.run(AXE);
});

/** Asks axe what it objects to on the page as it stands, in both themes. */
async function inspect(state) {
  for (const theme of ["dark", "light"]) {
    await page.run("if (document.documentElement.dataset.theme !== arguments[0]) gsd.toggleTheme()", theme);
    const violations = await page.driver.executeAsyncScript(`
      const done = arguments[0];
      axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
        .then(({ violations }) => done(violations.flatMap(({ id, nodes }) => nodes.slice(0, 4).map(({ target, failureSummary }) => id + " " + target.join(" ") + ": " + failureSummary))), (error) => done([String(error)]));`);
    objections.push(...violations.map((text) => `${state}, ${theme}: ${text}`));
  }
}
/** All at once, so that one run names them all. */
const objections = [];
afterEach(() => assert.deepEqual(objections.splice(0), []));

test("the first screen", async () => {
  await page.driver.executeAsyncScript("gsd.warmed.then(arguments[0])");
  await inspect("empty");
});

test("the viewer and each of its tabs", async () => {
  await page.choose(fixture("openexr/BrightRingsNanInf.exr"));
  await page.checked();
  for (const tab of ["findings", "probe", "scopes", "compare", "notes", "metadata"]) {
    await page.run("gsd.store.set({ tab: arguments[0] }); gsd.probeAt(320, 320)", tab);
    await page.until(`return !document.querySelector('#panel-${tab}').hidden`, tab);
    await inspect(tab);
  }
});

test("a sequence, two versions, aids", async () => {
  await page.choose(...[1001, 1002].map((number) => demo("SHOT-002-001", number)));
  await page.driver.findElement({ id: "choose-before-files" }).sendKeys(demo("SHOT-002-001", 1003));
  await page.until("return gsd.store.state.compare === 'wipe'", "the comparison");
  await page.run("gsd.look({ falseColor: true }); gsd.store.set({ tab: 'compare' })");
  await inspect("compare");
  await page.run("gsd.look({ falseColor: false, clipping: true }); gsd.versions.setMode('difference')");
  await inspect("difference");
  await page.run("gsd.look({ clipping: false }); gsd.versions.setMode('difference')");
});

test("dialogs and the card", async () => {
  await page.run("document.querySelector('#picture').focus()");
  await page.press("?");
  await inspect("help");
  await page.press(Key.ESCAPE);
  await page.run("gsd.showPalette()");
  await inspect("palette");
  await page.press(Key.ESCAPE);
  await page.run("gsd.store.set({ failure: { kind: 'input', what: 'it is empty', place: 'x', next: 'y', message: '' } })");
  await inspect("card");
  await page.run("gsd.store.set({ failure: null })");
});

test("the package page and the preview", { skip }, async () => {
  await openFolder(page, makePackage());
  await page.run("document.querySelectorAll('details').forEach((node) => { node.open = true; })");
  await inspect("package");
  await page.run("gsd.openPreview(gsd.store.state.pkg.shots[0], null)");
  await inspect("preview");
  await page.press(Key.ESCAPE);
});

test("at 200 % zoom nothing is cut off sideways", { skip }, async () => {
  // Twice as large is half as wide to the page.
  await page.driver.manage().window().setRect({ width: 720, height: 520 });
  await page.until("return innerWidth <= 720", "the small window");
  const overflow = await page.run("const node = document.querySelector('#package'); return node.scrollWidth - node.clientWidth");
  assert.ok(overflow <= 1, `the package page is ${overflow} px too wide`);
  await page.run("gsd.togglePackage()");
  await page.until("return document.body.dataset.phase === 'ready'", "the viewer");
  assert.equal(await page.run("return document.documentElement.scrollWidth <= innerWidth"), true);
  const reachable = await page.run("const box = document.querySelector('#stage').getBoundingClientRect(); return box.width > 200 && box.height > 120");
  assert.ok(reachable, "there is room for the picture");
  await page.driver.manage().window().setRect({ width: 1440, height: 1040 });
});

test("reduced motion is respected", async () => {
  await page.driver.sendDevToolsCommand("Emulation.setEmulatedMedia", { features: [{ name: "prefers-reduced-motion", value: "reduce" }] });
  const moving = await page.run("return [...document.querySelectorAll('*')].filter((node) => { const style = getComputedStyle(node); return style.transitionDuration !== '0s' && style.transitionProperty !== 'none' && style.transitionProperty !== 'all' || style.animationName !== 'none'; }).length");
  assert.equal(moving, 0);
});

test("the page stays quiet", async () => {
  assert.deepEqual(await page.run("return faults"), []);
});
