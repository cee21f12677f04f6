// The worker that reads text: the module that runs the models, the models, and one picture after another.
import { Reader, initSync, mayBeModel } from "../pkg/blender_gsd_text.js";

let reader = null;

const jobs = {
  async start({ module, files }) {
    initSync({ module });
    // What is as long as no model is not read: a frame can have gigabytes.
    const candidates = files.filter((file) => mayBeModel(file.size));
    reader = new Reader(await Promise.all(candidates.map(async (file) => new Uint8Array(await file.arrayBuffer()))));
  },
  read: ({ width, height, codes }) => reader.read(width, height, codes),
};

onmessage = async ({ data: { type, ...job } }) => {
  try {
    postMessage({ done: await jobs[type](job) });
  } catch (error) {
    const what = String(error?.message ?? error);
    postMessage({ error: error?.kind ? error : { kind: "trap", what, place: "", next: "Load the page again", message: what } });
  }
};
