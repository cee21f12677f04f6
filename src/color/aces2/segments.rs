//! The tables by hue as straight pieces, found without searching.

use super::tables::Cusp;
#[cfg(feature = "web")]
use crate::color::numbers::Table;

/// A stretch of hues over which every table is a straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Segment {
    /// Its first hue, in degrees.
    pub(super) from: f32,
    /// Reach, cusp J, cusp M, 1 / upper gamma at its first hue.
    pub(super) value: [f32; 4],
    /// Their change per degree.
    pub(super) slope: [f32; 4],
}

/// All hues.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Segments {
    segments: Vec<Segment>,
    /// For each bin of hue, the first segment that reaches into it.
    bins: Vec<u16>,
}

/// Bins per degree, fine enough that no more than a few segments begin in one.
const BINS_PER_DEGREE: usize = 8;

impl Segments {
    /// From the reach at whole degrees and the cusps at their own hues.
    pub(super) fn new(reach: &[f64], cusps: &[Cusp]) -> Self {
        let mut knots: Vec<f64> = (0..360).map(f64::from).chain(cusps.iter().map(|cusp| cusp.hue)).collect();
        knots.sort_by(f64::total_cmp);
        knots.dedup();
        knots.push(360.0);
        let segments: Vec<Segment> = knots.windows(2).map(|pair| segment(reach, cusps, pair[0], pair[1])).collect();
        let bin = |b: usize| {
            let hue = b as f32 / BINS_PER_DEGREE as f32;
            segments.partition_point(|segment| segment.from <= hue).saturating_sub(1) as u16
        };
        let bins = (0..=360 * BINS_PER_DEGREE).map(bin).collect();
        Self { segments, bins }
    }

    /// The segment of a hue from 0 to 360 degrees.
    #[inline(always)]
    pub(super) fn at(&self, hue: f32) -> Segment {
        let bin = ((hue * BINS_PER_DEGREE as f32) as usize).min(self.bins.len() - 1);
        let mut index = self.bins[bin] as usize;
        while index + 1 < self.segments.len() && self.segments[index + 1].from <= hue {
            index += 1;
        }
        self.segments[index]
    }
}

#[cfg(feature = "web")]
impl Segments {
    /// The same as a table that is read without searching: for each bin of hue its only knot, then values and slopes
    /// before it, then those after it. Values hold for the whole degree that the bin is in.
    ///
    /// Whole degrees begin bins and the cusps' own hues lie about a degree apart: no bin has two knots inside.
    pub(super) fn texels(&self) -> Table {
        let line = |number: usize, degree: f32| {
            let Segment { from, value, slope } = self.segments[number.min(self.segments.len() - 1)];
            [std::array::from_fn(|k| value[k] + slope[k] * (degree - from)), slope]
        };
        let bin = |number: usize| {
            let first = usize::from(self.bins[number]);
            let degree = (number / BINS_PER_DEGREE) as f32;
            let next = self.segments.get(first + 1).map_or(f32::MAX, |segment| segment.from);
            let ([value, slope], [value_after, slope_after]) = (line(first, degree), line(first + 1, degree));
            [[next, 0.0, 0.0, 0.0], value, slope, value_after, slope_after]
        };
        // 360 degrees are those of the last bin before.
        let bins = 360 * BINS_PER_DEGREE;
        Table { width: TEXELS_PER_BIN * BINS_PER_DEGREE, texels: (0..bins).flat_map(bin).collect() }
    }
}

/// See [`Segments::texels`].
#[cfg(feature = "web")]
const TEXELS_PER_BIN: usize = 5;

fn segment(reach: &[f64], cusps: &[Cusp], from: f64, to: f64) -> Segment {
    // A hair inside, so that both ends are taken from this segment's own side.
    let (first, last) = (values(reach, cusps, from, (from + to) / 2.0), values(reach, cusps, to, (from + to) / 2.0));
    Segment {
        from: from as f32,
        value: first.map(|v| v as f32),
        slope: std::array::from_fn(|k| ((last[k] - first[k]) / (to - from)) as f32),
    }
}

/// The tables at `hue`, on the straight line that they follow at `inside`.
fn values(reach: &[f64], cusps: &[Cusp], hue: f64, inside: f64) -> [f64; 4] {
    let degree = inside as usize;
    let reach_m = line(degree as f64, reach[degree], degree as f64 + 1.0, reach[(degree + 1) % reach.len()], hue);
    let upper = cusps.partition_point(|cusp| cusp.hue <= inside);
    let (low, high) = (cusps[upper - 1], cusps[upper % cusps.len()]);
    let high_hue = if upper == cusps.len() { high.hue + 360.0 } else { high.hue };
    let between = |a: f64, b: f64| line(low.hue, a, high_hue, b, hue);
    [
        reach_m,
        between(low.j, high.j),
        between(low.m, high.m),
        between(low.upper_gamma_inverse, high.upper_gamma_inverse),
    ]
}

fn line(x0: f64, y0: f64, x1: f64, y1: f64, x: f64) -> f64 {
    y0 + (y1 - y0) * (x - x0) / (x1 - x0)
}
