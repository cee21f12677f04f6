//! `tag`: says in a file what its numbers mean.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::COULD_NOT;
use super::convert::by_id;
use super::output::Output;
use super::style::{count, printable};
use crate::Result;
use crate::native::tag::{Tagged, embed_color_profile};
use crate::tag::Profile;

const EXAMPLES: &str = "\
Examples:
  blender-gsd tag SHOT-002-001_prores4444.mov --profile rec709
  blender-gsd tag preview.mp4 still.png --profile srgb
  blender-gsd tag masters/SHOT-002-001_master.*.exr --profile acescg

Only tags are written; no picture is decoded, encoded or changed. EXR files take acescg and aces2065-1 (chromaticities and \
colorInteropID); PNG files rec709 and srgb (cICP, sRGB); QuickTime and MP4 files rec709, with H.264 also srgb (colr in the \
container, and the codec's own headers). A file that says it all already is left alone; each other is replaced whole.";

/// Say in files what their numbers mean, without touching the numbers
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct TagArguments {
    /// EXR, PNG, QuickTime or MP4 files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// What their numbers are to be taken for
    #[arg(long, value_parser = by_id(&Profile::ALL, Profile::id))]
    profile: Profile,
}

/// What `--json` prints, for each file.
#[derive(Debug, Serialize)]
struct Report {
    file: String,
    profile: &'static str,
    /// What kind of file it is; none where it could not be tagged.
    kind: Option<&'static str>,
    /// Places that were changed.
    changes: usize,
    problem: Option<String>,
}

/// Every file gets its turn, whatever became of the ones before.
pub(super) fn run(arguments: &TagArguments, output: &Output) -> Result<ExitCode> {
    let mut reports = Vec::new();
    for path in &arguments.files {
        let tagged = embed_color_profile(path, arguments.profile);
        match &tagged {
            Ok(tagged) if !output.json => output.result(&line(path, tagged, arguments.profile))?,
            Ok(_) => {}
            Err(error) => output.error(error),
        }
        reports.push(Report {
            file: path.display().to_string(),
            profile: arguments.profile.id(),
            kind: tagged.as_ref().ok().map(|tagged| tagged.kind.name()),
            changes: tagged.as_ref().map_or(0, |tagged| tagged.changes),
            problem: tagged.err().map(|error| error.to_string()),
        });
    }
    if output.json {
        output.result_json(&reports)?;
    }
    Ok(if reports.iter().any(|report| report.problem.is_some()) { COULD_NOT.into() } else { ExitCode::SUCCESS })
}

fn line(path: &std::path::Path, tagged: &Tagged, profile: Profile) -> String {
    let file = printable(path.display());
    match tagged.changes {
        0 => format!("{file}: says {profile} already\n"),
        changes => format!("{file}: tagged {profile}, {} changed\n", count(changes, "place")),
    }
}
