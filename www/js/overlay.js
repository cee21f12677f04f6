// What is drawn over the picture: windows, findings, missing rows, probe and pins.

import { byId, svg } from "./dom.js";
import { drawGuide } from "./guides.js";
import { GLYPHS, holdsFor } from "./shots.js";

/** Longer labels are cut on the picture; the row has all of it. */
const LONGEST_LABEL = 44;
/** Height of a label, and about the width of one of its letters, in CSS pixels. */
const TAG = 20;
const LETTER = 6.5;
/** What lies over the top of the picture in words, in CSS pixels. */
const CHIPS = 40;

/** @param {any} app */
export function createOverlay(app) {
  const { store, picture } = app;
  const root = byId("overlay");
  const hatch = svg("defs", {}, svg("pattern", { id: "hatch", width: 10, height: 10, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { class: "hatch-ground", width: 10, height: 10 }), svg("line", { class: "hatch-line", x1: 0, y1: 0, x2: 0, y2: 10 })));
  const guides = svg("g");
  const windows = svg("g");
  const lost = svg("g");
  const area = svg("g");
  const boxes = svg("g", { role: "group", "aria-label": "Findings of this frame" });
  const marks = svg("g");
  /** Labels that are placed. @type {{x: number, top: number, width: number}[]} */
  let tags = [];
  root.append(hatch, lost, guides, area, windows, boxes, marks);

  /** A region of the display window as CSS pixels, snapped for a sharp line. */
  function place([x, y, width, height]) {
    const [left, top] = picture.viewport.toCss(x, y);
    const [right, bottom] = picture.viewport.toCss(x + width, y + height);
    const snap = (v) => Math.round(v) + 0.5;
    return { x: snap(left), y: snap(top), width: Math.max(snap(right) - snap(left), 1), height: Math.max(snap(bottom) - snap(top), 1) };
  }
  const relative = (region, [dx, dy]) => [region[0] - dx, region[1] - dy, region[2], region[3]];
  const partOf = ({ inspection, layer }) => inspection?.parts[inspection.layers[layer]?.part];

  function drawWindows(state) {
    const part = partOf(state);
    windows.replaceChildren();
    if (!part || !state.overlays || String(part.data_window) === String(part.display_window)) return;
    const label = (area, text, below) => svg("text", { class: "window-label", x: area.x + 4, y: below ? area.y + area.height - 5 : area.y - 5, text });
    const display = place(relative(part.display_window, part.display_window));
    const data = place(relative(part.data_window, part.display_window));
    windows.append(
      svg("rect", { class: "window", ...display }), label(display, "display window", false),
      svg("rect", { class: "window", ...data }), label(data, "data window", true));
  }

  function drawGuides(state) {
    const part = partOf(state);
    guides.replaceChildren(...(part && state.overlays ? drawGuide(state.guide, part, place) : []));
  }

  function drawMissing(state) {
    const part = partOf(state);
    lost.replaceChildren();
    if (!part || state.loading) return;
    for (const { region, reason } of state.missing) {
      lost.append(svg("rect", { class: "missing", ...place(relative(region, part.display_window)) }, svg("title", { text: reason })));
    }
  }

  function drawBoxes({ report, frame, shot, overlays, finding }) {
    boxes.replaceChildren();
    tags = [];
    if (!report || !frame || !overlays) return;
    report.shots[0].issues.forEach((issue, index) => {
      if (issue.region && holdsFor(shot, frame, issue)) boxes.append(box(issue, index, index === finding));
    });
  }

  /** Where a tag does not lie on another one, nor under the words along the top: above its box, else further down. */
  function freePlace({ x, y }, width) {
    let top = y - TAG < CHIPS ? y + 1 : y - TAG;
    while (tags.some((other) => Math.abs(other.top - top) < TAG && x < other.x + other.width && other.x < x + width)) top += TAG;
    tags.push({ x, top, width });
    return top;
  }

  function box(issue, index, selected) {
    const area = place(issue.region);
    const text = `${GLYPHS[issue.severity]} ${issue.description}`;
    const short = text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1).trimEnd()}…` : text;
    const width = short.length * LETTER + 12;
    // Near the right edge the words begin further to the left.
    const x = Math.max(Math.min(area.x, root.clientWidth - width), 0.5);
    const top = freePlace({ x, y: area.y }, width);
    const tag = svg("rect", { class: "tag", x: x - 0.5, y: top, height: TAG - 1, width: 10, rx: 2 });
    const label = svg("text", { x: x + 5.5, y: top + 13.5, text: short });
    const node = svg("g", {
      class: `box ${issue.severity}`, role: "button", tabindex: "-1", "aria-pressed": String(selected), "aria-label": `${issue.severity}: ${issue.description}`,
      onclick: () => app.selectFinding(index),
    }, svg("rect", { class: "halo", ...area }), svg("rect", { class: "area", ...area }), tag, label);
    // The width of a text is known once it is in the page.
    queueMicrotask(() => tag.setAttribute("width", String(label.getBBox().width + 12)));
    return node;
  }

  /** The matte of the object that was clicked, and the region whose values are shown. */
  function drawArea({ region, matte }) {
    area.replaceChildren();
    if (matte) {
      const at = place(matte.region);
      area.append(svg("image", { ...at, href: matte.url, preserveAspectRatio: "none" }));
    }
    if (region) {
      const at = place(region);
      area.append(svg("rect", { class: "region-halo", ...at }), svg("rect", { class: "region", ...at }));
    }
  }

  function drawMarks({ pins, probe, keyboardProbe }) {
    marks.replaceChildren();
    pins.forEach((pin, i) => {
      const area = place([pin.x, pin.y, 1, 1]);
      const [x, y] = [area.x + area.width / 2, area.y + area.height / 2];
      marks.append(svg("g", { class: "pin" }, cross(x, y), svg("text", { x: x + 8, y: y - 6, text: String(i + 1) })));
    });
    if (probe && keyboardProbe) {
      const area = place([probe.x, probe.y, 1, 1]);
      marks.append(cross(area.x + area.width / 2, area.y + area.height / 2));
    }
  }
  const cross = (x, y) => svg("path", { class: "cross", d: `M${x - 9} ${y}h6M${x + 3} ${y}h6M${x} ${y - 9}v6M${x} ${y + 3}v6` });

  store.on(["place", "inspection", "layer", "overlays"], drawWindows);
  store.on(["place", "inspection", "layer", "overlays", "guide"], drawGuides);
  store.on(["place", "missing", "loading"], drawMissing);
  store.on(["place", "report", "frame", "overlays", "finding"], drawBoxes);
  store.on(["place", "region", "matte"], drawArea);
  store.on(["place", "pins", "probe", "keyboardProbe"], drawMarks);
}
