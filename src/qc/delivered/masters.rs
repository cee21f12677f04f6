//! A movie beside the masters it was made from: colour, grain that the codec left, and whether every frame is its own.

use std::collections::BTreeMap;

use super::color_fit::{self, CODING, ColorFit, Pair};
use super::luma::{LumaRows, read_codes};
use super::note;
use crate::color::ycbcr::{Layout, Sampling};
use crate::qc::check::{Answer, CheckId, Observation};
use crate::qc::events::{Events, Sighting};
use crate::qc::report::{QcIssue, Severity};
use crate::qc::survey::Rows as _;
use crate::spec::Codec;

/// Blocks across and down of which means are compared.
const BLOCKS: [usize; 2] = [24, 14];
/// Pairs that are kept of a movie.
const MOST_PAIRS: usize = 40_000;
/// Rows of luma that frames are told apart by.
const ROWS: usize = 48;
/// Pixels of a piece of a row that grain is measured in, and the distance of its second differences.
const PIECE: usize = 32;
const LAG: usize = 2;
/// Share of the pieces, the quietest, in which grain is not texture.
const QUIET: f64 = 0.3;
/// Frames that differ from their own master by less, in codes of 8 bits, are told from neighbours by chance.
const LEAST_DIFFERENCE: f64 = 0.25;

/// What frames are like beside their masters.
pub(super) struct Masters {
    layout: Layout,
    size: [usize; 2],
    /// Share of the grain that the codec should leave.
    least_grain: f64,
    pairs: Vec<Pair>,
    order: Events,
    survival: Vec<(i32, f64)>,
    before: Option<Rows>,
    frames: usize,
}

/// Rows of a frame's luma as the master makes them, and as the file has them.
struct Rows {
    number: i32,
    master: Vec<f32>,
    file: Vec<f32>,
}

impl Masters {
    pub(super) fn new(layout: Layout, size: [usize; 2], codec: Option<Codec>) -> Self {
        Self {
            layout,
            size,
            least_grain: least_grain(codec),
            pairs: Vec::new(),
            order: Events::new(CheckId::FrameRateCorrect, 0.0),
            survival: Vec::new(),
            before: None,
            frames: 0,
        }
    }

    pub(super) fn observe(&mut self, at: &Observation<'_>, planes: &[u8], master: &[u8]) {
        let rows = |planes| LumaRows::new(planes, self.layout, self.size).map(|luma| sampled(&luma));
        let (Some(file), Some(meant)) = (rows(planes), rows(master)) else { return };
        self.frames += 1;
        if self.pairs.len() < MOST_PAIRS {
            let (master, file) = (means(self.layout, self.size, master), means(self.layout, self.size, planes));
            self.pairs.extend(master.into_iter().zip(file).map(|(master, file)| [master, file]));
        }
        self.survival.extend(survival(&meant, &file, self.size[0]).map(|share| (at.number, share)));
        let now = Rows { number: at.number, master: meant, file };
        let wrong = self.before.as_ref().and_then(|before| exchanged(before, &now));
        self.order.observe(at, wrong.into_iter().collect());
        self.before = Some(now);
    }

    pub(super) fn finish(self, file: &str, first: i32, answers: &mut BTreeMap<CheckId, Answer>) {
        if self.frames == 0 {
            return note(answers, CheckId::ColorSpaceValid, "no master could be read to hold it against");
        }
        let rate = answers.entry(CheckId::FrameRateCorrect).or_default();
        rate.issues.extend(self.order.finish());
        rate.tested = true;
        let usual = median(self.survival.iter().map(|&(_, share)| share).collect());
        let grain = answers.entry(CheckId::GrainVisible).or_default();
        match usual {
            Some(share) => {
                grain.tested = true;
                if share < self.least_grain {
                    let text = format!(
                        "The codec left {:.0} % of the masters' grain, {:.0} % are the least.",
                        100.0 * share,
                        100.0 * self.least_grain
                    );
                    let issue = QcIssue::new(CheckId::GrainVisible, Severity::Warning, text, first, file);
                    grain
                        .issues
                        .push(issue.measured(share, self.least_grain).suggest("Encode it with a higher quality."));
                }
                grain.metrics.push(("grain_survival", self.survival));
            }
            None => note(answers, CheckId::GrainVisible, "the masters have no grain that could survive"),
        }
        match color_fit::fit(&self.pairs) {
            Some(fit) => color(answers, fit, file, first),
            None => note(answers, CheckId::ColorSpaceValid, "the frame is too small to compare colour with the master"),
        }
    }
}

/// Share of the grain that codecs of these kinds leave, at the least. Quantisers take the more the weaker grain is: the
/// film's own settings leave 0.53, 0.40 and 0.30 of grain of one code (of 8 bits, blurred over 0.8 pixels), and 0.70, 0.57
/// and 0.34 of two; of white noise of one code 0.38, 0.18 and 0.22. A movie that was blurred or encoded twice keeps a tenth.
const fn least_grain(codec: Option<Codec>) -> f64 {
    match codec {
        Some(Codec::ProRes4444 | Codec::ProRes4444Xq) => 0.4,
        Some(Codec::H264High) | None => 0.12,
        Some(_) => 0.25,
    }
}

fn color(answers: &mut BTreeMap<CheckId, Answer>, fit: ColorFit, file: &str, first: i32) {
    /// Codes of 8 bits that anybody sees beside the master.
    const PLAIN: f64 = 3.0;
    let answer = answers.entry(CheckId::ColorSpaceValid).or_default();
    answer.tested = true;
    answer.measured = Some((fit.difference, CODING, "8-bit codes from the master, root mean square"));
    if fit.difference >= CODING {
        let severity = if fit.difference >= PLAIN { Severity::Error } else { Severity::Warning };
        let issue = QcIssue::new(CheckId::ColorSpaceValid, severity, fit.text(), first, file);
        let next = "Encode it again from the masters, through the film's view.";
        answer.issues.push(issue.measured(fit.difference, CODING).suggest(next));
    }
}

/// Means of blocks as R'G'B', 0 black and 1 white.
fn means(layout: Layout, size: [usize; 2], planes: &[u8]) -> Vec<[f64; 3]> {
    let depth = layout.depth();
    let mut start = 0;
    let mut of_planes = Vec::with_capacity(3);
    for size in layout.plane_sizes(size).into_iter().take(3) {
        let length = size[0] * size[1] * depth.bytes();
        of_planes.push(block_means(planes.get(start..start + length).unwrap_or_default(), size, depth));
        start += length;
    }
    let [first, second, third] = [0, 1, 2].map(|plane: usize| of_planes.get(plane).map_or(&[][..], Vec::as_slice));
    let codes = first.iter().zip(second).zip(third).map(|((&a, &b), &c)| [a, b, c]);
    match layout.sampling() {
        Sampling::Rgb => codes.map(|[g, b, r]| [r, g, b].map(|code| code / 255.0)).collect(),
        _ => codes.map(to_rgb).collect(),
    }
}

/// BT.709-6, items 3.2 to 3.4, the other way.
fn to_rgb([luma, cb, cr]: [f64; 3]) -> [f64; 3] {
    let (y, cb, cr) = ((luma - 16.0) / 219.0, (cb - 128.0) / 224.0, (cr - 128.0) / 224.0);
    let (r, b) = (y + 1.5748 * cr, y + 1.8556 * cb);
    [r, (y - 0.2126 * r - 0.0722 * b) / 0.7152, b]
}

fn block_means(plane: &[u8], [width, height]: [usize; 2], depth: crate::color::ycbcr::Depth) -> Vec<f64> {
    let [columns, rows] = BLOCKS;
    let mut sums = vec![(0.0, 0_u32); columns * rows];
    let mut row = vec![0.0; width];
    for y in 0..height {
        let start = y * width * depth.bytes();
        read_codes(plane.get(start..).unwrap_or_default(), depth, &mut row);
        let line = &mut sums[y * rows / height * columns..][..columns];
        for (column, sum) in line.iter_mut().enumerate() {
            let piece = &row[column * width / columns..(column + 1) * width / columns];
            sum.0 += f64::from(piece.iter().sum::<f32>());
            sum.1 += piece.len() as u32;
        }
    }
    sums.into_iter().filter(|(_, count)| *count > 0).map(|(sum, count)| sum / f64::from(count)).collect()
}

/// Some rows of a frame's luma.
fn sampled(luma: &LumaRows<'_>) -> Vec<f32> {
    let [width, height] = luma.size();
    let step = height.div_ceil(ROWS).max(1);
    let rows: Vec<usize> = (step / 2..height).step_by(step).collect();
    let mut samples = vec![0.0; rows.len() * width];
    for (y, output) in rows.into_iter().zip(samples.chunks_exact_mut(width)) {
        luma.row(y, output);
    }
    samples
}

/// Whether one of two neighbouring frames in the file is the other's master.
fn exchanged(before: &Rows, now: &Rows) -> Option<Sighting> {
    let own = difference(&now.file, &now.master).max(LEAST_DIFFERENCE);
    let late = difference(&now.file, &before.master);
    let early = difference(&before.file, &now.master);
    let own_before = difference(&before.file, &before.master).max(LEAST_DIFFERENCE);
    let (measured, text) = if late < 0.5 * own {
        (late / own, format!("The frame shows master {}, not {}.", before.number, now.number))
    } else if early < 0.5 * own_before {
        (early / own_before, format!("The frame before shows master {}, not {}.", now.number, before.number))
    } else {
        return None;
    };
    Some(Sighting {
        kind: "exchanged",
        severity: Severity::Error,
        region: None,
        measured,
        limit: 0.5,
        text,
        suggestion: "Encode it again from the masters, one frame for each.",
    })
}

/// Root mean square, in codes of 8 bits.
fn difference(a: &[f32], b: &[f32]) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| f64::from((a - b) * (a - b))).sum();
    (sum / a.len().max(1) as f64).sqrt()
}

/// Grain in the file as a share of the master's, where the master has little but grain.
fn survival(master: &[f32], file: &[f32], width: usize) -> Option<f64> {
    /// Codes of 8 bits that the masters' grain must have: weaker grain lies under any quantiser's step.
    const SEEN: f64 = 0.8;
    let mut pieces: Vec<(f64, f64)> = Vec::new();
    for (master, file) in master.chunks_exact(width.max(1)).zip(file.chunks_exact(width.max(1))) {
        let both = master.chunks_exact(PIECE).zip(file.chunks_exact(PIECE));
        pieces.extend(
            both.filter(|(master, _)| master.iter().all(|&code| (20.0..230.0).contains(&code)))
                .map(|(a, b)| (energy(a), energy(b))),
        );
    }
    pieces.sort_by(|a, b| a.0.total_cmp(&b.0));
    pieces.truncate((QUIET * pieces.len() as f64) as usize);
    let (master, file) = pieces.iter().fold((0.0, 0.0), |sum, piece| (sum.0 + piece.0, sum.1 + piece.1));
    let count = pieces.len().max(1) as f64;
    (pieces.len() >= 16 && (master / count).sqrt() >= SEEN).then(|| (file / master).sqrt())
}

/// Mean square of second differences, over six: the variance of white noise.
fn energy(piece: &[f32]) -> f64 {
    let second = piece.windows(2 * LAG + 1).map(|w| f64::from(w[0] - 2.0 * w[LAG] + w[2 * LAG]));
    second.map(|d| d * d).sum::<f64>() / (6.0 * (piece.len() - 2 * LAG).max(1) as f64)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
