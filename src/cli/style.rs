//! Colours and tables for people.

use std::fmt::{self, Write};

/// Colours, where they are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    colors: bool,
}

impl Style {
    /// Colours for a terminal, unless the user does not want them (no-color.org, bixense.com/clicolors).
    pub(super) fn for_stream(is_terminal: bool) -> Self {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let is_zero = |value: std::ffi::OsString| value == "0";
        let forced = set("CLICOLOR_FORCE").is_some_and(|value| !is_zero(value));
        let refused = set("CLICOLOR").is_some_and(is_zero) || set("TERM").is_some_and(|term| term == "dumb");
        Self { colors: set("NO_COLOR").is_none() && (forced || (is_terminal && !refused)) }
    }

    /// Without colours.
    pub(super) const fn for_file() -> Self {
        Self { colors: false }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(super) fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    pub(super) fn error(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    pub(super) fn warning(self, text: &str) -> String {
        self.paint("1;33", text)
    }

    pub(super) fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self.colors && !text.is_empty() {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }
}

/// Text that comes from a file or its name, safe to show: what would move the cursor, change colours or turn the
/// direction of writing is shown as an escape, so that no name can pose as another line.
pub(super) fn printable(text: impl fmt::Display) -> String {
    let text = text.to_string();
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' => {
                safe.extend(c.escape_unicode());
            }
            c if c.is_control() => safe.extend(c.escape_default()),
            c => safe.push(c),
        }
    }
    safe
}

/// How a column's cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// Rows whose columns line up. Cells are made printable; colours are put on afterwards, by column.
#[derive(Debug)]
pub(super) struct Table<'a> {
    columns: &'a [Align],
    indent: usize,
    rows: Vec<Vec<String>>,
}

impl<'a> Table<'a> {
    pub(super) fn new(indent: usize, columns: &'a [Align]) -> Self {
        Self { columns, indent, rows: Vec::new() }
    }

    pub(super) fn row<T: fmt::Display>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(printable).collect());
    }

    /// The table; `paint` gets row, column and the padded cell.
    pub(super) fn render(&self, paint: impl Fn(usize, usize, &str) -> String) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let mut text = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            let mut line = " ".repeat(self.indent);
            for (column, ((cell, width), align)) in row.iter().zip(&widths).zip(self.columns).enumerate() {
                if column > 0 {
                    line.push_str("  ");
                }
                let padding = " ".repeat(width - cell.chars().count());
                let padded = match align {
                    Align::Left => paint(number, column, cell) + &padding,
                    Align::Right => padding + &paint(number, column, cell),
                };
                line.push_str(&padded);
            }
            let _ = writeln!(text, "{}", line.trim_end());
        }
        text
    }
}

/// Bytes in the unit a person would choose.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = UNITS[0];
    for larger in &UNITS[1..] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = larger;
    }
    format!("{value:.1} {unit}")
}

/// A number with its noun: `1 frame`, `2 frames`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A measured number with six significant digits at the most.
pub(super) fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let digits = value.abs().log10().floor();
    if !(-4.0..9.0).contains(&digits) {
        return format!("{value:.4e}");
    }
    let decimals = (5.0 - digits).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Align, Table, number, printable, size};

    #[test]
    fn names_cannot_pose_as_lines_or_colours() {
        assert_eq!(printable("a\nerror: b\x1b[31m\u{202e}ä"), "a\\nerror: b\\u{1b}[31m\\u{202e}ä");
    }

    #[test]
    fn numbers_and_sizes_are_short() {
        let numbers = [0.0, 1.0, -0.001, 0.180_000_007, 65504.0, 7_028_736.0, 1.5e12, 1e-7, 123_456_789.0].map(number);
        let expected = ["0", "1", "-0.001", "0.18", "65504", "7028736", "1.5000e12", "1.0000e-7", "123456789"];
        assert_eq!(numbers, expected);
        assert_eq!(
            [0, 1023, 1024, 1 << 20, 3 << 39].map(size),
            ["0 bytes", "1023 bytes", "1.0 KiB", "1.0 MiB", "1.5 TiB"]
        );
    }

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(1, &[Align::Left, Align::Right]);
        table.row(["a", "10"]);
        table.row(["long", "1"]);
        assert_eq!(table.render(|_, _, cell| cell.to_owned()), " a     10\n long   1\n");
    }
}
