//! What was sent to an encoder, kept in small: rows of the first, the middle and the last frame and of their neighbours, to
//! be held against what the finished file decodes to.

use std::io::{BufReader, Read};

use crate::color::ycbcr::Layout;

/// Rows of each plane that are kept of a frame.
const ROWS: usize = 48;

/// Rows of some frames.
#[derive(Debug)]
pub(super) struct Samples {
    /// Of what they were taken.
    pub(super) shape: Shape,
    /// How many frames there are before the first of the shot: a slate.
    lead: usize,
    /// The slate, the first, middle and last frame, by place in the movie, each once.
    checked: Vec<usize>,
    taken: Vec<(usize, Vec<u16>)>,
}

/// Which rows of which planes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shape {
    pub(super) layout: Layout,
    pub(super) size: [usize; 2],
}

impl Samples {
    /// Of a movie of `lead` frames and as many as `frames` after them.
    pub(super) fn new(layout: Layout, size: [usize; 2], lead: usize, frames: usize) -> Self {
        let mut checked: Vec<usize> = (0..lead).collect();
        checked.extend([lead, lead + frames / 2, lead + frames.saturating_sub(1)]);
        checked.dedup();
        Self { shape: Shape { layout, size }, lead, checked, taken: Vec::new() }
    }

    /// Keeps the rows of that frame's planes, if it is one that is checked or stands beside one.
    pub(super) fn take(&mut self, index: usize, planes: &[u8]) {
        if self.checked.iter().any(|checked| checked.abs_diff(index) <= 1) {
            self.taken.push((index, self.shape.rows(planes)));
        }
    }

    /// The frames to check, by place in the movie.
    pub(super) fn checked(&self) -> &[usize] {
        &self.checked
    }

    /// The rows of each frame that was kept and could be taken for the one at `place`, that one among them, by place in the
    /// movie: a slate is like no frame of the shot.
    pub(super) fn peers(&self, place: usize) -> impl Iterator<Item = (usize, &[u16])> {
        let is_slate = move |index: usize| index < self.lead;
        let taken = self.taken.iter().filter(move |(index, _)| is_slate(*index) == is_slate(place));
        taken.map(|(index, rows)| (*index, rows.as_slice()))
    }
}

impl Shape {
    /// The kept rows of a frame, plane after plane.
    pub(super) fn rows(&self, planes: &[u8]) -> Vec<u16> {
        let mut codes = Vec::new();
        let mut start = 0;
        for [width, height] in self.layout.plane_sizes(self.size) {
            let length = width * self.layout.depth().bytes();
            for row in kept(height) {
                self.add(planes.get(start + row * length..start + (row + 1) * length).unwrap_or_default(), &mut codes);
            }
            start += height * length;
        }
        codes
    }

    /// The same of a frame that is yet to come, without holding it.
    ///
    /// # Errors
    /// If it cannot be read, or ends early.
    pub(super) fn read(&self, input: impl Read) -> std::io::Result<Vec<u16>> {
        let mut input = BufReader::with_capacity(1 << 20, input);
        let (mut codes, mut bytes) = (Vec::new(), Vec::new());
        for [width, height] in self.layout.plane_sizes(self.size) {
            bytes.resize(width * self.layout.depth().bytes(), 0);
            let mut wanted = kept(height).peekable();
            for row in 0..height {
                input.read_exact(&mut bytes)?;
                if wanted.next_if_eq(&row).is_some() {
                    self.add(&bytes, &mut codes);
                }
            }
        }
        Ok(codes)
    }

    /// Adds a row's codes.
    fn add(&self, row: &[u8], codes: &mut Vec<u16>) {
        match self.layout.depth().bytes() {
            1 => codes.extend(row.iter().map(|&code| u16::from(code))),
            _ => codes.extend(row.as_chunks().0.iter().map(|&code| u16::from_le_bytes(code))),
        }
    }

    /// How many codes [`Self::rows`] gives for each plane.
    pub(super) fn lengths(&self) -> [usize; 4] {
        self.layout.plane_sizes(self.size).map(|[width, height]| width * kept(height).count())
    }
}

/// The rows that are kept of a plane of that height.
fn kept(height: usize) -> impl Iterator<Item = usize> {
    let step = height.div_ceil(ROWS).max(1);
    (step / 2..height).step_by(step)
}
