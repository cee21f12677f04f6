//! The command line: arguments, and one file per command.
//!
//! Results go to stdout; progress, notes and errors to stderr. The process ends with 0 (clean), 1 (the quality control
//! found errors, a job failed) or 2 (it could not be done).

mod convert;
mod export;
mod farm;
mod init;
mod inspect;
mod models;
mod output;
mod package;
mod period;
mod progress;
mod serve;
mod style;
mod tag;
mod validate;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::Result;
use crate::native::project;
use output::Output;

/// The exit code of "it could not be done".
const COULD_NOT: u8 = 2;

/// Exact pictures, quality control and editorial delivery for composited film shots.
#[derive(Debug, Parser)]
#[command(name = "blender-gsd", version, after_help = EXIT_CODES, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

const EXIT_CODES: &str = "Exit codes: 0 clean, 1 the quality control found errors or a job failed, 2 it could not be done.\n\
    `blender-gsd COMMAND --help` has examples.";

/// What every command takes.
#[derive(Debug, Args)]
struct Common {
    /// The project's folder; else the nearest with a gsd.toml upwards, else the current one
    #[arg(long, global = true, value_name = "DIR", help_heading = "Common options")]
    project: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long, global = true, help_heading = "Common options")]
    json: bool,
    /// No progress and no notes; results, warnings and errors only
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Common options")]
    quiet: bool,
    /// Say more
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Common options")]
    verbose: u8,
}

#[derive(Debug, Subcommand)]
enum Command {
    Inspect(inspect::InspectArguments),
    Convert(convert::ConvertArguments),
    ValidateOutput(validate::ValidateArguments),
    ExportEditorial(export::ExportArguments),
    BatchExport(export::BatchArguments),
    Init(init::InitArguments),
    Period(period::PeriodArguments),
    Models(models::ModelsArguments),
    CreatePackage(package::PackageArguments),
    VerifyPackage(verify::VerifyArguments),
    FarmJob(farm::FarmArguments),
    Serve(serve::ServeArguments),
    Tag(tag::TagArguments),
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version come this way too. There is nobody left to tell if they cannot be printed.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(COULD_NOT).into();
        }
    };
    let output = Output::new(&arguments.common);
    match dispatch(&arguments, &output) {
        Ok(code) => code,
        Err(error) => {
            output.error(&error);
            COULD_NOT.into()
        }
    }
}

fn dispatch(arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    let current = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let project = project::find(arguments.common.project.as_deref(), &current)?;
    output.detail(format_args!("project: {}", project.display()));
    match &arguments.command {
        Command::Inspect(arguments) => inspect::run(arguments, output),
        Command::Convert(arguments) => convert::run(arguments, output),
        Command::ValidateOutput(arguments) => validate::run(arguments, &project, output),
        Command::ExportEditorial(arguments) => export::run(arguments, &project, output),
        Command::BatchExport(arguments) => export::run_batch(arguments, &project, output),
        Command::Init(arguments) => init::run(arguments, &project, output),
        Command::Models(arguments) => models::run(arguments, output),
        Command::Period(arguments) => period::run(arguments, &project, output),
        Command::CreatePackage(arguments) => package::run(arguments, &project, output),
        Command::VerifyPackage(arguments) => verify::run(arguments, output),
        Command::FarmJob(arguments) => farm::run(arguments, &project, output),
        Command::Serve(arguments) => serve::run(arguments, output),
        Command::Tag(arguments) => tag::run(arguments, output),
    }
}
