//! `farm-job`: a scene's delivery as a job for a render farm.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::output::Output;
use super::style::{count, printable};
use crate::Result;
use crate::editorial::SceneId;
use crate::native::atomic;
use crate::native::farm::{FarmJob, Options, farm_job};
use crate::native::project::Project;

const EXAMPLES: &str = "\
Examples:
  blender-gsd farm-job --scene SCN-002 --formats all --output job.yaml
  blender-gsd farm-job --scene SCN-002 --formats exr,prores,preview --chunk 25 --output job.yaml
  openjd check job.yaml && openjd run job.yaml
  openjd run job.yaml -p Project=/shows/msg1998 -p Program=/opt/bin/blender-gsd

The file is an Open Job Description template, which AWS Deadline Cloud takes as it is (docs/FARM.md). Its steps are Master (in \
chunks of frames), Encode (by shot), QC and Package; each waits for the one before it. A task that was stopped goes on where \
it stood when it is run again, and running one twice changes nothing.";

/// Write a render farm's job for all of a scene: masters, movies, quality control, package
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct FarmArguments {
    /// The scene
    #[arg(long, value_name = "ID")]
    scene: SceneId,
    /// What to make, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',', required = true)]
    formats: Vec<String>,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// Frames of one task that makes masters
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    chunk: u32,
    /// The folder that packages are put in, below the project's
    #[arg(long, value_name = "DIR", default_value = "packages")]
    packages: String,
    /// Ship with errors of the quality control, for this reason, which is recorded
    #[arg(long, value_name = "REASON")]
    accept_qc_errors: Option<String>,
}

pub(super) fn run(arguments: &FarmArguments, project: &Path, output: &Output) -> Result<ExitCode> {
    let target = atomic::destination(&arguments.output)?;
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let options = Options {
        scene: arguments.scene.clone(),
        formats: arguments.formats.clone(),
        chunk: arguments.chunk,
        folder: folder.to_owned(),
        packages: arguments.packages.clone(),
        accept_qc_errors: arguments.accept_qc_errors.clone(),
    };
    let FarmJob { template, steps } = farm_job(&Project::load(project)?, &options)?;
    atomic::write(&arguments.output, template.as_bytes())?;
    if output.json {
        let steps: Vec<_> =
            steps.iter().map(|(name, tasks)| serde_json::json!({ "name": name, "tasks": tasks })).collect();
        output.result_json(&serde_json::json!({ "file": arguments.output, "steps": steps }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = String::new();
    for (name, tasks) in &steps {
        let _ = writeln!(text, "{name:10}  {}", count(*tasks, "task"));
    }
    let _ = writeln!(text, "{}", printable(arguments.output.display()));
    output.result(&text)?;
    Ok(ExitCode::SUCCESS)
}
