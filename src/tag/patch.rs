//! Changes of a file's bytes.

use std::ops::Range;

use crate::error::Place;
use crate::{Error, Result};

/// Bytes that become others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Where the old ones begin, in bytes from the start of the file.
    pub at: u64,
    /// How many there are.
    pub removed: u64,
    /// The new ones.
    pub inserted: Vec<u8>,
}

impl Patch {
    /// As many new bytes as old ones.
    pub(super) fn over(at: u64, inserted: impl Into<Vec<u8>>) -> Self {
        let inserted = inserted.into();
        Self { at, removed: inserted.len() as u64, inserted }
    }

    /// New bytes for those of a range.
    pub(super) fn instead(range: Range<u64>, inserted: Vec<u8>) -> Self {
        Self { at: range.start, removed: range.end.saturating_sub(range.start), inserted }
    }

    /// By how many bytes the file grows.
    pub(super) fn growth(&self) -> i64 {
        self.inserted.len() as i64 - self.removed as i64
    }
}

/// All changes of one file, in its order, none over another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patches(Vec<Patch>);

/// A piece of the changed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Bytes of the old file, counted from its start.
    Kept(Range<u64>),
    /// New bytes.
    New(&'a [u8]),
}

impl Patches {
    /// # Errors
    /// If two changes are over the same bytes: the file names one place twice.
    pub(super) fn new(mut patches: Vec<Patch>) -> Result<Self> {
        patches.sort_by_key(|patch| patch.at);
        match patches.windows(2).find(|pair| pair[0].at + pair[0].removed > pair[1].at) {
            None => Ok(Self(patches)),
            Some(pair) => Err(Error::malformed(Place::at(pair[1].at), "the file's parts lie over one another")),
        }
    }

    /// Whether the file stays as it is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The changes.
    pub fn iter(&self) -> impl Iterator<Item = &Patch> {
        self.0.iter()
    }

    /// The changed file, from its start to its end, the old one having `length` bytes.
    pub fn segments(&self, length: u64) -> Vec<Segment<'_>> {
        let mut segments = Vec::with_capacity(2 * self.0.len() + 1);
        let mut at = 0;
        for patch in &self.0 {
            segments.push(Segment::Kept(at..patch.at));
            segments.push(Segment::New(&patch.inserted));
            at = patch.at + patch.removed;
        }
        segments.push(Segment::Kept(at..length));
        segments.retain(|segment| match segment {
            Segment::Kept(range) => range.start < range.end,
            Segment::New(bytes) => !bytes.is_empty(),
        });
        segments
    }
}

#[cfg(test)]
mod tests {
    use super::{Patch, Patches, Segment};

    #[test]
    fn a_file_is_put_together_from_old_and_new() {
        let patches =
            vec![Patch::instead(8..10, Vec::new()), Patch::over(0, *b"AB"), Patch::instead(4..4, b"new".to_vec())];
        let patches = Patches::new(patches).unwrap_or_default();
        let segments = patches.segments(12);
        let expected = [
            Segment::New(b"AB"),
            Segment::Kept(2..4),
            Segment::New(b"new"),
            Segment::Kept(4..8),
            Segment::Kept(10..12),
        ];
        assert_eq!(segments, expected);
        assert_eq!(Patches::default().segments(3), [Segment::Kept(0..3)]);
        assert!(Patches::new(vec![Patch::over(0, *b"abc"), Patch::over(2, *b"d")]).is_err());
    }
}
