//! QuickTime and MP4: `colr` in the container, and the codec's own headers.
//!
//! Both say the same afterwards. Nothing is encoded and no byte of a picture changes but the three in each ProRes frame's
//! header that say what colour it is; tables of offsets follow where the index grows in front of the pictures.
//!
//! Source: ISO/IEC 14496-12 and "QuickTime File Format Specification" (Apple), cited at what they say.

mod edit;
mod h264;
mod prores;
mod sps;

use edit::Edit;

use super::patch::{Patch, Patches};
use crate::error::{Feature, Place};
use crate::exr::ByteSource;
use crate::media::boxes::{Atom, SAMPLE_ENTRY, children, find, media, read};
use crate::media::prores::profile;
use crate::{Error, Result};

/// MatrixCoefficients of BT.709 (H.273, table 4): what RGB of these primaries is made Y'CbCr with.
const MATRIX: u8 = 1;
/// The transfer of BT.709.
const BT709: u8 = 1;

/// Codes of H.273 for Y'CbCr: primaries, transfer, matrix.
type Codes = [u8; 3];

/// How a track's pictures are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Codec {
    ProRes,
    H264,
}

/// `codes` are ColourPrimaries and TransferCharacteristics of H.273.
pub(super) fn patches<S: ByteSource + ?Sized>(source: &S, [primaries, transfer]: [u8; 2]) -> Result<Patches> {
    let top = children(source, 0..source.len())?;
    let moov = top.iter().find(|atom| atom.kind == *b"moov");
    let moov =
        moov.ok_or_else(|| Error::wrong_kind("the movie has no index: its writer was stopped before the end"))?;
    if top.iter().any(|atom| atom.kind == *b"moof") || find(source, moov, b"mvex")?.is_some() {
        let what = "fragmented movies are not tagged";
        return Err(unsupported(what, "Put it together first: `ffmpeg -i IN -map 0 -c copy OUT`"));
    }
    let is_quicktime = match top.iter().find(|atom| atom.kind == *b"ftyp") {
        Some(brand) => read(source, brand.body.start)? == *b"qt  ",
        None => true,
    };
    let tracks: Vec<Atom> = children(source, moov.body.clone())?.into_iter().filter(|a| a.kind == *b"trak").collect();
    let mut edit = Edit::default();
    let mut has_video = false;
    for track in &tracks {
        if let Some(video) = Video::read(source, moov, track)? {
            video.tag(source, &top, [primaries, transfer, MATRIX], is_quicktime, &mut edit)?;
            has_video = true;
        }
    }
    if !has_video {
        return Err(Error::wrong_kind("there is no video track in this file"));
    }
    edit.finish(source, &tracks)
}

/// A valid movie that cannot be tagged.
fn unsupported(what: impl Into<String>, next: &str) -> Error {
    Error::unsupported(Feature::Movie, Place::default(), what).with_next(next)
}

/// A video track.
struct Video {
    /// `moov`, `trak`, `mdia`, `minf`, `stbl`, `stsd`: each in the one before.
    path: Vec<Atom>,
    /// Sample entries, all of one codec.
    entries: Vec<Atom>,
    codec: Codec,
}

impl Video {
    /// `None` where the track is no video.
    fn read<S: ByteSource + ?Sized>(source: &S, moov: &Atom, track: &Atom) -> Result<Option<Self>> {
        let Some((media, _)) = media(source, track)?.filter(|(_, handler)| handler == b"vide") else { return Ok(None) };
        let mut path = vec![moov.clone(), track.clone(), media];
        for kind in [b"minf", b"stbl", b"stsd"] {
            let parent = &path[path.len() - 1];
            let found = find(source, parent, kind)?;
            path.push(found.ok_or_else(|| missing(kind, parent))?);
        }
        let table = &path[path.len() - 1];
        let entries = children(source, table.body.start.saturating_add(8)..table.body.end)?;
        let codec = codec(&entries).ok_or_else(|| {
            let names: Vec<_> = entries.iter().map(|entry| String::from_utf8_lossy(&entry.kind)).collect();
            let what = format!("video coded as {:?} is not tagged", names.join(", "));
            unsupported(what, "ProRes and H.264 are")
        })?;
        Ok(Some(Self { path, entries, codec }))
    }

    fn tag<S: ByteSource + ?Sized>(
        &self,
        source: &S,
        top: &[Atom],
        codes: Codes,
        is_quicktime: bool,
        edit: &mut Edit,
    ) -> Result<()> {
        let table = &self.path[4];
        let full_range = match self.codec {
            Codec::ProRes if codes[1] != BT709 => {
                // SMPTE RDD 36, table 9: BT.709, PQ and HLG, and nothing else.
                let what = "ProRes has no code for that transfer in its pictures";
                return Err(Error::spec(what, "ProRes can be rec709"));
            }
            Codec::ProRes => {
                prores::tag(source, table, codes, edit)?;
                false
            }
            Codec::H264 => h264::tag(source, top, self, codes, edit)?,
        };
        for entry in &self.entries {
            self.tag_entry(source, entry, &color_box(codes, is_quicktime, full_range), edit)?;
        }
        Ok(())
    }

    /// Puts `colr` where the old one was, else at the end of the entry's boxes; takes away what says something else.
    fn tag_entry<S: ByteSource + ?Sized>(&self, source: &S, entry: &Atom, color: &[u8], edit: &mut Edit) -> Result<()> {
        let inner = entry.start.saturating_add(SAMPLE_ENTRY)..entry.body.end;
        let boxes = children(source, inner.clone())?;
        let end = boxes.last().map_or(inner.start, |last| last.body.end);
        let old: Vec<&Atom> = boxes.iter().filter(|atom| [*b"colr", *b"gama"].contains(&atom.kind)).collect();
        let mut scratch = Vec::new();
        if let [only] = old.as_slice()
            && source.read(only.start..only.body.end, &mut scratch)? == color
        {
            return Ok(());
        }
        let path = self.path.iter().chain([entry]);
        let place = old.first().map_or(end..end, |first| first.start..first.body.end);
        edit.resize(path.clone(), Patch::instead(place, color.to_vec()));
        for other in old.iter().skip(1) {
            edit.resize(path.clone(), Patch::instead(other.start..other.body.end, Vec::new()));
        }
        Ok(())
    }
}

fn missing(kind: &[u8; 4], parent: &Atom) -> Error {
    Error::malformed(Place::at(parent.start), format!("a video track has no {:?}", String::from_utf8_lossy(kind)))
}

/// The codec of all entries.
fn codec(entries: &[Atom]) -> Option<Codec> {
    let codec = |entry: &Atom| match &entry.kind {
        b"avc1" | b"avc3" => Some(Codec::H264),
        kind => profile(kind).map(|_| Codec::ProRes),
    };
    let first = codec(entries.first()?)?;
    entries.iter().all(|entry| codec(entry) == Some(first)).then_some(first)
}

/// 14496-12, 12.1.5; QuickTime, "Color Parameter Atoms", which have no range.
fn color_box(codes: Codes, is_quicktime: bool, full_range: bool) -> Vec<u8> {
    let mut body: Vec<u8> = if is_quicktime { b"nclc".to_vec() } else { b"nclx".to_vec() };
    body.extend(codes.into_iter().flat_map(|code| u16::from(code).to_be_bytes()));
    if !is_quicktime {
        body.push(if full_range { 0x80 } else { 0 });
    }
    [&(body.len() as u32 + 8).to_be_bytes(), b"colr".as_slice(), &body].concat()
}
