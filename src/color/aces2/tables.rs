//! What depends on hue: how far the scene's gamut reaches, and the display's cusp with its upper hull's gamma.
//!
//! The Academy's algorithm, step for step, so that the sample points are the same: tables of one entry per degree, or
//! nearly: the hues of the gamuts' corners are sample points too ("Tables", docs.acescentral.com). Linear between them.

use super::cam::{Cam, to_response};
use super::gamut::{Focus, SMOOTH_CUSPS, SMOOTH_M};

/// Entries of a table.
pub(super) const SIZE: usize = 360;

/// Values at one hue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cusp {
    /// In degrees, rising from entry to entry.
    pub(super) hue: f64,
    pub(super) j: f64,
    pub(super) m: f64,
    pub(super) upper_gamma_inverse: f64,
}

/// The colourfulness that AP1 reaches at the display's white lightness, for each whole degree of hue.
pub(super) fn reach(reach: &Cam, white_j: f64) -> Vec<f64> {
    const STEP: f64 = 50.0;
    const LARGEST: f64 = 1300.0;
    const TOLERANCE: f64 = 1e-2;
    let outside = |m: f64, hue: usize| reach.rgb([white_j, m, hue as f64]).iter().any(|&v| v < 0.0);
    let search = |hue: usize| {
        let (mut low, mut high) = (0.0, STEP);
        while high < LARGEST && !outside(high, hue) {
            (low, high) = (high, high + STEP);
        }
        while high - low > TOLERANCE {
            let middle = (low + high) / 2.0;
            if outside(middle, hue) { high = middle } else { low = middle }
        }
        high
    };
    (0..SIZE).map(search).collect()
}

/// The display's cusp for each sample hue.
pub(super) fn cusps(reach: &Cam, display: &Cam, peak: f64, largest_input: f64, focus: &Focus) -> Vec<Cusp> {
    let display_corners = Corners::display(display, peak);
    let reach_hues = reach_corner_hues(reach, focus.white_j, largest_input);
    let mut corner_hues: Vec<f64> =
        display_corners.0[1..=6].iter().map(|corner| corner.hue).chain(reach_hues).collect();
    corner_hues.sort_by(f64::total_cmp);
    corner_hues.dedup();
    let cusp = |hue: f64| {
        let [j, m] = display_corners.cusp(display, hue);
        let m = m * (1.0 + SMOOTH_M * SMOOTH_CUSPS);
        let upper_gamma_inverse = upper_gamma_inverse(display, [j, m], hue, peak, focus);
        Cusp { hue, j, m, upper_gamma_inverse }
    };
    sample_hues(&corner_hues).into_iter().map(cusp).collect()
}

/// Red, yellow, green, cyan, blue, magenta of a unit cube.
fn cube_corner(i: usize) -> [f64; 3] {
    [1, 5, 3].map(|shift| if (i + shift) % 6 < 3 { 1.0 } else { 0.0 })
}

/// A corner of the display's gamut.
#[derive(Debug, Clone, Copy)]
struct Corner {
    rgb: [f64; 3],
    hue: f64,
    j: f64,
    m: f64,
}

/// The six corners by hue, with the last before the first and the first after the last.
struct Corners([Corner; 8]);

impl Corners {
    fn display(display: &Cam, peak: f64) -> Self {
        let mut corners: [Corner; 6] = std::array::from_fn(|i| {
            let rgb = cube_corner(i).map(|v| v * peak / 100.0);
            let [j, m, hue] = display.jmh(rgb);
            Corner { rgb, hue, j, m }
        });
        corners.sort_by(|a, b| a.hue.total_cmp(&b.hue));
        Self(std::array::from_fn(|i| match i {
            0 => Corner { hue: corners[5].hue - 360.0, ..corners[5] },
            7 => Corner { hue: corners[0].hue + 360.0, ..corners[0] },
            i => corners[i - 1],
        }))
    }

    /// J and M of the edge between two corners where it has that hue.
    fn cusp(&self, display: &Cam, hue: f64) -> [f64; 2] {
        const TOLERANCE: f64 = 1e-7;
        let upper = (1..8).find(|&i| self.0[i].hue > hue).unwrap_or(7);
        let (from, to) = (self.0[upper - 1], self.0[upper]);
        if from.hue == hue {
            return [from.j, from.m];
        }
        let at = |t: f64| display.jmh(std::array::from_fn(|c| from.rgb[c] + (to.rgb[c] - from.rgb[c]) * t));
        let (mut low, mut high) = (0.0, 1.0);
        while high - low > TOLERANCE {
            let middle = (low + high) / 2.0;
            let found = at(middle)[2];
            // Across 0 degrees the hue of a sample lies on the far side of one of the corners.
            let beyond = found < from.hue || (found < to.hue && found > hue);
            if beyond { high = middle } else { low = middle }
        }
        let [j, m, _] = at((low + high) / 2.0);
        [j, m]
    }
}

/// Hues of AP1's corners, each scaled until it has the display's white lightness.
fn reach_corner_hues(reach: &Cam, white_j: f64, largest_input: f64) -> [f64; 6] {
    const TOLERANCE: f64 = 1e-3;
    let limit = to_response(white_j);
    std::array::from_fn(|i| {
        let corner = |scale: f64| cube_corner(i).map(|v| v * scale);
        let (mut low, mut high) = (0.0, largest_input);
        while high - low > TOLERANCE {
            let middle = (low + high) / 2.0;
            if reach.aab(corner(middle))[0] < limit { low = middle } else { high = middle }
        }
        reach.jmh(corner(high))[2]
    })
}

/// Sample hues: as near to whole degrees as the corners' hues allow, which are samples themselves.
fn sample_hues(corners: &[f64]) -> Vec<f64> {
    let mut ends: Vec<usize> = Vec::with_capacity(corners.len());
    let mut least = usize::from(corners.first() != Some(&0.0));
    let mut last = None;
    for (i, &hue) in corners.iter().enumerate() {
        let mut nearest = (hue.round() as usize).clamp(least, SIZE - 1);
        if last == Some(nearest) {
            // Two corners want the same entry: the former moves down if it can, otherwise this one moves up.
            if i > 1 && ends[i - 2] != ends[i - 1] - 1 { ends[i - 1] -= 1 } else { nearest += 1 }
        }
        ends.push(nearest.min(SIZE - 1));
        (last, least) = (Some(nearest), nearest);
    }
    let mut hues = Vec::with_capacity(SIZE);
    let (mut from, mut filled) = (0.0, 0);
    for (&to, &end) in corners.iter().chain([&360.0]).zip(ends.iter().chain([&SIZE])) {
        let count = end - filled;
        hues.extend((0..count).map(|i| from + (to - from) * i as f64 / count as f64));
        (from, filled) = (to, end);
    }
    hues
}

/// 1 / gamma of the upper hull: the smallest gamma for which the approximate boundary still encloses the real one at
/// five lightnesses.
fn upper_gamma_inverse(display: &Cam, cusp: [f64; 2], hue: f64, peak: f64, focus: &Focus) -> f64 {
    const STEP: f64 = 0.4;
    const LARGEST: f64 = 5.0;
    const TOLERANCE: f64 = 1e-5;
    const POSITIONS: [f64; 5] = [0.01, 0.1, 0.5, 0.8, 0.99];
    let [cusp_j, cusp_m] = cusp;
    let focus_j = focus.focus_j(cusp_j);
    let lines = POSITIONS.map(|position| {
        let j = cusp_j + (focus.white_j - cusp_j) * position;
        let gain = focus.slope_gain(j, cusp_j);
        let axis_j = focus.axis_intersection(j, cusp_m, focus_j, gain);
        let slope = focus.slope(axis_j, focus_j, gain);
        (axis_j, slope, focus.axis_intersection(cusp_j, cusp_m, focus_j, gain))
    });
    let encloses = |gamma: f64| {
        lines.iter().all(|&(axis_j, slope, cusp_axis_j)| {
            let m = focus.boundary(cusp, 1.0 / gamma, axis_j, slope, cusp_axis_j);
            display.rgb([axis_j + slope * m, m, hue]).iter().any(|&v| v > peak / 100.0)
        })
    };
    let (mut low, mut high) = (0.0, STEP);
    while high < LARGEST && !encloses(high) {
        (low, high) = (high, high + STEP);
    }
    while high - low > TOLERANCE {
        let middle = (low + high) / 2.0;
        if encloses(middle) { high = middle } else { low = middle }
    }
    1.0 / high
}
