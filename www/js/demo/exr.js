// A picture as an OpenEXR file: uncompressed 32-bit scan lines, just what the examples need (OpenEXR file layout, version 2).

/** ACEScg: x and y of the AP1 primaries and of the ACES white (S-2014-004). */
const AP1 = [0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767];
const MAGIC = [0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0];
const FLOAT = 2;
/** Rows that are made before the page may answer in between. */
const ROWS = 16;

const bytesOf = (text) => [...new TextEncoder().encode(text), 0];
const ints = (...values) => [...new Uint8Array(Int32Array.from(values).buffer)];
const floats = (...values) => [...new Uint8Array(Float32Array.from(values).buffer)];
const attribute = (name, type, value) => [...bytesOf(name), ...bytesOf(type), ...ints(value.length), ...value];
const channel = (name) => [...bytesOf(name), ...ints(FLOAT, 0, 1, 1)];

/**
 * @param {number} width @param {number} height
 * @param {(x: number, y: number, out: number[]) => void} pixel puts red, green, blue into `out`
 * @returns {Promise<Blob>} ACEScg, 24 frames per second
 */
export async function exrOf(width, height, pixel) {
  const window = ints(0, 0, width - 1, height - 1);
  const header = [
    ...MAGIC,
    ...attribute("channels", "chlist", [...channel("B"), ...channel("G"), ...channel("R"), 0]),
    ...attribute("chromaticities", "chromaticities", floats(...AP1)),
    ...attribute("compression", "compression", [0]),
    ...attribute("dataWindow", "box2i", window),
    ...attribute("displayWindow", "box2i", window),
    ...attribute("framesPerSecond", "rational", ints(24, 1)),
    ...attribute("lineOrder", "lineOrder", [0]),
    ...attribute("pixelAspectRatio", "float", floats(1)),
    ...attribute("screenWindowCenter", "v2f", floats(0, 0)),
    ...attribute("screenWindowWidth", "float", floats(1)),
    0,
  ];
  const line = 8 + width * 12;
  const start = header.length + height * 8;
  const file = new DataView(new ArrayBuffer(start + height * line));
  new Uint8Array(file.buffer).set(header);
  const out = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    if (y % ROWS === 0) await new Promise((resolve) => setTimeout(resolve));
    const at = start + y * line;
    file.setBigUint64(header.length + y * 8, BigInt(at), true);
    file.setInt32(at, y, true);
    file.setInt32(at + 4, width * 12, true);
    for (let x = 0; x < width; x++) {
      pixel(x, y, out);
      for (let c = 0; c < 3; c++) file.setFloat32(at + 8 + ((2 - c) * width + x) * 4, out[c], true);
    }
  }
  return new Blob([file.buffer]);
}
