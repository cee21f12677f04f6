// What each command of the key table does.

import { byId } from "./dom.js";
import { nextGuide } from "./guides.js";
import { MOST_PINS } from "./probe-panel.js";

/**
 * @param {any} app
 * @returns {Record<string, () => void>}
 */
export function createActions(app) {
  const { store, catalog } = app;
  const isolate = (id) => () => app.look({ isolate: store.state.look.isolate === id ? "color" : id });
  const turn = (id, steps) => () => {
    const { min, max, step } = catalog[id];
    app.look({ [id]: Math.min(Math.max(store.state.look[id] + steps * step, min), max) });
  };
  const layer = (by) => () => {
    const { inspection, layer: current } = store.state;
    if (!inspection || inspection.layers.length < 2) return;
    const count = inspection.layers.length;
    app.showLayer((current + by + count) % count);
  };
  const view = (by) => () => {
    const all = catalog.views.flatMap((v) => catalog.displays.map((d) => ({ view: v.id, display: d.id })));
    const { look } = store.state;
    const place = all.findIndex((each) => each.view === look.view && each.display === look.display);
    app.look(all[(place + by + all.length) % all.length]);
  };
  const moved = (change) => () => {
    if (!store.state.inspection) return;
    change(app.picture.viewport);
    app.picture.changed();
  };
  const probe = (dx, dy) => () => {
    if (!store.state.inspection) return;
    const { probe: at } = store.state;
    const [, , width, height] = app.picture.viewport.display;
    const start = at ?? { x: Math.floor(width / 2), y: Math.floor(height / 2) };
    store.set({ keyboardProbe: true, tab: "probe" });
    app.probeAt(start.x + (at ? dx : 0), start.y + (at ? dy : 0));
  };
  const edit = (id) => () => {
    const input = byId(`dial-${id}`);
    input.parentElement.hidden = false;
    input.focus();
  };

  app.pin = () => {
    const { probe: at, pins } = store.state;
    if (at && pins.length < MOST_PINS) store.set({ pins: [...pins, at] });
  };
  app.cancel = () => {
    if (store.state.playing) return store.set({ playing: false });
    if (store.state.loading) {
      app.loader.cancel();
      return store.set({ stopped: true });
    }
    if (store.state.failure) return store.set({ failure: null });
    app.checks.cancel();
    app.stopMovies();
  };

  return {
    "channel.red": isolate("red"),
    "channel.green": isolate("green"),
    "channel.blue": isolate("blue"),
    "channel.alpha": isolate("alpha"),
    "channel.luminance": isolate("luminance"),
    "channel.color": () => app.look({ isolate: "color" }),
    "layer.previous": layer(-1),
    "layer.next": layer(1),
    "exposure.up": turn("exposure", 1),
    "exposure.down": turn("exposure", -1),
    "gamma.edit": edit("gamma"),
    "offset.edit": edit("offset"),
    "look.reset": () => app.resetLook(),
    "view.next": view(1),
    "view.previous": view(-1),
    "clipping.toggle": () => app.look({ clipping: !store.state.look.clipping }),
    "falseColor.toggle": () => app.look({ falseColor: !store.state.look.falseColor }),
    "badPixel.next": () => app.analyst.nextBadPixel(),
    "matte.toggle": () => app.analyst.toggleMattes(),
    "guides.next": () => nextGuide(app),
    "region.clear": () => store.set({ region: null }),
    "report.save": () => app.saveReport(),
    "overlays.toggle": () => store.set({ overlays: !store.state.overlays }),
    "zoom.fit": moved((viewport) => viewport.fit("fit")),
    "zoom.fitData": moved((viewport) => viewport.fit("fitData")),
    "zoom.one": moved((viewport) => viewport.zoomTo(1)),
    "zoom.in": moved((viewport) => viewport.zoomTo(viewport.scale * Math.SQRT2)),
    "zoom.out": moved((viewport) => viewport.zoomTo(viewport.scale / Math.SQRT2)),
    "probe.left": probe(-1, 0),
    "probe.right": probe(1, 0),
    "probe.up": probe(0, -1),
    "probe.down": probe(0, 1),
    "probe.pin": () => app.pin(),
    "probe.unpin": () => store.set({ pins: [] }),
    "frame.previous": () => app.step(-1),
    "frame.next": () => app.step(1),
    "frame.first": () => app.step(-Infinity),
    "frame.last": () => app.step(Infinity),
    "frame.play": () => app.play(),
    "play.back": () => app.playTowards(-1),
    "play.forward": () => app.playTowards(1),
    "play.stop": () => store.set({ playing: false }),
    "loop.in": () => app.setPoint("inPoint"),
    "loop.out": () => app.setPoint("outPoint"),
    "finding.next": () => app.stepFinding(1),
    "finding.previous": () => app.stepFinding(-1),
    "text.choose": () => byId("choose-models").click(),
    "package.toggle": () => app.togglePackage(),
    "package.csv": () => app.exportPackage("csv"),
    "package.json": () => app.exportPackage("json"),
    "compare.wipe": () => app.versions.setMode("wipe"),
    "compare.difference": () => app.versions.setMode("difference"),
    "compare.side": () => app.versions.setMode("side"),
    "compare.flip": () => app.versions.flip(),
    "compare.open": () => app.chooseBefore(),
    "note.edit": () => app.editNote(),
    "file.open": () => byId("choose-files").click(),
    "file.folder": () => byId("choose-folder").click(),
    snapshot: () => app.snapshot(),
    "load.cancel": () => app.cancel(),
    "theme.toggle": () => app.toggleTheme(),
    commands: () => app.showPalette(),
    help: () => app.showHelp(),
  };
}
