// The key table, without a browser.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { KEYS, isSingleKey, keyMap, keyOf } from "../../www/js/keys.js";

test("no key does two things, and none is the browser's own", () => {
  const keys = KEYS.flatMap((entry) => entry.keys);
  assert.equal(new Set(keys).size, keys.length, `twice: ${keys.filter((key, i) => keys.indexOf(key) !== i)}`);
  const ids = KEYS.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const key of keys) {
    assert.doesNotMatch(key, /^F\d+$|^Ctrl\+[WNTR]$|^Ctrl\+[-=+0]$|^Tab$/, `${key} belongs to the browser`);
  }
});

test("every command has a label and a group", () => {
  for (const { id, label, group, keys } of KEYS) assert.ok(label && group && keys.length > 0, id);
});

test("a key press is written as in the table", () => {
  const press = (key, modifiers = {}) => keyOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...modifiers });
  assert.equal(press("e"), "E");
  assert.equal(press("E", { shiftKey: true }), "Shift+E");
  assert.equal(press("E"), "E", "caps lock is no Shift");
  assert.equal(press("?", { shiftKey: true }), "?");
  assert.equal(press("+", { shiftKey: true }), "+");
  assert.equal(press(" "), "Space");
  assert.equal(press("k", { metaKey: true }), "Ctrl+K");
  assert.equal(press("ArrowLeft", { shiftKey: true }), "Shift+ArrowLeft");
  assert.equal(press("e", { altKey: true }), "");
  assert.equal(keyMap().get("N"), "finding.next");
});

test("single keys are those that speech and screen readers trip over", () => {
  assert.deepEqual(["E", "Shift+E", "?", "/", "0"].filter((key) => !isSingleKey(key)), []);
  assert.deepEqual(["Ctrl+K", "ArrowUp", "Escape", "Home"].filter(isSingleKey), []);
});

test("the key sheet in the documentation is made from the table", async () => {
  const { sheet } = await import("../../scripts/key-sheet.mjs");
  assert.equal(readFileSync(new URL("../../docs/KEYS.md", import.meta.url), "utf8"), sheet, "node scripts/key-sheet.mjs > docs/KEYS.md");
});
