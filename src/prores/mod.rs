//! ProRes: planes of Y'CbCr to compressed frames.
//!
//! Source: SMPTE RDD 36:2015, *Apple ProRes Bitstream Syntax and Decoding Process*; section numbers below are its own.
//!
//! ffmpeg's two encoders divide every coefficient by its quantiser with the processor's slowest instruction, block by block.
//! Here all blocks of a slice are transformed and quantised side by side in vectors, and only what is not zero is looked at
//! again: a quarter of the processor time at the same size and a better picture (docs/EXPORT.md). What comes out is held
//! against ffmpeg's decoder in the tests, and again in every export.
//!
//! - The quantiser is the same for all slices: a film's grain is even, and a constant error is what a grade can rely on.
//! - The matrices are flat: grain is what the profiles' own would spend less on.
//! - Progressive pictures, BT.709, narrow range: the film's.

mod alpha;
mod bits;
mod blocks;
mod codes;
mod coefficients;
mod header;
mod slice;
mod stream;
mod transform;

pub use stream::Stream;

use crate::color::ycbcr::{Layout, Sampling};
use crate::spec::FrameRate;
use crate::{Error, Result, par};

use slice::{Scratch, SliceRow};

/// Pixels of a macroblock's side.
const MACROBLOCK: usize = 16;
/// Every weight of both matrices.
const WEIGHT: u8 = 4;
/// Macroblocks of a slice (`log2_desired_slice_size_in_mb` 3): as many as may be, for the least overhead.
const SLICE: usize = 8;

/// What all frames of a movie have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The planes: 4:2:2 or 4:4:4 of Y'CbCr with 10 bits, with alpha or without.
    pub layout: Layout,
    /// Width and height in pixels, 65535 at most.
    pub size: [usize; 2],
    /// The quantiser, 1 (finest) to 128.
    pub quantiser: u32,
    /// What a frame says of its movie.
    pub frame_rate: FrameRate,
}

impl Settings {
    /// In words.
    pub fn describe(&self) -> String {
        format!("{} becomes ProRes here, with the quantiser {}", self.layout.name(), self.quantiser)
    }
}

/// The coarsest quantiser whose index it is itself (7.3); from there on they stand for up to 512, which is of no use.
pub const COARSEST: u32 = 128;

/// Refuses what is no quantiser of an encoder that has them up to the coarsest.
///
/// # Errors
/// If it is 0, or beyond that.
pub fn check_quantiser(quantiser: u32, coarsest: u32) -> Result<()> {
    if (1..=coarsest).contains(&quantiser) {
        return Ok(());
    }
    let what = format!("{quantiser} is no quality of ProRes");
    Err(Error::spec(what, format!("Give its quantiser: 1 is the finest, {coarsest} the coarsest")))
}

/// Makes frames, one after another, on all threads.
#[derive(Debug)]
pub struct Encoder {
    settings: Settings,
    /// What stands before the slices' sizes in every frame.
    head: Vec<u8>,
    /// Rows of slices, whose memory is kept from frame to frame.
    rows: Vec<SliceRow>,
}

impl Encoder {
    /// For frames of those planes and that size.
    ///
    /// # Errors
    /// If the planes, the size or the quantiser are none that ProRes knows.
    pub fn new(settings: Settings) -> Result<Self> {
        let Settings { layout, size, quantiser, .. } = settings;
        let has_chroma = matches!(layout.sampling(), Sampling::Ycbcr422 | Sampling::Ycbcr444);
        if !has_chroma || layout.depth().bits() != 10 {
            let hint = "It takes 4:2:2 and 4:4:4 of Y'CbCr with 10 bits";
            return Err(Error::spec(format!("{} cannot become ProRes", layout.name()), hint));
        }
        check_quantiser(quantiser, COARSEST)?;
        if size.iter().any(|side| !(1..=usize::from(u16::MAX)).contains(side)) {
            return Err(Error::spec(format!("{} x {} pixels cannot become ProRes", size[0], size[1]), ""));
        }
        let rows = vec![SliceRow::default(); size[1].div_ceil(MACROBLOCK)];
        Ok(Self { settings, head: header::frame(&settings), rows })
    }

    /// Encodes `planes`, a frame of the layout, into `frame`, in whose place it comes.
    ///
    /// # Panics
    /// If `planes` is not as long as the layout says.
    pub fn encode(&mut self, planes: &[u8], frame: &mut Vec<u8>) {
        let Settings { layout, size, quantiser, .. } = self.settings;
        assert_eq!(planes.len(), layout.frame_bytes(size), "a frame of {size:?} in {}", layout.name());
        let picture = slice::Picture::new(layout, size, planes, quantiser);
        let rows: Vec<_> = self.rows.iter_mut().enumerate().collect();
        par::map_init(rows, Scratch::default, |scratch, (index, row)| row.encode(&picture, index, scratch));

        frame.clear();
        frame.extend_from_slice(&self.head);
        let sizes = || self.rows.iter().flat_map(|row| &row.sizes);
        frame.extend_from_slice(&header::picture(sizes().count(), self.rows.iter().map(|row| row.bytes.len()).sum()));
        // 65535 bytes are never reached: 30 bits for each of 6144 coefficients, 18 for each of 2048 pixels of alpha.
        frame.extend(sizes().flat_map(|&size| (size as u16).to_be_bytes()));
        self.rows.iter().for_each(|row| frame.extend_from_slice(&row.bytes));
        let length = (frame.len() as u32).to_be_bytes();
        frame[..4].copy_from_slice(&length);
    }
}
