//! H.264: every sequence parameter set, in the sample entries and among the pictures.
//!
//! Source: ISO/IEC 14496-15, 5.3.3 (`avcC`) and 5.3.2 (units in samples).

use super::edit::Edit;
use super::sps::{self, Sps};
use super::{Codes, Patch, Video, missing, unsupported};
use crate::error::Place;
use crate::exr::ByteSource;
use crate::media::boxes::{Atom, find_in_entry, read};
use crate::media::h264::SPS;
use crate::media::samples::{Sample, samples};
use crate::{Error, Result};

/// Bytes of `avcC` before its sets: version, profile, compatibility, level, length of lengths, number of sets.
const FIXED: usize = 6;

/// Sets the codes in every parameter set. Whether the codes are full range.
pub(super) fn tag<S: ByteSource + ?Sized>(
    source: &S,
    top: &[Atom],
    video: &Video,
    codes: Codes,
    edit: &mut Edit,
) -> Result<bool> {
    let mut full_range = false;
    let mut length_bytes = 4;
    for entry in &video.entries {
        let config = find_in_entry(source, entry, b"avcC")?.ok_or_else(|| missing(b"avcC", entry))?;
        let mut scratch = Vec::new();
        let body = source.read(config.body.clone(), &mut scratch)?;
        let new = configuration(body, codes).map_err(|what| Error::malformed(Place::at(config.start), what))?;
        (full_range, length_bytes) = (full_range || new.full_range, new.length_bytes);
        if new.body != body {
            let path = video.path.iter().chain([entry, &config]);
            edit.resize(path, Patch::instead(config.body.clone(), new.body));
        }
    }
    for sample in samples(source, &video.path[4])? {
        full_range |= tag_sample(source, top, sample, length_bytes, codes, edit)?;
    }
    Ok(full_range)
}

/// What `avcC` becomes.
struct Configuration {
    body: Vec<u8>,
    length_bytes: usize,
    full_range: bool,
}

/// Replaces the sets in `avcC`; whatever follows them stays.
fn configuration(old: &[u8], codes: Codes) -> Result<Configuration, String> {
    let too_short = || "avcC is too short".to_owned();
    let (fixed, mut rest) = old.split_first_chunk::<FIXED>().ok_or_else(too_short)?;
    let mut new =
        Configuration { body: fixed.to_vec(), length_bytes: usize::from(fixed[4] & 3) + 1, full_range: false };
    for _ in 0..fixed[5] & 0x1f {
        let (length, after) = rest.split_first_chunk::<2>().ok_or_else(too_short)?;
        let (unit, after) = after.split_at_checked(u16::from_be_bytes(*length).into()).ok_or_else(too_short)?;
        rest = after;
        let Sps { unit, full_range } = sps::with_colour(unit, codes)?;
        new.full_range |= full_range;
        let length = u16::try_from(unit.len()).map_err(|_| "a parameter set is too long".to_owned())?;
        new.body.extend(length.to_be_bytes());
        new.body.extend(unit);
    }
    new.body.extend(rest);
    Ok(new)
}

/// Replaces the sets that stand among a sample's units; most movies have none there.
fn tag_sample<S: ByteSource + ?Sized>(
    source: &S,
    top: &[Atom],
    sample: Sample,
    length_bytes: usize,
    codes: Codes,
    edit: &mut Edit,
) -> Result<bool> {
    let end = sample.at + u64::from(sample.size);
    let (mut at, mut growth, mut full_range) = (sample.at, 0, false);
    let mut scratch = Vec::new();
    while at < end {
        let unit = at + length_bytes as u64;
        let head = source.read(at..(unit + 1).min(end), &mut scratch)?;
        let damaged = || Error::malformed(Place::at(at), "a picture's units do not fill it");
        let (length, kind) = head.split_at_checked(length_bytes).ok_or_else(damaged)?;
        let length = length.iter().fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
        let is_set = kind.first().is_some_and(|byte| byte & 0x1f == SPS);
        let next = unit + length;
        if next > end {
            return Err(damaged());
        }
        if is_set {
            let old = source.read(unit..next, &mut scratch)?;
            let new = sps::with_colour(old, codes).map_err(|what| Error::malformed(Place::at(unit), what))?;
            full_range |= new.full_range;
            if new.unit != old {
                let length = (new.unit.len() as u64).to_be_bytes();
                let patch = Patch::instead(at..next, [&length[8 - length_bytes..], &new.unit].concat());
                growth += patch.growth();
                edit.resize(top.iter().filter(|atom| atom.body.contains(&at)), patch);
            }
        }
        at = next;
    }
    if growth != 0 {
        let what = "the movie's pictures have one size, and one of them would grow";
        let told_at = sample.told_at.ok_or_else(|| unsupported(what, "Write it anew with `ffmpeg -c copy`"))?;
        let size = u32::from_be_bytes(read(source, told_at)?).wrapping_add_signed(growth as i32);
        edit.overwrite(Patch::over(told_at, size.to_be_bytes()));
    }
    Ok(full_range)
}

#[cfg(test)]
mod tests {
    use super::configuration;

    #[test]
    fn a_damaged_configuration_is_refused_and_never_panics() {
        let sps = [0x67, 0x42, 0x00, 0x0a, 0xf8, 0x41, 0xa2];
        let whole = [&[1, 0x42, 0, 0x0a, 0xff, 0xe1, 0, 7], sps.as_slice(), &[1, 0, 2, 0x68, 0xce]].concat();
        let new = configuration(&whole, [1, 1, 1]).map(|new| (new.body.ends_with(&whole[15..]), new.length_bytes));
        assert_eq!(new, Ok((true, 4)));
        for length in 0..15 {
            assert!(configuration(&whole[..length], [1, 1, 1]).is_err(), "{length}");
        }
    }
}
