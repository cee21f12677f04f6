//! The picture's light and a matte around one pixel.

use super::matte::Matte;
use crate::color::Chromaticities;
use crate::exr::{Layer, Part};
use crate::frame::{Frame, Plane};

/// Pixels from a window's centre to its edge.
pub(super) const REACH: usize = 8;
/// Side of a window, in samples.
pub(super) const SIDE: usize = 2 * REACH + 1;
/// Samples of a window.
pub(super) const SAMPLES: usize = SIDE * SIDE;

/// A frame's colour planes.
pub(super) struct Light<'a> {
    color: [&'a Plane; 3],
    /// Shares of red, green and blue in luminance.
    pub(super) weights: [f64; 3],
    /// Width and height of the data window.
    pub(super) size: [usize; 2],
}

/// The samples around one pixel, row by row.
pub(super) type Window = [f32; SAMPLES];

/// Where a window lies: its centre in the data window, and the pixels from one sample to the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) stride: usize,
}

impl<'a> Light<'a> {
    /// `None` where a colour plane is missing, or the space's primaries make no colours.
    pub(super) fn new(frame: &'a Frame, part: &Part, layer: &Layer, primaries: &Chromaticities) -> Option<Self> {
        let plane = |index: usize| frame.plane(&part.channels.get(index)?.name);
        let [r, g, b] = layer.color;
        let weights = primaries.rgb_to_xyz()?.0[1];
        let size = [frame.data_window.width as usize, frame.data_window.height as usize];
        Some(Self { color: [plane(r)?, plane(g)?, plane(b)?], weights, size })
    }

    /// Red, green and blue around a spot, which must lie inside with its window.
    pub(super) fn window(&self, spot: Spot) -> [Window; 3] {
        let width = self.size[0];
        self.color.map(|plane| {
            let mut window = [0.0; SAMPLES];
            read(spot, &mut window, |x, y, row| plane.samples.read_f32(y * width + x, row));
            for sample in &mut window {
                if !sample.is_finite() {
                    *sample = 0.0;
                }
            }
            window
        })
    }

    /// Luminance around a spot, which must lie inside with its window.
    pub(super) fn luminance_window(&self, spot: Spot) -> Window {
        let [r, g, b] = self.window(spot);
        let [wr, wg, wb] = self.weights.map(|weight| weight as f32);
        std::array::from_fn(|i| wr * r[i] + wg * g[i] + wb * b[i])
    }

    /// Luminance from `x`, `y` of the data window on.
    pub(super) fn luminance(&self, x: usize, y: usize, output: &mut [f32]) {
        let start = y * self.size[0] + x;
        let mut samples = vec![0.0; output.len()];
        output.fill(0.0);
        for (plane, weight) in self.color.iter().zip(self.weights) {
            plane.samples.read_f32(start, &mut samples);
            for (to, &from) in output.iter_mut().zip(&samples) {
                *to += if from.is_finite() { weight as f32 * from } else { 0.0 };
            }
        }
    }

    /// Green alone, the channel with most of the light, from `x`, `y` of the data window on.
    pub(super) fn green(&self, x: usize, y: usize, output: &mut [f32]) {
        self.color[1].samples.read_f32(y * self.size[0] + x, output);
    }

    /// The spot at a place, rounded to whole pixels, if its window lies inside.
    pub(super) fn spot(&self, x: f64, y: f64, stride: usize) -> Option<Spot> {
        let reach = (REACH * stride) as f64;
        let fits = |at: f64, size: usize| at >= reach && at + reach < size as f64;
        let (x, y) = (x.round(), y.round());
        (fits(x, self.size[0]) && fits(y, self.size[1])).then_some(Spot { x: x as usize, y: y as usize, stride })
    }
}

/// A matte around a spot.
pub(super) fn matte_window(matte: &Matte<'_>, spot: Spot) -> Window {
    let mut window = [0.0; SAMPLES];
    read(spot, &mut window, |x, y, row| matte.read(x, y, row));
    for sample in &mut window {
        *sample = if sample.is_nan() { 0.0 } else { sample.clamp(0.0, 1.0) };
    }
    window
}

/// Strides are powers of two up to this.
pub(super) const LARGEST_STRIDE: usize = 4;

fn read(spot: Spot, window: &mut Window, row: impl Fn(usize, usize, &mut [f32])) {
    let Spot { x, y, stride } = spot;
    let mut buffer = [0.0; (SIDE - 1) * LARGEST_STRIDE + 1];
    let samples = &mut buffer[..(SIDE - 1) * stride + 1];
    for (line, output) in window.chunks_exact_mut(SIDE).enumerate() {
        row(x - REACH * stride, y + line * stride - REACH * stride, samples);
        for (to, from) in output.iter_mut().zip(samples.iter().step_by(stride)) {
            *to = *from;
        }
    }
}
