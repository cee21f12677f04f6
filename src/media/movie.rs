//! What a QuickTime or MP4 file says of colour, size and order, beside what its codec says.
//!
//! Source: "QuickTime File Format Specification" (Apple), ISO/IEC 14496-12 (`colr`), both cited at what they say.

use super::boxes::{Atom, children, find, find_in_entry, media, read, top_level};
use super::{ColorTags, h264};
use crate::exr::ByteSource;
use crate::{Error, Result};

/// Where width and height stand in a visual sample entry: after header, reserved, data reference and what is predefined.
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

/// What a track says, `None` where it is no video.
fn video<S: ByteSource + ?Sized>(source: &S, track: &Atom) -> Result<Option<Movie>> {
    let Some((media, _)) = media(source, track)?.filter(|(_, handler)| handler == b"vide") else { return Ok(None) };
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
    let color = find_in_entry(source, &entry, b"colr")?;
    let color = color.map_or(Ok(ColorTags::default()), |color| tags(source, &color))?;
    let codec_color = h264::configuration(source, &entry)?.map(|(_, configuration)| configuration.set.color);
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
