//! Rows of R'G'B' into the planes of a band.

use super::chroma::ChromaRow;
use super::{Band, Layout, Sampling};
use crate::color::block::{BLOCK, Lane, Work, cut, for_each, map, mul};
use crate::color::dispatch;
use crate::color::math::code;

/// KR, KG, KB: BT.709-6, item 3.2.
const LUMA: [f64; 3] = [0.2126, 0.7152, 0.0722];
/// What brings B' - Y' and R' - Y' to -0.5..0.5: BT.709-6, item 3.3.
const CHROMA: [f64; 2] = [1.8556, 1.5748];
/// Steps of narrow range in 8 bits: BT.709-6, item 3.4.
const LUMA_STEPS: f64 = 219.0;
const CHROMA_STEPS: f64 = 224.0;
/// The codes of black, and of no colour, in 8 bits; likewise.
const BLACK: f32 = 16.0;
const ACHROMATIC: f32 = 128.0;

impl Layout {
    /// Packs the rows of a band, one after another without padding: `rgb` display-encoded, 0..1 (cut to it), `alpha`
    /// straight, 0..1; where the layout has alpha and none is given, it is 1. NaN is 0.
    ///
    /// # Panics
    /// If a slice does not hold `band.rows` rows of `width` pixels, or the band is of another layout or width.
    pub fn pack(self, width: usize, rgb: [&[f32]; 3], alpha: Option<&[f32]>, band: &mut Band<'_>) {
        let pixels = width * band.rows;
        let inputs = rgb.into_iter().chain(alpha);
        assert!(inputs.into_iter().all(|input| input.len() == pixels), "rows of one band have one length");
        let sizes = self.plane_sizes([width, band.rows]);
        let fits =
            |([width, rows], plane): ([usize; 2], &&mut [u8])| plane.len() == width * rows * self.depth().bytes();
        assert!(sizes.into_iter().zip(&band.planes).all(fits), "the band is of this layout and width");
        if pixels == 0 {
            return;
        }
        match self.depth().bytes() {
            1 => dispatch(Packing::<1> { layout: self, width, rgb, alpha, band }),
            _ => dispatch(Packing::<2> { layout: self, width, rgb, alpha, band }),
        }
    }
}

/// The packing of one band, in codes of that many bytes.
struct Packing<'a, 'b, const BYTES: usize> {
    layout: Layout,
    width: usize,
    rgb: [&'a [f32]; 3],
    alpha: Option<&'a [f32]>,
    band: &'a mut Band<'b>,
}

impl<const BYTES: usize> Work for Packing<'_, '_, BYTES> {
    #[inline(always)]
    fn run(mut self) {
        self.pack_alpha();
        match self.layout.sampling() {
            Sampling::Rgb => self.pack_rgb(),
            Sampling::Ycbcr444 => self.pack_444(),
            Sampling::Ycbcr422 => self.pack_subsampled(1),
            Sampling::Ycbcr420 => self.pack_subsampled(2),
        }
    }
}

impl<const BYTES: usize> Packing<'_, '_, BYTES> {
    /// The largest code.
    fn full(&self) -> f32 {
        ((1_u32 << self.layout.depth().bits()) - 1) as f32
    }

    #[inline(always)]
    fn pack_alpha(&mut self) {
        let full = self.full();
        let plane = &mut *self.band.planes[3];
        let Some(alpha) = self.alpha else {
            let opaque = [full; BLOCK];
            plane.chunks_mut(BLOCK * BYTES).for_each(|output| store::<BYTES>(&opaque, output));
            return;
        };
        for (input, output) in alpha.chunks(BLOCK).zip(plane.chunks_mut(BLOCK * BYTES)) {
            store::<BYTES>(&map(&block_of(input), |value| cut(value) * full), output);
        }
    }

    #[inline(always)]
    fn pack_rgb(&mut self) {
        let full = self.full();
        let [g, b, r, _] = &mut self.band.planes;
        let outputs = [&mut **r, &mut **g, &mut **b].map(|plane| plane.chunks_mut(BLOCK * BYTES));
        let [r, g, b] = outputs;
        for (block, ((r, g), b)) in r.zip(g).zip(b).enumerate() {
            let lanes = load(self.rgb, block * BLOCK);
            for (lane, output) in lanes.iter().zip([r, g, b]) {
                store::<BYTES>(&map(lane, |value| value * full), output);
            }
        }
    }

    #[inline(always)]
    fn pack_444(&mut self) {
        let formula = Formula::new(self.layout.depth().bits());
        let [y, cb, cr, _] = self.band.planes.each_mut().map(|plane| plane.chunks_mut(BLOCK * BYTES));
        for (block, ((y, cb), cr)) in y.zip(cb).zip(cr).enumerate() {
            let mut lanes = load(self.rgb, block * BLOCK);
            for_each(&mut lanes, |rgb| formula.apply(rgb));
            for (lane, output) in lanes.iter().zip([y, cb, cr]) {
                store::<BYTES>(lane, output);
            }
        }
    }

    /// `vertical` rows share a row of chroma.
    #[inline(always)]
    fn pack_subsampled(&mut self, vertical: usize) {
        let formula = Formula::new(self.layout.depth().bits());
        let width = self.width;
        let [y, cb, cr, _] = &mut self.band.planes;
        let mut chroma: [[ChromaRow; 2]; 2] = std::array::from_fn(|_| [ChromaRow::new(width), ChromaRow::new(width)]);
        let half = width.div_ceil(2) * BYTES;
        let groups = y.chunks_mut(vertical * width * BYTES).zip(cb.chunks_mut(half)).zip(cr.chunks_mut(half));
        for (group, ((y, cb), cr)) in groups.enumerate() {
            let mut rows = 0;
            for (row, (luma, chroma)) in y.chunks_mut(width * BYTES).zip(&mut chroma).enumerate() {
                let start = (group * vertical + row) * width;
                let rgb = self.rgb.map(|plane| &plane[start..start + width]);
                luma_row::<BYTES>(&formula, rgb, luma, chroma);
                rows += 1;
            }
            let [first, second] = &mut chroma;
            for ((first, second), output) in first.iter_mut().zip(second).zip([cb, cr]) {
                // The last row of an odd height stands for both.
                if rows == 2 {
                    first.average(second);
                }
                first.repeat_borders();
                for (block, output) in output.chunks_mut(BLOCK * BYTES).enumerate() {
                    store::<BYTES>(&first.halved(block), output);
                }
            }
        }
    }
}

/// Stores a row's luma, and keeps its chroma.
#[inline(always)]
fn luma_row<const BYTES: usize>(formula: &Formula, rgb: [&[f32]; 3], luma: &mut [u8], [cb, cr]: &mut [ChromaRow; 2]) {
    let width = rgb[0].len();
    for (block, output) in luma.chunks_mut(BLOCK * BYTES).enumerate() {
        let start = block * BLOCK;
        let mut lanes = load(rgb, start);
        for_each(&mut lanes, |rgb| formula.apply(rgb));
        store::<BYTES>(&lanes[0], output);
        let length = BLOCK.min(width - start);
        cb.set(start, &lanes[1][..length]);
        cr.set(start, &lanes[2][..length]);
    }
}

/// R'G'B' to unrounded codes of Y', Cb, Cr: items 3.2 to 3.4 of BT.709-6 in one matrix, worked out in 64-bit floats.
struct Formula {
    matrix: [[f32; 3]; 3],
    offset: [f32; 3],
}

impl Formula {
    fn new(bits: u32) -> Self {
        let scale = f64::from(1_u32 << (bits - 8));
        let luma = LUMA.map(|share| share * LUMA_STEPS * scale);
        let chroma = |primary: usize, divisor: f64| {
            std::array::from_fn(|c| {
                let own = if c == primary { 1.0 } else { 0.0 };
                (own - LUMA[c]) / divisor * CHROMA_STEPS * scale
            })
        };
        let rows: [[f64; 3]; 3] = [luma, chroma(2, CHROMA[0]), chroma(0, CHROMA[1])];
        let offset = [BLACK, ACHROMATIC, ACHROMATIC].map(|code| code * scale as f32);
        Self { matrix: rows.map(|row| row.map(|value| value as f32)), offset }
    }

    #[inline(always)]
    fn apply(&self, rgb: [f32; 3]) -> [f32; 3] {
        let v = mul(&self.matrix, rgb);
        [v[0] + self.offset[0], v[1] + self.offset[1], v[2] + self.offset[2]]
    }
}

/// The block from `start` on, cut to 0..1; 0 past the rows' ends.
#[inline(always)]
fn load(rgb: [&[f32]; 3], start: usize) -> [Lane; 3] {
    let mut lanes = [[0.0; BLOCK]; 3];
    for (lane, row) in lanes.iter_mut().zip(rgb) {
        *lane = map(&block_of(&row[start..]), cut);
    }
    lanes
}

/// The first values of a row, 0 where it has no more.
#[inline(always)]
fn block_of(row: &[f32]) -> Lane {
    // All blocks but the last: a copy of known length costs next to nothing.
    if let Some(whole) = row.first_chunk() {
        return *whole;
    }
    let mut lane = [0.0; BLOCK];
    lane[..row.len()].copy_from_slice(row);
    lane
}

/// The nearest codes of as many values as `output` has room for; they are not negative and fit.
#[inline(always)]
fn store<const BYTES: usize>(values: &Lane, output: &mut [u8]) {
    let (slots, _) = output.as_chunks_mut::<BYTES>();
    if let Some(slots) = slots.first_chunk_mut() {
        *slots = codes(values);
    } else {
        let length = slots.len();
        slots.copy_from_slice(&codes(values)[..length]);
    }
}

#[inline(always)]
fn codes<const BYTES: usize>(values: &Lane) -> [[u8; BYTES]; BLOCK] {
    let mut codes = [[0; BYTES]; BLOCK];
    for (slot, value) in codes.iter_mut().zip(values) {
        let code = (code(*value) as u16).to_le_bytes();
        for (slot, byte) in slot.iter_mut().zip(code) {
            *slot = byte;
        }
    }
    codes
}
