//! Histogram, waveform, parade and vectorscope: display values counted, row by row, over the whole picture or a region.
//!
//! Rows are visited in eight passes, each between the rows of those before: a scope that is shown early is the whole
//! picture, thinly, and not its upper edge.

use serde::Serialize;

use super::read_row;
use crate::color::Display;
use crate::frame::{Frame, Region};
use crate::web::look::{LUMA, Look};

/// Columns of waveform and parade.
pub(super) const COLUMNS: usize = 256;
/// Levels between black and white, and cells each way of the vectorscope.
pub(super) const LEVELS: usize = 256;
/// Red, green, blue and luma.
pub(super) const CHANNELS: usize = 4;
/// Rows are visited in the order of these offsets.
const PASSES: [u32; 8] = [0, 4, 2, 6, 1, 5, 3, 7];
/// ITU-R BT.709-6, 3.3: the scales of C'B and C'R.
const SCALE_CB: f32 = 1.8556;
const SCALE_CR: f32 = 1.5748;

/// Counts so far.
pub(super) struct Scopes {
    look: Look,
    /// From the data window's left top.
    window: Region,
    rows: std::vec::IntoIter<u32>,
    buffers: [Vec<f32>; 3],
    /// By channel, column, level.
    pub(super) levels: Vec<u32>,
    /// By C'R, C'B.
    pub(super) vectors: Vec<u32>,
    pub(super) pixels: u64,
    /// Pixels with a value above white, below black.
    pub(super) above: u64,
    pub(super) below: u64,
}

impl Scopes {
    pub(super) fn new(look: Look, window: Region) -> Self {
        let rows: Vec<u32> =
            PASSES.into_iter().flat_map(|first| (first..window.height).step_by(PASSES.len())).collect();
        Self {
            look,
            window,
            rows: rows.into_iter(),
            buffers: std::array::from_fn(|_| vec![0.0; window.width as usize]),
            levels: vec![0; CHANNELS * COLUMNS * LEVELS],
            vectors: vec![0; LEVELS * LEVELS],
            pixels: 0,
            above: 0,
            below: 0,
        }
    }

    /// Counts about that many pixels more; whether all are counted.
    pub(super) fn step(&mut self, frame: &Frame, color: [usize; 3], pixels: usize) -> bool {
        let end = self.pixels + pixels as u64;
        while self.pixels < end {
            let Some(row) = self.rows.next() else { return true };
            for (buffer, plane) in self.buffers.iter_mut().zip(color) {
                read_row(frame, plane, self.window.y as u32 + row, self.window.x as u32, buffer);
            }
            self.look.light(self.buffers.each_mut().map(Vec::as_mut_slice));
            self.look.signal(self.buffers.each_mut().map(Vec::as_mut_slice));
            self.count();
        }
        self.rows.len() == 0
    }

    fn count(&mut self) {
        let [r, g, b] = &self.buffers;
        let width = r.len();
        self.pixels += width as u64;
        for (x, ((&r, &g), &b)) in r.iter().zip(g).zip(b).enumerate() {
            let rgb = [r, g, b];
            self.above += u64::from(rgb.iter().any(|&v| v > 1.0));
            self.below += u64::from(rgb.iter().any(|&v| v < 0.0));
            let [r, g, b] = rgb.map(|v| v.clamp(0.0, 1.0));
            let y = luma([r, g, b]);
            let column = x * COLUMNS / width;
            for (channel, value) in [r, g, b, y].into_iter().enumerate() {
                self.levels[(channel * COLUMNS + column) * LEVELS + cell(value)] += 1;
            }
            let [cb, cr] = chroma([r, g, b]);
            self.vectors[cell(cr + 0.5) * LEVELS + cell(cb + 0.5)] += 1;
        }
    }
}

/// The cell of a value of 0..1.
fn cell(value: f32) -> usize {
    ((value * (LEVELS - 1) as f32 + 0.5) as usize).min(LEVELS - 1)
}

fn luma(rgb: [f32; 3]) -> f32 {
    rgb.iter().zip(LUMA).map(|(value, share)| value * share).sum()
}

/// C'B and C'R, −0.5 to 0.5.
fn chroma([r, g, b]: [f32; 3]) -> [f32; 2] {
    let y = luma([r, g, b]);
    [(b - y) / SCALE_CB, (r - y) / SCALE_CR]
}

/// R', G', B' of a chroma at middle luma, for the colour of a vectorscope's trace.
pub(super) fn tint(cb: f32, cr: f32) -> [f32; 3] {
    const MIDDLE: f32 = 0.6;
    let (r, b) = (MIDDLE + cr * SCALE_CR, MIDDLE + cb * SCALE_CB);
    let g = (MIDDLE - LUMA[0] * r - LUMA[2] * b) / LUMA[1];
    [r, g, b]
}

/// What is drawn behind the scopes.
#[derive(Serialize)]
pub(in crate::web) struct Graticule {
    /// Lines of waveform, parade and histogram for each display.
    displays: Vec<DisplayLines>,
    /// Boxes of the vectorscope: the bars of 75 %.
    targets: Vec<Target>,
}

/// The lines for one display.
#[derive(Serialize)]
struct DisplayLines {
    display: &'static str,
    /// What the numbers count.
    unit: &'static str,
    lines: Vec<Line>,
}

/// A level and its number.
#[derive(Serialize)]
struct Line {
    /// 0 black, 1 white.
    at: f32,
    label: String,
}

/// A place in the vectorscope, 0..1 from the left bottom.
#[derive(Serialize)]
struct Target {
    at: [f32; 2],
    label: &'static str,
}

impl Graticule {
    pub(in crate::web) fn new() -> Self {
        const LINES: [f32; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
        let displays = Display::ALL.into_iter().map(|display| {
            // Legal range in ten bits for video, all of eight bits for a computer's screen.
            let (unit, low, high) = match display {
                Display::Rec709 => ("10-bit codes, legal range", 64.0, 940.0),
                _ => ("8-bit codes", 0.0, 255.0),
            };
            let line = |at: f32| Line { at, label: format!("{:.0}", low + at * (high - low)) };
            DisplayLines { display: display.id(), unit, lines: LINES.map(line).into() }
        });
        let bars = [
            ("R", [1.0, 0.0, 0.0]),
            ("Yl", [1.0, 1.0, 0.0]),
            ("G", [0.0, 1.0, 0.0]),
            ("Cy", [0.0, 1.0, 1.0]),
            ("B", [0.0, 0.0, 1.0]),
            ("Mg", [1.0, 0.0, 1.0]),
        ];
        let target = |(label, rgb): (&'static str, [f32; 3])| Target {
            at: chroma(rgb.map(|value| value * 0.75)).map(|value| value + 0.5),
            label,
        };
        Self { displays: displays.collect(), targets: bars.map(target).into() }
    }
}
