//! What a ProRes picture's header says.
//!
//! Source: SMPTE RDD 36, 5.1.1 "Frame header".

use super::ColorTags;
use super::color::UNSPECIFIED;
use crate::spec::Codec;

/// Where the three codes of colour stand in a picture: after its size, `icpf`, header size, version, creator, width, height,
/// flags, and aspect with rate.
pub(crate) const COLOR: usize = 4 + 4 + 2 + 2 + 4 + 2 + 2 + 1 + 1;
/// Bytes of a header up to its type of alpha, which follows them.
pub(super) const HEADER: usize = COLOR + 3 + 1;

/// A picture's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Width and height in pixels.
    pub(super) size: [u32; 2],
    /// ffmpeg's word for the order of fields.
    pub(super) field_order: &'static str,
    pub(super) color: ColorTags,
    has_alpha: bool,
}

impl Header {
    /// `None` where this is no ProRes picture.
    pub(super) fn read(bytes: &[u8; HEADER]) -> Option<Self> {
        let word = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
        if bytes[4..8] != *b"icpf" {
            return None;
        }
        // 0 is "unknown" beside H.273's own word for it (tables 8 to 10).
        let codes = [0, 1, 2].map(|place| match bytes[COLOR + place] {
            0 => UNSPECIFIED.into(),
            code => code.into(),
        });
        Some(Self {
            size: [word(16).into(), word(18).into()],
            field_order: match bytes[20] >> 2 & 3 {
                1 => "tt",
                2 => "bb",
                _ => "progressive",
            },
            color: ColorTags::from_codes(codes, Some(false)),
            has_alpha: bytes[HEADER - 1] & 0xf != 0,
        })
    }

    /// ffmpeg's name of what it decodes pictures of that sample entry to.
    pub(super) fn pixel_format(&self, entry: &[u8; 4]) -> &'static str {
        match (entry, self.has_alpha) {
            (b"ap4h" | b"ap4x", true) => "yuva444p12le",
            (b"ap4h" | b"ap4x", false) => "yuv444p12le",
            (_, true) => "yuva422p10le",
            (_, false) => "yuv422p10le",
        }
    }
}

/// ffprobe's name of the profile, by the sample entry's; `None` for other codecs.
pub(crate) fn profile(entry: &[u8; 4]) -> Option<&'static str> {
    let codec = Codec::ALL.into_iter().find(|codec| codec.prores() == Some(*entry))?;
    codec.probed().map(|(_, profile)| profile)
}
