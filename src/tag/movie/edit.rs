//! Changes of a movie's boxes: sizes of what is around a change, and offsets of what is behind it.

use std::collections::BTreeMap;

use super::{Patch, Patches};
use crate::exr::ByteSource;
use crate::media::boxes::{Atom, find};
use crate::media::samples::{MOST_ENTRIES, table};
use crate::{Error, Result};

/// Changes that are gathered before they are worked out.
#[derive(Debug, Default)]
pub(super) struct Edit {
    patches: Vec<Patch>,
    /// By how much boxes grow, by where they start.
    growth: BTreeMap<u64, (Atom, i64)>,
}

impl Edit {
    /// A change that leaves every byte where it is.
    pub(super) fn overwrite(&mut self, patch: Patch) {
        self.patches.push(patch);
    }

    /// A change inside all boxes of `path`.
    pub(super) fn resize<'a>(&mut self, path: impl Iterator<Item = &'a Atom>, patch: Patch) {
        for atom in path {
            self.growth.entry(atom.start).or_insert_with(|| (atom.clone(), 0)).1 += patch.growth();
        }
        self.patches.push(patch);
    }

    /// All changes, with the sizes and offsets that follow from them.
    ///
    /// # Errors
    /// If a box or an offset does not fit its bits any more, or a table is damaged.
    pub(super) fn finish<S: ByteSource + ?Sized>(mut self, source: &S, tracks: &[Atom]) -> Result<Patches> {
        self.patches.sort_by_key(|patch| patch.at);
        let mut fixed = Vec::new();
        for (atom, growth) in self.growth.values().filter(|(_, growth)| *growth != 0) {
            fixed.extend(size(source, atom, *growth)?);
        }
        if self.patches.iter().any(|patch| patch.growth() != 0) {
            for track in tracks {
                fixed.extend(self.offsets(source, track)?);
            }
        }
        self.patches.extend(fixed);
        Patches::new(self.patches)
    }

    /// By how much what lies at `offset` moves.
    fn shift(&self, offset: u64) -> i64 {
        let before = self.patches.iter().take_while(|patch| patch.at + patch.removed <= offset);
        before.map(Patch::growth).sum()
    }

    /// The track's table of chunk offsets (14496-12, 8.7.5), where they move.
    fn offsets<S: ByteSource + ?Sized>(&self, source: &S, track: &Atom) -> Result<Option<Patch>> {
        let mut place = track.clone();
        for kind in [b"mdia", b"minf", b"stbl"] {
            let Some(found) = find(source, &place, kind)? else { return Ok(None) };
            place = found;
        }
        if let Some(narrow) = find(source, &place, b"stco")? {
            let old = table::<4, _>(source, &narrow, MOST_ENTRIES)?;
            let mut new = Vec::with_capacity(4 * old.len());
            for bytes in &old {
                let offset = u64::from(u32::from_be_bytes(*bytes));
                let moved = u32::try_from(offset.wrapping_add_signed(self.shift(offset))).map_err(|_| {
                    Error::limit(
                        "the movie would grow past what its 32-bit offsets reach",
                        "Write it with 64-bit offsets",
                    )
                })?;
                new.extend(moved.to_be_bytes());
            }
            return Ok((new != old.as_flattened()).then(|| Patch::over(narrow.body.start + 8, new)));
        }
        let Some(wide) = find(source, &place, b"co64")? else { return Ok(None) };
        let old = table::<8, _>(source, &wide, MOST_ENTRIES)?;
        let moved = |bytes: &[u8; 8]| {
            let offset = u64::from_be_bytes(*bytes);
            offset.wrapping_add_signed(self.shift(offset)).to_be_bytes()
        };
        let new: Vec<u8> = old.iter().flat_map(moved).collect();
        Ok((new != old.as_flattened()).then(|| Patch::over(wide.body.start + 8, new)))
    }
}

/// The box's new size, in the form it has: 32 bits, 64 bits, or "up to the end", which stays true.
fn size<S: ByteSource + ?Sized>(source: &S, atom: &Atom, growth: i64) -> Result<Option<Patch>> {
    let size = (atom.body.end - atom.start).wrapping_add_signed(growth);
    let mut scratch = Vec::new();
    match source.read(atom.start..atom.start + 4, &mut scratch)? {
        [0, 0, 0, 0] => Ok(None),
        [0, 0, 0, 1] => Ok(Some(Patch::over(atom.start + 8, size.to_be_bytes()))),
        _ => match u32::try_from(size) {
            Ok(size) => Ok(Some(Patch::over(atom.start, size.to_be_bytes()))),
            Err(_) => {
                Err(Error::limit("a box of the movie would grow past 4 GiB", "Write the movie with 64-bit sizes"))
            }
        },
    }
}
