// Every decoder starts from the same File on disk and ends with all pixels in typed arrays on the page. Reading the bytes
// and decoding them are timed apart: the browser's way to a file is everybody's, and nobody's merit.

import { EXRLoader } from "three/addons/loaders/EXRLoader.js";
import { HalfFloatType } from "three";
import { decodeRgbExr, init } from "exrs";
import { createPool } from "/js/pool.js";

const WARM_UPS = 2;
const WORKERS = 2;
const MESSAGE_BYTES = 1 << 20; // what the page itself asks for

/** three.js, to halves: R, G, B, A of every pixel, from the bottom row up. */
const three = {
  read: (file) => file.arrayBuffer(),
  decode(bytes) {
    const { data, width, height } = new EXRLoader().setDataType(HalfFloatType).parse(bytes);
    return (x, y, c) => float(data[((height - 1 - y) * width + x) * 4 + c]);
  },
};

/** The exr crate as its author packages it, to floats: R, G, B of every pixel. */
const exrs = {
  read: (file) => file.arrayBuffer(),
  decode(bytes) {
    const { interleavedRgbPixels: data, width } = decodeRgbExr(new Uint8Array(bytes));
    return (x, y, c) => data[(y * width + x) * 3 + c];
  },
};

/** The page's own pool and worker, to halves: planes, in runs of bands. */
function ours(pool) {
  let key = 0;
  const inLanes = (each) => Promise.all(Array.from({ length: pool.size }, (_, lane) => each(lane)));
  return {
    async read(file) {
      // A new key each time: the header is read again, as it is for a file just dropped.
      const source = { key: String(++key), file, name: file.name };
      const inspection = await pool.decoder(0, "inspect", source);
      const layer = inspection.layers[inspection.default_layer];
      const { bands } = inspection.parts[layer.part];
      const edge = (lane) => Math.round((bands * lane) / pool.size);
      const job = (lane) => ({ ...source, part: layer.part, channels: layer.color, first: edge(lane), end: edge(lane + 1) });
      await inLanes((lane) => pool.decoder(lane, "read", job(lane)));
      return job;
    },
    async decode(job) {
      const pieces = [];
      const progress = (piece) => pieces.push(piece);
      await inLanes((lane) => pool.decoder(lane, "decode", { ...job(lane), bytes: MESSAGE_BYTES }, { progress }));
      return (x, y, c) => {
        const piece = pieces.find((one) => y >= one.y && y < one.y + one.rows);
        const { data } = piece.planes[c];
        return float(data[(y - piece.y) * (data.length / piece.rows) + x]);
      };
    },
  };
}

/** A half's bits as a number. */
function float(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** Everybody must have decoded the same picture before speed means anything. */
function compare(pictures) {
  const [[first, reference], ...others] = Object.entries(pictures);
  for (let i = 0; i < 3000; i++) {
    const [x, y, c] = [(i * 7919) % 4096, (i * 104729) % 1716, i % 3];
    for (const [name, picture] of others) {
      if (!Object.is(picture(x, y, c), reference(x, y, c))) {
        throw new Error(`${name} has ${picture(x, y, c)} at ${x}, ${y}, channel ${c}; ${first} has ${reference(x, y, c)}`);
      }
    }
  }
}

async function race(rounds) {
  await init();
  const module = await WebAssembly.compileStreaming(fetch("/pkg/blender_gsd_bg.wasm"));
  const engine = { module, workerUrl: "/js/worker.js", workerType: "module" };
  const contestants = {
    ours: ours(createPool(engine, WORKERS)),
    "ours, one worker": ours(createPool(engine, 1)),
    "three.js": three,
    exrs,
  };
  const [file] = document.getElementById("file").files;
  const names = Object.keys(contestants);
  const times = Object.fromEntries(names.map((name) => [name, { read: [], decode: [] }]));
  const pictures = {};
  for (let turn = 0; turn < WARM_UPS + rounds; turn++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(turn + i) % names.length];
      const { read, decode } = contestants[name];
      const start = performance.now();
      const bytes = await read(file);
      const middle = performance.now();
      const picture = await decode(bytes);
      const end = performance.now();
      if (turn === 0) pictures[name] = picture;
      if (turn < WARM_UPS) continue;
      times[name].read.push(middle - start);
      times[name].decode.push(end - middle);
    }
    if (turn === 0) compare(pictures);
    // What was compared is let go, so that it does not weigh on the collector of the rounds that count.
    for (const name of names) delete pictures[name];
  }
  return times;
}

globalThis.race = race;
