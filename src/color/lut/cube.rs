//! `.cube` files: text, keywords first, then a line of three numbers for each entry.

use super::{Curve, Domain, LutLimits, Table};
use crate::error::{Place, shorten};
use crate::{Error, Result};

const KEYWORDS: &str = "The keywords are TITLE, LUT_1D_SIZE, LUT_3D_SIZE, DOMAIN_MIN, DOMAIN_MAX, LUT_1D_INPUT_RANGE and \
                        LUT_3D_INPUT_RANGE, all before the first entry";
/// No line of a real file comes near it; a file of another kind may be one line only.
const LONGEST_LINE: usize = 4096;
/// The shortest line of an entry: `0 0 0` and the line's end.
const SHORTEST_ENTRY: usize = 6;

/// What the lines before the entries said, with the numbers of their lines.
#[derive(Default)]
struct Head {
    size_1d: Option<Said<usize>>,
    size_3d: Option<Said<usize>>,
    domain_min: Option<Said<[f32; 3]>>,
    domain_max: Option<Said<[f32; 3]>>,
    range_1d: Option<Said<[f32; 2]>>,
    range_3d: Option<Said<[f32; 2]>>,
    has_title: bool,
}

/// A value and the line it is on, from 1.
#[derive(Clone, Copy)]
struct Said<T> {
    line: usize,
    value: T,
}

/// The curve and the table of a file; at least one of them.
pub(super) fn read(bytes: &[u8], limits: &LutLimits) -> Result<(Option<Curve>, Option<Table>)> {
    limits.check_file(bytes.len() as u64)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut head = Head::default();
    let mut entries: Vec<[f32; 3]> = Vec::new();
    let mut expected = None;
    let mut last = 1;
    for (line, text) in bytes.split(|&byte| byte == b'\n').enumerate().map(|(i, text)| (i + 1, text)) {
        if text.len() > LONGEST_LINE {
            let what = format!("a line of {} bytes: this is no .cube file", text.len());
            return Err(malformed(line, what));
        }
        // Titles and comments may be in any encoding; what counts is ASCII.
        let text = String::from_utf8_lossy(text);
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        last = line;
        let first = text.split_whitespace().next().unwrap_or_default();
        if first.parse::<f32>().is_err() {
            if expected.is_some() {
                let what = format!("{:?} stands among the entries", shorten(first));
                return Err(malformed(line, what).with_next(KEYWORDS));
            }
            head.read(line, first, text, limits)?;
            continue;
        }
        let total = match expected {
            Some(total) => total,
            None => {
                let total = head.entries(line)?;
                entries.reserve_exact(total.min(bytes.len() / SHORTEST_ENTRY + 1));
                *expected.insert(total)
            }
        };
        if entries.len() == total {
            return Err(malformed(line, format!("here is an entry too many: {} make {total}", head.sizes())));
        }
        entries.push(numbers(line, "an entry", text.split_whitespace())?);
    }
    let total = expected.unwrap_or(head.entries(last)?);
    if entries.len() < total {
        let what = format!("the file ends after {} entries, {} make {total}", entries.len(), head.sizes());
        return Err(Error::truncated(Place::at_line(last), what));
    }
    head.build(&entries)
}

impl Head {
    fn read(&mut self, line: usize, keyword: &str, text: &str, limits: &LutLimits) -> Result<()> {
        let words = || text.split_whitespace().skip(1);
        match keyword {
            "TITLE" if self.has_title => return Err(twice(line, keyword)),
            "TITLE" => self.has_title = true,
            "LUT_1D_SIZE" => set(&mut self.size_1d, line, keyword, size(line, keyword, words(), limits.entries_1d)?)?,
            "LUT_3D_SIZE" => set(&mut self.size_3d, line, keyword, size(line, keyword, words(), limits.side_3d)?)?,
            "DOMAIN_MIN" => set(&mut self.domain_min, line, keyword, numbers(line, keyword, words())?)?,
            "DOMAIN_MAX" => set(&mut self.domain_max, line, keyword, numbers(line, keyword, words())?)?,
            "LUT_1D_INPUT_RANGE" => set(&mut self.range_1d, line, keyword, numbers(line, keyword, words())?)?,
            "LUT_3D_INPUT_RANGE" => set(&mut self.range_3d, line, keyword, numbers(line, keyword, words())?)?,
            _ => {
                let what = format!("{:?} is no keyword of a .cube file that is read", shorten(keyword));
                return Err(malformed(line, what).with_next(KEYWORDS));
            }
        }
        Ok(())
    }

    /// How many entries follow; `line` is where they would begin.
    fn entries(&self, line: usize) -> Result<usize> {
        let value = |said: Option<Said<usize>>| said.map_or(0, |said| said.value);
        // The limits keep this far from overflow.
        let (curve, side) = (value(self.size_1d), value(self.size_3d));
        match curve.saturating_add(side.saturating_mul(side).saturating_mul(side)) {
            0 => {
                let what = "neither LUT_1D_SIZE nor LUT_3D_SIZE says how many entries there are";
                Err(malformed(line, what).with_next(KEYWORDS))
            }
            total => Ok(total),
        }
    }

    /// The sizes as the file says them: `LUT_1D_SIZE 4 and LUT_3D_SIZE 33`.
    fn sizes(&self) -> String {
        let said = [("LUT_1D_SIZE", self.size_1d), ("LUT_3D_SIZE", self.size_3d)];
        let said: Vec<String> =
            said.iter().filter_map(|(name, size)| size.map(|size| format!("{name} {}", size.value))).collect();
        said.join(" and ")
    }

    /// `entries` are as many as [`Self::entries`] says: those of the curve first.
    fn build(&self, entries: &[[f32; 3]]) -> Result<(Option<Curve>, Option<Table>)> {
        let domain = self.domain()?;
        let (range_1d, range_3d) = (range(self.range_1d)?, range(self.range_3d)?);
        for (range, size, name) in [(self.range_1d, self.size_1d, "1D"), (self.range_3d, self.size_3d, "3D")] {
            if let (Some(range), None) = (range, size) {
                return Err(malformed(range.line, format!("LUT_{name}_INPUT_RANGE stands without LUT_{name}_SIZE")));
            }
        }
        let (of_curve, of_table) = entries.split_at(self.size_1d.map_or(0, |size| size.value));
        let curve = self.size_1d.map(|_| Curve::new(domain.or(range_1d).unwrap_or(Domain::UNIT), of_curve));
        let table =
            self.size_3d.map(|size| Table::new(domain.or(range_3d).unwrap_or(Domain::UNIT), size.value, of_table));
        Ok((curve, table))
    }

    /// What `DOMAIN_MIN` and `DOMAIN_MAX` say; 0 and 1 where only the other is there.
    fn domain(&self) -> Result<Option<Domain>> {
        let Some(line) = self.domain_max.or(self.domain_min).map(|said| said.line) else { return Ok(None) };
        if self.size_1d.is_some() && self.size_3d.is_some() || self.range_1d.or(self.range_3d).is_some() {
            let what = "DOMAIN_MIN and DOMAIN_MAX are for files with one table and without input ranges";
            return Err(malformed(line, what).with_next("Say LUT_1D_INPUT_RANGE and LUT_3D_INPUT_RANGE instead"));
        }
        let min = self.domain_min.map_or([0.0; 3], |said| said.value);
        let max = self.domain_max.map_or([1.0; 3], |said| said.value);
        let domain = Domain::new(min, max);
        domain
            .map(Some)
            .ok_or_else(|| malformed(line, format!("the domain from {min:?} to {max:?} does not run upwards")))
    }
}

fn range(said: Option<Said<[f32; 2]>>) -> Result<Option<Domain>> {
    let Some(Said { line, value: [min, max] }) = said else { return Ok(None) };
    let domain = Domain::new([min; 3], [max; 3]);
    domain.map(Some).ok_or_else(|| malformed(line, format!("the input range from {min} to {max} does not run upwards")))
}

fn set<T>(slot: &mut Option<Said<T>>, line: usize, keyword: &str, value: T) -> Result<()> {
    match slot.replace(Said { line, value }) {
        None => Ok(()),
        Some(_) => Err(twice(line, keyword)),
    }
}

fn size<'a>(line: usize, keyword: &str, mut words: impl Iterator<Item = &'a str>, limit: usize) -> Result<usize> {
    let (word, rest) = (words.next().unwrap_or_default(), words.next());
    match word.parse::<usize>() {
        Ok(size) if rest.is_none() && (2..=limit).contains(&size) => Ok(size),
        Ok(size) if rest.is_none() && size > limit => {
            let what = format!("line {line}: {keyword} {size} is over the limit");
            Err(Error::limit(what, format!("{keyword} is a whole number from 2 to {limit}")))
        }
        _ => {
            let what = format!("{keyword} is {:?}", shorten(word));
            Err(malformed(line, what).with_next(format!("It is one whole number from 2 to {limit}")))
        }
    }
}

/// Exactly that many finite numbers.
fn numbers<'a, const N: usize>(line: usize, of: &str, words: impl Iterator<Item = &'a str>) -> Result<[f32; N]> {
    let mut values = [0.0; N];
    let mut count = 0;
    for word in words {
        let value: f32 =
            word.parse().map_err(|_| malformed(line, format!("{of} holds {:?}, which is no number", shorten(word))))?;
        if !value.is_finite() {
            return Err(malformed(line, format!("{of} holds {:?}, which is not finite", shorten(word))));
        }
        if let Some(slot) = values.get_mut(count) {
            *slot = value;
        }
        count += 1;
    }
    if count != N {
        return Err(malformed(line, format!("{of} holds {count} numbers, not {N}")));
    }
    Ok(values)
}

fn twice(line: usize, keyword: &str) -> Error {
    malformed(line, format!("{keyword} is said a second time"))
}

fn malformed(line: usize, what: impl Into<String>) -> Error {
    Error::malformed(Place::at_line(line), what)
}
