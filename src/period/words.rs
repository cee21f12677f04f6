//! How a name is taken apart: "SM_iPhone14-Pro.001" is sm, i, phone, 14, pro, 001.

use unicode_normalization::UnicodeNormalization;

/// Where a name is split, beside separators and between letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Borders {
    /// At camelCase and ACRONYMWord borders, too.
    Case,
    /// Nowhere else: "iPhone" is one word.
    Plain,
}

/// One word of a name, case-folded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Word {
    pub(super) text: String,
    /// Whether nothing stood between it and the word before.
    pub(super) glued: bool,
}

impl Word {
    /// Whether it is a number.
    pub(super) fn is_number(&self) -> bool {
        self.text.starts_with(char::is_numeric)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Upper,
    /// Lower case, and scripts without case.
    Lower,
    Digit,
    Separator,
}

fn class(c: char) -> Class {
    match c {
        c if c.is_numeric() => Class::Digit,
        c if c.is_uppercase() => Class::Upper,
        c if c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c) => Class::Lower,
        _ => Class::Separator,
    }
}

/// The words of a text: NFKC, without apostrophes and invisible characters, split and case-folded.
pub(super) fn words(text: &str, borders: Borders) -> Vec<Word> {
    let chars = plain_chars(text);
    let mut words: Vec<Word> = Vec::new();
    let (mut start, mut is_after_separator) = (0, true);
    for end in 1..=chars.len() {
        if class(chars[end - 1]) == Class::Separator {
            (start, is_after_separator) = (end, true);
        } else if end == chars.len() || is_border(&chars, end, borders) {
            words.push(Word { text: fold(&chars[start..end]), glued: !is_after_separator });
            (start, is_after_separator) = (end, false);
        }
    }
    drop_versions(&mut words);
    words
}

/// "v002" at the end of a name is a version, and "v" no word of it.
fn drop_versions(words: &mut Vec<Word>) {
    let mut place = 1;
    while place < words.len() {
        match words[place - 1].text == "v" && words[place].glued && words[place].is_number() {
            true => drop(words.drain(place - 1..=place)),
            false => place += 1,
        }
    }
}

/// Whether a word ends before `chars[at]`; `chars[at - 1]` is no separator.
fn is_border(chars: &[char], at: usize, borders: Borders) -> bool {
    let (before, after) = (class(chars[at - 1]), class(chars[at]));
    match (before, after) {
        (_, Class::Separator) => true,
        (Class::Digit, Class::Digit) => false,
        (Class::Digit, _) | (_, Class::Digit) => true,
        (Class::Lower, Class::Upper) => borders == Borders::Case,
        // The last capital of a run starts the next word, "USBStick", unless only the plural of the run follows, "LEDs".
        (Class::Upper, Class::Upper) if borders == Borders::Case => {
            let follows = |offset: usize| chars.get(at + offset).copied();
            let is_plural = follows(1) == Some('s')
                && follows(2).is_none_or(|c| matches!(class(c), Class::Separator | Class::Upper | Class::Digit));
            follows(1).is_some_and(|c| class(c) == Class::Lower) && !is_plural
        }
        _ => false,
    }
}

/// NFKC; "&" in words; no apostrophes ("driver's"), no characters that cannot be seen.
fn plain_chars(text: &str) -> Vec<char> {
    let mut chars = Vec::with_capacity(text.len());
    for c in text.nfkc() {
        match c {
            '\'' | '\u{2019}' | '\u{2bc}' | '`' => {}
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {}
            '&' => chars.extend(" and ".chars()),
            c => chars.push(c),
        }
    }
    chars
}

/// Case folding by way of capitals, which also makes ß into ss.
fn fold(chars: &[char]) -> String {
    chars.iter().flat_map(|c| c.to_uppercase()).collect::<String>().to_lowercase()
}

/// What a word could be the plural of, itself first.
pub(super) fn singulars(word: &str) -> impl Iterator<Item = String> + '_ {
    let cut = |end: &str, instead: &str| {
        let stem = word.strip_suffix(end)?;
        (stem.len() >= 2).then(|| format!("{stem}{instead}"))
    };
    let hisses = |stem: &String| ["s", "x", "z", "ch", "sh", "o"].iter().any(|end| stem.ends_with(end));
    [Some(word.to_owned()), cut("s", ""), cut("es", "").filter(hisses), cut("ies", "y")].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::{Borders, singulars, words};

    fn split(text: &str, borders: Borders) -> String {
        let mut all = String::new();
        for word in words(text, borders) {
            all += if word.glued { "|" } else { " " };
            all += &word.text;
        }
        all.trim_start().to_owned()
    }

    #[test]
    fn names_are_split_at_their_borders() {
        for (name, expected) in [
            ("SM_iPhone14-Pro.001", "sm i|phone|14 pro 001"),
            ("USBStick", "usb|stick"),
            ("LEDs_Traffic", "leds traffic"),
            ("LEDsTraffic", "leds|traffic"),
            ("R142A", "r|142|a"),
            ("wheelR160", "wheel|r|160"),
            ("Driver’s \"Bag\"", "drivers bag"),
            ("AT&T", "at and t"),
            ("СМАРТФОН/Экран", "смартфон экран"),
            ("ＬＥＤ＿Sign", "led sign"),
            ("STRASSE_Straße", "strasse strasse"),
            ("smart\u{200b}phone", "smartphone"),
            ("e\u{301}_x", "é x"),
            ("Comp_v002_r1", "comp r|1"),
            ("", ""),
            ("___", ""),
        ] {
            assert_eq!(split(name, Borders::Case), expected, "{name}");
        }
        assert_eq!(split("MyiPad2", Borders::Plain), "myipad|2");
    }

    #[test]
    fn a_plural_leads_to_its_singular() {
        let of = |word| singulars(word).collect::<Vec<_>>();
        assert!(of("watches").contains(&"watch".to_owned()));
        assert!(of("batteries").contains(&"battery".to_owned()));
        assert!(!of("automates").contains(&"automat".to_owned()));
        assert_eq!(of("s"), ["s"]);
    }
}
