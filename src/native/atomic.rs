//! Files that appear whole or not at all.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Puts `bytes` at `path`, replacing a file that is there: see [`write_with`].
///
/// # Errors
/// As [`destination`], or if the system refuses.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let refused = |error| Error::io("cannot be written", path.display(), error);
    write_with(path, |file| file.write_all(bytes).map_err(refused))
}

/// Puts what `fill` writes at `path`, replacing a file that is there.
///
/// It is written under a temporary name in the same folder, brought to the disk and renamed: whoever looks sees the old file
/// or the new one, never a part. After a failure neither is touched and no temporary file is left.
///
/// # Errors
/// As [`destination`], if `fill` fails, or if the system refuses.
pub fn write_with(path: &Path, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let target = destination(path)?;
    let refused = |error| Error::io("cannot be written", path.display(), error);
    let folder = folder_of(&target);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".blender-gsd-").suffix(".part");
    let old = fs::metadata(&target).ok().map(|metadata| metadata.permissions());
    // Temporary files are private by default; a result is for everyone whom the user's umask lets in.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).map_err(refused)?;
    fill(file.as_file_mut())?;
    if let Some(old) = old {
        file.as_file().set_permissions(old).map_err(refused)?;
    }
    file.as_file().sync_all().map_err(refused)?;
    file.persist(&target).map_err(|error| refused(error.error))?;
    sync_folder(folder);
    Ok(())
}

/// Where a file called `path` would come to lie, links followed. Asked before long work, it tells early what would stop
/// [`write()`] in the end.
///
/// # Errors
/// If there is something else than a writable file, or no folder to put it in.
pub fn destination(path: &Path) -> Result<PathBuf> {
    let refuse = |what: &str, next: &str| Err(Error::spec(what, next).in_file(path.display()));
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => refuse("this is a folder", "Give the name of a file in it"),
        Ok(found) if !found.is_file() => refuse("this is not a regular file", "Give another name"),
        Ok(found) if found.permissions().readonly() => {
            refuse("there is a write-protected file of that name", "Give another name, or lift its protection")
        }
        // A link stays a link, the file it leads to is replaced.
        Ok(_) => fs::canonicalize(path).map_err(|error| Error::io("cannot be found", path.display(), error)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if path.file_name().is_none() {
                return refuse("this is no file name", "Give the name of a file");
            }
            if !folder_of(path).is_dir() {
                return refuse("the folder it would lie in does not exist", "Make the folder first");
            }
            Ok(path.to_owned())
        }
        Err(error) => Err(Error::io("cannot be looked at", path.display(), error)),
    }
}

/// The folder a file lies in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Brings the new name to the disk. Not every file system can; the file itself is there already.
fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}
