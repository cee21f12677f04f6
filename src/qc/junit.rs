//! The report as farms read it: JUnit's XML, a suite for each shot and a case for each check.
//!
//! There is no standard of it; this is the part that Jenkins, GitLab and GitHub's reporters agree on: errors are failures,
//! what could not be tested is skipped, warnings and notes are printed with their case.

use std::fmt::Write as _;

use super::report::{CheckResult, Outcome, QcIssue, QcReport, ShotReport};
use crate::Severity;

impl QcReport {
    /// As JUnit XML.
    pub fn to_junit(&self) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let cases: usize = self.shots.iter().map(|shot| shot.checks.len()).sum();
        let failures: usize = self.shots.iter().map(failures).sum();
        let name = escaped(&self.scene_id);
        let _ = writeln!(xml, "<testsuites name=\"{name}\" tests=\"{cases}\" failures=\"{failures}\" errors=\"0\">");
        for shot in &self.shots {
            suite(&mut xml, shot, &escaped(&self.generated_at));
        }
        xml.push_str("</testsuites>\n");
        xml
    }
}

fn suite(xml: &mut String, shot: &ShotReport, time: &str) {
    let skipped = shot.checks.iter().filter(|check| check.outcome == Outcome::NotApplicable).count();
    let (name, tests, failures) = (escaped(&shot.shot_id), shot.checks.len(), failures(shot));
    let _ = writeln!(
        xml,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\" \
         timestamp=\"{time}\">"
    );
    for check in &shot.checks {
        case(xml, shot, check, &name);
    }
    xml.push_str("  </testsuite>\n");
}

fn case(xml: &mut String, shot: &ShotReport, check: &CheckResult, suite: &str) {
    let _ = write!(xml, "    <testcase classname=\"{suite}\" name=\"{}\"", check.id.name());
    let issues = || shot.issues.iter().filter(|issue| issue.check == check.id);
    let errors = lines(issues().filter(|issue| issue.severity == Severity::Error));
    let others = lines(issues().filter(|issue| issue.severity != Severity::Error));
    if errors.is_empty() && others.is_empty() && check.reason.is_none() {
        xml.push_str("/>\n");
        return;
    }
    xml.push_str(">\n");
    if check.outcome == Outcome::NotApplicable {
        let _ = writeln!(xml, "      <skipped message=\"{}\"/>", escaped(check.reason.as_deref().unwrap_or_default()));
    }
    if let Some(first) = issues().find(|issue| issue.severity == Severity::Error) {
        let message = escaped(&first.description);
        let _ = writeln!(xml, "      <failure message=\"{message}\" type=\"{}\">{errors}</failure>", check.id.name());
    }
    let not_tested = check.reason.iter().filter(|_| check.outcome != Outcome::NotApplicable);
    let rest: String = not_tested.map(|reason| format!("not tested: {}\n", escaped(reason))).chain([others]).collect();
    if !rest.is_empty() {
        let _ = writeln!(xml, "      <system-out>{rest}</system-out>");
    }
    xml.push_str("    </testcase>\n");
}

/// Checks with errors.
fn failures(shot: &ShotReport) -> usize {
    let has_error = |check: &&CheckResult| {
        shot.issues.iter().any(|issue| issue.check == check.id && issue.severity == Severity::Error)
    };
    shot.checks.iter().filter(has_error).count()
}

fn lines<'a>(issues: impl Iterator<Item = &'a QcIssue>) -> String {
    let line = |issue: &QcIssue| {
        let severity = match issue.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        };
        let place = issue.region.map_or_else(String::new, |region| format!(", {region}"));
        let text = format!("{severity}: {} frame {}{place}: {}", issue.file, issue.frame, issue.description);
        escaped(&text) + "\n"
    };
    issues.map(line).collect()
}

/// As XML 1.0 takes it: the five entities, and no character that it has none of.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\t' | '\n' | '\r' => escaped.push(character),
            '\0'..=' ' if character != ' ' => escaped.push('\u{fffd}'),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(character),
        }
    }
    escaped
}
