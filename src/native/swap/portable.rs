//! Systems that cannot exchange two names in one step.

use std::io;
use std::path::Path;

/// Says that it cannot be done.
///
/// # Errors
/// Always.
pub(super) fn swap(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
