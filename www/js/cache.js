// Decoded planes of the frames seen last, within the budget that Rust states.

/** @param {number} budget bytes */
export function createCache(budget) {
  /** @type {Map<string, {pieces: any[], bytes: number, missing: any[], failure: any}>} */
  const entries = new Map();
  let held = 0;

  return {
    /** How much is held. */
    get bytes() { return held; },
    has: (key) => entries.has(key),
    /** The entry, which becomes the most recent. */
    get(key) {
      const entry = entries.get(key);
      if (entry) {
        entries.delete(key);
        entries.set(key, entry);
      }
      return entry;
    },
    /** Keeps an entry and lets the oldest others go. */
    put(key, entry) {
      held += entry.bytes - (entries.get(key)?.bytes ?? 0);
      entries.delete(key);
      entries.set(key, entry);
      for (const [oldest, { bytes }] of entries) {
        if (held <= budget || oldest === key) break;
        entries.delete(oldest);
        held -= bytes;
      }
    },
    clear() {
      entries.clear();
      held = 0;
    },
  };
}

/** The sample of every plane at a pixel of the data window, as Rust's probe wants them; null where there is none. */
export function samplesAt(entry, channels, width, x, y) {
  const piece = entry.pieces.find((piece) => piece.planes && y >= piece.y && y < piece.y + piece.rows);
  if (!piece) return null;
  const at = (y - piece.y) * width + x;
  return piece.planes.map((plane, i) => ({ name: channels[i], type: plane.type, raw: plane.data[at] }));
}
