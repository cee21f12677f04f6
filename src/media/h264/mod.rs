//! What an H.264 stream says of itself: its first sequence parameter set, and the timing of its first picture.
//!
//! Source: ITU-T H.264, 7.3.2.3.1 (`sei_message`), annex D.1.1 (payloads); ISO/IEC 14496-15, 5.3.3 (`avcC`).

mod sps;

pub(crate) use sps::{EXTENDED_SAR, Sps};

use super::bits::unescape;
use super::boxes::{Atom, find_in_entry};
use crate::exr::ByteSource;
use crate::{Error, Result};

/// Unit types (table 7-1).
const SUPPLEMENT: u8 = 6;
pub(crate) const SPS: u8 = 7;
/// `payloadType` of picture timing (D.1.1).
const PICTURE_TIMING: u32 = 1;
/// Bytes of a decoder's configuration: parameter sets have some dozen.
const LONGEST_CONFIGURATION: u64 = 1 << 20;

/// `avcC` of a sample entry, as it is and as it is understood; `None` of other codecs.
pub(super) fn configuration<S: ByteSource + ?Sized>(
    source: &S,
    entry: &Atom,
) -> Result<Option<(Vec<u8>, Configuration)>> {
    if ![*b"avc1", *b"avc3"].contains(&entry.kind) {
        return Ok(None);
    }
    let Some(atom) = find_in_entry(source, entry, b"avcC")? else { return Ok(None) };
    if atom.body.end - atom.body.start > LONGEST_CONFIGURATION {
        return Err(Error::limit("the decoder's configuration is too long", "Encode the movie again"));
    }
    let mut scratch = Vec::new();
    let body = source.read(atom.body, &mut scratch)?.to_vec();
    let configuration = Configuration::read(&body);
    Ok(configuration.map(|configuration| (body, configuration)))
}

/// `avcC`, as far as it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Configuration {
    /// Profile, compatibility and level, as names of codecs have them (RFC 6381, 3.3).
    pub(super) code: [u8; 3],
    /// Bytes of the length in front of every unit.
    pub(super) length_bytes: usize,
    /// The first parameter set.
    pub(super) set: Sps,
}

impl Configuration {
    /// `None` where it is damaged, or has no parameter set.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let ([_, profile, compatibility, level, length, count], rest) = body.split_first_chunk::<6>()?;
        let (bytes, rest) = rest.split_first_chunk::<2>().filter(|_| count & 0x1f > 0)?;
        let unit = rest.get(..u16::from_be_bytes(*bytes).into())?;
        Some(Self {
            code: [*profile, *compatibility, *level],
            length_bytes: usize::from(length & 3) + 1,
            set: Sps::read(&unescape(unit)).ok()?,
        })
    }

    /// ffmpeg's word for the order of fields in a picture, by the picture's own supplement; where pictures may be made of
    /// fields and none says so, it is not known.
    pub(super) fn field_order(&self, picture: &[u8]) -> &'static str {
        if !self.set.may_have_fields {
            return "progressive";
        }
        match self.timing(picture).and_then(|payload| self.set.structure(&payload).ok().flatten()) {
            Some(1 | 3 | 5) => "tt",
            Some(2 | 4 | 6) => "bb",
            Some(_) => "progressive",
            None => "unknown",
        }
    }

    /// The payload of the picture's timing.
    fn timing(&self, mut units: &[u8]) -> Option<Vec<u8>> {
        loop {
            let (length, rest) = units.split_at_checked(self.length_bytes)?;
            let length = length.iter().fold(0_usize, |value, &byte| value << 8 | usize::from(byte));
            let (unit, rest) = rest.split_at_checked(length)?;
            units = rest;
            let (head, unit) = unit.split_first()?;
            match head & 0x1f {
                SUPPLEMENT => {
                    if let Some(payload) = timing(&unescape(unit)) {
                        return Some(payload.to_vec());
                    }
                }
                // Supplements stand before the picture's slices.
                1..=5 => return None,
                _ => {}
            }
        }
    }
}

/// The picture timing among supplements (7.3.2.3.1): types and sizes are written as 255 and 255 and the rest.
fn timing(mut rest: &[u8]) -> Option<&[u8]> {
    let number = |rest: &mut &[u8]| {
        let mut value = 0_u32;
        loop {
            let (&byte, after) = rest.split_first()?;
            *rest = after;
            value = value.checked_add(byte.into())?;
            if byte != 255 {
                return Some(value);
            }
        }
    };
    loop {
        let kind = number(&mut rest)?;
        let size = number(&mut rest)?;
        let (payload, after) = rest.split_at_checked(size as usize)?;
        if kind == PICTURE_TIMING {
            return Some(payload);
        }
        rest = after;
    }
}
