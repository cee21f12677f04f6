//! What files say about the period: mattes of a frame, metadata and .blend files beside a shot.

mod blends;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::manifest::load_sidecars;
use super::validate::{Expected, Job, validate};
use super::{FileSource, frames, project};
use crate::color::ViewTransform;
use crate::exr::cryptomatte::Labels;
use crate::exr::{Cryptomatte, Header, Limits};
use crate::period::{self, Judge, RuleBase, Settings};
use crate::qc::{
    CheckId, FrameEvidence, MatteNames, PixelEvidence, QcIssue, ShotEvidence, Source, Thresholds, Validator,
    ValidatorOptions,
};
use crate::{Error, Result};

/// Larger metadata is not read: a shot's list of assets has some kilobytes.
const LARGEST_METADATA: u64 = 64 << 20;
/// Names of files that hold a shot's metadata wherever they lie with its frames.
const METADATA_NAMES: [&str; 8] =
    ["handoff", "metadata", "shot", "assets", "asset_list", "prompt", "prompts", "shot_metadata"];

/// The rules in force in a project, for its year or another: the program's, changed by the table `[period]` of its
/// `gsd.toml`.
///
/// # Errors
/// If the file cannot be read, or a rule of it cannot be used.
pub fn judge(project: &Path, year: Option<i32>) -> Result<Arc<Judge>> {
    let path = project.join(project::MARKER);
    let settings = match fs::read_to_string(&path) {
        Ok(text) => Settings::from_toml(&text).map_err(|error| error.in_file(path.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Settings::default(),
        Err(error) => return Err(Error::io("cannot be read", path.display(), error)),
    };
    let year = year.or(settings.year).unwrap_or(period::PERIOD_YEAR);
    let base = RuleBase::with(settings).map_err(|error| error.in_file(path.display()))?;
    Judge::new(&base, year).map(Arc::new).map_err(|error| error.in_file(path.display()))
}

/// Everything out of its time that a path tells of: a frame, a folder of frames, a .blend, metadata or a prompt.
///
/// # Errors
/// If it cannot be opened, or is of another kind.
pub fn check_period_accuracy(path: &Path, judge: &Arc<Judge>) -> Result<Vec<QcIssue>> {
    if path.is_file() && kind(path).is_some() {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut evidence = ShotEvidence::default();
        match kind(path) {
            Some("blend") => blends::read_tree(path, &project::find(None, folder)?, &mut evidence)?,
            _ => evidence.sources.extend(read_source(path)?),
        }
        let options = ValidatorOptions { judge: Some(Arc::clone(judge)), evidence, ..ValidatorOptions::default() };
        return Ok(Validator::new(options).finish().issues);
    }
    let job = Job {
        path: path.to_owned(),
        expected: Expected::Nothing,
        transform: ViewTransform::default(),
        generated_at: String::new(),
        judge: Arc::clone(judge),
        thresholds: Thresholds::default(),
        movies: false,
    };
    let shots = validate(&job, |_| ())?.report.shots;
    let issues = shots.into_iter().flat_map(|shot| shot.issues);
    Ok(issues.filter(|issue| issue.check == CheckId::NoModernElements).collect())
}

/// What the mattes of a frame say, and where they are.
pub fn frame_evidence(
    path: &Path,
    source: &FileSource,
    header: &Header,
    limits: &Limits,
) -> (FrameEvidence, Vec<Labels>) {
    let mut sets = Cryptomatte::sets(header);
    load_sidecars(path, &mut sets);
    let (mattes, labels): (_, Vec<_>) = sets.iter().map(|set| MatteNames::of_set(set, source, header, limits)).unzip();
    (FrameEvidence { mattes, pixels: PixelEvidence::NotSampled }, labels.into_iter().flatten().collect())
}

/// What the files beside a shot's frames say: metadata (`.json`), prompts (`.txt`) and scenes (`.blend`) in the frames'
/// folder, if they are named after the shot, or have one of the usual names and there is no other shot.
pub fn shot_evidence(folder: &Path, stem: &str, is_alone: bool) -> ShotEvidence {
    let mut evidence = ShotEvidence::default();
    let root = project::find(None, folder).unwrap_or_else(|_| folder.to_owned());
    let Ok(entries) = fs::read_dir(folder) else { return evidence };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| belongs(path, stem, is_alone)) {
        read_into(path, &root, &mut evidence);
    }
    evidence
}

/// Reads what a file names into the evidence; what stands in the way becomes one of its problems.
fn read_into(path: &Path, root: &Path, evidence: &mut ShotEvidence) {
    if kind(path) == Some("blend") {
        return blends::read_into(path, root, evidence);
    }
    match read_source(path) {
        Ok(Some(source)) => evidence.sources.push(source),
        Ok(None) => {}
        Err(error) => evidence.problems.push(error.to_string()),
    }
}

/// What a file of metadata names; `None` for a negative prompt.
fn read_source(path: &Path) -> Result<Option<Source>> {
    let in_file = |error: Error| error.in_file(path.display());
    let mentions = match kind(path) {
        Some("json") => period::mentions(&read_text(path)?).map_err(in_file)?,
        Some("txt") if !is_negative(path) => {
            vec![period::Mention {
                text: read_text(path)?,
                kind: period::MentionKind::Prompt,
                place: "text".to_owned(),
            }]
        }
        _ => return Ok(None),
    };
    Ok(Some(Source { file: path.display().to_string(), mentions }))
}

/// A negative prompt says what is not there.
fn is_negative(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem.to_string_lossy().to_lowercase().contains("negative"))
}

fn kind(path: &Path) -> Option<&'static str> {
    let extension = path.extension()?.to_str()?;
    ["json", "txt", "blend"].into_iter().find(|known| known.eq_ignore_ascii_case(extension))
}

fn belongs(path: &Path, stem: &str, is_alone: bool) -> bool {
    let Some(own) = path.file_stem().and_then(|own| own.to_str()) else { return false };
    if kind(path).is_none() || frames::is_hidden(path.file_name().unwrap_or_default()) || own.starts_with("qc_report") {
        return false;
    }
    let is_shots = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    };
    let is_usual = METADATA_NAMES.iter().any(|known| own.eq_ignore_ascii_case(known));
    is_shots(own, stem) || is_shots(stem, own) || (is_alone && is_usual)
}

fn read_text(path: &Path) -> Result<String> {
    let refused = |error| Error::io("cannot be read", path.display(), error);
    if fs::metadata(path).map_err(refused)?.len() > LARGEST_METADATA {
        let what = format!("this is larger than {} MiB, too large for metadata", LARGEST_METADATA >> 20);
        return Err(Error::limit(what, "Give a list of assets or a prompt").in_file(path.display()));
    }
    fs::read_to_string(path).map_err(refused)
}
