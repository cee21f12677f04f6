//! When a track's pictures are shown, in its own ticks.
//!
//! Source: ISO/IEC 14496-12, 8.6 (`stts`, `ctts`, `stss`, `elst`) and 8.4.2 (`mdhd`).

use std::ops::Range;

use super::boxes::{Atom, find, read};
use super::samples::table;
use crate::Result;
use crate::exr::ByteSource;
use crate::spec::FrameRate;

/// Runs in a table of times; a file that has more is not believed.
const MOST_RUNS: u32 = 2_100_000;
/// Pieces that a movie is edited together from.
const MOST_EDITS: u32 = 10_000;

/// The clock of a track and what it says of every picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Times {
    /// Ticks a second; 0 where the file does not say.
    scale: u32,
    /// As the header has it.
    told: u64,
    /// Runs of as many pictures that last as many ticks.
    lengths: Vec<[u32; 2]>,
    /// Runs of as many pictures that are shown so much later than they are decoded.
    delays: Vec<(u32, i32)>,
    /// Numbers, from 1 on, of pictures that need no other; `None` where all are.
    keys: Option<Vec<u32>>,
    /// What of the track's time is shown; everything where there is none.
    edits: Vec<Range<i64>>,
}

/// One picture's place in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) shown_at: i64,
    pub(super) is_key: bool,
    /// Whether the movie's edit shows it.
    pub(super) is_shown: bool,
}

impl Times {
    /// Reads what there is; what is missing says nothing.
    ///
    /// # Errors
    /// If a table is damaged, or longer than it may be.
    pub(super) fn read<S: ByteSource + ?Sized>(source: &S, moov: &Atom, track: &Atom, stbl: &Atom) -> Result<Self> {
        let words = |[a, b]: [[u8; 4]; 2]| [u32::from_be_bytes(a), u32::from_be_bytes(b)];
        let pairs = |atom: Option<Atom>| match atom {
            Some(atom) => Ok(table::<8, _>(source, &atom, MOST_RUNS)?
                .into_iter()
                .map(|[a, b, c, d, e, f, g, h]| words([[a, b, c, d], [e, f, g, h]]))
                .collect()),
            None => Ok::<Vec<[u32; 2]>, crate::Error>(Vec::new()),
        };
        let media = find(source, track, b"mdia")?;
        let clock = |parent: Option<&Atom>, kind| match parent.map(|parent| find(source, parent, kind)).transpose()? {
            Some(Some(atom)) => clock(source, &atom),
            _ => Ok((0, 0)),
        };
        let (scale, told) = clock(media.as_ref(), b"mdhd")?;
        let (movie_scale, _) = clock(Some(moov), b"mvhd")?;
        let keys = find(source, stbl, b"stss")?.map(|atom| table::<4, _>(source, &atom, MOST_RUNS)).transpose()?;
        let edits = find(source, track, b"edts")?.map(|edits| find(source, &edits, b"elst")).transpose()?.flatten();
        Ok(Self {
            scale,
            told,
            lengths: pairs(find(source, stbl, b"stts")?)?,
            delays: pairs(find(source, stbl, b"ctts")?)?.into_iter().map(|[count, by]| (count, by as i32)).collect(),
            keys: keys.map(|keys| keys.into_iter().map(u32::from_be_bytes).collect()),
            edits: edits.map_or(Ok(Vec::new()), |edits| shown(source, &edits, scale, movie_scale))?,
        })
    }

    /// The exact rate, if every picture lasts equally long.
    pub(super) fn rate(&self) -> Option<FrameRate> {
        let mut runs = self.lengths.iter().filter(|[count, _]| *count > 0);
        let &[_, ticks] = runs.next()?;
        if self.scale == 0 || ticks == 0 || runs.any(|[_, other]| *other != ticks) {
            return None;
        }
        let common = common_divisor(self.scale, ticks);
        Some(FrameRate { numerator: self.scale / common, denominator: ticks / common })
    }

    /// Pictures that have a length.
    pub(super) fn count(&self) -> u64 {
        self.lengths.iter().map(|[count, _]| u64::from(*count)).sum()
    }

    /// Length in ticks, and ticks a second: the shortest that anything in the file says.
    pub(super) fn duration(&self) -> Option<[u64; 2]> {
        // Damaged tables claim any length.
        let lengths = self.lengths.iter().map(|[count, ticks]| u64::from(*count) * u64::from(*ticks));
        let sum = lengths.fold(0, u64::saturating_add);
        let edited = self.edits.iter().map(|edit| edit.end.abs_diff(edit.start)).fold(0, u64::saturating_add);
        let all = [self.told, sum, edited].into_iter().filter(|&ticks| ticks > 0);
        Some([all.min()?, self.scale.into()])
    }

    /// The moments of the pictures in the order of decoding; as many as have a length.
    pub(super) fn moments(&self) -> impl Iterator<Item = Moment> + '_ {
        let lengths = self.lengths.iter().flat_map(|&[count, ticks]| (0..count).map(move |_| i64::from(ticks)));
        let delays = self.delays.iter().flat_map(|&(count, by)| (0..count).map(move |_| i64::from(by)));
        let mut keys = self.keys.as_deref();
        let mut decoded_at = 0_i64;
        lengths.zip(delays.chain(std::iter::repeat(0))).zip(1_u32..).map(move |((ticks, delay), number)| {
            let shown_at = decoded_at.saturating_add(delay);
            decoded_at = decoded_at.saturating_add(ticks);
            let is_key = match &mut keys {
                None => true,
                Some([first, rest @ ..]) if *first == number => {
                    keys = Some(rest);
                    true
                }
                Some(_) => false,
            };
            let is_shown = self.edits.is_empty() || self.edits.iter().any(|edit| edit.contains(&shown_at));
            Moment { shown_at, is_key, is_shown }
        })
    }
}

/// Ticks a second and length of `mdhd` or `mvhd`, whose second version has wider times.
fn clock<S: ByteSource + ?Sized>(source: &S, atom: &Atom) -> Result<(u32, u64)> {
    let start = atom.body.start;
    let [version] = read(source, start)?;
    Ok(match version {
        1 => (u32::from_be_bytes(read(source, start + 20)?), u64::from_be_bytes(read(source, start + 24)?)),
        _ => {
            let told = u32::from_be_bytes(read(source, start + 16)?);
            (u32::from_be_bytes(read(source, start + 12)?), told.into())
        }
    })
}

/// The track's ticks that `elst` shows; pieces of nothing show none.
fn shown<S: ByteSource + ?Sized>(source: &S, list: &Atom, scale: u32, movie_scale: u32) -> Result<Vec<Range<i64>>> {
    let [version] = read(source, list.body.start)?;
    let entries: Vec<(u64, i64)> = match version {
        1 => table::<20, _>(source, list, MOST_EDITS)?
            .iter()
            .filter_map(|entry| {
                let (length, rest) = entry.split_first_chunk::<8>()?;
                Some((u64::from_be_bytes(*length), i64::from_be_bytes(*rest.first_chunk()?)))
            })
            .collect(),
        _ => table::<12, _>(source, list, MOST_EDITS)?
            .iter()
            .map(|&[a, b, c, d, e, f, g, h, ..]| {
                (u32::from_be_bytes([a, b, c, d]).into(), i32::from_be_bytes([e, f, g, h]).into())
            })
            .collect(),
    };
    let ticks = |length: u64| {
        let exact = u128::from(length) * u128::from(scale) + u128::from(movie_scale) / 2;
        i64::try_from(exact / u128::from(movie_scale.max(1))).unwrap_or(i64::MAX)
    };
    let pieces = entries.into_iter().filter(|&(length, start)| start >= 0 && length > 0);
    Ok(pieces.map(|(length, start)| start..start.saturating_add(ticks(length))).collect())
}

fn common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::{Moment, Times};
    use crate::spec::FrameRate;

    #[test]
    fn runs_become_moments_and_the_edit_says_which_are_shown() {
        let times = Times {
            scale: 24_000,
            told: 5005,
            lengths: vec![[2, 1001], [3, 1001]],
            delays: vec![(1, 1001), (4, -1001)],
            keys: Some(vec![1, 4]),
            edits: std::iter::once(0..2002).collect(),
        };
        let moments: Vec<_> = times.moments().collect();
        let expected =
            [(1001, true, true), (0, false, true), (1001, false, true), (2002, true, false), (3003, false, false)];
        assert_eq!(moments, expected.map(|(shown_at, is_key, is_shown)| Moment { shown_at, is_key, is_shown }));
        assert_eq!(times.rate(), Some(FrameRate { numerator: 24_000, denominator: 1001 }));
        assert_eq!((times.count(), times.duration()), (5, Some([2002, 24_000])));
        let varying = Times { lengths: vec![[2, 1001], [1, 1000]], ..times };
        assert_eq!(varying.rate(), None);
        assert_eq!(Times::default().rate(), None);
    }
}
