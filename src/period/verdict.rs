//! What rules make of a name: of several that know its words, one verdict each, and which of them fire.

use serde::Serialize;

use super::rule::{Anachronism, Rule};
use crate::Severity;

/// A name that is out of its time.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit<'a> {
    /// The rule that fired.
    pub rule: &'a Rule,
    /// The words it knew, as they were read.
    pub words: String,
    /// Why it is out of its time.
    pub anachronism: Anachronism,
    /// How bad it is: the rule's, or less where the place says less.
    pub severity: Severity,
}

/// What a rule made of a name that has words of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Considered<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// The term that was found.
    pub term: &'a str,
    /// The words it was found in, as they were read.
    pub words: String,
    /// Whether it fires.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// Whether a rule fires, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "reason")]
pub enum Verdict {
    /// It is out of its time.
    Fires(Anachronism),
    /// A longer or graver term took its words.
    Covered,
    /// The name says that it is not there.
    Negated,
    /// Another word says that it is something else.
    Excluded(String),
    /// None of these words is with it.
    Lacks(Vec<String>),
    /// The rule is not for names of this sort.
    OtherChannel,
    /// It was there in the film's year.
    InItsTime,
}

/// The same, none graver than this.
pub(super) fn at_most(severity: Severity, mut hits: Vec<Hit<'_>>) -> Vec<Hit<'_>> {
    hits.iter_mut().for_each(|hit| hit.severity = hit.severity.max(severity));
    hits
}

/// What fires.
pub(super) fn hits(considered: Vec<Considered<'_>>) -> Vec<Hit<'_>> {
    let fired = settle(considered).into_iter().filter_map(|Considered { rule, words, verdict, .. }| match verdict {
        Verdict::Fires(anachronism) => Some(Hit { rule, words, anachronism, severity: rule.severity }),
        _ => None,
    });
    fired.collect()
}

/// One verdict a rule; of rules that fire at the same words, the graver, then the longer, then the first.
pub(super) fn settle(mut considered: Vec<Considered<'_>>) -> Vec<Considered<'_>> {
    let length = |considered: &Considered<'_>| letters(&considered.words).len();
    considered.sort_by_key(|considered| {
        (rank(&considered.verdict), considered.rule.severity, std::cmp::Reverse(length(considered)))
    });
    let mut settled: Vec<Considered<'_>> = Vec::new();
    for mut one in considered {
        if settled.iter().any(|known| known.rule.id == one.rule.id) {
            continue;
        }
        let own = letters(&one.words);
        let is_covered = |known: &Considered<'_>| {
            let other = letters(&known.words);
            matches!(known.verdict, Verdict::Fires(_)) && (other.contains(&own) || own.contains(&other))
        };
        if matches!(one.verdict, Verdict::Fires(_)) && settled.iter().any(is_covered) {
            one.verdict = Verdict::Covered;
        }
        settled.push(one);
    }
    settled.sort_by_key(|considered| rank(&considered.verdict));
    settled
}

fn letters(words: &str) -> String {
    words.chars().filter(|c| !c.is_whitespace()).collect()
}

const fn rank(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Fires(_) => 0,
        Verdict::Covered => 1,
        Verdict::Negated => 2,
        Verdict::Excluded(_) => 3,
        Verdict::Lacks(_) => 4,
        Verdict::OtherChannel => 5,
        Verdict::InItsTime => 6,
    }
}
