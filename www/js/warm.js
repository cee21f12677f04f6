// What the first picture would have to wait for, done while nobody waits: the view's programs, and busy code in the workers.

/** Enough for the browser to compile the decoder's loops for speed. */
const ROUNDS = 10;

/** Runs when there is nothing else to do. @param {() => void} run */
export function whenIdle(run) {
  if (globalThis.requestIdleCallback) requestIdleCallback(() => run(), { timeout: 300 });
  else setTimeout(run, 50);
}
const idle = () => new Promise((resolve) => { whenIdle(() => resolve()); });

/** Resolves with the next frame of the screen; hidden pages have none. */
const frame = () => new Promise((resolve) => {
  const timer = setTimeout(resolve, 100);
  requestAnimationFrame(() => { clearTimeout(timer); resolve(); });
});

/** @param {any} app */
export async function warmUp(app) {
  const { pool, picture } = app;
  const untouched = () => app.store.state.phase === "empty";
  await idle();
  pool.warm(ROUNDS);
  await idle();
  if (!untouched()) return;
  // Unseen and out of reach, the viewer takes its place on the screen: the browser, too, draws faster what it has drawn before.
  document.body.dataset.rehearsal = "";
  await frame();
  for (const scale of [1, 0.5]) {
    if (untouched()) drawPixel(app, scale);
    await frame();
  }
  if (untouched()) picture.viewer.clear();
  await frame();
  delete document.body.dataset.rehearsal;
}

/** A program is made ready by being used: a pixel, as it is or averaged. */
function drawPixel({ store, picture: { viewer } }, scale) {
  const pixel = [0, 0, 1, 1];
  viewer.begin({ dataWindow: pixel, displayWindow: pixel, planes: ["half", "half", "half"], color: [0, 1, 2], alpha: null });
  for (const plane of [0, 1, 2]) viewer.upload(plane, 0, 1, new Uint16Array(1));
  viewer.setLook({ ...store.state.look, layer: "", kind: "color", space: {} });
  viewer.draw({ left: 0, top: 0, scaleX: scale, scaleY: scale, smooth: scale < 1, surround: [0, 0, 0] });
}
