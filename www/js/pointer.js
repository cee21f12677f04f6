// Pointer and wheel on the picture: probe, pan, zoom; with E held, exposure.

import { byId } from "./dom.js";

/** How far the pointer goes for a stop of exposure, in CSS pixels. */
const PIXELS_A_STOP = 80;

/** @param {any} app */
export function createPointer(app) {
  const { picture, store } = app;
  const stage = byId("stage");
  const { viewport } = picture;
  /** @type {Map<number, {x: number, y: number}>} */
  const down = new Map();
  let latest = null;

  const local = (event) => {
    const box = picture.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  /** Where a region was begun, in pixels; while it is drawn, the picture stays where it is. */
  let corner = null;
  function drawRegion(at) {
    const [x, y] = viewport.pixelAt(at.x, at.y);
    const [, , width, height] = viewport.display;
    const clamp = (v, most) => Math.min(Math.max(v, 0), most - 1);
    const [x0, x1] = [clamp(corner[0], width), clamp(x, width)].sort((a, b) => a - b);
    const [y0, y1] = [clamp(corner[1], height), clamp(y, height)].sort((a, b) => a - b);
    store.set({ region: [x0, y0, x1 - x0 + 1, y1 - y0 + 1], tab: store.state.tab === "scopes" ? "scopes" : "probe" });
  }

  /** While E is held: the exposure before it was pressed, and where the pointer went down. */
  let dialled = null;
  addEventListener("keydown", ({ key, repeat }) => {
    if (key?.toLowerCase() === "e" && !repeat) dialled = { exposure: store.state.look.exposure, from: null };
  }, { capture: true });
  addEventListener("keyup", ({ key }) => { if (key?.toLowerCase() === "e") dialled = null; });
  addEventListener("blur", () => { dialled = null; });
  function dial({ x }) {
    const { min, max } = app.catalog.exposure;
    const stops = dialled.exposure + (x - dialled.from) / PIXELS_A_STOP;
    app.look({ exposure: Math.min(Math.max(Math.round(stops * 20) / 20, min), max) });
  }

  // Moves come faster than frames: the last one of each is enough.
  function probe() {
    if (!latest) return;
    const [x, y] = viewport.pixelAt(latest.x, latest.y);
    latest = null;
    store.set({ keyboardProbe: false });
    app.probeAt(x, y);
  }

  stage.addEventListener("pointermove", (event) => {
    if (event.target !== picture.canvas) return;
    const at = local(event);
    const before = down.get(event.pointerId);
    if (before && dialled?.from != null) dial(at);
    else if (before && corner) drawRegion(at);
    else if (before) {
      if (down.size === 2) pinch(event.pointerId, at);
      else {
        const { ratio } = viewport.canvas;
        viewport.panBy((at.x - before.x) * ratio, (at.y - before.y) * ratio);
      }
      down.set(event.pointerId, at);
      picture.changed();
    }
    if (!latest) requestAnimationFrame(probe);
    latest = at;
  });

  function pinch(id, at) {
    const [other] = [...down].filter(([key]) => key !== id).map(([, point]) => point);
    const before = down.get(id);
    const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
    const { ratio } = viewport.canvas;
    viewport.zoomTo((viewport.scale * distance(at, other)) / Math.max(distance(before, other), 1), ((at.x + other.x) / 2) * ratio, ((at.y + other.y) / 2) * ratio);
  }

  stage.addEventListener("pointerdown", (event) => {
    if (event.target !== picture.canvas || event.button > 1) return;
    down.set(event.pointerId, local(event));
    picture.canvas.setPointerCapture(event.pointerId);
    if (dialled) dialled.from = local(event).x;
    corner = event.shiftKey ? viewport.pixelAt(local(event).x, local(event).y) : null;
    if (!corner) stage.dataset.panning = "";
    picture.canvas.focus({ preventScroll: true });
  });
  const up = (event) => {
    down.delete(event.pointerId);
    if (down.size > 0) return;
    corner = null;
    delete stage.dataset.panning;
    viewport.snap();
    picture.changed();
  };
  stage.addEventListener("pointerup", up);
  stage.addEventListener("pointercancel", up);

  stage.addEventListener("wheel", (event) => {
    if (!store.state.inspection) return;
    event.preventDefault();
    const at = local(event);
    const { ratio } = viewport.canvas;
    // A pinch on a touchpad comes as a wheel with Ctrl, in smaller steps.
    const speed = event.ctrlKey ? 0.01 : event.deltaMode === 1 ? 0.05 : 0.0015;
    viewport.zoomTo(viewport.scale * Math.exp(-event.deltaY * speed), at.x * ratio, at.y * ratio);
    picture.changed();
  }, { passive: false });
  stage.addEventListener("click", (event) => {
    if (event.target !== picture.canvas || !store.state.matteMode) return;
    const at = local(event);
    app.analyst.pickMatte(...viewport.pixelAt(at.x, at.y));
  });
  stage.addEventListener("dblclick", (event) => {
    if (event.target !== picture.canvas) return;
    const at = local(event);
    const { ratio } = viewport.canvas;
    if (viewport.mode === "free" && viewport.scale === 1) viewport.fit("fit");
    else viewport.zoomTo(1, at.x * ratio, at.y * ratio);
    picture.changed();
  });
}
