// What the page can do, apart from how it looks: opening, stepping, looking, finding.

import { announce } from "./dom.js";
import { createAnalyst } from "./analyst.js";
import { createCache } from "./cache.js";
import { createChecks } from "./checks.js";
import { createLoader } from "./loader.js";
import { createPicture } from "./picture.js";
import { createPool } from "./pool.js";
import { pickFrames } from "./sources.js";
import { createPackages } from "./package/open.js";
import { holdsFor, makeShots } from "./shots.js";
import { createStore } from "./store.js";
import { createText } from "./text.js";
import { createVersions } from "./compare/versions.js";

/** More workers than this only wait for memory. */
const MOST_WORKERS = 4;

/** @param {any} engine @param {URLSearchParams} query may name the renderer, a tile's size, and the megabytes of decoded frames that are kept */
export function createApp(engine, query) {
  const { exposure, gamma, offset, views, displays } = engine.catalog;
  const neutral = { exposure: exposure.neutral, gamma: gamma.neutral, offset: offset.neutral, isolate: "color" };
  const store = createStore({
    phase: "empty", pkg: null,
    shots: [], movies: [], others: 0, shot: null, frame: null,
    inspection: null, layer: -1, layerName: null, layerView: null, entry: null,
    look: { view: views[0].id, display: displays[0].id, ...neutral, clipping: false, falseColor: false, space: null },
    truth: "", aids: false,
    loading: null, missing: [], stopped: false, failure: null, decodeMs: null, checkMs: null, pictureCount: 0,
    checking: null, reading: null, report: null, finding: -1,
    overlays: true, tab: "findings", playing: false, keyboardProbe: false,
    probe: null, pins: [], place: 0,
    direction: 1, inPoint: null, outPoint: null, missingFrame: null, playedRate: null, heldCount: 0,
    before: null, compare: "off", wipe: 0.5, flipped: false, gain: 1, otherFrame: null, notes: [],
    guide: "off", region: null, scope: "parade", matteMode: false, matte: null, underPointer: null,
  });
  const app = { engine, store, catalog: engine.catalog };
  app.pool = createPool(engine, Math.max(1, Math.min(navigator.hardwareConcurrency || 2, MOST_WORKERS)));
  app.budget = Number(query.get("budget") ?? 0) * 2 ** 20 || engine.catalog.memoryBudget;
  app.cache = createCache(app.budget);
  app.wanted = { renderer: query.get("renderer") ?? "webgl2", tile: Number(query.get("tile") ?? 0) };
  app.picture = createPicture(engine, app.wanted);
  app.loader = createLoader(app);
  app.text = createText(app);
  app.checks = createChecks(app);
  createPackages(app);
  app.analyst = createAnalyst(app);
  app.versions = createVersions(app);
  app.picture.onMove(() => store.set({ place: store.state.place + 1 }));

  app.picture.onLost(() => {
    const { shot, frame, layer } = store.state;
    if (frame) app.showFrame(shot, frame, { layer });
    announce("The GPU is gone; the picture is drawn without it");
  });

  /** Lets everything go that is open. */
  app.close = () => {
    app.checks.cancel();
    app.stopMovies();
    app.loader.cancel();
    app.cache.clear();
    app.pool.forget();
    store.set({
      pkg: null, shot: null, frame: null, inspection: null, layerName: null, layerView: null, report: null, failure: null,
      finding: -1, pins: [], probe: null, region: null, matte: null, playing: false, look: { ...store.state.look, space: null },
    });
  };

  /** Replaces what is open. @param {any[]} sources */
  app.open = async (sources) => {
    const models = sources.filter(({ path, file }) => file && /\.onnx$/i.test(path));
    if (models.length > 0) {
      await app.text.choose(models.map(({ file }) => file));
      sources = sources.filter((source) => !models.includes(source));
      if (sources.length === 0) return;
    }
    if (app.holdsPackage(sources)) return app.openPackage(sources);
    const origin = performance.now();
    const { kept, movies, others } = pickFrames(sources);
    if (kept.length === 0 && movies.length > 0) return app.openMovies(movies);
    if (kept.length === 0) {
      store.set({
        failure: {
          kind: "input", title: "There is no EXR file, no movie and no report in what was dropped", what: sources.length ? `${others} other files` : "it is empty",
          place: "", next: "Drop EXR frames, movies, a folder that holds some, or a package with its qc_report.json", message: "",
        },
      });
      return;
    }
    app.close();
    const shots = makeShots(engine, kept);
    store.set({ phase: "ready", shots, movies, others, shot: shots[0] });
    const frame = shots[0].frames.find(({ number }) => number === app.linked?.frame) ?? shots[0].frames[0];
    await app.showFrame(shots[0], frame, { origin, name: app.linked?.layer });
    app.linked = null;
  };

  /** @param {any} shot @param {any} frame */
  app.showFrame = async (shot, frame, options = {}) => {
    const newShot = store.state.shot !== shot;
    store.set({ shot, frame, report: shot.report, stopped: false, ...(newShot ? { finding: -1 } : {}) });
    await app.loader.show(frame, options);
    if (store.state.frame !== frame) return;
    app.refreshProbe();
    if (!shot.report && !shot.checking && !shot.checkStopped) app.checks.run(shot);
  };

  app.showLayer = (layer) => {
    const { shot, frame } = store.state;
    if (frame) return app.showFrame(shot, frame, { layer });
  };

  /** Steps through the frames there are; gaps are jumped over. */
  app.step = (by) => {
    const { shot, frame } = store.state;
    if (!shot || !frame) return;
    const place = Math.min(Math.max(shot.frames.indexOf(frame) + by, 0), shot.frames.length - 1);
    if (shot.frames[place] !== frame) return app.showFrame(shot, shot.frames[place]);
  };

  /** How the layer is looked at, as Rust wants to hear it. */
  app.lookOf = (inspection, shown) => {
    const { look } = store.state;
    const space = inspection.parts[shown.part].color_space;
    return {
      ...look, layer: shown.name, kind: shown.kind,
      space: { origin: space.origin, chromaticities: space.chromaticities, choice: look.space ?? undefined },
    };
  };

  /** Tells Rust how to look at the layer; its answer is the truth line. */
  app.applyLook = (plan) => {
    const { inspection, layer } = store.state;
    const shown = plan?.layer ?? inspection?.layers[layer];
    if (!shown) return;
    store.set(app.picture.viewer.setLook(app.lookOf(inspection, shown)));
  };

  /** @param {Partial<{view: string, display: string, exposure: number, gamma: number, offset: number, isolate: string, clipping: boolean, space: string|null}>} patch */
  app.look = (patch) => {
    const before = store.state.look;
    store.set({ look: { ...before, ...patch } });
    try {
      app.applyLook();
    } catch (error) {
      store.set({ look: before, failure: { ...error, title: "The picture cannot be looked at like that" } });
      return;
    }
    app.picture.requestDraw();
    app.refreshProbe();
    announce(store.state.truth);
  };
  app.resetLook = () => app.look(neutral);

  /** Moves the probe to a pixel, from the display window's corner. */
  app.probeAt = (x, y) => {
    const facts = app.loader.probe(x, y);
    store.set({ probe: { x, y, facts } });
  };
  app.refreshProbe = () => {
    const { probe, pins } = store.state;
    if (probe) app.probeAt(probe.x, probe.y);
    if (pins.length) store.set({ pins: pins.map(({ x, y }) => ({ x, y, facts: app.loader.probe(x, y) })) });
  };

  /** Selects a finding by place in the report, and goes where it is; `stay` keeps the frame where the finding holds for it. */
  app.selectFinding = async (index, { stay = false } = {}) => {
    const { report, shot, frame, inspection, layerName } = store.state;
    const issue = report?.shots[0].issues[index];
    store.set({ finding: issue ? index : -1 });
    if (!issue) return;
    store.set({ tab: "findings" });
    const worst = shot.numbered && shot.frames.find((other) => other.number === (issue.peak_frame ?? issue.frame));
    const target = worst || shot.frames.find((other) => other.name === issue.file);
    const moves = target && target !== frame && !(stay && holdsFor(shot, frame, issue));
    const otherLayer = issue.layer && issue.layer !== layerName && inspection?.layers.some(({ name }) => name === issue.layer);
    if (moves || otherLayer) await app.showFrame(shot, moves ? target : frame, { name: issue.layer });
    if (issue.region && app.picture.viewport.reveal(issue.region)) app.picture.changed();
    announce(`${issue.severity}: ${issue.description}`);
  };
  app.stepFinding = (by) => {
    const { report, finding } = store.state;
    const count = report?.shots[0].issues.length ?? 0;
    if (count === 0) return announce("There are no findings");
    app.selectFinding(finding < 0 ? (by > 0 ? 0 : count - 1) : (finding + by + count) % count);
  };
  return app;
}
