// Workers: started early, all on one compiled module, replaced when one breaks.

/** What a caller gets when a worker breaks. @param {string} why */
const broken = (why) => ({
  kind: "trap",
  what: `the decoder stopped unexpectedly: ${why}`,
  place: "",
  next: "The decoder was restarted; other frames can be opened",
  message: why,
});

/** What a caller gets who has stopped a job. */
export const CANCELLED = Object.freeze({ kind: "cancelled", what: "cancelled" });

/** How often a worker may fail before it has done anything: then another one would not do better. */
const MOST_FALSE_STARTS = 3;

class Lane {
  constructor(engine) {
    this.engine = engine;
    this.falseStarts = 0;
    this.pending = new Map();
    this.start();
  }

  start() {
    this.worker = new Worker(this.engine.workerUrl, { type: this.engine.workerType });
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.replace(event.message || "it could not start");
    };
    this.worker.postMessage({ type: "start", module: this.engine.module });
  }

  receive(data) {
    this.falseStarts = 0;
    const job = this.pending.get(data.id);
    if (data.trap !== undefined) return this.replace(data.trap);
    if (!job) return;
    if (data.progress) return job.progress?.(data.progress);
    this.pending.delete(data.id);
    if (data.error) job.reject(data.error);
    else job.resolve(data.done);
  }

  replace(why) {
    this.worker.terminate();
    const jobs = [...this.pending.values()];
    this.pending.clear();
    this.falseStarts += 1;
    if (this.falseStarts < MOST_FALSE_STARTS) this.start();
    for (const job of jobs) job.reject(broken(why));
  }
}

let lastId = 0;

/** @param {{module: WebAssembly.Module, workerUrl: string}} engine @param {number} lanes */
export function createPool(engine, lanes) {
  const decoders = Array.from({ length: lanes }, () => new Lane(engine));
  // Checks and snapshots have a lane of their own, so that stepping through frames never waits for them.
  const bench = new Lane(engine);
  // Scopes and mattes hold a frame of their own: only those who look at them pay for it.
  let analyst = null;

  /**
   * Asks a lane; resolves with its answer, rejects with a fault object.
   * @param {Lane} lane @param {string} type @param {any} payload
   * @param {{progress?: (piece: any) => void, signal?: AbortSignal}} [options]
   */
  function ask(lane, type, payload, { progress, signal } = {}) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(CANCELLED);
      if (lane.falseStarts >= MOST_FALSE_STARTS) return reject({ ...broken("it does not start in this browser"), next: "Load the page again" });
      const id = ++lastId;
      lane.pending.set(id, { resolve, reject, progress });
      lane.worker.postMessage({ ...payload, type, id });
      signal?.addEventListener("abort", () => {
        if (!lane.pending.delete(id)) return;
        lane.worker.postMessage({ type: "cancel", job: id });
        reject(CANCELLED);
      });
    });
  }

  return {
    size: lanes,
    /** @param {number} lane */
    decoder: (lane, type, payload, options) => ask(decoders[lane % lanes], type, payload, options),
    bench: (type, payload, options) => ask(bench, type, payload, options),
    analyst: (type, payload, options) => ask(analyst ??= new Lane(engine), type, payload, options),
    /** Lets the decoders work on a sample. @param {number} rounds */
    warm(rounds) {
      for (const lane of decoders) ask(lane, "warm", { rounds }).catch(() => {});
    },
    /** Lets every worker close the files it holds. */
    forget() {
      for (const lane of [...decoders, bench, ...(analyst ? [analyst] : [])]) ask(lane, "forget", {}).catch(() => {});
    },
  };
}
