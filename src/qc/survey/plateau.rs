//! Plateaus: areas whose samples are all equal, and what lies around them.

use super::Thresholds;
use super::cells::{CELL, Run, Runs};
use super::rows::Rows;
use crate::frame::Region;

/// Which samples a plateau is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::qc) enum List {
    Red,
    Green,
    Blue,
    /// Every channel is flat; values are those of the brightest.
    All,
}

impl List {
    pub(in crate::qc) const ALL: [Self; 4] = [Self::Red, Self::Green, Self::Blue, Self::All];
}

/// A flat area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::qc) struct Plateau {
    /// From the top left of what was surveyed; exact where it was measured, else whole cells.
    pub(in crate::qc) region: Region,
    /// Smallest and largest sample.
    pub(in crate::qc) low: f32,
    pub(in crate::qc) high: f32,
    /// Samples of it.
    pub(in crate::qc) pixels: f64,
    /// What lies around it; only the largest are measured.
    pub(in crate::qc) around: Option<Around>,
}

/// What lies around a plateau.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::qc) struct Around {
    /// Shares of the samples beside it that are brighter and darker.
    pub(in crate::qc) brighter: f32,
    pub(in crate::qc) darker: f32,
    /// Samples of the plateau for each sample that is just a step brighter, or darker, near it.
    pub(in crate::qc) pile_over: f32,
    pub(in crate::qc) pile_under: f32,
    /// Share of it whose alpha is 0: no picture is there.
    pub(in crate::qc) transparent: f32,
}

/// Plateaus of one list that are kept, and those of them that are measured.
const MOST: usize = 200;
const MOST_MEASURED: usize = 24;
/// Rows that are read to measure one.
const MOST_ROWS: usize = 96;
/// Pixels around a plateau's box that are looked at.
const MARGIN: i32 = 8;
/// Samples this far from the plateau are beside it.
const BESIDE: usize = 2;
/// The next step to a level: what one code of an 8-bit sRGB picture is in the lights, and at black.
const STEP: f32 = 0.03;
const STEP_AT_BLACK: f32 = 0.0003;

/// Joins runs that touch, corners included, and have one value. The largest come first.
pub(super) fn join(runs: &Runs, size: [usize; 2], bars: [u32; 4], thresholds: &Thresholds) -> Vec<Plateau> {
    let inside = picture(size, bars);
    let runs: Vec<Run> = runs.iter().filter_map(|run| clip(run, &inside)).collect();
    let tolerance = thresholds.flat_tolerance as f32;
    let mut parents: Vec<u32> = (0..runs.len() as u32).collect();
    let (mut above, mut current) = (0, 0);
    for index in 0..runs.len() {
        let run = runs[index];
        if index > 0 && runs[index - 1].row != run.row {
            (above, current) = (current, index);
        }
        while above < current && runs[above].end < run.x {
            above += 1;
        }
        for (other, near) in runs.iter().enumerate().take(current).skip(above) {
            if near.x > run.end {
                break;
            }
            if near.row + 1 == run.row && near.end >= run.x && is_one_level(near, &run, tolerance) {
                let (a, b) = (root(&mut parents, other), root(&mut parents, index));
                parents[a.max(b)] = a.min(b) as u32;
            }
        }
    }
    collect(&runs, &mut parents, thresholds)
}

/// The cells that are not in bars.
fn picture([width, height]: [usize; 2], bars: [u32; 4]) -> [usize; 4] {
    let [left, top, right, bottom] = bars.map(|bar| bar as usize / CELL);
    [left, top, width / CELL - right, height / CELL - bottom]
}

fn clip(run: &Run, &[left, top, right, bottom]: &[usize; 4]) -> Option<Run> {
    let (x, end) = (run.x.max(left), run.end.min(right));
    ((top..bottom).contains(&run.row) && x < end).then_some(Run { x, end, ..*run })
}

fn is_one_level(a: &Run, b: &Run, tolerance: f32) -> bool {
    let (low, high) = (a.low.min(b.low), a.high.max(b.high));
    low == high || high - low <= 2.0 * tolerance * high.abs().max(low.abs())
}

fn root(parents: &mut [u32], mut index: usize) -> usize {
    while parents[index] as usize != index {
        parents[index] = parents[parents[index] as usize];
        index = parents[index] as usize;
    }
    index
}

fn collect(runs: &[Run], parents: &mut [u32], thresholds: &Thresholds) -> Vec<Plateau> {
    let mut places: Vec<Option<usize>> = vec![None; runs.len()];
    let mut plateaus: Vec<Plateau> = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let root = root(parents, index);
        let cells = run.end - run.x;
        let side = CELL as i32;
        let region = Region::new(run.x as i32 * side, run.row as i32 * side, (cells * CELL) as u32, CELL as u32);
        let pixels = (cells * CELL * CELL) as f64;
        match places[root] {
            None => {
                places[root] = Some(plateaus.len());
                plateaus.push(Plateau { region, low: run.low, high: run.high, pixels, around: None });
            }
            Some(place) => {
                let plateau = &mut plateaus[place];
                plateau.region = plateau.region.union(&region);
                plateau.low = plateau.low.min(run.low);
                plateau.high = plateau.high.max(run.high);
                plateau.pixels += pixels;
            }
        }
    }
    // A slope so gentle that each cell looks flat is none as a whole.
    let tolerance = 4.0 * thresholds.flat_tolerance as f32;
    plateaus.retain(|plateau| {
        let is_level = plateau.low == plateau.high
            || plateau.high - plateau.low <= tolerance * plateau.high.abs().max(plateau.low.abs());
        is_level && plateau.pixels >= thresholds.smallest_area / 2.0
    });
    plateaus.sort_by(|a, b| b.pixels.total_cmp(&a.pixels));
    plateaus.truncate(MOST);
    plateaus
}

/// Measures what lies around the largest.
pub(super) fn measure_all<R: Rows>(plateaus: &mut [Plateau], list: List, rows: &R, thresholds: &Thresholds) {
    let width = rows.size()[0];
    let mut lines = Lines {
        channels: std::array::from_fn(|_| vec![0.0; width]),
        alpha: vec![0.0; width],
        marks: vec![false; width],
    };
    for plateau in plateaus.iter_mut().take(MOST_MEASURED) {
        measure(plateau, list, rows, &mut lines, thresholds);
    }
}

/// Rows that are read for one plateau after another.
struct Lines {
    channels: [Vec<f32>; 3],
    alpha: Vec<f32>,
    marks: Vec<bool>,
}

/// What is counted while rows go by.
#[derive(Default)]
struct Counts {
    inside: usize,
    transparent: usize,
    brighter: usize,
    darker: usize,
    step_over: usize,
    step_under: usize,
    found: Region,
}

fn measure<R: Rows>(plateau: &mut Plateau, list: List, rows: &R, lines: &mut Lines, thresholds: &Thresholds) {
    let [width, height] = rows.size();
    let region = plateau.region;
    let (left, right) =
        ((region.x - MARGIN).max(0) as usize, ((region.right() + i64::from(MARGIN)) as usize).min(width));
    let (top, bottom) =
        ((region.y - MARGIN).max(0) as usize, ((region.bottom() + i64::from(MARGIN)) as usize).min(height));
    let step = (bottom - top).div_ceil(MOST_ROWS).max(1);
    let margin = if plateau.low.is_finite() { thresholds.flat_tolerance as f32 * plateau.high.abs() } else { 0.0 };
    let level = [plateau.low - margin, plateau.high + margin];
    let mut counts = Counts::default();
    for y in (top..bottom).step_by(step) {
        rows.read(y, &mut lines.channels);
        let has_alpha = rows.read_alpha(y, &mut lines.alpha);
        let line = list.line(&mut lines.channels, rows.channels());
        let marks = &mut lines.marks[left..right];
        let alpha = has_alpha.then_some(&lines.alpha[left..right]);
        counts.add(&line[left..right], marks, alpha, level);
        counts.found = counts.found.union(&marked(marks, left, y));
    }
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f32 / whole as f32 };
    let beside = counts.beside();
    plateau.around = Some(Around {
        brighter: share(counts.brighter, beside),
        darker: share(counts.darker, beside),
        pile_over: counts.inside as f32 / counts.step_over.max(1) as f32,
        pile_under: counts.inside as f32 / counts.step_under.max(1) as f32,
        transparent: share(counts.transparent, counts.inside),
    });
    plateau.pixels = plateau.pixels.max((counts.inside * step) as f64);
    // Where rows were left out, its first and last are known to a cell only.
    let found =
        counts.found.intersection(&Region::new(left as i32, top as i32, (right - left) as u32, (bottom - top) as u32));
    plateau.region = match step {
        1 => found,
        _ => Region { x: found.x, width: found.width, ..region },
    };
}

/// The pixels of one row that are marked, from the first to the last.
fn marked(marks: &[bool], left: usize, y: usize) -> Region {
    let first = marks.iter().position(|&mark| mark);
    let last = marks.iter().rposition(|&mark| mark);
    match first.zip(last) {
        Some((first, last)) => Region::new((left + first) as i32, y as i32, (last - first + 1) as u32, 1),
        None => Region::default(),
    }
}

impl Counts {
    fn add(&mut self, line: &[f32], marks: &mut [bool], alpha: Option<&[f32]>, [low, high]: [f32; 2]) {
        for (mark, &value) in marks.iter_mut().zip(line) {
            *mark = (low..=high).contains(&value);
        }
        let step = |level: f32| (STEP * level.abs()).max(STEP_AT_BLACK);
        let (under, over) = (low - step(low), high + step(high));
        for (x, &value) in line.iter().enumerate() {
            if marks[x] {
                self.inside += 1;
                self.transparent += usize::from(alpha.is_some_and(|alpha| alpha[x] == 0.0));
                continue;
            }
            self.step_over += usize::from(value > high && value <= over);
            self.step_under += usize::from(value < low && value >= under);
            let near = x.saturating_sub(BESIDE)..(x + BESIDE + 1).min(line.len());
            if marks[near].contains(&true) {
                self.brighter += usize::from(value > high);
                self.darker += usize::from(value < low);
            }
        }
    }

    fn beside(&self) -> usize {
        self.brighter + self.darker
    }
}

impl List {
    /// The channel's letter; none for all of them.
    pub(in crate::qc) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Red => Some("R"),
            Self::Green => Some("G"),
            Self::Blue => Some("B"),
            Self::All => None,
        }
    }

    /// The samples of a row that belong to the list.
    fn line(self, [r, g, b]: &mut [Vec<f32>; 3], channels: usize) -> &[f32] {
        match self {
            Self::Red => r,
            Self::Green => g,
            Self::Blue => b,
            Self::All => {
                if channels == 3 {
                    for ((r, &g), &b) in r.iter_mut().zip(&*g).zip(&*b) {
                        *r = r.max(g).max(b);
                    }
                }
                r
            }
        }
    }
}
