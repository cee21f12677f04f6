// Where the picture lies on the canvas. Lengths are canvas pixels unless they are called CSS pixels.

const SMALLEST = 1 / 64;
const LARGEST = 128;

/** Places a picture: fits, zooms about a point, pans. */
export class Viewport {
  constructor() {
    this.canvas = { width: 1, height: 1, ratio: 1 };
    this.display = [0, 0, 1, 1];
    this.data = [0, 0, 1, 1];
    this.aspect = 1;
    this.hasPicture = false;
    this.mode = "fit";
    this.scale = 1;
    this.left = 0;
    this.top = 0;
  }

  /** @param {number} width @param {number} height @param {number} ratio canvas pixels per CSS pixel */
  resize(width, height, ratio) {
    this.canvas = { width, height, ratio };
    this.refit();
  }

  /** A new picture; the place is kept when the windows are those of the last one. */
  setPicture(display, data, aspect) {
    const same = String([this.display, this.data, this.aspect]) === String([display, data, aspect]);
    Object.assign(this, { hasPicture: true, display, data, aspect: aspect > 0 && Number.isFinite(aspect) ? aspect : 1 });
    if (!same) this.fit(this.mode === "fitData" ? "fitData" : "fit");
  }

  /** @param {"fit"|"fitData"} mode */
  fit(mode) {
    this.mode = mode;
    this.refit();
  }

  refit() {
    if (this.mode === "free") return this.snap();
    const [dx, dy] = this.display;
    const [x, y, width, height] = this.mode === "fitData" ? this.data : this.display;
    // Room for the chips above and below.
    const margin = { x: 16 * this.canvas.ratio, y: 44 * this.canvas.ratio };
    const room = [Math.max(this.canvas.width - 2 * margin.x, 16), Math.max(this.canvas.height - 2 * margin.y, 16)];
    this.scale = Math.min(room[0] / (width * this.aspect), room[1] / height);
    this.left = (this.canvas.width - width * this.scaleX) / 2 - (x - dx) * this.scaleX;
    this.top = (this.canvas.height - height * this.scale) / 2 - (y - dy) * this.scale;
    this.snap();
  }

  get scaleX() {
    return this.scale * this.aspect;
  }

  /** Zooms so that the picture stays put under a canvas point; the middle where none is given. */
  zoomTo(scale, x = this.canvas.width / 2, y = this.canvas.height / 2) {
    const next = Math.min(Math.max(scale, SMALLEST), LARGEST);
    const factor = next / this.scale;
    this.left = x - (x - this.left) * factor;
    this.top = y - (y - this.top) * factor;
    this.scale = next;
    this.mode = "free";
    this.snap();
  }

  panBy(dx, dy) {
    this.left += dx;
    this.top += dy;
    this.mode = "free";
  }

  /** Whole pixels fall on whole pixels where one picture pixel is one or more canvas pixels. */
  snap() {
    if (Number.isInteger(this.scale)) {
      this.left = Math.round(this.left);
      this.top = Math.round(this.top);
    }
  }

  /** Brings a region of the display window into view. @param {[number, number, number, number]} region */
  reveal([x, y, width, height]) {
    const [left, top] = this.toCanvas(x, y);
    const [right, bottom] = this.toCanvas(x + width, y + height);
    const inside = left >= 0 && top >= 0 && right <= this.canvas.width && bottom <= this.canvas.height;
    if (inside) return false;
    this.panBy(this.canvas.width / 2 - (left + right) / 2, this.canvas.height / 2 - (top + bottom) / 2);
    this.snap();
    return true;
  }

  /** Pixels from the display window's corner to canvas pixels. */
  toCanvas(x, y) {
    return [this.left + x * this.scaleX, this.top + y * this.scale];
  }

  /** The same in CSS pixels. */
  toCss(x, y) {
    return this.toCanvas(x, y).map((v) => v / this.canvas.ratio);
  }

  /** The pixel under a point in CSS pixels of the canvas, from the display window's corner. */
  pixelAt(cssX, cssY) {
    const [x, y] = [cssX * this.canvas.ratio, cssY * this.canvas.ratio];
    return [Math.floor((x - this.left) / this.scaleX), Math.floor((y - this.top) / this.scale)];
  }

  /** What Rust draws with. */
  placement(smooth, surround) {
    return { left: this.left, top: this.top, scaleX: this.scaleX, scaleY: this.scale, smooth, surround };
  }
}
