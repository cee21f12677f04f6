//! The blocks of a slice, out of its rows.

use super::transform::{Blocks, LANES};
use super::{MACROBLOCK, SLICE};

/// The rows of a slice's component, as wide as a whole slice is.
pub(super) type Tile = [[u16; SLICE * MACROBLOCK]; MACROBLOCK];

/// A plane of 16-bit samples, little-endian.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) size: [usize; 2],
}

impl Plane<'_> {
    /// Copies the rows from `row` on, `width` samples from `column` on; the last sample and the last row stand for what lies
    /// beyond them.
    #[inline(always)]
    pub(super) fn read(&self, [column, row]: [usize; 2], width: usize, tile: &mut Tile) {
        let [plane_width, height] = self.size;
        let (samples, _) = self.bytes.as_chunks::<2>();
        let there = width.min(plane_width - column);
        for (y, line) in tile.iter_mut().enumerate() {
            let start = (row + y).min(height - 1) * plane_width + column;
            let source = &samples[start..start + there];
            for (sample, bytes) in line.iter_mut().zip(source) {
                *sample = u16::from_le_bytes(*bytes);
            }
            let last = line[there - 1];
            line[there..width].fill(last);
        }
    }
}

/// The blocks of a tile, each in a lane of its own, less the middle of 10 bits: those of the upper eight rows from the left to
/// the right, then those of the lower.
#[inline(always)]
pub(super) fn spread(tile: &Tile, blocks: &mut Blocks) {
    let mut samples = [[0_u16; LANES]; 64];
    for (y, line) in tile.iter().enumerate() {
        let (first, row) = (y / 8 * ROW, 8 * (y % 8));
        for (block, eight) in line.as_chunks::<8>().0.iter().enumerate() {
            for x in 0..8 {
                samples[row + x][first + block] = eight[x];
            }
        }
    }
    for (lane, samples) in blocks.iter_mut().zip(&samples) {
        for i in 0..LANES {
            lane[i] = f32::from(samples[i]) - MIDDLE;
        }
    }
}

/// Blocks beside each other in a tile.
const ROW: usize = SLICE * MACROBLOCK / 8;

/// What stands for 0 in 10 bits.
const MIDDLE: f32 = 512.0;
