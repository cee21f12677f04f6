// Damage in the page: hundreds of changed files, and those that crashed other readers, end in a card or in what there is of a picture.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { demo, fixture, withPage } from "./page.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Changes of each good file. */
const CHANGES = process.env.GSD_SLOW ? 800 : 25;
let page;
withPage(async (opened) => {
  page = opened;
  await page.driver.manage().setTimeouts({ script: 240_000 });
});

/**
 * Opens files one after another inside the page, each when the last has come to its end.
 * @param {Buffer} file @param {number} changes how many changes of it; none: the file as it is
 */
async function open(file, changes) {
  const answer = await page.driver.executeAsyncScript(`
    const [data, changes, done] = arguments;
    const good = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    let state = 0x5eed;
    // Marsaglia's xorshift.
    const random = (below) => { state ^= state << 13; state ^= state >>> 17; state ^= state << 5; return (state >>> 0) % Math.max(below, 1); };
    function damaged() {
      let bytes = good.slice();
      for (let blows = 1 + random(4); blows > 0; blows--) {
        const at = random(random(2) ? Math.min(bytes.length, 600) : bytes.length);
        const end = Math.min(at + 1 + random(16), bytes.length);
        switch (random(4)) {
          case 0: bytes[at] ^= 1 << random(8); break;
          case 1: bytes[at] = [0, 255, 127, 128][random(4)]; break;
          case 2: bytes.fill(random(256), at, end); break;
          default: bytes = bytes.slice(0, Math.max(at, 1));
        }
      }
      return bytes;
    }
    const { store } = gsd;
    async function settled(before) {
      const until = performance.now() + 30000;
      while (!store.state.failure && store.state.pictureCount === before) {
        if (performance.now() > until) throw new Error("neither a card nor a picture");
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    }
    (async () => {
      const seen = { whole: 0, partial: 0, cards: 0, replaced: 0 };
      for (let i = 0; i < Math.max(changes, 1); i++) {
        store.set({ failure: null });
        const before = store.state.pictureCount;
        const transfer = new DataTransfer();
        transfer.items.add(new File([changes ? damaged() : good], "damaged.1001.exr"));
        dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        await settled(before);
        const { failure, missing } = store.state;
        if (failure && !document.querySelector(".card h2")) throw new Error("a failure without a card");
        if (failure?.kind === "trap") seen.replaced += 1;
        seen[failure ? "cards" : missing.length > 0 ? "partial" : "whole"] += 1;
      }
      return seen;
    })().then((seen) => done({ seen }), (error) => done({ error: String(error) }));`, file.toString("base64"), changes);
  assert.equal(answer.error, undefined);
  return answer.seen;
}

async function assertAlive() {
  await page.run("gsd.store.set({ failure: null })");
  await page.choose(demo("SHOT-002-001", 1001));
  assert.equal(await page.text(".card"), null, "the next file opens");
}

test("changes of good files, in every compression", async () => {
  const folder = join(root, "fuzz/seeds/exr");
  const sum = { whole: 0, partial: 0, cards: 0, replaced: 0 };
  for (const name of readdirSync(folder)) {
    const seen = await open(readFileSync(join(folder, name)), CHANGES);
    for (const key of Object.keys(sum)) sum[key] += seen[key];
  }
  console.log(`changed files: ${JSON.stringify(sum)}`);
  assert.ok(sum.cards > 50 && sum.partial > 10, JSON.stringify(sum));
  await assertAlive();
});

test("files that crashed other readers", async () => {
  const collection = join(root, "../shared/corpus/Damaged");
  const folder = existsSync(collection) ? collection : fixture("damaged");
  const files = readdirSync(folder).filter((name) => name !== "LICENSE");
  for (const name of files) {
    const seen = await open(readFileSync(join(folder, name)), 0);
    assert.equal(seen.whole + seen.partial + seen.cards, 1, name);
  }
  await assertAlive();
});

test("the page stays quiet", async () => page.assertQuiet());
