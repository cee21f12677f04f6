//! `create-package`: the folder that editorial receives.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;

use super::output::Output;
use super::progress::Progress;
use super::style::{count, printable};
use crate::Result;
use crate::editorial::SceneId;
use crate::native::package::{Options, Step, create_editorial_package};
use crate::spec::FrameRate;

const EXAMPLES: &str = "\
Examples:
  blender-gsd create-package --scene SCN-002 --output packages/
  blender-gsd create-package --scene SCN-002 --output packages/ --handles 8
  blender-gsd create-package --scene SCN-002 --output packages/ --replace
  blender-gsd create-package --scene SCN-002 --output packages/ --accept-qc-errors \"temp VFX, approved by editorial\"

The deliverables are those in output/editorial/SCENE: masters/, prores/, preview/ and qc_report.json. What handoff/ says of \
the scene and its shots goes into metadata/. The package appears whole or not at all; after an interruption, run the same \
command again. `blender-gsd verify-package` or `ascmhl` proves later that it is still the same.";

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
    /// Frames at either end of each shot that are not part of the cut
    #[arg(long, value_name = "FRAMES", default_value_t = 0)]
    handles: u32,
    /// Frames per second of the cut, exact: 24, 24000/1001
    #[arg(long, value_name = "RATE", default_value = "24", value_parser = FrameRate::parse)]
    rate: FrameRate,
    /// Ship with errors of the quality control, for this reason, which is recorded
    #[arg(long, value_name = "REASON")]
    accept_qc_errors: Option<String>,
    /// Replace the package that is there
    #[arg(long)]
    replace: bool,
    /// Link the files rather than copy them, where the file system can
    #[arg(long)]
    hard_links: bool,
}

pub(super) fn run(arguments: &PackageArguments, project: &Path, output: &Output) -> Result<ExitCode> {
    let options = Options {
        project: project.to_owned(),
        scene: arguments.scene.clone(),
        output: arguments.output.clone(),
        handles: arguments.handles,
        rate: arguments.rate,
        accept_qc_errors: arguments.accept_qc_errors.clone(),
        replace: arguments.replace,
        hard_links: arguments.hard_links,
    };
    let progress = Progress::bytes(output.shows_progress());
    let (total, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let made = create_editorial_package(
        &options,
        // Every byte is put in its place and hashed.
        |bytes| total.store(bytes.saturating_mul(2), Ordering::Relaxed),
        |step| {
            let (Step::Placed(bytes) | Step::Hashed(bytes)) = step;
            let done = done.fetch_add(bytes, Ordering::Relaxed) + bytes;
            progress.set(done as usize, total.load(Ordering::Relaxed) as usize);
        },
    );
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
    output.result(&text)?;
    Ok(ExitCode::SUCCESS)
}
