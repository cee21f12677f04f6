//! Checks all that is delivered of a scene: each shot's masters, and its movies beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::beside::Beside;
use super::movie::{MovieCheck, MovieJob, Tools};
use super::{Job, Progress, Validated, shot_beside, shot_options};
use crate::color::Display;
use crate::editorial::SceneId;
use crate::frame::Frame;
use crate::native::composites::{FRAME, UNKNOWN, value_in};
use crate::native::config::Template;
use crate::native::export::Look;
use crate::native::frames::{self, SequenceFiles};
use crate::native::project::Project;
use crate::qc::{QcReport, ReportContext, ShotReport};
use crate::spec::OutputSpec;
use crate::{Error, Result};

/// What there is of a shot.
#[derive(Default)]
struct Shot {
    sequences: Vec<(SequenceFiles, OutputSpec)>,
    movies: Vec<(PathBuf, OutputSpec)>,
}

/// Checks the scene's deliverables, found by the paths of the project's settings. `job.path` and `job.expected` are not
/// asked: the settings say what is where.
///
/// # Errors
/// If there is nothing to check, or no ffmpeg for its movies.
pub fn validate_scene(
    project: &Project,
    scene: &SceneId,
    job: &Job,
    mut watch: impl FnMut(Progress),
) -> Result<Validated> {
    let folder = project.output_folder(scene);
    let next = "Export them first: `blender-gsd batch-export`";
    if !folder.is_dir() {
        return Err(Error::spec(format!("scene {scene} has no deliverables"), next).in_file(folder.display()));
    }
    let (shots, others) = shots(project, scene, &folder)?;
    let total = shots.values().map(|shot| shot.movies.len() + shot.frames()).sum();
    if total == 0 {
        return Err(Error::spec(format!("scene {scene} has no deliverables"), next).in_file(folder.display()));
    }
    let has_movies = shots.values().any(|shot| !shot.movies.is_empty());
    let tools = has_movies.then(Tools::find).transpose()?;
    let mut progress = Progress { done: 0, total };
    watch(progress);
    let mut done = || {
        progress.done += 1;
        watch(progress);
    };
    let mut buffer = Frame::default();
    let mut frames = 0;
    let mut reports = Vec::new();
    for (shot_id, shot) in &shots {
        let look = look(project, scene, shot_id, job)?;
        let parts = shot.check(shot_id, look.as_ref(), job, tools.as_ref(), &mut buffer, &mut done);
        frames += shot.frames();
        reports.extend(ShotReport::merged(parts).map(|report| relative(report, &folder)));
    }
    let context = ReportContext {
        scene_id: scene.to_string(),
        generated_at: job.generated_at.clone(),
        transform: job.transform,
        period_year: job.judge.year(),
    };
    Ok(Validated { report: QcReport::new(reports, frames, context), skipped: others })
}

impl Shot {
    fn frames(&self) -> usize {
        self.sequences.iter().map(|(files, _)| files.paths.len()).sum()
    }

    /// Every check of its frames and, in step with those of the first format, of its movies.
    fn check(
        &self,
        id: &str,
        look: Option<&Look>,
        job: &Job,
        tools: Option<&Tools>,
        buffer: &mut Frame,
        mut done: impl FnMut(),
    ) -> Vec<ShotReport> {
        let masters = self.sequences.first().map(|(files, _)| files).filter(|_| look.is_some());
        let start = |(path, spec): &(PathBuf, OutputSpec)| {
            let (expected, thresholds) = (job.expected, job.thresholds.clone());
            let spec = Some(spec.clone());
            let movie = MovieJob { path, shot_id: id.to_owned(), expected, spec, masters, thresholds };
            Some(MovieCheck::start(tools?, movie))
        };
        let mut movies: Vec<MovieCheck> = self.movies.iter().filter_map(start).collect();
        let mut parts: Vec<ShotReport> = Vec::new();
        for (place, (files, spec)) in self.sequences.iter().enumerate() {
            let options = shot_options(job, files, id.to_owned(), Some(spec.clone()), true, self.sequences.len() == 1);
            let mut beside = match look {
                Some(look) if place == 0 => Beside::new(look, &mut movies),
                _ => Beside::none(),
            };
            parts.push(shot_beside(files, options, buffer, &mut beside, &mut done));
        }
        for movie in movies {
            parts.push(movie.finish());
            done();
        }
        parts
    }
}

/// The shots by their ids, and files that belong to none.
fn shots(project: &Project, scene: &SceneId, folder: &Path) -> Result<(BTreeMap<String, Shot>, Vec<PathBuf>)> {
    let listing = frames::list(folder)?;
    let mut shots: BTreeMap<String, Shot> = BTreeMap::new();
    let mut others = Vec::new();
    let formats = &project.config.formats;
    let unknown = UNKNOWN.to_string();
    let pattern = |path: &Template, name: &str| project.fill_with(path, [scene.as_str(), &unknown], name, FRAME);
    let shot_in = |pattern: &str, path: &str| value_in(pattern, path).filter(|id| !id.contains('/')).map(str::to_owned);
    for files in listing.sequences {
        let sequence = &files.sequence;
        let is_numbered = !sequence.suffix.is_empty();
        let middle = if is_numbered { FRAME } else { "" };
        let name = below(folder, &files.folder.join(format!("{}{middle}{}", sequence.prefix, sequence.suffix)));
        let found = formats.iter().filter(|format| !format.spec.format.is_movie()).find_map(|format| {
            let path = if is_numbered { format.path.clone() } else { format.path.without_frame() };
            Some((shot_in(&pattern(&path, &format.spec.name), &name)?, format.spec.clone()))
        });
        match found {
            Some((shot, spec)) => shots.entry(shot).or_default().sequences.push((files, spec)),
            None => others.extend(files.paths.into_iter().take(1)),
        }
    }
    for video in listing.videos {
        let name = below(folder, &video);
        let found = formats
            .iter()
            .filter(|format| format.spec.format.is_movie())
            .find_map(|format| Some((shot_in(&pattern(&format.path, &format.spec.name), &name)?, format.spec.clone())));
        match found {
            Some((shot, spec)) => shots.entry(shot).or_default().movies.push((video, spec)),
            None => others.push(video),
        }
    }
    Ok((shots, others))
}

/// What the shot's movies were looked at through, by the settings. A name that is no shot's has no look.
///
/// # Errors
/// If a file of the look cannot be read.
fn look(project: &Project, scene: &SceneId, shot: &str, job: &Job) -> Result<Option<Look>> {
    let Ok(shot) = shot.parse() else { return Ok(None) };
    Look::of_shot(project, (scene, &shot), job.transform.view, Display::Rec709).map(Some)
}

/// The report lies in the scene's folder: its paths start there.
fn relative(mut report: ShotReport, folder: &Path) -> ShotReport {
    let files = report.files.iter_mut().map(|file| &mut file.path);
    for path in files.chain(report.issues.iter_mut().map(|issue| &mut issue.file)) {
        *path = below(folder, Path::new(path));
    }
    report
}

/// The path below `root`, with `/`.
fn below(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).iter();
    parts.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}
