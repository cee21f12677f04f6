//! What the quality control said of the deliverables, and whether that is still true.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::gather::ShotFiles;
use crate::editorial::ShotId;
use crate::error::Place;
use crate::qc::{QcReport, ShotReport};
use crate::{Error, Result};

const CHECK_AGAIN: &str = "Check the scene again: `blender-gsd validate-output --path MASTERS --report qc_report.json`, beside the masters' folder";

/// Reads the report.
///
/// # Errors
/// If there is none, or it is another kind of file.
pub(super) fn read(path: &Path) -> Result<QcReport> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let what = "the deliverables have no report of the quality control";
            return Err(Error::spec(what, CHECK_AGAIN).in_file(path.display()));
        }
        Err(error) => return Err(Error::io("cannot be read", path.display(), error)),
    };
    serde_json::from_slice(&text).map_err(|error| {
        let what = format!("this is no report of the quality control: {error}");
        Error::malformed(Place::at_line(error.line()), what).with_next(CHECK_AGAIN).in_file(path.display())
    })
}

/// Whether the report lets the shots go: every shot's master is in it, nothing was written since, and it has no errors or
/// someone said why they are accepted.
///
/// # Errors
/// If not.
pub(super) fn check(
    report: &QcReport,
    shots: &BTreeMap<ShotId, ShotFiles>,
    source: &Path,
    accepted: Option<&str>,
) -> Result<()> {
    let path = source.join("qc_report.json");
    let checked_at = modified(&path)?;
    for (shot, files) in shots {
        if of_shot(report, files).next().is_none() {
            let what = format!("the report of the quality control has no file of shot {shot}");
            return Err(Error::spec(what, CHECK_AGAIN).in_file(path.display()));
        }
        for file in files.all() {
            if modified(&file.source)? > checked_at {
                let what = "this file was changed after the quality control";
                return Err(Error::spec(what, CHECK_AGAIN).in_file(file.source.display()));
            }
        }
    }
    let errors: usize = {
        let shots: Vec<&ShotReport> = shots.values().flat_map(|files| of_shot(report, files)).collect();
        shots.iter().flat_map(|shot| &shot.issues).filter(|issue| issue.severity == crate::Severity::Error).count()
    };
    match accepted.map(str::trim) {
        _ if errors == 0 => Ok(()),
        Some(reason) if !reason.is_empty() => Ok(()),
        _ => {
            let what = format!("the quality control found {errors} errors");
            let next = "Mend them, or say why they are shipped: --accept-qc-errors \"REASON\"";
            Err(Error::spec(what, next).in_file(path.display()))
        }
    }
}

fn modified(path: &Path) -> Result<SystemTime> {
    let refused = |error| Error::io("cannot be looked at", path.display(), error);
    fs::metadata(path).and_then(|metadata| metadata.modified()).map_err(refused)
}

/// What the report says of a shot's files. They are known by their names: the report may have been made elsewhere.
pub(super) fn of_shot<'a>(report: &'a QcReport, files: &ShotFiles) -> impl Iterator<Item = &'a ShotReport> + use<'a> {
    let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let names: BTreeSet<String> = files.all().map(|file| name(&file.target)).collect();
    report.shots.iter().filter(move |shot| shot.files.iter().any(|file| names.contains(&name(&file.path))))
}
