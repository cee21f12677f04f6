// The command list (Ctrl K): every entry of the key table, found by a few letters.

import { h } from "./dom.js";
import { KEYS, keyLabel } from "./keys.js";

/** @param {(id: string) => void} run */
export function createPalette(run) {
  const input = h("input", {
    type: "text", role: "combobox", "aria-label": "Command", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list",
    placeholder: "Command", autocomplete: "off", spellcheck: "false", oninput: () => build(), onkeydown: press,
  });
  const list = h("ul", { role: "listbox", id: "palette-list", "aria-label": "Commands" });
  const dialog = h("dialog", { class: "palette", "aria-label": "Commands", onclick: (event) => { if (event.target === dialog) dialog.close(); } }, input, list);
  document.body.append(dialog);
  let found = [];
  let place = 0;

  function build() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = KEYS.filter(({ id, group, label }) => id !== "commands" && words.every((word) => `${group} ${label}`.toLowerCase().includes(word)));
    place = 0;
    list.replaceChildren(...found.map((entry, i) => h("li", {
      role: "option", id: `command-${i}`, "aria-selected": String(i === place), onclick: () => choose(entry),
    }, h("span", {}, h("span", { class: "faint", text: `${entry.group} · ` }), entry.label), h("kbd", { text: entry.keys.map(keyLabel).join("  ") }))));
    mark();
  }

  function mark() {
    [...list.children].forEach((node, i) => node.setAttribute("aria-selected", String(i === place)));
    input.setAttribute("aria-activedescendant", found.length ? `command-${place}` : "");
    list.children[place]?.scrollIntoView({ block: "nearest" });
  }

  function press(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && found.length) {
      event.preventDefault();
      place = (place + by + found.length) % found.length;
      mark();
    } else if (event.key === "Enter" && found[place]) {
      event.preventDefault();
      choose(found[place]);
    }
  }

  function choose({ id }) {
    dialog.close();
    run(id);
  }

  return () => {
    input.value = "";
    build();
    dialog.showModal();
    input.focus();
  };
}
