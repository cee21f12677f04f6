//! Export: a shot's composite to its deliverables, in one pass.
//!
//! A composite that is a .blend is rendered first. Then each frame is read and decoded once. For every movie it is resampled
//! in scene-linear light, put through the view and packed into the encoder's own planes, which go to the encoder's stdin;
//! masters are copied or written beside. All writers run side by side behind bounded queues, so that the slowest one holds
//! the others back and memory stays what it is.
//!
//! Files appear under their final names whole and verified, or not at all.

mod facts;
mod lettering;
mod master;
mod master_check;
mod movie;
mod pass;
mod plan;
mod quality;
mod rendering;
mod report;
mod samples;
mod source;
mod verify;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::color::View;
use crate::editorial::{ExportJob, JobStatus, SceneId, ShotId};
use crate::exr::Header;
use crate::exr::cryptomatte::Labels;
use crate::native::blender;
use crate::native::composites::{self, Composite, Place};
use crate::native::config::Format;
use crate::native::ffmpeg::Ffmpeg;
use crate::native::frames::SequenceFiles;
use crate::native::process::shell_line;
use crate::native::project::Project;
use crate::qc::Observation;
use crate::{Error, Result};

pub(super) use plan::{Look, state_folder};

use pass::{Context, Making};
use plan::{Kind, Output, Plan};
use quality::Quality;
pub use quality::QualityReport;
pub use rendering::RenderReport;
use rendering::Rendering;
pub use report::{OutputReport, OutputState, ShotExport};
use source::Source;

/// What a run is to do differently from the settings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// First and last frame of the cut, by the numbers in the composites' names; all frames where `None`.
    pub frames: Option<[i32; 2]>,
    /// Frames at either end beyond the cut.
    pub handles: Option<u32>,
    /// Make everything again, whatever is there.
    pub force: bool,
    /// Shots that are worked on at once; 0 is taken for 1.
    pub jobs: usize,
    /// The view.
    pub view: Option<View>,
    /// Where ffmpeg is.
    pub ffmpeg: Option<PathBuf>,
    /// Where Blender is.
    pub blender: Option<PathBuf>,
    /// Leave the quality control out.
    pub no_qc: bool,
    /// A slate in front of every movie, whatever the settings say.
    pub slate: bool,
    /// Burn-ins on every movie, likewise.
    pub burn_in: bool,
}

/// Sees every frame in the pass that exports it: quality control without a second decode.
pub trait Observer: Send {
    /// One frame, scene-linear, while the writers have it too.
    fn observe(&mut self, observation: &Observation<'_>);

    /// Its file, for what else may be in it: names, and mattes, which are given back for [`Self::observe`].
    fn observe_file(&mut self, _number: i32, _path: &Path, _header: &Header) -> Vec<Labels> {
        Vec::new()
    }
}

/// What is told while a job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// So many frames more are done with: rendered, or passed.
    Frames(usize),
    /// What is being done for a shot at this moment.
    Working(&'a ShotId, &'a str),
    /// Something worth knowing about a shot.
    Note(&'a ShotId, &'a str),
}

/// Hears of events, from several threads at once.
pub type Watch<'a> = &'a (dyn Fn(Event<'_>) + Sync);

/// The jobs of a scene.
#[derive(Debug, Default)]
pub struct SceneJobs {
    /// One for each shot, sorted by shot. A shot that cannot be exported is a failed job.
    pub jobs: Vec<ExportJob>,
    /// What lies where shots should, and cannot be one by its name.
    pub refused: Vec<Error>,
}

/// The jobs of all shots of a scene.
///
/// # Errors
/// If the scene has no shot, or there is no such format.
pub fn create_export_jobs(
    project: &Project,
    scene: &SceneId,
    formats: &[String],
    options: &Options,
) -> Result<SceneJobs> {
    let formats = project.config.formats_named(formats)?;
    let mut found = SceneJobs::default();
    for place in composites::of_scene(project, scene)? {
        match place.shot.parse() {
            Ok(shot) => found.jobs.push(create_job(scene.clone(), shot, &place, &formats, project, options)),
            Err(error) => found.refused.push(Error::in_file(error, place.path.display())),
        }
    }
    Ok(found)
}

/// The job of one shot, in the scene that is named, or in whichever has it.
///
/// # Errors
/// If there is no such shot or format, or several scenes have it.
pub fn create_export_job(
    project: &Project,
    scene: Option<&SceneId>,
    shot: &ShotId,
    formats: &[String],
    options: &Options,
) -> Result<ExportJob> {
    let formats = project.config.formats_named(formats)?;
    let place = composites::of_shot(project, scene, shot)?;
    let found = place.scene.as_deref().map(str::parse).transpose()?;
    let scene = scene.cloned().or(found).ok_or_else(|| {
        Error::spec(format!("nothing says which scene shot {shot} belongs to"), "Name it with --scene")
    })?;
    Ok(create_job(scene, shot.clone(), &place, &formats, project, options))
}

fn create_job(
    scene_id: SceneId,
    shot_id: ShotId,
    place: &Place,
    formats: &[&Format],
    project: &Project,
    options: &Options,
) -> ExportJob {
    let handles = options.handles.unwrap_or(project.config.composites.handles);
    let mut job = ExportJob {
        scene_id,
        shot_id,
        composite_path: place.path.clone(),
        frames: [0, 0],
        handles,
        outputs: formats.iter().map(|format| format.spec.clone()).collect(),
        status: JobStatus::Pending,
        problem: None,
    };
    let found = place.open().and_then(|composite| {
        job.composite_path = composite.path().to_owned();
        frames(&composite, handles, project, options)
    });
    match found {
        Ok(frames) => job.frames = frames,
        Err(error) => {
            job.status = JobStatus::Failed;
            job.problem = Some(error.to_string());
        }
    }
    job
}

/// First and last frame that are delivered: the cut with its handles, or all there is.
fn frames(composite: &Composite, handles: u32, project: &Project, options: &Options) -> Result<[i32; 2]> {
    if let Some([first, last]) = options.frames {
        let extend = |frame: i32, by: i64| i32::try_from(i64::from(frame) + by);
        return match (extend(first, -i64::from(handles)), extend(last, i64::from(handles))) {
            (Ok(first), Ok(last)) if first <= last => Ok([first, last]),
            _ => {
                Err(Error::spec(format!("there are no frames from {first} to {last}"), "Give the first, then the last"))
            }
        };
    }
    match composite {
        Composite::Sequence(files) => Ok(files.sequence.range().unwrap_or_default()),
        Composite::Blend(path) => {
            let timeout = Duration::from_secs(project.config.composites.blender_timeout);
            Ok(blender::survey(options.blender.as_deref(), path, timeout)?.frames)
        }
    }
}

/// Exports one shot.
pub fn run_export_job(project: &Project, job: ExportJob, options: &Options, watch: Watch<'_>) -> ShotExport {
    let mut export = ShotExport::begun(project, job);
    if export.job.status == JobStatus::Failed {
        return export;
    }
    export.job.status = JobStatus::Running;
    let problem = match run(project, &mut export, options, watch) {
        Ok(()) => {
            let failed = export.outputs.iter().find(|output| output.state == OutputState::Failed);
            failed.map(|output| format!("{}: {}", output.format, output.problem.as_deref().unwrap_or("it failed")))
        }
        Err(error) => Some(error.to_string()),
    };
    export.job.status = if problem.is_some() { JobStatus::Failed } else { JobStatus::Complete };
    export.job.problem = problem;
    export
}

fn run(project: &Project, export: &mut ShotExport, options: &Options, watch: Watch<'_>) -> Result<()> {
    let begun = Instant::now();
    let ShotExport { job, rendering, outputs, quality, .. } = export;
    let source = match Composite::open(&job.composite_path)? {
        Composite::Sequence(files) => sequence(project, job, &files)?,
        Composite::Blend(path) => {
            let of_shot = Rendering::new(project, job, &path, options)?;
            *rendering = Some(of_shot.run(watch)?);
            of_shot.source()?
        }
    };
    let plan = Plan::new(project, job, source, options)?;
    let mut wanted: Vec<&Output> = Vec::new();
    for output in &plan.outputs {
        match output.current()?.filter(|_| !options.force) {
            Some(_) => outputs.push(OutputReport { state: OutputState::Kept, ..OutputReport::new(output) }),
            None => wanted.push(output),
        }
    }
    let frames = plan.source.frames.len();
    let mut checks = Quality::new(project, job, &plan, options)?;
    if wanted.is_empty() && checks.is_none() {
        watch(Event::Frames(frames));
        return Ok(());
    }
    let has_movie = wanted.iter().any(|output| matches!(output.kind, Kind::Movie { .. }));
    let ffmpeg = has_movie.then(|| Ffmpeg::find(options.ffmpeg.as_deref())).transpose()?;
    let context = Context { shot: &job.shot_id, plan: &plan, ffmpeg: ffmpeg.as_ref(), begun };
    let makings = wanted.into_iter().map(|output| Making::start(&context, output, options.force)).collect();
    let done = AtomicUsize::new(0);
    watch(Event::Working(&job.shot_id, "exporting"));
    let observer = checks.as_mut().map(|checks| checks as &mut dyn Observer);
    let made = pass::run(&context, makings, observer, &|| {
        done.fetch_add(1, Ordering::Relaxed);
        watch(Event::Frames(1));
    });
    // Frames that nobody made any more are done with too.
    watch(Event::Frames(frames - done.into_inner()));
    outputs.extend(made?);
    if let Some(checks) = checks {
        *quality = checks.finish(outputs)?;
    }
    if !options.no_qc {
        let is_fresh = quality.is_some();
        let noted = facts::note(project, job, &plan, (outputs.as_slice(), is_fresh), options)?;
        *quality = noted.or(quality.take());
    }
    for note in outputs.iter().flat_map(|report| &report.notes) {
        watch(Event::Note(&job.shot_id, note));
    }
    Ok(())
}

fn sequence(project: &Project, job: &ExportJob, files: &SequenceFiles) -> Result<Source> {
    let start = files.sequence.range().unwrap_or_default()[0];
    Source::new(files, job.frames, start, &project.config.composites)
}

/// The names of the outputs of a job that are not there, or that were made of something else than what is there now. What
/// nobody noted the making of is taken as it is.
///
/// # Errors
/// If the composite or the look cannot be used.
pub fn outdated(project: &Project, job: &ExportJob, options: &Options) -> Result<Vec<String>> {
    let source = match Composite::open(&job.composite_path)? {
        Composite::Sequence(files) => sequence(project, job, &files)?,
        Composite::Blend(path) => match Rendering::new(project, job, &path, options)?.kept()? {
            Some(source) => source,
            None => return Ok(job.outputs.iter().map(|output| output.name.to_string()).collect()),
        },
    };
    let mut names = Vec::new();
    for output in &Plan::new(project, job, source, options)?.outputs {
        let is_there = output.paths().iter().all(|path| path.is_file());
        let is_noted = output.journal.path().is_file();
        if !is_there || (is_noted && output.current()?.is_none()) {
            names.push(output.format.spec.name.to_string());
        }
    }
    Ok(names)
}

/// What [`run_export_job`] would do, with the exact arguments of every tool.
pub fn plan_export_job(project: &Project, job: ExportJob, options: &Options) -> ShotExport {
    let mut export = ShotExport::begun(project, job);
    if export.job.status != JobStatus::Failed
        && let Err(error) = plan(project, &mut export, options)
    {
        export.job.status = JobStatus::Failed;
        export.job.problem = Some(error.to_string());
        export.outputs.clear();
    }
    export
}

fn plan(project: &Project, export: &mut ShotExport, options: &Options) -> Result<()> {
    let ShotExport { job, rendering, outputs, .. } = export;
    let source = match Composite::open(&job.composite_path)? {
        Composite::Sequence(files) => sequence(project, job, &files)?,
        Composite::Blend(path) => {
            let (source, report) = Rendering::new(project, job, &path, options)?.planned()?;
            *rendering = Some(report);
            source
        }
    };
    let plan = Plan::new(project, job, source, options)?;
    for output in &plan.outputs {
        let mut report = OutputReport::new(output);
        if output.current()?.is_some_and(|_| !options.force) {
            report.state = OutputState::Kept;
        } else if let Kind::Movie { path, .. } = &output.kind {
            let mut command = Ffmpeg::find(options.ffmpeg.as_deref())?.command();
            command.args(output.arguments(&job.shot_id, &movie::partial(path)));
            report.command = Some(shell_line(&command));
            let prores = output.encoding(&job.shot_id).and_then(|encoding| encoding.prores());
            report.notes.extend(prores.map(|(settings, _)| settings.describe()));
            report.notes.extend(output.lettering().map(|lettering| lettering.describe().to_owned()));
        } else {
            report.notes.push(output.way(&plan.source)?);
        }
        report.notes.extend(output.cut(plan.source.size));
        outputs.push(report);
    }
    Ok(())
}

/// Exports shots, some at a time; what one fails of, the others do not suffer from. The order is that of `jobs`.
pub fn batch_export(project: &Project, jobs: Vec<ExportJob>, options: &Options, watch: Watch<'_>) -> Vec<ShotExport> {
    let workers = options.jobs.clamp(1, jobs.len().max(1));
    let waiting = Mutex::new(jobs.into_iter().enumerate());
    let done = Mutex::new(Vec::new());
    let next = || waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((place, job)) = next() {
                    let export = run_export_job(project, job, options, watch);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((place, export));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, export)| export).collect()
}
