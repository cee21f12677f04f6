//! Where a matte changes from one side to the other: its contours, as cells of a grid.

use std::ops::Range;

use super::lines;
use super::matte::Matte;
use crate::frame::Region;
use crate::par;

/// Side of a cell, in pixels.
pub(super) const CELL: usize = 4;
/// Rows of cells that one job looks at.
const BAND: usize = 8;
/// Cells of one matte that are kept: more is noise, not a contour.
pub(super) const MOST_CELLS: usize = 1 << 18;

/// One contour, or all the small ones together.
#[derive(Debug, Clone, Default)]
pub(super) struct Contour {
    /// Pixels next to where coverage crosses one half, in the data window, one a cell, row by row.
    pub(super) points: Vec<[u32; 2]>,
    /// The box around its cells, in pixels of the data window.
    pub(super) region: Region,
}

/// Contours of fewer cells are judged together.
const SMALL: usize = 16;

/// What a walk over a matte finds.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Longest first.
    pub(super) contours: Vec<Contour>,
    /// Empty pixels between full ones, in the data window.
    pub(super) gaps: Vec<[u32; 2]>,
}

/// Walks over a matte once; nothing of it is stored but the cells that contours pass through.
pub(super) fn outline(matte: &Matte<'_>, size: [usize; 2]) -> Outline {
    let columns = cells_of(matte.area.x, matte.area.right(), size[0]);
    let rows = cells_of(matte.area.y, matte.area.bottom(), size[1]);
    let jobs: Vec<usize> = rows.clone().step_by(BAND).collect();
    let bands = par::map_init(jobs, Strip::default, |strip, first| {
        let mut found = (Vec::new(), Vec::new());
        for row in first..(first + BAND).min(rows.end) {
            strip.load(matte, size, columns.clone(), row);
            strip.crossings(row, &mut found.0, &mut found.1);
        }
        found
    });
    let (mut cells, mut gaps) = (Vec::new(), Vec::new());
    for (band_cells, band_gaps) in bands {
        cells.extend(band_cells);
        gaps.extend(band_gaps);
    }
    cells.truncate(MOST_CELLS);
    gaps.truncate(MOST_CELLS);
    Outline { contours: group(&cells), gaps }
}

/// The cells that hold a stretch of pixels and one more before it, where there is one.
fn cells_of(first: i32, end: i64, size: usize) -> Range<usize> {
    let first = usize::try_from(first).unwrap_or(0).saturating_sub(1) / CELL;
    first..usize::try_from(end).unwrap_or(0).min(size).div_ceil(CELL)
}

/// A cell that a contour passes through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) column: u32,
    pub(super) row: u32,
    /// A pixel next to the contour, in the data window.
    pub(super) point: [u32; 2],
}

/// The rows of one row of cells, and two below; of those columns that are looked at, and one more.
#[derive(Default)]
struct Strip {
    samples: Vec<f32>,
    /// The first column, in the data window.
    left: usize,
    width: usize,
    /// Rows there are, of the cells and one below.
    rows: usize,
    /// The same and one more.
    all: usize,
    low: Vec<f32>,
    high: Vec<f32>,
}

impl Strip {
    fn load(&mut self, matte: &Matte<'_>, [width, height]: [usize; 2], columns: Range<usize>, row: usize) {
        let top = row * CELL;
        self.left = columns.start * CELL;
        let width = (columns.end * CELL + 1).min(width).saturating_sub(self.left);
        (self.width, self.rows, self.all) = (width, (height - top).min(CELL + 1), (height - top).min(CELL + 2));
        self.samples.resize(width * (CELL + 2), 0.0);
        self.low.clear();
        self.low.resize(width, f32::INFINITY);
        self.high.clear();
        self.high.resize(width, f32::NEG_INFINITY);
        for (y, samples) in self.samples.chunks_exact_mut(width.max(1)).take(self.all).enumerate() {
            matte.read(self.left, top + y, samples);
            if y == self.rows {
                break;
            }
            for ((low, high), &sample) in self.low.iter_mut().zip(&mut self.high).zip(&*samples) {
                *low = low.min(sample);
                *high = high.max(sample);
            }
        }
    }

    fn crossings(&self, row: usize, cells: &mut Vec<Cell>, gaps: &mut Vec<[u32; 2]>) {
        let lines: Vec<&[f32]> = self.samples.chunks_exact(self.width.max(1)).take(self.all).collect();
        for left in (0..self.width).step_by(CELL) {
            let right = (left + CELL + 1).min(self.width);
            let low = self.low[left..right].iter().fold(f32::INFINITY, |a, &b| a.min(b));
            let high = self.high[left..right].iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b));
            if low < 0.5
                && high >= 0.5
                && let Some(point) = self.nearest_half(left, right)
            {
                let [x, y] = point;
                cells.push(Cell {
                    column: ((self.left + left) / CELL) as u32,
                    row: row as u32,
                    point: [(self.left + x) as u32, (row * CELL + y) as u32],
                });
                lines::mark(&lines, left, left + CELL, |x, y| {
                    gaps.push([(self.left + x) as u32, (row * CELL + y) as u32]);
                });
            }
        }
    }

    /// Of the pixels with a neighbour on the other side, the one nearest to one half.
    fn nearest_half(&self, left: usize, right: usize) -> Option<[usize; 2]> {
        let at = |x: usize, y: usize| self.samples[y * self.width + x];
        let is_inside = |x: usize, y: usize| at(x, y) >= 0.5;
        let mut best: Option<(f32, [usize; 2])> = None;
        for y in 0..self.rows {
            for x in left..right {
                let across = x + 1 < right && is_inside(x, y) != is_inside(x + 1, y);
                let down = y + 1 < self.rows && is_inside(x, y) != is_inside(x, y + 1);
                let ends = [(across, [x + 1, y]), (down, [x, y + 1])];
                for (_, point) in ends.into_iter().filter(|(crosses, _)| *crosses) {
                    for [x, y] in [[x, y], point] {
                        let off = (at(x, y) - 0.5).abs();
                        if best.is_none_or(|(known, _)| off < known) {
                            best = Some((off, [x, y]));
                        }
                    }
                }
            }
        }
        best.map(|(_, point)| point)
    }
}

/// Cells that touch, corners included, are one contour; `cells` come row by row.
pub(super) fn group(cells: &[Cell]) -> Vec<Contour> {
    let mut parents: Vec<u32> = (0..cells.len() as u32).collect();
    let mut above = 0;
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 && cells[index - 1].row == cell.row && cells[index - 1].column + 1 == cell.column {
            join(&mut parents, index - 1, index);
        }
        let is_before = |other: &Cell| (other.row + 1, other.column + 1) < (cell.row, cell.column);
        while above < index && is_before(&cells[above]) {
            above += 1;
        }
        let touching =
            cells[above..index].iter().take_while(|other| other.row + 1 == cell.row && other.column <= cell.column + 1);
        for other in above..above + touching.count() {
            join(&mut parents, other, index);
        }
    }
    let mut places: Vec<Option<usize>> = vec![None; cells.len()];
    let mut contours: Vec<Contour> = Vec::new();
    for (index, cell) in cells.iter().enumerate() {
        let root = root(&mut parents, index);
        let place = *places[root].get_or_insert_with(|| {
            contours.push(Contour::default());
            contours.len() - 1
        });
        contours[place].add(cell);
    }
    let (mut large, small): (Vec<_>, Vec<_>) = contours.into_iter().partition(|contour| contour.points.len() >= SMALL);
    large.sort_by_key(|contour| std::cmp::Reverse(contour.points.len()));
    let rest = small.into_iter().reduce(|mut all, contour| {
        all.points.extend(contour.points);
        all.region = all.region.union(&contour.region);
        all
    });
    large.extend(rest.filter(|rest| rest.points.len() >= SMALL));
    large
}

impl Contour {
    fn add(&mut self, cell: &Cell) {
        self.points.push(cell.point);
        let corner = [cell.column as i32 * CELL as i32, cell.row as i32 * CELL as i32];
        self.region = self.region.union(&Region::new(corner[0], corner[1], CELL as u32, CELL as u32));
    }

    /// At most `count` of its points, spread evenly over its length.
    pub(super) fn spread(&self, count: usize) -> Vec<[u32; 2]> {
        let mut step = CELL as u32;
        loop {
            let mut taken = std::collections::HashSet::new();
            let points: Vec<[u32; 2]> =
                self.points.iter().copied().filter(|&[x, y]| taken.insert([x / step, y / step])).collect();
            if points.len() <= count || step > 1 << 16 {
                return points.into_iter().take(count).collect();
            }
            step += step.div_ceil(3);
        }
    }
}

fn root(parents: &mut [u32], mut index: usize) -> usize {
    while parents[index] as usize != index {
        parents[index] = parents[parents[index] as usize];
        index = parents[index] as usize;
    }
    index
}

fn join(parents: &mut [u32], a: usize, b: usize) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b)] = a.min(b) as u32;
}
