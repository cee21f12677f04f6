// Everything the header says, for the part of the layer that is shown.

import { h } from "./dom.js";

/** @param {any} app */
export function createMetadata(app) {
  const { store } = app;
  const root = h("div", {});

  function build({ inspection, layer, frame }) {
    if (!inspection) return root.replaceChildren();
    const number = inspection.layers[layer]?.part ?? 0;
    const part = inspection.parts[number];
    root.replaceChildren(
      h("h3", { class: "section-heading heading", text: "File" }),
      table([
        ["name", frame?.name ?? inspection.file],
        ["size", `${inspection.bytes.toLocaleString("en")} bytes`],
        ["parts", String(inspection.parts.length)],
        ["part", [number, part.name, part.view].filter((v) => v !== "" && v !== null).join(" · ")],
        ["type", `${part.type}, ${part.compression}`],
        ["colour", `${part.color_space.name} (${part.color_space.origin})`],
        ["layer shown", inspection.layers[layer]?.name ?? "none"],
        layer === inspection.default_layer && ["because", inspection.default_layer_reason],
      ].filter(Boolean)),
      h("h3", { class: "section-heading heading", text: `Channels · ${part.channels.length}` }),
      table(part.channels.map((channel) => [channel.name, channel.type + (String(channel.sampling) === "1,1" ? "" : ` · every ${channel.sampling.join("×")} pixels`)])),
      h("h3", { class: "section-heading heading", text: `Attributes · ${part.attributes.length}` }),
      table(part.attributes.map(({ name, type, value }) => [name, value, type])),
      ...inspection.cryptomattes.flatMap(cryptomatte),
    );
  }

  const cryptomatte = (matte) => [
    h("h3", { class: "section-heading heading", text: `Cryptomatte · ${matte.name}` }),
    matte.problem ? h("p", { class: "note", text: matte.problem }) : table([["names", String(matte.names.length)], ...matte.names.slice(0, 200).map(([name, hash]) => [name, hash.toString(16).padStart(8, "0")])]),
  ];

  const table = (rows) => h("table", { class: "meta" }, h("tbody", {}, ...rows.map(([name, value, type]) =>
    h("tr", { title: type }, h("th", { scope: "row", text: name }), h("td", { class: type ? "mono" : null, text: value })))));

  store.on(["inspection", "layer", "frame"], build);
  return root;
}
