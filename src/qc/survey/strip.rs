//! Sixteen rows of a frame: the loops that touch every sample.
//!
//! They are plain loops over rows, compiled for the machine's widest vectors. Sums over a tile are made column by column
//! first and then in a fixed tree, so that vector width and thread count do not change them.

use super::cells::{CELL, Cells, Runs};
use super::rows::Rows;
use super::speck::{self, Speck};
use super::tile::{TILE, Tile};
use super::{SAMPLED, STRIP, Thresholds};
use crate::color::{Work, dispatch};

/// Distance of the samples whose second difference is the fine detail: two pixels, because grain that is blurred by a lens,
/// a scanner or an encoder has little left at one.
pub(super) const LAG: usize = 2;
/// Distance at which grain is not correlated any more, to measure its whole strength.
const COARSE: usize = 8;
/// Rows on which the channels are compared with each other.
const LAYERED: [usize; 2] = [4, 11];

/// One strip of a frame.
pub(super) struct Strip<'a, R> {
    pub(super) rows: &'a R,
    /// Which one, from the top.
    pub(super) index: usize,
    pub(super) thresholds: &'a Thresholds,
}

/// What a strip holds.
pub(super) struct Found {
    /// Two rows of tiles; none where the strip is not of full height.
    pub(super) tiles: Vec<Tile>,
    pub(super) runs: [Runs; 4],
    pub(super) specks: Vec<Speck>,
    pub(super) peaks: [f32; 3],
}

/// Memory that strips share one after another.
pub(super) struct Scratch {
    channels: [Vec<f32>; 3],
    /// Signal of the strip's rows.
    signal: Vec<f32>,
    /// Brightest channel of the strip's rows.
    brightest: Vec<f32>,
    /// Smallest and largest of the last rows, for each channel and the brightest.
    cells: Cells,
    /// Of the strip's upper and its lower half.
    columns: [Columns; 2],
}

/// Sums down the columns of half a strip.
struct Columns {
    mean: Vec<f32>,
    across: Vec<f32>,
    down: Vec<f32>,
    fine: Vec<f32>,
    coarse: Vec<f32>,
    now: Vec<f32>,
    then: Vec<f32>,
    cross: Vec<f32>,
    /// Red, green, blue squared; red by green, green by blue.
    layers: [Vec<f32>; 5],
}

impl Scratch {
    pub(super) fn new(width: usize) -> Self {
        let row = || vec![0.0; width];
        Self {
            channels: [row(), row(), row()],
            signal: vec![0.0; STRIP * width],
            brightest: vec![0.0; STRIP * width],
            cells: Cells::new(width),
            columns: std::array::from_fn(|_| Columns {
                mean: row(),
                across: row(),
                down: row(),
                fine: row(),
                coarse: row(),
                now: row(),
                then: row(),
                cross: row(),
                layers: std::array::from_fn(|_| row()),
            }),
        }
    }
}

impl<R: Rows> Strip<'_, R> {
    /// Looks at the strip. Its sampled rows go to `kept`; `old` are those of the frame before.
    pub(super) fn survey(&self, scratch: &mut Scratch, kept: &mut [f32], old: Option<&[f32]>) -> Found {
        let [width, height] = self.rows.size();
        let top = self.index * STRIP;
        let count = STRIP.min(height - top);
        scratch.columns.iter_mut().for_each(Columns::clear);
        let mut found =
            Found { tiles: Vec::new(), runs: Default::default(), specks: Vec::new(), peaks: [f32::NEG_INFINITY; 3] };
        for row in 0..count {
            self.rows.read(top + row, &mut scratch.channels);
            dispatch(RowWork { rows: self.rows, scratch: &mut *scratch, width, row });
            if row % CELL == CELL - 1 {
                let cells = &mut scratch.cells;
                cells.finish(self.rows.channels(), (top + row) / CELL, self.thresholds, &mut found.runs);
                cells.note_peaks(&mut found.peaks);
                for &cell in cells.contrasts() {
                    let place = speck::Place { x: cell * CELL, row: row + 1 - CELL, width, count };
                    speck::look(&scratch.brightest, place, top, self.thresholds, &mut found.specks);
                }
            }
        }
        // A strip whose last rows are missing is compared with nothing.
        if count == STRIP {
            for (kept, row) in kept.chunks_exact_mut(width).zip(SAMPLED) {
                kept.copy_from_slice(&scratch.signal[row * width..][..width]);
            }
            let Scratch { signal, columns, .. } = scratch;
            for (half, columns) in columns.iter_mut().enumerate() {
                dispatch(Energies { signal, columns, old, width, half });
                found.tiles.extend(columns.tiles(width, old.is_some()));
            }
            mark_flat(&mut found.tiles, &found.runs[3], top, width / TILE);
        }
        found
    }
}

/// The share of each tile that is flat in all channels.
fn mark_flat(tiles: &mut [Tile], runs: &Runs, top: usize, columns: usize) {
    let per_tile = TILE / CELL;
    for run in runs.iter() {
        let row = (run.row * CELL - top) / TILE;
        for column in (run.x..run.end).map(|cell| cell / per_tile).take_while(|&column| column < columns) {
            if let Some(tile) = tiles.get_mut(row * columns + column) {
                tile.flat += 1.0 / (per_tile * per_tile) as f32;
            }
        }
    }
}

/// What is done with every row.
struct RowWork<'a, R> {
    rows: &'a R,
    scratch: &'a mut Scratch,
    width: usize,
    row: usize,
}

impl<R: Rows> Work for RowWork<'_, R> {
    #[inline(always)]
    fn run(self) {
        let Self { rows, scratch, width, row } = self;
        let Scratch { channels, signal, brightest, cells, columns } = scratch;
        let signal = &mut signal[row * width..][..width];
        rows.signal(channels, signal);
        let brightest = &mut brightest[row * width..][..width];
        match rows.channels() {
            1 => brightest.copy_from_slice(&channels[0][..width]),
            _ => {
                let [r, g, b] = &*channels;
                for (((top, &r), &g), &b) in brightest.iter_mut().zip(r).zip(g).zip(b) {
                    let rg = if r > g { r } else { g };
                    *top = if b > rg { b } else { rg };
                }
            }
        }
        cells.add(row % CELL == 0, &channels[..rows.channels()], brightest);
        if rows.channels() == 3 && LAYERED.contains(&row) {
            columns[row / TILE].add_layers(channels);
        }
    }
}

/// What is done when all rows of a strip are there, for its upper or its lower half.
struct Energies<'a> {
    signal: &'a [f32],
    columns: &'a mut Columns,
    old: Option<&'a [f32]>,
    width: usize,
    half: usize,
}

impl Work for Energies<'_> {
    #[inline(always)]
    fn run(self) {
        let Self { signal, columns, old, width, half } = self;
        let row = |index: usize| &signal[index * width..][..width];
        let own = half * TILE..(half + 1) * TILE;
        for index in own.clone() {
            for (sum, value) in columns.mean.iter_mut().zip(row(index)) {
                *sum += value;
            }
            add_squares(&mut columns.across, row(index), LAG);
        }
        // The rows beyond the strip are another thread's.
        for index in own.start.max(LAG)..own.end.min(STRIP - LAG) {
            let (above, here, below) = (row(index - LAG), row(index), row(index + LAG));
            for (((sum, a), b), c) in columns.down.iter_mut().zip(above).zip(here).zip(below) {
                let detail = a - 2.0 * b + c;
                *sum += detail * detail;
            }
        }
        for (sampled, index) in SAMPLED.into_iter().enumerate().filter(|(_, index)| own.contains(index)) {
            add_squares(&mut columns.fine, row(index), 1);
            add_squares(&mut columns.coarse, row(index), COARSE);
            if let Some(old) = old {
                let before = &old[sampled * width..][..width];
                add_squares(&mut columns.now, row(index), LAG);
                add_squares(&mut columns.then, before, LAG);
                add_products(&mut columns.cross, row(index), before, LAG);
            }
        }
    }
}

/// Adds the squared second differences at a distance of `lag`.
#[inline(always)]
fn add_squares(sums: &mut [f32], row: &[f32], lag: usize) {
    let Some(length) = row.len().checked_sub(2 * lag) else { return };
    let (a, b, c) = (&row[..length], &row[lag..lag + length], &row[2 * lag..]);
    for (((sum, a), b), c) in sums[lag..lag + length].iter_mut().zip(a).zip(b).zip(c) {
        let detail = a - 2.0 * b + c;
        *sum += detail * detail;
    }
}

/// Adds the products of the second differences of two rows.
#[inline(always)]
fn add_products(sums: &mut [f32], row: &[f32], other: &[f32], lag: usize) {
    let Some(length) = row.len().checked_sub(2 * lag) else { return };
    let (a, b, c) = (&row[..length], &row[lag..lag + length], &row[2 * lag..]);
    let (d, e, f) = (&other[..length], &other[lag..lag + length], &other[2 * lag..]);
    let first = a.iter().zip(b).zip(c);
    let second = d.iter().zip(e).zip(f);
    for ((sum, ((a, b), c)), ((d, e), f)) in sums[lag..lag + length].iter_mut().zip(first).zip(second) {
        *sum += (a - 2.0 * b + c) * (d - 2.0 * e + f);
    }
}

impl Columns {
    fn clear(&mut self) {
        let Self { mean, across, down, fine, coarse, now, then, cross, layers } = self;
        for sums in [mean, across, down, fine, coarse, now, then, cross].into_iter().chain(layers) {
            sums.fill(0.0);
        }
    }

    #[inline(always)]
    fn add_layers(&mut self, [r, g, b]: &[Vec<f32>; 3]) {
        let [rr, gg, bb, rg, gb] = &mut self.layers;
        add_squares(rr, r, LAG);
        add_squares(gg, g, LAG);
        add_squares(bb, b, LAG);
        add_products(rg, r, g, LAG);
        add_products(gb, g, b, LAG);
    }

    /// The tiles of the strip.
    fn tiles(&self, width: usize, has_old: bool) -> Vec<Tile> {
        (0..width / TILE).map(|index| self.tile(index, width, has_old)).collect()
    }

    fn tile(&self, index: usize, width: usize, has_old: bool) -> Tile {
        let start = index * TILE;
        let sum = |sums: &[f32]| sums[start..].first_chunk().map_or(0.0, tree);
        // Second differences reach beyond the frame's edges, where there are none.
        let columns = |lag: usize| (start + TILE).min(width.saturating_sub(lag)).saturating_sub(start.max(lag));
        let mean_of = |sums: &[f32], lag: usize, rows: usize| {
            let count = 6 * columns(lag) * rows;
            if count == 0 { 0.0 } else { sum(sums) / count as f32 }
        };
        let sampled = SAMPLED.len() / 2;
        let timed = |sums: &[f32]| if has_old { mean_of(sums, LAG, sampled) } else { 0.0 };
        let [rr, gg, bb, rg, gb] = self.layers.each_ref().map(|sums| sum(sums));
        let correlation = |xy: f32, xx: f32, yy: f32| {
            let scale = (xx * yy).sqrt();
            if scale > 0.0 && scale.is_finite() { xy / scale } else { 0.0 }
        };
        Tile {
            mean: sum(&self.mean) / (TILE * TILE) as f32,
            across: mean_of(&self.across, LAG, TILE),
            down: sum(&self.down) / (6 * TILE * (TILE - LAG)) as f32,
            fine: mean_of(&self.fine, 1, sampled),
            coarse: mean_of(&self.coarse, COARSE, sampled),
            now: timed(&self.now),
            then: timed(&self.then),
            cross: timed(&self.cross),
            layers: [correlation(rg, rr, gg), correlation(gb, gg, bb)],
            flat: 0.0,
        }
    }
}

/// A sum in a fixed order that vectors can follow: of neighbours, then of neighbouring sums.
fn tree(values: &[f32; TILE]) -> f32 {
    const { assert!(TILE.is_power_of_two()) };
    let mut sums = *values;
    let mut length = TILE;
    while length > 1 {
        length /= 2;
        for i in 0..length {
            sums[i] = sums[2 * i] + sums[2 * i + 1];
        }
    }
    sums[0]
}
