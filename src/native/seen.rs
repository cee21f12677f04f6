//! What files were when they were checked, so that it can be said later whether they still are.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::qc::ShotReport;
use crate::{Error, Result};

/// A file's length and time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// In bytes.
    pub(super) bytes: u64,
    /// When it was last written: RFC 3339, UTC, to the nanosecond.
    pub(super) modified: String,
}

impl Seen {
    /// The file as it is now.
    ///
    /// # Errors
    /// If it cannot be looked at.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let refused = |error| Error::io("cannot be looked at", path.display(), error);
        let metadata = fs::metadata(path).map_err(refused)?;
        let modified = metadata.modified().map_err(refused)?;
        let modified = jiff::Timestamp::try_from(modified).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string();
        Ok(Self { bytes: metadata.len(), modified })
    }
}

/// Files before they are checked, by their paths as reports have them.
#[derive(Debug, Default)]
pub(super) struct SeenFiles(HashMap<String, Seen>);

impl SeenFiles {
    /// Those of these files that can be looked at.
    pub(super) fn of(paths: &[PathBuf]) -> Self {
        Self(paths.iter().filter_map(|path| Some((path.display().to_string(), Seen::of(path).ok()?))).collect())
    }

    /// Notes in the report what its files were.
    pub(super) fn note_in(&self, report: &mut ShotReport) {
        for file in &mut report.files {
            let seen = self.0.get(&file.path);
            (file.bytes, file.modified) = (seen.map(|seen| seen.bytes), seen.map(|seen| seen.modified.clone()));
        }
    }
}
