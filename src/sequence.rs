//! Frame numbers in file names: which files are one sequence, and which frames it lacks.

use std::collections::BTreeMap;

/// Files that differ only in their frame number, or one file without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// What stands before the number, separators included; the whole name where there is no number.
    pub prefix: String,
    /// What stands after the number, extension included.
    pub suffix: String,
    /// By frame number, each with its file name; two names can stand for the same number (`1.exr`, `0001.exr`).
    pub frames: Vec<SequenceFrame>,
}

/// One file of a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceFrame {
    /// The number in its name; 1 for a file without one.
    pub number: i32,
    /// The name as it was given.
    pub name: String,
}

/// The digits of a frame number, split from its file's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Parts<'a> {
    prefix: &'a str,
    number: i32,
    suffix: &'a str,
}

impl Sequence {
    /// A name for people: the prefix without its separator, or the file's stem.
    pub fn stem(&self) -> &str {
        let name = self.prefix.trim_end_matches(['.', '_', '-']);
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        if self.frames.len() == 1 && self.suffix.is_empty() {
            name.rsplit_once('.').map_or(name, |(stem, _)| stem)
        } else {
            name
        }
    }

    /// First and last frame number.
    pub fn range(&self) -> Option<[i32; 2]> {
        Some([self.frames.first()?.number, self.frames.last()?.number])
    }

    /// Runs of numbers between the first and the last that have no file, as first and last of each run.
    pub fn gaps(&self) -> Vec<[i32; 2]> {
        let pairs = self.frames.windows(2).map(|pair| (pair[0].number, pair[1].number));
        pairs.filter(|&(a, b)| i64::from(b) - i64::from(a) > 1).map(|(a, b)| [a + 1, b - 1]).collect()
    }
}

/// Groups file names into sequences, sorted by prefix; a lone file is a sequence of one.
///
/// The frame number is the last run of digits before the extension, when a separator (`.`, `_`, `-`) or a letter stands
/// before it and a dot follows it: `shot.1001.exr`, `shot_1001.exr`, `beauty0001.exr`. Version tokens (`v012`) are none.
pub fn group<S: AsRef<str>>(names: &[S]) -> Vec<Sequence> {
    let mut groups: BTreeMap<(String, String), Vec<SequenceFrame>> = BTreeMap::new();
    for name in names {
        let name = name.as_ref();
        let (key, number) = match split(name) {
            Some(parts) => ((parts.prefix.to_owned(), parts.suffix.to_owned()), parts.number),
            None => ((name.to_owned(), String::new()), 1),
        };
        groups.entry(key).or_default().push(SequenceFrame { number, name: name.to_owned() });
    }
    let sequence = |((prefix, suffix), mut frames): ((String, String), Vec<SequenceFrame>)| {
        frames.sort_by(|a, b| (a.number, &a.name).cmp(&(b.number, &b.name)));
        Sequence { prefix, suffix, frames }
    };
    groups.into_iter().map(sequence).collect()
}

fn split(name: &str) -> Option<Parts<'_>> {
    let (stem, _) = name.rsplit_once('.')?;
    let suffix = &name[stem.len()..];
    let digits = stem.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (prefix, digits) = stem.split_at(stem.len() - digits);
    // A sign belongs to the number only after a separator: `shot.-003.exr`.
    let (prefix, negative) = match prefix.strip_suffix('-') {
        Some(rest) if rest.ends_with(['.', '_']) => (rest, true),
        _ => (prefix, false),
    };
    let is_version = prefix.ends_with(['v', 'V']) && !prefix[..prefix.len() - 1].ends_with(|c: char| c.is_alphabetic());
    if digits.is_empty() || prefix.is_empty() || is_version {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    Some(Parts { prefix, number: if negative { -number } else { number }, suffix })
}

#[cfg(test)]
mod tests {
    use super::group;

    #[test]
    fn frames_are_found_sorted_and_gaps_named() {
        let sequences = group(&["s.1003.exr", "s.1001.exr", "s.1007.exr", "t_0001.exr", "plate_v012.exr", "lone.exr"]);
        let found: Vec<_> = sequences.iter().map(|s| (s.stem(), s.range(), s.gaps())).collect();
        assert_eq!(
            found,
            [
                ("lone", Some([1, 1]), vec![]),
                ("plate_v012", Some([1, 1]), vec![]),
                ("s", Some([1001, 1007]), vec![[1002, 1002], [1004, 1006]]),
                ("t", Some([1, 1]), vec![]),
            ]
        );
    }

    #[test]
    fn numbers_that_do_not_fit_and_names_without_end_are_lone_files() {
        for name in ["99999999999999.exr", "1001.exr", "noext", ".exr", "shot.99999999999.exr", ""] {
            let sequences = group(&[name]);
            assert_eq!(sequences.len(), 1, "{name}");
            assert_eq!(sequences[0].frames[0].name, name);
        }
    }

    #[test]
    fn negative_numbers_need_a_separator() {
        assert_eq!(group(&["s.-003.exr"])[0].range(), Some([-3, -3]));
        assert_eq!(group(&["s-003.exr"])[0].range(), Some([3, 3]));
    }
}
