//! Words that are written in one piece without capitals: "smartphonecase" is smartphone, case.

use std::collections::HashSet;

use super::words::singulars;

/// Shorter words are not taken apart.
const SHORTEST: usize = 6;
/// More letters than this are no word that someone typed.
const LONGEST: usize = 40;
/// A piece of fewer letters may only come first: "ledbillboard", but not "handled".
const SHORT_PIECE: usize = 4;
/// The same for words that rules look for: "uberdriver", but not "consoled".
const SHORT_THING: usize = 5;
/// Pieces of fewer letters are not looked for.
const SHORTEST_PIECE: usize = 3;
/// More pieces than this are an accident.
const MOST_PIECES: usize = 4;

/// The words that pieces may be.
#[derive(Debug, Clone, Default)]
pub(super) struct Vocabulary {
    words: HashSet<String>,
    /// Those that rules look for, too short to come later than first.
    short_things: HashSet<String>,
}

impl Vocabulary {
    pub(super) fn add(&mut self, word: &str) {
        if word.chars().count() >= SHORTEST_PIECE && word.chars().all(char::is_alphabetic) {
            self.words.insert(word.to_owned());
        }
    }

    /// Adds a word that a rule looks for.
    pub(super) fn add_thing(&mut self, word: &str) {
        self.add(word);
        if word.chars().count() < SHORT_THING {
            self.short_things.insert(word.to_owned());
        }
    }

    fn may_come_later(&self, piece: &str) -> bool {
        piece.chars().count() >= SHORT_PIECE && !singulars(piece).any(|word| self.short_things.contains(&word))
    }

    fn knows(&self, piece: &str) -> bool {
        singulars(piece).any(|word| self.words.contains(&word))
    }

    /// The pieces of a word: as few as can be, nothing left over; `None` where it cannot be taken apart or is known whole.
    pub(super) fn split<'a>(&self, word: &'a str) -> Option<Vec<&'a str>> {
        let borders: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
        let length = borders.len() - 1;
        if !(SHORTEST..=LONGEST).contains(&length) || self.knows(word) {
            return None;
        }
        // best[n]: the fewest pieces that make the first n letters, and where the last of them starts.
        let mut best: Vec<Option<(usize, usize)>> = vec![None; length + 1];
        best[0] = Some((0, 0));
        for end in SHORTEST_PIECE..=length {
            for start in 0..=end - SHORTEST_PIECE {
                let Some((pieces, _)) = best[start] else { continue };
                let piece = &word[borders[start]..borders[end]];
                let is_better = best[end].is_none_or(|(known, _)| pieces + 1 < known);
                if is_better && self.knows(piece) && (start == 0 || self.may_come_later(piece)) {
                    best[end] = Some((pieces + 1, start));
                }
            }
        }
        let (pieces, _) = best[length].filter(|&(pieces, _)| pieces <= MOST_PIECES)?;
        let mut found = Vec::with_capacity(pieces);
        let mut end = length;
        while let Some((_, start)) = best[end].filter(|_| end > 0) {
            found.push(&word[borders[start]..borders[end]]);
            end = start;
        }
        found.reverse();
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;

    #[test]
    fn words_are_taken_apart_only_without_rest() {
        let mut vocabulary = Vocabulary::default();
        for word in ["case", "billboard", "hand", "driver", "cons"] {
            vocabulary.add(word);
        }
        for word in ["smartphone", "led", "uber", "drone", "oled"] {
            vocabulary.add_thing(word);
        }
        assert_eq!(vocabulary.split("smartphonecases"), Some(vec!["smartphone", "cases"]));
        assert_eq!(vocabulary.split("ledbillboard"), Some(vec!["led", "billboard"]));
        assert_eq!(vocabulary.split("uberdriver"), Some(vec!["uber", "driver"]));
        for whole in ["handled", "hubers", "smartphone", "smartphonex", "ledger", "ladrones", "consoled", ""] {
            assert_eq!(vocabulary.split(whole), None, "{whole}");
        }
    }
}
