// Measurements over the frames of a shot, as small curves.

import { h, svg } from "../dom.js";
import { figure } from "./words.js";

const SIZE = { width: 320, height: 72 };
/** The check that a measurement belongs to, where it is held against that check's limit. */
const LIMIT_OF = { clipped_share: "no_clipped_highlights", crushed_share: "no_crushed_blacks", grain_sigma: "grain_visible" };

/** @param {any} report one entry of the report's shots @param {(frame: number) => void} go */
export function metrics(report, go) {
  const drawn = [...report.metrics].filter(([, values]) => values.some((value) => value !== null));
  const empty = [...report.metrics.keys()].filter((name) => !drawn.some(([other]) => other === name));
  const first = report.frame_range?.[0] ?? 0;
  const limit = (name) => report.checks.find((check) => check.id === LIMIT_OF[name])?.limit ?? null;
  return [
    drawn.length > 0 && h("div", { class: "plots" }, ...drawn.map(([name, values]) => plot(name, values, first, limit(name), go))),
    empty.length > 0 && h("p", { class: "note", text: `Nothing to measure: ${empty.join(", ")}.` }),
  ].filter(Boolean);
}

function plot(name, values, first, limit, go) {
  const known = values.filter((value) => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  // A limit far above everything would press the curve flat; it is then said, not drawn.
  const shown = limit !== null && limit <= Math.max(most * 4, least) ? limit : null;
  const [low, high] = [Math.min(least, shown ?? least, 0), Math.max(most, shown ?? most)];
  const span = high - low || 1;
  const x = (i) => (values.length === 1 ? SIZE.width / 2 : (i / (values.length - 1)) * (SIZE.width - 8) + 4);
  const y = (value) => SIZE.height - 5 - ((value - low) / span) * (SIZE.height - 10);
  const runs = [];
  values.forEach((value, i) => {
    if (value === null) return;
    if (i > 0 && values[i - 1] !== null) runs.at(-1).push(i);
    else runs.push([i]);
  });
  const lines = runs.map((run) => (run.length === 1
    ? svg("circle", { class: "curve-point", cx: x(run[0]), cy: y(values[run[0]]), r: 2.5 })
    : svg("polyline", { class: "curve", points: run.map((i) => `${x(i).toFixed(1)},${y(values[i]).toFixed(1)}`).join(" ") })));
  const words = `${name}: ${figure(least)} to ${figure(most)}${limit === null ? "" : `, limit ${figure(limit)}`}, ${known.length} of ${values.length} frames measured`;
  const chart = svg("svg", { class: "plot", viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, preserveAspectRatio: "none", role: "img", "aria-label": words },
    svg("line", { class: "axis", x1: 0, x2: SIZE.width, y1: y(low), y2: y(low) }),
    shown !== null && svg("line", { class: "limit", x1: 0, x2: SIZE.width, y1: y(shown), y2: y(shown) }),
    ...lines);
  const reading = h("span", { class: "mono dim" });
  const rest = () => { reading.textContent = least === most ? figure(least) : `${figure(least)} – ${figure(most)}${limit === null ? "" : ` · limit ${figure(limit)}`}`; };
  const at = (event) => {
    const box = chart.getBoundingClientRect();
    return Math.min(Math.max(Math.round(((event.clientX - box.left) / box.width) * (values.length - 1)), 0), values.length - 1);
  };
  chart.addEventListener("pointermove", (event) => { const i = at(event); reading.textContent = `${first + i}: ${values[i] === null ? "nothing measured" : figure(values[i])}`; });
  chart.addEventListener("pointerleave", rest);
  chart.addEventListener("click", (event) => go(first + at(event)));
  rest();
  return h("figure", {}, h("figcaption", {}, h("span", { text: name }), reading), chart);
}
