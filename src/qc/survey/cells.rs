//! Cells of 4 x 4 pixels: which of them are flat, and runs of such cells.

use super::Thresholds;
use super::plateau::List;

/// Side of a cell in pixels: the smallest square whose sixteen samples are equal by more than chance.
pub(super) const CELL: usize = 4;

/// A run of flat cells of about one value in one row of cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Run {
    /// Row of cells from the top of the frame.
    pub(super) row: usize,
    /// First cell, and the one after the last.
    pub(super) x: usize,
    pub(super) end: usize,
    /// Smallest and largest sample.
    pub(super) low: f32,
    pub(super) high: f32,
}

/// The runs of one channel, row by row and from left to right.
#[derive(Debug, Default)]
pub(super) struct Runs {
    runs: Vec<Run>,
    /// The first cell's value of the last run: a run must not drift away from it.
    start: f32,
}

/// Smallest and largest samples of the cells of one row of cells.
pub(super) struct Cells {
    /// By column of pixels, for up to three channels and the brightest of them.
    low: [Vec<f32>; 4],
    high: [Vec<f32>; 4],
    /// By cell.
    cell_low: [Vec<f32>; 4],
    cell_high: [Vec<f32>; 4],
    /// Cells in which a speck may be.
    contrasts: Vec<usize>,
}

/// The list and the row of cells' extremes that stand for the brightest channel.
const BRIGHTEST: usize = 3;
/// The least contrast that a speck makes.
const CONTRAST: f32 = 8.0;

impl Cells {
    pub(super) fn new(width: usize) -> Self {
        let columns = || std::array::from_fn(|_| vec![0.0; width]);
        let cells = || std::array::from_fn(|_| vec![0.0; width / CELL]);
        Self { low: columns(), high: columns(), cell_low: cells(), cell_high: cells(), contrasts: Vec::new() }
    }

    /// Takes note of one row of pixels.
    #[inline(always)]
    pub(super) fn add(&mut self, is_first: bool, channels: &[Vec<f32>], brightest: &[f32]) {
        let rows = channels.iter().map(Vec::as_slice).zip(0..);
        for (row, place) in rows.chain([(brightest, BRIGHTEST)]) {
            let (low, high) = (&mut self.low[place], &mut self.high[place]);
            if is_first {
                low.copy_from_slice(row);
                high.copy_from_slice(row);
                continue;
            }
            for (low, &value) in low.iter_mut().zip(row) {
                *low = if value < *low { value } else { *low };
            }
            for (high, &value) in high.iter_mut().zip(row) {
                *high = if value > *high { value } else { *high };
            }
        }
    }

    /// Ends a row of cells: its flat ones go to `runs`.
    pub(super) fn finish(&mut self, channels: usize, row: usize, thresholds: &Thresholds, runs: &mut [Runs; 4]) {
        for place in (0..channels).chain([BRIGHTEST]) {
            reduce(&self.low[place], &mut self.cell_low[place], |a, b| if b < a { b } else { a });
            reduce(&self.high[place], &mut self.cell_high[place], |a, b| if b > a { b } else { a });
        }
        self.contrasts.clear();
        let tolerance = thresholds.flat_tolerance as f32;
        let level = thresholds.dead_pixel_level.min(thresholds.hot_pixel_level) as f32;
        for cell in 0..self.cell_low[BRIGHTEST].len() {
            let mut is_all_flat = true;
            let extremes = self.cell_low.iter().zip(&self.cell_high).take(channels);
            for ((low, high), runs) in extremes.zip(runs.iter_mut()) {
                let (low, high) = (low[cell], high[cell]);
                let is_flat = is_flat(low, high, tolerance);
                is_all_flat &= is_flat;
                if is_flat {
                    runs.push(row, cell, low, high, tolerance);
                }
            }
            let (low, high) = (self.cell_low[BRIGHTEST][cell], self.cell_high[BRIGHTEST][cell]);
            if is_all_flat {
                runs[List::All as usize].push(row, cell, low, high, tolerance);
            } else if high >= level && high >= CONTRAST * low {
                self.contrasts.push(cell);
            }
        }
    }

    /// Cells of the last row in which a speck may be.
    pub(super) fn contrasts(&self) -> &[usize] {
        &self.contrasts
    }

    /// Raises the channels' peaks to the finite samples of the last row of cells.
    pub(super) fn note_peaks(&self, peaks: &mut [f32; 3]) {
        for (peak, highs) in peaks.iter_mut().zip(&self.cell_high) {
            for &high in highs {
                *peak = if high > *peak && high < f32::INFINITY { high } else { *peak };
            }
        }
    }
}

/// Whether a cell with these extremes is flat; infinities are equal to themselves.
fn is_flat(low: f32, high: f32, tolerance: f32) -> bool {
    low == high || high - low <= tolerance * high.abs().max(low.abs())
}

/// Four columns to one cell.
fn reduce(columns: &[f32], cells: &mut [f32], pick: impl Fn(f32, f32) -> f32) {
    for (cell, four) in cells.iter_mut().zip(columns.as_chunks::<CELL>().0) {
        *cell = pick(pick(four[0], four[1]), pick(four[2], four[3]));
    }
}

impl Runs {
    fn push(&mut self, row: usize, cell: usize, low: f32, high: f32, tolerance: f32) {
        if let Some(last) = self.runs.last_mut()
            && last.row == row
            && last.end == cell
            && is_flat(self.start.min(low), self.start.max(high), tolerance)
        {
            last.end = cell + 1;
            last.low = last.low.min(low);
            last.high = last.high.max(high);
            return;
        }
        self.start = low;
        self.runs.push(Run { row, x: cell, end: cell + 1, low, high });
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.runs.append(&mut other.runs);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter()
    }

    /// Flat cells brighter than `level`.
    pub(super) fn cells_over(&self, level: f32) -> usize {
        self.runs.iter().filter(|run| run.high > level).map(|run| run.end - run.x).sum()
    }

    /// Bars of black along the edges: left, top, right, bottom, in pixels; only in pairs of about equal width, as
    /// letterboxing makes them. Darkness that happens to reach one edge is no bar.
    pub(super) fn bars(&self, [width, height]: [usize; 2], level: f32) -> [u32; 4] {
        let (columns, rows) = (width / CELL, height / CELL);
        // By row of cells: black cells from the left and from the right edge.
        let mut left = vec![0; rows];
        let mut right = vec![0; rows];
        for run in self.runs.iter().filter(|run| run.high <= level && run.row < rows) {
            if run.x == 0 || run.x == left[run.row] {
                left[run.row] = run.end;
            }
            if run.end == columns {
                right[run.row] = columns - run.x;
            }
        }
        let is_black = |row: &usize| left[*row] == columns;
        let top = (0..rows).take_while(is_black).count();
        if top == rows {
            return [0; 4];
        }
        let bottom = (0..rows).rev().take_while(is_black).count();
        let inside = top..rows - bottom;
        let narrowest = |cells: &[usize]| cells[inside.clone()].iter().copied().min().unwrap_or(0);
        let pair = |a: usize, b: usize| if a > 0 && b > 0 && a.abs_diff(b) <= 1 { (a, b) } else { (0, 0) };
        let ((left, right), (top, bottom)) = (pair(narrowest(&left), narrowest(&right)), pair(top, bottom));
        [left, top, right, bottom].map(|cells| (cells * CELL) as u32)
    }
}
