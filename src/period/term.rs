//! The notation of terms, and where a name has them.
//!
//! `flat panel` is these words one after the other, whatever stands between; `r142` wants no separator where it has none;
//! `s#` is "s" with any number; `led + @signal` wants "led" and, elsewhere in the name, a word of the group; `=dropbox` is
//! not found in "drop_box". The last word may be in the plural. Letters of six and more are also found written as one
//! word, or as several.

use std::ops::Range;

use super::base::RuleBase;
use super::words::{Borders, Word, singulars, words};
use crate::{Error, Result};

/// Fewer letters than this are never found joined: "led tv" is not "ledtv", and above all "ub er" is not "uber".
const JOINED_LETTERS: usize = 6;

/// One way to know a thing.
#[derive(Debug, Clone)]
pub(super) struct Term {
    /// As the rule has it.
    pub(super) source: String,
    /// What the name must have.
    pub(super) main: Pattern,
    /// What it must have beside that: one of each.
    pub(super) with: Vec<Vec<Pattern>>,
}

/// Words one after the other.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// The ways to split it.
    pub(super) variants: Vec<Vec<Piece>>,
    /// All letters in one, where it may be found so.
    pub(super) joined: Option<String>,
    /// Where in `joined` its words end, but for the last.
    borders: Vec<usize>,
    /// Whether the name's words must be glued where the pattern is found joined.
    tight: bool,
    /// Whether it is a letter with a number, which "wheelR160" does not hold.
    is_code: bool,
}

/// One word of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Word { text: String, glued: bool },
    Number { glued: bool },
}

impl Term {
    /// # Errors
    /// If a group is unknown, or there is no word in it.
    pub(super) fn parse(source: &str, base: &RuleBase) -> Result<Self> {
        let mut parts = source.split(" + ");
        let main = Pattern::parse(parts.next().unwrap_or_default())?;
        let with = parts.map(|part| alternatives(part, base)).collect::<Result<_>>()?;
        Ok(Self { source: source.to_owned(), main, with })
    }
}

/// The patterns that a word, or a `@group` of them, stands for.
///
/// # Errors
/// If the group is unknown, or there is no word in it.
pub(super) fn alternatives(part: &str, base: &RuleBase) -> Result<Vec<Pattern>> {
    match part.trim().strip_prefix('@') {
        Some(name) => {
            let group = base.group(name).ok_or_else(|| {
                Error::spec(
                    format!("there is no group of words called @{name}"),
                    "Add it to the table `words` of the rules",
                )
            })?;
            group.iter().map(|word| Pattern::parse(word)).collect()
        }
        None => Ok(vec![Pattern::parse(part)?]),
    }
}

impl Pattern {
    pub(super) fn parse(source: &str) -> Result<Self> {
        let (text, tight) = match source.trim().strip_prefix('=') {
            Some(text) => (text, true),
            None => (source.trim(), false),
        };
        let mut variants: Vec<Vec<Piece>> = Vec::new();
        for borders in [Borders::Plain, Borders::Case] {
            let pieces = pieces(text, borders);
            if !variants.contains(&pieces) {
                variants.push(pieces);
            }
        }
        if variants.iter().any(Vec::is_empty) || matches!(variants[0][0], Piece::Number { .. }) {
            return Err(Error::spec(
                format!("the term {source:?} has no word to look for"),
                "Let it start with a word",
            ));
        }
        let is_letter = matches!(&variants[0][0], Piece::Word { text, .. } if text.chars().all(char::is_alphabetic) && text.chars().count() == 1);
        let is_code = is_letter && variants[0].get(1).is_some_and(Piece::is_glued);
        let joined = joined(&variants[0]).filter(|joined| joined.chars().count() >= JOINED_LETTERS);
        let borders = borders(&variants[0]);
        Ok(Self { variants, joined, borders, tight, is_code })
    }

    /// Where it stands in `words` from `start` on.
    pub(super) fn find_at(&self, words: &[Word], start: usize) -> Option<Range<usize>> {
        let found = self.variants.iter().filter_map(|pieces| self.variant_at(pieces, words, start)).max();
        found.or_else(|| self.joined_at(words, start)).map(|end| start..end)
    }

    /// Whether it stands anywhere in `words` but in `taken`.
    pub(super) fn is_in(&self, words: &[Word], taken: &Range<usize>) -> bool {
        let overlaps = |found: &Range<usize>| found.start < taken.end && taken.start < found.end;
        (0..words.len()).any(|start| self.find_at(words, start).is_some_and(|found| !overlaps(&found)))
    }

    /// Its word, where it is but one.
    pub(super) fn only_word(&self) -> Option<&str> {
        match self.variants[0].as_slice() {
            [Piece::Word { text, .. }] => Some(text),
            _ => None,
        }
    }

    /// Its first variant's words, for the list of all words there are.
    pub(super) fn plain_words(&self) -> impl Iterator<Item = &str> {
        self.variants[0].iter().filter_map(|piece| match piece {
            Piece::Word { text, .. } => Some(text.as_str()),
            Piece::Number { .. } => None,
        })
    }

    fn variant_at(&self, pieces: &[Piece], words: &[Word], start: usize) -> Option<usize> {
        let end = start + pieces.len();
        let found = words.get(start..end)?;
        if self.is_code && found[0].glued {
            return None;
        }
        let fits = |(place, (piece, word)): (usize, (&Piece, &Word))| {
            (place == 0 || !piece.is_glued() || word.glued) && piece.fits(word, place + 1 == pieces.len())
        };
        pieces.iter().zip(found).enumerate().all(fits).then_some(end)
    }

    /// Whether a name may be divided there: a word of one piece anywhere, several words only between them.
    fn may_divide(&self, at: usize) -> bool {
        self.borders.is_empty() || self.borders.contains(&at)
    }

    fn joined_at(&self, words: &[Word], start: usize) -> Option<usize> {
        let joined = self.joined.as_deref()?;
        let mut together = String::new();
        for (place, word) in words.iter().enumerate().skip(start) {
            if place > start && (word.is_number() || (self.tight && !word.glued) || !self.may_divide(together.len())) {
                return None;
            }
            together += &word.text;
            if together == joined || singulars(&together).any(|singular| singular == joined) {
                return Some(place + 1);
            }
            if together.len() > joined.len() {
                return None;
            }
        }
        None
    }
}

impl Piece {
    const fn is_glued(&self) -> bool {
        match self {
            Self::Word { glued, .. } | Self::Number { glued } => *glued,
        }
    }

    fn fits(&self, word: &Word, is_last: bool) -> bool {
        match self {
            Self::Number { .. } => word.is_number(),
            Self::Word { text, .. } if is_last => singulars(&word.text).any(|singular| singular == *text),
            Self::Word { text, .. } => word.text == *text,
        }
    }
}

/// The words of a pattern; `#` is any number.
fn pieces(text: &str, borders: Borders) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (place, part) in text.split('#').enumerate() {
        if place > 0 {
            let glued =
                !text.split('#').nth(place - 1).is_some_and(|before| before.ends_with(|c: char| !c.is_alphanumeric()));
            pieces.push(Piece::Number { glued });
        }
        pieces.extend(words(part, borders).into_iter().map(|Word { text, glued }| Piece::Word { text, glued }));
    }
    pieces
}

/// Where words end in all letters in one, but for the last.
fn borders(pieces: &[Piece]) -> Vec<usize> {
    let lengths = pieces.iter().scan(0, |length, piece| {
        *length += match piece {
            Piece::Word { text, .. } => text.len(),
            Piece::Number { .. } => 0,
        };
        Some(*length)
    });
    let mut borders: Vec<usize> = lengths.collect();
    borders.pop();
    borders
}

fn joined(pieces: &[Piece]) -> Option<String> {
    let mut all = String::new();
    for piece in pieces {
        match piece {
            Piece::Word { text, .. } if !text.contains(char::is_numeric) => all += text,
            _ => return None,
        }
    }
    Some(all)
}
