// The help sheet (?): the key table once more, and the switch for single keys.

import { h } from "./dom.js";
import { KEYS, keyLabel } from "./keys.js";

/** @param {{single: boolean, setSingle: (on: boolean) => void}} keyboard @param {string} version @param {() => string} renderer */
export function createHelp(keyboard, version, renderer) {
  const groups = [...new Set(KEYS.map(({ group }) => group))];
  const box = h("input", { type: "checkbox", id: "single-keys", onchange: () => keyboard.setSingle(box.checked) });
  const about = h("p");
  const dialog = h("dialog", { class: "help", "aria-labelledby": "help-title", onclick: (event) => { if (event.target === dialog) dialog.close(); } },
    h("div", { class: "dialog-head" }, h("h2", { id: "help-title", text: "Keys" }), h("button", { "aria-label": "Close", text: "✕", onclick: () => dialog.close() })),
    h("div", { class: "help-body" }, ...groups.map((group) => h("section", {}, h("h3", { class: "heading", text: group }),
      h("dl", {}, ...KEYS.filter((entry) => entry.group === group).flatMap((entry) => [
        h("dt", { text: entry.label }), h("dd", { text: entry.keys.map(keyLabel).join("  ") })]))))),
    h("div", { class: "help-foot" }, h("label", {}, box, "Keys without Ctrl work (switch them off if you speak commands or use a screen reader)"),
      h("p", { text: "Wheel or pinch zooms, dragging moves the picture, a double click shows it one to one. Hold E and drag for exposure, Shift and drag for a region." }), about));
  document.body.append(dialog);
  return () => {
    box.checked = keyboard.single;
    about.textContent = `blender-gsd ${version} · picture drawn with ${renderer() === "2d" ? "the 2D canvas, without the GPU" : "WebGL2"} · nothing leaves this computer`;
    dialog.showModal();
  };
}
