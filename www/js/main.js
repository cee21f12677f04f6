// Puts the page together.

import { byId, h } from "./dom.js";
import { createActions } from "./actions.js";
import { createApp } from "./app.js";
import { createBrowser } from "./browser.js";
import { createCompareBar } from "./compare/bar.js";
import { createCards } from "./cards.js";
import { createChips } from "./chips.js";
import { createHelp } from "./help.js";
import { createInspector } from "./inspector.js";
import { createKeyboard } from "./keyboard.js";
import { createLink } from "./link.js";
import { createOverlay } from "./overlay.js";
import { createPackagePage } from "./package/page.js";
import { createPalette } from "./palette.js";
import { createPlayer } from "./player.js";
import { createPrefetch } from "./prefetch.js";
import { createPointer } from "./pointer.js";
import { createReport } from "./report-html.js";
import { createSnapshot } from "./snapshot.js";
import { createStatus } from "./status.js";
import { createTiles } from "./demo/tiles.js";
import { createTheme } from "./theme.js";
import { createTimeline } from "./timeline.js";
import { createTopbar } from "./topbar.js";
import { acceptDrops, fromInput } from "./sources.js";
import { loadEngine } from "./engine.js";
import { warmUp } from "./warm.js";

/** Every part of the page, in the order they listen. */
function build(engine) {
  const query = new URLSearchParams(location.search);
  const app = createApp(engine, query);
  const actions = {};
  const run = (id) => actions[id]?.();
  app.toast = toast();
  app.snapshot = createSnapshot(app);
  app.saveReport = createReport(app);
  app.play = createPlayer(app);
  createPrefetch(app);
  app.toggleTheme = createTheme((rgb) => {
    app.picture.setSurround(rgb);
    app.versions.setSurround(rgb);
  });
  createTopbar(app, run);
  createBrowser(app);
  createInspector(app);
  createChips(app);
  createOverlay(app);
  createTimeline(app, run);
  createStatus(app);
  createCards(app, run);
  createPackagePage(app);
  createPointer(app);
  createCompareBar(app);
  app.showPalette = createPalette(run);
  app.showHelp = createHelp(createKeyboard(run), app.catalog.version, () => app.picture.viewer.renderer);
  Object.assign(actions, createActions(app));
  createLink(app);

  app.store.on(["phase"], ({ phase }) => {
    const focused = document.activeElement;
    document.body.dataset.phase = phase;
    app.picture.settle();
    // Who was at a button that is gone goes on where the page does.
    if (focused && focused !== document.body && !focused.checkVisibility()) (phase === "package" ? byId("package") : app.picture.canvas).focus({ preventScroll: true });
  });
  app.store.on(["shot", "frame", "phase"], ({ shot, frame, phase, pkg }) => {
    document.title = phase === "package" ? `${pkg.name} – GSD Review` : shot ? `${shot.numbered ? `${shot.name} ${frame?.number ?? ""}` : shot.name} – GSD Review` : "GSD Review";
    app.picture.canvas.setAttribute("aria-label", frame ? `Picture of ${frame.name}` : "No picture");
  });

  acceptDrops(app.open, byId("veil"));
  app.chooseBefore = (single = false) => byId(single ? "choose-before-files" : "choose-before").click();
  const inputs = { "choose-files": app.open, "choose-models": (sources) => app.text.choose(sources.map(({ file }) => file)), "choose-folder": app.open, "choose-before": app.versions.open, "choose-before-files": app.versions.open };
  for (const [id, open] of Object.entries(inputs)) {
    const input = byId(id);
    input.addEventListener("change", () => {
      const sources = fromInput(input.files);
      // The same file can be chosen again.
      input.value = "";
      if (sources.length > 0) open(sources);
    });
  }
  byId("empty-buttons").append(
    h("button", { class: "button", text: "Choose files", onclick: () => run("file.open") }),
    h("button", { class: "button", text: "Choose folder", onclick: () => run("file.folder") }));
  createTiles(app);
  byId("empty").append(h("p", { class: "empty-note", text: "OpenEXR: every layer and view; ZIP, PIZ, DWA, B44, PXR24, RLE; scan lines and tiles. Movies: H.264; of ProRes the headers." }));
  // For tests and benchmarks, which ask for it: the page itself never looks at it.
  if (query.has("test")) globalThis.gsd = app;
  document.body.dataset.phase = "empty";
  app.warmed = warmUp(app);
  openOwn(app);
}

/** What the page was made or started to show: a report it carries, or the folder that its server serves. */
async function openOwn(app) {
  const node = document.getElementById("gsd-package");
  if (node) app.openCarried(JSON.parse(node.textContent));
  else if (/^#files\b/.test(location.hash)) {
    const { files } = await (await fetch("files/")).json();
    if (files.length > 0) app.open(files);
  }
}

function toast() {
  const node = h("div", { class: "toast", role: "status", hidden: true });
  document.body.append(node);
  let timer = 0;
  return (text) => {
    node.textContent = text;
    node.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => { node.hidden = true; }, 5000);
  };
}

function sayWhyNot(error) {
  byId("empty-title").textContent = "The page could not start";
  byId("empty-buttons").replaceWith(h("p", { role: "alert", text: `${error?.what ?? error?.message ?? error}. ${error?.next ?? "It needs a browser with WebAssembly (Chromium 91, Firefox 114, Safari 16.4 or newer), and its files from a server."}` }));
  document.body.dataset.phase = "empty";
}

loadEngine().then(build).catch((error) => {
  console.error(error);
  sayWhyNot(error);
});
