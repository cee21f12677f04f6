//! Checks what is delivered: finds frames and movies, decodes them one after another, lets the checks see each.

mod beside;
mod movie;
mod scene;

pub use scene::validate_scene;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::frames::{self, Listing, SequenceFiles};
use super::seen::SeenFiles;
use super::{FileSource, atomic, models, period};
use crate::color::ViewTransform;
use crate::convert::find_layer;
use crate::exr::cryptomatte::Labels;
use crate::exr::{self, Header, Layer, Limits, Request};
use crate::frame::Frame;
use crate::period::Judge;
use crate::picture::LayerPicture;
use crate::qc::{
    self, FrameEvidence, FrameObserved, Observation, QcReport, ReportContext, ShotReport, Thresholds, Validator,
    ValidatorOptions,
};
use crate::sequence::Sequence;
use crate::spec::{OutputSpec, output_format};
use crate::{Error, Result};
use beside::Beside;
use movie::{MovieCheck, MovieJob, Tools};

/// What to check, and against what.
#[derive(Debug, Clone)]
pub struct Job {
    /// A frame, a movie, or a folder of them.
    pub path: PathBuf,
    /// The deliverable it should be.
    pub expected: Expected,
    /// What display values are looked at through.
    pub transform: ViewTransform,
    /// RFC 3339, UTC: goes into the report.
    pub generated_at: String,
    /// The rules of the film's year.
    pub judge: Arc<Judge>,
    /// The numbers that decide.
    pub thresholds: Thresholds,
    /// Whether the movies of a folder are checked too, or left to others.
    pub movies: bool,
}

/// The deliverable that frames are held against.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Expected {
    /// What the kind of file is made for: EXR frames are masters, movies are what their codec says.
    #[default]
    ByKind,
    /// This one.
    Format(&'static OutputSpec),
    /// None; comparisons with a spec are not applicable.
    Nothing,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Frames and movies that were observed.
    pub done: usize,
    /// Frames and movies of the job.
    pub total: usize,
}

/// A finished job.
#[derive(Debug, Clone, PartialEq)]
pub struct Validated {
    /// What was found.
    pub report: QcReport,
    /// Files in the folder that were not looked at; of a sequence its first.
    pub skipped: Vec<PathBuf>,
}

/// Runs the job. `watch` hears of the start and of every finished frame.
///
/// # Errors
/// If there is nothing to check. A frame that cannot be read is a finding, and the others are looked at all the same.
pub fn validate(job: &Job, mut watch: impl FnMut(Progress)) -> Result<Validated> {
    let Found { mut listing, whole } = find(&job.path, job.movies)?;
    let movies = if job.movies { std::mem::take(&mut listing.videos) } else { Vec::new() };
    let tools = (!movies.is_empty()).then(Tools::find).transpose()?;
    let spec = match job.expected {
        Expected::ByKind => Some(output_format("master_exr")?.clone()),
        Expected::Format(spec) => Some(spec.clone()),
        Expected::Nothing => None,
    };
    let total: usize = listing.sequences.iter().map(|sequence| sequence.paths.len()).sum();
    let mut progress = Progress { done: 0, total: total + movies.len() };
    watch(progress);

    let mut buffer = Frame::default();
    let mut shots = Vec::new();
    for (sequence, shot_id) in listing.sequences.iter().zip(shot_ids(&job.path, &listing.sequences)) {
        let is_sequence = whole && !sequence.sequence.suffix.is_empty();
        let options = shot_options(job, sequence, shot_id, spec.clone(), is_sequence, total == sequence.paths.len());
        shots.push(shot(sequence, options, &mut buffer, || {
            progress.done += 1;
            watch(progress);
        }));
    }
    for (path, tools) in movies.iter().zip(tools.iter().cycle()) {
        let shot_id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let thresholds = job.thresholds.clone();
        let movie = MovieJob { path, shot_id, expected: job.expected, spec: None, masters: None, thresholds };
        shots.push(MovieCheck::start(tools, movie).finish());
        progress.done += 1;
        watch(progress);
    }
    let context = ReportContext {
        scene_id: scene_id(&job.path),
        generated_at: job.generated_at.clone(),
        transform: job.transform,
        period_year: job.judge.year(),
    };
    Ok(Validated { report: QcReport::new(shots, progress.done, context), skipped: listing.videos })
}

/// What the frames of one shot are held against.
fn shot_options(
    job: &Job,
    files: &SequenceFiles,
    shot_id: String,
    spec: Option<OutputSpec>,
    is_sequence: bool,
    is_alone: bool,
) -> ValidatorOptions {
    ValidatorOptions {
        shot_id,
        spec,
        is_sequence,
        transform: job.transform,
        thresholds: job.thresholds.clone(),
        judge: Some(Arc::clone(&job.judge)),
        evidence: period::shot_evidence(&files.folder, files.sequence.stem(), is_alone),
        text: models::text_search(),
    }
}

/// Writes the report, whole or not at all.
///
/// # Errors
/// If the system refuses.
pub fn write_report(path: &Path, report: &QcReport) -> Result<()> {
    atomic::write(path, to_json(report)?.as_bytes())
}

/// The report as `qc_report.json` holds it.
///
/// # Errors
/// None that a report can bring about.
pub fn to_json(report: &QcReport) -> Result<String> {
    pretty(report)
}

/// The schema of `qc_report.json`, as `schemas/` has it.
///
/// # Errors
/// None in practice.
pub fn schema() -> Result<String> {
    pretty(&qc::report_schema())
}

fn pretty(value: &impl Serialize) -> Result<String> {
    let json = serde_json::to_string_pretty(value);
    json.map(|json| json + "\n").map_err(|error| Error::spec(format!("it cannot be written as JSON: {error}"), ""))
}

struct Found {
    listing: Listing,
    /// Whether whole sequences were asked for, and not one frame.
    whole: bool,
}

fn find(path: &Path, with_movies: bool) -> Result<Found> {
    let metadata = std::fs::metadata(path).map_err(|error| Error::io("cannot be opened", path.display(), error))?;
    if metadata.is_dir() {
        let listing = frames::list(path)?;
        if listing.sequences.is_empty() && (listing.videos.is_empty() || !with_movies) {
            return Err(nothing(path, &listing));
        }
        return Ok(Found { listing, whole: true });
    }
    if frames::is_video(path) {
        let listing = Listing { videos: vec![path.to_owned()], ..Listing::default() };
        return Ok(Found { listing, whole: false });
    }
    if !frames::is_exr(path) {
        let error =
            Error::spec("this kind of file is not checked", "Give an .exr frame, a .mov or .mp4, or a folder of them");
        return Err(error.in_file(path.display()));
    }
    let sequences = Vec::from_iter(frames::single(path));
    Ok(Found { listing: Listing { sequences, ..Listing::default() }, whole: false })
}

/// The answer to a folder without frames: what was looked for, and what was there instead.
fn nothing(path: &Path, listing: &Listing) -> Error {
    let folders = match listing.folders {
        1 => String::new(),
        n => format!(" and the {} folders below it", n - 1),
    };
    let what = format!("there is no .exr, .mov or .mp4 file in this folder{folders} (hidden ones were not looked at)");
    Error::spec(what, "Give a folder of frames or movies, or one of them").in_file(path.display())
}

/// Names for the report: the stem, or more of the path where two sequences share it.
fn shot_ids(root: &Path, sequences: &[SequenceFiles]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for sequence in sequences {
        *counts.entry(sequence.sequence.stem()).or_default() += 1;
    }
    let id = |files: &SequenceFiles| {
        let Sequence { prefix, suffix, .. } = &files.sequence;
        let stem = files.sequence.stem();
        if counts.get(stem) == Some(&1) {
            return stem.to_owned();
        }
        let number = if suffix.is_empty() { "" } else { "#" };
        let name = PathBuf::from(format!("{prefix}{number}{suffix}"));
        files.folder.strip_prefix(root).unwrap_or(&files.folder).join(name).display().to_string()
    };
    sequences.iter().map(id).collect()
}

/// A folder's own name, a file's stem.
fn scene_id(path: &Path) -> String {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = if real.is_dir() { real.file_name() } else { path.file_stem() };
    name.map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// The checks over the frames of one sequence; `done` hears of each.
pub(super) fn shot(
    files: &SequenceFiles,
    options: ValidatorOptions,
    buffer: &mut Frame,
    done: impl FnMut(),
) -> ShotReport {
    shot_beside(files, options, buffer, &mut Beside::none(), done)
}

/// The same; the movies that were made of them see every frame too.
fn shot_beside(
    files: &SequenceFiles,
    options: ValidatorOptions,
    buffer: &mut Frame,
    movies: &mut Beside<'_>,
    mut done: impl FnMut(),
) -> ShotReport {
    let seen = SeenFiles::of(&files.paths);
    let mut validator = Validator::new(options);
    for (frame, path) in files.sequence.frames.iter().zip(&files.paths) {
        let file = path.display().to_string();
        let at = |seen| Observation { file: &file, number: frame.number, seen };
        match decode(path, buffer) {
            Ok(Decoded { header, layer, evidence, mattes }) => {
                validator.observe_evidence(frame.number, &file, &evidence);
                match header.parts.get(layer.part) {
                    Some(part) => {
                        let (frame, space) = (&*buffer, buffer.color_space);
                        validator.observe(&at(FrameObserved::Picture {
                            header: &header,
                            part,
                            layer: &layer,
                            frame,
                            space,
                            mattes: &mattes,
                        }));
                        movies.frame(LayerPicture::new(frame, part, &layer).ok().as_ref(), space);
                    }
                    None => {
                        validator.observe(&at(FrameObserved::Unreadable("its layer is in no part")));
                        movies.frame(None, buffer.color_space);
                    }
                }
            }
            Err(error) => {
                validator.observe(&at(FrameObserved::Unreadable(&error.to_string())));
                movies.frame(None, buffer.color_space);
            }
        }
        done();
    }
    let mut report = validator.finish();
    seen.note_in(&mut report);
    report
}

struct Decoded {
    header: Header,
    layer: Layer,
    evidence: FrameEvidence,
    mattes: Vec<Labels>,
}

/// The layer to show first and its mattes, into a buffer whose memory is used frame after frame.
fn decode(path: &Path, buffer: &mut Frame) -> Result<Decoded> {
    let limits = Limits::default();
    let source = FileSource::open(path)?;
    let header = Header::read(&source, &limits)?;
    let layer = find_layer(&header, None)?;
    let channels = qc::observed_channels(header.part(layer.part)?, &layer);
    let request = Request { part: layer.part, channels, bands: None };
    exr::decode_into(&source, &header, &request, &limits, buffer)?;
    let (evidence, mattes) = period::frame_evidence(path, &source, &header, &limits);
    Ok(Decoded { header, layer, evidence, mattes })
}
