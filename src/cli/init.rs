//! `init`: a settings file with everything in it.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;

use super::output::Output;
use crate::native::config::EXAMPLE;
use crate::native::{atomic, project};
use crate::{Error, Result};

const EXAMPLES: &str = "\
Examples:
  blender-gsd init
  blender-gsd init --project show/

Every setting is in the file with its default, commented out: nothing changes until a line is.";

/// Write a commented gsd.toml into the project's folder
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct InitArguments {
    /// Replace the file that is there
    #[arg(long)]
    force: bool,
}

pub(super) fn run(arguments: &InitArguments, project: &Path, output: &Output) -> Result<ExitCode> {
    let path = project.join(project::MARKER);
    if path.exists() && !arguments.force {
        let error = Error::spec("there is one already", "Change it, or replace it with --force");
        return Err(error.in_file(path.display()));
    }
    atomic::write(&path, EXAMPLE.as_bytes())?;
    output.result(&format!("{}\n", super::style::printable(path.display())))?;
    Ok(ExitCode::SUCCESS)
}
