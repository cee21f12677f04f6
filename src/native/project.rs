//! The project a command belongs to.

use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The file that marks a project's folder.
pub const MARKER: &str = "gsd.toml";

/// The project's folder: the one that was named, else the nearest with a [`MARKER`] from `current` upwards, else
/// `current`.
///
/// # Errors
/// If the named one is no folder.
pub fn find(named: Option<&Path>, current: &Path) -> Result<PathBuf> {
    if let Some(named) = named {
        return match named.is_dir() {
            true => Ok(named.to_owned()),
            false => Err(Error::spec("the project is no folder", "Give --project a folder").in_file(named.display())),
        };
    }
    let marked = current.ancestors().find(|folder| folder.join(MARKER).is_file());
    Ok(marked.unwrap_or(current).to_owned())
}
