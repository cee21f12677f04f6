// A worker: one instance of the module, files opened on demand, jobs that can be cancelled between runs of bands.
import { Analysis, Checksum, MovieRun, QcRun, WorkerFile, initSync } from "../pkg/blender_gsd.js";
import { checkMovie } from "./movie-decoder.js";

/** Files whose header is read, by the page's key; only a few are held. */
const files = new Map();
const MOST_FILES = 6;
const cancelled = new Set();
/** Checks under way, then those that have seen all frames, by the page's number. */
const runs = new Map();

const turns = new MessageChannel();
const waiting = [];
turns.port1.onmessage = () => waiting.shift()?.();
/** Lets messages in, such as a cancellation. */
const turn = () => new Promise((resolve) => {
  waiting.push(resolve);
  turns.port2.postMessage(0);
});
/** The same in a job that can be stopped: throws where it has been. */
async function pause(id) {
  await turn();
  if (cancelled.has(id)) throw { kind: "cancelled", what: "cancelled" };
}

function open({ key, file, name }) {
  let opened = files.get(key);
  if (!opened) {
    opened = new WorkerFile(file, name);
    if (files.size >= MOST_FILES) {
      const [oldest, stale] = files.entries().next().value;
      files.delete(oldest);
      stale.free();
    }
    files.set(key, opened);
  }
  return opened;
}

/** Decoded layers that are asked about, by key; two, for comparing. */
const analyses = new Map();
const MOST_ANALYSES = 2;
function analysed({ key, file, name, part, channels, color }) {
  const id = `${key}|${part}|${channels}`;
  let held = analyses.get(id);
  analyses.delete(id);
  if (!held) {
    while (analyses.size >= MOST_ANALYSES) {
      const [oldest, stale] = analyses.entries().next().value;
      analyses.delete(oldest);
      stale.free();
    }
    held = new Analysis(open({ key, file, name }), part, channels, color);
  }
  analyses.set(id, held);
  return held;
}

/** Pixels that the scopes count between two looks at the messages. */
const SCOPE_STEP = 1 << 17;
/** How often a scope that is being counted is shown, in milliseconds. */
const SCOPE_GLIMPSE = 150;
/** Bytes of a file that are hashed at a time. */
const HASH_STEP = 8 << 20;
/** Columns of a matte's picture at most. */
const WIDEST_MATTE = 2048;

const jobs = {
  inspect: (id, job) => open(job).inspection(),

  /** Reads bytes that `decode` will be asked for. */
  read(id, job) {
    const file = open(job);
    file.expect(job.part, job.first, job.end);
    file.readAhead();
  },

  async decode(id, job) {
    const file = open(job);
    file.expect(job.part, job.first, job.end);
    const step = file.bandsPerMessage(job.part, job.channels, job.bytes);
    let failure = null;
    let decoded = 0;
    // The first run is short: something to see comes before everything to see.
    for (let first = job.first, size = Math.ceil(step / 4); first < job.end; size = step) {
      const end = Math.min(first + size, job.end);
      let piece;
      try {
        piece = file.decode(job.part, job.channels, first, end);
        decoded += 1;
      } catch (error) {
        if (!error.kind) throw error;
        failure ??= error;
        piece = { lost: file.bandRegion(job.part, first, end), reason: error.message };
      }
      const buffers = new Set((piece.planes ?? []).flatMap((plane) => [plane.data.buffer, plane.texture.buffer]));
      postMessage({ id, progress: { ...piece, bands: end - first } }, [...buffers]);
      first = end;
      await pause(id);
    }
    return { failure, decoded };
  },

  async warm(id, { rounds }) {
    const file = WorkerFile.sample();
    for (let round = 0; round < rounds; round++) {
      file.decode(0, [0, 1, 2], 0, Number.MAX_SAFE_INTEGER);
      await turn();
    }
    file.free();
  },

  async scopes(id, job) {
    const held = analysed(job.target);
    held.beginScopes(job.look, job.region);
    let shown = performance.now();
    while (!held.stepScopes(SCOPE_STEP)) {
      if (performance.now() - shown > SCOPE_GLIMPSE) {
        postMessage({ id, progress: held.scopeImage(job.kind) });
        shown = performance.now();
      }
      await pause(id);
    }
    return held.scopeImage(job.kind);
  },
  area: (id, job) => analysed(job.target).area(job.look, job.region),
  badPixel: (id, job) => analysed(job.target).badPixel(job.x, job.y, job.forward),
  changes(id, job) {
    const before = analysed(job.before);
    return analysed(job.target).changes(before, job.look);
  },
  objects: (id, job) => open(job.target).objectsAt(job.target.part, job.x, job.y),
  async matte(id, job) {
    const { region, width, height, data } = open(job.target).matteImage(job.target.part, job.set, job.object, WIDEST_MATTE);
    const canvas = new OffscreenCanvas(Math.max(width, 1), Math.max(height, 1));
    if (width > 0 && height > 0) canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
    return { region, blob: await canvas.convertToBlob() };
  },

  async checksum(id, { file }) {
    const sum = new Checksum();
    for (let at = 0; at < file.size; at += HASH_STEP) {
      sum.update(new Uint8Array(await file.slice(at, at + HASH_STEP).arrayBuffer()));
      await pause(id);
    }
    return sum.hex();
  },

  snapshot(id, job) {
    const result = open(job).snapshot(job.request);
    return { value: result, transfer: [result.bytes.buffer] };
  },

  qcStart(id, job) {
    runs.set(job.run, new QcRun(job.request));
  },
  /** Gives the picture whose text is to be read, if it is. */
  qcFrame(id, job) {
    const run = runs.get(job.run);
    let file;
    try {
      file = open(job);
    } catch (error) {
      if (!error.kind) throw error;
      run.unreadable(job.name, job.number, error.message);
      return;
    }
    run.observe(file, job.number);
    const picture = run.unread();
    return picture && { value: picture, transfer: [picture.codes.buffer] };
  },
  qcFinish(id, { run }) {
    const finished = runs.get(run).finish();
    runs.set(run, finished);
    return finished.report();
  },
  /** What was read in a picture, or why it was not; the report with it. */
  qcRead(id, { run, number, lines, why }) {
    const finished = runs.get(run);
    if (lines) finished.read(number, lines);
    else finished.notRead(number, why);
    return finished.report();
  },
  qcForget(id, { run }) {
    runs.get(run)?.free();
    runs.delete(run);
  },

  async movie(id, { file, name, request }) {
    const run = new MovieRun(file, name, request);
    return checkMovie(run, (done, total) => postMessage({ id, progress: { done, total } }), () => pause(id));
  },

  forget() {
    for (const held of [...files.values(), ...analyses.values()]) held.free();
    files.clear();
    analyses.clear();
  },
};

onmessage = async ({ data }) => {
  if (data.type === "start") return void initSync({ module: data.module });
  if (data.type === "cancel") return void cancelled.add(data.job);
  const { id, type } = data;
  try {
    const result = await jobs[type](id, data);
    if (result?.transfer) postMessage({ id, done: result.value }, result.transfer);
    else postMessage({ id, done: result });
  } catch (error) {
    // What has a kind is an answer; anything else means that the instance cannot be trusted any more.
    if (error?.kind) postMessage({ id, error });
    else postMessage({ id, trap: String(error?.message ?? error) });
  }
  cancelled.delete(id);
};
