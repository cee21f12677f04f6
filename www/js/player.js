// Playback: every frame, from the decoded cache at the file's rate where the machine allows, and saying so where it does
// not. A missing frame takes its time like any other: the picture before stays, marked.

import { USUAL_RATE, rateOf } from "./time.js";

/** Frames over which the achieved rate is averaged. */
const AVERAGED = 12;

/** @param {any} app */
export function createPlayer(app) {
  const { store } = app;

  /** The frames between the in and the out point. */
  app.loopFrames = () => {
    const { shot, inPoint, outPoint } = store.state;
    if (!shot) return [];
    return shot.frames.filter(({ number }) => !shot.numbered || (number >= (inPoint ?? -Infinity) && number <= (outPoint ?? Infinity)));
  };

  /** The number after one, round the loop. */
  function after(number) {
    const { shot, inPoint, outPoint, direction } = store.state;
    const [first, last] = [inPoint ?? shot.range[0], outPoint ?? shot.range[1]];
    const next = number + direction;
    return next > last ? first : next < first ? last : next;
  }

  async function loop() {
    const times = [];
    let number = store.state.frame.number;
    let due = performance.now();
    while (store.state.playing) {
      const { shot, inspection, layer } = store.state;
      const rate = rateOf(inspection?.parts[inspection.layers[layer]?.part ?? 0]?.frames_per_second) ?? USUAL_RATE;
      number = after(number);
      const frame = shot.frames.find((each) => each.number === number);
      store.set({ missingFrame: frame ? null : number });
      if (frame) await app.showFrame(shot, frame);
      if (store.state.failure) store.set({ playing: false });
      // Late frames do not pile up: the clock starts anew from what the machine could do.
      due = Math.max(due + 1000 / rate, performance.now());
      await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
      times.push(performance.now());
      if (times.length > AVERAGED) times.shift();
      if (times.length > 2) store.set({ playedRate: (1000 * (times.length - 1)) / (times.at(-1) - times[0]) });
    }
    store.set({ playedRate: null, missingFrame: null });
  }

  /** @param {number} direction 1 or −1 */
  app.playTowards = (direction) => {
    const { shot, playing } = store.state;
    if (!shot?.numbered) return;
    store.set({ direction, playing: true });
    if (!playing) loop();
  };
  app.setPoint = (which) => {
    const { frame, shot } = store.state;
    if (!shot?.numbered || !frame) return;
    const at = store.state[which] === frame.number ? null : frame.number;
    const other = store.state[which === "inPoint" ? "outPoint" : "inPoint"];
    const crossed = at !== null && other !== null && (which === "inPoint" ? at > other : at < other);
    store.set({ [which]: at, ...(crossed ? { [which === "inPoint" ? "outPoint" : "inPoint"]: null } : {}) });
  };
  store.on(["shot"], () => store.set({ inPoint: null, outPoint: null }));

  return () => (store.state.playing ? store.set({ playing: false }) : app.playTowards(1));
}
