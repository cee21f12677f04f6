// Decoding in the browser against the decoders that other pages use, and the page itself from drop to picture.
//
//   node benches/browser/run.mjs FOLDER [ROUNDS]
//
// FOLDER holds plate-zip.exr and node_modules with three and exrs; browser.json is written there.
// Called by scripts/bench.sh.

import { createReadStream, existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { cpus, loadavg } from "node:os";
import { extname, join, normalize, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { By, openBrowser } from "../../scripts/browser.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const [folder, rounds = "11"] = process.argv.slice(2);
const plate = resolve(folder, "plate-zip.exr");
const peers = resolve(folder, "node_modules");
/** Loads of the page that are measured, nine at most; one more comes before them. */
const LOADS = Math.min(Number(rounds), 9);
/** Nobody drops a file sooner after the page is there, in milliseconds. */
const REACTION = 3000;

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".json": "application/json" };

/** The page at /, the benchmark at /bench/, the others' packages at /peers/. */
const homes = [["/bench/", join(root, "benches/browser")], ["/peers/", peers], ["/", join(root, "www")]];

function serve(request, response) {
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  const [prefix, home] = homes.find(([start]) => path.startsWith(start));
  let file = normalize(join(home, path.slice(prefix.length)));
  if (file === home || file === home + sep) file = join(home, "index.html");
  if (!file.startsWith(home) || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  // Isolated from other origins, the page's clock ticks in microseconds.
  response.writeHead(200, {
    "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  });
  createReadStream(file).pipe(response);
}

const median = (times) => {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** The same frame under several numbers. */
function copies(path, count) {
  const home = join(folder, "sequence");
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home);
  return Array.from({ length: count }, (_, i) => {
    const name = resolve(home, `plate.${1001 + i}.exr`);
    linkSync(path, name);
    return name;
  });
}

const version = (name) => JSON.parse(readFileSync(join(peers, name, "package.json"), "utf8")).version;

async function decoders(driver, origin) {
  await driver.get(`${origin}/bench/`);
  await driver.findElement(By.id("file")).sendKeys(plate);
  await driver.wait(() => driver.executeScript("return typeof race === 'function'"), 30_000, "the benchmark page did not load");
  const answer = await driver.executeAsyncScript(`
    const done = arguments[arguments.length - 1];
    race(arguments[0]).then((times) => done({ times }), (error) => done({ error: String(error?.message ?? error) }));
  `, Number(rounds));
  if (answer.error) throw new Error(`decoding in the browser: ${answer.error}`);
  return answer.times;
}

/**
 * Milliseconds of each of the page's own marks, those of the picture from the choice of the file on; a new page each time.
 * `gsd:longest-task` is the longest time that the main thread was busy at a stretch meanwhile, 0 where no task took 50 ms.
 */
async function drop(driver, origin) {
  const marks = ["gsd:header", "gsd:first-rows", "gsd:picture", "gsd:checks"];
  const times = Object.fromEntries([...marks, "gsd:longest-task"].map((mark) => [mark, []]));
  for (let load = 0; load <= LOADS; load++) {
    await driver.get(`${origin}/`);
    await driver.wait(() => driver.executeScript("return document.body.dataset.phase === 'empty'"), 30_000, "the page did not start");
    await driver.sleep(REACTION);
    await driver.executeScript(`
      window.longest = 0;
      new PerformanceObserver((list) => { longest = Math.max(longest, ...list.getEntries().map(({ duration }) => duration)); }).observe({ type: "longtask" });`);
    await driver.findElement(By.id("choose-files")).sendKeys(plate);
    await driver.wait(() => driver.executeScript("return performance.getEntriesByName('gsd:checks').length > 0"), 60_000, "the page did not show and check the picture");
    const taken = await driver.executeScript("return arguments[0].map((mark) => performance.getEntriesByName(mark)[0]?.duration ?? null)", marks);
    if (load === 0) continue;
    marks.forEach((mark, i) => { if (taken[i] !== null) times[mark].push(taken[i]); });
    times["gsd:longest-task"].push(await driver.executeScript("return longest"));
  }
  return times;
}

/** Milliseconds to redraw the frame that is open at another exposure. */
async function redraw(driver, origin) {
  await driver.get(`${origin}/?test`);
  await driver.wait(() => driver.executeScript("return typeof gsd === 'object' && document.body.dataset.phase === 'empty'"), 30_000, "the page did not start");
  await driver.findElement(By.id("choose-files")).sendKeys(plate);
  await driver.wait(() => driver.executeScript("return performance.getEntriesByName('gsd:checks').length > 0"), 60_000, "the page made no checks");
  return driver.executeAsyncScript(`
    const [rounds, done] = arguments;
    (async () => {
      const times = [];
      for (let i = 0; i <= rounds; i++) {
        const start = performance.now();
        gsd.look({ exposure: i % 2 });
        // Drawn, and read back: the GPU has done it, not only heard of it.
        await new Promise((resolve) => gsd.picture.afterNextDraw(resolve));
        const gl = gsd.picture.canvas.getContext("webgl2");
        gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
        if (i > 0) times.push(performance.now() - start);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      return times;
    })().then(done);`, LOADS);
}

/** Frames per second at which a sequence of the page's cache is played, once all of it is held. */
async function playback(driver, origin, paths) {
  await driver.get(`${origin}/?test`);
  await driver.wait(() => driver.executeScript("return typeof gsd === 'object' && document.body.dataset.phase === 'empty'"), 30_000, "the page did not start");
  await driver.findElement(By.id("choose-files")).sendKeys(paths.join("\n"));
  await driver.wait(() => driver.executeScript("return gsd.store.state.pictureCount > 0"), 60_000, "the page showed no picture");
  await driver.executeScript("gsd.checks.cancel(); gsd.playTowards(1)");
  await driver.wait(() => driver.executeScript("return gsd.store.state.shot.frames.every((frame) => gsd.isHeld(frame))"), 60_000, "the frames are not held");
  await driver.sleep(4000);
  const rate = await driver.executeScript("return gsd.store.state.playedRate");
  await driver.executeScript("gsd.store.set({ playing: false })");
  return rate;
}

function rowsOf(race, page, rates) {
  const rows = [];
  const compare = (id, title, contestant, taken) => {
    for (const peer of ["three.js", "exrs"]) {
      const [ours, theirs] = [contestant, peer].map((name) => median(taken(race[name])));
      rows.push({ id: `${id}/${peer}`, title, ours_ms: ours, peer, peer_ms: theirs, ratio: theirs / ours });
    }
  };
  const whole = ({ read, decode }) => read.map((time, i) => time + decode[i]);
  compare("browser/zip", "browser, ZIP bytes to pixels, two workers", "ours", ({ decode }) => decode);
  compare("browser/zip/1W", "browser, ZIP bytes to pixels, one worker", "ours, one worker", ({ decode }) => decode);
  compare("browser/file", "browser, ZIP file to pixels, two workers", "ours", whole);
  for (const [mark, title] of [["header", "header"], ["first-rows", "first rows"], ["picture", "exact picture"], ["longest-task", "its longest task"]]) {
    const times = page[`gsd:${mark}`] ?? [];
    if (times.length > 0) rows.push({ id: `browser/drop/${mark}`, title: `page, dropped file to ${title}`, ours_ms: median(times) });
  }
  const checks = page["gsd:checks"] ?? [];
  if (checks.length > 0) rows.push({ id: "browser/checks", title: "page, all checks of the frame", ours_ms: median(checks) });
  rows.push({ id: "browser/exposure", title: "page, exposure changed to pixels", ours_ms: median(page["gsd:exposure"]) });
  for (const [id, rate] of Object.entries(rates)) rows.push({ id: `browser/playback/${id}`, title: `page, frame of ${id} played`, ours_ms: 1000 / rate });
  const wasm = readFileSync(join(root, "www/pkg/blender_gsd_bg.wasm"));
  rows.push({ id: "page/wasm", title: "wasm of the page, with brotli", ours_kb: brotliCompressSync(wasm).length / 1024 });
  return rows;
}

const load = loadavg();
const server = createServer(serve);
await new Promise((ready) => { server.listen(0, "127.0.0.1", ready); });
const origin = `http://127.0.0.1:${server.address().port}`;
const driver = await openBrowser();
try {
  await driver.manage().setTimeouts({ script: 600_000 });
  console.error("-- decoders in the browser");
  const race = await decoders(driver, origin);
  console.error("-- the page, from drop to picture");
  const page = { ...await drop(driver, origin), "gsd:exposure": await redraw(driver, origin) };
  console.error("-- playback");
  const demo = join(root, "tests/fixtures/demo/composites/SCN-002/SHOT-002-001");
  const rates = {
    "1024x778": await playback(driver, origin, readdirSync(demo).map((name) => join(demo, name))),
    "4096x1716": await playback(driver, origin, copies(plate, 6)),
  };
  const capabilities = await driver.getCapabilities();
  writeFileSync(join(folder, "browser.json"), `${JSON.stringify({
    machine: { cores: cpus().length, load, node: process.version, browser: `${capabilities.getBrowserName()} ${capabilities.getBrowserVersion()}`, three: version("three"), exrs: version("exrs") },
    rounds: Number(rounds), plate_bytes: statSync(plate).size, rows: rowsOf(race, page, rates), times_ms: { ...race, ...page },
  }, null, 1)}\n`);
} finally {
  await driver.quit();
  server.close();
  server.closeAllConnections();
}
