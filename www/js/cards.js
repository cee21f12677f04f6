// Trouble, in words: what, where, what to do, and what still works.

import { byId, h } from "./dom.js";

/** @param {any} app @param {(id: string) => void} run */
export function createCards(app, run) {
  const { store } = app;
  const root = byId("cards");

  function stillWorks({ shots, inspection }) {
    const frames = shots.reduce((sum, shot) => sum + shot.frames.length, 0);
    if (inspection && inspection.layers.length > 1) return `The header was read; the ${inspection.layers.length} layers can be chosen above.`;
    if (inspection) return "The header was read: see Metadata.";
    if (frames > 1) return `The other ${frames - 1} ${frames === 2 ? "frame" : "frames"} can be opened.`;
    return "The page itself: drop another file.";
  }

  function show(state) {
    const { failure } = state;
    root.replaceChildren();
    if (!failure) return;
    const facts = [
      ["What", failure.what],
      failure.place && ["Where", failure.place],
      failure.next && ["What to do", failure.next],
      ["Still works", stillWorks(state)],
    ].filter(Boolean);
    const close = h("button", { class: "button", text: "Close", onclick: () => store.set({ failure: null }) });
    root.append(h("section", { class: "card", role: "alert", "aria-labelledby": "card-title" },
      h("h2", { id: "card-title", text: failure.title ?? `${failure.frame?.name ?? "This file"} cannot be shown` }),
      h("dl", {}, ...facts.flatMap(([name, text]) => [h("dt", { text: name }), h("dd", { text })])),
      h("div", { class: "buttons" }, close, h("button", { class: "button", text: "Choose files", onclick: () => run("file.open") }))));
  }
  store.on(["failure"], show);
}
