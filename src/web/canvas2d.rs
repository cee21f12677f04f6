//! Drawing without a GPU: Rust computes every canvas pixel, the 2D context shows it.

use js_sys::{Float32Array, Object, Uint16Array};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::layout::{PictureRequest, Placement};
use super::look::{Isolate, Look, false_color};
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

/// The picture pixels of one canvas row, on their way from the file to the screen.
#[derive(Default)]
struct Line {
    /// Canvas columns, and the picture columns under their middles.
    columns: Vec<(u32, usize)>,
    /// Scene-linear, then display-linear, then signal.
    rgb: [Vec<f32>; 3],
    alpha: Vec<f32>,
    marks: Vec<Option<Mark>>,
}

/// What the clipping overlay says of a pixel, in the order in which it is asked.
#[derive(Clone, Copy)]
enum Mark {
    NonFinite,
    Above,
    Below,
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
        let columns = (left..right).filter_map(|canvas_x| {
            let x = ((f64::from(canvas_x) + 0.5 - corner[0]) / placement.scale_x).floor();
            (x >= 0.0 && x < f64::from(data.width)).then_some((canvas_x as u32, x as usize))
        });
        let mut line = Line { columns: columns.collect(), ..Line::default() };
        let mut rows = Rows::default();
        let mut held = None;
        let canvas_rows = pixels.chunks_exact_mut(row_bytes).enumerate();
        for (canvas_y, output) in canvas_rows.take(bottom as usize).skip(top as usize) {
            let y = ((canvas_y as f64 + 0.5 - corner[1]) / placement.scale_y).floor();
            if y < 0.0 || y >= f64::from(data.height) {
                continue;
            }
            // Where the picture is enlarged, the row above was the same one.
            if held != Some(y as u32) {
                held = self.read(y as u32, &mut rows).then_some(y as u32);
                if held.is_some() {
                    self.compute(look, &rows, &mut line);
                }
            }
            if held.is_some() {
                line.write(look, canvas[1] - 1 - canvas_y as u32, output);
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

    /// The whole canvas row at once: the views are made for rows.
    fn compute(&self, look: &Look, rows: &Rows, line: &mut Line) {
        let Line { columns, rgb, alpha, marks } = line;
        let pick = |output: &mut Vec<f32>, plane: Option<usize>, otherwise: f32| {
            let row = plane.and_then(|plane| rows.planes.get(plane));
            let value = |&(_, x): &(u32, usize)| row.and_then(|row| row.get(x)).copied().unwrap_or(otherwise);
            output.clear();
            output.extend(columns.iter().map(value));
        };
        pick(alpha, self.request.alpha, 1.0);
        for (row, plane) in rgb.iter_mut().zip(self.request.color) {
            pick(row, Some(plane), 0.0);
        }
        let odd = |i: usize, rgb: &[Vec<f32>; 3]| rgb.iter().any(|row| !row[i].is_finite());
        marks.clear();
        marks.extend((0..columns.len()).map(|i| (look.clipping && odd(i, rgb)).then_some(Mark::NonFinite)));
        look.light(rgb.each_mut().map(Vec::as_mut_slice));
        if look.clipping {
            for (i, mark) in marks.iter_mut().enumerate() {
                let any = |test: fn(f32) -> bool| rgb.iter().any(|row| test(row[i]));
                let above = any(|light| light > 1.0).then_some(Mark::Above);
                *mark = mark.or(above).or_else(|| any(|light| light < 0.0).then_some(Mark::Below));
            }
        }
        look.signal(rgb.each_mut().map(Vec::as_mut_slice));
    }
}

impl Line {
    /// Codes, with the shader's overlay over them.
    fn write(&self, look: &Look, from_bottom: u32, output: &mut [u8]) {
        let [r, g, b] = &self.rgb;
        let stripe = |sum: u32| sum % 12 < 6;
        for (i, &(x, _)) in self.columns.iter().enumerate() {
            let mark = match self.marks.get(i).copied().flatten() {
                Some(Mark::NonFinite) => Some([255, 0, 255]),
                Some(Mark::Above) => stripe(x + from_bottom + 1).then_some([230, 56, 51]),
                Some(Mark::Below) => stripe(x + 12 * (from_bottom / 12 + 1) - from_bottom).then_some([64, 128, 255]),
                None => None,
            };
            let codes = match (look.isolate, mark) {
                (Isolate::Alpha, _) => [code_u8(self.alpha[i]); 3],
                (_, Some(mark)) => mark,
                _ if look.false_color => false_color([r[i], g[i], b[i]]).map(code_u8),
                _ => [r[i], g[i], b[i]].map(code_u8),
            };
            output[x as usize * 4..][..3].copy_from_slice(&codes);
        }
    }
}
