//! PNG: which chunks say what the codes mean.
//!
//! Source: "Portable Network Graphics (PNG) Specification (Third Edition)" (W3C), cited by section.

use super::patch::{Patch, Patches};
use crate::error::Place;
use crate::exr::ByteSource;
use crate::{Error, Result};

/// Chunks that describe colour, all of which the new ones replace (11.3.2).
const COLOUR: [&[u8; 4]; 5] = [b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP"];
/// The signature, and the chunk that must follow it: 13 bytes (5.2, 11.2.1).
const AFTER_HEADER: u64 = 8 + 12 + 13;
/// Chunks before the pixels; a file that has more is not believed.
const MOST_CHUNKS: usize = 10_000;
/// sRGB's code of TransferCharacteristics.
const SRGB: u8 = 13;
/// The intent of `sRGB` for pictures that are to look the same in the middle: relative colorimetric (11.3.2.5).
const RELATIVE_COLORIMETRIC: u8 = 1;

/// `codes` are ColourPrimaries and TransferCharacteristics of H.273.
pub(super) fn patches<S: ByteSource + ?Sized>(source: &S, [primaries, transfer]: [u8; 2]) -> Result<Patches> {
    // RGB at full range, as PNG always is (11.3.2.6).
    let mut new = chunk(b"cICP", &[primaries, transfer, 0, 1]);
    if transfer == SRGB {
        // For those who know no cICP: it goes before sRGB where both are there (4.3).
        new.extend(chunk(b"sRGB", &[RELATIVE_COLORIMETRIC]));
    }
    let mut patches = vec![Patch::instead(AFTER_HEADER..AFTER_HEADER, new.clone())];
    let mut old: Vec<u8> = Vec::new();
    let mut scratch = Vec::new();
    let mut at = 8;
    for _ in 0..MOST_CHUNKS {
        let head = source.read(at..at + 8, &mut scratch).map_err(|_| truncated(at))?;
        let (length, kind) =
            (u32::from_be_bytes([head[0], head[1], head[2], head[3]]), [head[4], head[5], head[6], head[7]]);
        let end = at + 12 + u64::from(length);
        match (&kind, at) {
            (b"IHDR", 8) if end == AFTER_HEADER => {}
            (_, 8) => return Err(Error::malformed(Place::at(at), "the PNG does not begin with its header")),
            (b"IDAT", _) if old == new => return Ok(Patches::default()),
            (b"IDAT", _) => return Patches::new(patches),
            (kind, _) if COLOUR.contains(&kind) => {
                old.extend(source.read(at..end, &mut scratch).map_err(|_| truncated(at))?);
                patches.push(Patch::instead(at..end, Vec::new()));
            }
            _ => {}
        }
        at = end;
    }
    Err(Error::malformed(Place::at(at), format!("there are more than {MOST_CHUNKS} chunks before the pixels")))
}

fn truncated(at: u64) -> Error {
    Error::truncated(Place::at(at), "the PNG ends before its pixels")
}

/// Length, type, data, and the check sum over the latter two (5.3).
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(kind);
    checksum.update(data);
    [&(data.len() as u32).to_be_bytes(), kind.as_slice(), data, &checksum.finalize().to_be_bytes()].concat()
}
