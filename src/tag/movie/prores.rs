//! ProRes: three bytes in every frame's header.
//!
//! Source: SMPTE RDD 36, 5.1.1 "Frame header".

use super::edit::Edit;
use super::{Codes, Patch};
use crate::error::Place;
use crate::exr::ByteSource;
use crate::media::boxes::{Atom, read};
use crate::media::samples::samples;
use crate::{Error, Result};

/// Where the colour codes stand in a frame: after its size, `icpf`, header size, version, creator, width, height, flags,
/// and aspect with rate.
const COLOUR: usize = 4 + 4 + 2 + 2 + 4 + 2 + 2 + 1 + 1;

/// Sets the codes in every frame of the table `stbl`.
pub(super) fn tag<S: ByteSource + ?Sized>(source: &S, stbl: &Atom, codes: Codes, edit: &mut Edit) -> Result<()> {
    for sample in samples(source, stbl)? {
        let head: [u8; COLOUR + 3] = read(source, sample.at)?;
        if head[4..8] != *b"icpf" || (sample.size as usize) < head.len() {
            return Err(Error::malformed(Place::at(sample.at), "this is no ProRes picture"));
        }
        if head[COLOUR..] != codes {
            edit.overwrite(Patch::over(sample.at + COLOUR as u64, codes));
        }
    }
    Ok(())
}
