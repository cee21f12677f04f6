// The timeline: frames held, missing and not yet read; ticks where there are findings.

import { byId, h, svg } from "./dom.js";
import { tip } from "./keys.js";
import { WORST } from "./shots.js";

/** Wider ranges are drawn as one bar, which does not say what is held. */
const MOST_CELLS = 600;

/** @param {any} app @param {(id: string) => void} run */
export function createTimeline(app, run) {
  const { store } = app;
  const root = byId("timeline");
  const button = (id, text, label) => h("button", { title: tip(id), "aria-label": label, text, onclick: () => run(id) });
  const play = button("frame.play", "▶", "Play");
  const transport = h("div", { class: "transport" },
    button("frame.first", "|◀", "First frame"), button("frame.previous", "◀", "Frame before"), play,
    button("frame.next", "▶▏", "Next frame"), button("frame.last", "▶|", "Last frame"));
  const track = svg("svg", { class: "track", role: "slider", "aria-label": "Frame", tabindex: "0", preserveAspectRatio: "none" });
  const number = h("strong");
  const range = h("span", { class: "dim" });
  const rate = h("div");
  root.append(transport, track, h("div", { class: "counter" }, h("div", {}, number, range), rate));

  /** First and last number, and the width of one in track units. */
  let scale = { first: 1, last: 1 };
  const place = (frame) => (frame - scale.first) / (scale.last - scale.first + 1);

  function build() {
    const { shot, frame, report } = store.state;
    root.toggleAttribute("data-single", !shot || !shot.numbered);
    if (!shot?.numbered) return;
    const width = track.clientWidth || 600;
    scale = { first: shot.range[0], last: shot.range[1] };
    const count = scale.last - scale.first + 1;
    const cell = width / count;
    const gap = cell > 4 ? 1 : 0;
    const box = (kind, from, to, y, height) => svg("rect", {
      class: kind, x: place(from) * width, y, width: Math.max((to - from + 1) * cell - gap, 1), height,
    });
    const cells = count <= MOST_CELLS
      ? shot.frames.map((each) => box(`cell${app.isHeld(each) ? " cached" : ""}`, each.number, each.number, 34, 5))
      : [box("cell", scale.first, scale.last, 34, 5)];
    const gaps = shot.gaps.map(([from, to]) => box("cell missing", from, to, 34, 5));
    const ticks = (report?.shots[0].issues ?? []).map((issue) =>
      box(`tick ${issue.severity}`, issue.frame, issue.last_frame ?? issue.frame, 24 - 8 * (2 - WORST.indexOf(issue.severity)), 5));
    const { inPoint, outPoint } = store.state;
    if (inPoint !== null || outPoint !== null) cells.unshift(box("loop", inPoint ?? scale.first, outPoint ?? scale.last, 41, 2));
    const head = frame && svg("rect", { class: "head", x: (place(frame.number) + 0.5 / count) * width - 1, y: 2, width: 2, height: 40 });
    track.setAttribute("viewBox", `0 0 ${width} 54`);
    track.replaceChildren(...cells, ...gaps, ...ticks, ...(head ? [head] : []),
      svg("text", { x: 0, y: 52, text: String(scale.first) }), svg("text", { x: width, y: 52, "text-anchor": "end", text: String(scale.last) }));
    track.setAttribute("aria-valuemin", String(scale.first));
    track.setAttribute("aria-valuemax", String(scale.last));
    track.setAttribute("aria-valuenow", String(frame?.number ?? scale.first));
  }

  function words({ shot, frame, inspection, layer, playing, missingFrame, playedRate }) {
    play.textContent = playing ? "❚❚" : "▶";
    play.setAttribute("aria-label", playing ? "Stop" : "Play");
    if (!shot?.numbered || !frame) return;
    number.textContent = missingFrame === null ? String(frame.number) : `${missingFrame} missing`;
    number.classList.toggle("lost", missingFrame !== null);
    range.textContent = ` / ${shot.range[0]}–${shot.range[1]}`;
    const part = inspection?.parts[inspection.layers[layer]?.part ?? 0];
    const fps = part?.frames_per_second;
    rate.textContent = [part?.time_code, fps ? `${fps[1] === 1 ? fps[0] : fps.join("/")} fps` : "no rate in the file", playing && playedRate !== null && `playing at ${playedRate.toFixed(1)}`].filter(Boolean).join(" · ");
  }

  function go(event) {
    const { shot } = store.state;
    const box = track.getBoundingClientRect();
    const wanted = scale.first + Math.floor(((event.clientX - box.left) / box.width) * (scale.last - scale.first + 1));
    const nearest = shot.frames.reduce((best, each) => (Math.abs(each.number - wanted) < Math.abs(best.number - wanted) ? each : best));
    if (nearest !== store.state.frame) app.showFrame(shot, nearest);
  }
  track.addEventListener("pointerdown", (event) => {
    track.setPointerCapture(event.pointerId);
    go(event);
  });
  track.addEventListener("pointermove", (event) => {
    if (track.hasPointerCapture(event.pointerId)) go(event);
  });
  new ResizeObserver(build).observe(track);
  store.on(["shot", "frame", "report", "pictureCount", "heldCount", "inPoint", "outPoint"], build);
  store.on(["shot", "frame", "inspection", "layer", "playing", "missingFrame", "playedRate"], words);
}
