//! Quality control in the pass: the checks see each frame as it is decoded, as the master it becomes.
//!
//! A composite that is to spec, or lacks tags only, has the pixels of its master: its header with the tags is what is
//! checked. Masters that are written anew are looked at where they lie, once they are there. Without masters the composite
//! is checked against no deliverable.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::master::MasterJob;
use super::plan::{Kind, Plan, state_folder};
use super::{Observer, Options, OutputReport, OutputState};
use crate::editorial::ExportJob;
use crate::exr::cryptomatte::Labels;
use crate::exr::{Attribute, Header, Limits};
use crate::frame::Frame;
use crate::master::{Way, way};
use crate::native::project::Project;
use crate::native::seen::Seen;
use crate::native::{FileSource, clock, frames, journal, models, period, validate};
use crate::period::Judge;
use crate::qc::{
    FrameObserved, Observation, QcReport, ReportContext, ReportFile, ShotReport, Status, Validator, ValidatorOptions,
};
use crate::spec::{Container, OutputSpec};
use crate::{Error, Result, Severity};

/// What the checks found in a shot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QualityReport {
    /// The report that has it all.
    pub path: PathBuf,
    /// The verdict.
    pub status: Status,
    /// Findings that must be mended.
    pub errors: usize,
    /// Findings that someone should look at.
    pub warnings: usize,
}

impl QualityReport {
    /// Of the shot in the report at `path`.
    pub(super) fn new(path: &Path, shot: &ShotReport) -> Self {
        let count = |severity| shot.issues.iter().filter(|issue| issue.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        Self { path: path.to_owned(), status: shot.status, errors, warnings }
    }
}

/// The checks over one shot.
pub(super) struct Quality {
    options: ValidatorOptions,
    validator: Validator,
    /// What the frames become; none where no master is asked for.
    masters: Option<MasterJob>,
    /// Whether a master differs from its composite in its pixels.
    is_rewritten: bool,
    report: PathBuf,
    folder: PathBuf,
    lock: PathBuf,
    scene: String,
    judge: Arc<Judge>,
}

impl Quality {
    /// The checks, if there is anything to be checked that the scene's report does not have yet.
    ///
    /// # Errors
    /// If the settings are unsound.
    pub(super) fn new(project: &Project, job: &ExportJob, plan: &Plan, options: &Options) -> Result<Option<Self>> {
        let folder = project.output_folder(&job.scene_id);
        let report = folder.join("qc_report.json");
        let masters = plan.outputs.iter().find_map(|output| match &output.kind {
            Kind::Masters(masters) => Some((output, masters)),
            Kind::Movie { .. } => None,
        });
        let is_current = match masters {
            Some((output, _)) => !options.force && output.current()?.is_some(),
            None => true,
        };
        let is_known = || read(&report).is_some_and(|known| known.shots.iter().any(|shot| is_of(shot, job)));
        if options.no_qc || (is_current && is_known()) {
            return Ok(None);
        }
        let judge = period::judge(&project.root, None)?;
        let shot = job.shot_id.as_str();
        let beside = job.composite_path.parent().unwrap_or(Path::new(""));
        // Where each shot has a folder of its own, all that lies in it is about the shot.
        let is_own = beside.file_name().is_some_and(|name| name.to_string_lossy().contains(shot));
        let checks = ValidatorOptions {
            shot_id: shot.to_owned(),
            spec: masters.map(|(_, masters)| masters.spec.clone()).or_else(|| spec_of_movies(project, plan)),
            is_sequence: plan.source.frames.len() > 1,
            transform: plan.look.transform(),
            thresholds: project.config.thresholds()?,
            judge: Some(Arc::clone(&judge)),
            evidence: period::shot_evidence(beside, shot, is_own),
            text: models::text_search(),
        };
        Ok(Some(Self {
            validator: Validator::new(checks.clone()),
            options: checks,
            masters: masters.map(|(_, masters)| masters.clone()),
            is_rewritten: false,
            report,
            folder,
            lock: state_folder(project, &job.scene_id).join("qc_report.lock"),
            scene: job.scene_id.to_string(),
            judge,
        }))
    }

    /// Every check's answer, written into the scene's report.
    ///
    /// # Errors
    /// If a master cannot be looked at, or the report cannot be written.
    pub(super) fn finish(self, outputs: &[OutputReport]) -> Result<Option<QualityReport>> {
        let Self { options, validator, masters, is_rewritten, report, folder, lock, scene, judge } = self;
        let failed = |masters: &MasterJob| {
            let is_it = |output: &&OutputReport| output.format == masters.spec.name.as_ref();
            outputs.iter().find(is_it).is_some_and(|output| output.state == OutputState::Failed)
        };
        if masters.as_ref().is_some_and(failed) {
            return Ok(None);
        }
        let transform = options.transform;
        let mut shot = match &masters {
            Some(masters) if is_rewritten => check_masters(masters, options)?,
            _ => validator.finish(),
        };
        make_relative(&mut shot, &folder)?;
        let found = QualityReport::new(&report, &shot);
        let context =
            ReportContext { scene_id: scene, generated_at: clock::now()?, transform, period_year: judge.year() };
        put(&report, &lock, shot, context)?;
        Ok(Some(found))
    }
}

/// What composites have to be of which only movies are made: light in the working space at the movies' rate, of any size.
fn spec_of_movies(project: &Project, plan: &Plan) -> Option<OutputSpec> {
    let master = project.config.formats.iter().find(|format| format.spec.format == Container::OpenExr)?;
    let movie = plan.outputs.iter().find(|output| output.format.spec.format.is_movie())?;
    // Another space is converted, here as in masters.
    let is_working = plan.source.space.chromaticities == master.spec.color_space.chromaticities();
    is_working.then(|| OutputSpec {
        name: "composite".into(),
        resolution: plan.source.size,
        frame_rate: movie.format.spec.frame_rate,
        ..master.spec.clone()
    })
}

impl Observer for Quality {
    fn observe(&mut self, observation: &Observation<'_>) {
        let FrameObserved::Picture { header, .. } = observation.seen else { return };
        let path = Path::new(observation.file);
        let Some(masters) = &self.masters else {
            self.see(observation);
            return;
        };
        let place = masters.paths.get(&observation.number).map_or(path, PathBuf::as_path).display().to_string();
        match way(header, &masters.wanted(observation.number)) {
            Ok(Way::AsItIs) => self.see(&Observation { file: &place, ..*observation }),
            Ok(Way::Retag(tags)) => {
                let tagged = tagged(header, &tags);
                self.see_tagged(&Observation { file: &place, ..*observation }, &tagged);
            }
            // What cannot become a master has no master to check.
            Ok(Way::Rewrite(_)) | Err(_) => self.is_rewritten = true,
        }
    }

    fn observe_file(&mut self, number: i32, path: &Path, header: &Header) -> Vec<Labels> {
        if self.is_rewritten {
            return Vec::new();
        }
        let Ok(source) = FileSource::open(path) else { return Vec::new() };
        let (evidence, mattes) = period::frame_evidence(path, &source, header, &Limits::default());
        self.validator.observe_evidence(number, &path.display().to_string(), &evidence);
        mattes
    }
}

impl Quality {
    fn see(&mut self, observation: &Observation<'_>) {
        if !self.is_rewritten {
            self.validator.observe(observation);
        }
    }

    fn see_tagged(&mut self, observation: &Observation<'_>, tagged: &Header) {
        if let FrameObserved::Picture { layer, frame, mattes, .. } = observation.seen
            && let Some(part) = tagged.parts.get(layer.part)
        {
            let space = part.color_space();
            let seen = FrameObserved::Picture { header: tagged, part, layer, frame, space, mattes };
            self.see(&Observation { seen, ..*observation });
        }
    }
}

/// The header with other attributes, one list for each part.
fn tagged(header: &Header, tags: &[Vec<Attribute>]) -> Header {
    let mut header = header.clone();
    for (part, tags) in header.parts.iter_mut().zip(tags) {
        part.attributes.retain(|known| !tags.iter().any(|tag| tag.name == known.name));
        part.attributes.extend(tags.iter().cloned());
    }
    header
}

/// Looks at the masters where they lie.
fn check_masters(masters: &MasterJob, options: ValidatorOptions) -> Result<ShotReport> {
    let paths: Vec<PathBuf> = masters.paths.values().cloned().collect();
    let first = paths.first().ok_or_else(|| Error::spec("there is no master to check", ""))?;
    let folder = first.parent().unwrap_or(Path::new("")).to_owned();
    let files = frames::sequences(&folder, paths).into_iter().next();
    let files = files.ok_or_else(|| Error::spec("there is no master to check", ""))?;
    Ok(validate::shot(&files, options, &mut Frame::default(), || ()))
}

/// Paths from the scene's folder on, and what their files are now.
pub(super) fn make_relative(shot: &mut ShotReport, folder: &Path) -> Result<()> {
    let start = |path: &str| {
        let relative = Path::new(path).strip_prefix(folder).ok()?;
        Some(relative.to_string_lossy().replace('\\', "/"))
    };
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for file in &mut shot.files {
        let Some(relative) = start(&file.path) else { continue };
        let seen = Seen::of(Path::new(&file.path))?;
        (file.bytes, file.modified) = (Some(seen.bytes), Some(seen.modified));
        names.insert(std::mem::replace(&mut file.path, relative.clone()), relative);
    }
    for issue in &mut shot.issues {
        if let Some(relative) = names.get(&issue.file) {
            issue.file.clone_from(relative);
        }
    }
    Ok(())
}

/// The report that is there, if it can be read.
pub(super) fn read(path: &Path) -> Option<QcReport> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

pub(super) fn is_of(shot: &ShotReport, job: &ExportJob) -> bool {
    shot.shot_id == job.shot_id.as_str()
}

/// Puts a shot's findings into the scene's report, in the place of older ones about it or its files.
pub(super) fn put(path: &Path, lock: &Path, shot: ShotReport, context: ReportContext) -> Result<()> {
    let _lock = journal::wait_for_lock(lock)?;
    let mut shots = read(path).map(|report| report.shots).unwrap_or_default();
    let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let first = shot.files.first().map(|file| name(&file.path)).unwrap_or_default();
    shots.retain(|old| old.shot_id != shot.shot_id && !old.files.iter().any(|file| name(&file.path) == first));
    shots.push(shot);
    shots.sort_by(|a, b| a.shot_id.cmp(&b.shot_id));
    let is_frame = |file: &&ReportFile| !frames::is_video(Path::new(&file.path));
    let frames = shots.iter().map(|shot| shot.files.iter().filter(is_frame).count()).sum();
    validate::write_report(path, &QcReport::new(shots, frames, context))
}
