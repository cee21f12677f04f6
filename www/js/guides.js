// Safe areas and masks over the picture, stepped through with Q.

import { announce, svg } from "./dom.js";

/** Shares of the picture's width and height that are safe for action and for words: EBU R 95, section 3 (3.5 % and 5 % a side). */
const SAFE = [{ share: 0.93, label: "action safe 93 %" }, { share: 0.9, label: "graphics safe 90 %" }];
/** What a cinema or a screen shows of the picture: its width over its height. */
const MASKS = [{ id: "2.39", ratio: 2.39 }, { id: "1.85", ratio: 1.85 }, { id: "16:9", ratio: 16 / 9 }, { id: "4:3", ratio: 4 / 3 }];
const GUIDES = ["off", "safe", ...MASKS.map(({ id }) => id)];
const words = (guide) => ({ off: "No guides", safe: "Safe areas (EBU R 95)" })[guide] ?? `Mask ${guide}`;

/** @param {any} app */
export function nextGuide(app) {
  const guide = GUIDES[(GUIDES.indexOf(app.store.state.guide) + 1) % GUIDES.length];
  app.store.set({ guide });
  app.toast(words(guide));
  announce(words(guide));
}

/** The largest part of a picture of that ratio, in pixels from the display window's corner. */
export function masked(width, height, ratio) {
  const inside = [Math.min(width, height * ratio), Math.min(height, width / ratio)];
  return [(width - inside[0]) / 2, (height - inside[1]) / 2, ...inside];
}

/**
 * @param {string} guide one of GUIDES @param {any} part of the file
 * @param {(region: number[]) => {x: number, y: number, width: number, height: number}} place from pixels to the screen
 * @returns {SVGElement[]}
 */
export function drawGuide(guide, part, place) {
  const [, , width, height] = part.display_window;
  if (guide === "safe") return SAFE.flatMap((safe) => drawSafe(safe, place, width, height));
  const mask = MASKS.find(({ id }) => id === guide);
  if (!mask) return [];
  const [x, y, w, h] = masked(width, height, mask.ratio / (part.pixel_aspect || 1));
  const sides = x > 0 ? [[0, 0, x, height], [x + w, 0, x, height]] : [[0, 0, width, y], [0, y + h, width, y]];
  return sides.filter(([, , across, down]) => across >= 0.5 && down >= 0.5).map((side) => svg("rect", { class: "mask", ...place(side) }));
}

function drawSafe({ share, label }, place, width, height) {
  const area = place([(width * (1 - share)) / 2, (height * (1 - share)) / 2, width * share, height * share]);
  return [svg("rect", { class: "safe-halo", ...area }), svg("rect", { class: "safe", ...area }), svg("text", { class: "safe-label", x: area.x + 6, y: area.y + area.height - 6, text: label })];
}
