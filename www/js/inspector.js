// The tabs on the right.

import { byId, h } from "./dom.js";
import { createFindings } from "./findings.js";
import { createMetadata } from "./metadata.js";
import { createProbePanel } from "./probe-panel.js";
import { createChanges } from "./compare/panel.js";
import { createNotes } from "./notes.js";
import { createScopes } from "./scopes.js";

/** @param {any} app */
export function createInspector(app) {
  const { store } = app;
  const root = byId("inspector");
  const tabs = [
    { id: "findings", label: "Findings", panel: createFindings(app) },
    { id: "probe", label: "Probe", panel: createProbePanel(app) },
    { id: "scopes", label: "Scopes", panel: createScopes(app) },
    { id: "compare", label: "Compare", panel: createChanges(app) },
    { id: "notes", label: "Notes", panel: createNotes(app) },
    { id: "metadata", label: "Metadata", panel: createMetadata(app) },
  ];
  const buttons = tabs.map(({ id, label }) => h("button", {
    role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, text: label, onclick: () => store.set({ tab: id }),
  }));
  const bar = h("div", { class: "tabs", role: "tablist", "aria-label": "Inspector", onkeydown: move }, ...buttons);
  const panels = tabs.map(({ id, panel }) => h("div", {
    class: "tab-panel", role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}`, tabindex: id === "metadata" ? "0" : null,
  }, panel));
  root.append(bar, ...panels);

  function move(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const place = (tabs.findIndex(({ id }) => id === store.state.tab) + by + tabs.length) % tabs.length;
    store.set({ tab: tabs[place].id });
    buttons[place].focus();
  }

  function show({ tab }) {
    tabs.forEach(({ id }, i) => {
      buttons[i].setAttribute("aria-selected", String(id === tab));
      buttons[i].tabIndex = id === tab ? 0 : -1;
      panels[i].hidden = id !== tab;
    });
  }

  store.on(["tab"], show);
  store.on(["report"], ({ report }) => {
    const count = report?.shots[0].issues.length;
    buttons[0].textContent = count ? `Findings ${count}` : "Findings";
  });
  show(store.state);
}
