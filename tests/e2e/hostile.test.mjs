// Names and texts that would like to be markup or script, and pages of others that would like to read what is served.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, test } from "node:test";
import { exrHeader } from "./exr.mjs";
import { FRAMES, makePackage, openFolder } from "./packages.mjs";
import { binary, demo, scratch, startBinary, withPage } from "./page.mjs";

const skip = binary ? false : "the command line is not built";
/** Each would leave a mark if anything took it for more than text. */
const EVIL = "\"'><img src=x onerror=\"window.pwned=1\"><script>window.pwned=1</script><svg/onload=pwned=1><b class=evil>${pwned=1}javascript:pwned=1";
let page;
withPage((opened) => { page = opened; });

async function assertHarmless() {
  assert.deepEqual(await page.run(`return {
    pwned: window.pwned ?? null,
    made: [...document.querySelectorAll("img[src=x], b.evil, svg[onload], [onerror], body script")].map((node) => node.outerHTML),
    links: [...document.querySelectorAll("a[href^='javascript:'], [style*=evil]")].length }`), { pwned: null, made: [], links: 0 });
}

/** A picture of uncompressed floats whose layers, channels and attributes are called so. */
function hostileFrame(path) {
  const layers = ["", `${EVIL}.`, "<i>layer</i>."];
  const { header, tables, chunks, size } = exrHeader({ width: 16, height: 8, layers, multipart: false, texts: { [EVIL.slice(0, 200)]: EVIL, owner: EVIL, comments: EVIL } });
  const bytes = Buffer.alloc(size);
  header.copy(bytes, 0);
  tables.copy(bytes, header.length);
  for (const chunk of chunks) chunk.bytes.copy(bytes, chunk.at);
  writeFileSync(path, bytes);
}

test("layers, channels and attributes of a file", async () => {
  const path = join(scratch, "hostile.1001.exr");
  hostileFrame(path);
  await page.choose(path);
  assert.equal(await page.text(".card"), null);
  await page.checked();
  const layers = await page.run("return gsd.store.state.inspection.layers.map(({ name }) => name)");
  assert.ok(layers.some((name) => name.includes("onerror")), JSON.stringify(layers));
  for (const index of layers.keys()) await page.run("gsd.showLayer(arguments[0])", index);
  for (const tab of await page.driver.findElements({ css: "[role=tab]" })) {
    if (await tab.isDisplayed()) await tab.click();
    await assertHarmless();
  }
  assert.ok((await page.run("return document.body.textContent")).includes("window.pwned=1"), "they are shown, as text");
  const html = await page.driver.executeAsyncScript("gsd.saveReport().then(arguments[0])");
  assert.doesNotMatch(html, /<script|<img src=x|<svg\/onload|<b class/);
});

test("names of files", async () => {
  const bytes = readFileSync(demo("SHOT-002-001", 1001));
  await page.drop({ name: `${EVIL.replaceAll("/", "")}.1001.exr`, bytes }, { name: `${EVIL.replaceAll("/", "")}.1003.exr`, bytes: Buffer.from("no picture") });
  await page.checked();
  await assertHarmless();
});

/** Every text of a report but the words that the page goes by. */
function poison(value, key = "") {
  if (Array.isArray(value)) return value.map((each) => poison(each, key));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, poison(each, name)]));
  const isWord = ["status", "severity", "category", "check", "schema_version", "file"].includes(key);
  return typeof value === "string" && !isWord ? `${value}${EVIL}` : value;
}

test("a package's report, metadata and checks", { skip }, async () => {
  const root = makePackage({ change: (report) => {
    for (const shot of report.shots) Object.assign(shot, poison({ ...shot, shot_id: undefined }), { shot_id: shot.shot_id });
    report.shots[0].issues.push({ check: EVIL, severity: EVIL, category: EVIL, description: EVIL, frame: EVIL, region: [EVIL, EVIL, EVIL, EVIL], file: EVIL, measured: EVIL, limit: EVIL, layer: EVIL });
    report.shots.push({ shot_id: EVIL, status: EVIL, issues: [], checks: [{ name: EVIL, outcome: EVIL, reason: EVIL }] });
    report[EVIL] = EVIL;
  } });
  mkdirSync(join(root, "metadata/shots"), { recursive: true });
  writeFileSync(join(root, "metadata/scene_metadata.json"), JSON.stringify({ scene_id: EVIL, title: EVIL, notes: [EVIL, { [EVIL]: EVIL }] }));
  writeFileSync(join(root, "metadata/shots/SHOT-002-001.json"), JSON.stringify({ shot_id: "SHOT-002-001", frame_range: [FRAMES[0], FRAMES.at(-1)], prompt: EVIL, [EVIL]: EVIL, files: [{ path: EVIL, kind: EVIL }, { path: "javascript:pwned=1", kind: "preview_h264" }] }));
  await openFolder(page, root);
  await assertHarmless();
  for (const tab of await page.driver.findElements({ css: ".package-bar button, [role=tab]" })) {
    if (await tab.isDisplayed()) await tab.click();
    await assertHarmless();
  }
});

test("the page stays quiet", async () => page.assertQuiet());

const others = [];
after(async () => { for (const stop of others) await stop(); });

test("a page from elsewhere reads nothing that is served", { skip }, async () => {
  const folder = join(scratch, "served");
  mkdirSync(folder);
  writeFileSync(join(folder, "secret.txt"), "secret");
  const server = await startBinary(folder);
  others.push(() => server.stop());
  const { origin } = new URL(server.url);
  const elsewhere = createServer((request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>elsewhere</title>"));
  await new Promise((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  others.push(() => elsewhere.close());
  await page.driver.get(`http://127.0.0.1:${elsewhere.address().port}/`);
  for (const address of [`${origin}/files/secret.txt`, `${origin}/files/`, `${origin}/`]) {
    const outcome = await page.driver.executeAsyncScript(`
      const [address, done] = arguments;
      const tried = async (init) => fetch(address, init).then(() => "answered", () => "refused");
      const embedded = () => new Promise((resolve) => {
        const script = Object.assign(document.createElement("script"), { src: address, onload: () => resolve("answered"), onerror: () => resolve("refused") });
        document.head.append(script);
      });
      Promise.all([tried({}), tried({ mode: "no-cors" }), tried({ headers: { "x-asked": "1" } }), embedded()]).then(done);`, address);
    assert.deepEqual(outcome, ["refused", "refused", "refused", "refused"], address);
  }
  // In a frame nothing of it is shown, and a window that was opened gives no handle on it.
  const framed = await page.driver.executeAsyncScript(`
    const [address, done] = arguments;
    const frame = Object.assign(document.createElement("iframe"), { src: address, onload: () => { try { done(frame.contentDocument?.title ?? "closed"); } catch { done("closed"); } } });
    document.body.append(frame);`, `${origin}/`);
  assert.equal(framed, "closed");
});
