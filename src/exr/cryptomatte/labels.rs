//! Who covers which pixel, kept small: rows of runs, since almost every pixel shows the same object as its neighbour.

use super::rows::{RankRow, counted};
use super::survey::MatteObject;
use crate::frame::Region;

/// The whole of a set's mattes, for looking at many small areas of many objects.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Labels {
    region: Region,
    objects: Vec<MatteObject>,
    /// The row of the first entry of `rows`, from the region's top.
    top: usize,
    rows: RowsOfRuns,
}

/// Rows one after another.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct RowsOfRuns {
    /// Where each row's runs begin in `runs`.
    starts: Vec<u32>,
    runs: Vec<Run>,
    /// Ids and coverages of the pixels that several share.
    shares: Vec<(u32, f32)>,
}

/// Pixels from `x` to the next run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    x: u32,
    /// 0: one object covers the run, and `value` is its id (0: nobody). Else one pixel, covered by so many `shares`.
    shares: u32,
    /// An id, or the place of the first share.
    value: u32,
}

/// Runs and shares that are kept at the most: beyond it mattes are noise, or hair all over the frame.
const MOST: usize = 4 << 20;
/// Coverage from which an object has a pixel for itself.
const WHOLE: f32 = 0.999;

impl Labels {
    pub(super) fn new(region: Region, top: usize, rows: RowsOfRuns, objects: Vec<MatteObject>) -> Self {
        Self { region, objects, top, rows }
    }

    /// Where the samples lie, in the coordinates of the display window.
    pub fn region(&self) -> Region {
        self.region
    }

    /// Every object in the display window, most coverage first.
    pub fn objects(&self) -> &[MatteObject] {
        &self.objects
    }

    /// Writes the coverage of one object to `output`, from column `x` and row `y` of [`Self::region`] on.
    pub fn read(&self, x: usize, y: usize, id: u32, output: &mut [f32]) {
        output.fill(0.0);
        let Some(runs) = y.checked_sub(self.top).and_then(|row| self.rows.row(row)) else { return };
        let (left, right) = (x, x + output.len());
        let first = runs.partition_point(|run| run.x as usize <= left).saturating_sub(1);
        for (place, run) in runs.iter().enumerate().skip(first) {
            let start = run.x as usize;
            if start >= right {
                break;
            }
            let end = runs.get(place + 1).map_or(usize::MAX, |next| next.x as usize).min(right);
            let coverage = match run.shares {
                0 => f32::from(u8::from(run.value == id)),
                count => self.rows.share(run.value, count, id),
            };
            if coverage > 0.0 {
                output[start.max(left) - left..end - left].fill(coverage);
            }
        }
    }
}

impl RowsOfRuns {
    fn row(&self, row: usize) -> Option<&[Run]> {
        let start = *self.starts.get(row)? as usize;
        let end = self.starts.get(row + 1).map_or(self.runs.len(), |&next| next as usize);
        self.runs.get(start..end)
    }

    fn share(&self, first: u32, count: u32, id: u32) -> f32 {
        let shares = self.shares.get(first as usize..first as usize + count as usize).unwrap_or_default();
        shares.iter().filter(|share| share.0 == id).map(|share| share.1).sum()
    }

    /// Adds a row below.
    pub(super) fn add_row<'a>(&mut self, ranks: impl Iterator<Item = RankRow<'a>>) {
        self.starts.push(self.runs.len() as u32);
        let ranks: Vec<RankRow<'a>> = ranks.collect();
        let Some(first) = ranks.first() else { return };
        let mut last = None;
        for (x, (&id, &coverage)) in first.ids.iter().zip(first.coverages).enumerate() {
            let coverage = counted(coverage);
            let run = if coverage >= WHOLE || coverage == 0.0 {
                let id = if coverage == 0.0 { 0 } else { id };
                if last == Some(id) {
                    continue;
                }
                last = Some(id);
                Run { x: x as u32, shares: 0, value: id }
            } else {
                last = None;
                let start = self.shares.len();
                let shares = ranks.iter().map(|rank| (rank.ids[x], counted(rank.coverages[x])));
                self.shares.extend(shares.filter(|&(id, coverage)| id != 0 && coverage > 0.0));
                Run { x: x as u32, shares: (self.shares.len() - start) as u32, value: start as u32 }
            };
            if self.runs.len() < MOST && self.shares.len() < MOST {
                self.runs.push(run);
            }
        }
    }

    /// Adds the rows of another below; `false` if they are too many to be kept.
    pub(super) fn append(&mut self, other: Self) -> bool {
        let (runs, shares) = (self.runs.len(), self.shares.len());
        if runs + other.runs.len() > MOST || shares + other.shares.len() > MOST {
            return false;
        }
        self.starts.extend(other.starts.iter().map(|start| start + runs as u32));
        let moved = |run: Run| if run.shares == 0 { run } else { Run { value: run.value + shares as u32, ..run } };
        self.runs.extend(other.runs.into_iter().map(moved));
        self.shares.extend(other.shares);
        true
    }
}
