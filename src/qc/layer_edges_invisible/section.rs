//! A cut across a contour: samples of a window sorted by their distance from the edge.

use super::light::{REACH, SAMPLES, SIDE, Window};

/// Bins of half a sample, from `REACH` inside to `REACH` outside.
pub(super) const BINS: usize = 4 * REACH + 1;
/// Samples farther along the contour than this are left out: there it may have turned.
const ALONG: f64 = 5.0;
/// No bin.
const NOWHERE: u8 = u8::MAX;

/// What lies in each bin, on average.
pub(super) type Profile = [f64; BINS];

/// The geometry of a window, found from its matte.
pub(super) struct Section {
    /// Unit vector that points out of the layer.
    pub(super) normal: [f64; 2],
    bins: [u8; SAMPLES],
    /// Samples in each bin.
    pub(super) count: Profile,
    /// Mean distance from the edge, in samples, negative inside.
    pub(super) distance: Profile,
    /// Mean coverage.
    pub(super) alpha: Profile,
    /// Mean of 4a(1-a).
    pub(super) fringe: Profile,
    /// Mean of 1-a where a is not 0.
    pub(super) spill: Profile,
}

/// Standard deviation of coverage from the section's own profile, over which the edge is not straight enough.
const CROOKED: f64 = 0.15;
/// Mixed samples of a section, each as much as 4a(1-a), under which its matte is one of whole pixels.
const LEAST_MIXED: f64 = 2.0;
/// Curvature over which it is too curved, in 1 / samples.
const CURVED: f64 = 0.1;
/// Radius of the disc whose centre of gravity gives the normal, in samples.
const DISC: f64 = 6.0;

impl Section {
    /// `None` where the window does not reach both sides, or the edge in it is no single, nearly straight one.
    pub(super) fn new(alpha: &Window) -> Option<Self> {
        let (low, high) = alpha.iter().fold((f32::MAX, f32::MIN), |(low, high), &a| (low.min(a), high.max(a)));
        if low > 0.02 || high < 0.98 {
            return None;
        }
        let normal = normal(alpha)?;
        let [nx, ny] = normal;
        let places: [(f64, f64); SAMPLES] = std::array::from_fn(|i| {
            let (x, y) = ((i % SIDE) as f64 - REACH as f64, (i / SIDE) as f64 - REACH as f64);
            (nx * x + ny * y, nx * y - ny * x)
        });
        let (mut offset, mut curvature) = (0.0, 0.0);
        for _ in 0..2 {
            let [more_offset, more_curvature] = bend(alpha, &places, offset, curvature)?;
            offset += more_offset;
            curvature += more_curvature;
        }
        if f64::abs(curvature) > CURVED || f64::abs(offset) > REACH as f64 / 2.0 {
            return None;
        }
        let mut section = Self {
            normal,
            bins: [NOWHERE; SAMPLES],
            count: [0.0; BINS],
            distance: [0.0; BINS],
            alpha: [0.0; BINS],
            fringe: [0.0; BINS],
            spill: [0.0; BINS],
        };
        for ((bin, &(across, along)), &a) in section.bins.iter_mut().zip(&places).zip(alpha) {
            let distance = across - offset - curvature * along * along;
            let place = 2.0 * distance + 2.0 * REACH as f64;
            if along.abs() > ALONG || !(-0.5..BINS as f64 - 0.5).contains(&place) {
                continue;
            }
            let (place, a) = (place.round() as usize, f64::from(a));
            *bin = place as u8;
            section.count[place] += 1.0;
            section.distance[place] += distance;
            section.alpha[place] += a;
            section.fringe[place] += 4.0 * a * (1.0 - a);
            section.spill[place] += if a > 0.0 { 1.0 - a } else { 0.0 };
        }
        for place in 0..BINS {
            let count = section.count[place].max(1.0);
            for profile in [&mut section.distance, &mut section.alpha, &mut section.fringe, &mut section.spill] {
                profile[place] /= count;
            }
        }
        if section.crookedness(alpha) > CROOKED {
            return None;
        }
        section.soften();
        Some(section)
    }

    /// Gives a matte of whole pixels, which has no mixed samples to fit a fringe to, those of an antialiased one.
    fn soften(&mut self) {
        let mixed: f64 = self.fringe.iter().zip(&self.count).map(|(fringe, count)| fringe * count).sum();
        if mixed >= LEAST_MIXED {
            return;
        }
        for place in 0..BINS {
            let a = (0.5 - self.distance[place]).clamp(0.0, 1.0);
            (self.alpha[place], self.fringe[place]) = (a, 4.0 * a * (1.0 - a));
            self.spill[place] = if a > 0.0 { 1.0 - a } else { 0.0 };
        }
    }

    /// Places in a window of the samples that the edge passes through.
    pub(super) fn on_edge(&self) -> impl Iterator<Item = usize> {
        let is_near = |bin: u8| self.distance.get(usize::from(bin)).is_some_and(|distance| distance.abs() <= 0.6);
        self.bins.iter().enumerate().filter(move |&(_, &bin)| is_near(bin)).map(|(place, _)| place)
    }

    /// Sorts another window into the same bins.
    pub(super) fn profile(&self, window: &Window) -> Profile {
        let mut profile = [0.0; BINS];
        for (&bin, &sample) in self.bins.iter().zip(window) {
            if let Some(sum) = profile.get_mut(usize::from(bin)) {
                *sum += f64::from(sample);
            }
        }
        for (sum, count) in profile.iter_mut().zip(&self.count) {
            *sum /= count.max(1.0);
        }
        profile
    }

    /// How far coverage is from being the same all along the edge.
    fn crookedness(&self, alpha: &Window) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for (&bin, &a) in self.bins.iter().zip(alpha) {
            if let Some(mean) = self.alpha.get(usize::from(bin)) {
                sum += (f64::from(a) - mean).powi(2);
                count += 1.0;
            }
        }
        (sum / f64::max(count, 1.0)).sqrt()
    }
}

/// The direction in which coverage falls, from its centre of gravity in a disc.
fn normal(alpha: &Window) -> Option<[f64; 2]> {
    let (mut x_sum, mut y_sum) = (0.0, 0.0);
    for (i, &a) in alpha.iter().enumerate() {
        let (x, y) = ((i % SIDE) as f64 - REACH as f64, (i / SIDE) as f64 - REACH as f64);
        if x * x + y * y <= DISC * DISC {
            x_sum -= x * f64::from(a);
            y_sum -= y * f64::from(a);
        }
    }
    let length = (x_sum * x_sum + y_sum * y_sum).sqrt();
    (length > 1.0).then(|| [x_sum / length, y_sum / length])
}

/// By how much the edge lies farther out than `offset` and `curvature` say: coverage that is too much for a step there,
/// fitted along the edge by a constant and a square.
fn bend(alpha: &Window, places: &[(f64, f64); SAMPLES], offset: f64, curvature: f64) -> Option<[f64; 2]> {
    /// Samples across and along that take part.
    const NEAR: f64 = 6.0;
    let (mut sums, mut excess) = ([0.0; 3], [0.0; 2]);
    for (&(across, along), &a) in places.iter().zip(alpha) {
        let square = along * along;
        let distance = across - offset - curvature * square;
        if distance.abs() > NEAR || along.abs() > NEAR {
            continue;
        }
        let step = 0.5 - 0.5 * f64::from(u8::from(distance > 0.0)) + 0.5 * f64::from(u8::from(distance < 0.0));
        // Each sample is a pixel of area; a column along the edge has 2 NEAR of them.
        let weight = 1.0 / (2.0 * NEAR);
        sums[0] += weight;
        sums[1] += weight * square;
        sums[2] += weight * square * square;
        excess[0] += f64::from(a) - step;
        excess[1] += (f64::from(a) - step) * square;
    }
    let determinant = sums[0] * sums[2] - sums[1] * sums[1];
    (determinant > 1e-6).then(|| {
        [
            (excess[0] * sums[2] - excess[1] * sums[1]) / determinant,
            (sums[0] * excess[1] - sums[1] * excess[0]) / determinant,
        ]
    })
}
