//! Blocks of 8 x 8: their coefficients, the transform, and where their samples belong.

use half::f16;

use super::super::plane::Plane;
use super::cosine::{self, Block};
use crate::color::{Work, dispatch};
use crate::widen::widen;

/// What is left of a chunk's coefficients.
#[derive(Debug)]
pub(super) struct Coefficients<'a> {
    /// Block by block those but the first, with marks for zeros; of a colour, each block's three channels in turn.
    pub(super) ac: &'a [u16],
    /// The first of each block, channel by channel.
    pub(super) dc: &'a [u16],
}

/// A mark: so many zeros as its low byte says; none of it ends the block.
const ZEROS: u16 = 0xff00;

/// Where the coefficients belong in a block in columns: from the first they go along the diagonals, to and fro.
const PLACES: [u8; 64] = {
    let mut places = [0; 64];
    let (mut row, mut column, mut i) = (0, 0, 0);
    while i < 64 {
        places[i] = column * 8 + row;
        if (row + column) % 2 == 0 {
            match (row, column) {
                (_, 7) => row += 1,
                (0, _) => column += 1,
                _ => (row, column) = (row - 1, column + 1),
            }
        } else {
            match (row, column) {
                (7, _) => column += 1,
                (_, 0) => row += 1,
                _ => (row, column) = (row + 1, column - 1),
            }
        }
        i += 1;
    }
    places
};

impl Coefficients<'_> {
    /// Takes those of the next block but its first to their places in `block`, which is nought there; whether there are any.
    /// `None` where they end early.
    #[inline(always)]
    fn take(&mut self, block: &mut [u16; 64]) -> Option<bool> {
        let mut rest = self.ac;
        let (mut place, mut are_any) = (1, false);
        while place < 64 {
            let (&value, after) = rest.split_first()?;
            rest = after;
            if value >= ZEROS {
                let zeros = usize::from(value - ZEROS);
                place += if zeros == 0 { 64 } else { zeros };
            } else {
                block[usize::from(PLACES[place])] = value;
                (place, are_any) = (place + 1, true);
            }
        }
        self.ac = rest;
        Some(are_any)
    }
}

/// The blocks of one channel, or of the three of a colour.
pub(super) struct Blocks<'a, 'b, const N: usize> {
    pub(super) size: Plane,
    pub(super) coefficients: &'a mut Coefficients<'b>,
    /// The channels' planes.
    pub(super) outputs: [&'a mut [u8]; N],
    /// Which of them hold floats; the others hold halves.
    pub(super) are_floats: [bool; N],
    /// What makes light of the transform's values.
    pub(super) linear: Option<&'static [u16; 1 << 16]>,
}

impl<const N: usize> Blocks<'_, '_, N> {
    /// Fills the planes.
    ///
    /// # Errors
    /// In words, if there are too few coefficients.
    pub(super) fn decode(self) -> Result<(), &'static str> {
        let mut is_whole = false;
        dispatch(Decoding { blocks: self, is_whole: &mut is_whole });
        if is_whole { Ok(()) } else { Err("its coefficients are cut off") }
    }

    #[inline(always)]
    fn run(mut self) -> Option<()> {
        let [across, down] = [self.size.width, self.size.height].map(|length| length.div_ceil(8));
        let firsts = self.coefficients.dc.get(..N * across * down)?;
        for row in 0..down {
            for column in 0..across {
                let mut color = [[[0.0; 8]; 8]; N];
                for (channel, block) in color.iter_mut().enumerate() {
                    *block = self.block(firsts[(channel * down + row) * across + column])?;
                }
                if let [y, cb, cr] = color.as_mut_slice() {
                    to_rgb(y, cb, cr);
                }
                self.put([column * 8, row * 8], &color);
            }
        }
        self.coefficients.dc = &self.coefficients.dc[firsts.len()..];
        Some(())
    }

    /// The next block, whose first coefficient is `first`.
    #[inline(always)]
    fn block(&mut self, first: u16) -> Option<Block> {
        let mut halves = [0; 64];
        halves[0] = first;
        if !self.coefficients.take(&mut halves)? {
            return Some(cosine::flat(f16::from_bits(first).to_f32()));
        }
        let mut columns = [[0.0; 8]; 8];
        widen(bytemuck::cast_slice(&halves), columns.as_flattened_mut());
        Some(cosine::inverse(&columns))
    }

    /// Puts a block of each channel to its place; what is beyond the plane's edges is of no meaning.
    #[inline(always)]
    fn put(&mut self, [left, top]: [usize; 2], color: &[Block; N]) {
        let (width, rows) = (self.size.width, self.size.height - top);
        let columns = (width - left).min(8);
        for (channel, block) in color.iter().enumerate() {
            let samples = self.samples(block);
            for (row, samples) in samples.iter().take(rows).enumerate() {
                let start = (top + row) * width + left;
                if self.are_floats[channel] {
                    let output = &mut self.outputs[channel][4 * start..4 * (start + columns)];
                    for (output, &half) in output.as_chunks_mut().0.iter_mut().zip(samples) {
                        *output = f16::from_bits(half).to_f32().to_le_bytes();
                    }
                } else {
                    let output = &mut self.outputs[channel][2 * start..2 * (start + columns)];
                    for (output, &half) in output.as_chunks_mut().0.iter_mut().zip(samples) {
                        *output = half.to_le_bytes();
                    }
                }
            }
        }
    }

    /// A block's halves.
    #[inline(always)]
    fn samples(&self, block: &Block) -> [[u16; 8]; 8] {
        let mut halves = [[0; 8]; 8];
        for (half, &value) in halves.as_flattened_mut().iter_mut().zip(block.as_flattened()) {
            *half = narrow(value);
        }
        if let Some(linear) = self.linear {
            for half in halves.as_flattened_mut() {
                *half = linear[usize::from(*half)];
            }
        }
        halves
    }
}

/// Blocks in code that is compiled for every width of vectors.
struct Decoding<'a, 'b, 'c, const N: usize> {
    blocks: Blocks<'a, 'b, N>,
    is_whole: &'c mut bool,
}

impl<const N: usize> Work for Decoding<'_, '_, '_, N> {
    #[inline(always)]
    fn run(self) {
        *self.is_whole = self.blocks.run().is_some();
    }
}

/// From luma and colour differences, by Rec.709's luma with colour differences around nought.
#[inline(always)]
fn to_rgb(y: &mut Block, cb: &mut Block, cr: &mut Block) {
    let (y, cb, cr) = (y.as_flattened_mut(), cb.as_flattened_mut(), cr.as_flattened_mut());
    for ((y, cb), cr) in y.iter_mut().zip(cb).zip(cr) {
        let red = *y + 1.5747 * *cr;
        let green = *y - 0.1873 * *cb - 0.4682 * *cr;
        let blue = *y + 1.8556 * *cb;
        (*y, *cb, *cr) = (red, green, blue);
    }
}

/// The nearest half, of two as near the even one; what is not a number becomes some NaN. Without a branch, so that vectors can
/// do it.
#[inline(always)]
fn narrow(value: f32) -> u16 {
    const INFINITE: u32 = 0x7f80_0000;
    /// 2 to the 16, from which on halves are infinite.
    const TOO_LARGE: u32 = 0x4780_0000;
    /// 2 to the -14, below which they are denormal.
    const DENORMAL: u32 = 0x3880_0000;
    let bits = value.to_bits();
    let size = bits & 0x7fff_ffff;
    let special = if size > INFINITE { 0x7e00 } else { 0x7c00 };
    // The sum's unit is the smallest half, and the machine rounds it.
    let denormal = (f32::from_bits(size) + 0.5).to_bits().wrapping_sub(0.5_f32.to_bits());
    // The exponent's bias is 112 less, and what is cut off rounds.
    let normal = size.wrapping_sub(112 << 23).wrapping_add(0xfff + (size >> 13 & 1)) >> 13;
    let half = if size < DENORMAL { denormal } else { normal };
    let half = if size >= TOO_LARGE { special } else { half };
    (half | bits >> 16 & 0x8000) as u16
}

#[cfg(test)]
mod tests {
    use half::f16;

    use super::narrow;

    #[test]
    fn the_nearest_half_is_found_between_all_of_them() {
        for bits in 0..=u16::MAX {
            let half = f16::from_bits(bits);
            let is_same = |value: f32| {
                let (found, expected) = (f16::from_bits(narrow(value)), f16::from_f32(value));
                assert!(found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(), "{value:e}");
            };
            is_same(half.to_f32());
            if half.is_finite() {
                // The middle to the next one, and its neighbours.
                let next = f16::from_bits(bits + 1);
                let middle = if next.is_finite() { (half.to_f32() + next.to_f32()) / 2.0 } else { 65520.0 };
                [middle, middle.next_up(), middle.next_down()].into_iter().for_each(is_same);
            }
        }
    }
}
