// The files of a package against its history: hashed in a worker, one after another.

import { fileOf } from "./tree.js";

/**
 * @param {any} pool @param {any} pkg @param {(done: number, all: number) => void} progress
 * @returns {Promise<{count: number, wrong: string[]}>} files whose checksum was compared, and those where it differs
 */
export async function verifyChecksums(pool, { history, entries }, progress) {
  const listed = [...history.listed].filter(([path, { xxh128 }]) => xxh128 && entries.has(path));
  const wrong = [];
  for (const [i, [path, { xxh128 }]] of listed.entries()) {
    progress(i, listed.length);
    // A file that cannot be read any more is not as it was delivered.
    const hex = await fileOf(entries.get(path)).then((file) => pool.bench("checksum", { file })).catch(() => null);
    if (hex !== xxh128) wrong.push(path);
  }
  return { count: listed.length, wrong };
}
