//! Where a track's pictures lie.

use super::boxes::{Atom, find, read};
use crate::error::Place;
use crate::exr::ByteSource;
use crate::{Error, Result};

/// Entries of a table: a day of 60 frames a second is five million.
pub(crate) const MOST_ENTRIES: u32 = 16_000_000;

/// One coded picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    /// In bytes from the start of the file.
    pub(crate) at: u64,
    /// In bytes.
    pub(crate) size: u32,
    /// Where its size is told, unless all have one size.
    pub(crate) told_at: Option<u64>,
}

/// Every sample of the table `stbl`, in the track's order (14496-12, 8.7).
///
/// # Errors
/// If the tables are missing, contradict one another, or point outside the file.
pub(crate) fn samples<S: ByteSource + ?Sized>(source: &S, stbl: &Atom) -> Result<Vec<Sample>> {
    listed(source, stbl, MOST_ENTRIES, source.len())
}

/// The same for `most` samples, which end at `end` at the latest: a file that was cut short still lists what it had.
///
/// # Errors
/// As above.
pub(super) fn listed<S: ByteSource + ?Sized>(source: &S, stbl: &Atom, most: u32, end: u64) -> Result<Vec<Sample>> {
    let malformed = |what: &str| Error::malformed(Place::at(stbl.start), what);
    let required = |kind| find(source, stbl, kind);
    let sizes = required(b"stsz")?.ok_or_else(|| malformed("a track has no table of sample sizes"))?;
    let runs = required(b"stsc")?.ok_or_else(|| malformed("a track has no table of chunks"))?;
    let chunks: Vec<u64> = match (required(b"stco")?, required(b"co64")?) {
        (Some(narrow), _) => table::<4, _>(source, &narrow, MOST_ENTRIES)?
            .iter()
            .map(|bytes| u32::from_be_bytes(*bytes).into())
            .collect(),
        (None, Some(wide)) => {
            table::<8, _>(source, &wide, MOST_ENTRIES)?.iter().map(|bytes| u64::from_be_bytes(*bytes)).collect()
        }
        (None, None) => return Err(malformed("a track has no table of offsets")),
    };
    let sizes = Sizes::read(source, &sizes, most)?;
    let runs = table::<12, _>(source, &runs, MOST_ENTRIES)?;
    let field = |run: &[u8; 12], at: usize| u32::from_be_bytes([run[at], run[at + 1], run[at + 2], run[at + 3]]);
    let mut samples = Vec::with_capacity(sizes.table.len());
    // Chunks are numbered from 1; a run of chunks with as many samples each goes up to the next run's first.
    for (place, run) in runs.iter().enumerate() {
        let first = field(run, 0).max(1) as usize - 1;
        let last = runs.get(place + 1).map_or(chunks.len(), |next| field(next, 0).max(1) as usize - 1);
        for &chunk in chunks.get(first..last.min(chunks.len())).unwrap_or_default() {
            let mut at = chunk;
            for _ in 0..field(run, 4) {
                let Some(sample) = sizes.sample(samples.len(), at) else { break };
                at = at.checked_add(sample.size.into()).filter(|&at| at <= end).ok_or_else(|| {
                    Error::truncated(Place::at(chunk), format!("picture {} lies outside the file", samples.len()))
                })?;
                samples.push(sample);
            }
        }
    }
    if samples.len() != sizes.count as usize {
        let what = format!("{} pictures have a size, {} have a place", sizes.count, samples.len());
        return Err(malformed(&what));
    }
    Ok(samples)
}

/// `stsz`: one size for all, or a table of them (8.7.3.2).
struct Sizes {
    one: u32,
    count: u32,
    table: Vec<[u8; 4]>,
    table_at: u64,
}

impl Sizes {
    fn read<S: ByteSource + ?Sized>(source: &S, atom: &Atom, most: u32) -> Result<Self> {
        let one = u32::from_be_bytes(read(source, atom.body.start + 4)?);
        let count = u32::from_be_bytes(read(source, atom.body.start + 8)?);
        if count > most {
            return Err(too_many(count, most));
        }
        let entries = Atom { body: atom.body.start + 4..atom.body.end, ..atom.clone() };
        let table = if one == 0 { table::<4, _>(source, &entries, MOST_ENTRIES)? } else { Vec::new() };
        Ok(Self { one, count, table, table_at: atom.body.start + 12 })
    }

    fn sample(&self, index: usize, at: u64) -> Option<Sample> {
        if index >= self.count as usize {
            return None;
        }
        match self.one {
            0 => {
                let size = u32::from_be_bytes(*self.table.get(index)?);
                Some(Sample { at, size, told_at: Some(self.table_at + 4 * index as u64) })
            }
            size => Some(Sample { at, size, told_at: None }),
        }
    }
}

/// The entries of a table: version and flags, their number, then they.
///
/// # Errors
/// If there are more than `most`, or the box is too short for them.
pub(crate) fn table<const N: usize, S: ByteSource + ?Sized>(
    source: &S,
    atom: &Atom,
    most: u32,
) -> Result<Vec<[u8; N]>> {
    let count = u32::from_be_bytes(read(source, atom.body.start + 4)?);
    if count > most {
        return Err(too_many(count, most));
    }
    let start = atom.body.start + 8;
    let end = start + u64::from(count) * N as u64;
    if end > atom.body.end {
        return Err(Error::truncated(Place::at(atom.start), format!("a table claims {count} entries and has less")));
    }
    let mut scratch = Vec::new();
    Ok(source.read(start..end, &mut scratch)?.as_chunks::<N>().0.to_vec())
}

fn too_many(count: u32, most: u32) -> Error {
    Error::limit(format!("a table claims {count} entries, the limit is {most}"), "")
}
