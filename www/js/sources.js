// Files and folders that are dropped or chosen, as a flat list of paths and files.

import { isMovie } from "./shots.js";

/** Everything dropped, folders walked to the end. Call it inside the drop event: the list empties afterwards. */
export async function fromDrop(transfer) {
  const entries = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = [];
  // Some sources give files but no entries.
  if (entries.length === 0 || entries.every((entry) => !entry)) {
    return [...transfer.files].map((file) => ({ path: file.name, file, direct: true }));
  }
  for (const entry of entries) {
    if (entry instanceof File) found.push({ path: entry.name, file: entry, direct: true });
    else if (entry) await walk(entry, "", true, found);
  }
  return found;
}

async function walk(entry, prefix, direct, found) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject)).catch(() => null);
    if (file) found.push({ path: prefix + entry.name, file, direct });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A call gives a hundred entries at most; an empty answer is the end.
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);
    if (batch.length === 0) return;
    for (const child of batch) await walk(child, `${prefix}${entry.name}/`, false, found);
  }
}

/** @param {FileList} list */
export const fromInput = (list) =>
  [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file, direct: !file.webkitRelativePath }));

const isHidden = (path) => /(^|\/)\._/.test(path);

/**
 * Keeps what can be looked at: frames, and movies apart. Whatever was dropped by itself is tried, so that its trouble can be
 * named; in folders only OpenEXR files and movies are, the others are counted.
 */
export function pickFrames(sources) {
  const shown = sources.filter(({ path }) => !isHidden(path));
  const movies = shown.filter(({ path, file }) => isMovie(path) && file);
  const kept = shown.filter((source) => !movies.includes(source) && (source.direct || /\.s?exr$/i.test(source.path)));
  return { kept, movies, others: sources.length - kept.length - movies.length };
}

/** Lets the whole window take drops. @param {(sources: any[]) => void} open */
export function acceptDrops(open, veil) {
  let depth = 0;
  const show = (visible) => { veil.hidden = !visible; };
  addEventListener("dragenter", (event) => {
    event.preventDefault();
    depth += 1;
    show(true);
  });
  addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (depth === 0) show(false);
  });
  addEventListener("dragover", (event) => {
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
  });
  addEventListener("drop", async (event) => {
    event.preventDefault();
    depth = 0;
    show(false);
    if (event.dataTransfer) open(await fromDrop(event.dataTransfer));
  });
}
