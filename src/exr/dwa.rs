//! What a DWA chunk claims of its own sizes, held against what its region can hold: the `exr` crate takes the memory for them
//! before it looks at the data.

use crate::error::Place;
use crate::frame::Region;
use crate::{Error, Result};

/// A chunk begins with eleven counters of eight bytes (OpenEXR, `internal_dwa_compressor.h`, `DataSizesSingle`).
const COUNTERS: usize = 11;

/// Checks the counters of the chunk of `region`, which has that many channels and `length` bytes when it is decoded.
///
/// # Errors
/// If one of them is more than the region could need.
pub(super) fn check_sizes(chunk: &[u8], region: Region, channels: usize, length: usize) -> Result<()> {
    let counters = chunk.chunks_exact(8).take(COUNTERS).map(|bytes| bytes.iter().rev().fold(0, shift));
    let counters: Vec<u64> = counters.collect();
    let &[_, unknown, _, _, _, _, rle_packed, rle, ac, dc, _] = counters.as_slice() else {
        return Err(Error::malformed(Place::default(), "the chunk is too short for its counters"));
    };
    let blocks = u64::from(region.width.div_ceil(8)) * u64::from(region.height.div_ceil(8)) * channels as u64;
    let length = length as u64;
    // Of the 64 coefficients of a block one stands apart; run lengths add a byte to 127 at most.
    let limits =
        [(unknown, length), (rle, length), (rle_packed, length + length / 64 + 64), (ac, blocks * 64), (dc, blocks)];
    match limits.iter().find(|(claimed, limit)| claimed > limit) {
        None => Ok(()),
        Some((claimed, limit)) => {
            let what = format!("the chunk claims {claimed} values where there is room for {limit}");
            Err(Error::malformed(Place::default(), what))
        }
    }
}

fn shift(sum: u64, byte: &u8) -> u64 {
    sum << 8 | u64::from(*byte)
}
