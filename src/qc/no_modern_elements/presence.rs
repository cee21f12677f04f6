//! What must be in the picture, because the metadata says what the view is of or what it must contain.

use std::collections::BTreeSet;

use super::evidence::ShotEvidence;
use crate::period::{Demand, Judge, MentionKind};
use crate::qc::{CheckId, QcIssue, Severity, ShotContext};

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Presence {
    pub(super) issues: Vec<QcIssue>,
    pub(super) not_tested: Option<String>,
}

/// Looks for everything that is demanded: among the names on screen where mattes tell them, else among those of assets.
pub(super) fn check(
    judge: &Judge,
    shot: &ShotEvidence,
    on_screen: Option<&BTreeSet<String>>,
    context: &ShotContext<'_>,
) -> Presence {
    let demands = demands(judge, shot);
    if demands.is_empty() {
        return Presence::default();
    }
    let mentions = || shot.sources.iter().flat_map(|source| &source.mentions);
    let assets: Vec<&str> =
        mentions().filter(|mention| mention.kind == MentionKind::Asset).map(|mention| mention.text.as_str()).collect();
    let names: Vec<&str> = match on_screen {
        Some(names) => names.iter().map(String::as_str).collect(),
        None => assets,
    };
    if names.is_empty() {
        let wanted: Vec<&str> = demands.iter().map(|(demand, ..)| demand.what.as_str()).collect();
        let reason = format!("nothing says whether the view has {}", wanted.join(", "));
        return Presence { issues: Vec::new(), not_tested: Some(reason) };
    }
    let missing = demands.into_iter().filter(|(demand, ..)| !names.iter().any(|name| demand.is_met_by(name)));
    let issues =
        missing.map(|(demand, file, because)| issue(&demand, file, because, on_screen.is_some(), context)).collect();
    Presence { issues, not_tested: None }
}

/// What is demanded, in which file, and by which words; the same thing once.
fn demands<'a>(judge: &'a Judge, shot: &'a ShotEvidence) -> Vec<(Demand<'a>, &'a str, &'a str)> {
    let mut demands: Vec<(Demand<'a>, &str, &str)> = Vec::new();
    for source in &shot.sources {
        for mention in &source.mentions {
            let found = match mention.kind {
                MentionKind::View => judge.demanded_by_view(&mention.text),
                MentionKind::Demand => judge.demanded_by_name(&mention.text).into_iter().collect(),
                _ => Vec::new(),
            };
            for demand in found {
                if !demands.iter().any(|(known, ..)| known.what == demand.what) {
                    demands.push((demand, &source.file, &mention.text));
                }
            }
        }
    }
    demands
}

fn issue(demand: &Demand<'_>, file: &str, because: &str, by_mattes: bool, context: &ShotContext<'_>) -> QcIssue {
    let place = if by_mattes { "in the picture" } else { "among the shot's assets" };
    let rule = demand.rule.map_or_else(String::new, |rule| format!(" (rule {})", rule.id));
    let text = format!(
        "{} must be there, for the metadata says {because:?}, but no name {place} is theirs{rule}.",
        capitalized(&demand.what)
    );
    let (severity, suggestion) = match demand.rule {
        Some(rule) => (rule.severity, rule.suggestion.clone()),
        None => (Severity::Warning, format!("add {}, or correct the metadata", demand.what)),
    };
    QcIssue::new(CheckId::NoModernElements, severity, text, context.range[0], file)
        .suggest(format!("{}.", capitalized(&suggestion)))
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
