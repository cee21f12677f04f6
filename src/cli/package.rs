//! `create-package`: the folder that editorial receives.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use clap::Args;

use super::output::Output;
use super::progress::Progress;
use super::style::{count, printable};
use crate::Result;
use crate::editorial::SceneId;
use crate::native::package::{Options, Step, create_editorial_package};
use crate::native::project::Project;
use crate::spec::FrameRate;

const EXAMPLES: &str = "\
Examples:
  blender-gsd create-package --scene SCN-002 --output packages/
  blender-gsd create-package --scene SCN-002 --output packages/ --no-export
  blender-gsd create-package --scene SCN-002 --output packages/ --handles 8 --replace
  blender-gsd create-package --scene SCN-002 --output packages/ --accept-qc-errors \"temp VFX, approved by editorial\"

The deliverables are those in the scene's output folder (output/editorial/SCENE, or what gsd.toml says). What is missing or \
out of date there is exported from the composites, and what was not checked since is checked. What handoff/ says of the scene \
and its shots goes into metadata/. The package appears whole or not at all; after an interruption, run the same command \
again. `blender-gsd verify-package` or `ascmhl` proves later that it is still the same.";

/// Make the package that editorial receives: deliverables, metadata, conform files, checksums
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PackageArguments {
    /// The scene
    #[arg(long, value_name = "ID")]
    scene: SceneId,
    /// The folder that the package's own is put in
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Make nothing that is missing, check nothing: refuse instead
    #[arg(long)]
    no_export: bool,
    /// Frames at either end of each shot that are not part of the cut; else what the handoff or gsd.toml says
    #[arg(long, value_name = "FRAMES")]
    handles: Option<u32>,
    /// Frames per second of the cut, exact: 24, 24000/1001; else those of the masters in gsd.toml
    #[arg(long, value_name = "RATE", value_parser = FrameRate::parse)]
    rate: Option<FrameRate>,
    /// Ship with errors of the quality control, for this reason, which is recorded
    #[arg(long, value_name = "REASON")]
    accept_qc_errors: Option<String>,
    /// Replace the package that is there
    #[arg(long)]
    replace: bool,
    /// Link the files rather than copy them, where the file system can
    #[arg(long)]
    hard_links: bool,
    /// The review page to put the package into (`make review-html`); else the one that is built in
    #[arg(long, value_name = "FILE")]
    review_page: Option<PathBuf>,
    /// Shots to export at once
    #[arg(long, value_name = "N", default_value_t = 1)]
    jobs: usize,
    /// The ffmpeg to use; else FFMPEG, else the first in PATH
    #[arg(long, value_name = "PATH")]
    ffmpeg: Option<PathBuf>,
    /// The Blender to use for composites that are .blend files; else BLENDER, else the first in PATH
    #[arg(long, value_name = "PATH")]
    blender: Option<PathBuf>,
}

impl PackageArguments {
    fn options(&self) -> Options {
        Options {
            scene: self.scene.clone(),
            output: self.output.clone(),
            export: !self.no_export,
            handles: self.handles,
            rate: self.rate,
            accept_qc_errors: self.accept_qc_errors.clone(),
            replace: self.replace,
            hard_links: self.hard_links,
            review_page: self.review_page.clone(),
            jobs: self.jobs,
            ffmpeg: self.ffmpeg.clone(),
            blender: self.blender.clone(),
        }
    }
}

pub(super) fn run(arguments: &PackageArguments, project: &Path, output: &Output) -> Result<ExitCode> {
    let project = Project::load(project)?;
    let progress = Steps::new(output);
    let made = create_editorial_package(&project, &arguments.options(), &|step| progress.show(step));
    drop(progress);
    let (package, folder) = made?;
    if output.json {
        output.result_json(&package)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = String::new();
    let shots = count(package.shots.len(), "shot");
    let _ = writeln!(text, "{}  {}: {shots}", output.style.good("PACKAGED"), package.scene_id);
    let _ = writeln!(text, "{}", printable(folder.display()));
    let page = folder.join("review.html");
    if page.is_file() {
        let _ = writeln!(text, "open {} in a browser", printable(page.display()));
    }
    output.result(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// A bar for each part of the work, one after another.
struct Steps<'a> {
    output: &'a Output,
    bar: Mutex<Progress>,
}

impl<'a> Steps<'a> {
    fn new(output: &'a Output) -> Self {
        Self { output, bar: Mutex::new(Progress::new(output.shows_progress())) }
    }

    fn show(&self, step: Step<'_>) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let is_shown = self.output.shows_progress();
        let mut begin = |new: Progress, total: usize, what: &str| {
            *bar = new;
            bar.set(0, total);
            bar.above(|| self.output.detail(what));
        };
        match step {
            Step::Exporting(frames) => begin(Progress::new(is_shown), frames, "exporting what is missing"),
            Step::Checking(frames) => begin(Progress::new(is_shown), frames, "checking what was not checked since"),
            Step::Placing(bytes) => begin(Progress::bytes(is_shown), bytes as usize, "putting the package together"),
            Step::Frames(more) => bar.advance(more),
            Step::Bytes(more) => bar.advance(more as usize),
            Step::Warning(text) => bar.above(|| self.output.warning(text)),
            Step::Note(shot, note) => bar.above(|| self.output.detail(format_args!("{shot}: {note}"))),
        }
    }
}
