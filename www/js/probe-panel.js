// One pixel in every space, and pins.

import { h } from "./dom.js";
import { tip } from "./keys.js";

/** More pins than this nobody reads. */
export const MOST_PINS = 8;

/** @param {any} app */
export function createProbePanel(app) {
  const { store } = app;
  const root = h("div", { class: "probe-panel" });

  const around = (size) => {
    const { probe } = store.state;
    const half = (size - 1) / 2;
    return probe && [probe.x - half, probe.y - half, size, size];
  };
  let size = 1;
  let areaFacts = null;

  /** Areas are answered by a worker; what is shown meanwhile is the area before. */
  async function askArea({ tab, region, probe }) {
    if (tab !== "probe") return;
    const area = region ?? (size > 1 && probe ? around(size) : null);
    const facts = area && (await app.analyst.ask("area", { region: area }));
    if (area && !facts) return;
    areaFacts = facts && { ...facts, area };
    build(store.state);
  }

  const sizes = () => h("div", { class: "probe-sizes", role: "group", "aria-label": "Sample size" }, ...[1, 3, 5].map((each) => h("button", {
    "aria-pressed": String(each === size && !store.state.region), text: `${each}×${each}`,
    onclick: () => { size = each; areaFacts = null; store.set({ region: null }); build(store.state); askArea(store.state); },
  })), h("span", { class: "faint", text: "Shift-drag: a region" }));

  function areaTable({ min, mean, max, display, stops, nonFinite, pixels, area: [x, y, width, height] }) {
    const line = (name, values) => h("tr", {}, h("th", { scope: "row", text: name }), ...values.map((text) => h("td", { text })));
    return [
      h("h3", { class: "section-heading heading", text: `${width}×${height} at ${x}, ${y} · ${pixels} pixels` }),
      h("table", { class: "probe-table" }, h("thead", {}, h("tr", {}, h("td", {}), ..."RGB".split("").map((text) => h("th", { scope: "col", text })))),
        h("tbody", {}, line("min", min), line("mean", mean), line("max", max), line("display", display))),
      h("p", { class: "note", text: [stops && `${stops} stops from 18 % grey`, nonFinite > 0 && `${nonFinite} samples are no numbers and left out`].filter(Boolean).join(" · ") }),
    ];
  }

  function build({ probe, pins, tab, region }) {
    if (tab !== "probe") return;
    const blocks = [sizes()];
    if (areaFacts && (region || size > 1)) blocks.push(...areaTable(areaFacts));
    if (!probe) blocks.push(h("p", { class: "note", text: "Point at the picture, or move the probe with Shift and the arrow keys." }));
    else blocks.push(h("h3", { class: "section-heading heading", text: `x ${probe.x}  y ${probe.y}` }), ...body(probe.facts));
    if (pins.length > 0) blocks.push(h("h3", { class: "section-heading heading", text: "Pins" }), pinTable(pins));
    blocks.push(h("div", { class: "panel-actions" },
      h("button", { class: "button", title: tip("probe.pin"), disabled: !probe || pins.length >= MOST_PINS, text: "Pin", onclick: () => app.pin() }),
      h("button", { class: "button", disabled: !probe?.facts, text: "Copy", onclick: () => copy(probe) }),
      region && h("button", { class: "button", title: tip("region.clear"), text: "Clear region", onclick: () => { areaFacts = null; store.set({ region: null }); } }),
      pins.length > 0 && h("button", { class: "button", text: "Remove pins", onclick: () => store.set({ pins: [] }) })));
    root.replaceChildren(...blocks);
  }

  function body(facts) {
    if (!facts) return [h("p", { class: "note", text: "No samples here: outside the data window, or not read." })];
    const labels = ["R", "G", "B", "A"];
    const line = (name, values) => h("tr", {}, h("th", { scope: "row", text: name }), ...labels.map((_, i) => h("td", { text: values[i] ?? "" })));
    return [
      h("table", { class: "probe-table" },
        h("thead", {}, h("tr", {}, h("td", {}), ...labels.slice(0, facts.linear.length > 3 ? 4 : 3).map((text) => h("th", { scope: "col", text })))),
        h("tbody", {}, line("scene-linear", facts.linear), line("display", facts.display), line("8-bit codes", facts.codes))),
      ...(facts.stops ? [h("p", { class: "note", text: `${facts.stops} stops from 18 % grey` })] : []),
      ...facts.notes.map((text) => h("p", { class: "probe-note", text })),
      h("h3", { class: "section-heading heading", text: "In the file" }),
      h("table", { class: "probe-table" }, h("tbody", {}, ...facts.file.map(({ name, value, bits }) =>
        h("tr", {}, h("th", { scope: "row", text: name }), h("td", { text: value }), h("td", { class: "faint", text: bits }))))),
    ];
  }

  const pinTable = (pins) => h("table", { class: "probe-table" }, h("tbody", {}, ...pins.map((pin, i) => h("tr", {},
    h("th", { scope: "row", text: `${i + 1} · ${pin.x}, ${pin.y}` }), h("td", { text: pin.facts ? pin.facts.linear.slice(0, 3).join("  ") : "no samples" })))));

  function copy({ x, y, facts }) {
    const text = [
      `x ${x} y ${y}`, ...facts.file.map(({ name, value, bits }) => `${name} ${value} (${bits})`),
      `linear ${facts.linear.join(" ")}`, `display ${facts.display.join(" ")}`, `codes ${facts.codes.join(" ")}`, store.state.truth,
    ].join("\n");
    navigator.clipboard?.writeText(text).then(() => app.toast("Copied"), () => app.toast("The browser did not allow copying"));
  }

  store.on(["probe", "pins", "tab", "region"], build);
  store.on(["probe", "tab", "region", "look", "pictureCount"], askArea);
  return root;
}
