//! Black along the edges of a movie: a line or two that a resize left, and bars that nobody asked for.

use super::luma::LumaRows;
use crate::frame::Region;
use crate::qc::check::{CheckId, Observation};
use crate::qc::report::{QcIssue, Severity};
use crate::qc::survey::Rows as _;

/// Luma of a black line, in codes of 8 bits: black, and what a codec makes of it.
const BLACK: f32 = 18.0;
/// Mean luma of a line that is part of a picture.
const LIT: f32 = 24.0;
/// Lines at the most that are a fault of resizing and no bar.
const THIN: usize = 2;
/// The sides, in the order of all arrays here.
const SIDES: [&str; 4] = ["left", "top", "right", "bottom"];

/// Lines of black at each side, over the whole movie.
#[derive(Default)]
pub(super) struct Borders {
    /// The fewest of any frame in which a picture could be seen beside them.
    least: Option<[usize; 4]>,
    /// The same of the masters.
    meant: Option<[usize; 4]>,
    first: Option<(i32, String)>,
    size: [usize; 2],
}

impl Borders {
    /// Takes note of a frame and of what its master makes; gives the frame's bars.
    pub(super) fn observe(
        &mut self,
        at: &Observation<'_>,
        rows: &LumaRows<'_>,
        master: Option<&LumaRows<'_>>,
    ) -> [usize; 4] {
        let Some(black) = black_lines(rows) else { return [0; 4] };
        self.size = rows.size();
        self.first.get_or_insert_with(|| (at.number, at.file.to_owned()));
        let fewest = |known: Option<[usize; 4]>, new: [usize; 4]| {
            Some(known.map_or(new, |known| std::array::from_fn(|side| known[side].min(new[side]))))
        };
        self.least = fewest(self.least, black);
        if let Some(meant) = master.and_then(black_lines) {
            self.meant = fewest(self.meant, meant);
        }
        black
    }

    /// What all frames have.
    pub(super) fn finish(self) -> Vec<QcIssue> {
        let (Some(black), Some((number, file))) = (self.least, self.first) else { return Vec::new() };
        let meant = self.meant.unwrap_or_default();
        let [width, height] = self.size.map(|side| side as u32);
        let mut found = Vec::new();
        for (side, name) in SIDES.into_iter().enumerate() {
            let lines = black[side];
            if lines <= meant[side] {
                continue;
            }
            let count = lines as u32;
            let region = match side {
                0 => Region::new(0, 0, count, height),
                1 => Region::new(0, 0, width, count),
                2 => Region::new((width - count) as i32, 0, count, height),
                _ => Region::new(0, (height - count) as i32, width, count),
            };
            let (severity, text, next) = if lines <= THIN {
                let text = format!("A black line of {lines} px runs along the {name} edge.");
                (Severity::Error, text, "Resize from the whole picture; the filter read beyond its edge.")
            } else {
                let text = format!("A black bar of {lines} px lies along the {name} edge, in every frame.");
                (Severity::Warning, text, "Crop the picture to the delivery's shape, if bars are not meant.")
            };
            let issue = QcIssue::new(CheckId::ResolutionMatch, severity, text, number, &file).at(region);
            found.push(issue.measured(lines as f64, meant[side] as f64).suggest(next));
        }
        found
    }
}

/// Black lines along each side; none where the picture is too dark to tell.
fn black_lines(rows: &LumaRows<'_>) -> Option<[usize; 4]> {
    let [width, height] = rows.size();
    let mut row = vec![0.0; width];
    let mut columns = vec![0.0_f32; width];
    let mut sums = vec![0.0_f64; width];
    let is_black: Vec<(bool, f64)> = (0..height)
        .map(|y| {
            rows.row(y, &mut row);
            for ((most, sum), &code) in columns.iter_mut().zip(&mut sums).zip(&row) {
                *most = most.max(code);
                *sum += f64::from(code);
            }
            let most = row.iter().fold(0.0_f32, |most, &code| most.max(code));
            (most <= BLACK, row.iter().map(|&code| f64::from(code)).sum::<f64>() / width as f64)
        })
        .collect();
    let by_column: Vec<(bool, f64)> =
        columns.iter().zip(sums).map(|(&most, sum)| (most <= BLACK, sum / height as f64)).collect();
    let run = |lines: &mut dyn Iterator<Item = &(bool, f64)>| -> Option<usize> {
        for (count, &(is_black, mean)) in lines.enumerate() {
            if !is_black {
                // A picture that is dark at its edge says nothing of lines.
                return Some(if mean >= f64::from(LIT) { count } else { 0 });
            }
        }
        None
    };
    Some([
        run(&mut by_column.iter())?,
        run(&mut is_black.iter())?,
        run(&mut by_column.iter().rev())?,
        run(&mut is_black.iter().rev())?,
    ])
}
