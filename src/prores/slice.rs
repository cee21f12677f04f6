//! Slices (5.3): eight macroblocks beside each other, coded without looking at others.

use super::alpha;
use super::bits::{BitWriter, CAPACITY};
use super::blocks::{Plane, Tile, spread};
use super::coefficients::{Coefficients, Order, Quantiser};
use super::transform::{self, Blocks, LANES};
use super::{MACROBLOCK, SLICE};
use crate::color::ycbcr::{Layout, Sampling};
use crate::color::{Work, dispatch};

/// What is to be encoded.
pub(super) struct Picture<'a> {
    /// Luma, Cb, Cr, and alpha if there is any.
    planes: [Plane<'a>; 4],
    has_alpha: bool,
    /// Samples of a macroblock's row of chroma.
    chroma_width: usize,
    quantiser: Quantiser,
    quantiser_index: u8,
}

impl<'a> Picture<'a> {
    /// `planes` are as long as the layout says, `quantiser` is 1 to 128.
    pub(super) fn new(layout: Layout, size: [usize; 2], planes: &'a [u8], quantiser: u32) -> Self {
        let mut rest = planes;
        let planes = layout.plane_sizes(size).map(|size| {
            let (bytes, others) = rest.split_at(size[0] * size[1] * layout.depth().bytes());
            rest = others;
            Plane { bytes, size }
        });
        let chroma_width = if layout.sampling() == Sampling::Ycbcr444 { MACROBLOCK } else { MACROBLOCK / 2 };
        let has_alpha = layout.has_alpha();
        Self { planes, has_alpha, chroma_width, quantiser: Quantiser::new(quantiser), quantiser_index: quantiser as u8 }
    }

    /// Bytes of a slice's header: without alpha, the size of Cr is what is left.
    fn header_bytes(&self) -> usize {
        if self.has_alpha { 8 } else { 6 }
    }
}

/// The slices of a row of macroblocks.
#[derive(Debug, Clone, Default)]
pub(super) struct SliceRow {
    pub(super) bytes: Vec<u8>,
    /// How many of them each slice takes.
    pub(super) sizes: Vec<usize>,
}

/// Working memory of one thread.
pub(super) struct Scratch {
    tile: Tile,
    blocks: Blocks,
    coefficients: Coefficients,
    bits: Box<[u8; CAPACITY]>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            tile: [[0; SLICE * MACROBLOCK]; MACROBLOCK],
            blocks: [[0.0; LANES]; 64],
            coefficients: Coefficients::default(),
            bits: Box::new([0; CAPACITY]),
        }
    }
}

impl SliceRow {
    /// Encodes the row of macroblocks number `index`.
    pub(super) fn encode(&mut self, picture: &Picture<'_>, index: usize, scratch: &mut Scratch) {
        self.bytes.clear();
        self.sizes.clear();
        dispatch(Encoding { row: self, picture, index, scratch });
    }
}

struct Encoding<'a, 'p> {
    row: &'a mut SliceRow,
    picture: &'a Picture<'p>,
    index: usize,
    scratch: &'a mut Scratch,
}

impl Work for Encoding<'_, '_> {
    #[inline(always)]
    fn run(mut self) {
        let mut left = self.picture.planes[0].size[0].div_ceil(MACROBLOCK);
        let mut first = 0;
        let mut length = SLICE;
        while left > 0 {
            // At the right edge they are halved until they fit.
            while length > left {
                length /= 2;
            }
            let before = self.row.bytes.len();
            self.slice(first, length);
            self.row.sizes.push(self.row.bytes.len() - before);
            first += length;
            left -= length;
        }
    }
}

impl Encoding<'_, '_> {
    /// `length` macroblocks from number `first` on.
    #[inline(always)]
    fn slice(&mut self, first: usize, length: usize) {
        let header = self.row.bytes.len();
        let header_bytes = self.picture.header_bytes();
        self.row.bytes.extend_from_slice(&[(header_bytes as u8) << 3, self.picture.quantiser_index]);
        self.row.bytes.resize(header + header_bytes, 0);
        for component in 0..3 {
            let before = self.row.bytes.len();
            self.component(component, first, length);
            let size = (self.row.bytes.len() - before) as u16;
            // Luma's, that of Cb, and that of Cr only where something follows it.
            let place = 2 + 2 * component;
            if place < header_bytes {
                self.row.bytes[header + place..header + place + 2].copy_from_slice(&size.to_be_bytes());
            }
        }
        if self.picture.has_alpha {
            self.alpha(first, length);
        }
    }

    #[inline(always)]
    fn component(&mut self, component: usize, first: usize, length: usize) {
        let Scratch { tile, blocks, coefficients, bits } = &mut *self.scratch;
        let (width, order) = match component {
            0 => (MACROBLOCK, Order::Rows),
            _ => (self.picture.chroma_width, Order::Columns),
        };
        self.picture.planes[component].read([first * width, self.index * MACROBLOCK], length * width, tile);
        spread(tile, blocks);
        transform::forward(blocks);
        coefficients.quantise(blocks, &self.picture.quantiser);
        // Two rows of blocks.
        let count = 2 * length * width / 8;
        let mut output = BitWriter::new(bits);
        coefficients.put(count, order, &mut output);
        self.row.bytes.extend_from_slice(output.finish());
    }

    #[inline(always)]
    fn alpha(&mut self, first: usize, length: usize) {
        let Scratch { tile, bits, .. } = &mut *self.scratch;
        let width = length * MACROBLOCK;
        self.picture.planes[3].read([first * MACROBLOCK, self.index * MACROBLOCK], width, tile);
        // 10 bits to 16, so that the largest code is the largest.
        let values = tile.iter().flat_map(|line| &line[..width]).map(|&code| code << 6 | code >> 4);
        let mut output = BitWriter::new(bits);
        alpha::put(&mut output, values);
        self.row.bytes.extend_from_slice(output.finish());
    }
}
