//! Drawing without a GPU: Rust computes every canvas pixel, the 2D context shows it.

use js_sys::{Float32Array, Object, Uint16Array};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::layout::{PictureRequest, Placement};
use super::look::Look;
use super::object::words;
use crate::color::code_u8;
use crate::frame::SampleType;
use crate::{Error, Result};

/// A context and the picture on it.
pub(super) struct PlainCanvas {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    picture: Option<Planes>,
}

/// A picture's planes as they arrived; they stay in JavaScript's memory.
struct Planes {
    request: PictureRequest,
    /// By plane, in any order.
    pieces: Vec<Vec<Piece>>,
}

/// Some rows of a plane.
struct Piece {
    y: u32,
    rows: u32,
    samples: Samples,
}

enum Samples {
    Half(Uint16Array),
    Float(Float32Array),
}

/// Rows of the file that one canvas row needs.
#[derive(Default)]
struct Rows {
    bits: Vec<u16>,
    planes: Vec<Vec<f32>>,
}

impl PlainCanvas {
    pub(super) fn new(canvas: &HtmlCanvasElement) -> Result<Self> {
        let context = canvas.get_context("2d").ok().flatten().and_then(|context| context.dyn_into().ok());
        let context = context.ok_or_else(|| Error::spec("this browser gives no drawing context at all", ""))?;
        Ok(Self { canvas: canvas.clone(), context, picture: None })
    }

    pub(super) fn begin(&mut self, request: PictureRequest) {
        let pieces = request.planes.iter().map(|_| Vec::new()).collect();
        self.picture = Some(Planes { request, pieces });
    }

    pub(super) fn clear(&mut self) {
        self.picture = None;
    }

    /// As the GPU's `upload`.
    pub(super) fn upload(&mut self, plane: usize, y: u32, rows: u32, samples: &Object) -> Result<()> {
        let picture =
            self.picture.as_mut().and_then(|p| Some((*p.request.planes.get(plane)?, p.pieces.get_mut(plane)?)));
        let Some((kind, pieces)) = picture else {
            return Err(Error::spec(format!("there is no plane {plane}"), ""));
        };
        let samples = match kind {
            SampleType::Half => samples.dyn_ref().cloned().map(Samples::Half),
            SampleType::Float | SampleType::Uint => samples.dyn_ref().cloned().map(Samples::Float),
        };
        let samples =
            samples.ok_or_else(|| Error::spec("rows of the picture came in another type than promised", ""))?;
        pieces.push(Piece { y, rows, samples });
        Ok(())
    }

    /// Draws the whole canvas, the picture pixel under the middle of each canvas pixel.
    pub(super) fn draw(&self, look: &Look, placement: &Placement) -> Result<()> {
        let (width, height) = (self.canvas.width(), self.canvas.height());
        if width == 0 || height == 0 {
            return Ok(());
        }
        let [r, g, b] = placement.surround;
        let mut pixels = [r, g, b, 255].repeat(width as usize * height as usize);
        if let Some(picture) = &self.picture {
            picture.draw(look, placement, [width, height], &mut pixels);
        }
        ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pixels), width, height)
            .and_then(|image| self.context.put_image_data(&image, 0.0, 0.0))
            .map_err(|error| Error::limit(format!("the browser could not show the picture: {}", words(&error)), ""))
    }
}

impl Planes {
    fn draw(&self, look: &Look, placement: &Placement, canvas: [u32; 2], pixels: &mut [u8]) {
        let PictureRequest { display_window: display, data_window: data, .. } = &self.request;
        let row_bytes = canvas[0] as usize * 4;
        let [left, top, right, bottom] = placement.rectangle(display, display, canvas);
        for row in pixels.chunks_exact_mut(row_bytes).take(bottom as usize).skip(top as usize) {
            for pixel in row[left as usize * 4..right as usize * 4].chunks_exact_mut(4) {
                pixel.copy_from_slice(&[0, 0, 0, 255]);
            }
        }
        let corner = placement.corner(display, data.x.into(), data.y.into());
        let [left, top, right, bottom] = placement.rectangle(display, data, canvas);
        let mut rows = Rows::default();
        let mut held = None;
        for (canvas_y, output) in
            pixels.chunks_exact_mut(row_bytes).enumerate().take(bottom as usize).skip(top as usize)
        {
            let y = ((canvas_y as f64 + 0.5 - corner[1]) / placement.scale_y).floor();
            if y < 0.0 || y >= f64::from(data.height) {
                continue;
            }
            if held != Some(y as u32) {
                held = self.read(y as u32, &mut rows).then_some(y as u32);
            }
            if held.is_none() {
                continue;
            }
            for canvas_x in left..right {
                let x = ((f64::from(canvas_x) + 0.5 - corner[0]) / placement.scale_x).floor();
                if x >= 0.0 && x < f64::from(data.width) {
                    let at = canvas_x as usize * 4;
                    let codes = self.codes(look, &rows, x as usize, [canvas_x as u32, canvas[1] - 1 - canvas_y as u32]);
                    output[at..at + 3].copy_from_slice(&codes);
                }
            }
        }
    }

    /// Brings one row of every plane into wasm's memory; false where it has not arrived.
    fn read(&self, y: u32, rows: &mut Rows) -> bool {
        let width = self.request.data_window.width;
        rows.planes.resize_with(self.pieces.len(), Vec::new);
        rows.bits.resize(width as usize, 0);
        for (pieces, output) in self.pieces.iter().zip(&mut rows.planes) {
            // The latest first: the rows of a frame that is decoded anew replace older ones.
            let Some(piece) = pieces.iter().rev().find(|piece| (piece.y..piece.y + piece.rows).contains(&y)) else {
                return false;
            };
            output.resize(width as usize, 0.0);
            let start = (y - piece.y) * width;
            match &piece.samples {
                Samples::Half(samples) => {
                    samples.subarray(start, start + width).copy_to(&mut rows.bits);
                    for (to, &from) in output.iter_mut().zip(&rows.bits) {
                        *to = half::f16::from_bits(from).to_f32();
                    }
                }
                Samples::Float(samples) => samples.subarray(start, start + width).copy_to(output),
            }
        }
        true
    }

    fn codes(&self, look: &Look, rows: &Rows, x: usize, [canvas_x, from_bottom]: [u32; 2]) -> [u8; 3] {
        let [r, g, b] = self.request.color;
        let value = |plane: usize| rows.planes.get(plane).and_then(|row| row.get(x)).copied().unwrap_or_default();
        let rgb = [value(r), value(g), value(b)];
        let signal = look.apply(rgb, self.request.alpha.map_or(1.0, value));
        if !look.clipping {
            return signal.map(code_u8);
        }
        // The shader's overlay.
        let light = look.light(rgb);
        let stripe = |sum: u32| sum % 12 < 6;
        if rgb.iter().any(|value| !value.is_finite()) {
            [255, 0, 255]
        } else if light.iter().any(|&light| light > 1.0) && stripe(canvas_x + from_bottom + 1) {
            [230, 56, 51]
        } else if light.iter().any(|&light| light < 0.0) && stripe(canvas_x + 12 * (from_bottom / 12 + 1) - from_bottom)
        {
            [64, 128, 255]
        } else {
            signal.map(code_u8)
        }
    }
}
