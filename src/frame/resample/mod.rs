//! Other sizes of a picture, for deliverables.
//!
//! Meant for scene-linear rows, before any view: light is what a lens or a larger pixel would have averaged. Filters are
//! named in [`Filter`], what happens to proportions in [`Fit`]. Rows come in through one function and go out through
//! another: no frame is held here, only as many rows as the filter spans.

mod filter;
mod fit;
mod taps;

use std::collections::VecDeque;
use std::ops::Range;

pub use filter::Filter;
pub use fit::Fit;

use super::Region;
use crate::color::{Work, dispatch};
use crate::{Error, Result};
use taps::Taps;

/// The longest side of a source or target.
const LONGEST: u32 = 65_536;

/// A change of size with every weight worked out; for any number of frames, bands and threads.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampler {
    source_width: usize,
    target_width: usize,
    target_height: usize,
    /// Where the picture lies in the target; black around it.
    picture: Region,
    columns: Taps,
    rows: Taps,
}

impl Resampler {
    /// From one size to another, width and height in pixels.
    ///
    /// # Errors
    /// If a side is 0 or longer than 65536.
    pub fn new(source: [u32; 2], target: [u32; 2], fit: Fit, filter: Filter) -> Result<Self> {
        for [width, height] in [source, target] {
            if ![width, height].iter().all(|side| (1..=LONGEST).contains(side)) {
                let what = format!("a picture of {width}x{height} cannot be resampled");
                return Err(Error::spec(what, format!("Each side is from 1 to {LONGEST} pixels")));
            }
        }
        let placement = fit.place(source, target);
        let [across, down] = placement.source;
        let picture = placement.picture;
        Ok(Self {
            source_width: source[0] as usize,
            target_width: target[0] as usize,
            target_height: target[1] as usize,
            picture,
            columns: Taps::new(filter, source[0] as usize, across, picture.width as usize),
            rows: Taps::new(filter, source[1] as usize, down, picture.height as usize),
        })
    }

    /// Width and height of the target, in pixels.
    pub fn target_size(&self) -> [usize; 2] {
        [self.target_width, self.target_height]
    }

    /// Where the picture lies in the target; the rest is black.
    pub fn picture(&self) -> Region {
        self.picture
    }

    /// The source pixel nearest to each target column, and to each target row; `None` where there is black. For numbers that
    /// must not be mixed: ids, distances, vectors.
    pub fn nearest(&self) -> [Vec<Option<usize>>; 2] {
        let axis = |taps: &Taps, start: i32, length: usize| {
            let inside = |target: usize| target.checked_sub(start as usize).filter(|&place| place < taps.len());
            (0..length).map(|target| inside(target).map(|place| taps.nearest(place))).collect()
        };
        [axis(&self.columns, self.picture.x, self.target_width), axis(&self.rows, self.picture.y, self.target_height)]
    }

    /// Makes the target's `rows`, of `C` channels each: `read` fills a source row (asked for once each, from the top),
    /// `emit` gets each target row in turn. Bands may be made on different threads; each reads what it needs.
    ///
    /// Samples that are not finite spread to the target pixels they are part of.
    ///
    /// # Panics
    /// If `rows` goes past the target's height.
    pub fn run<const C: usize>(
        &self,
        rows: Range<usize>,
        mut read: impl FnMut(usize, [&mut [f32]; C]),
        mut emit: impl FnMut(usize, [&[f32]; C]),
    ) {
        assert!(rows.end <= self.target_height, "rows {rows:?} of {}", self.target_height);
        let top = self.picture.y as usize;
        let mut source: [Vec<f32>; C] = std::array::from_fn(|_| vec![0.0; self.source_width]);
        let mut target: [Vec<f32>; C] = std::array::from_fn(|_| vec![0.0; self.target_width]);
        let mut sums = Sums::new(self.source_width, rows.start.saturating_sub(top)..rows.end.saturating_sub(top));
        let mut next = None;
        for y in rows {
            let inside = y.checked_sub(top).filter(|&row| row < self.rows.len());
            let Some(row) = inside else {
                target.iter_mut().for_each(|channel| channel.fill(0.0));
                emit(y, target.each_ref().map(Vec::as_slice));
                continue;
            };
            let (first, weights) = self.rows.of(row);
            for line in next.unwrap_or(first)..first + weights.len() {
                read(line, source.each_mut().map(Vec::as_mut_slice));
                sums.add(&self.rows, line, &source);
                next = Some(line + 1);
            }
            let sum = sums.take();
            let left = self.picture.x as usize;
            for (channel, sum) in target.iter_mut().zip(&sum) {
                let (before, rest) = channel.split_at_mut(left);
                let (inside, after) = rest.split_at_mut(self.columns.len());
                before.fill(0.0);
                after.fill(0.0);
                dispatch(Across { taps: &self.columns, input: sum, output: inside });
            }
            sums.give_back(sum);
            emit(y, target.each_ref().map(Vec::as_slice));
        }
    }
}

/// Target rows in the making, still of the source's width.
///
/// Vertical first: the rows are whole and in memory order, and there are fewer of them for the slower pass across.
struct Sums<const C: usize> {
    width: usize,
    /// Picture rows that are not begun yet.
    waiting: Range<usize>,
    /// The picture row of the first sum.
    first: usize,
    open: VecDeque<[Vec<f32>; C]>,
    spare: Vec<[Vec<f32>; C]>,
}

impl<const C: usize> Sums<C> {
    fn new(width: usize, rows: Range<usize>) -> Self {
        Self { width, first: rows.start, waiting: rows, open: VecDeque::new(), spare: Vec::new() }
    }

    /// Adds a source row to all target rows that it is part of.
    fn add(&mut self, taps: &Taps, line: usize, source: &[Vec<f32>; C]) {
        self.waiting.end = self.waiting.end.min(taps.len());
        while self.waiting.start < self.waiting.end && taps.of(self.waiting.start).0 <= line {
            self.waiting.start += 1;
            let width = self.width;
            let mut sum = self.spare.pop().unwrap_or_else(|| std::array::from_fn(|_| vec![0.0; width]));
            sum.iter_mut().for_each(|channel| channel.fill(0.0));
            self.open.push_back(sum);
        }
        for (row, sum) in (self.first..).zip(&mut self.open) {
            let (first, weights) = taps.of(row);
            let Some(&weight) = line.checked_sub(first).and_then(|tap| weights.get(tap)) else { continue };
            for (sum, source) in sum.iter_mut().zip(source) {
                dispatch(Down { weight, input: source, sum });
            }
        }
    }

    /// The first row, all its source rows being added.
    fn take(&mut self) -> [Vec<f32>; C] {
        self.first += 1;
        let width = self.width;
        self.open.pop_front().unwrap_or_else(|| std::array::from_fn(|_| vec![0.0; width]))
    }

    /// Its memory, for another row.
    fn give_back(&mut self, sum: [Vec<f32>; C]) {
        self.spare.push(sum);
    }
}

/// Adds a weighted row to a sum.
struct Down<'a> {
    weight: f32,
    input: &'a [f32],
    sum: &'a mut [f32],
}

impl Work for Down<'_> {
    #[inline(always)]
    fn run(self) {
        for (sum, value) in self.sum.iter_mut().zip(self.input) {
            *sum += self.weight * value;
        }
    }
}

/// Resamples a row.
struct Across<'a> {
    taps: &'a Taps,
    input: &'a [f32],
    output: &'a mut [f32],
}

impl Work for Across<'_> {
    #[inline(always)]
    fn run(self) {
        for (target, value) in self.output.iter_mut().enumerate() {
            let (first, weights) = self.taps.of(target);
            *value = weights.iter().zip(&self.input[first..]).map(|(weight, value)| weight * value).sum();
        }
    }
}
