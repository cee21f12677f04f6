//! Sentences, as prompts and notes have them: what they ask for, and what they ask to leave out.

use super::words::{Borders, Word, words};

/// Words after which a thing is not wanted.
const NEGATORS: [&str; 30] = [
    "no",
    "not",
    "never",
    "without",
    "avoid",
    "avoiding",
    "avoids",
    "exclude",
    "excluding",
    "excludes",
    "except",
    "remove",
    "removes",
    "removed",
    "removing",
    "replace",
    "replaced",
    "replacing",
    "omit",
    "omitting",
    "lacking",
    "minus",
    "zero",
    "nor",
    "non",
    "pre",
    "before",
    "dont",
    "predating",
    "paintout",
];
/// Pairs of words that do the same.
const NEGATOR_PAIRS: [[&str; 2]; 7] = [
    ["free", "of"],
    ["instead", "of"],
    ["rather", "than"],
    ["absence", "of"],
    ["prior", "to"],
    ["clean", "up"],
    ["paint", "out"],
];
/// Words after a thing that say that it is not wanted.
const AFTERWARDS: [&str; 8] =
    ["removed", "free", "removal", "forbidden", "prohibited", "excluded", "paintout", "banned"];
/// Words that start something new, which a negation before them says nothing of.
const BREAKS: [&str; 14] = [
    "but",
    "with",
    "holding",
    "using",
    "wearing",
    "carrying",
    "while",
    "only",
    "showing",
    "featuring",
    "has",
    "having",
    "then",
    "including",
];
/// Longer clauses are no items of a list.
const LONGEST_ITEM: usize = 4;
/// Items before an "or" that a negation may be away.
const LONGEST_LIST: usize = 100;

/// What stands between commas and full stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clause {
    pub(super) words: Vec<Word>,
    /// Whether it goes on with a list that was negated before: "no phones, tablets or drones".
    pub(super) is_negated: bool,
}

/// The clauses of a text.
pub(super) fn clauses(text: &str) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    for sentence in sentences(text) {
        let first = clauses.len();
        for part in sentence.split(|c: char| ",;()[]{}|<>\"\u{201c}\u{201d}\u{2014}".contains(c)) {
            let words = words(part, Borders::Case);
            if words.is_empty() {
                continue;
            }
            let continues = words.iter().take(LONGEST_ITEM).any(|word| matches!(word.text.as_str(), "or" | "nor"));
            clauses.push(Clause { words, is_negated: false });
            if continues {
                continue_negation(&mut clauses[first..]);
            }
        }
    }
    clauses
}

/// Marks the items between a negation and the last clause, which holds the "or" of the list.
fn continue_negation(clauses: &mut [Clause]) {
    let last = clauses.len() - 1;
    let mut from = last;
    while from > last.saturating_sub(LONGEST_LIST) {
        let before = &clauses[from - 1];
        if before.is_negated || is_negated_from(&before.words, before.words.len()) {
            clauses[from..].iter_mut().for_each(|clause| clause.is_negated = true);
            return;
        }
        if before.words.len() > LONGEST_ITEM {
            return;
        }
        from -= 1;
    }
}

/// Split where a sentence or a line ends; "youtu.be" and "3.5" do not end one.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r', '!', '?']).flat_map(|line| line.split(". "))
}

/// Whether what stands at `place` in a sentence is asked to be left out.
pub(super) fn is_negated_in_prose(words: &[Word], place: &std::ops::Range<usize>) -> bool {
    let after = words.get(place.end..).unwrap_or_default();
    is_negated_from(words, place.start) || after.iter().take(3).any(|word| AFTERWARDS.contains(&word.text.as_str()))
}

/// Whether a negation before `end` is still in force there.
fn is_negated_from(words: &[Word], end: usize) -> bool {
    let mut is_negated = false;
    for (place, word) in words.iter().enumerate().take(end) {
        let next = words.get(place + 1);
        let is_number = word.text == "no" && next.is_some_and(Word::is_number);
        let is_pair = next.is_some_and(|next| NEGATOR_PAIRS.contains(&[word.text.as_str(), next.text.as_str()]));
        if (NEGATORS.contains(&word.text.as_str()) && !is_number) || is_pair {
            is_negated = true;
        } else if BREAKS.contains(&word.text.as_str()) {
            is_negated = false;
        }
    }
    is_negated
}

/// Whether a name says that the thing is not there: "no_phones", "iphone_removed", "paintout_antenna".
pub(super) fn is_negated_in_name(words: &[Word], place: &std::ops::Range<usize>) -> bool {
    let at = |place: Option<usize>| place.and_then(|place| words.get(place)).map_or("", |word| word.text.as_str());
    let before = [place.start.checked_sub(2), place.start.checked_sub(1)].map(at);
    let after = [at(Some(place.end)), at(Some(place.end + 1))];
    matches!(
        before[1],
        "no" | "non" | "without" | "remove" | "removed" | "removing" | "paintout" | "cleanup" | "pre" | "not"
    ) || matches!(before, ["paint", "out"] | ["clean", "up"] | ["rig", "removal"])
        || matches!(after[0], "removed" | "removal" | "paintout" | "cleanup" | "remove")
        || matches!(after, ["paint", "out"] | ["clean", "up"])
}

/// The part of a prompt that says what is wanted.
///
/// Left out are what follows "Negative prompt:" up to the next label or empty line, `--no` of Midjourney, and the line of
/// settings ("Steps: 20, Sampler: …") that image generators append.
pub(super) fn positive_part(text: &str) -> String {
    let mut kept = String::new();
    let mut is_negative = false;
    for line in text.lines() {
        let lower = line.trim_start().to_lowercase();
        let label = lower.split_once(':').map(|(label, _)| label.trim());
        if line.trim().is_empty() || label.is_some_and(is_label) {
            is_negative = label.is_some_and(is_negative_label) || label == Some("steps");
        }
        if !is_negative {
            let (wanted, rest) = cut_negative(line);
            kept += &wanted;
            kept.push('\n');
            is_negative = rest;
        }
    }
    kept
}

/// A line before a "negative prompt:" inside it, and without `--no …`; and whether the negative goes on.
fn cut_negative(line: &str) -> (String, bool) {
    // Bytes of an ASCII lower-casing stay where they were.
    let lower = line.to_ascii_lowercase();
    let (line, goes_on) = match lower.find("negative prompt:") {
        Some(at) => (&line[..at], true),
        None => (line, false),
    };
    let mut parts = line.split("--");
    let mut wanted = parts.next().unwrap_or_default().to_owned();
    for part in parts.filter(|part| !part.starts_with("no ")) {
        wanted += " ";
        wanted += part;
    }
    (wanted, goes_on)
}

/// Whether what stands before a colon names what follows: one to three words, no comma.
fn is_label(label: &str) -> bool {
    !label.contains([',', '(']) && (1..=3).contains(&label.split_whitespace().count())
}

fn is_negative_label(label: &str) -> bool {
    let first = label.split_whitespace().next().unwrap_or_default();
    matches!(
        first,
        "negative"
            | "negatives"
            | "neg"
            | "avoid"
            | "exclude"
            | "excluded"
            | "without"
            | "no"
            | "not"
            | "forbidden"
            | "unwanted"
            | "remove"
    )
}

#[cfg(test)]
mod tests {
    use super::positive_part;

    #[test]
    fn negative_prompts_are_cut() {
        let text = "street, 1998\nNegative prompt: iphone,\ndrone\nSteps: 20, Sampler: Euler";
        assert_eq!(positive_part(text), "street, 1998\n");
        assert_eq!(positive_part("a cab --no phones, drones --ar 16:9").trim(), "a cab  ar 16:9");
        assert_eq!(positive_part("Prompt: a cab\nAvoid: uber\n\nand a bus").trim(), "Prompt: a cab\n\nand a bus");
        assert_eq!(positive_part("a cab. Negative prompt: uber").trim(), "a cab.");
    }
}
