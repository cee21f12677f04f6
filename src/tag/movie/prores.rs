//! ProRes: three bytes in every frame's header.
//!
//! Source: SMPTE RDD 36, 5.1.1 "Frame header".

use super::edit::Edit;
use super::{Codes, Patch};
use crate::error::Place;
use crate::exr::ByteSource;
use crate::media::boxes::{Atom, read};
use crate::media::prores::COLOR;
use crate::media::samples::samples;
use crate::{Error, Result};

/// Sets the codes in every frame of the table `stbl`.
pub(super) fn tag<S: ByteSource + ?Sized>(source: &S, stbl: &Atom, codes: Codes, edit: &mut Edit) -> Result<()> {
    for sample in samples(source, stbl)? {
        let head: [u8; COLOR + 3] = read(source, sample.at)?;
        if head[4..8] != *b"icpf" || (sample.size as usize) < head.len() {
            return Err(Error::malformed(Place::at(sample.at), "this is no ProRes picture"));
        }
        if head[COLOR..] != codes {
            edit.overwrite(Patch::over(sample.at + COLOR as u64, codes));
        }
    }
    Ok(())
}
