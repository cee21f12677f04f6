// The canvas: draws when something changed, at most once a frame; smooths when nothing changes any more.

import { byId } from "./dom.js";
import { Viewport } from "./viewport.js";

/** How long nothing must change before a reduced picture is averaged rather than sampled, in milliseconds. */
const SETTLED = 140;

/**
 * @param {any} engine @param {{renderer: string, tile: number}} wanted
 * @param {{id: string, viewport: Viewport}} [follower] a canvas that shows another picture at the place of the first
 */
export function createPicture(engine, wanted, follower) {
  let canvas = byId(follower?.id ?? "picture");
  const viewport = follower?.viewport ?? new Viewport();
  const moved = [];
  let viewer = null;
  let asked = 0;
  /** Whether rows are still coming: then nothing is averaged, for it would be done over. */
  let filling = false;
  let settle = 0;
  let surround = [30, 30, 30];
  /** @type {(() => void)[]} */
  let afterDraw = [];

  const lost = [];

  /** Draws without the GPU from now on. */
  function fallBack() {
    // A canvas that was asked for one kind of context gives no other.
    const fresh = canvas.cloneNode(false);
    canvas.replaceWith(fresh);
    observer.unobserve(canvas);
    canvas = fresh;
    observer.observe(canvas);
    viewer = new engine.Viewer(canvas, "2d", 0);
  }

  /** Resizing waits for whatever the GPU is doing: only what is drawn on is resized. */
  function fitCanvas() {
    const { width, height } = viewport.canvas;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
  }

  function draw(smooth) {
    fitCanvas();
    viewer.draw(viewport.placement(smooth, surround));
  }

  function requestDraw() {
    clearTimeout(settle);
    if (viewport.scale < 1 && !filling) settle = setTimeout(() => draw(true), SETTLED);
    if (asked) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      draw(false);
      const run = afterDraw;
      afterDraw = [];
      for (const each of run) each();
    });
  }

  /** The picture's place changed: draw, and let the overlay follow. */
  function changed() {
    for (const run of moved) run();
    requestDraw();
  }

  const observer = new ResizeObserver(([entry]) => {
    const ratio = window.devicePixelRatio || 1;
    const exact = entry.devicePixelContentBoxSize?.[0];
    if (exact) resize(exact.inlineSize, exact.blockSize, ratio);
    else resize(Math.round(entry.contentRect.width * ratio), Math.round(entry.contentRect.height * ratio), ratio);
  });

  function resize(width, height, ratio) {
    if (!width || !height) return;
    if (!follower) viewport.resize(width, height, ratio);
    // Before there is a picture the GPU has nothing to do: what is resized now holds up no frame later.
    if (!viewport.hasPicture) return fitCanvas();
    // A canvas that was resized is empty until it is drawn: do not wait for the next frame.
    draw(false);
    changed();
  }
  observer.observe(canvas);
  canvas.addEventListener("webglcontextlost", () => {
    fallBack();
    for (const run of lost) run();
  });
  try {
    viewer = new engine.Viewer(canvas, wanted.renderer, wanted.tile);
  } catch (error) {
    if (wanted.renderer === "2d") throw error;
    fallBack();
  }

  return {
    get canvas() { return canvas; },
    get viewer() { return viewer; },
    viewport,
    changed,
    requestDraw,
    draw,
    /** @param {() => void} run after every move of the picture */
    onMove: (run) => moved.push(run),
    /** @param {() => void} run when the GPU was taken away: the new viewer knows no picture and no look */
    onLost: (run) => lost.push(run),
    /** @param {() => void} run once, after the next draw */
    afterNextDraw: (run) => {
      afterDraw.push(run);
      requestDraw();
    },
    /** Takes the room that the page's layout now gives, rather than with the next frame. */
    settle() {
      const ratio = window.devicePixelRatio || 1;
      const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
      if (width !== canvas.width || height !== canvas.height) resize(width, height, ratio);
    },
    /** @param {boolean} on whether rows are still coming */
    setFilling(on) {
      filling = on;
      if (on) clearTimeout(settle);
    },
    setSurround(rgb) {
      surround = rgb;
      requestDraw();
    },
    /**
     * A small picture of what is shown now, in the look that is in force.
     * @param {number} width @param {number} height canvas pixels
     */
    thumbnail(width, height) {
      const [, , w, h] = viewport.display;
      const scale = Math.min(width / (w * viewport.aspect), height / h);
      const size = [Math.max(1, Math.round(w * viewport.aspect * scale)), Math.max(1, Math.round(h * scale))];
      if (size[0] > canvas.width || size[1] > canvas.height) return null;
      viewer.draw({ left: 0, top: 0, scaleX: scale * viewport.aspect, scaleY: scale, smooth: true, surround });
      const bitmap = createImageBitmap(canvas, 0, 0, size[0], size[1]);
      draw(viewport.scale < 1);
      return bitmap;
    },
  };
}
