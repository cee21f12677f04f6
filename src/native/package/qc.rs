//! What the quality control said of the deliverables, and whether that is still true.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::gather::{File, ShotFiles};
use super::made::Made;
use super::pictures::findings::Pictures;
use serde_json::Value;

use crate::editorial::ShotId;
use crate::error::Place;
use crate::native::seen::Seen;
use crate::qc::{QcIssue, QcReport, ReportFile, ShotReport, Status};
use crate::spec::Container;
use crate::{Error, Result, Severity};

const CHECK_AGAIN: &str = "Check the scene again (`blender-gsd validate-output`), or leave --no-export away";

/// A report, and which of its shots and files are about which delivered file.
pub(super) struct Checked {
    /// The report.
    pub(super) report: QcReport,
    /// When its file was written.
    written: SystemTime,
    /// Places of files in the report (shot, file), by the last part of their names.
    by_name: HashMap<String, Vec<[usize; 2]>>,
}

impl Checked {
    /// Reads the report at `path`.
    ///
    /// # Errors
    /// If there is none, or it is another kind of file.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let refused = |error| Error::io("cannot be read", path.display(), error);
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let what = "the deliverables have no report of the quality control";
                return Err(Error::spec(what, CHECK_AGAIN).in_file(path.display()));
            }
            Err(error) => return Err(refused(error)),
        };
        let written = fs::metadata(path).and_then(|metadata| metadata.modified()).map_err(refused)?;
        let report: QcReport = serde_json::from_slice(&text).map_err(|error| {
            let what = format!("this is no report of the quality control: {error}");
            Error::malformed(Place::at_line(error.line()), what).with_next(CHECK_AGAIN).in_file(path.display())
        })?;
        let mut by_name: HashMap<String, Vec<[usize; 2]>> = HashMap::new();
        for (shot, found) in report.shots.iter().enumerate() {
            for (place, file) in found.files.iter().enumerate() {
                by_name.entry(last_part(&file.path).to_owned()).or_default().push([shot, place]);
            }
        }
        Ok(Self { report, written, by_name })
    }

    /// Where the report has a file. It is known by the end of its path, or by its name where only one is called so: the
    /// report may have been made elsewhere.
    fn find(&self, file: &File) -> Option<[usize; 2]> {
        let places = self.by_name.get(last_part(&file.path))?;
        let is_it = |[shot, place]: &&[usize; 2]| {
            self.report.shots[*shot].files[*place].path.replace('\\', "/").ends_with(&file.path)
        };
        let only = || places.first().filter(|_| places.len() == 1);
        places.iter().find(is_it).or_else(only).copied()
    }

    /// What the report says of a shot's files.
    pub(super) fn of_shot(&self, files: &ShotFiles) -> impl Iterator<Item = &ShotReport> {
        self.places_of(files).into_iter().filter_map(|shot| self.report.shots.get(shot))
    }

    /// Places in the report that are about a shot's files.
    fn places_of(&self, files: &ShotFiles) -> BTreeSet<usize> {
        files.all().filter_map(|file| self.find(file)).map(|[shot, _]| shot).collect()
    }

    /// The findings about a shot's files, each with its place in the report.
    pub(super) fn issues_of(&self, files: &ShotFiles) -> impl Iterator<Item = ([usize; 2], &QcIssue)> {
        self.places_of(files).into_iter().flat_map(|shot| {
            let issues = self.report.shots.get(shot).map_or(&[][..], |report| &report.issues);
            issues.iter().enumerate().map(move |(place, issue)| ([shot, place], issue))
        })
    }

    /// The verdict on a shot.
    pub(super) fn status(&self, files: &ShotFiles) -> Status {
        self.of_shot(files).map(|report| report.status).max().unwrap_or(Status::Pass)
    }

    /// The report as it lies in the package: files by their paths there, findings with their pictures.
    pub(super) fn delivered(
        &self,
        shots: &BTreeMap<ShotId, ShotFiles>,
        pictures: &Pictures,
    ) -> Result<Value, serde_json::Error> {
        let mut report = self.report.clone();
        for files in shots.values() {
            for file in files.all() {
                let Some([shot, place]) = self.find(file) else { continue };
                let shot = &mut report.shots[shot];
                let known = std::mem::replace(&mut shot.files[place].path, file.path.clone());
                let same = shot.issues.iter_mut().filter(|issue| issue.file == known);
                same.for_each(|issue| issue.file.clone_from(&file.path));
            }
        }
        let mut report = serde_json::to_value(report)?;
        for ([shot, issue], picture) in pictures {
            report["shots"][shot]["issues"][issue]["picture"] = Value::from(picture.as_str());
        }
        Ok(report)
    }

    /// Whether every file of the shots was checked and is still the one that was.
    ///
    /// A movie that is in no report passes too, if the export verified it against the frames that it encoded, and it was
    /// not touched since: the picture in it is the one that was checked.
    ///
    /// # Errors
    /// Naming the file that is not.
    pub(super) fn covers(&self, shots: &BTreeMap<ShotId, ShotFiles>, source: &Path, made: &Made) -> Result<()> {
        for (shot, files) in shots {
            if !files.masters().iter().any(|file| self.find(file).is_some()) {
                let what = format!("the report of the quality control has no file of shot {shot}");
                return Err(Error::spec(what, CHECK_AGAIN));
            }
            for deliverable in &files.deliverables {
                for file in &deliverable.files {
                    let place = source.join(&file.path);
                    let refuse = |what: &str| Err(Error::spec(what, CHECK_AGAIN).in_file(place.display()));
                    match self.find(file) {
                        Some([shot, at]) if !self.is_same(&self.report.shots[shot].files[at], &place)? => {
                            return refuse("this file was changed after the quality control");
                        }
                        Some(_) => {}
                        None if deliverable.spec.format != Container::OpenExr
                            && made.is_verified(source, &file.path) => {}
                        None => return refuse("this file is in no report of the quality control"),
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a file is the one that was looked at: by what was noted of it then, else by the time of the report.
    fn is_same(&self, noted: &ReportFile, place: &Path) -> Result<bool> {
        match (noted.bytes, &noted.modified) {
            (Some(bytes), Some(modified)) => Ok(Seen::of(place)? == Seen { bytes, modified: modified.clone() }),
            _ => {
                let refused = |error| Error::io("cannot be looked at", place.display(), error);
                Ok(fs::metadata(place).and_then(|found| found.modified()).map_err(refused)? <= self.written)
            }
        }
    }

    /// Whether the report lets the shots go: it has no errors, or someone said why they are accepted.
    ///
    /// # Errors
    /// If not.
    pub(super) fn passes(&self, shots: &BTreeMap<ShotId, ShotFiles>, accepted: Option<&str>) -> Result<()> {
        let issues = shots.values().flat_map(|files| self.of_shot(files)).flat_map(|shot| &shot.issues);
        let errors = issues.filter(|issue| issue.severity == Severity::Error).count();
        match accepted.map(str::trim) {
            _ if errors == 0 => Ok(()),
            Some(reason) if !reason.is_empty() => Ok(()),
            _ => {
                let what = format!("the quality control found {errors} errors");
                Err(Error::spec(what, "Mend them, or say why they are shipped: --accept-qc-errors \"REASON\""))
            }
        }
    }
}

fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}
