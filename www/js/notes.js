// A reviewer's notes: one list over all shots, saved as JSON and as locators for the edit.

import { announce, h } from "./dom.js";
import { tip } from "./keys.js";
import { save } from "./package/export.js";
import { USUAL_RATE, rateOf } from "./time.js";

/** @param {any} app */
export function createNotes(app) {
  const { store, engine } = app;
  const text = /** @type {HTMLTextAreaElement} */ (h("textarea", { "aria-label": "Note", rows: "3", onkeydown: (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) add(); } }));
  const where = h("span", { class: "dim" });
  const list = h("div", { role: "list", "aria-label": "Notes" });
  const file = /** @type {HTMLInputElement} */ (h("input", { type: "file", accept: "application/json,.json", hidden: true, "aria-label": "Choose saved notes", onchange: load }));
  const button = (label, run) => h("button", { class: "button", text: label, onclick: run });
  const saving = h("div", { class: "panel-actions" }, button("JSON", () => write("json")), button("EDL locators", () => write("edl")), button("OTIO", () => write("otio")), button("Load JSON", () => file.click()), file);
  const root = h("div", {}, h("div", { class: "note-form" }, where, text, h("button", { class: "button", text: "Add note", title: "Ctrl Enter", onclick: add })), list, saving);
  let unsaved = false;

  app.editNote = () => {
    store.set({ tab: "notes" });
    queueMicrotask(() => text.focus());
  };

  function add() {
    const { shot, frame, notes, region } = store.state;
    const words = text.value.trim();
    if (!words || !shot || !frame) return;
    unsaved = true;
    store.set({ notes: [...notes, { shot: shot.name, frame: frame.number, file: frame.name, region: region ?? null, text: words, written_at: new Date().toISOString() }] });
    text.value = "";
    announce("Noted");
  }

  function build({ notes }) {
    saving.querySelectorAll(".button").forEach((node, i) => { node.disabled = notes.length === 0 && i < 3; });
    list.replaceChildren(...notes.map((note, i) => h("div", { class: "note-row", role: "listitem" },
      h("button", { class: "link mono", text: `${note.shot} · ${note.frame}`, onclick: () => go(note) }),
      h("button", { text: "✕", "aria-label": `Remove the note at ${note.shot} ${note.frame}`, onclick: () => store.set({ notes: notes.filter((_, at) => at !== i) }) }),
      h("span", { class: "note-text", text: note.text }))));
  }

  async function go({ shot: name, frame: number, region }) {
    const shot = store.state.shots.find((each) => each.name === name);
    const frame = shot?.frames.find((each) => each.number === number);
    if (!frame) return app.toast("That frame is not open");
    await app.showFrame(shot, frame);
    if (region) store.set({ region });
  }

  /** The notes of each shot with the shot's frames, in the order of the list on the left. */
  function noted() {
    const { notes, shots, inspection } = store.state;
    const rate = inspection?.parts[0]?.frames_per_second;
    const names = [...new Set([...shots.map(({ name }) => name), ...notes.map(({ shot }) => shot)])].filter((name) => notes.some(({ shot }) => shot === name));
    return {
      name: store.state.pkg?.name ?? names[0] ?? "notes",
      rate: rateOf(rate) ? rate.join("/") : String(USUAL_RATE),
      shots: names.map((name) => {
        const own = notes.filter(({ shot }) => shot === name);
        const numbers = own.map(({ frame }) => frame);
        return { name, frames: shots.find((each) => each.name === name)?.range ?? [Math.min(...numbers), Math.max(...numbers)], notes: own.map(({ frame, text: words }) => ({ frame, text: words })) };
      }),
    };
  }

  function write(format) {
    const request = noted();
    try {
      if (format === "json") save(`${JSON.stringify({ schema_version: 1, name: request.name, notes: store.state.notes }, null, 2)}\n`, `${request.name}_notes.json`, "application/json");
      else save(engine.locators(request, format), `${request.name}_notes.${format}`, "text/plain");
      unsaved = false;
    } catch (error) {
      store.set({ failure: { ...error, title: "The notes could not be written" } });
    }
  }

  async function load() {
    const [chosen] = file.files;
    file.value = "";
    try {
      const { notes } = JSON.parse(await chosen.text());
      const good = notes.filter((note) => typeof note.shot === "string" && Number.isFinite(note.frame) && typeof note.text === "string");
      store.set({ notes: [...store.state.notes, ...good] });
      app.toast(`${good.length} notes loaded`);
    } catch (error) {
      app.toast(`These are no notes: ${error.message}`);
    }
  }

  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  store.on(["notes"], build);
  store.on(["shot", "frame"], ({ shot, frame }) => { where.textContent = frame ? `${shot.name} · ${frame.number}` : ""; });
  text.title = tip("note.edit");
  build(store.state);
  return root;
}
