//! Coding-independent code points: how a file says what its display values mean.

use super::Display;

/// ITU-T H.273 code points of an RGB picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cicp {
    /// ColourPrimaries: H.273, 8.1, table 2.
    pub primaries: u8,
    /// TransferCharacteristics: H.273, 8.2, table 3.
    pub transfer: u8,
    /// MatrixCoefficients: H.273, 8.3, table 4; 0 is RGB.
    pub matrix: u8,
    /// VideoFullRangeFlag.
    pub full_range: bool,
}

impl Cicp {
    /// The code points of a full-range RGB picture for that display.
    pub const fn rgb(display: Display) -> Self {
        let transfer = match display {
            // BT.709: the transfer whose reference display is BT.1886.
            Display::Rec709 => 1,
            // IEC 61966-2-1.
            Display::Srgb => 13,
        };
        Self { primaries: 1, transfer, matrix: 0, full_range: true }
    }

    /// The four bytes of a PNG `cICP` chunk (PNG third edition, 11.3.2.6).
    pub const fn to_bytes(self) -> [u8; 4] {
        [self.primaries, self.transfer, self.matrix, self.full_range as u8]
    }
}
