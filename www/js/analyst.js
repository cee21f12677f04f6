// Questions about the samples of what is shown, answered by a worker that holds them: areas, bad pixels, mattes. Of
// questions that come faster than answers, only the last is asked.

import { announce } from "./dom.js";

/** @param {any} app */
export function createAnalyst(app) {
  const { store, pool, loader } = app;
  /** @type {Map<string, AbortController>} */
  const asked = new Map();

  /** What is shown, as a worker finds it. */
  function target(shown = loader.shown) {
    if (!shown) return null;
    const { frame, plan } = shown;
    return { ...loader.source(frame), part: plan.layer.part, channels: plan.channels, color: plan.color };
  }

  /**
   * Asks; a question of the same kind that still waits is taken back. Null where there is nothing to ask about, or the
   * question was taken back.
   */
  async function ask(kind, payload, options = {}) {
    asked.get(kind)?.abort();
    const at = target();
    if (!at) return null;
    const controller = new AbortController();
    asked.set(kind, controller);
    const { plan, frame } = loader.shown;
    try {
      return await pool.analyst(kind, { target: at, look: app.lookOf(frame.inspection, plan.layer), ...payload }, { signal: controller.signal, ...options });
    } catch (error) {
      if (error.kind === "cancelled") return null;
      announce(error.what);
      app.toast(`${error.what}. ${error.next ?? ""}`);
      return null;
    }
  }

  async function nextBadPixel() {
    if (!store.state.inspection) return;
    const { probe } = store.state;
    const found = await ask("badPixel", { x: probe?.x ?? -1, y: probe?.y ?? -1, forward: true });
    if (!loader.shown) return;
    if (!found) return app.toast("No bad pixel: every sample of this layer is a number");
    app.closeUp([found.x, found.y, 1, 1]);
    store.set({ keyboardProbe: true, tab: "probe" });
    app.probeAt(found.x, found.y);
    app.toast(`${found.what}: ${found.place} of ${found.count} bad pixels`);
  }

  /** Brings a region into view, large enough to be seen. */
  app.closeUp = (region) => {
    const { viewport } = app.picture;
    if (viewport.scale < 4) viewport.zoomTo(4);
    viewport.reveal(region);
    app.picture.changed();
  };

  let pending = false;
  async function hover() {
    const { probe, matteMode } = store.state;
    if (!matteMode || !probe || pending) return;
    pending = true;
    const objects = await ask("objects", { x: probe.x, y: probe.y });
    pending = false;
    const now = store.state.probe;
    if (objects) store.set({ underPointer: objects.length > 0 ? objects : [{ name: "no object here", layer: "", verdicts: [] }] });
    if (now && (now.x !== probe.x || now.y !== probe.y)) hover();
  }

  async function pickMatte(x, y) {
    const [object] = (await ask("objects", { x, y })) ?? [];
    dropMatte();
    if (!object || object.id === undefined) return;
    const made = await ask("matte", { set: object.set, object: object.id });
    if (!made) return;
    store.set({ matte: { region: made.region, url: URL.createObjectURL(made.blob), name: object.name } });
    app.toast(`Matte of ${object.name}: ${made.region[2]}×${made.region[3]} at ${made.region[0]}, ${made.region[1]}`);
  }

  function dropMatte() {
    const { matte } = store.state;
    if (matte) URL.revokeObjectURL(matte.url);
    store.set({ matte: null });
  }

  function toggleMattes() {
    const { matteMode, inspection } = store.state;
    if (matteMode) {
      dropMatte();
      return store.set({ matteMode: false, underPointer: null });
    }
    const usable = (inspection?.cryptomattes ?? []).filter((matte) => !matte.unusable);
    if (usable.length === 0) return app.toast(inspection?.cryptomattes.length ? inspection.cryptomattes[0].unusable : "There is no Cryptomatte in this file");
    store.set({ matteMode: true });
    hover();
  }

  store.on(["probe", "matteMode"], hover);
  store.on(["frame"], dropMatte);
  return { ask, target, nextBadPixel, pickMatte, toggleMattes };
}
