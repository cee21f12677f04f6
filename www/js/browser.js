// The list of shots and frames on the left.

import { byId, h } from "./dom.js";
import { WORST, findingsOf, rowsOf } from "./shots.js";

/** How long a frame is looked at before its small picture is made, in milliseconds. */
const RESTED = 200;

/** @param {any} app */
export function createBrowser(app) {
  const { store } = app;
  const root = byId("browser");
  /** @type {Map<any, HTMLElement>} */
  const rows = new Map();
  /** The row of the frame that is shown. @type {HTMLElement|null} */
  let marked = null;
  let timer = 0;

  function build({ shots, movies, others }) {
    rows.clear();
    marked = null;
    const sections = shots.map((shot, number) => h("section", { "aria-labelledby": `shot-${number}` },
      h("h2", { class: "shot-heading heading", id: `shot-${number}` }, shot.name, h("small", { text: counts(shot) })),
      h("div", { role: "listbox", "aria-labelledby": `shot-${number}`, onkeydown: (event) => move(event, shot) },
        ...rowsOf(shot).map((row) => (row.frame ? frameRow(shot, row.frame) : gapRow(row.gap))))));
    const note = others > 0 && h("p", { class: "browser-note", text: `${others} ${others === 1 ? "file is" : "files are"} no EXR and not shown.` });
    const beside = movies.length > 0 && h("div", { class: "browser-note" },
      h("button", { class: "button", text: `Check ${movies.length === 1 ? "the movie" : `${movies.length} movies`}`, onclick: () => app.openMovies(movies) }));
    root.replaceChildren(...sections, ...[beside, note].filter(Boolean));
    mark(store.state);
  }

  const counts = (shot) => {
    const { frames, range, missing } = shot;
    if (frames.length === 1) return "1 file";
    const gap = missing > 0 ? ` · ${missing} missing` : "";
    return `${frames.length} frames · ${range[0]}–${range[1]}${gap}`;
  };

  function frameRow(shot, frame) {
    const label = shot.numbered ? String(frame.number) : frame.name.split("/").pop();
    const row = h("button", {
      class: "frame-row", role: "option", "aria-selected": "false", tabindex: "-1", title: frame.name,
      onclick: () => app.showFrame(shot, frame),
    }, h("span", { class: "thumb" }), h("span", { class: "label", text: label }));
    rows.set(frame, row);
    return row;
  }

  const gapRow = ([first, last]) => h("div", { class: "frame-row missing", role: "option", "aria-disabled": "true", "aria-selected": "false" },
    h("span", { class: "thumb" }), h("span", { class: "label" }, first === last ? String(first) : `${first}–${last}`, h("small", { text: "missing" })));

  function move(event, shot) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const { frame } = store.state;
    const place = shot.frames.indexOf(frame);
    const next = shot.frames[Math.min(Math.max(place + by, 0), shot.frames.length - 1)];
    app.showFrame(shot, next);
    rows.get(next)?.focus();
  }

  function mark({ frame, playing }) {
    const row = rows.get(frame) ?? null;
    if (row === marked) return;
    marked?.setAttribute("aria-selected", "false");
    if (marked) marked.tabIndex = -1;
    marked = row;
    if (!row) return;
    row.setAttribute("aria-selected", "true");
    row.tabIndex = 0;
    if (!playing) row.scrollIntoView({ block: "nearest" });
  }

  function badges({ shot }) {
    if (!shot?.report) return;
    for (const frame of shot.frames) {
      const row = rows.get(frame);
      row?.querySelector(".badge")?.remove();
      const found = findingsOf(shot, frame);
      const worst = WORST.find((severity) => found.some((issue) => issue.severity === severity));
      if (worst) row?.append(h("span", { class: `badge ${worst}`, "aria-label": `${found.length} findings, worst: ${worst}`, text: String(found.length) }));
    }
  }

  /** Draws a small picture into the row of the frame that is shown, where somebody rests on it. */
  async function thumbnail({ frame, failure, playing }) {
    const slot = rows.get(frame)?.querySelector(".thumb");
    if (!slot || failure || playing || frame.thumb) return;
    frame.thumb = true;
    const ratio = window.devicePixelRatio || 1;
    const bitmap = await app.picture.thumbnail(64 * ratio, 27 * ratio);
    if (!bitmap) return;
    const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "thumb", width: bitmap.width, height: bitmap.height, "aria-hidden": "true" }));
    canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
    slot.replaceWith(canvas);
  }

  store.on(["shots", "movies"], build);
  store.on(["frame"], mark);
  store.on(["report"], badges);
  store.on(["pictureCount", "playing"], () => {
    clearTimeout(timer);
    timer = setTimeout(() => thumbnail(store.state), RESTED);
  });
}
