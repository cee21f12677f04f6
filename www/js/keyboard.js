// Key presses to commands.

import { isSingleKey, keyMap, keyOf } from "./keys.js";

const STORED = "gsd-single-keys";

/** @param {(id: string) => void} run */
export function createKeyboard(run) {
  const map = keyMap();
  let single = stored() !== "off";

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const key = keyOf(event);
    const id = map.get(key);
    if (!id || (!single && isSingleKey(key))) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.closest?.("input, textarea, dialog")) return;
    // A menu has its own arrows and letters, a button its own Space.
    if (target.closest?.("select") && !key.startsWith("Ctrl+")) return;
    if (key === "Space" && target.closest?.("button, [role=button]")) return;
    event.preventDefault();
    // E is held for dragging: its half stop comes once.
    if (event.repeat && id.startsWith("exposure.")) return;
    run(id);
  });

  return {
    get single() { return single; },
    /** @param {boolean} on */
    setSingle(on) {
      single = on;
      try {
        localStorage.setItem(STORED, on ? "on" : "off");
      } catch {
        // A page without storage forgets it, that is all.
      }
    },
  };
}

function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}
