// A frame with a sign in it: drawn by the browser, turned and with grain, and written as scene-linear OpenEXR.

import { readFileSync } from "node:fs";
import { exrHeader } from "./exr.mjs";
import { fixture } from "./page.mjs";

const SIZE = { width: 960, height: 416 };

/**
 * @param {import("./page.mjs").Page} page whose canvas draws
 * @param {string[]} lines what the sign says
 * @returns {Promise<Buffer>} the file
 */
export async function signFrame(page, lines) {
  const font = readFileSync(fixture("fonts/DejaVuSans-Bold.subset.ttf")).toString("base64");
  const { codes } = await page.driver.executeAsyncScript(`
    const [font, lines, { width, height }, done] = arguments;
    (async () => {
      const bytes = Uint8Array.from(atob(font), (letter) => letter.charCodeAt(0));
      document.fonts.add(await new FontFace("Sign", bytes).load());
      const context = new OffscreenCanvas(width, height).getContext("2d");
      const wall = context.createLinearGradient(0, 0, width, height);
      wall.addColorStop(0, "rgb(90 90 90)");
      wall.addColorStop(1, "rgb(140 140 140)");
      context.fillStyle = wall;
      context.fillRect(0, 0, width, height);
      context.translate(width / 2, height / 2);
      context.rotate(-0.07);
      context.fillStyle = "rgb(215 215 215)";
      context.fillRect(-260, -40 * lines.length, 520, 80 * lines.length);
      context.fillStyle = "rgb(30 30 30)";
      context.font = "40px Sign";
      context.textAlign = "center";
      context.textBaseline = "middle";
      lines.forEach((line, i) => context.fillText(line, 0, 80 * (i - (lines.length - 1) / 2)));
      const { data } = context.getImageData(0, 0, width, height);
      let text = "";
      for (let i = 0; i < data.length; i += 4) text += String.fromCharCode(data[i]);
      return btoa(text);
    })().then((codes) => done({ codes }), (error) => done({ error: String(error) }));`, font, lines, SIZE);
  return encode(Buffer.from(codes, "base64"));
}

/** Codes as light, with grain: the same in red, green and blue. */
function encode(codes) {
  const { width, height } = SIZE;
  const { header, tables, chunks, size } = exrHeader({ ...SIZE, layers: [""], multipart: false });
  const file = Buffer.alloc(size);
  header.copy(file);
  tables.copy(file, header.length);
  let state = 1;
  const chance = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
  chunks.forEach(({ at, bytes }, y) => {
    bytes.copy(file, at);
    const start = at + bytes.length;
    for (let x = 0; x < width; x++) {
      const light = 0.9 * (codes[y * width + x] / 255) ** 2.2 * (1 + 0.12 * (chance() + chance()));
      for (let channel = 0; channel < 3; channel++) file.writeFloatLE(light, start + 4 * (channel * width + x));
    }
  });
  return file;
}
