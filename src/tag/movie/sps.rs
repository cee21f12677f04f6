//! Sequence parameter sets of H.264, and what they say of colour.
//!
//! Source: ITU-T H.264, 7.3.2.1.1 (`seq_parameter_set_data`) and annex E.1.1 (`vui_parameters`).

use super::Codes;
use crate::media::bits::{BitWriter, Bits, Ended, escape, unescape};
use crate::media::h264;

/// `video_format`: unspecified (table E-2).
const UNSPECIFIED: u32 = 5;

/// A set, as a whole unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sps {
    pub(super) unit: Vec<u8>,
    /// Its `video_full_range_flag`.
    pub(super) full_range: bool,
}

/// The same set with these codes; range and everything else stay.
///
/// # Errors
/// In words, if it is damaged.
pub(super) fn with_colour(unit: &[u8], codes: Codes) -> Result<Sps, String> {
    let payload = unescape(unit);
    let new = rewrite(&payload, codes).map_err(|Ended| "a parameter set of the video is damaged".to_owned())?;
    let (payload, full_range) = new;
    Ok(Sps { unit: escape(&payload), full_range })
}

fn rewrite(old: &[u8], [primaries, transfer, matrix]: Codes) -> Result<(Vec<u8>, bool), Ended> {
    let usability_at = h264::Sps::read(old)?.usability_at;
    let mut new = BitWriter::default();
    let mut bits = Bits::new(old);
    let stop = bits.stop()?;
    new.copy(&mut bits, usability_at)?;
    let has_usability = bits.bit()?;
    new.bit(true);
    let (mut format, mut full_range) = (UNSPECIFIED, false);
    if has_usability {
        let start = bits.clone();
        skip_aspect(&mut bits)?;
        let end = bits.position();
        new.copy(&mut start.clone(), end)?;
        if bits.bit()? {
            (format, full_range) = (bits.number(3)?, bits.bit()?);
            if bits.bit()? {
                bits.number(24)?;
            }
        }
    } else {
        // aspect_ratio_info_present_flag, overscan_info_present_flag
        new.number(0, 2);
    }
    new.bit(true);
    new.number(format, 3);
    new.bit(full_range);
    new.bit(true);
    for code in [primaries, transfer, matrix] {
        new.number(code.into(), 8);
    }
    if has_usability {
        new.copy(&mut bits, stop)?;
    } else {
        // No chroma location, timing, HRD of either kind, picture structure, or restriction.
        new.number(0, 6);
    }
    Ok((new.finish(), full_range))
}

/// `aspect_ratio_info_present_flag` up to `video_signal_type_present_flag`.
fn skip_aspect(bits: &mut Bits<'_>) -> Result<(), Ended> {
    if bits.bit()? && bits.number(8)? == h264::EXTENDED_SAR {
        bits.number(32)?;
    }
    if bits.bit()? {
        bits.bit()?;
    }
    Ok(())
}
