// The other version: its files, its picture over the first one, and how the two are looked at together.

import { announce, byId } from "../dom.js";
import { decodeInto, emptyEntry, planOf, roomFor } from "../decode.js";
import { createPicture } from "../picture.js";
import { createUploads } from "../uploads.js";
import { makeShots } from "../shots.js";
import { fileOf, readPackage, reportOf, reportPaths } from "../package/tree.js";
import { pickFrames } from "../sources.js";
import { pairUp } from "./words.js";

export const MODES = [["wipe", "Wipe"], ["flip", "Flip"], ["side", "Side by side"], ["difference", "Difference"]];

/** @param {any} app */
export function createVersions(app) {
  const { store, engine } = app;
  const stage = byId("stage");
  /** Made when a second version is first opened: a canvas costs memory. */
  let picture = null;
  let uploads = null;
  let controller = new AbortController();
  let shown = null;
  let surround = null;

  /** Opens the version to compare with. @param {any[]} sources */
  async function open(sources) {
    const reports = reportPaths(sources);
    const pkg = reports.length > 0 ? await readPackage(sources, reports[0]).catch(() => null) : null;
    const { kept } = pickFrames(sources.filter(({ path }) => /\.s?exr$/i.test(path)));
    const inside = pkg ? [...pkg.entries.values()].filter((entry) => /\.s?exr$/i.test(entry.path)) : kept;
    if (inside.length === 0) return app.toast("There is no EXR file in the other version");
    const shots = makeShots(engine, inside);
    for (const shot of shots) {
      const owner = pkg?.shots.find((each) => each.masters.includes(shot.frames[0].name));
      if (owner?.reports.length > 0) Object.assign(shot, { name: owner.id, report: reportOf(pkg, owner) });
    }
    store.set({ before: { shots, pairs: pairUp(store.state.shots, shots) } });
    if (store.state.compare === "off") setMode("wipe");
    else await show();
  }

  /** Pairs a shot with another one of the other version. */
  function pair(shot, other) {
    const { before } = store.state;
    store.set({ before: { ...before, pairs: new Map(before.pairs).set(shot, other) } });
    show();
  }

  const otherShot = () => store.state.before?.pairs.get(store.state.shot) ?? null;

  /** The frame of the other version that belongs to the one on the screen: of the same number, else at the same place. */
  function otherFrame() {
    const { shot, frame } = store.state;
    const other = otherShot();
    if (!other || !frame) return null;
    return other.frames.find(({ number }) => number === frame.number) ?? (shot.numbered && other.numbered ? null : other.frames[shot.frames.indexOf(frame)] ?? null);
  }

  async function show() {
    if (store.state.compare === "off") return;
    const frame = otherFrame();
    controller.abort();
    const { signal } = controller = new AbortController();
    if (!frame) {
      shown = null;
      picture?.viewer.clear();
      picture?.requestDraw();
      return store.set({ otherFrame: null });
    }
    if (shown?.frame === frame && shown.layer === store.state.layerName) return redraw();
    try {
      await load(frame, signal);
    } catch (error) {
      if (error?.kind !== "cancelled") app.toast(`${frame.name}: ${error.what ?? error.message}`);
    }
  }

  async function load(frame, signal) {
    picture ??= createPicture(engine, app.wanted, { id: "picture-before", viewport: app.picture.viewport });
    uploads ??= createUploads(picture);
    if (surround) picture.setSurround(surround);
    frame.file ??= await fileOf(frame.entry);
    frame.inspection ??= await app.pool.decoder(0, "inspect", app.loader.source(frame), { signal });
    const { layers, default_layer: fallback } = frame.inspection;
    const index = layers.findIndex(({ name, view }) => name === store.state.layerName && view === store.state.layerView);
    const plan = planOf(frame.inspection, index >= 0 ? index : fallback);
    if (plan.part.unreadable) throw { what: plan.part.unreadable };
    applyLook(frame.inspection, plan);
    picture.viewer.begin(roomFor(plan));
    const key = app.loader.cacheKey(frame, plan);
    let entry = app.cache.get(key);
    if (entry) for (const piece of entry.pieces) uploads.add(piece, signal);
    else {
      entry = emptyEntry();
      await decodeInto(app, app.loader.source(frame), plan, entry, signal, (piece) => { if (piece.planes) uploads.add(piece, signal); });
      app.cache.put(key, entry);
    }
    await uploads.done();
    if (signal.aborted) return;
    shown = { frame, plan, layer: store.state.layerName };
    redraw();
    store.set({ otherFrame: frame });
  }

  function applyLook(inspection, plan) {
    picture.viewer.setLook(app.lookOf(inspection, plan.layer));
  }

  function redraw() {
    picture?.requestDraw();
    byId("picture-before").setAttribute("aria-label", shown ? `The other version: ${shown.frame.name}` : "No other version");
  }

  /** @param {string} mode `off`, or one of MODES; the mode that is on goes off */
  function setMode(mode) {
    const { before, compare } = store.state;
    if (!before) return app.chooseBefore();
    store.set({ compare: mode === compare ? "off" : mode, flipped: mode === "flip" && compare !== "flip" });
    announce(store.state.compare === "off" ? "Comparing is off" : MODES.find(([id]) => id === store.state.compare)[1]);
    show();
  }

  /** ` changes which version is on top; no frame is black between them, for both are drawn. */
  function flip() {
    const { compare, flipped } = store.state;
    if (compare !== "flip") return setMode("flip");
    store.set({ flipped: !flipped });
    announce(store.state.flipped ? "The other version" : "This version");
  }

  function arrange({ compare, wipe, flipped, gain }) {
    const before = byId("picture-before");
    stage.dataset.compare = compare;
    before.hidden = compare === "off" || (compare === "flip" && !flipped);
    before.style.clipPath = compare === "wipe" ? `inset(0 0 0 ${wipe * 100}%)` : "";
    byId("pictures").style.filter = compare === "difference" && gain > 1 ? `brightness(${gain})` : "";
  }

  app.picture.onMove(() => { if (store.state.compare !== "off") picture?.requestDraw(); });
  store.on(["compare", "wipe", "flipped", "gain"], arrange);
  store.on(["frame", "layer", "pictureCount"], show);
  store.on(["look"], () => {
    if (!shown || store.state.compare === "off") return;
    applyLook(shown.frame.inspection, shown.plan);
    redraw();
  });
  store.on(["shots"], ({ shots, before }) => {
    shown = null;
    if (before) store.set({ before: { ...before, pairs: pairUp(shots, before.shots) } });
  });

  /** The grey around the picture is that of the first. */
  function setSurround(rgb) {
    surround = rgb;
    picture?.setSurround(rgb);
  }

  return { open, pair, setSurround, drawNow: () => picture.draw(false), setMode, flip, otherShot, get shown() { return shown; } };
}
