//! The boxes (atoms) of QuickTime and MP4 files.
//!
//! Source: "QuickTime File Format Specification" (Apple), ISO/IEC 14496-12, both cited at what they say.

use std::ops::Range;

use crate::error::Place;
use crate::exr::ByteSource;
use crate::{Error, Result};

/// Boxes of one level; a file that claims more is no movie.
const MOST_BOXES: usize = 10_000;
/// Bytes of a visual sample entry before its own boxes: header, reserved, data reference, and the fields of 14496-12,
/// 12.1.3 (QuickTime's image description has the same length).
pub(crate) const SAMPLE_ENTRY: u64 = 8 + 8 + 70;

/// One box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Atom {
    /// Its four characters.
    pub(crate) kind: [u8; 4],
    /// Where its own size stands, in bytes from the start of the file.
    pub(crate) start: u64,
    /// What is in it, likewise.
    pub(crate) body: Range<u64>,
}

/// The first box of that kind in `parent`.
pub(crate) fn find<S: ByteSource + ?Sized>(source: &S, parent: &Atom, kind: &[u8; 4]) -> Result<Option<Atom>> {
    Ok(children(source, parent.body.clone())?.into_iter().find(|found| found.kind == *kind))
}

/// The first box of that kind behind the fields of a visual sample entry.
pub(crate) fn find_in_entry<S: ByteSource + ?Sized>(source: &S, entry: &Atom, kind: &[u8; 4]) -> Result<Option<Atom>> {
    let boxes = children(source, entry.start.saturating_add(SAMPLE_ENTRY)..entry.body.end)?;
    Ok(boxes.into_iter().find(|found| found.kind == *kind))
}

/// The media of a track, and what its handler says it is: `vide`, `tmcd`, `soun` …; `None` where it does not say.
pub(crate) fn media<S: ByteSource + ?Sized>(source: &S, track: &Atom) -> Result<Option<(Atom, [u8; 4])>> {
    let Some(media) = find(source, track, b"mdia")? else { return Ok(None) };
    let Some(handler) = find(source, &media, b"hdlr")? else { return Ok(None) };
    // Version and flags, then the component's type (zero in MP4), then its subtype.
    let kind = read(source, handler.body.start + 8)?;
    Ok(Some((media, kind)))
}

/// The file's own boxes: what a copy that was cut short has of its pictures is in the last one.
pub(super) fn top_level<S: ByteSource + ?Sized>(source: &S) -> Result<Vec<Atom>> {
    boxes(source, 0..source.len(), true)
}

/// The boxes that lie one after another in `range`. What is too short for a box at its end (QuickTime closes some lists
/// with four zero bytes) is passed over.
pub(crate) fn children<S: ByteSource + ?Sized>(source: &S, range: Range<u64>) -> Result<Vec<Atom>> {
    boxes(source, range, false)
}

/// The same; the last one may claim more than there is where the range `may_be_cut`.
fn boxes<S: ByteSource + ?Sized>(source: &S, range: Range<u64>, may_be_cut: bool) -> Result<Vec<Atom>> {
    let mut found = Vec::new();
    let mut at = range.start;
    while at.checked_add(8).is_some_and(|end| end <= range.end) {
        let head: [u8; 8] = read(source, at)?;
        let [a, b, c, d, kind @ ..] = head;
        // 1: the size follows as 64 bits; 0: up to the end.
        let (start, size) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (at + 8, range.end - at),
            1 => (at + 16, u64::from_be_bytes(read(source, at + 8)?)),
            size => (at + 8, u64::from(size)),
        };
        let claimed = at.checked_add(size).map(|end| if may_be_cut { end.min(range.end) } else { end });
        let end = claimed.filter(|&end| end >= start && end <= range.end);
        let Some(end) = end else {
            let name = String::from_utf8_lossy(&kind).into_owned();
            return Err(Error::malformed(Place::at(at), format!("box {name:?} does not fit into its file")));
        };
        if found.len() >= MOST_BOXES {
            return Err(Error::malformed(Place::at(at), format!("there are more than {MOST_BOXES} boxes in a row")));
        }
        found.push(Atom { kind, start: at, body: start..end });
        at = end;
    }
    Ok(found)
}

/// The bytes at that place.
pub(crate) fn read<S: ByteSource + ?Sized, const N: usize>(source: &S, at: u64) -> Result<[u8; N]> {
    let mut scratch = Vec::new();
    let bytes = source.read(at..at.saturating_add(N as u64), &mut scratch)?;
    let array = bytes.try_into();
    array.map_err(|_| Error::truncated(Place::at(at), "the file ends inside a box"))
}
