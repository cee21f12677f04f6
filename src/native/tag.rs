//! `embed_color_profile`: tags of a file that is there already.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::{FileSource, atomic};
use crate::error::Place;
use crate::exr::ByteSource;
use crate::tag::{FileKind, Patches, Profile, Segment, patches};
use crate::{Error, Result};

/// What was done to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// What kind of file it is.
    pub kind: FileKind,
    /// Places that were changed; none where the file said it all already and was left alone.
    pub changes: usize,
    /// The file's size now, in bytes.
    pub bytes: u64,
}

/// Says in the file at `path` that its numbers are of that profile. Pixels and pictures stay what they are, bit for bit;
/// nothing is decoded or encoded. The file is replaced whole, or not at all.
///
/// # Errors
/// If it cannot be of that profile, is damaged where the tags are, or cannot be replaced.
pub fn embed_color_profile(path: &Path, profile: Profile) -> Result<Tagged> {
    let in_file = |error: Error| error.in_file(path.display());
    let source = FileSource::open(path)?;
    let kind = FileKind::of(&source).map_err(in_file)?;
    let patches = patches(&source, profile).map_err(in_file)?;
    if !patches.is_empty() {
        atomic::write_with(path, |file| {
            copy(path, &source, &patches, file)?;
            verify(path, file, profile)
        })?;
    }
    Ok(Tagged { kind, changes: patches.iter().count(), bytes: FileSource::open(path)?.len() })
}

/// The changed file, which the system copies where nothing changes.
fn copy(path: &Path, source: &FileSource, patches: &Patches, target: &mut File) -> Result<()> {
    let refused = |error| Error::io("cannot be written", path.display(), error);
    let mut old = File::open(path).map_err(|error| Error::io("cannot be opened", path.display(), error))?;
    for segment in patches.segments(source.len()) {
        match segment {
            Segment::New(bytes) => target.write_all(bytes).map_err(refused)?,
            Segment::Kept(range) => {
                old.seek(SeekFrom::Start(range.start)).map_err(refused)?;
                let length = range.end - range.start;
                let copied = std::io::copy(&mut Read::by_ref(&mut old).take(length), target).map_err(refused)?;
                if copied < length {
                    return Err(crate::exr::out_of_range(&range, range.start + copied).in_file(path.display()));
                }
            }
        }
    }
    Ok(())
}

/// Reads the new file's tags: there must be nothing left to change.
fn verify(path: &Path, new: &File, profile: Profile) -> Result<()> {
    let new = new.try_clone().map_err(|error| Error::io("cannot be read back", path.display(), error))?;
    let left = patches(&FileSource::of(new, path.display().to_string())?, profile)?;
    if left.is_empty() {
        return Ok(());
    }
    let what =
        format!("after tagging, {} places still say something else; the file was left as it was", left.iter().count());
    Err(Error::malformed(Place::default(), what).in_file(path.display()))
}
