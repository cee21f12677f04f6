// The scopes: pictures that Rust counted from the exact samples, behind lines that Rust placed.

import { h, svg } from "./dom.js";

const KINDS = [["parade", "Parade"], ["waveform", "Waveform"], ["vectorscope", "Vectorscope"], ["histogram", "Histogram"]];
/** How long nothing must change before the scopes are counted anew, in milliseconds. */
const SETTLED = 80;

/** @param {any} app */
export function createScopes(app) {
  const { store, catalog } = app;
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "scope-trace", role: "img", "aria-label": "Scope" }));
  const lines = svg("svg", { class: "scope-lines", preserveAspectRatio: "none", "aria-hidden": "true" });
  const labels = h("div", { class: "scope-labels", "aria-hidden": "true" });
  const figure = h("div", { class: "scope" }, canvas, lines, labels);
  const note = h("p", { class: "note", role: "status" });
  const buttons = KINDS.map(([id, label]) => h("button", { "aria-pressed": "false", text: label, onclick: () => store.set({ scope: id }) }));
  const clear = h("button", { class: "button", text: "Whole picture", onclick: () => store.set({ region: null }) });
  const root = h("div", { class: "scopes" }, h("div", { class: "scope-kinds", role: "group", "aria-label": "Scope" }, ...buttons), figure, note, clear);
  let timer = 0;

  function soon({ tab, playing, loading }) {
    clearTimeout(timer);
    if (tab === "scopes" && !playing && !loading) timer = setTimeout(count, SETTLED);
  }

  async function count() {
    const { scope, region } = store.state;
    const shown = await app.analyst.ask("scopes", { kind: scope, region: region ?? null }, { progress: (image) => paint(image, scope) });
    if (shown) paint(shown, scope);
  }

  function paint({ width, height, data, note: words }, kind) {
    if (kind !== store.state.scope) return;
    Object.assign(canvas, { width, height });
    canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
    const { look, region } = store.state;
    const { unit } = catalog.scopes.displays.find(({ display }) => display === look.display) ?? catalog.scopes.displays[0];
    const where = region ? `region ${region[2]}×${region[3]} at ${region[0]}, ${region[1]}` : "whole picture";
    note.textContent = `${kind === "vectorscope" ? "Boxes: 75 % bars" : unit} · ${where} · ${words}`;
    canvas.setAttribute("aria-label", `${kind}, ${where}: ${words}`);
  }

  function graticule({ scope, look }) {
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(KINDS[i][0] === scope)));
    figure.dataset.kind = scope;
    lines.setAttribute("viewBox", "0 0 100 100");
    const line = (x1, y1, x2, y2) => svg("line", { x1, y1, x2, y2 });
    const { lines: levels } = catalog.scopes.displays.find(({ display }) => display === look.display) ?? catalog.scopes.displays[0];
    const label = (text, x, y) => {
      const node = h("span", { text });
      Object.assign(node.style, { left: `${x}%`, top: `${y}%` });
      return node;
    };
    if (scope === "vectorscope") {
      const boxes = catalog.scopes.targets.map(({ at: [x, y] }) => svg("rect", { x: x * 100 - 2, y: 98 - y * 100, width: 4, height: 4 }));
      lines.replaceChildren(line(50, 0, 50, 100), line(0, 50, 100, 50), ...boxes);
      labels.replaceChildren(...catalog.scopes.targets.map(({ at: [x, y], label: text }) => label(text, x * 100 + 2.5, 100 - y * 100 - 3)));
    } else if (scope === "histogram") {
      lines.replaceChildren(...levels.map(({ at }) => line(at * 100, 0, at * 100, 100)));
      labels.replaceChildren(...levels.map(({ at, label: text }) => label(text, Math.min(at * 100, 92), 93)));
    } else {
      lines.replaceChildren(...levels.map(({ at }) => line(0, 100 - at * 100, 100, 100 - at * 100)));
      labels.replaceChildren(...levels.map(({ at, label: text }) => label(text, 0.5, Math.min(100 - at * 100, 94))));
    }
  }

  store.on(["scope", "look"], graticule);
  store.on(["region"], ({ region }) => { clear.hidden = !region; });
  store.on(["tab", "scope", "look", "region", "pictureCount", "playing", "loading"], soon);
  graticule(store.state);
  clear.hidden = true;
  return root;
}
