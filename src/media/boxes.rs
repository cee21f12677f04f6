//! The boxes (atoms) of QuickTime and MP4 files, as far as colour and order are concerned.
//!
//! Source: "QuickTime File Format Specification" (Apple), ISO/IEC 14496-12 (boxes, `colr`), both cited at what they say.

use std::ops::Range;

use super::ColorTags;
use super::track::h264_configuration;
use crate::error::Place;
use crate::exr::ByteSource;
use crate::{Error, Result};

/// Boxes of one level; a file that claims more is no movie.
const MOST_BOXES: usize = 10_000;
/// Bytes of a visual sample entry before its own boxes: header, reserved, data reference, and the fields of 14496-12,
/// 12.1.3 (QuickTime's image description has the same length).
pub(crate) const SAMPLE_ENTRY: u64 = 8 + 8 + 70;
/// Where width and height stand in it: after header, reserved, data reference and what is predefined.
const SIZE: u64 = 8 + 8 + 16;

/// What a movie's container says of its first video track.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Movie {
    /// `colr`: QuickTime's `nclc` (no range) or ISO's `nclx`.
    pub color: ColorTags,
    /// What H.264's own parameter set in the index says of colour; `None` of other codecs.
    pub codec_color: Option<ColorTags>,
    /// Width and height in pixels as the sample entry has them; 0 where it has none.
    pub size: [u32; 2],
    /// Whether the index (`moov`) stands before the pictures (`mdat`).
    pub is_fast_start: bool,
}

impl Movie {
    /// Reads the boxes that matter, and no picture.
    ///
    /// # Errors
    /// If there is no index or no video track in it, or boxes do not lie inside one another.
    pub fn read<S: ByteSource + ?Sized>(source: &S) -> Result<Self> {
        let top = top_level(source)?;
        let place = |kind: &[u8; 4]| top.iter().position(|found| found.kind == *kind);
        let Some(index) = place(b"moov") else {
            return Err(Error::wrong_kind("this is no QuickTime or MP4 file, or a writer was stopped before its end"));
        };
        let is_fast_start = place(b"mdat").is_none_or(|pictures| index < pictures);
        for track in children(source, top[index].body.clone())?.iter().filter(|found| found.kind == *b"trak") {
            if let Some(movie) = video(source, track)? {
                return Ok(Self { is_fast_start, ..movie });
            }
        }
        Err(Error::wrong_kind("there is no video track in this file"))
    }
}

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

/// What a track says, `None` where it is no video.
fn video<S: ByteSource + ?Sized>(source: &S, track: &Atom) -> Result<Option<Movie>> {
    let Some(media) = find(source, track, b"mdia")? else { return Ok(None) };
    let Some(handler) = find(source, &media, b"hdlr")? else { return Ok(None) };
    // Version and flags, then the component's type (zero in MP4), then its subtype.
    if read(source, handler.body.start + 8)? != *b"vide" {
        return Ok(None);
    }
    let nothing = Ok(Some(Default::default()));
    let mut place = media;
    for kind in [b"minf", b"stbl", b"stsd"] {
        let Some(found) = find(source, &place, kind)? else { return nothing };
        place = found;
    }
    // Version, flags and the number of entries; the first stands for all.
    let entries = place.body.start.saturating_add(8)..place.body.end;
    let Some(entry) = children(source, entries)?.into_iter().next() else { return nothing };
    let sides: [u8; 4] = read(source, entry.start.saturating_add(SIZE))?;
    let size = [0, 2].map(|at| u32::from(u16::from_be_bytes([sides[at], sides[at + 1]])));
    let inner = entry.start.saturating_add(SAMPLE_ENTRY)..entry.body.end;
    let color = children(source, inner)?.into_iter().find(|found| found.kind == *b"colr");
    let color = color.map_or(Ok(ColorTags::default()), |color| tags(source, &color))?;
    let codec_color = h264_configuration(source, &entry)?.map(|(_, configuration)| configuration.set.color);
    Ok(Some(Movie { color, codec_color, size, is_fast_start: false }))
}

/// 14496-12, 12.1.5; QuickTime, "Color Parameter Atoms".
fn tags<S: ByteSource + ?Sized>(source: &S, color: &Atom) -> Result<ColorTags> {
    let kind: [u8; 4] = read(source, color.body.start)?;
    if kind != *b"nclc" && kind != *b"nclx" {
        return Ok(ColorTags::default());
    }
    let codes: [u8; 6] = read(source, color.body.start + 4)?;
    let codes = std::array::from_fn(|i| u16::from_be_bytes([codes[2 * i], codes[2 * i + 1]]));
    let full_range = match kind {
        [.., b'x'] => Some(read::<_, 1>(source, color.body.start + 10)?[0] & 0x80 != 0),
        _ => None,
    };
    Ok(ColorTags::from_codes(codes, full_range))
}

/// The first box of that kind in `parent`.
pub(crate) fn find<S: ByteSource + ?Sized>(source: &S, parent: &Atom, kind: &[u8; 4]) -> Result<Option<Atom>> {
    Ok(children(source, parent.body.clone())?.into_iter().find(|found| found.kind == *kind))
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

#[cfg(test)]
mod tests {
    use super::{ColorTags, Movie};

    fn atom(kind: &[u8], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes(), kind, body].concat()
    }

    fn movie(handler: &[u8], color: &[u8]) -> Vec<u8> {
        let entry =
            atom(b"ap4h", &[&[0; 78], atom(b"fiel", &[1, 0]).as_slice(), &atom(b"colr", color), &[0; 4]].concat());
        let table = atom(b"stbl", &atom(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1], entry.as_slice()].concat()));
        let handler = atom(b"hdlr", &[&[0; 8], handler, &[0; 12]].concat());
        let media = atom(b"mdia", &[handler, atom(b"minf", &table)].concat());
        atom(b"moov", &[atom(b"mvhd", &[0; 100]), atom(b"trak", &media)].concat())
    }

    fn read(parts: &[&[u8]]) -> crate::Result<Movie> {
        Movie::read(parts.concat().as_slice())
    }

    #[test]
    fn tags_are_found_in_both_dialects() {
        let nclc = movie(b"vide", b"nclc\0\x01\0\x01\0\x01");
        let nclx = movie(b"vide", b"nclx\0\x09\0\x10\0\x09\x80");
        let (free, data) = (atom(b"free", &[0; 3]), atom(b"mdat", &[7; 50]));
        let color = ColorTags { full_range: None, ..ColorTags::REC709 };
        let expected = Movie { color, is_fast_start: true, ..Movie::default() };
        assert_eq!(read(&[&free, &nclc, &data]).ok(), Some(expected));
        let color = ColorTags { primaries: Some(9), transfer: Some(16), matrix: Some(9), full_range: Some(true) };
        assert_eq!(read(&[&data, &nclx]).ok(), Some(Movie { color, ..Movie::default() }));
    }

    #[test]
    fn what_is_not_said_is_empty_and_a_long_mdat_is_no_obstacle() {
        let unspecified = movie(b"vide", b"nclc\0\x02\0\x02\0\x02");
        let profile = movie(b"vide", b"prof\0\x01\0\x01\0\x01");
        let long = [&1_u32.to_be_bytes(), b"mdat".as_slice(), &24_u64.to_be_bytes(), &[0; 8]].concat();
        for bytes in [unspecified, profile] {
            assert_eq!(read(&[&long, &bytes]).ok(), Some(Movie::default()));
        }
    }

    #[test]
    fn other_and_damaged_files_are_refused() {
        let whole = movie(b"vide", b"nclc\0\x01\0\x01\0\x01");
        assert!(read(&[&movie(b"soun", b"nclc\0\x01\0\x01\0\x01")]).is_err());
        assert!(read(&[b"not a movie at all"]).is_err());
        for length in 0..whole.len() {
            // A cut is refused, or leaves nothing but the tags out; it never panics.
            let _ = read(&[&whole[..length]]);
            let mut bent = whole.clone();
            bent[length] ^= 0xff;
            let _ = read(&[&bent]);
        }
    }
}
