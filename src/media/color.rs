//! Colour tags of moving pictures: ITU-T H.273 code points.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a file says its Y'CbCr codes mean; `None` where it does not say, which code point 2 ("unspecified") is too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColorTags {
    /// ColourPrimaries: H.273, table 2.
    pub primaries: Option<u8>,
    /// TransferCharacteristics: H.273, table 3.
    pub transfer: Option<u8>,
    /// MatrixCoefficients: H.273, table 4.
    pub matrix: Option<u8>,
    /// Whether black and white are the first and the last code; else narrow ("legal", "tv") range.
    pub full_range: Option<bool>,
}

impl ColorTags {
    /// BT.709 three times over, narrow range: 1-1-1.
    pub const REC709: Self = Self { primaries: Some(1), transfer: Some(1), matrix: Some(1), full_range: Some(false) };

    /// From three code points; "unspecified" says nothing.
    pub(super) fn from_codes([primaries, transfer, matrix]: [u16; 3], full_range: Option<bool>) -> Self {
        let said = |code: u16| u8::try_from(code).ok().filter(|&code| code != UNSPECIFIED);
        Self { primaries: said(primaries), transfer: said(transfer), matrix: said(matrix), full_range }
    }

    /// Whether primaries, transfer and matrix are those of `other`, range aside (`nclc` has none).
    pub fn same_codes(&self, other: &Self) -> bool {
        (self.primaries, self.transfer, self.matrix) == (other.primaries, other.transfer, other.matrix)
    }

    /// From the names that ffmpeg has for the code points.
    pub(super) fn from_names(primaries: &str, transfer: &str, matrix: &str, range: &str) -> Self {
        let code = |table: &[(&str, u8)], name: &str| table.iter().find(|row| row.0 == name).map(|row| row.1);
        Self {
            primaries: code(&PRIMARIES, primaries),
            transfer: code(&TRANSFERS, transfer),
            matrix: code(&MATRICES, matrix),
            full_range: match range {
                "tv" | "mpeg" | "limited" => Some(false),
                "pc" | "jpeg" | "full" => Some(true),
                _ => None,
            },
        }
    }
}

impl fmt::Display for ColorTags {
    /// `1-1-1`, `1-2-1` where the transfer is not said, with the range where it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [primaries, transfer, matrix] =
            [self.primaries, self.transfer, self.matrix].map(|code| code.unwrap_or(UNSPECIFIED));
        write!(f, "{primaries}-{transfer}-{matrix}")?;
        match self.full_range {
            Some(true) => f.write_str(" full range"),
            Some(false) => f.write_str(" narrow range"),
            None => Ok(()),
        }
    }
}

/// H.273's word for "the file does not say".
pub(super) const UNSPECIFIED: u8 = 2;

/// ffmpeg's names (libavutil, `color_primaries_names`).
const PRIMARIES: [(&str, u8); 12] = [
    ("bt709", 1),
    ("bt470m", 4),
    ("bt470bg", 5),
    ("smpte170m", 6),
    ("smpte240m", 7),
    ("film", 8),
    ("bt2020", 9),
    ("smpte428", 10),
    ("smpte431", 11),
    ("smpte432", 12),
    ("ebu3213", 22),
    ("jedec-p22", 22),
];

/// ffmpeg's names (libavutil, `color_transfer_names`).
const TRANSFERS: [(&str, u8); 17] = [
    ("bt709", 1),
    ("bt470m", 4),
    ("bt470bg", 5),
    ("smpte170m", 6),
    ("smpte240m", 7),
    ("linear", 8),
    ("log100", 9),
    ("log316", 10),
    ("iec61966-2-4", 11),
    ("bt1361e", 12),
    ("iec61966-2-1", 13),
    ("bt2020-10", 14),
    ("bt2020-12", 15),
    ("smpte2084", 16),
    ("smpte428", 17),
    ("arib-std-b67", 18),
    ("gamma22", 4),
];

/// ffmpeg's names (libavutil, `color_space_names`).
const MATRICES: [(&str, u8); 14] = [
    ("gbr", 0),
    ("bt709", 1),
    ("fcc", 4),
    ("bt470bg", 5),
    ("smpte170m", 6),
    ("smpte240m", 7),
    ("ycgco", 8),
    ("bt2020nc", 9),
    ("bt2020c", 10),
    ("smpte2085", 11),
    ("chroma-derived-nc", 12),
    ("chroma-derived-c", 13),
    ("ictcp", 14),
    ("rgb", 0),
];
