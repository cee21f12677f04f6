// The checks over a shot: frame by frame on a lane of their own, only while nothing is being decoded for the eye. Text is
// read beside them, in a worker that takes its time: the report is there first, and gets what was read afterwards.

import { CANCELLED } from "./pool.js";
import { utcNow } from "./time.js";

/** @param {any} app */
export function createChecks(app) {
  const { pool, store, loader } = app;
  let controller = new AbortController();
  let lastRun = 0;

  const idle = (signal) => new Promise((resolve, reject) => {
    const look = () => {
      if (signal.aborted) reject(CANCELLED);
      else if (store.state.loading || store.state.playing) setTimeout(look, 60);
      else resolve();
    };
    look();
  });

  /**
   * The report of a shot.
   * @param {any} shot @param {AbortSignal} signal
   * @param {{frame?: (done: number) => void, report?: (report: any, unread: number) => void}} tell `report` for every one that is better than the last
   */
  async function check(shot, signal, tell = {}) {
    const run = ++lastRun;
    try {
      await begin(shot, run, signal);
      const texts = [];
      for (const [place, frame] of shot.frames.entries()) {
        await idle(signal);
        const picture = await pool.bench("qcFrame", { run, ...loader.source(frame), number: frame.number }, { signal });
        if (picture) {
          // One picture waits at the most while another is read.
          await texts.at(-1);
          texts.push(read(picture, signal));
        }
        tell.frame?.(place + 1);
      }
      let report = await pool.bench("qcFinish", { run }, { signal });
      tell.report?.(report, texts.length);
      for (const [place, text] of texts.entries()) {
        report = await pool.bench("qcRead", { run, ...await text }, { signal });
        tell.report?.(report, texts.length - place - 1);
      }
      return report;
    } finally {
      pool.bench("qcForget", { run }).catch(() => {});
    }
  }

  function begin(shot, run, signal) {
    const { look } = store.state;
    return pool.bench("qcStart", {
      run,
      request: {
        shot: shot.id,
        isSequence: shot.numbered,
        generatedAt: utcNow(),
        view: look.view,
        display: look.display,
        space: look.space ?? undefined,
        text: app.text.plan,
      },
    }, { signal });
  }

  /** What is in a picture, or why that is not known; never fails. */
  const read = ({ number, ...picture }, signal) => app.text.read(picture, signal).then(
    (lines) => ({ number, lines }),
    (error) => ({ number, why: error.message || error.what }));

  const selected = () => store.state.report?.shots[0].issues[store.state.finding];
  /** Where a finding is in another report of the same shot; -1 for none. */
  const placeOf = (issue, report) => report.shots[0].issues.findIndex((other) =>
    other.check === issue?.check && other.frame === issue.frame && other.description === issue.description);

  /** @param {any} shot */
  async function run(shot) {
    controller.abort();
    const { signal } = controller = new AbortController();
    const started = performance.now();
    const frame = (done) => {
      shot.checking = { done, total: shot.frames.length };
      store.set({ checking: { shot, done }, reading: null });
    };
    const took = (name) => performance.measure(name, { start: started, end: performance.now() });
    const report = (found, unread) => {
      if (!shot.report) took("gsd:checks");
      if (unread === 0) took("gsd:texts");
      const finding = placeOf(selected(), found);
      Object.assign(shot, { report: found, checking: null, unread });
      store.set({ checking: null, report: found, finding, checkMs: performance.now() - started, reading: unread > 0 ? { shot, unread } : null });
    };
    try {
      Object.assign(shot, { report: null, checkStopped: false, unread: 0, textPlan: app.text.plan });
      store.set({ report: null, finding: -1 });
      frame(0);
      await check(shot, signal, { frame, report });
    } catch (error) {
      shot.checking = null;
      if (error?.kind === "cancelled") {
        shot.checkStopped = !shot.report;
        if (controller.signal === signal) store.set({ checking: null, reading: null });
      } else {
        store.set({ checking: null, reading: null, failure: { ...error, title: "The checks could not be made" } });
      }
    }
  }

  return {
    run,
    /** The report of a shot that is not the one looked at, after the one that is. */
    async aside(shot, signal) {
      while (store.state.checking || store.state.reading) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        if (signal.aborted) throw CANCELLED;
      }
      return check(shot, signal);
    },
    cancel() {
      controller.abort();
    },
  };
}
