//! Files into their places: copied (the file system may share the blocks) or linked, and kept where they are there already.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::gather::{self, ShotFiles};
use crate::editorial::ShotId;
use crate::{Error, Result};

/// Puts every file of the shots below `folder`; says where they are. `watch` hears of the bytes of each.
///
/// # Errors
/// If the system refuses.
pub(super) fn files(
    shots: &BTreeMap<ShotId, ShotFiles>,
    folder: &Path,
    hard_links: bool,
    watch: impl Fn(u64),
) -> Result<BTreeSet<PathBuf>> {
    let mut placed = BTreeSet::new();
    for file in shots.values().flat_map(ShotFiles::all) {
        let target = folder.join(&file.target);
        let refused = |error: std::io::Error| {
            let is_full = matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
            let error = Error::io("cannot be put into the package", file.source.display(), error);
            if is_full { error.with_next("Free some space and run again: what is done is kept") } else { error }
        };
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(refused)?;
        }
        if !is_there(file, &target).map_err(refused)? {
            place(file, &target, hard_links).map_err(refused)?;
        }
        watch(file.bytes);
        placed.insert(target);
    }
    Ok(placed)
}

/// Whether an earlier run put it there: as long, and written at the same time, which is set last.
fn is_there(file: &gather::File, target: &Path) -> std::io::Result<bool> {
    let source = fs::metadata(&file.source)?;
    match fs::symlink_metadata(target) {
        Ok(found) => Ok(found.is_file() && found.len() == source.len() && found.modified()? == source.modified()?),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn place(file: &gather::File, target: &Path, hard_links: bool) -> std::io::Result<()> {
    match fs::remove_file(target) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // Another file system, or one without links: copied then.
    if hard_links && fs::hard_link(&file.source, target).is_ok() {
        return Ok(());
    }
    let mut name = target.file_name().map_or_else(OsString::new, OsString::from);
    name.push(".part");
    let part = target.with_file_name(name);
    let copied = copy(&file.source, &part).and_then(|()| fs::rename(&part, target));
    if copied.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&part);
    }
    copied
}

/// Bytes and time; the standard library's copy shares blocks where the file system can.
fn copy(source: &Path, target: &Path) -> std::io::Result<()> {
    fs::copy(source, target)?;
    let modified = fs::metadata(source)?.modified()?;
    let file = File::options().write(true).open(target)?;
    file.set_modified(modified)?;
    file.sync_all()
}

/// Takes away what an earlier run left that is not wanted now.
///
/// # Errors
/// If the system refuses.
pub(super) fn remove_others(folder: &Path, wanted: &BTreeSet<PathBuf>) -> Result<()> {
    let refused = |error| Error::io("cannot be tidied", folder.display(), error);
    for entry in fs::read_dir(folder).map_err(refused)? {
        let entry = entry.map_err(refused)?;
        let path = entry.path();
        if entry.file_type().map_err(refused)?.is_dir() {
            remove_others(&path, wanted)?;
            // A folder that is not empty stays.
            let _ = fs::remove_dir(&path);
        } else if !wanted.contains(&path) {
            fs::remove_file(&path).map_err(refused)?;
        }
    }
    Ok(())
}
