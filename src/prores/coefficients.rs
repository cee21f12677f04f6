//! A component's blocks as quantised coefficients, and these as bits (7.1.1, 7.2, 7.3).

use super::WEIGHT;
use super::bits::BitWriter;
use super::codes::{self, FIRST_LEVEL, FIRST_RUN};
use super::transform::{self, Blocks, LANES};

/// The order of coefficients in progressive pictures (7.2): places in a block, row by row.
const SCAN: [u8; 64] = [
    0, 1, 8, 9, 2, 3, 10, 11, 16, 17, 24, 25, 18, 19, 26, 27, 4, 5, 12, 20, 13, 6, 7, 14, 21, 28, 29, 22, 15, 23, 30,
    31, 32, 33, 40, 48, 41, 34, 35, 42, 49, 56, 57, 50, 43, 36, 37, 44, 51, 58, 59, 52, 45, 38, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// The share of a step by which a coefficient has to pass one for the next, beyond a half: bits saved near 0 are worth more
/// than what they cost. Measured on grain at film sizes, see docs/EXPORT.md.
const DEAD: f32 = 1.0 / 6.0;

/// What coefficients are multiplied with, in the order of the scan.
#[derive(Debug, Clone)]
pub(super) struct Quantiser([f32; 64]);

impl Quantiser {
    /// For 10 bits: what is coded, times weight and quantiser, is four times the orthonormal coefficient (7.3).
    pub(super) fn new(quantiser: u32) -> Self {
        let scale = |place: u8| {
            let (u, v) = (usize::from(place % 8), usize::from(place / 8));
            4.0 / (f64::from(WEIGHT) * f64::from(quantiser) * transform::gain(u, v))
        };
        Self(SCAN.map(|place| scale(place) as f32))
    }
}

/// In which order the blocks of a macroblock are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Luma: the upper two, then the lower two.
    Rows,
    /// Chroma: from above to below, then the next column if there is one.
    Columns,
}

impl Order {
    /// Bits of blocks as they stand in a tile (the upper ones, then the lower), in the order of coding.
    #[inline(always)]
    fn of_bits(self, tile: u32) -> u32 {
        // Each half's bits are moved apart, so that the other's fit in between.
        let (upper, lower) = (tile & 0xffff, tile >> 16);
        let apart = |mut bits: u32, until: u32| {
            bits = (bits | bits << 8) & 0x00ff_00ff;
            bits = (bits | bits << 4) & 0x0f0f_0f0f;
            bits = (bits | bits << 2) & 0x3333_3333;
            if until == 1 {
                bits = (bits | bits << 1) & 0x5555_5555;
            }
            bits
        };
        match self {
            Self::Rows => apart(upper, 2) | apart(lower, 2) << 2,
            Self::Columns => apart(upper, 1) | apart(lower, 1) << 1,
        }
    }

    /// Where the blocks stand in a tile, in the order of coding.
    const fn places(self) -> [u8; LANES] {
        let mut places = [0; LANES];
        let mut i = 0;
        while i < LANES {
            places[i] = match self {
                Self::Rows => i / 4 * 2 + i % 2 + i / 2 % 2 * (LANES / 2),
                Self::Columns => i / 2 + i % 2 * (LANES / 2),
            } as u8;
            i += 1;
        }
        places
    }
}

/// The coefficients of a component's blocks, in the order of the scan; 0 is no coefficient.
#[derive(Debug, Clone)]
pub(super) struct Coefficients {
    values: [[i16; LANES]; 64],
    /// The blocks whose coefficient is not 0, one bit for each.
    present: [u32; 64],
}

impl Default for Coefficients {
    fn default() -> Self {
        Self { values: [[0; LANES]; 64], present: [0; 64] }
    }
}

/// Adding this to a small number leaves its nearest integer in the low bits.
const ROUND: f32 = 12_582_912.0;

impl Coefficients {
    /// Of transformed blocks.
    #[inline(always)]
    pub(super) fn quantise(&mut self, blocks: &Blocks, quantiser: &Quantiser) {
        for (index, &place) in SCAN.iter().enumerate() {
            let (lane, scale) = (&blocks[usize::from(place)], quantiser.0[index]);
            let dead = if index == 0 { 0.0 } else { DEAD };
            let mut values = [0; LANES];
            for i in 0..LANES {
                let value = lane[i] * scale;
                let shrunk = value - dead.copysign(value);
                // -0.5 < shrunk < 0.5 on either side of 0 is 0.
                values[i] = ((shrunk + ROUND).to_bits() as i32 - ROUND.to_bits() as i32) as i16;
            }
            self.values[index] = values;
        }
        for (bits, values) in self.present.iter_mut().zip(&self.values) {
            *bits = present(values);
        }
    }

    /// Writes those of the first `count` blocks.
    #[inline(always)]
    pub(super) fn put(&self, count: usize, order: Order, output: &mut BitWriter<'_>) {
        self.put_dc(count, order, output);
        self.put_ac(count, order, output);
    }

    #[inline(always)]
    fn put_dc(&self, count: usize, order: Order, output: &mut BitWriter<'_>) {
        let places = order.places();
        let mut values = places[..count].iter().map(|&place| i32::from(self.values[0][usize::from(place)]));
        let mut last = values.next().unwrap_or(0);
        let (bits, length) = codes::FIRST_DC.word(codes::unsigned(last));
        output.put(bits, length);
        // The first difference is coded as if after a large one.
        let (mut code, mut is_falling) = (codes::LARGEST_DC, false);
        for value in values {
            let difference = value - last;
            // A difference in the direction of the last one counts as positive.
            let difference_onwards = if is_falling { -difference } else { difference };
            let number = codes::unsigned(difference_onwards);
            let (bits, length) = code.word(number);
            output.put(bits, length);
            (code, is_falling, last) = (codes::dc_after(number), difference < 0, value);
        }
    }

    /// By place in the scan, all blocks of each; runs go on from one place to the next.
    #[inline(always)]
    fn put_ac(&self, count: usize, order: Order, output: &mut BitWriter<'_>) {
        let places = order.places();
        let blocks = u32::MAX >> (32 - count as u32);
        let (mut last_run, mut last_level) = (FIRST_RUN, FIRST_LEVEL);
        // Coefficients before this one, counted over all blocks, are done.
        let mut done = 0;
        for index in 1..64 {
            let mut present = order.of_bits(self.present[index]) & blocks;
            let first = (index - 1) as u32 * count as u32;
            while present != 0 {
                let block = present.trailing_zeros();
                present &= present - 1;
                let value = i32::from(self.values[index][usize::from(places[block as usize])]);
                let run = first + block - done;
                codes::put_coefficient(output, run, value, last_run, last_level);
                (last_run, last_level) = (run, value.unsigned_abs());
                done = first + block + 1;
            }
        }
    }
}

/// A bit for every value that is not 0, the first in the lowest.
#[inline(always)]
fn present(values: &[i16; LANES]) -> u32 {
    let (fours, _) = values.as_chunks::<4>();
    let bits = fours.iter().enumerate().map(|(i, four)| {
        let [a, b, c, d] = four.map(|value| u64::from(value as u16));
        let four = a | b << 16 | c << 32 | d << 48;
        // The highest bit of each 16 that are not 0: their sum with the largest number under it carries into it.
        const UNDER: u64 = 0x7fff_7fff_7fff_7fff;
        let marked = (((four & UNDER) + UNDER) | four) & !UNDER;
        // Brought together: bits 15, 31, 47, 63 to 0, 1, 2, 3.
        let four = (marked >> 15).wrapping_mul(0x0001_0002_0004_0008) >> 48;
        (four as u32 & 0xf) << (4 * i)
    });
    bits.fold(0, |all, bits| all | bits)
}
