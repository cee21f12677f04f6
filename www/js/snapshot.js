// The snapshot: a PNG that Rust makes in a worker, the same bytes as `blender-gsd convert`.

import { h } from "./dom.js";

/** @param {any} app */
export function createSnapshot(app) {
  const { store, pool, loader } = app;
  return async function snapshot() {
    const { frame, layer, look, inspection, aids } = store.state;
    if (!frame || !inspection || layer < 0) return null;
    app.toast("Making the snapshot");
    try {
      const made = await pool.bench("snapshot", {
        ...loader.source(frame),
        request: { view: look.view, display: look.display, exposure: look.exposure, layer, space: look.space ?? undefined },
      });
      const name = `${frame.name.split("/").pop().replace(/\.[^.]*$/, "")}.png`;
      save(made.bytes, name);
      const without = aids ? ". Gamma, offset, single channels and the clipping marks are aids for the eye and not in it" : "";
      const holes = made.missing > 0 ? `. ${made.missing} areas could not be read and are black` : "";
      app.toast(`${name}: ${made.description}${without}${holes}`);
      return { name, ...made };
    } catch (error) {
      store.set({ failure: { ...error, title: "The snapshot could not be made" } });
      return null;
    }
  };
}

function save(bytes, name) {
  const url = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
