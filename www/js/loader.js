// One frame on its way to the screen: header facts, then bands from all workers, uploaded as they come.

import { fileOf } from "./package/tree.js";
import { samplesAt } from "./cache.js";
import { decodeInto, emptyEntry, planOf, roomFor } from "./decode.js";
import { CANCELLED } from "./pool.js";
import { createUploads } from "./uploads.js";

const message = (error) => (error?.kind ? error : {
  kind: "page", what: String(error?.message ?? error), place: "", next: "Load the page again", message: String(error),
});

/** How often a picture that is being decoded is drawn, in milliseconds. Where the processor draws, the decoders wait. */
const GLIMPSE = { gpu: 120, processor: 500 };

/** @param {any} app */
export function createLoader(app) {
  const { pool, picture, cache, store } = app;
  const uploads = createUploads(picture);
  let controller = new AbortController();
  /** What is on the canvas now. */
  let shown = null;
  /** The last kind of picture that the GPU is known to have room for. */
  let checkedRoom = "";

  async function inspect(frame, signal) {
    frame.file ??= await fileOf(frame.entry);
    frame.inspection ??= await pool.decoder(0, "inspect", source(frame), { signal });
    return frame.inspection;
  }

  /** The layer to show: the one asked for, the one of the last frame by name and view, or the default. */
  function chooseLayer(inspection, wanted, name) {
    const { layers, default_layer: fallback } = inspection;
    if (Number.isInteger(wanted)) return wanted;
    const named = name ? layers.findIndex((layer) => layer.name === name) : -1;
    if (named >= 0) return named;
    const { layerName, layerView } = store.state;
    const kept = layers.findIndex((layer) => layer.name === layerName && layer.view === layerView);
    return kept >= 0 ? kept : fallback;
  }

  /**
   * Shows a frame. Resolves when it is on the screen, is cancelled, or failed (the card is shown then).
   * @param {any} frame @param {{layer?: number, name?: string, origin?: number}} [options] `layer` by place or `name`; `origin`: when the user acted
   */
  async function show(frame, { layer: wanted, name, origin = performance.now() } = {}) {
    controller.abort();
    const mine = controller = new AbortController();
    const { signal } = mine;
    const origins = { start: origin };
    store.set({ failure: null, loading: null, missing: [], decodeMs: null });
    try {
      await app.yieldTo(frame);
      const inspection = await inspect(frame, signal);
      measure("gsd:header", origins);
      const index = chooseLayer(inspection, wanted, name);
      if (index === null || index === undefined) {
        store.set({ inspection, layer: -1, entry: null });
        throw unreadable(inspection, frame);
      }
      const plan = planOf(inspection, index);
      store.set({ inspection, layer: index, layerName: plan.layer.name, layerView: plan.layer.view });
      if (plan.part.unreadable) throw { ...unreadable(inspection, frame), what: plan.part.unreadable };
      app.applyLook(plan);
      picture.viewport.setPicture(plan.part.display_window, plan.part.data_window, plan.part.pixel_aspect);
      picture.viewer.begin(roomFor(plan));
      picture.changed();
      await fillIn(frame, plan, signal, origins);
    } catch (error) {
      if (controller === mine) {
        picture.setFilling(false);
        picture.requestDraw();
      }
      if (error?.kind === "cancelled") {
        if (controller === mine) store.set({ loading: null });
        return;
      }
      if (controller === mine) {
        if (!shown || shown.frame !== frame) clear();
        store.set({ failure: { ...message(error), frame }, loading: null });
      }
    }
  }

  async function fillIn(frame, plan, signal, origins) {
    const key = cacheKey(frame, plan);
    const cached = cache.get(key);
    const entry = cached ?? emptyEntry();
    shown = { frame, plan, entry };
    picture.setFilling(true);
    store.set({ entry, missing: entry.missing });
    const started = performance.now();
    if (cached) for (const piece of entry.pieces) uploads.add(piece, signal);
    else {
      await decode(frame, plan, entry, signal, origins);
      if (entry.pieces.length === 0) throw entry.failure ?? unreadable(frame.inspection, frame);
      cache.put(key, entry);
    }
    const decoded = performance.now() - started;
    await uploads.done();
    if (signal.aborted) throw CANCELLED;
    picture.setFilling(false);
    await drawn();
    measure("gsd:picture", origins);
    // Asking waits for the GPU: once for each kind of picture is enough, for the next one goes into the same textures.
    const room = JSON.stringify([plan.part.data_window, roomFor(plan).planes]);
    if (room !== checkedRoom) {
      picture.viewer.check();
      checkedRoom = room;
    }
    store.set({ loading: null, decodeMs: cached ? null : decoded, missing: [...entry.missing], pictureCount: store.state.pictureCount + 1 });
  }

  /** Decodes for the eye: rows are uploaded as they come, and drawn now and then. */
  async function decode(frame, plan, entry, signal, origins) {
    const total = plan.part.bands;
    let done = 0;
    let first = true;
    const pause = picture.viewer.isSoftware ? GLIMPSE.processor : GLIMPSE.gpu;
    let glimpse = performance.now() + pause;
    store.set({ loading: { done, total } });
    await decodeInto(app, source(frame), plan, entry, signal, (piece) => {
      done += piece.bands;
      if (piece.planes) uploads.add(piece, signal);
      if (first && piece.planes) {
        first = false;
        picture.afterNextDraw(() => measure("gsd:first-rows", origins));
      } else if (performance.now() > glimpse) {
        glimpse = performance.now() + pause;
        picture.requestDraw();
        store.set({ loading: { done, total } });
      }
    });
  }

  /** Resolves when what is drawn now has been handed to the screen. */
  const drawn = () => new Promise((resolve) => picture.afterNextDraw(() => {
    // The next frame of a film need not wait until this one is seen.
    if (store.state.playing) return resolve();
    // Hidden pages draw no frames.
    const timer = setTimeout(resolve, 500);
    requestAnimationFrame(() => { clearTimeout(timer); resolve(); });
  }));

  function clear() {
    shown = null;
    checkedRoom = "";
    picture.viewer.clear();
    picture.changed();
    store.set({ entry: null, missing: [] });
  }

  function unreadable(inspection, frame) {
    const why = inspection.parts.map((part) => part.unreadable).find(Boolean);
    return { kind: "input", what: why ?? "there is no layer to show", place: frame.name, next: "", message: why ?? "" };
  }

  const cacheKey = (frame, plan) => `${frame.key}|${plan.layer.part}|${plan.channels}`;
  /** Whether the layer that is shown is decoded for a frame. */
  app.isHeld = (frame) => Boolean(shown && cache.has(cacheKey(frame, shown.plan)));
  const source = (frame) => ({ key: frame.key, file: frame.file, name: frame.name });

  function measure(name, origins) {
    if (origins[name]) return;
    origins[name] = true;
    performance.measure(name, { start: origins.start, end: performance.now() });
  }

  return {
    show,
    clear,
    cacheKey,
    /** What is on the canvas: the frame and what its layer is made of; null for nothing. */
    get shown() { return shown; },
    cancel() {
      const busy = Boolean(store.state.loading);
      controller.abort();
      store.set({ loading: null });
      return busy;
    },
    source,
    /** Rust's facts of one pixel, from the display window's corner; null outside the data window. */
    probe(x, y) {
      if (!shown) return null;
      const { part, names, color, alpha } = shown.plan;
      const [dx, dy] = part.display_window;
      const [left, top, width, height] = part.data_window;
      const [column, row] = [x + dx - left, y + dy - top];
      if (column < 0 || row < 0 || column >= width || row >= height) return null;
      const samples = samplesAt(shown.entry, names, width, column, row);
      return samples && picture.viewer.probe(samples, new Uint32Array(color), alpha ?? undefined);
    },
  };
}
