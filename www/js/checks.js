// The checks over a shot: frame by frame on a lane of their own, only while nothing is being decoded for the eye.

/** @param {any} app */
export function createChecks(app) {
  const { pool, store, loader } = app;
  let controller = new AbortController();

  const idle = (signal) => new Promise((resolve, reject) => {
    const look = () => {
      if (signal.aborted) reject({ kind: "cancelled", what: "cancelled" });
      else if (store.state.loading || store.state.playing) setTimeout(look, 60);
      else resolve();
    };
    look();
  });

  /** The report of a shot. @param {any} shot @param {AbortSignal} signal @param {(done: number) => void} progress */
  async function check(shot, signal, progress) {
    const { look } = store.state;
    await pool.bench("qcStart", {
      request: {
        shot: shot.id,
        isSequence: shot.numbered,
        generatedAt: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
        view: look.view,
        display: look.display,
        space: look.space ?? undefined,
      },
    }, { signal });
    for (const [place, frame] of shot.frames.entries()) {
      await idle(signal);
      await pool.bench("qcFrame", { ...loader.source(frame), number: frame.number }, { signal });
      progress(place + 1);
    }
    return pool.bench("qcFinish", {}, { signal });
  }

  /** @param {any} shot */
  async function run(shot) {
    controller.abort();
    const { signal } = controller = new AbortController();
    const started = performance.now();
    const progress = (done) => {
      shot.checking = { done, total: shot.frames.length };
      store.set({ checking: { shot, done } });
    };
    try {
      progress(0);
      const report = await check(shot, signal, progress);
      shot.report = report;
      shot.checking = null;
      performance.measure("gsd:checks", { start: started, end: performance.now() });
      store.set({ checking: null, report, checkMs: performance.now() - started });
    } catch (error) {
      shot.checking = null;
      if (error?.kind === "cancelled") {
        shot.checkStopped = true;
        if (controller.signal === signal) store.set({ checking: null });
      } else {
        store.set({ checking: null, failure: { ...error, title: "The checks could not be made" } });
      }
    }
  }

  return {
    run,
    /** The report of a shot that is not the one looked at, after the one that is. */
    async aside(shot, signal) {
      while (store.state.checking) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        if (signal.aborted) throw { kind: "cancelled", what: "cancelled" };
      }
      return check(shot, signal, () => {});
    },
    cancel() {
      controller.abort();
    },
  };
}
