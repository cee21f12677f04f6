// Frames decoded before they are asked for: the next ones in the direction of travel, as many as the cache has room for,
// only while nothing is decoded for the eye.

import { decodeInto, emptyEntry, planOf } from "./decode.js";
import { fileOf } from "./package/tree.js";

/** Frames that are fetched ahead of one that is looked at without playing. */
const NEARBY = 2;
/** The share of the memory budget that frames ahead may take; the rest keeps those behind. */
const SHARE = 0.7;

/** @param {any} app */
export function createPrefetch(app) {
  const { store, cache, loader, pool } = app;
  let controller = new AbortController();
  let busy = false;
  /** The frame on its way. @type {{frame: any, done: Promise<any>}|null} */
  let current = null;

  /** The frames that come next, round the loop while playing. */
  function ahead() {
    const { shot, frame, playing, direction } = store.state;
    const frames = app.loopFrames();
    const place = frames.indexOf(frame);
    if (place < 0) return [];
    const bytes = loader.shown?.entry.bytes || 1;
    const most = Math.min(playing ? Math.floor((app.budget * SHARE) / bytes) : NEARBY, frames.length - 1);
    const next = (i) => frames[(((place + i * direction) % frames.length) + frames.length) % frames.length];
    return shot.numbered ? Array.from({ length: Math.max(most, 0) }, (_, i) => next(i + 1)) : [];
  }

  async function run() {
    if (busy) return;
    busy = true;
    const { signal } = controller = new AbortController();
    try {
      for (;;) {
        const wanted = store.state.loading ? undefined : ahead().find((frame) => !app.isHeld(frame) && !frame.broken);
        if (!wanted || !loader.shown) break;
        current = { frame: wanted, done: fetchFrame(wanted, signal).catch((error) => error) };
        const fault = await current.done;
        current = null;
        if (fault) throw fault;
      }
    } catch (error) {
      if (error?.kind !== "cancelled") console.warn(error.what ?? error.message);
    }
    busy = false;
  }

  async function fetchFrame(frame, signal) {
    try {
      frame.file ??= await fileOf(frame.entry);
      frame.inspection ??= await pool.decoder(0, "inspect", loader.source(frame), { signal });
      const { layers, default_layer: fallback } = frame.inspection;
      const { layerName, layerView } = store.state;
      const index = layers.findIndex(({ name, view }) => name === layerName && view === layerView);
      const plan = planOf(frame.inspection, index >= 0 ? index : fallback);
      if (plan.part.unreadable) throw { what: plan.part.unreadable };
      const entry = emptyEntry();
      await decodeInto(app, loader.source(frame), plan, entry, signal, () => {});
      if (entry.missing.length === 0) cache.put(loader.cacheKey(frame, plan), entry);
      else frame.broken = true;
      store.set({ heldCount: store.state.heldCount + 1 });
    } catch (error) {
      if (error?.kind === "cancelled") throw error;
      // What is wrong with it is said when it is looked at.
      frame.broken = true;
    }
  }

  /** A frame that is asked for is waited for where it is on its way; else it does not wait for those that may be. */
  app.yieldTo = (frame) => {
    if (current?.frame === frame) return current.done;
    controller.abort();
  };
  store.on(["pictureCount", "playing"], run);
}
