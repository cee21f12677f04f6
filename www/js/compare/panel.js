// What changed, in words: the picture, the findings, the headers; and which shot is held against which.

import { h, select } from "../dom.js";
import { GLYPHS } from "../shots.js";
import { frames } from "../package/words.js";
import { findingsChanged, metadataChanged, pictureChanged } from "./words.js";

/** @param {any} app */
export function createChanges(app) {
  const { store, versions } = app;
  const root = h("div", { class: "changes" });
  let controller = new AbortController();
  let answer = null;
  let asked = "";

  const heading = (text) => h("h3", { class: "heading", text });

  function build(state) {
    if (state.tab !== "compare") return;
    const { before, shot, otherFrame } = state;
    if (!before) {
      return root.replaceChildren(h("p", { class: "note", text: "Choose the version to compare with: a package, a folder or files. It is paired with what is open by name, without the version." }),
        h("div", { class: "panel-actions" }, h("button", { class: "button", text: "Choose folder", onclick: () => app.chooseBefore() }), h("button", { class: "button", text: "Choose files", onclick: () => app.chooseBefore(true) })));
    }
    const other = versions.otherShot();
    const list = select("The other version's shot", [{ id: "", label: "none" }, ...before.shots.map((each, i) => ({ id: String(i), label: each.name }))],
      (id) => versions.pair(shot, before.shots[Number(id)] ?? null));
    list.value = other ? String(before.shots.indexOf(other)) : "";
    root.replaceChildren(
      h("div", { class: "pairing" }, h("span", {}, h("strong", { text: shot?.name ?? "" }), " against"), h("span", { class: "select" }, list)),
      ...(other && otherFrame ? [...picture(), ...findings(shot, other), ...headers(state)] : [h("p", { class: "note", text: other ? "The other version has no such frame." : "No shot is chosen." })]));
  }

  function picture() {
    if (!answer) return [heading("Picture"), h("p", { class: "dim", text: "Comparing the samples …" })];
    const go = ([x, y, width, height], i) => h("li", {}, h("button", {
      class: "link", text: `${i + 1}. ${width}×${height} at ${x}, ${y}`,
      onclick: () => { store.set({ region: [x, y, width, height] }); if (app.picture.viewport.reveal([x, y, width, height])) app.picture.changed(); },
    }));
    return [heading("Picture"), h("p", { role: "status", text: pictureChanged(answer) }), answer.boxes.length > 0 && h("ul", { "aria-label": "Largest changed areas" }, ...answer.boxes.map(go))].filter(Boolean);
  }

  function findings(shot, other) {
    if (!shot.report || !other.report) return [heading("Findings"), h("p", { class: "dim", text: "The checks are not done yet." })];
    const { fixed, added, still } = findingsChanged(shot.report.shots[0].issues, other.report.shots[0].issues);
    const line = (issue) => h("li", {}, h("span", { class: `glyph ${issue.severity}`, "aria-hidden": "true", text: `${GLYPHS[issue.severity]} ` }), `${frames(issue)} · ${issue.check} · ${issue.description}`);
    const group = (title, issues) => (issues.length > 0 ? [heading(`${title} · ${issues.length}`), h("ul", {}, ...issues.map(line))] : []);
    const none = fixed.length + added.length + still.length === 0;
    return [...group("New findings", added), ...group("Fixed", fixed), ...group("Still there", still), ...(none ? [heading("Findings"), h("p", { text: "Neither version has findings." })] : [])];
  }

  function headers({ inspection, layer }) {
    const { shown } = versions;
    if (!inspection || !shown) return [];
    const rows = metadataChanged(inspection.parts[inspection.layers[layer]?.part ?? 0], shown.plan.part);
    if (rows.length === 0) return [heading("Header"), h("p", { text: "Both headers say the same." })];
    const cells = (name, ...values) => h("tr", {}, h("th", { scope: "row", text: name }), ...values.map((text) => h("td", { text })));
    return [heading(`Header · ${rows.length} differences`), h("table", {}, h("thead", {}, h("tr", {}, h("td", {}), ...["before", "now"].map((text) => h("th", { scope: "col", text })))), h("tbody", {}, ...rows.map(([name, a, b]) => cells(name, a, b))))];
  }

  /** Asks what changed: a worker that has both frames, and the checks of the other version where it brings no report. */
  async function ask(state) {
    const { tab, otherFrame, loading, look, frame } = state;
    const { shown } = versions;
    if (tab !== "compare" || !otherFrame || loading || !shown || shown.frame !== otherFrame) return;
    const key = [frame.key, otherFrame.key, state.layerName, look.view, look.display, look.exposure].join("|");
    if (key === asked) return;
    asked = key;
    answer = null;
    build(state);
    answer = await app.analyst.ask("changes", { before: app.analyst.target(shown) });
    build(store.state);
    const other = versions.otherShot();
    if (!other || other.report) return;
    controller.abort();
    controller = new AbortController();
    other.report = await app.checks.aside(other, controller.signal).catch(() => null);
    build(store.state);
  }

  store.on(["tab", "before", "shot", "otherFrame", "report", "inspection", "layer"], build);
  store.on(["tab", "otherFrame", "loading", "look", "pictureCount"], ask);
  return root;
}
