//! Two folders change their names in one step, which nobody sees the middle of.

use std::io;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags, renameat_with};

/// What was called `a` is called `b` afterwards, and the other way round.
///
/// # Errors
/// If the system refuses, or the file system cannot (NFS and some others).
pub(super) fn swap(a: &Path, b: &Path) -> io::Result<()> {
    renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE).map_err(io::Error::from)
}
