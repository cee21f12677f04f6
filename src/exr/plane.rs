//! A channel's part of a chunk.

/// Its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plane {
    /// Samples of a row.
    pub(super) width: usize,
    /// Rows.
    pub(super) height: usize,
    /// 16-bit words of a sample: 1 or 2.
    pub(super) words: usize,
}

impl Plane {
    /// All of its words.
    pub(super) fn length(self) -> usize {
        self.width * self.height * self.words
    }
}
