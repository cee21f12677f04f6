// What the tests share: a server, a browser with the page in it, files, and the page's pixels.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:http";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { By, Key, openBrowser } from "../../scripts/browser.mjs";

export { By, Key } from "../../scripts/browser.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
export const fixture = (path) => join(root, "tests/fixtures", path);
export const demo = (shot, frame) => fixture(`demo/composites/SCN-002/${shot}/${shot}_comp.${frame}.exr`);

/** The command line, or null where it is not built. */
export const binary = [process.env.GSD_BIN, join(root, "target/release/blender-gsd")].find((path) => path && existsSync(path)) ?? null;
export const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'; "
  + "img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self'";

export const scratch = mkdtempSync(join(tmpdir(), "page-e2e-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

/** Starts `blender-gsd serve`, or, said loudly, a server of our own where the binary is missing. */
export async function startServer() {
  if (binary && !process.env.GSD_PAGE_FROM_SOURCE) return startBinary();
  console.error("!! the page is served by a stand-in, not by `blender-gsd serve`");
  return startStandIn();
}

/**
 * The page that is in the binary, with the files of a folder where one is named; with models for text only where they are named, too, for the
 * page loads what reads it later.
 * @param {string} [folder] @param {{models?: string}} [settings]
 */
export async function startBinary(folder, { models = join(scratch, "no-models") } = {}) {
  const child = spawn(binary, ["serve", ...(folder ? [folder] : []), "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, BLENDER_GSD_MODELS: models },
  });
  const url = await new Promise((resolve, reject) => {
    let text = "";
    child.on("exit", (code) => reject(new Error(`serve ended with ${code}`)));
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const found = /"url":\s*"([^"]+)"/.exec(text);
      if (found) resolve(found[1]);
    });
  });
  return { url, stop: () => child.kill() };
}

/**
 * Before the tests of a file a server and a page on it, after them neither. `opened` is given both, and does what the tests begin with.
 * @param {(page: Page, server: {url: string}) => unknown} opened
 * @param {{skip?: unknown, options?: () => unknown}} [settings] `skip`: that there is nothing to open; `options`: what {@link Page.open} is told
 */
export function withPage(opened, { skip = false, options = () => ({}) } = {}) {
  let server;
  let page;
  before(async () => {
    if (skip) return;
    server = await startServer();
    page = await Page.open(server, await options());
    await opened(page, server);
  });
  after(async () => {
    await page?.close();
    server?.stop();
  });
}

/** A plain static host; `wasm` is what it calls wasm. */
export async function startStandIn({ wasm = "application/wasm" } = {}) {
  const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".wasm": wasm };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const path = normalize(join(root, "www", pathname === "/" ? "index.html" : decodeURIComponent(pathname)));
    if (!path.startsWith(join(root, "www")) || !existsSync(path) || statSync(path).isDirectory()) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream", "content-security-policy": CSP });
    response.end(readFileSync(path));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}

/** `blender-gsd convert`: the PNG's bytes. */
export function convert(path, ...options) {
  const output = join(scratch, `reference-${Math.random().toString(36).slice(2)}.png`);
  execFileSync(binary, ["convert", path, output, ...options], { stdio: ["ignore", "ignore", "pipe"] });
  return readFileSync(output);
}

/** A browser with the page loaded. */
export class Page {
  static async open(server, { query = "", args = [], driver = null } = {}) {
    const page = new Page(driver ?? await openBrowser({ args: ["--window-size=1440,1040", ...args] }));
    await page.load(`${server.url}?test${query}`);
    return page;
  }

  /** Loads an address and watches what goes wrong from then on. */
  async load(url) {
    await this.driver.manage().setTimeouts({ script: 60_000 });
    await this.driver.get(url);
    await this.until("return typeof gsd === 'object' && document.body.dataset.phase !== 'starting'", "the page starts");
    await this.run(`
      window.faults = [];
      addEventListener("error", (event) => faults.push(String(event.message)));
      addEventListener("unhandledrejection", (event) => faults.push(String(event.reason?.what ?? event.reason)));
      addEventListener("securitypolicyviolation", (event) => faults.push("CSP: " + event.violatedDirective + " " + event.blockedURI));
      window.requestsAtLoad = performance.getEntriesByType("resource").length;`);
  }

  constructor(driver) {
    this.driver = driver;
  }

  run(script, ...args) {
    return this.driver.executeScript(script, ...args);
  }

  async until(script, what, timeout = 20_000) {
    await this.driver.wait(async () => this.run(script), timeout, `waited in vain: ${what}`);
  }

  state(key) {
    return this.run("return gsd.store.state[arguments[0]]", key);
  }

  /** Chooses files through the input and waits for the picture, or for the card that says why there is none. */
  async choose(...paths) {
    const before = await this.state("pictureCount");
    await this.driver.findElement(By.id("choose-files")).sendKeys(paths.join("\n"));
    await this.settled(before);
  }

  async settled(before) {
    await this.until(`return gsd.store.state.pictureCount > ${before} || !!document.querySelector(".card")`, "a picture or a card");
  }

  /** Drops files as an event of our own: `{name, bytes}`. */
  async drop(...files) {
    const before = await this.state("pictureCount");
    await this.run(`
      const transfer = new DataTransfer();
      for (const { name, data } of arguments[0]) {
        transfer.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name));
      }
      dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    `, files.map(({ name, bytes }) => ({ name, data: bytes.toString("base64") })));
    await this.settled(before);
  }

  checked() {
    return this.until("return !!gsd.store.state.report", "the report");
  }

  text(selector) {
    return this.run("return document.querySelector(arguments[0])?.textContent ?? null", selector);
  }

  async press(...keys) {
    await this.driver.actions().sendKeys(...keys).perform();
  }

  /** Goes on with Tab until the focus is on what a script recognises as `node`; fails where that never comes. */
  async tabTo(recognises, most = 80) {
    for (let i = 0; i < most; i++) {
      if (await this.run(`const node = document.activeElement; return Boolean(node && (${recognises}))`)) return;
      await this.press(Key.TAB);
    }
    assert.fail(`Tab never reaches: ${recognises}`);
  }

  /** Presses keys together: `chord(Key.CONTROL, "k")`. */
  chord(...keys) {
    const held = keys.slice(0, -1);
    const actions = held.reduce((all, key) => all.keyDown(key), this.driver.actions()).sendKeys(keys.at(-1));
    return held.reduce((all, key) => all.keyUp(key), actions).perform();
  }

  /** The text of what a command hands to the user as files, in their order. @param {() => Promise<void>} act */
  async saved(act) {
    await this.run(`
      window.handed = [];
      window.makeUrl ??= URL.createObjectURL;
      URL.createObjectURL = (blob) => { if (blob.type !== "image/png") handed.push(blob); return makeUrl.call(URL, blob); };`);
    await act();
    await this.until("return handed.length > 0", "a file to save");
    return this.driver.executeAsyncScript("const done = arguments[0]; URL.createObjectURL = makeUrl; Promise.all(handed.map((blob) => blob.text())).then(done)");
  }

  /** The canvas at one to one, its corner at pixel `x`, `y` of the display window: RGBA rows from the top. */
  async pixels(x = 0, y = 0) {
    const { width, height, data } = await this.run(`
      const [x, y] = arguments;
      const { viewport, canvas } = gsd.picture;
      Object.assign(viewport, { mode: "free", scale: 1, left: -x, top: -y });
      gsd.picture.draw(false);
      const { width, height } = canvas;
      let bytes = new Uint8Array(width * height * 4);
      if (gsd.picture.viewer.renderer === "webgl2") {
        const gl = canvas.getContext("webgl2");
        const flipped = new Uint8Array(bytes.length);
        gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, flipped);
        for (let row = 0; row < height; row++) {
          bytes.set(flipped.subarray((height - 1 - row) * width * 4, (height - row) * width * 4), row * width * 4);
        }
      } else bytes = canvas.getContext("2d").getImageData(0, 0, width, height).data;
      let text = "";
      for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
      return { width, height, data: btoa(text) };`, x, y);
    return { width, height, bytes: Buffer.from(data, "base64") };
  }

  /** Nothing went wrong that nobody saw. */
  async assertQuiet() {
    assert.deepEqual(await this.run("return faults"), [], "uncaught errors or policy violations");
    // Only Chromium's driver hands out the console.
    const log = "sendDevToolsCommand" in this.driver ? await this.driver.manage().logs().get("browser") : [];
    assert.deepEqual(log.filter((entry) => entry.level.name === "SEVERE").map((entry) => entry.message), [], "console errors");
    const late = await this.run("return performance.getEntriesByType('resource').slice(requestsAtLoad).map((entry) => entry.name).filter((name) => !name.startsWith('blob:'))");
    assert.deepEqual(late, [], "requests after load");
  }

  close() {
    return this.driver.quit();
  }
}
