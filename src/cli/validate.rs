//! `validate-output`: checks delivered frames and reports what is wrong with them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::convert::{displays, views};
use super::output::Output;
use super::progress::Progress;
use super::style::{Align, Style, Table, count, number, printable};
use crate::color::{Display, View, ViewTransform};
use crate::native::validate::{self, Expected, Job};
use crate::native::{atomic, clock, period};
use crate::qc::{CheckResult, Outcome, QcIssue, QcReport, Severity, ShotReport, Status};
use crate::spec::output_format;
use crate::{Error, Result};

const EXAMPLES: &str = "\
Examples:
  blender-gsd validate-output --path masters/
  blender-gsd validate-output --path masters/ --report qc_report.json
  blender-gsd validate-output --path shot.1001.exr --format none
  blender-gsd validate-output --path masters/ --json | jq .summary

A folder is checked with the folders below it, sequence by sequence. Without --format, EXR frames are held against \
master_exr. Exit codes: 0 no errors, 1 errors were found, 2 it could not be done.";

/// Check delivered frames and report what is wrong with them
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ValidateArguments {
    /// A frame, or a folder of frames
    #[arg(long, value_name = "FILE|DIR", required_unless_present = "scene")]
    path: Option<PathBuf>,
    /// A scene of the project (comes with the export pipeline)
    #[arg(long, value_name = "ID", conflicts_with = "path")]
    scene: Option<String>,
    /// The deliverable it should be, or none; else what the kind of file is made for
    #[arg(long, value_name = "NAME|none")]
    format: Option<String>,
    /// Write the report here, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The display that display values are checked for
    #[arg(long, default_value = Display::default().id(), value_parser = displays())]
    display: Display,
    /// The view that display values are checked through
    #[arg(long, default_value = View::default().id(), value_parser = views())]
    view: View,
}

pub(super) fn run(arguments: &ValidateArguments, project: &Path, output: &Output) -> Result<ExitCode> {
    let Some(path) = &arguments.path else {
        let what = "scenes are not supported yet, they come with the export pipeline";
        return Err(Error::spec(what, "Name the frames with --path FILE or --path DIR"));
    };
    let expected = match arguments.format.as_deref() {
        None => Expected::ByKind,
        Some("none") => Expected::Nothing,
        Some(name) => Expected::Format(output_format(name)?),
    };
    if let Some(report) = &arguments.report {
        atomic::destination(report)?;
    }
    let job = Job {
        path: path.clone(),
        expected,
        transform: ViewTransform { view: arguments.view, display: arguments.display, exposure: 0.0 },
        generated_at: clock::now()?,
        judge: period::judge(project, None)?,
    };
    let progress = Progress::new(output.shows_progress());
    let result = validate::validate(&job, |at| progress.set(at.done, at.total));
    drop(progress);
    let validated = result?;
    if !validated.videos.is_empty() {
        let videos = count(validated.videos.len(), "movie");
        output.warning(format_args!("{videos} in the folder were not checked: video is not supported yet"));
    }
    if let Some(path) = &arguments.report {
        validate::write_report(path, &validated.report)?;
        output.note(format_args!("report: {}", path.display()));
    }
    match output.json {
        true => output.result(&validate::to_json(&validated.report)?)?,
        false => output.result(&text(&validated.report, output.style, output.verbose > 0))?,
    }
    Ok(match validated.report.summary.status {
        Status::Fail => ExitCode::from(1),
        Status::Pass | Status::Warn => ExitCode::SUCCESS,
    })
}

fn text(report: &QcReport, style: Style, is_verbose: bool) -> String {
    let mut text = String::new();
    for shot in &report.shots {
        shot_text(&mut text, shot, style, is_verbose);
        text.push('\n');
    }
    let summary = &report.summary;
    let _ = writeln!(
        text,
        "{}  {}: {}, {}, {} in {} of {}",
        verdict(summary.status, style),
        printable(&report.scene_id),
        count(summary.errors, "error"),
        count(summary.warnings, "warning"),
        count(summary.infos, "note"),
        count(summary.frames, "frame"),
        count(summary.shots, "shot"),
    );
    text
}

fn verdict(status: Status, style: Style) -> String {
    let word = status.word().to_ascii_uppercase();
    match status {
        Status::Pass => style.good(&word),
        Status::Warn => style.warning(&word),
        Status::Fail => style.error(&word),
    }
}

fn shot_text(text: &mut String, shot: &ShotReport, style: Style, is_verbose: bool) {
    let [first, last] = shot.frame_range;
    let range = if first == last { format!("frame {first}") } else { format!("frames {first} to {last}") };
    let kind = shot.files.first().map_or("", |file| file.kind.as_str());
    let title = style.bold(&printable(&shot.shot_id));
    let files = count(shot.files.len(), "file");
    let _ = writeln!(text, "{}  {title}  {range}, {files}, as {}", verdict(shot.status, style), printable(kind));
    let mut table = Table::new(2, &[Align::Left, Align::Left, Align::Left]);
    for check in &shot.checks {
        table.row([check.id.name(), word(check.outcome), &reason(check)]);
    }
    text.push_str(&table.render(|_, column, cell| match (column, cell) {
        (1, "pass") => style.good(cell),
        (1, "issues") => style.warning(cell),
        (1 | 2, _) => style.faint(cell),
        _ => cell.to_owned(),
    }));
    for issue in &shot.issues {
        issue_text(text, issue, style, is_verbose);
    }
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Issues => "issues",
        Outcome::NotApplicable => "not applicable",
    }
}

fn reason(check: &CheckResult) -> String {
    let unit = check.unit.as_deref().unwrap_or_default();
    let measured = match (check.measured, check.limit) {
        (Some(measured), Some(limit)) => format!("{} {unit}, limit {}", number(measured), number(limit)),
        _ => String::new(),
    };
    let parts = [measured.as_str(), check.reason.as_deref().unwrap_or_default()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

fn issue_text(text: &mut String, issue: &QcIssue, style: Style, is_verbose: bool) {
    let severity = match issue.severity {
        Severity::Error => style.error("error"),
        Severity::Warning => style.warning("warning"),
        Severity::Info => style.bold("note"),
    };
    let place = match issue.region {
        Some(region) => format!("frame {}, {region}", issue.frame),
        None => format!("frame {}", issue.frame),
    };
    let measured = match (issue.measured, issue.limit) {
        (Some(measured), Some(limit)) => format!(" [{}, limit {}]", number(measured), number(limit)),
        _ => String::new(),
    };
    let _ = writeln!(text, "\n  {severity}  {place}  {}", style.faint(issue.check.name()));
    let _ = writeln!(text, "    {}{}", printable(&issue.description), style.faint(&measured));
    if let Some(suggestion) = &issue.suggestion {
        let _ = writeln!(text, "    next: {}", printable(suggestion));
    }
    if is_verbose {
        let _ = writeln!(text, "    {}", style.faint(&printable(&issue.file)));
    }
}
