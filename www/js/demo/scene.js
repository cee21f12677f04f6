// A street at night by arithmetic: something to look at before there are files. Scene-linear, the same every time.

export const WIDTH = 640;
export const HEIGHT = 268;
/** Where the wet road begins, as a row. */
const HORIZON = 176;

/** A number from 0 up to 1 that looks like chance and is none. */
function chance(a, b = 0, c = 0) {
  let n = Math.imul(a, 374761393) ^ Math.imul(b, 668265263) ^ Math.imul(c, 2147483647);
  n = Math.imul(n ^ (n >>> 13), 1274126177);
  return ((n ^ (n >>> 16)) >>> 0) / 4294967296;
}

const HOUSES = Array.from({ length: 17 }, (_, i) => ({ left: i * 39 - 12 + chance(i) * 14, width: 26 + chance(i, 1) * 26, top: HORIZON - 34 - chance(i, 2) * 96, id: i }));
/** Lamps as place, size and colour. The warm ones are what a second version changed. */
const LAMPS = [{ x: 92, y: 128, size: 5, color: [9, 5.2, 2] }, { x: 318, y: 132, size: 6, color: [14, 9, 4.4] }, { x: 548, y: 126, size: 5, color: [9, 5.2, 2] }];
/** A sign that shines evenly, without shape or grain. */
const SIGN = { x: 208, y: 96, width: 46, height: 22 };
/** A part of the sky that was painted over, and has no grain. */
const PATCH = { x: 430, y: 14, width: 96, height: 44 };
const inside = ({ x: left, y: top, width, height }, x, y) => x >= left && x < left + width && y >= top && y < top + height;

/** Of a house: its wall, or a window with light in it. */
function house({ left, top, id }, x, y, out) {
  const [column, row] = [Math.floor((x - left) / 6), Math.floor((y - top) / 8)];
  const lit = (x - left) % 6 > 2 && (y - top) % 8 > 3 && chance(id, column, row) > 0.72;
  const glow = lit ? 0.25 + chance(row, id, column) * 0.5 : 0.006;
  out[0] = glow;
  out[1] = glow * (lit ? 0.62 : 1.1);
  out[2] = glow * (lit ? 0.26 : 1.6);
}

/** What stands above the road, without grain. */
function above(x, y, frame, { warm, faults }, out) {
  const haze = Math.exp((y - HORIZON) / 46);
  out[0] = 0.012 + 0.3 * haze;
  out[1] = 0.018 + 0.13 * haze;
  out[2] = 0.05 + 0.07 * haze;
  for (const each of HOUSES) if (x >= each.left && x < each.left + each.width && y >= each.top) house(each, x, y, out);
  for (const { x: cx, y: cy, size, color } of LAMPS) {
    const far = ((x - cx) ** 2 + (y - cy) ** 2) / size ** 2;
    const light = Math.exp(-far) + 0.035 / (1 + far / 12);
    out[0] += color[0] * light * (warm ? 1.3 : 1);
    out[1] += color[1] * light;
    out[2] += color[2] * light * (warm ? 0.7 : 1);
  }
  const car = Math.exp(-((x - 120 - frame * 22) ** 2 + (y - HORIZON + 8) ** 2) / 30);
  out[0] += 7 * car;
  out[1] += 0.6 * car;
  out[2] += 0.4 * car;
  if (faults && inside(SIGN, x, y)) out.fill(16);
}

/**
 * A pixel of the street.
 * @param {number} frame from 0 @param {{warm?: boolean, faults?: boolean}} version
 * @param {number[]} out gets red, green, blue
 */
export function streetAt(x, y, frame, version, out) {
  if (y < HORIZON) above(x, y, frame, version, out);
  else {
    // The road mirrors what is above it, broken by ripples.
    const depth = y - HORIZON;
    above(x + Math.sin(y * 0.9 + x * 0.05) * depth * 0.06, Math.max(HORIZON - 1 - depth * 1.6, 0), frame, version, out);
    for (let c = 0; c < 3; c++) out[c] = out[c] * 0.34 + 0.004;
  }
  if (version.faults && (inside(SIGN, x, y) || inside(PATCH, x, y))) return;
  for (let c = 0; c < 3; c++) {
    const grain = chance(x + c * 7919, y, frame) + chance(y, x + c * 104729, frame + 99) - 1;
    out[c] = Math.max(out[c] + grain * (0.002 + 0.05 * Math.sqrt(out[c] * 0.18)), 0);
  }
}
