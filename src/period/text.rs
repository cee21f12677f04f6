//! What text in the picture gives away: years, telephone numbers, plates, web names, and the names of rules.

use unicode_normalization::UnicodeNormalization;

use super::judge::Judge;
use super::rule::{Anachronism, Channel, Kind, Rule};
use super::verdict::Hit;
use crate::Severity;

/// Years from the film's that its own posters and calendars may well show; later ones cannot be explained.
const NEAR_YEARS: i32 = 2;
/// Later years are no years that a sign shows.
const LAST_YEAR: i32 = 2099;
/// Words after a number that make it the number of a house, a room, a size.
const NOT_A_YEAR_BEFORE: [&str; 28] = [
    "street", "st", "ave", "avenue", "av", "broadway", "blvd", "road", "rd", "place", "pl", "park", "floor", "fl",
    "west", "east", "north", "south", "w", "e", "lbs", "lb", "ft", "sq", "miles", "watts", "psi", "space",
];
/// Words before a number that make it a number of something.
const NOT_A_YEAR_AFTER: [&str; 20] = [
    "no", "suite", "ste", "apt", "room", "rm", "unit", "car", "bus", "tel", "fax", "zip", "box", "lot", "model",
    "license", "lic", "train", "engine", "ladder",
];
/// Three letters before four digits that are no plate.
const NO_PLATE: [&str; 40] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed", "thu",
    "fri", "sat", "sun", "est", "tel", "fax", "the", "nyc", "msg", "ave", "apt", "box", "lot", "row", "sec", "car",
    "bus", "and", "for", "new", "tax", "pin", "lic", "ext",
];
/// Words after which a year comes, also where the space between was not read.
const BEFORE_A_YEAR: [&str; 8] = ["since", "est", "established", "copyright", "founded", "opened", "opening", "summer"];
/// Letters that touch four digits make a code of them, unless they are as many as this.
const SHORTEST_WORD: usize = 3;
/// Terms of fewer letters are not looked for among letters that were misread.
const MISREAD_LETTERS: usize = 6;

impl Judge {
    /// What is out of its time in one line of text that was read in the picture.
    pub fn text(&self, line: &str) -> Vec<Hit<'_>> {
        let line: String = line.nfkc().collect();
        let mut hits = Vec::new();
        for rule in self.rules().filter(|rule| rule.channels.contains(&Channel::Text)) {
            let found = match rule.kind {
                Kind::Year => year(&line, self.year())
                    .map(|(year, severity)| (year.to_string(), Anachronism::NotYet(year), severity)),
                Kind::AreaCode => self.dated(rule, telephone(&line, |code| rule.terms.iter().any(|term| term == code))),
                Kind::Plate => self.dated(rule, plate(&line, &rule.terms)),
                Kind::Handle => self.dated(rule, tagged(&line, '@', 2)),
                Kind::Hashtag => self.dated(rule, tagged(&line, '#', 3)),
                Kind::Domain => self.dated(rule, domain(&line, &rule.terms)),
                Kind::Words | Kind::Presence | Kind::QrCode => None,
            };
            hits.extend(found.map(|(words, anachronism, severity)| Hit { rule, words, anachronism, severity }));
        }
        let named = self.name(&line, Channel::Text);
        match named.is_empty() {
            true => hits.extend(self.misread(&line)),
            false => hits.extend(named),
        }
        hits
    }

    /// What a QR code in the picture comes to; `None` where the film's year has them.
    pub fn qr_code(&self) -> Option<Hit<'_>> {
        let rule = self.rules().find(|rule| rule.kind == Kind::QrCode)?;
        let (words, anachronism, severity) = self.dated(rule, Some("QR code".to_owned()))?;
        Some(Hit { rule, words, anachronism, severity })
    }

    fn dated(&self, rule: &Rule, found: Option<String>) -> Option<(String, Anachronism, Severity)> {
        let anachronism = rule.anachronism(self.year())?;
        found.map(|words| (words, anachronism, rule.severity))
    }

    /// Single words of which some letters were read as others that look alike: "VER1ZON".
    fn misread(&self, line: &str) -> Option<Hit<'_>> {
        line.split_whitespace().find_map(|word| {
            let word = look(word);
            let is_long = word.chars().count() >= MISREAD_LETTERS;
            let (rule, words) = is_long.then(|| self.single_words().find(|(_, term)| look(term) == word)).flatten()?;
            let anachronism = rule.anachronism(self.year())?;
            Some(Hit { rule, words: words.to_owned(), anachronism, severity: rule.severity })
        })
    }
}

/// What letters look like: those that are taken for each other are the same.
fn look(word: &str) -> String {
    let same = |c: char| match c {
        '0' | 'Q' | 'o' | 'O' | 'D' => Some('o'),
        '1' | 'l' | 'i' | 'I' | '|' | 'L' | '!' => Some('l'),
        '5' | 's' | 'S' | '$' => Some('s'),
        '8' | 'b' | 'B' => Some('b'),
        '2' | 'z' | 'Z' => Some('z'),
        c if c.is_alphanumeric() => c.to_lowercase().next(),
        _ => None,
    };
    word.chars().filter_map(same).collect()
}

/// A year after the film's that is not the number of something. Readers of pictures lose spaces, so that it may touch a
/// word; then it is less sure.
fn year(line: &str, film: i32) -> Option<(i32, Severity)> {
    let years = digit_runs(line).into_iter().filter_map(|(start, end)| {
        let year: i32 = line[start..end].parse().ok().filter(|_| end - start == 4)?;
        let (before, after) = (&line[..start], &line[end..]);
        let is_year = (film + 1..=LAST_YEAR).contains(&year) && is_no_number(before, after);
        is_year.then_some((year, touches_word(before, after)))
    });
    let (year, is_doubtful) = years.max_by_key(|&(year, touches)| (!touches, year))?;
    let severity = if is_doubtful || year - film <= NEAR_YEARS { Severity::Warning } else { Severity::Error };
    Some((year, severity))
}

/// Whether four digits between these are not a part of a longer number, an amount, a code, or the number of a house.
fn is_no_number(before: &str, after: &str) -> bool {
    let ends: Vec<char> = before.chars().rev().take(2).collect();
    let is_amount = matches!(ends[..], ['$' | '€' | '£' | '#' | '+', ..]);
    let goes_on_before = match ends[..] {
        ['.' | ',' | '-' | ':' | 'x', second] => second.is_ascii_digit(),
        ['.' | ',' | '-' | ':' | 'x'] => true,
        _ => false,
    };
    let goes_on_after =
        after.starts_with(['.', ',', '-', ':', 'x', '%']) && after.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
    // "R2004" and "2010X" are codes, "SINCE2009" is not.
    let is_code = [last_word(before), first_word(after)]
        .iter()
        .zip([ends_in_letter(before), starts_with_letter(after)])
        .any(|(word, touches)| touches && word.chars().count() < SHORTEST_WORD);
    !is_amount
        && !goes_on_before
        && !goes_on_after
        && !is_code
        && !NOT_A_YEAR_AFTER.contains(&last_word(before).as_str())
        && !NOT_A_YEAR_BEFORE.contains(&first_word(after).as_str())
        && !after.trim_start().to_lowercase().starts_with(": a space")
}

fn touches_word(before: &str, after: &str) -> bool {
    (ends_in_letter(before) && !BEFORE_A_YEAR.contains(&last_word(before).as_str())) || starts_with_letter(after)
}

fn ends_in_letter(text: &str) -> bool {
    text.chars().next_back().is_some_and(char::is_alphabetic)
}

fn starts_with_letter(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_alphabetic)
}

/// The letters of the last word, in small ones; nothing where digits come last.
fn last_word(text: &str) -> String {
    let text = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    let start = text
        .rfind(|c: char| !c.is_alphabetic())
        .map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8));
    text[start..].to_lowercase()
}

fn first_word(text: &str) -> String {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    text.chars().take_while(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

fn digit_runs(line: &str) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, c) in line.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
        match runs.last_mut() {
            Some(last) if last.1 == at => last.1 = at + c.len_utf8(),
            _ => runs.push((at, at + c.len_utf8())),
        }
    }
    runs
}

/// A telephone number with one of the area codes: three digits, three, four; the last seven may be letters of the keypad.
fn telephone(line: &str, is_code: impl Fn(&str) -> bool) -> Option<String> {
    let chars: Vec<char> = line.chars().collect();
    let is_separator = |c: char| matches!(c, ' ' | '-' | '.' | ')' | '/' | '\u{b7}' | '\u{2022}' | '\u{2013}');
    (0..chars.len()).find_map(|start| {
        let code: String = chars.get(start..start + 3)?.iter().collect();
        let is_free = start == 0 || !chars[start - 1].is_alphanumeric() || (start == 1 && chars[0] == '1');
        if !is_free || !is_code(&code) {
            return None;
        }
        let after = &chars[start + 3..];
        let gap = after.iter().take_while(|&&c| is_separator(c)).count();
        let rest: Vec<char> =
            after[gap..].iter().copied().take_while(|&c| c.is_ascii_alphanumeric() || is_separator(c)).collect();
        let number: Vec<char> = rest.iter().copied().filter(char::is_ascii_alphanumeric).collect();
        let first_digits = number.iter().take(3).filter(|c| c.is_ascii_digit()).count();
        let is_spelled = number.len() == 7 && number.iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        let is_plain = number.len() >= 7
            && number[..7].iter().all(char::is_ascii_digit)
            && number.get(7).is_none_or(|c| !c.is_ascii_digit());
        (gap <= 3 && first_digits == 3 && (is_plain || is_spelled)).then(|| {
            let number: String = number.iter().take(7).collect();
            format!("{code} {number}")
        })
    })
}

/// A line that is nothing but a plate of one of the shapes.
fn plate(line: &str, shapes: &[String]) -> Option<String> {
    let line = line.trim();
    let is_shape = |shape: &String| {
        line.chars().count() == shape.chars().count()
            && line.chars().zip(shape.chars()).all(|(c, wanted)| match wanted {
                'A' => c.is_ascii_uppercase(),
                '9' => c.is_ascii_digit(),
                '-' => matches!(c, '-' | '\u{b7}' | '\u{2022}' | '\u{2013}' | '.'),
                wanted => c == wanted,
            })
    };
    let letters: String = line.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    let is_year = digits.parse().is_ok_and(|number: i32| (1800..=LAST_YEAR).contains(&number));
    (shapes.iter().any(is_shape) && !is_year && !NO_PLATE.contains(&letters.as_str())).then(|| line.to_owned())
}

/// A word behind `mark` of at least so many letters; not the second half of a mail address.
fn tagged(line: &str, mark: char, shortest: usize) -> Option<String> {
    line.match_indices(mark).find_map(|(at, _)| {
        let is_free = line[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '.');
        let name: String = line[at + 1..].chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect();
        let is_name = name.starts_with(char::is_alphabetic) && name.chars().count() >= shortest;
        (is_free && is_name).then(|| format!("{mark}{name}"))
    })
}

/// A web address that ends in one of these: "visit.nyc", "bit.ly/x".
fn domain(line: &str, ends: &[String]) -> Option<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    line.to_lowercase().split(|c: char| !is_part(c)).find_map(|address| {
        let (name, end) = address.trim_matches('.').rsplit_once('.')?;
        let is_named = name
            .rsplit('.')
            .next()
            .is_some_and(|label| label.len() >= 2 && label.contains(|c: char| c.is_ascii_alphabetic()));
        (is_named && ends.iter().any(|known| known == end)).then(|| format!("{name}.{end}"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::Judge;

    fn ids(line: &str) -> Vec<String> {
        let judge = Judge::embedded().unwrap_or_else(|error| unreachable!("{error}"));
        judge.text(line).iter().map(|hit| hit.rule.id.clone()).collect()
    }

    #[test]
    fn text_is_judged_by_what_it_says() {
        for (line, expected) in [
            ("© 2019 ACME", "year_text"),
            ("SALE ENDS 6/30/2004", "year_text"),
            ("EST. 2011", "year_text"),
            ("Opening 1999", "year_text"),
            ("2011ACME", "year_text"),
            ("EST.2009", "year_text"),
            ("SINCE2009", "year_text"),
            ("CALL (646) 555-0172", "area_code_646"),
            ("1-347-555-0199", "area_code_646"),
            ("646.555.0110", "area_code_646"),
            ("929 555 PIZZA", ""),
            ("929-555-FOOD", "area_code_929"),
            ("GHK-4821", "plates"),
            ("HBC 7391", "plates"),
            ("@joesdeli", "handle"),
            ("follow us @msgnetwork", "handle"),
            ("#NewYorkStrong", "hashtag"),
            ("visit.nyc", "tld_nyc"),
            ("BIT.LY/3XY", "short_link"),
            ("facebook.com/joes", "facebook"),
            ("UBER", "uber_lyft"),
            ("VER1ZON", "verizon"),
            ("No drones in park", "drone"),
            ("If you see something, say something", "ssss"),
            // Innocents.
            ("SINCE 1998", ""),
            ("SINCE1998", ""),
            ("NO.2011", ""),
            ("2004WATTS", ""),
            ("R2004", ""),
            ("FX2010", ""),
            ("3.2004", ""),
            ("2001 Broadway", ""),
            ("555-2019", ""),
            ("$2000", ""),
            ("2,000 lbs", ""),
            ("212-555-0187", ""),
            ("(718) 555-2004", ""),
            ("NOV 1998", ""),
            ("joe@aol.com", ""),
            ("#1 FAN", ""),
            ("www.knicks.com", ""),
            ("EXIT 646", ""),
            ("SUITE 2010", ""),
            ("TWO SLICES @ $1.50", ""),
            ("HUBER DELI", ""),
            ("DONT WALK", ""),
            ("", ""),
        ] {
            assert_eq!(ids(line).join(" "), expected, "{line}");
        }
    }
}
