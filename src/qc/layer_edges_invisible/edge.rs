//! Where the picture's own edge lies, and how wide it is, from models of a blurred step.
//!
//! A two-level profile is fitted at several places and widths, with free light on both sides: what counts is which model
//! leaves least. Widths are fitted on each side alone, because a rim light spoils one side and a contact shadow the
//! other; a hard or soft edge shows on both.

use super::fit::{Fit, share};
use super::light::Window;
use super::section::{BINS, Profile, Section};

/// An edge as the picture shows it, in samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    /// How far it lies outside the matte's own edge; none where nothing near is a plain edge.
    pub(super) offset: Option<f64>,
    /// Distance from 10 to 90 %, fitted on the inner side and on the outer side.
    pub(super) widths: Option<[f64; 2]>,
    /// Share of the samples next to the edge that are neither side's light but a mixture.
    pub(super) mixed: f64,
}

impl Edge {
    /// The same in pixels, where a sample is so many.
    pub(super) fn scaled(self, pixels: f64) -> Self {
        let widths = self.widths.map(|widths| widths.map(|width| width * pixels));
        Self { offset: self.offset.map(|offset| offset * pixels), widths, ..self }
    }

    /// The same seen from the other side.
    pub(super) fn reversed(self) -> Self {
        let widths = self.widths.map(|[inner, outer]| [outer, inner]);
        Self { offset: self.offset.map(|offset| -offset), widths, ..self }
    }
}

/// 10 to 90 % of a Gaussian step, in standard deviations.
pub(super) const SIGMAS: f64 = 2.563;
/// Widths of the models, in standard deviations.
const WIDTHS: [f64; 8] = [0.2, 0.4, 0.6, 0.85, 1.2, 1.7, 2.4, 3.4];
/// Places of the models, in samples.
const OFFSETS: [f64; 17] =
    [-4.0, -3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0];
/// Share of the contrast's energy that the best model must explain.
const EXPLAINED: f64 = 0.93;

/// Measures the edge in three colours. `sigma` is the matte's own width. `None` without contrast.
pub(super) fn measure(windows: &[Window; 3], colors: &[Profile; 3], section: &Section, sigma: f64) -> Option<Edge> {
    let contrast = Contrast::new(colors, section, sigma)?;
    let offset = place(colors, section, sigma, &contrast);
    let sides = [-1.0, 1.0].map(|side| side_width(colors, section, side));
    let widths = match sides {
        [Some(inner), Some(outer)] => Some([SIGMAS * inner, SIGMAS * outer]),
        _ => None,
    };
    Some(Edge { offset, widths, mixed: contrast.mixed(windows, section) })
}

/// Light on both sides, and whether they differ enough.
struct Contrast {
    outside: [f64; 3],
    difference: [f64; 3],
    energy: f64,
    /// Weighted sum of squares about the profile's mean, all colours.
    total: f64,
}

/// Contrast over the noise beside the edge that is needed.
const CONTRAST: f64 = 7.0;

impl Contrast {
    fn new(colors: &[Profile; 3], section: &Section, sigma: f64) -> Option<Self> {
        let far = f64::max(3.0, 2.0 * sigma + 1.0);
        let mean = |color: &Profile, side: f64| {
            let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
            for b in (0..BINS).filter(|&b| section.distance[b] * side > far) {
                sum += section.count[b] * color[b];
                squares += section.count[b] * color[b] * color[b];
                count += section.count[b];
            }
            let mean = sum / f64::max(count, 1.0);
            (mean, (squares / f64::max(count, 1.0) - mean * mean).max(0.0))
        };
        let (inside, outside) = (colors.map(|color| mean(&color, -1.0)), colors.map(|color| mean(&color, 1.0)));
        let difference: [f64; 3] = std::array::from_fn(|c| inside[c].0 - outside[c].0);
        let energy: f64 = difference.iter().map(|d| d * d).sum();
        let noise: f64 = inside.iter().chain(&outside).map(|(_, variance)| variance).sum::<f64>() / 2.0;
        let total = colors.iter().map(|color| spread(color, section)).sum();
        let enough = energy > 0.0 && energy > CONTRAST * CONTRAST * noise;
        enough.then(|| Self { outside: outside.map(|(mean, _)| mean), difference, energy, total })
    }

    /// Share of the samples on the edge that lie between 20 and 80 % of the contrast.
    fn mixed(&self, [r, g, b]: &[Window; 3], section: &Section) -> f64 {
        let step = |i: usize| {
            let light = [r[i], g[i], b[i]].map(f64::from);
            (0..3).map(|c| (light[c] - self.outside[c]) * self.difference[c]).sum::<f64>() / self.energy
        };
        share(section.on_edge(), |i| (0.2..0.8).contains(&step(i)))
    }
}

/// Weighted sum of squares about the mean.
fn spread(color: &Profile, section: &Section) -> f64 {
    let count: f64 = section.count.iter().sum();
    let mean = color.iter().zip(&section.count).map(|(v, n)| v * n).sum::<f64>() / count.max(1.0);
    color.iter().zip(&section.count).map(|(v, n)| n * (v - mean).powi(2)).sum()
}

/// The offset of the model that leaves least, if it explains the profile.
fn place(colors: &[Profile; 3], section: &Section, sigma: f64, contrast: &Contrast) -> Option<f64> {
    let left = OFFSETS.map(|offset| {
        let basis = std::array::from_fn(|b| {
            let distance = section.distance[b] - offset;
            let a = step(distance, sigma);
            [a, 1.0 - a, a * distance / 8.0, (1.0 - a) * distance / 8.0]
        });
        left_of::<4>(colors, basis, section.count)
    });
    let (best, value) = least(&left)?;
    (value < (1.0 - EXPLAINED) * contrast.total).then(|| OFFSETS[best] + 0.5 * vertex(&left, best))
}

/// The width of the model that leaves least on one side, -1 inside and 1 outside, in standard deviations.
fn side_width(colors: &[Profile; 3], section: &Section, side: f64) -> Option<f64> {
    let weights: Profile =
        std::array::from_fn(|b| if section.distance[b] * side > -0.6 { section.count[b] } else { 0.0 });
    let left = WIDTHS.map(|sigma| {
        let basis = std::array::from_fn(|b| {
            let distance = section.distance[b];
            let a = step(distance, sigma);
            // Only the side that is looked at may change with distance.
            let own = if side < 0.0 { a } else { 1.0 - a };
            [a, 1.0 - a, own * distance / 8.0]
        });
        left_of::<3>(colors, basis, weights)
    });
    let (best, value) = least(&left)?;
    let worst = left.iter().fold(0.0_f64, |a, &b| a.max(b));
    // A flat course says nothing.
    (value < 0.7 * worst).then(|| {
        let moved = vertex(&left, best);
        let neighbour = WIDTHS.get(best.wrapping_add_signed(moved.signum() as isize)).unwrap_or(&WIDTHS[best]);
        WIDTHS[best] + moved.abs() * (neighbour - WIDTHS[best])
    })
}

/// What the fit leaves of all three colours; infinite where there is no fit.
fn left_of<const N: usize>(colors: &[Profile; 3], basis: [[f64; N]; BINS], weights: Profile) -> f64 {
    let Some(fit) = Fit::new(basis, weights) else { return f64::INFINITY };
    colors.iter().map(|color| fit.residual(color, &fit.solve(color))).sum()
}

fn least(values: &[f64]) -> Option<(usize, f64)> {
    values.iter().copied().enumerate().filter(|(_, value)| value.is_finite()).min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Where a parabola through a least value and its neighbours is least, -0.5 to 0.5 steps from it.
fn vertex(values: &[f64], at: usize) -> f64 {
    let (Some(before), Some(after)) = (at.checked_sub(1).and_then(|i| values.get(i)), values.get(at + 1)) else {
        return 0.0;
    };
    let bend = before - 2.0 * values[at] + after;
    if bend.is_finite() && bend > 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 }
}

/// A blurred step, 1 inside. The kernel is (1-x^2)^2, which is nearly a Gaussian and needs nothing but products: the page
/// and the command line get the same bits.
fn step(distance: f64, sigma: f64) -> f64 {
    // That kernel's variance is 1/7 of its half width squared.
    let t = (0.5 + distance / (5.2915 * sigma)).clamp(0.0, 1.0);
    1.0 - t * t * t * (10.0 - 15.0 * t + 6.0 * t * t)
}
