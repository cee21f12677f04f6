//! What stands before the slices: of the frame (5.1) and of its picture (5.2).

use super::{Settings, WEIGHT};
use crate::color::ycbcr::Sampling;

/// The one who made it (`encoder_identifier`): Apple's own, for some players trust no other.
const CREATOR: &[u8; 4] = b"apl0";
/// Bytes of the frame's header with both matrices.
const FRAME_HEADER: u16 = 20 + 2 * 64;
/// Bytes of the picture's header.
const PICTURE_HEADER: usize = 8;
/// H.273's code of BT.709, for primaries, transfer and matrix alike.
const BT709: u8 = 1;

/// The frame's size, still open, its mark, and its header.
pub(super) fn frame(settings: &Settings) -> Vec<u8> {
    let is_444 = settings.layout.sampling() == Sampling::Ycbcr444;
    let has_alpha = settings.layout.has_alpha();
    let mut head = vec![0; 4];
    head.extend_from_slice(b"icpf");
    head.extend_from_slice(&FRAME_HEADER.to_be_bytes());
    // The version: 1 where there is 4:4:4 or alpha (`bitstream_version`).
    head.extend_from_slice(&[0, u8::from(is_444 || has_alpha)]);
    head.extend_from_slice(CREATOR);
    settings.size.iter().for_each(|&side| head.extend_from_slice(&(side as u16).to_be_bytes()));
    // 4:2:2 is 2, 4:4:4 is 3; progressive is 0.
    head.push(if is_444 { 0b1100_0000 } else { 0b1000_0000 });
    // Pixels are square.
    head.push(1 << 4 | rate_code(settings));
    head.extend_from_slice(&[BT709, BT709, BT709]);
    // Alpha has 16 bits.
    head.push(if has_alpha { 2 } else { 0 });
    // Both matrices follow. Where none does, all weights are what ours are; but there are programs (ffmpeg's
    // `prores_metadata`) that take a header of 20 bytes for none.
    head.extend_from_slice(&[0, 0b11]);
    head.extend([WEIGHT; 2 * 64]);
    head
}

/// `frame_rate_code`; 0 is another rate.
fn rate_code(settings: &Settings) -> u8 {
    const RATES: [(i32, i32); 11] = [
        (24000, 1001),
        (24, 1),
        (25, 1),
        (30000, 1001),
        (30, 1),
        (50, 1),
        (60000, 1001),
        (60, 1),
        (100, 1),
        (120000, 1001),
        (120, 1),
    ];
    let found = (1..).zip(RATES).find(|(_, (top, bottom))| settings.frame_rate.is(*top, *bottom as u32));
    found.map_or(0, |(code, _)| code)
}

/// The picture's header; `bytes` is what its slices take.
pub(super) fn picture(slices: usize, bytes: usize) -> [u8; PICTURE_HEADER] {
    let size = (PICTURE_HEADER + 2 * slices + bytes) as u32;
    let [a, b, c, d] = size.to_be_bytes();
    // More slices than two bytes count are legal: the number is deprecated, decoders work it out.
    let [e, f] = u16::try_from(slices).unwrap_or(0).to_be_bytes();
    [(PICTURE_HEADER as u8) << 3, a, b, c, d, e, f, (super::SLICE.ilog2() as u8) << 4]
}
