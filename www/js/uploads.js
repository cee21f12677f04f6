// Rows on their way to the GPU: in small portions, never more than its inbox holds. A full inbox would make the page stand
// still until the GPU has caught up.

/** Bytes on their way at once. */
const PORTION = 6 << 20;
/** How often it is asked whether they have arrived, in milliseconds. */
const PATIENCE = 3;

/** @param {{viewer: any}} picture whose viewer may be replaced */
export function createUploads(picture) {
  /** @type {{piece: any, signal: AbortSignal}[]} */
  const queue = [];
  let waiting = 0;
  /** @type {(() => void)[]} */
  let whenEmpty = [];
  let sent = 0;

  function pump() {
    waiting = 0;
    const { viewer } = picture;
    if (!viewer.fencePassed()) return wait();
    while (queue.length > 0 && sent < PORTION) {
      const { piece, signal } = queue.shift();
      if (signal.aborted) continue;
      piece.planes.forEach((plane, i) => {
        viewer.upload(i, piece.y, piece.rows, plane.texture);
        sent += plane.texture.byteLength;
      });
    }
    if (sent >= PORTION) {
      sent = 0;
      viewer.setFence();
      return wait();
    }
    const run = whenEmpty;
    whenEmpty = [];
    for (const each of run) each();
  }
  function wait() {
    waiting = waiting || setTimeout(pump, PATIENCE);
  }

  return {
    /** @param {any} piece rows of every plane @param {AbortSignal} signal */
    add(piece, signal) {
      queue.push({ piece, signal });
      if (!waiting) pump();
    },
    /** Resolves when everything added has been handed over. */
    done: () => new Promise((resolve) => {
      if (queue.length === 0) resolve();
      else {
        whenEmpty.push(resolve);
        wait();
      }
    }),
  };
}
