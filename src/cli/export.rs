//! `export-editorial` and `batch-export`: composites to deliverables.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::convert::views;
use super::output::Output;
use super::progress::Progress;
use super::style::{Align, Style, Table, count, printable};
use super::validate;
use crate::color::View;
use crate::editorial::{ExportJob, JobStatus, SceneId, ShotId};
use crate::native::export::{
    Event, Options, OutputReport, OutputState, QualityReport, RenderReport, ShotExport, batch_export,
    create_export_job, create_export_jobs, plan_export_job,
};
use crate::native::project::Project;
use crate::{Error, Result};

const EXAMPLES: &str = "\
Examples:
  blender-gsd export-editorial --shot SHOT-002-001 --format prores
  blender-gsd export-editorial --shot SHOT-002-001 --format exr,prores,preview --frames 1001-1024 --handles 8
  blender-gsd export-editorial --shot SHOT-002-001 --format preview --slate --burn-in
  blender-gsd export-editorial --shot SHOT-002-001 --format all --dry-run

Formats: master_exr, prores_4444, prores_422, preview_h264 and those of gsd.toml; exr, prores, prores422, preview and all \
for short. What is there and still of the same composite is kept. Exit codes: 0 done, 1 the job failed, 2 it could not be \
begun.";

const BATCH_EXAMPLES: &str = "\
Examples:
  blender-gsd batch-export --scene SCN-002 --formats prores,exr
  blender-gsd batch-export --scene SCN-002 --formats all --jobs 2
  blender-gsd batch-export --scene SCN-002 --formats all --validate
  blender-gsd batch-export --scene SCN-002 --formats all --dry-run
  blender-gsd batch-export --scene SCN-002 --formats all --json | jq '.[].job.status'

A batch that was stopped, however that happened, goes on where it stood when it is started again. Exit codes: 0 done, 1 a \
job failed (the others are done), 2 it could not be begun.";

/// Make a shot's masters, ProRes and preview
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExportArguments {
    /// The shot
    #[arg(long, value_name = "ID")]
    shot: ShotId,
    /// What to make of it, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',', required = true)]
    format: Vec<String>,
    /// The scene it belongs to; else the one that has it
    #[arg(long, value_name = "ID")]
    scene: Option<SceneId>,
    #[command(flatten)]
    common: Common,
}

/// Make the deliverables of all shots of a scene
#[derive(Debug, Args)]
#[command(after_help = BATCH_EXAMPLES)]
pub(super) struct BatchArguments {
    /// The scene
    #[arg(long, value_name = "ID")]
    scene: SceneId,
    /// What to make, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',', required = true)]
    formats: Vec<String>,
    #[command(flatten)]
    common: Common,
}

/// What both commands take.
#[derive(Debug, Args)]
struct Common {
    /// The cut's first and last frame, by the numbers in the composite's names; else, or with `all`, all there are
    #[arg(long, value_name = "FIRST-LAST", value_parser = frames, allow_hyphen_values = true)]
    frames: Option<Frames>,
    /// Frames before and after the cut, delivered with it; else what gsd.toml says
    #[arg(long, value_name = "N")]
    handles: Option<u32>,
    /// Shots to work on at once
    #[arg(long, value_name = "N", default_value_t = 1)]
    jobs: usize,
    /// Make everything again, even what is there and up to date
    #[arg(long)]
    force: bool,
    /// Leave the quality control out; else its findings go into the scene's qc_report.json
    #[arg(long)]
    no_qc: bool,
    /// Put a frame before every movie that says what follows; what it says comes from gsd.toml
    #[arg(long)]
    slate: bool,
    /// Write shot, frame and time code onto every movie's frames, or what gsd.toml says
    #[arg(long)]
    burn_in: bool,
    /// Then decode every deliverable of the scene again, and hold movies against their masters, as validate-output does
    #[arg(long, conflicts_with = "dry_run")]
    validate: bool,
    /// Make nothing; print what would be made, and the exact arguments of every tool
    #[arg(long)]
    dry_run: bool,
    /// How scene light becomes display light; else what gsd.toml says
    #[arg(long, value_parser = views())]
    view: Option<View>,
    /// The ffmpeg to use; else FFMPEG, else the first in PATH
    #[arg(long, value_name = "PATH")]
    ffmpeg: Option<PathBuf>,
    /// The Blender to use for composites that are .blend files; else BLENDER, else the first in PATH
    #[arg(long, value_name = "PATH")]
    blender: Option<PathBuf>,
}

impl Common {
    fn options(&self) -> Options {
        Options {
            frames: self.frames.and_then(|Frames(range)| range),
            handles: self.handles,
            force: self.force,
            jobs: self.jobs,
            view: self.view,
            ffmpeg: self.ffmpeg.clone(),
            blender: self.blender.clone(),
            no_qc: self.no_qc,
            slate: self.slate,
            burn_in: self.burn_in,
        }
    }

    /// Checks what was made, where that was asked for and the export has `done` well.
    fn validated(&self, project: &Project, scene: &SceneId, done: ExitCode, output: &Output) -> Result<ExitCode> {
        match self.validate && done == ExitCode::SUCCESS {
            true => validate::scene(project, scene, self.view, output),
            false => Ok(done),
        }
    }
}

/// First and last frame; none where all are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Frames(Option<[i32; 2]>);

/// `1001-1024`, one frame, or `all`.
fn frames(text: &str) -> Result<Frames, String> {
    if text == "all" {
        return Ok(Frames(None));
    }
    // The dash between two numbers is the one after a digit.
    let dash = text.char_indices().skip(1).find(|&(_, c)| c == '-').map(|(place, _)| place);
    let (first, last) = dash.map_or((text, text), |dash| (&text[..dash], &text[dash + 1..]));
    match (first.trim().parse(), last.trim().parse()) {
        (Ok(first), Ok(last)) if first <= last => Ok(Frames(Some([first, last]))),
        _ => Err("give the first and the last frame, as 1001-1024".into()),
    }
}

pub(super) fn run(arguments: &ExportArguments, project: &Path, output: &Output) -> Result<ExitCode> {
    let project = Project::load(project)?;
    let options = arguments.common.options();
    let job = create_export_job(&project, arguments.scene.as_ref(), &arguments.shot, &arguments.format, &options)?;
    let scene = job.scene_id.clone();
    let done = work(&project, vec![job], &[], &options, arguments.common.dry_run, output)?;
    arguments.common.validated(&project, &scene, done, output)
}

pub(super) fn run_batch(arguments: &BatchArguments, project: &Path, output: &Output) -> Result<ExitCode> {
    let project = Project::load(project)?;
    let options = arguments.common.options();
    let scene = create_export_jobs(&project, &arguments.scene, &arguments.formats, &options)?;
    let done = work(&project, scene.jobs, &scene.refused, &options, arguments.common.dry_run, output)?;
    arguments.common.validated(&project, &arguments.scene, done, output)
}

fn work(
    project: &Project,
    jobs: Vec<ExportJob>,
    refused: &[Error],
    options: &Options,
    is_dry: bool,
    output: &Output,
) -> Result<ExitCode> {
    refused.iter().for_each(|error| output.error(error));
    let exports = if is_dry {
        jobs.into_iter().map(|job| plan_export_job(project, job, options)).collect()
    } else {
        export(project, jobs, options, output)
    };
    match output.json {
        true => output.result_json(&exports)?,
        false => output.result(&text(&exports, output.style))?,
    }
    let has_failed = |export: &ShotExport| export.job.status == JobStatus::Failed;
    Ok(if refused.is_empty() && !exports.iter().any(has_failed) { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn export(project: &Project, jobs: Vec<ExportJob>, options: &Options, output: &Output) -> Vec<ShotExport> {
    let frames = |job: &ExportJob| (job.frames[0].abs_diff(job.frames[1]) as usize + 1) * ShotExport::passes(job);
    let total = jobs.iter().filter(|job| job.status == JobStatus::Pending).map(frames).sum();
    let progress = Progress::new(output.shows_progress());
    progress.set(0, total);
    let exports = batch_export(project, jobs, options, &|event| match event {
        Event::Frames(more) => progress.advance(more),
        Event::Working(shot, what) => progress.say(format!("{shot}: {what}")),
        Event::Note(shot, note) => progress.above(|| output.detail(format_args!("{shot}: {note}"))),
    });
    drop(progress);
    exports
}

fn text(exports: &[ShotExport], style: Style) -> String {
    let mut text = String::new();
    for export in exports {
        shot_text(&mut text, export, style);
    }
    let failed = exports.iter().filter(|export| export.job.status == JobStatus::Failed).count();
    let shots = count(exports.len(), "shot");
    let _ = match failed {
        0 => writeln!(text, "{}  {shots}", style.good("DONE")),
        _ => writeln!(text, "{}  {failed} of {shots}", style.error("FAILED")),
    };
    text
}

fn shot_text(text: &mut String, export: &ShotExport, style: Style) {
    let job = &export.job;
    let status = match job.status {
        JobStatus::Complete => style.good("complete"),
        JobStatus::Failed => style.error("failed"),
        JobStatus::Pending | JobStatus::Running => style.faint("planned"),
    };
    let [first, last] = job.frames;
    let handles =
        if job.handles == 0 { String::new() } else { format!(", {} of handles", count(job.handles as usize, "frame")) };
    let title = style.bold(job.shot_id.as_str());
    let _ = writeln!(text, "{title}  {status}  frames {first} to {last}{handles}");
    let _ = writeln!(text, "  {}", style.faint(&printable(job.composite_path.display())));
    if let Some(rendering) = &export.rendering {
        rendering_text(text, rendering, style);
    }
    let mut table = Table::new(2, &[Align::Left, Align::Left, Align::Left]);
    for output in &export.outputs {
        table.row([output.format.as_str(), word(output.state), &place(output)]);
    }
    text.push_str(&table.render(|row, column, cell| {
        match (column, export.outputs.get(row).map(|output| output.state)) {
            (1, Some(OutputState::Made)) => style.good(cell),
            (1, Some(OutputState::Failed)) => style.error(cell),
            (1, _) => style.faint(cell),
            _ => cell.to_owned(),
        }
    }));
    for output in &export.outputs {
        for line in output.notes.iter().chain(&output.command) {
            let _ = writeln!(text, "    {}", style.faint(&printable(line)));
        }
        if let Some(problem) = &output.problem {
            let _ = writeln!(text, "  {} {}: {}", style.error("error:"), output.format, printable(problem));
        }
    }
    if let Some(quality) = &export.quality {
        let QualityReport { path, errors, warnings, .. } = quality;
        let found = format!("quality control: {}, {}", count(*errors, "error"), count(*warnings, "warning"));
        let found = if *errors > 0 { style.warning(&found) } else { style.faint(&found) };
        let _ = writeln!(text, "  {found}  {}", style.faint(&printable(path.display())));
    }
    if let Some(problem) =
        job.problem.as_ref().filter(|_| !export.outputs.iter().any(|output| output.problem.is_some()))
    {
        let _ = writeln!(text, "  {} {}", style.error("error:"), printable(problem));
    }
    text.push('\n');
}

fn rendering_text(text: &mut String, rendering: &RenderReport, style: Style) {
    let RenderReport { tool, rendered, kept, command, notes, .. } = rendering;
    let what = match (rendered, kept) {
        (0, _) => format!("{} rendered before", count(*kept, "frame")),
        (_, 0) => format!("{} to render, by {tool}", count(*rendered, "frame")),
        _ => format!("{} to render, by {tool}; {kept} rendered before", count(*rendered, "frame")),
    };
    let what = if command.is_none() { what.replace(" to render", " rendered") } else { what };
    let _ = writeln!(text, "  {}", style.faint(&what));
    for line in notes.iter().chain(command) {
        let _ = writeln!(text, "    {}", style.faint(&printable(line)));
    }
}

const fn word(state: OutputState) -> &'static str {
    match state {
        OutputState::Made => "made",
        OutputState::Kept => "kept",
        OutputState::Failed => "failed",
        OutputState::Planned => "planned",
    }
}

fn place(output: &OutputReport) -> String {
    match output.files {
        1 => output.path.display().to_string(),
        files => format!("{} and {} more", output.path.display(), files - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::{Frames, frames};

    #[test]
    fn ranges_are_read_with_signs_and_without() {
        assert_eq!(frames("1001-1024"), Ok(Frames(Some([1001, 1024]))));
        assert_eq!(frames("1001"), Ok(Frames(Some([1001, 1001]))));
        assert_eq!(frames("-5-3"), Ok(Frames(Some([-5, 3]))));
        assert_eq!(frames("-5--3"), Ok(Frames(Some([-5, -3]))));
        assert_eq!(frames("all"), Ok(Frames(None)));
        for wrong in ["", "-", "5-3", "a-b", "1-2-3", "1001-", "99999999999"] {
            assert!(frames(wrong).is_err(), "{wrong}");
        }
    }
}
