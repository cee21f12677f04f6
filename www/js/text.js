// Reading text in pictures: where the models are, and the worker that has them. Nothing is loaded before there is
// something to read, and whoever no longer wants to know stops it at once: the worker ends.

import { fetched, loadTextEngine } from "./engine.js";
import { CANCELLED } from "./pool.js";

/** How long a worker with nothing to read is kept, in milliseconds: it holds some hundred megabytes, and is back in a second. */
const IDLE = 30_000;
/** Files that a person chose one after another, so that two models need not come together. */
const MOST_CHOSEN = 8;

/** @param {any} app */
export function createText(app) {
  const { engine, store } = app;
  /** @type {Blob[]} */
  let chosen = [];
  /** Whether what was chosen has been found to be the models. */
  let isChosen = false;
  /** The module, the worker's script and the files, all in memory: a worker that ended is replaced without a request. @type {Promise<any>|null} */
  let parts = null;
  /** @type {Promise<Worker>|null} */
  let starting = null;
  /** The picture before: a worker reads one at a time. */
  let last = Promise.resolve();
  let idle = 0;

  /** Asks a worker that does nothing else. */
  function ask(worker, type, job, transfer = []) {
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.error ? reject(data.error) : resolve(data.done));
      worker.onerror = (event) => {
        event.preventDefault();
        reject({ kind: "trap", what: event.message || "the reader could not start", place: "", next: "Load the page again", message: "" });
      };
      worker.postMessage({ type, ...job }, transfer);
    });
  }

  async function start(files) {
    const { module, workerUrl } = await (parts ??= loadTextEngine().catch((error) => { parts = null; throw error; }));
    const worker = new Worker(workerUrl, { type: "module" });
    try {
      await ask(worker, "start", { module, files: await files });
      return worker;
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /** The server's models, fetched once. @type {Promise<Blob[]>|null} */
  let offered = null;
  const fetchModels = () => Promise.all(engine.models.map(async (url) => (await fetched(url)).blob())).catch((error) => { offered = null; throw error; });
  const files = () => (isChosen ? chosen : offered ??= fetchModels());

  function end() {
    clearTimeout(idle);
    starting?.then((worker) => worker.terminate(), () => {});
    starting = null;
  }

  async function readNow({ width, height, codes }, signal) {
    if (signal.aborted) throw CANCELLED;
    clearTimeout(idle);
    starting ??= start(files());
    const stopped = new Promise((_, reject) => signal.addEventListener("abort", () => reject(CANCELLED), { once: true }));
    try {
      const worker = await Promise.race([starting, stopped]);
      const lines = await Promise.race([ask(worker, "read", { width, height, codes }, [codes.buffer]), stopped]);
      idle = setTimeout(end, IDLE);
      return lines;
    } catch (error) {
      // It may be half-way through a picture, or not have come up: the next one begins anew.
      end();
      throw error;
    }
  }

  return {
    /** Who reads text, as Rust wants to hear it. */
    get plan() {
      if (engine.isOneFile) return "oneFile";
      return isChosen || engine.models.length > 0 ? "worker" : "noModels";
    },

    /**
     * The lines of a picture, after those of the pictures before.
     * @param {{width: number, height: number, codes: Uint8Array}} picture @param {AbortSignal} signal
     */
    read(picture, signal) {
      const mine = last.then(() => readNow(picture, signal));
      last = mine.then(() => {}, () => {});
      return mine;
    },

    /** Takes the models among files that a person chose, and has the shot that is open checked again. @param {Blob[]} added */
    async choose(added) {
      if (engine.isOneFile) return app.toast("This page is one file and reads no text; blender-gsd serve and validate-output do");
      const all = [...chosen, ...added].slice(-MOST_CHOSEN);
      try {
        const worker = await start(all);
        [chosen, isChosen] = [all, true];
        // Whoever reads already does so with the same models.
        if (starting) worker.terminate();
        else starting = Promise.resolve(worker);
      } catch (error) {
        chosen = isChosen ? chosen : all;
        return store.set({ failure: { ...error, title: "These files are not the models that read text" } });
      }
      app.toast("Text in pictures is read from now on");
      const { shot } = store.state;
      if (shot?.textPlan) app.checks.run(shot);
    },
  };
}
