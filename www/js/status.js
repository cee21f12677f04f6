// The status line: the probe in numbers, how long decoding took, and the promise.

import { byId, h } from "./dom.js";

/** @param {any} app */
export function createStatus(app) {
  const { store } = app;
  const root = byId("status");
  const file = h("span", { class: "file optional" });
  const [place, linear, display] = [h("span", { class: "probe-place" }), h("span", { class: "probe-linear" }), h("span", { class: "probe-display" })];
  const times = h("span", { class: "optional" });
  root.append(file, place, linear, display, h("span", { class: "end" }, times,
    h("span", { class: "local", title: "The page's security policy allows no connection to anywhere else", text: "● stays on this machine" })));

  store.on(["frame"], ({ frame }) => {
    file.textContent = frame?.name ?? "";
    file.title = frame?.name ?? "";
  });
  store.on(["probe"], ({ probe }) => {
    const facts = probe?.facts;
    const values = (label, text, more) => [`${label} `, h("span", { class: "mono", text }), ...(more ? [h("span", { class: "mono dim", text: ` ${more}` })] : [])];
    place.replaceChildren(...(probe ? ["x ", h("span", { class: "mono", text: String(probe.x) }), " y ", h("span", { class: "mono", text: String(probe.y) })] : []));
    linear.replaceChildren(...(facts ? values("linear", facts.linear.join(" ")) : []));
    display.replaceChildren(...(facts ? values("display", facts.display.join(" "), `(${facts.codes.join(" ")})`) : []));
  });
  store.on(["decodeMs", "checkMs", "pictureCount", "report"], ({ decodeMs, checkMs, report }) => {
    times.textContent = [
      decodeMs !== null && `decoded in ${decodeMs.toFixed(0)} ms`,
      report && checkMs !== null && `checked in ${(checkMs / 1000).toFixed(1)} s`,
    ].filter(Boolean).join(" · ");
  });
}
