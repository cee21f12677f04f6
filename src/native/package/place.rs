//! Files into their places: copied (the file system may share the blocks) or linked, kept where they are there already; each
//! hashed while it is still in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::gather::ShotFiles;
use super::{Step, Watch};
use crate::editorial::{MhlFile, ShotId};
use crate::native::mhl;
use crate::{Error, Result};

/// Puts every file of the shots from below `source` to below `folder`, several at a time, and hashes what came to lie there.
///
/// # Errors
/// If the system refuses.
pub(super) fn files(
    shots: &BTreeMap<ShotId, ShotFiles>,
    [source, folder]: [&Path; 2],
    hard_links: bool,
    watch: Watch<'_>,
) -> Result<Vec<MhlFile>> {
    let files: Vec<_> = shots.values().flat_map(ShotFiles::all).collect();
    let place = |file: &&super::gather::File| {
        let (from, to) = (source.join(&file.path), folder.join(&file.path));
        put(&from, &to, hard_links).map_err(|error| refused(&from, error))?;
        watch(Step::Bytes(file.bytes));
        mhl::hash_file(folder, file.path.clone(), &|bytes| watch(Step::Bytes(bytes)))
    };
    files.par_iter().map(place).collect()
}

fn refused(from: &Path, error: std::io::Error) -> Error {
    let is_full = matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge);
    let error = Error::io("cannot be put into the package", from.display(), error);
    if is_full { error.with_next("Free some space and run again: what is done is kept") } else { error }
}

fn put(from: &Path, to: &Path, hard_links: bool) -> std::io::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    if is_there(from, to)? {
        return Ok(());
    }
    match fs::remove_file(to) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // Another file system, or one without links: copied then.
    if hard_links && fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    let mut name = to.file_name().map_or_else(OsString::new, OsString::from);
    name.push(".part");
    let part = to.with_file_name(name);
    let copied = copy(from, &part).and_then(|()| fs::rename(&part, to));
    if copied.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&part);
    }
    copied
}

/// Whether an earlier run put it there: as long, and written at the same time, which is set last.
fn is_there(from: &Path, to: &Path) -> std::io::Result<bool> {
    let source = fs::metadata(from)?;
    match fs::symlink_metadata(to) {
        Ok(found) => Ok(found.is_file() && found.len() == source.len() && found.modified()? == source.modified()?),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Bytes and time; the standard library's copy shares blocks where the file system can.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::copy(from, to)?;
    let modified = fs::metadata(from)?.modified()?;
    let file = File::options().write(true).open(to)?;
    file.set_modified(modified)?;
    file.sync_all()
}

/// Takes away what an earlier run left that is not wanted now.
///
/// # Errors
/// If the system refuses.
pub(super) fn remove_others(folder: &Path, wanted: &[MhlFile]) -> Result<()> {
    let wanted = wanted.iter().map(|file| folder.join(&file.path)).collect();
    remove_unwanted(folder, &wanted)
}

fn remove_unwanted(folder: &Path, wanted: &BTreeSet<PathBuf>) -> Result<()> {
    let refused = |error| Error::io("cannot be tidied", folder.display(), error);
    for entry in fs::read_dir(folder).map_err(refused)? {
        let entry = entry.map_err(refused)?;
        let path = entry.path();
        if entry.file_type().map_err(refused)?.is_dir() {
            remove_unwanted(&path, wanted)?;
            // A folder that is not empty stays.
            let _ = fs::remove_dir(&path);
        } else if !wanted.contains(&path) {
            fs::remove_file(&path).map_err(refused)?;
        }
    }
    Ok(())
}
