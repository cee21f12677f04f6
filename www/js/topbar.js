// The top bar: what is open, and how it is looked at.

import { byId, h, select } from "./dom.js";
import { tip } from "./keys.js";

const COMMANDS = {
  red: "channel.red", green: "channel.green", blue: "channel.blue", alpha: "channel.alpha",
  luminance: "channel.luminance", color: "channel.color",
};

/** @param {any} app @param {(id: string) => void} run */
export function createTopbar(app, run) {
  const { store, catalog } = app;
  const file = byId("topbar-file");
  const controls = byId("topbar-controls");
  const end = byId("topbar-end");

  const name = h("span", { class: "name" });
  const back = h("button", { title: tip("package.toggle"), hidden: true, onclick: () => run("package.toggle") });
  file.append(
    h("button", {
      class: "browser-toggle", "aria-label": "Frames", text: "☰",
      onclick: () => { document.body.dataset.drawer = document.body.dataset.drawer === "open" ? "" : "open"; },
    }),
    back,
    h("button", { "aria-label": "Open other files", title: tip("file.open"), onclick: () => run("file.open") }, name, " ▾"),
  );

  const layerSlot = h("span", { class: "layer-slot" });
  const channels = h("div", { class: "channels", role: "group", "aria-label": "Channel" });
  for (const { id, label } of catalog.isolations) {
    channels.append(h("button", { "aria-pressed": "false", title: tip(COMMANDS[id]), data: { id }, text: label, onclick: () => run(COMMANDS[id]) }));
  }
  const views = catalog.views.flatMap((view) => catalog.displays.map((display) => ({
    id: `${view.id} ${display.id}`, label: `${view.label} → ${display.label}`,
  })));
  const viewSelect = select("View and display", views, (id) => {
    const [view, display] = id.split(" ");
    app.look({ view, display });
  }, { title: tip("view.next") });

  const dials = ["exposure", "gamma", "offset"].map((id) => dial(app, id));
  controls.append(
    h("span", { class: "separator" }),
    layerSlot,
    channels,
    h("span", { class: "separator" }),
    h("label", { class: "select" }, h("span", { class: "optional", text: "View" }), viewSelect),
    ...dials.map(({ node }) => node),
  );
  end.append(
    h("button", { class: "optional when-ready", title: tip("compare.open"), onclick: () => run("compare.open"), text: "A/B" }),
    h("button", { class: "optional when-ready", title: tip("snapshot"), onclick: () => run("snapshot") }, "Snapshot ", h("kbd", { text: "S" })),
    h("button", { title: tip("commands"), "aria-label": "Commands", onclick: () => run("commands") }, h("span", { class: "roomy", text: "Commands " }), h("kbd", { text: "Ctrl K" })),
    h("button", { title: tip("theme.toggle"), "aria-label": "Light or dark", text: "◐", onclick: () => run("theme.toggle") }),
    h("button", { title: tip("help"), "aria-label": "Keys and help", onclick: () => run("help") }, h("kbd", { text: "?" })),
  );

  store.on(["shot", "frame"], ({ shot, frame }) => {
    name.textContent = shot ? shot.name : "";
    name.title = frame?.name ?? "";
  });
  store.on(["inspection", "layer"], ({ inspection, layer }) => {
    layerSlot.replaceChildren();
    if (!inspection) return;
    const { layers, parts } = inspection;
    const many = parts.length > 1;
    const list = select("Layer", layers.map((entry, i) => ({
      id: String(i),
      label: layerLabel(entry, parts[entry.part]),
      group: many ? `Part ${entry.part}${parts[entry.part].name ? ` · ${parts[entry.part].name}` : ""}` : undefined,
    })), (id) => app.showLayer(Number(id)), { title: `${tip("layer.next")}. ${reason(inspection, layer)}` });
    list.value = String(Math.max(layer, 0));
    layerSlot.append(h("label", { class: "select" }, h("span", { class: "optional", text: "Layer" }), list));
    if (layers.length > 1) layerSlot.append(h("span", { class: "dim optional", text: `of ${layers.length}` }));
  });
  store.on(["look"], ({ look }) => {
    for (const button of channels.children) button.setAttribute("aria-pressed", String(button.dataset.id === look.isolate));
    viewSelect.value = `${look.view} ${look.display}`;
    for (const { show } of dials) show(look);
  });
  store.on(["pkg"], ({ pkg }) => {
    back.hidden = !pkg;
    back.textContent = pkg ? `← ${pkg.name}` : "";
    back.setAttribute("aria-label", pkg ? `Back to the package ${pkg.name}` : "");
  });
  store.on(["phase"], ({ phase }) => {
    for (const node of end.querySelectorAll(".when-ready")) node.hidden = phase !== "ready";
  });
  for (const node of end.querySelectorAll(".when-ready")) node.hidden = true;
}

const layerLabel = (layer, part) =>
  [layer.name, layer.view && `(${layer.view})`, layer.kind === "data" && "· data", part.unreadable && "· not readable"].filter(Boolean).join(" ");

const reason = (inspection, layer) =>
  layer === inspection.default_layer ? `Shown first because ${inspection.default_layer_reason}` : "Chosen by hand";

/** A number that is typed or stepped. */
function dial(app, id) {
  const { label, sign } = { exposure: { label: "EV", sign: true }, gamma: { label: "γ" }, offset: { label: "Offset", sign: true } }[id];
  const { min, max, step, neutral } = app.catalog[id];
  const input = h("input", {
    type: "text", inputmode: "decimal", id: `dial-${id}`, "aria-label": id, autocomplete: "off", spellcheck: "false",
    onchange: () => commit(input.value),
    onfocus: () => input.select(),
    onkeydown: (event) => {
      if (event.key === "ArrowUp" || event.key === "ArrowDown") {
        event.preventDefault();
        event.stopPropagation();
        set(app.store.state.look[id] + (event.key === "ArrowUp" ? step : -step));
      }
      if (event.key === "Enter" || event.key === "Escape") input.blur();
    },
  });
  const set = (value) => app.look({ [id]: Number(Math.min(Math.max(value, min), max).toFixed(4)) });
  const commit = (text) => {
    const value = Number(text.replace("−", "-").replace(",", "."));
    if (text.trim() !== "" && Number.isFinite(value)) set(value);
    show(app.store.state.look);
  };
  const show = (look) => {
    const value = look[id];
    const text = Math.abs(value).toFixed(2).replace(/(\.\d)0$/, "$1");
    input.value = value < 0 ? `−${text}` : sign && value > 0 ? `+${text}` : text;
    input.classList.toggle("changed", value !== neutral);
    // Seldom used: there while it does something, or when it is asked for.
    node.hidden = id === "offset" && value === neutral && document.activeElement !== input;
  };
  const node = h("label", { class: "dial", data: { dial: id } }, label, input);
  input.addEventListener("blur", () => show(app.store.state.look));
  show(app.store.state.look);
  return { node, show };
}
