//! What was sent to an encoder, kept in small: rows of the first, the middle and the last frame and of their neighbours, to
//! be held against what the finished file decodes to.

use crate::color::ycbcr::Layout;

/// Rows of each plane that are kept of a frame.
const ROWS: usize = 48;

/// Rows of some frames.
#[derive(Debug, Default)]
pub(super) struct Samples {
    shape: Option<Shape>,
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
        Self { shape: Some(Shape { layout, size }), lead, checked, taken: Vec::new() }
    }

    /// Keeps the rows of that frame's planes, if it is one that is checked or stands beside one.
    pub(super) fn take(&mut self, index: usize, planes: &[u8]) {
        if let Some(shape) = self.shape
            && self.checked.iter().any(|checked| checked.abs_diff(index) <= 1)
        {
            self.taken.push((index, shape.rows(planes, shape.layout.depth().bytes())));
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

    /// Of what they were taken.
    pub(super) fn shape(&self) -> Option<Shape> {
        self.shape
    }
}

impl Shape {
    /// The kept rows of a frame whose codes have that many bytes, plane after plane.
    pub(super) fn rows(&self, planes: &[u8], bytes: usize) -> Vec<u16> {
        let mut rows = Vec::new();
        let mut start = 0;
        for [width, height] in self.layout.plane_sizes(self.size) {
            let step = height.div_ceil(ROWS).max(1);
            for row in (step / 2..height).step_by(step) {
                let row = start + row * width * bytes..start + (row + 1) * width * bytes;
                let row = planes.get(row).unwrap_or_default();
                rows.extend(row.chunks_exact(bytes).map(|code| match code {
                    [low, high] => u16::from_le_bytes([*low, *high]),
                    [code, ..] => u16::from(*code),
                    [] => 0,
                }));
            }
            start += width * height * bytes;
        }
        rows
    }

    /// How many codes [`Self::rows`] gives for each plane.
    pub(super) fn lengths(&self) -> [usize; 4] {
        self.layout.plane_sizes(self.size).map(|[width, height]| {
            let step = height.div_ceil(ROWS).max(1);
            width * (step / 2..height).step_by(step).len()
        })
    }
}
