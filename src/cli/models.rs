//! `models`: what reads text in pictures.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::output::Output;
use super::style::printable;
use crate::Result;
use crate::native::models::{self, MODELS, ModelFile};

const EXAMPLES: &str = "\
Examples:
  blender-gsd models install
  blender-gsd models install --from rapidocr_onnxruntime-1.4.4-py3-none-any.whl
  blender-gsd models list

With them, the quality control looks for text that is out of its time: telephone numbers, years, web names. They are 16 MB, \
brought by pip and known by their checksums; afterwards no network is needed. Without them that part of the check says that it \
was not done.";

/// Install what reads text in pictures
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ModelsArguments {
    #[command(subcommand)]
    command: ModelsCommand,
}

#[derive(Debug, Subcommand)]
enum ModelsCommand {
    /// Bring the models here, with pip or from a file
    Install {
        /// The package's file (.whl), or a folder with the models, instead of pip
        #[arg(long, value_name = "PATH")]
        from: Option<PathBuf>,
        /// Another folder than the user's; the variable BLENDER_GSD_MODELS then says where it is
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
    /// Say which models there are, and whether they are installed
    List,
}

pub(super) fn run(arguments: &ModelsArguments, output: &Output) -> Result<ExitCode> {
    match &arguments.command {
        ModelsCommand::Install { from, to } => {
            let folder = to.clone().map_or_else(models::folder, Ok)?;
            output.note("installing the models for text (16 MB)");
            models::install(from.as_deref(), &folder)?;
            list(&folder, output)
        }
        ModelsCommand::List => list(&models::folder()?, output),
    }
}

/// What `--json` prints of each model.
#[derive(Debug, Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    model: ModelFile,
    path: &'a Path,
    installed: bool,
}

fn list(folder: &Path, output: &Output) -> Result<ExitCode> {
    let paths = MODELS.map(|model| folder.join(model.name));
    let listed = MODELS.iter().zip(&paths);
    let listed: Vec<Listed<'_>> =
        listed.map(|(&model, path)| Listed { model, path, installed: models::is_in(&model, folder) }).collect();
    if output.json {
        output.result_json(&listed)?;
    } else {
        let mut text = String::new();
        for Listed { model, path, installed } in &listed {
            let word = if *installed { output.style.good("installed") } else { output.style.warning("not there") };
            let _ = writeln!(text, "{word}  {}  {}", printable(path.display()), output.style.faint(model.task));
        }
        output.result(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}
