// The bar of a comparison over the picture, and the line of a wipe.

import { byId, h, select } from "../dom.js";
import { tip } from "../keys.js";
import { MODES } from "./versions.js";
import { versionOf } from "./words.js";

/** How much a difference is made brighter, for the eye. */
const GAINS = [1, 4, 16, 64];
/** How far a key moves the line of a wipe. */
const STEP = 0.02;

/** @param {any} app */
export function createCompareBar(app) {
  const { store, versions } = app;
  const stage = byId("stage");
  const names = h("span", { class: "names" });
  const buttons = MODES.map(([id, label]) => h("button", { "aria-pressed": "false", title: tip(`compare.${id}`), text: label, onclick: () => (id === "flip" ? versions.flip() : versions.setMode(id)) }));
  const gain = select("Brightness of the difference", GAINS.map((value) => ({ id: String(value), label: `×${value}` })), (id) => store.set({ gain: Number(id) }));
  const gainSlot = h("span", { class: "select" }, gain);
  const bar = h("div", { class: "compare-bar", role: "toolbar", "aria-label": "Compare", hidden: true }, names, ...buttons, gainSlot,
    h("button", { text: "✕", "aria-label": "Stop comparing", onclick: () => versions.setMode(store.state.compare) }));
  const handle = h("div", { class: "wipe", role: "slider", tabindex: "0", "aria-label": "Wipe: this version on the left, the other on the right", "aria-valuemin": "0", "aria-valuemax": "100", hidden: true, onkeydown: press });
  stage.append(bar, handle);

  function press(event) {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -1, End: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    store.set({ wipe: Math.min(Math.max(store.state.wipe + by, 0), 1) });
  }
  handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId));
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = stage.getBoundingClientRect();
    store.set({ wipe: Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) });
  });

  /** A shot with its version, which its name may have already. */
  function label(shot, frame) {
    const [name, version] = [shot?.name ?? "", versionOf(frame?.name ?? "")];
    return name.includes(version) ? name : `${name} ${version}`;
  }
  store.on(["compare", "otherFrame", "frame", "before", "flipped"], ({ compare, shot, frame, otherFrame, flipped }) => {
    bar.hidden = compare === "off";
    const other = versions.otherShot();
    const pair = [label(shot, frame), other ? (otherFrame ? label(other, otherFrame) : `${other.name}: no such frame`) : "no shot of that name in the other version"];
    names.textContent = compare === "flip" ? pair[flipped ? 1 : 0] : pair.join(" ⇄ ");
    names.title = [frame?.name, otherFrame?.name].filter(Boolean).join(" ⇄ ");
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(MODES[i][0] === compare)));
    gainSlot.hidden = compare !== "difference";
  });
  store.on(["compare", "wipe"], ({ compare, wipe }) => {
    handle.hidden = compare !== "wipe";
    handle.style.left = `${wipe * 100}%`;
    handle.setAttribute("aria-valuenow", String(Math.round(wipe * 100)));
  });
}
