//! `verify-package`: whether a package is still what it was.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::output::Output;
use super::style::{count, printable};
use crate::Result;
use crate::native::mhl;

const EXAMPLES: &str = "\
Examples:
  blender-gsd verify-package packages/SCN-002
  blender-gsd verify-package packages/SCN-002 --json | jq .differences

Every file is read and hashed again and held against the ASC MHL history in the folder's ascmhl/; `ascmhl` itself gives the \
same answer. Exit codes: 0 nothing changed, 1 something is changed, missing or extra, 2 it could not be done.";

/// Hash a package again and say what is changed, missing or extra
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct VerifyArguments {
    /// The package's folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn run(arguments: &VerifyArguments, output: &Output) -> Result<ExitCode> {
    let verified = mhl::verify(&arguments.folder, |_| {})?;
    let code = if verified.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) };
    if output.json {
        output.result_json(&verified)?;
        return Ok(code);
    }
    let mut text = String::new();
    for difference in &verified.differences {
        let (word, path) = difference.words();
        let _ = writeln!(text, "{}  {}", output.style.error(word), printable(path));
    }
    let unchanged = count(verified.unchanged, "file");
    let _ = match verified.differences.len() {
        0 => writeln!(text, "{}  {unchanged} unchanged", output.style.good("VERIFIED")),
        differing => writeln!(text, "{}  {unchanged} unchanged, {differing} not", output.style.error("DIFFERS")),
    };
    output.result(&text)?;
    Ok(code)
}
