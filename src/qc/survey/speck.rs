//! Single pixels that are many times brighter or darker than all their neighbours.

use super::Thresholds;
use super::cells::CELL;
use super::rows::Rows;

/// A pixel that stands out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::qc) struct Speck {
    /// From the top left of what was surveyed.
    pub(in crate::qc) x: usize,
    pub(in crate::qc) y: usize,
    /// Whether it is brighter than its neighbours, or darker.
    pub(in crate::qc) is_hot: bool,
    /// How many times.
    pub(in crate::qc) ratio: f32,
}

/// A cell in a strip.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Column of its first pixel.
    pub(super) x: usize,
    /// Row of its first pixel, in the strip.
    pub(super) row: usize,
    pub(super) width: usize,
    /// Rows of the strip that are filled.
    pub(super) count: usize,
}

/// More candidates of one strip than this are a texture, and no specks.
const MOST: usize = 4096;
/// Light that is added to both sides of a ratio, so that noise about black makes none.
const FLOOR: f32 = 1e-3;

/// Looks for specks in one cell, as far as the strip's rows go.
pub(super) fn look(brightest: &[f32], place: Place, top: usize, thresholds: &Thresholds, specks: &mut Vec<Speck>) {
    if specks.len() >= MOST {
        return;
    }
    // The rows below the cell are not there yet; confirmation will look at them.
    for row in place.row..(place.row + CELL).min(place.count) {
        for x in place.x..(place.x + CELL).min(place.width) {
            let rows = row.saturating_sub(1)..(row + 2).min(place.row + CELL);
            let lines = rows.map(|row| &brightest[row * place.width..][..place.width]);
            specks.extend(judge(lines, brightest[row * place.width + x], x, top + row, thresholds));
        }
    }
}

/// Those that stand out among all eight neighbours.
pub(super) fn confirmed<R: Rows>(specks: Vec<Speck>, rows: &R, thresholds: &Thresholds) -> Vec<Speck> {
    let [width, height] = rows.size();
    let mut channels: [Vec<f32>; 3] = std::array::from_fn(|_| vec![0.0; width]);
    let mut lines: [Vec<f32>; 3] = std::array::from_fn(|_| vec![0.0; width]);
    let confirm = |speck: &Speck| {
        // An edge pixel of the frame has no eight neighbours: resampling rings there.
        if speck.x == 0 || speck.y == 0 || speck.x + 1 >= width || speck.y + 1 >= height {
            return None;
        }
        let columns = speck.x.saturating_sub(1)..speck.x + 2;
        for (line, y) in lines.iter_mut().zip(speck.y - 1..) {
            rows.read(y, &mut channels);
            for x in columns.clone() {
                line[x] = channels[..rows.channels()].iter().map(|channel| channel[x]).fold(f32::MIN, f32::max);
            }
        }
        let value = lines[1][speck.x];
        judge(lines.iter().map(Vec::as_slice), value, speck.x, speck.y, thresholds)
    };
    specks.iter().filter_map(confirm).collect()
}

fn judge<'a>(
    lines: impl Iterator<Item = &'a [f32]>,
    value: f32,
    x: usize,
    y: usize,
    thresholds: &Thresholds,
) -> Option<Speck> {
    let (mut low, mut high, mut same) = (f32::INFINITY, f32::NEG_INFINITY, 0);
    for line in lines {
        for &neighbour in &line[x.saturating_sub(1)..(x + 2).min(line.len())] {
            // The pixel itself is among them, once; another of its value is a neighbour like any.
            if neighbour == value && same == 0 {
                same = 1;
                continue;
            }
            low = low.min(neighbour);
            high = high.max(neighbour);
        }
    }
    let over = |bright: f32, dark: f32| (bright + FLOOR) / (dark.max(0.0) + FLOOR);
    let (hot, dead) = (over(value, high), over(low, value));
    if (thresholds.hot_pixel_level as f32..f32::INFINITY).contains(&value) && hot >= thresholds.hot_pixel as f32 {
        return Some(Speck { x, y, is_hot: true, ratio: hot });
    }
    (low >= thresholds.dead_pixel_level as f32 && low < f32::INFINITY && dead >= thresholds.dead_pixel as f32)
        .then_some(Speck { x, y, is_hot: false, ratio: dead })
}
