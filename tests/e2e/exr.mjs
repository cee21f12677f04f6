// OpenEXR headers for files that are too large to be kept: uncompressed float scan lines, one part or many (OpenEXR file layout).

const text = (value) => Buffer.from(`${value}\0`, "latin1");
const ints = (...values) => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeInt32LE(value, i * 4));
  return bytes;
};
const floats = (...values) => Buffer.from(Float32Array.from(values).buffer);
const attribute = (name, type, value) => Buffer.concat([text(name), text(type), ints(value.length), value]);

/** A version field with the flag for many parts (bit 12) or without. */
const VERSION = { one: 2, many: 2 | 0x1000 };
const FLOAT = 2;

function channels(names) {
  const one = (name) => Buffer.concat([text(name), ints(FLOAT, 0, 1, 1)]);
  return Buffer.concat([...[...names].sort().map(one), Buffer.from([0])]);
}

function attributes({ width, height, names, part, texts }) {
  const window = ints(0, 0, width - 1, height - 1);
  return Buffer.concat([
    attribute("channels", "chlist", channels(names)),
    attribute("compression", "compression", Buffer.from([0])),
    attribute("dataWindow", "box2i", window),
    attribute("displayWindow", "box2i", window),
    attribute("lineOrder", "lineOrder", Buffer.from([0])),
    attribute("pixelAspectRatio", "float", floats(1)),
    attribute("screenWindowCenter", "v2f", floats(0, 0)),
    attribute("screenWindowWidth", "float", floats(1)),
    ...Object.entries(texts).map(([name, value]) => attribute(name, "string", Buffer.from(value))),
    ...(part === undefined ? [] : [
      attribute("name", "string", Buffer.from(`part${part}`)), attribute("type", "string", Buffer.from("scanlineimage")), attribute("chunkCount", "int", ints(height)),
    ]),
    Buffer.from([0]),
  ]);
}

/**
 * @param {{width: number, height: number, layers: string[], multipart: boolean, texts?: Record<string, string>}} wanted layers are prefixes of R, G and B, `texts` attributes
 * @returns {{header: Buffer, tables: Buffer, chunks: {at: number, bytes: Buffer, part: number}[], size: number}} of each line only what stands before its samples
 */
export function exrHeader({ width, height, layers, multipart, texts = {} }) {
  const names = layers.map((layer) => ["R", "G", "B"].map((channel) => layer + channel));
  const parts = multipart ? names : [names.flat()];
  const heads = parts.map((each, part) => attributes({ width, height, names: each, part: multipart ? part : undefined, texts }));
  const header = Buffer.concat([ints(20000630, multipart ? VERSION.many : VERSION.one), ...heads, ...(multipart ? [Buffer.from([0])] : [])]);
  const tables = Buffer.alloc(parts.length * height * 8);
  const chunks = [];
  let at = header.length + tables.length;
  parts.forEach((each, part) => {
    const samples = each.length * width * 4;
    for (let y = 0; y < height; y++) {
      const bytes = ints(...(multipart ? [part] : []), y, samples);
      tables.writeBigUInt64LE(BigInt(at), (part * height + y) * 8);
      chunks.push({ at, bytes, part });
      at += bytes.length + samples;
    }
  });
  return { header, tables, chunks, size: at };
}
