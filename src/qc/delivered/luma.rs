//! The luma of a decoded frame, in codes of 8 bits.

use crate::color::ycbcr::{Depth, Layout};
use crate::qc::survey::Rows;

/// A frame's first plane: Y', or G' where the layout has no luma.
#[derive(Clone, Copy)]
pub(super) struct LumaRows<'a> {
    samples: &'a [u8],
    depth: Depth,
    size: [usize; 2],
}

/// Codes of a plane as codes of 8 bits with fractions.
pub(super) fn scale(depth: Depth) -> f32 {
    1.0 / (1_u32 << (depth.bits() - 8)) as f32
}

/// Reads codes of one or two bytes.
pub(super) fn read_codes(bytes: &[u8], depth: Depth, output: &mut [f32]) {
    let scale = scale(depth);
    match depth {
        Depth::Eight => output.iter_mut().zip(bytes).for_each(|(to, &code)| *to = f32::from(code)),
        _ => {
            let (codes, _) = bytes.as_chunks::<2>();
            output.iter_mut().zip(codes).for_each(|(to, code)| *to = f32::from(u16::from_le_bytes(*code)) * scale);
        }
    }
}

impl<'a> LumaRows<'a> {
    /// `None` where the bytes are fewer than a frame's.
    pub(super) fn new(planes: &'a [u8], layout: Layout, size: [usize; 2]) -> Option<Self> {
        let depth = layout.depth();
        let samples = planes.get(..size[0] * size[1] * depth.bytes())?;
        (planes.len() >= layout.frame_bytes(size) && !samples.is_empty()).then_some(Self { samples, depth, size })
    }

    /// One row.
    pub(super) fn row(&self, y: usize, output: &mut [f32]) {
        let stride = self.size[0] * self.depth.bytes();
        read_codes(self.samples.get(y * stride..).unwrap_or_default(), self.depth, &mut output[..self.size[0]]);
    }
}

impl Rows for LumaRows<'_> {
    fn size(&self) -> [usize; 2] {
        self.size
    }

    fn channels(&self) -> usize {
        1
    }

    fn read(&self, y: usize, [luma, ..]: &mut [Vec<f32>; 3]) {
        self.row(y, luma);
    }

    #[inline(always)]
    fn signal(&self, [luma, ..]: &[Vec<f32>; 3], output: &mut [f32]) {
        output.iter_mut().zip(luma).for_each(|(to, from)| *to = *from);
    }

    fn read_alpha(&self, _y: usize, _output: &mut [f32]) -> bool {
        false
    }
}
