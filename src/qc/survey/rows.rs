//! Where the rows of a survey come from.

use crate::color::{Chromaticities, to_acescct};
use crate::exr::{Layer, Part};
use crate::frame::{Frame, Plane, Region};

/// A picture whose rows can be read as floats, from any thread.
pub(in crate::qc) trait Rows: Sync {
    /// Width and height in pixels.
    fn size(&self) -> [usize; 2];

    /// Channels there are: 3 for red, green and blue, 1 for luma alone.
    fn channels(&self) -> usize;

    /// One row of each channel; only as many of `output` as there are channels are filled.
    fn read(&self, y: usize, output: &mut [Vec<f32>; 3]);

    /// The signal that noise is measured in, from the rows of the channels.
    fn signal(&self, channels: &[Vec<f32>; 3], output: &mut [f32]);

    /// One row of the alpha channel, if there is one.
    fn read_alpha(&self, y: usize, output: &mut [f32]) -> bool;
}

/// The visible part of a decoded scene-linear frame.
pub(in crate::qc) struct SceneRows<'a> {
    color: [&'a Plane; 3],
    alpha: Option<&'a Plane>,
    weights: [f32; 3],
    /// Place of the first visible sample in a plane, and samples from one row to the next.
    start: usize,
    stride: usize,
    size: [usize; 2],
    /// Where the first visible sample lies, from the display window's top left.
    pub(in crate::qc) corner: [i32; 2],
}

impl<'a> SceneRows<'a> {
    /// `None` where there is nothing to see, or not three channels to see it with.
    pub(in crate::qc) fn new(frame: &'a Frame, part: &Part, layer: &Layer, primaries: &Chromaticities) -> Option<Self> {
        let (data, display) = (frame.data_window, frame.display_window);
        let shared = data.intersection(&display);
        if shared.is_empty() {
            return None;
        }
        let plane = |index: usize| frame.plane(&part.channels.get(index)?.name);
        let [r, g, b] = layer.color;
        let inside = shared.relative_to(&data);
        let Region { x, y, .. } = shared.relative_to(&display);
        let luminance = primaries.rgb_to_xyz()?.to_f32()[1];
        Some(Self {
            color: [plane(r)?, plane(g)?, plane(b)?],
            alpha: layer.alpha.and_then(plane),
            weights: luminance,
            start: inside.y as usize * data.width as usize + inside.x as usize,
            stride: data.width as usize,
            size: [shared.width as usize, shared.height as usize],
            corner: [x, y],
        })
    }
}

/// Darker and brighter than this is as good as this: light that no half float holds.
const DARKEST: f32 = -1.0;
const BRIGHTEST: f32 = 131_072.0;

impl Rows for SceneRows<'_> {
    fn size(&self) -> [usize; 2] {
        self.size
    }

    fn channels(&self) -> usize {
        3
    }

    fn read(&self, y: usize, output: &mut [Vec<f32>; 3]) {
        for (plane, row) in self.color.iter().zip(output) {
            plane.samples.read_f32(self.start + y * self.stride, &mut row[..self.size[0]]);
        }
    }

    #[inline(always)]
    fn signal(&self, [r, g, b]: &[Vec<f32>; 3], output: &mut [f32]) {
        let [wr, wg, wb] = self.weights;
        for (((signal, &r), &g), &b) in output.iter_mut().zip(r).zip(g).zip(b) {
            let light = wr * r + wg * g + wb * b;
            let light = if light.is_nan() { 0.0 } else { light };
            *signal = to_acescct(light.clamp(DARKEST, BRIGHTEST));
        }
    }

    fn read_alpha(&self, y: usize, output: &mut [f32]) -> bool {
        let Some(alpha) = self.alpha else { return false };
        alpha.samples.read_f32(self.start + y * self.stride, &mut output[..self.size[0]]);
        true
    }
}
