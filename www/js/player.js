// Playback: frame after frame, each shown whole; never faster than the file's rate.

import { USUAL_RATE, rateOf } from "./time.js";

/** @param {any} app */
export function createPlayer(app) {
  const { store } = app;
  async function loop() {
    while (store.state.playing) {
      const { shot, frame, inspection, layer } = store.state;
      const rate = inspection?.parts[inspection.layers[layer]?.part ?? 0]?.frames_per_second;
      const interval = 1000 / (rateOf(rate) ?? USUAL_RATE);
      const started = performance.now();
      const place = shot.frames.indexOf(frame);
      await app.showFrame(shot, shot.frames[(place + 1) % shot.frames.length]);
      if (store.state.failure) store.set({ playing: false });
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, interval - (performance.now() - started))));
    }
  }
  return () => {
    const { shot, playing } = store.state;
    if (!shot || shot.frames.length < 2) return;
    store.set({ playing: !playing });
    if (!playing) loop();
  };
}
