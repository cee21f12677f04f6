// What the first picture would have to wait for, done while nobody waits: the view's programs, and busy code in the workers.

/** Enough for the browser to compile the decoder's loops for speed. */
const ROUNDS = 10;

const idle = () => new Promise((resolve) => {
  if (globalThis.requestIdleCallback) requestIdleCallback(() => resolve(), { timeout: 300 });
  else setTimeout(resolve, 50);
});

/** @param {any} app */
export async function warmUp(app) {
  const { store, pool, picture } = app;
  const untouched = () => store.state.phase === "empty";
  await idle();
  pool.warm(ROUNDS);
  // A program is made ready by being used: a pixel, first as it is, then averaged.
  for (const scale of [1, 0.5]) {
    await idle();
    if (!untouched()) return;
    const { viewer } = picture;
    const pixel = [0, 0, 1, 1];
    viewer.begin({ dataWindow: pixel, displayWindow: pixel, planes: ["half", "half", "half"], color: [0, 1, 2], alpha: null });
    for (const plane of [0, 1, 2]) viewer.upload(plane, 0, 1, new Uint16Array(1));
    viewer.setLook({
      ...store.state.look, layer: "", kind: "color", space: {},
    });
    viewer.draw({ left: 0, top: 0, scaleX: scale, scaleY: scale, smooth: scale < 1, surround: [0, 0, 0] });
    viewer.clear();
  }
}
