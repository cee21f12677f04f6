//! What a package needs and does not have yet: deliverables are exported, the quality control is run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::gather::{self, KINDS, ShotFiles};
use super::made::Made;
use super::qc::Checked;
use super::{Options, Step, Watch};
use crate::color::{Display, ViewTransform};
use crate::editorial::{ExportJob, JobStatus, ShotId};
use crate::native::export::{self, ShotExport, batch_export, create_export_jobs, outdated};
use crate::native::project::Project;
use crate::native::validate::{self, Expected, Job};
use crate::native::{clock, period};
use crate::spec::OutputSpec;
use crate::{Error, Result};

/// A scene's deliverables, complete and checked.
pub(super) struct Ready {
    pub(super) shots: BTreeMap<ShotId, ShotFiles>,
    pub(super) checked: Checked,
    pub(super) made: Made,
}

/// What is there, after everything that was missing has been made.
///
/// # Errors
/// If something is missing and cannot be made, or must not be.
pub(super) fn make(project: &Project, options: &Options, source: &Path, watch: Watch<'_>) -> Result<Ready> {
    let mut shots = gather::shots(project, &options.scene, source)?;
    if !options.export {
        gather::check_complete(&shots)?;
    }
    let mut made = Made::read(project, &options.scene, &shots)?;
    let jobs = jobs(project, options, &shots, &made)?;
    if !jobs.is_empty() {
        if !options.export {
            return Err(outdated_error(&jobs));
        }
        export(project, jobs, options, watch)?;
        shots = gather::shots(project, &options.scene, source)?;
        made = Made::read(project, &options.scene, &shots)?;
    }
    gather::check_complete(&shots)?;
    let path = source.join("qc_report.json");
    let covering = || {
        let checked = Checked::read(&path)?;
        checked.covers(&shots, source, &made)?;
        Ok(checked)
    };
    let checked = match covering() {
        Err(Error::Spec(_)) if options.export => {
            check(project, options, source, &path, watch)?;
            covering()?
        }
        found => found?,
    };
    Ok(Ready { shots, checked, made })
}

fn outdated_error(jobs: &[ExportJob]) -> Error {
    let of_job = |job: &ExportJob| {
        let names: Vec<&str> = job.outputs.iter().map(|output| output.name.as_ref()).collect();
        format!("{} ({})", job.shot_id, names.join(", "))
    };
    let shots: Vec<String> = jobs.iter().map(of_job).collect();
    let what = format!("deliverables are not of the composites and settings that are there now: {}", shots.join("; "));
    Error::spec(what, "Export them again: `blender-gsd batch-export`")
}

/// One job for each shot of which something is missing or out of date, with only that to make.
fn jobs(
    project: &Project,
    options: &Options,
    shots: &BTreeMap<ShotId, ShotFiles>,
    made: &Made,
) -> Result<Vec<ExportJob>> {
    let formats = &project.config.formats;
    let first = |kind| formats.iter().find(|format| format.spec.format == kind).map(|format| &format.spec);
    let needed = KINDS.into_iter().filter_map(|(kind, _)| first(kind)).map(|spec| spec.name.to_string());
    // What is there is delivered too, and must be of the same composites.
    let there = shots.values().flat_map(|files| &files.deliverables).map(|known| known.spec.name.to_string());
    let names: Vec<String> = needed.chain(there).collect::<BTreeSet<_>>().into_iter().collect();
    let found = match create_export_jobs(project, &options.scene, &names, &export_options(options)) {
        // A scene may be delivered from a machine that has no composites.
        Err(Error::Spec(_)) => return Ok(Vec::new()),
        found => found?,
    };
    if let Some(error) = found.refused.into_iter().next() {
        return Err(error);
    }
    let mut jobs = Vec::new();
    for mut job in found.jobs {
        if let Some(chosen) = made.chosen_frames(&job.shot_id) {
            job.frames = chosen;
        }
        let is_there = shots.get(&job.shot_id).is_some_and(|files| files.missing().is_empty());
        match outdated(project, &job, &export_options(options)) {
            Ok(names) => {
                let shot = &job.shot_id;
                let is_wanted = |name: &str| names.iter().any(|wanted| wanted == name) || made.is_outdated(shot, name);
                job.outputs.retain(|output| is_wanted(&output.name));
            }
            // A composite that cannot be used is no matter where everything was made of it already.
            Err(_) if is_there => continue,
            Err(error) => {
                let shot = &job.shot_id;
                return Err(Error::spec(
                    format!("shot {shot} cannot be exported: {error}"),
                    error.fault().next.clone(),
                ));
            }
        }
        // Where another format of the kind is there (a 422 for a 4444), that one is delivered.
        let files = shots.get(&job.shot_id);
        let is_delivered = |output: &OutputSpec| {
            let mut there = files.into_iter().flat_map(|files| &files.deliverables);
            there.any(|known| known.spec.name == output.name)
        };
        let is_lacking = |output: &OutputSpec| {
            files.is_none_or(|files| files.first(output.format).is_none())
                && first(output.format).is_some_and(|first| first.name == output.name)
        };
        job.outputs.retain(|output| is_delivered(output) || is_lacking(output));
        if !job.outputs.is_empty() {
            jobs.push(job);
        }
    }
    Ok(jobs)
}

fn export_options(options: &Options) -> export::Options {
    export::Options {
        handles: options.handles,
        jobs: options.jobs,
        ffmpeg: options.ffmpeg.clone(),
        blender: options.blender.clone(),
        ..export::Options::default()
    }
}

/// Exports the jobs; every one is tried before the first failure is told.
fn export(project: &Project, jobs: Vec<ExportJob>, options: &Options, watch: Watch<'_>) -> Result<()> {
    let frames = |job: &ExportJob| (job.frames[0].abs_diff(job.frames[1]) as usize + 1) * ShotExport::passes(job);
    watch(Step::Exporting(jobs.iter().map(frames).sum()));
    let exports = batch_export(project, jobs, &export_options(options), &|event| match event {
        export::Event::Frames(more) => watch(Step::Frames(more)),
        export::Event::Note(shot, note) => watch(Step::Note(shot, note)),
        export::Event::Working(..) => {}
    });
    let failed: Vec<String> = exports
        .iter()
        .filter(|export| export.job.status == JobStatus::Failed)
        .map(|export| format!("{}: {}", export.job.shot_id, export.job.problem.as_deref().unwrap_or("it failed")))
        .collect();
    match failed.is_empty() {
        true => Ok(()),
        false => {
            let what = format!("shots could not be exported: {}", failed.join("; "));
            Err(Error::tool(what, "Mend what is told and run again: what is done is kept"))
        }
    }
}

/// Runs the quality control over the scene's folder and writes its report there.
fn check(project: &Project, options: &Options, source: &Path, report: &Path, watch: Watch<'_>) -> Result<()> {
    let job = Job {
        path: source.to_owned(),
        expected: Expected::ByKind,
        transform: ViewTransform { view: project.config.view.name, display: Display::Rec709, exposure: 0.0 },
        generated_at: clock::now()?,
        judge: period::judge(&project.root, None)?,
        thresholds: project.config.thresholds()?,
        movies: false,
    };
    let mut done = 0;
    let validated = validate::validate(&job, |at| match at.done {
        0 => watch(Step::Checking(at.total)),
        now => watch(Step::Frames(now - std::mem::replace(&mut done, now))),
    })?;
    let mut found = validated.report;
    found.scene_id = options.scene.to_string();
    validate::write_report(report, &found)
}
