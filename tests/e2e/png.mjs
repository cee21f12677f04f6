// As much of PNG as the tests need: 8-bit RGB without interlacing.

import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";

/** @param {Buffer} file @returns {{width: number, height: number, bytes: Buffer}} interleaved R G B */
export function decodePng(file) {
  const idat = [];
  let width = 0;
  let height = 0;
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    const type = file.toString("latin1", at + 4, at + 8);
    const data = file.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      assert.deepEqual([...data.subarray(8, 13)], [8, 2, 0, 0, 0], "8-bit RGB, not interlaced");
    }
    if (type === "IDAT") idat.push(data);
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(idat));
  const stride = width * 3;
  const bytes = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const left = i >= 3 ? bytes[y * stride + i - 3] : 0;
      const up = y > 0 ? bytes[(y - 1) * stride + i] : 0;
      const corner = i >= 3 && y > 0 ? bytes[(y - 1) * stride + i - 3] : 0;
      bytes[y * stride + i] = raw[y * (stride + 1) + 1 + i] + predict(filter, left, up, corner);
    }
  }
  return { width, height, bytes };
}

function predict(filter, left, up, corner) {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/**
 * The largest difference between what the canvas shows from pixel `x`, `y` on and the picture.
 * @returns {{worst: number, compared: number, different: number, at: number[]}} `different`: how many pixels are not the same
 */
export function compare(canvas, picture, x, y) {
  let worst = 0;
  let different = 0;
  let at = [];
  const width = Math.min(canvas.width, picture.width - x);
  const height = Math.min(canvas.height, picture.height - y);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let same = true;
      for (let c = 0; c < 3; c++) {
        const shown = canvas.bytes[(row * canvas.width + column) * 4 + c];
        const wanted = picture.bytes[((row + y) * picture.width + column + x) * 3 + c];
        same &&= shown === wanted;
        if (Math.abs(shown - wanted) > worst) {
          worst = Math.abs(shown - wanted);
          at = [column + x, row + y, c, shown, wanted];
        }
      }
      if (!same) different += 1;
    }
  }
  return { worst, compared: width * height, different, at };
}
