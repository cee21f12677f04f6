// What lies over the picture in words: the truth line, sizes, what is missing, what is loading.

import { byId, h, select } from "./dom.js";
import { tip } from "./keys.js";
import { GLYPHS } from "./shots.js";

/** @param {any} app */
export function createChips(app) {
  const { store, catalog, picture } = app;
  const root = byId("chips");
  const truth = h("div", { class: "chip truth", title: "What is done to the numbers in the file before they reach the screen" });
  const facts = h("div", { class: "chip facts" });
  const keys = h("div", { class: "chip keys", text: "N next finding · X clipping · H hide overlays" });
  const partial = h("div", { class: "chip partial", role: "status" });
  const legend = h("div", { class: "chip legend", "aria-label": "Clipping" }, ...catalog.legend.map(({ id, label }) =>
    h("span", {}, h("i", { class: `swatch ${id}` }), label)));
  const colors = h("div", { class: "chip legend", "aria-label": "False colour" }, ...catalog.falseColors.filter(({ color }) => color).map(({ color, label }) => {
    const swatch = h("i", { class: "swatch" });
    swatch.style.backgroundColor = `rgb(${color.join(" ")})`;
    return h("span", {}, swatch, label);
  }));
  const under = h("div", { class: "chip under", role: "status" });
  const bar = h("progress", { max: "1", value: "0", "aria-label": "Decoding" });
  const barText = h("span", { class: "mono" });
  const loading = h("div", { class: "loading" }, h("span", { text: "Decoding" }), bar, barText,
    h("button", { text: "Cancel", title: tip("load.cancel"), onclick: () => app.cancel() }));
  root.append(h("div", { class: "chips-top" }, truth, facts), keys, partial, legend, colors, under, loading);

  function showTruth({ truth: line, inspection, layer, look }) {
    const shown = inspection?.layers[layer];
    const space = shown && inspection.parts[shown.part].color_space;
    const guessed = Boolean(shown && shown.kind === "color" && space.assumed && !look.space);
    truth.hidden = !line || !shown;
    truth.classList.toggle("guessed", guessed);
    const nodes = [h("span", { class: "truth-line", text: line })];
    if (shown?.kind === "color" && (guessed || look.space)) {
      const list = select("Colour space of the file", [
        { id: "", label: guessed ? "is it another space?" : "as the file says" },
        ...catalog.spaces.map(({ id, label }) => ({ id, label })),
      ], (id) => app.look({ space: id || null }));
      list.value = look.space ?? "";
      nodes.push(h("span", { class: "select" }, list));
    }
    truth.replaceChildren(...nodes);
  }

  function showFacts({ inspection, layer }) {
    const shown = inspection?.layers[layer];
    facts.hidden = !shown;
    if (!shown) return;
    const { data_window: data, display_window: display, pixel_aspect: aspect } = inspection.parts[shown.part];
    const { viewport } = picture;
    const percent = viewport.scale * 100;
    const same = String(data) === String(display);
    facts.textContent = [
      `${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`,
      `${display[2]}×${display[3]}`,
      same ? "data window = display window" : `data window ${data[2]}×${data[3]} at ${data[0] - display[0]}, ${data[1] - display[1]}`,
      aspect !== 1 && `pixel aspect ${Number(aspect.toFixed(4))}`,
      picture.viewer.renderer === "2d" && "drawn without the GPU",
    ].filter(Boolean).join(" · ");
  }

  /** An object under the pointer: its name, its share, and what speaks against it. */
  const objectLine = ({ name, layer, coverage, verdicts }) => h("div", {},
    h("strong", { text: name }), coverage === undefined ? "" : ` ${Math.round(coverage * 100)} %`, h("span", { class: "faint", text: ` ${layer}` }),
    ...verdicts.map(({ severity, words }) => h("span", { class: `word ${severity}`, text: ` ${GLYPHS[severity]} ${words}` })));

  function showPartial({ missing, stopped, inspection, layer, loading: busy }) {
    const lines = [];
    const part = inspection?.parts[inspection.layers[layer]?.part];
    if (stopped) lines.push("Stopped: only the rows read so far are shown.");
    if (!busy && missing.length > 0 && part) {
      const rows = missing.reduce((sum, { region }) => sum + region[3], 0);
      const tall = part.data_window[3];
      const what = missing.every(({ region }) => region[2] === part.data_window[2])
        ? `${rows} of ${tall} rows could not be read and are hatched`
        : `${missing.length} areas could not be read and are hatched`;
      lines.push(`Partial file: ${what}. ${missing[0].reason}`);
    }
    partial.hidden = lines.length === 0;
    partial.textContent = lines.join(" ");
  }

  store.on(["truth", "inspection", "layer", "look"], showTruth);
  store.on(["inspection", "layer", "place"], showFacts);
  store.on(["missing", "stopped", "inspection", "loading"], showPartial);
  store.on(["look", "report", "overlays"], ({ look, overlays }) => {
    legend.hidden = !look.clipping;
    colors.hidden = !look.falseColor || look.clipping;
    keys.hidden = !overlays || look.clipping || look.falseColor;
  });
  store.on(["loading", "missing", "stopped"], ({ loading: state }) => {
    loading.hidden = !state;
    keys.classList.toggle("raised", Boolean(state));
    if (!state) return;
    // A frame that is there at once needs no bar.
    loading.toggleAttribute("data-fresh", state.done === 0);
    bar.value = state.done / state.total;
    barText.textContent = `${state.done} / ${state.total}`;
  });
    store.on(["underPointer", "matteMode"], ({ underPointer, matteMode }) => {
    under.hidden = !matteMode;
    under.replaceChildren(...(underPointer ?? [{ name: "point at the picture", layer: "Cryptomatte", verdicts: [] }]).slice(0, 6).map(objectLine));
  });
  truth.hidden = facts.hidden = partial.hidden = legend.hidden = colors.hidden = under.hidden = loading.hidden = true;
}
