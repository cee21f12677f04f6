//! One walk over a frame for all checks that look at pixels.
//!
//! The walk goes over strips of 16 rows, which may be on different threads, and every sum is made in an order that does
//! not depend on their number; so the command line and the page find the same numbers. What it leaves behind is small:
//!
//! - [`Tile`]s of 8 x 8 pixels with the energy of fine detail, across, down, and against the frame before;
//! - [`Plateau`]s: areas in which neighbouring samples are equal, with their value and what surrounds them;
//! - [`Speck`]s: pixels many times brighter or darker than all their neighbours;
//! - the [`Tone`] curve, which says what a difference in the signal is on the display.
//!
//! The signal that noise is measured in is the ACEScct of luminance for scene-linear frames (differences of the same size
//! are about equally visible in it) and the luma code for delivered video.

mod cells;
mod plateau;
mod rows;
mod speck;
mod strip;
mod tile;
mod tone;

use std::sync::Arc;

use super::thresholds::Thresholds;
use crate::frame::Region;
use crate::par;

pub(super) use plateau::{List, Plateau};
pub(super) use rows::{Rows, SceneRows};
pub(super) use speck::Speck;
pub(super) use tile::{TILE, Tile, Tiles};
pub(super) use tone::Tone;

use cells::Runs;
use strip::{Scratch, Strip};

/// What a frame is like.
#[derive(Debug, Clone)]
pub struct Survey {
    /// What was looked at, in pixels from the top left of the display window.
    pub(super) area: Region,
    pub(super) tiles: Tiles,
    /// Flat areas of each channel, and of all together; the largest first.
    pub(super) plateaus: [Vec<Plateau>; 4],
    /// Share of the area in which all channels are flat, without what is black.
    pub(super) flat_share: f64,
    /// Largest finite sample of each channel.
    pub(super) peaks: [f32; 3],
    pub(super) specks: Vec<Speck>,
    pub(super) tone: Arc<Tone>,
    /// Bars of black along the edges, which belong to no picture: left, top, right, bottom, in pixels.
    pub(super) bars: [u32; 4],
    /// The frame that tiles were compared with in time.
    pub(super) before: Option<i32>,
    /// Signs of fine detail on a few rows, to find grain again.
    pub(super) signs: Signs,
}

/// The sign of fine detail, one bit a pixel, on rows that are spread over the frame.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// 64-bit words of a row.
    pub(super) words: usize,
    /// Rows one after another.
    pub(super) bits: Vec<u64>,
    /// The row of tiles that each of the rows lies in.
    pub(super) tile_rows: Vec<usize>,
}

/// Surveys the frames of a shot one after another.
#[derive(Debug, Default)]
pub(super) struct Surveyor {
    /// The sampled rows of the frame before, and its number.
    before: Option<Reference>,
    /// Memory for the next reference.
    spare: Vec<f32>,
}

#[derive(Debug)]
struct Reference {
    size: [usize; 2],
    number: i32,
    rows: Vec<f32>,
}

/// Rows of a strip: two rows of tiles.
const STRIP: usize = 2 * TILE;
/// Rows of a strip that are kept to compare the next frame with: one of four.
const SAMPLED: [usize; 4] = [2, 6, 9, 13];
/// About so many signs are kept of a frame: enough to compare two frames, few enough to remember a shot.
const SIGN_BITS: usize = 49_152;

impl Surveyor {
    /// Looks at every sample of a frame once. `corner` is where its first lies, from the display window's own.
    pub(super) fn survey<R: Rows>(
        &mut self,
        rows: &R,
        corner: [i32; 2],
        number: i32,
        tone: Arc<Tone>,
        thresholds: &Thresholds,
    ) -> Survey {
        let size @ [width, height] = rows.size();
        let strips = height.div_ceil(STRIP);
        let before = self.before.take().filter(|before| before.size == size);
        let mut kept = std::mem::take(&mut self.spare);
        kept.resize(strips * SAMPLED.len() * width, 0.0);
        let jobs: Vec<(usize, &mut [f32])> = kept.chunks_mut((SAMPLED.len() * width).max(1)).enumerate().collect();
        let found = par::map_init(
            jobs,
            || Scratch::new(width),
            |scratch, (index, kept)| {
                let old = before.as_ref().map(|before| &before.rows[index * kept.len()..][..kept.len()]);
                Strip { rows, index, thresholds }.survey(scratch, kept, old)
            },
        );

        let signs = signs(&kept, width, height / STRIP);
        let numbers = before.as_ref().map(|before| before.number);
        let survey = Self::collect(rows, corner, found, thresholds);
        self.spare = before.map(|before| before.rows).unwrap_or_default();
        self.before = Some(Reference { size, number, rows: kept });
        Survey { tone, before: numbers, signs, ..survey }
    }

    /// Forgets the frame before: the next one is compared with none.
    pub(super) fn forget(&mut self) {
        if let Some(before) = self.before.take() {
            self.spare = before.rows;
        }
    }

    fn collect<R: Rows>(rows: &R, corner: [i32; 2], strips: Vec<strip::Found>, thresholds: &Thresholds) -> Survey {
        let [width, height] = rows.size();
        let mut runs: [Runs; 4] = Default::default();
        let (mut tiles, mut specks, mut peaks) = (Vec::new(), Vec::new(), [f32::NEG_INFINITY; 3]);
        for strip in strips {
            tiles.extend(strip.tiles);
            specks.extend(strip.specks);
            for (all, runs) in runs.iter_mut().zip(strip.runs) {
                all.append(runs);
            }
            for (peak, own) in peaks.iter_mut().zip(strip.peaks) {
                *peak = peak.max(own);
            }
        }
        let specks = speck::confirmed(specks, rows, thresholds);
        let bars = runs[List::All as usize].bars([width, height], thresholds.crushed_level as f32);
        let plateaus = std::array::from_fn(|list| {
            let mut plateaus = plateau::join(&runs[list], [width, height], bars, thresholds);
            plateau::measure_all(&mut plateaus, List::ALL[list], rows, thresholds);
            plateaus
        });
        let cells = (width / cells::CELL * (height / cells::CELL)).max(1);
        let flat = runs[List::All as usize].cells_over(thresholds.crushed_level as f32);
        Survey {
            area: Region::new(corner[0], corner[1], width as u32, height as u32),
            tiles: Tiles::new(width / TILE, tiles),
            plateaus,
            flat_share: flat as f64 / cells as f64,
            peaks,
            specks,
            tone: Arc::default(),
            bars,
            before: None,
            signs: Signs::default(),
        }
    }
}

impl Survey {
    /// A box of the surveyed area in pixels of the display window.
    pub(super) fn place(&self, region: Region) -> Region {
        Region { x: region.x + self.area.x, y: region.y + self.area.y, ..region }
    }

    /// Pixels of the picture: without bars.
    pub(super) fn pixels(&self) -> f64 {
        let [left, top, right, bottom] = self.bars;
        let width = self.area.width.saturating_sub(left + right);
        let height = self.area.height.saturating_sub(top + bottom);
        (f64::from(width) * f64::from(height)).max(1.0)
    }
}

/// Tiles in the middle of the scale that it takes to say that a frame has no noise.
const ENOUGH: usize = 16;
/// Less noise than this, in display codes of 8 bits, no camera, scanner or grain leaves.
const QUIET: f32 = 0.05;

impl Survey {
    /// Whether the frame has no noise at all, as a plain render: then what is flat is not flat against anything.
    pub(super) fn is_quiet(&self) -> bool {
        let noise = |(tile, energy): (&Tile, &f32)| {
            let at = self.tone.at(tile.mean);
            (tile.flat < 0.5 && (20.0..235.0).contains(&at.code)).then(|| energy.sqrt() * at.gain)
        };
        let mut noise: Vec<f32> = self.tiles.all.iter().zip(&self.tiles.energy).filter_map(noise).collect();
        let low = noise.len() / 5;
        if noise.len() < ENOUGH {
            return false;
        }
        *noise.select_nth_unstable_by(low, f32::total_cmp).1 < QUIET
    }
}

/// The signs of fine detail on sampled rows that are spread over the frame.
fn signs(kept: &[f32], width: usize, strips: usize) -> Signs {
    let lag = strip::LAG;
    let words = width.div_ceil(64);
    let rows = strips * SAMPLED.len();
    let count = (SIGN_BITS / width.max(1)).clamp(8, 64).min(rows);
    let chosen = (0..count).map(|i| i * rows / count);
    let mut bits = vec![0_u64; words * count];
    for (row, words) in chosen.clone().zip(bits.chunks_exact_mut(words.max(1))) {
        let samples = &kept[row * width..][..width];
        for x in lag..width.saturating_sub(lag) {
            let detail = samples[x - lag] - 2.0 * samples[x] + samples[x + lag];
            words[x / 64] |= u64::from(detail > 0.0) << (x % 64);
        }
    }
    let tile_row = |row: usize| (row / SAMPLED.len() * STRIP + SAMPLED[row % SAMPLED.len()]) / TILE;
    Signs { words, bits, tile_rows: chosen.map(tile_row).collect() }
}
