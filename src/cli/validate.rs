//! `validate-output`: checks delivered frames and movies and reports what is wrong with them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::convert::{displays, views};
use super::output::Output;
use super::progress::Progress;
use super::style::{Align, Style, Table, count, number, printable};
use crate::Result;
use crate::color::{Display, View, ViewTransform};
use crate::editorial::SceneId;
use crate::native::project::Project;
use crate::native::validate::{self, Expected, Job};
use crate::native::{atomic, clock, period};
use crate::qc::{CheckResult, Outcome, QcIssue, QcReport, Severity, ShotReport, Status};
use crate::spec::output_format;

const EXAMPLES: &str = "\
Examples:
  blender-gsd validate-output --scene SCN-002
  blender-gsd validate-output --scene SCN-002 --junit qc.xml --summary qc.txt
  blender-gsd validate-output --path masters/
  blender-gsd validate-output --path masters/ --report qc_report.json
  blender-gsd validate-output --path SHOT-002-001_prores4444.mov
  blender-gsd validate-output --path shot.1001.exr --format none
  blender-gsd validate-output --path masters/ --json | jq .summary

A scene's deliverables are those in its output folder; each movie is held against its spec and its own masters, and the \
report is written beside them (qc_report.json). A folder is checked with the folders below it. Without --format, EXR frames \
are held against master_exr, movies against what their codec is for. Limits are those of [qc] in gsd.toml. Exit codes: 0 no errors, 1 errors were found, 2 it could not be done.";

/// Check delivered frames and movies and report what is wrong with them
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ValidateArguments {
    /// A frame, a movie, or a folder of them
    #[arg(long, value_name = "FILE|DIR", required_unless_present_any = ["scene", "schema"])]
    path: Option<PathBuf>,
    /// A scene of the project: all that was exported of it
    #[arg(long, value_name = "ID", conflicts_with_all = ["path", "format"])]
    scene: Option<SceneId>,
    /// The deliverable it should be, or none; else what the kind of file is made for
    #[arg(long, value_name = "NAME|none")]
    format: Option<String>,
    /// Write the report here, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Write the outcome here, as plain text
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Write the outcome here, as JUnit XML for farms and CI
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Print the JSON Schema of the report, and check nothing
    #[arg(long, conflicts_with_all = ["path", "scene", "format", "report", "summary", "junit"])]
    schema: bool,
    /// The display that display values are checked for
    #[arg(long, default_value = Display::default().id(), value_parser = displays())]
    display: Display,
    /// The view that display values are checked through; else the project's
    #[arg(long, value_parser = views())]
    view: Option<View>,
}

pub(super) fn run(arguments: &ValidateArguments, project: &Path, output: &Output) -> Result<ExitCode> {
    if arguments.schema {
        output.result(&validate::schema()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let project = Project::load(project)?;
    let expected = match arguments.format.as_deref() {
        None => Expected::ByKind,
        Some("none") => Expected::Nothing,
        Some(name) => Expected::Format(output_format(name)?),
    };
    for path in [&arguments.report, &arguments.summary, &arguments.junit].into_iter().flatten() {
        atomic::destination(path)?;
    }
    let job = Job {
        path: arguments.path.clone().unwrap_or_default(),
        expected,
        ..job(&project, arguments.view, arguments.display)?
    };
    let (report, beside) = match &arguments.scene {
        Some(scene) => (checked_scene(&project, scene, &job, output)?, Some(beside(&project, scene))),
        None => (watched(output, |watch| validate::validate(&job, watch))?, None),
    };
    if let Some(path) = arguments.report.as_ref().or(beside.as_ref()) {
        validate::write_report(path, &report)?;
        output.note(format_args!("report: {}", path.display()));
    }
    if let Some(path) = &arguments.summary {
        atomic::write(path, text(&report, Style::for_file(), true).as_bytes())?;
    }
    if let Some(path) = &arguments.junit {
        atomic::write(path, report.to_junit().as_bytes())?;
    }
    match output.json {
        true => output.result(&validate::to_json(&report)?)?,
        false => output.result(&text(&report, output.style, output.verbose > 0))?,
    }
    Ok(exit_code(&report))
}

/// Checks all that was exported of a scene, and writes the report beside it; with `--json` that is all it does.
///
/// # Errors
/// If there is nothing to check, or the report cannot be written.
pub(super) fn scene(project: &Project, scene: &SceneId, view: Option<View>, output: &Output) -> Result<ExitCode> {
    let report = checked_scene(project, scene, &job(project, view, Display::default())?, output)?;
    validate::write_report(&beside(project, scene), &report)?;
    if !output.json {
        output.result(&text(&report, output.style, output.verbose > 0))?;
    }
    Ok(exit_code(&report))
}

/// What every check of this project is told.
fn job(project: &Project, view: Option<View>, display: Display) -> Result<Job> {
    Ok(Job {
        path: PathBuf::new(),
        expected: Expected::ByKind,
        transform: ViewTransform { view: view.unwrap_or(project.config.view.name), display, exposure: 0.0 },
        generated_at: clock::now()?,
        judge: period::judge(&project.root, None)?,
        thresholds: project.config.thresholds()?,
        movies: true,
    })
}

fn beside(project: &Project, scene: &SceneId) -> PathBuf {
    project.output_folder(scene).join("qc_report.json")
}

fn checked_scene(project: &Project, scene: &SceneId, job: &Job, output: &Output) -> Result<QcReport> {
    watched(output, |watch| validate::validate_scene(project, scene, job, watch))
}

/// Runs a check with a progress bar, and says what it left out.
fn watched(
    output: &Output,
    check: impl FnOnce(&dyn Fn(validate::Progress)) -> Result<validate::Validated>,
) -> Result<QcReport> {
    let progress = Progress::new(output.shows_progress());
    let result = check(&|at| progress.set(at.done, at.total));
    drop(progress);
    let validated = result?;
    for path in &validated.skipped {
        output.warning(format_args!("{} is no deliverable of the settings, and was not checked", path.display()));
    }
    Ok(validated.report)
}

fn exit_code(report: &QcReport) -> ExitCode {
    match report.summary.status {
        Status::Fail => ExitCode::from(1),
        Status::Pass | Status::Warn => ExitCode::SUCCESS,
    }
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
    let kind = shot.kind();
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
        // Of several deliverables, which one.
        let of = shot.files.iter().find(|file| file.path == issue.file).map(|file| file.kind.as_str());
        issue_text(text, issue, of.filter(|&of| of != kind), style, is_verbose);
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

fn issue_text(text: &mut String, issue: &QcIssue, of: Option<&str>, style: Style, is_verbose: bool) {
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
    let of = of.map_or_else(String::new, |of| format!("  in {}", printable(of)));
    let _ = writeln!(text, "\n  {severity}  {place}  {}{of}", style.faint(issue.check.name()));
    let _ = writeln!(text, "    {}{}", printable(&issue.description), style.faint(&measured));
    if let Some(suggestion) = &issue.suggestion {
        let _ = writeln!(text, "    next: {}", printable(suggestion));
    }
    if is_verbose {
        let _ = writeln!(text, "    {}", style.faint(&printable(&issue.file)));
    }
}
