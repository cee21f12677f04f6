//! `period`: the rules of the film's year, and what they make of a name.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::output::Output;
use super::style::{Align, Style, Table, count, printable};
use crate::Result;
use crate::native::period;
use crate::period::{Considered, Judge, Rule, Verdict};
use crate::qc::{QcIssue, Severity};

const EXAMPLES: &str = "\
Examples:
  blender-gsd period explain iPhone_14_Pro drone_bee \"a cab with an LED billboard\"
  blender-gsd period rules
  blender-gsd period rules --year 1985 subway
  blender-gsd period check shot.blend masters/ handoff.json

The year and a production's own rules are the table [period] of gsd.toml; docs/PERIOD.md describes it. \
Exit codes: 0 no errors, 1 something is out of its time, 2 it could not be done.";

/// The rules of the film's year, and what they make of a name
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PeriodArguments {
    #[command(subcommand)]
    command: PeriodCommand,
}

#[derive(Debug, Subcommand)]
enum PeriodCommand {
    /// Say which rules know a name, and why they fire or do not
    Explain {
        /// Names of objects, files, layers; more than three words are read as a sentence
        #[arg(required = true)]
        names: Vec<String>,
        /// Judge for this year instead of the project's
        #[arg(long, value_name = "YEAR")]
        year: Option<i32>,
    },
    /// List the rules in force
    Rules {
        /// Only rules that have one of these in their id, their terms or their description
        words: Vec<String>,
        /// Judge for this year instead of the project's
        #[arg(long, value_name = "YEAR")]
        year: Option<i32>,
    },
    /// Look for what is out of its time: in frames, .blend files, metadata, prompts
    Check {
        /// A frame, a folder of frames, a .blend, .json or .txt
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
}

pub(super) fn run(arguments: &PeriodArguments, project: &Path, output: &Output) -> Result<ExitCode> {
    match &arguments.command {
        PeriodCommand::Explain { names, year } => explain(names, &*period::judge(project, *year)?, output),
        PeriodCommand::Rules { words, year } => rules(words, &*period::judge(project, *year)?, output),
        PeriodCommand::Check { paths } => check(paths, project, output),
    }
}

/// What `explain --json` prints of each name.
#[derive(Debug, Serialize)]
struct Explained<'a> {
    name: &'a str,
    /// Whether it is out of its time.
    out_of_time: bool,
    considered: Vec<Considered<'a>>,
}

fn explain(names: &[String], judge: &Judge, output: &Output) -> Result<ExitCode> {
    let explained: Vec<Explained<'_>> = names
        .iter()
        .map(|name| {
            let considered = judge.explain(name);
            let out_of_time = considered.iter().any(|one| matches!(one.verdict, Verdict::Fires(_)));
            Explained { name, out_of_time, considered }
        })
        .collect();
    match output.json {
        true => output.result_json(&explained)?,
        false => {
            let mut text = String::new();
            explained.iter().for_each(|one| explained_text(&mut text, one, judge.year(), output.style));
            output.result(&text)?;
        }
    }
    Ok(if explained.iter().any(|one| one.out_of_time) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn explained_text(text: &mut String, explained: &Explained<'_>, year: i32, style: Style) {
    let name = style.bold(&printable(explained.name));
    if explained.considered.is_empty() {
        let _ = writeln!(text, "{name}  {}: no rule knows a word of it", style.good("fine"));
        return;
    }
    let word = if explained.out_of_time { style.error(&format!("not in {year}")) } else { style.good("fine") };
    let _ = writeln!(text, "{name}  {word}");
    for considered in &explained.considered {
        let rule = considered.rule;
        let why = why(&considered.verdict, rule, year);
        let id = style.bold(&printable(&rule.id));
        let _ = writeln!(
            text,
            "  {id}  {:?} is a term for {}: {}",
            considered.words,
            printable(&rule.what),
            printable(why)
        );
        if matches!(considered.verdict, Verdict::Fires(_)) {
            let _ = writeln!(text, "    in its place: {}", printable(&rule.suggestion));
        }
        let _ = writeln!(text, "    {}", style.faint(&printable(format_args!("source: {}", rule.source))));
    }
}

fn why(verdict: &Verdict, rule: &Rule, year: i32) -> String {
    match verdict {
        Verdict::Fires(anachronism) => format!("{anachronism} ({})", rule.severity.word()),
        Verdict::Covered => "another rule speaks for these words".into(),
        Verdict::Negated => "the name says that it is not there".into(),
        Verdict::Excluded(word) => format!("{word:?} says that it is something else"),
        Verdict::Lacks(words) => {
            let more = if words.len() > 8 { ", …" } else { "" };
            format!(
                "with it would have to be one of: {}{more}",
                words.iter().take(8).cloned().collect::<Vec<_>>().join(", ")
            )
        }
        Verdict::OtherChannel => "this rule is not for names".into(),
        Verdict::InItsTime => format!("it was there in {year}"),
    }
}

fn rules(words: &[String], judge: &Judge, output: &Output) -> Result<ExitCode> {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let is_wanted = |rule: &&Rule| {
        let all = format!("{} {} {}", rule.id, rule.what, rule.terms.join(" ")).to_lowercase();
        words.is_empty() || words.iter().any(|word| all.contains(word))
    };
    let rules: Vec<&Rule> = judge.rules().filter(is_wanted).collect();
    if output.json {
        output.result_json(&rules)?;
        return Ok(ExitCode::SUCCESS);
    }
    let style = output.style;
    let year = |year: Option<i32>| year.map_or_else(String::new, |year| year.to_string());
    let mut table = Table::new(0, &[Align::Left, Align::Right, Align::Right, Align::Left, Align::Left, Align::Left]);
    table.row(["rule", "from", "until", "severity", "what", "terms"].map(String::from));
    for rule in &rules {
        let fires = if rule.anachronism(judge.year()).is_some() { rule.severity.word() } else { "-" };
        let (from, until) = (year(rule.introduced), year(rule.until));
        table.row([rule.id.clone(), from, until, fires.into(), rule.what.clone(), first_terms(rule)]);
    }
    let text = table.render(|row, column, cell| match (row, column) {
        (0, _) | (_, 5) => style.faint(cell),
        (_, 3) if cell == "error" => style.error(cell),
        (_, 3) if cell == "warning" => style.warning(cell),
        _ => cell.to_owned(),
    });
    output.result(&format!("{text}{} for {}\n", count(rules.len(), "rule"), judge.year()))?;
    Ok(ExitCode::SUCCESS)
}

fn first_terms(rule: &Rule) -> String {
    let more = if rule.terms.len() > 4 { ", …" } else { "" };
    format!("{}{more}", rule.terms.iter().take(4).cloned().collect::<Vec<_>>().join(", "))
}

fn check(paths: &[PathBuf], project: &Path, output: &Output) -> Result<ExitCode> {
    let judge = period::judge(project, None)?;
    let mut issues = Vec::new();
    for path in paths {
        issues.extend(period::check_period_accuracy(path, &judge)?);
    }
    match output.json {
        true => output.result_json(&issues)?,
        false => {
            let mut text = String::new();
            issues.iter().for_each(|issue| issue_text(&mut text, issue, output.style));
            let _ = writeln!(text, "{} for {}", count(issues.len(), "finding"), judge.year());
            output.result(&text)?;
        }
    }
    let has_errors = issues.iter().any(|issue| issue.severity == Severity::Error);
    Ok(if has_errors { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn issue_text(text: &mut String, issue: &QcIssue, style: Style) {
    let severity = match issue.severity {
        Severity::Error => style.error("error"),
        Severity::Warning => style.warning("warning"),
        Severity::Info => style.bold("note"),
    };
    let place = issue.region.map_or_else(String::new, |region| format!(", frame {}, {region}", issue.frame));
    let _ = writeln!(text, "{severity}  {}{place}", printable(&issue.file));
    let _ = writeln!(text, "    {}", printable(&issue.description));
    if let Some(suggestion) = &issue.suggestion {
        let _ = writeln!(text, "    next: {}", printable(suggestion));
    }
}
