//! The ACES 1.3 rendering for SDR video: RRT and the 48 nit ODT with its adjustments for a dim surround and 100 nit.
//!
//! Source: the Academy's CTL, aces-dev 1.3 (`ACESlib.RRT_Common`, `ACESlib.ODT_Common`, `ACESlib.Tonescales`), whose names
//! are given with each constant. The two tone curves, a logarithm before and a power after them, depend on one number
//! only: they are worked out in 64-bit floats and kept as one table of parabolas over the exponent and the first bits of
//! the mantissa, which follows the curve to 1e-6 (tested).

#[cfg(feature = "web")]
mod numbers;

use std::sync::LazyLock;

use super::block::{BLOCK, Lane, for_each, mul};
use super::math::{Bound, angle_signed, pow};
use super::{Matrix3, named};

/// glowModule
const GLOW_GAIN: f32 = 0.05;
const GLOW_MID: f32 = 0.08;
/// redModifier
const RED_SCALE: f32 = 0.82;
const RED_PIVOT: f32 = 0.03;
const RED_WIDTH_DEGREES: f32 = 135.0;
/// RRT_SAT_FACTOR, ODT_SAT_FACTOR
const RRT_SATURATION: f64 = 0.96;
const ODT_SATURATION: f64 = 0.93;
/// DIM_SURROUND_GAMMA
const DIM_SURROUND: f32 = 0.9811;
/// CINEMA_WHITE, CINEMA_BLACK, in cd/m2
const WHITE: f64 = 48.0;
const BLACK: f64 = 0.02;

/// Working it out takes longer than converting a small picture.
static TONE: LazyLock<ToneTable> = LazyLock::new(ToneTable::new);

/// The rendering of one source space for one display.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Aces1 {
    /// Linear source RGB to ACES2065-1.
    source_to_ap0: [[f32; 3]; 3],
    ap0_to_ap1: [[f32; 3]; 3],
    /// RRT_SAT_MAT
    desaturate: [[f32; 3]; 3],
    tone: ToneTable,
    luminance: [f32; 3],
    /// Desaturation for 100 nit, then AP1 to linear display RGB.
    to_display: [[f32; 3]; 3],
}

impl Aces1 {
    /// `None` where AP0 or AP1 spanned no colour volume, which they do.
    pub(super) fn new(source_to_ap0: &Matrix3, ap1_to_display: &Matrix3) -> Option<Self> {
        let ap1 = named::AP1.rgb_to_xyz()?;
        let weights = ap1.0[1];
        Some(Self {
            source_to_ap0: source_to_ap0.to_f32(),
            ap0_to_ap1: (ap1.inverse()? * named::AP0.rgb_to_xyz()?).to_f32(),
            desaturate: saturation(RRT_SATURATION, weights).to_f32(),
            tone: TONE.clone(),
            luminance: weights.map(|w| w as f32),
            to_display: (*ap1_to_display * saturation(ODT_SATURATION, weights)).to_f32(),
        })
    }

    /// Changes a block from linear source RGB to linear display RGB; colours outside the display's gamut stay outside.
    #[inline(always)]
    pub(super) fn render(&self, rgb: &mut [Lane; 3]) {
        for_each(rgb, |source| glow(mul(&self.source_to_ap0, source)));
        let [r, g, b] = &mut *rgb;
        for i in 0..BLOCK {
            r[i] = modify_red([r[i], g[i], b[i]]);
        }
        for_each(rgb, |[r, g, b]| {
            let [r, g, b] = mul(&self.ap0_to_ap1, [r.at_least(0.0), g.at_least(0.0), b.at_least(0.0)]);
            mul(&self.desaturate, [r.at_least(0.0), g.at_least(0.0), b.at_least(0.0)])
        });
        for lane in &mut *rgb {
            self.tone.apply(lane);
        }
        for_each(rgb, |[r, g, b]| {
            let [wr, wg, wb] = self.luminance;
            let gain = pow((wr * r + wg * g + wb * b).at_least(1e-10), DIM_SURROUND - 1.0);
            mul(&self.to_display, [r * gain, g * gain, b * gain])
        });
    }
}

/// calc_sat_adjust_matrix
fn saturation(factor: f64, weights: [f64; 3]) -> Matrix3 {
    let entry = |row: usize, column: usize| (1.0 - factor) * weights[column] + if row == column { factor } else { 0.0 };
    Matrix3(std::array::from_fn(|row| std::array::from_fn(|column| entry(row, column))))
}

/// rgb_2_saturation
#[inline(always)]
fn saturation_of([r, g, b]: [f32; 3]) -> f32 {
    let (low, high) = (r.at_most(g).at_most(b), r.at_least(g).at_least(b));
    (high.at_least(1e-10) - low.at_least(1e-10)) / high.at_least(1e-2)
}

/// The glow module: brightens dark saturated colours.
#[inline(always)]
fn glow([r, g, b]: [f32; 3]) -> [f32; 3] {
    let saturation = saturation_of([r, g, b]);
    // sigmoid_shaper
    let x = (saturation - 0.4) * 5.0;
    let t = (1.0 - 0.5 * x.abs()).at_least(0.0);
    let s = (1.0 + 1.0_f32.copysign(x) * (1.0 - t * t)) * 0.5;
    // rgb_2_yc
    let chroma = (b * (b - g) + g * (g - r) + r * (r - b)).at_least(0.0).sqrt();
    let yc = (b + g + r + 1.75 * chroma) * (1.0 / 3.0);
    // glow_fwd
    let gain = GLOW_GAIN * s;
    let falling = gain * (GLOW_MID / yc.at_least(1e-10) - 0.5);
    let below = if yc <= GLOW_MID * 2.0 / 3.0 { gain } else { falling };
    let added = 1.0 + if yc >= GLOW_MID * 2.0 { 0.0 } else { below };
    [r * added, g * added, b * added]
}

/// The red modifier.
#[inline(always)]
fn modify_red([r, g, b]: [f32; 3]) -> f32 {
    // rgb_2_hue, centred on red; cubic_basis_shaper: a cubic B-spline of unit height times 1.5.
    let hue = angle_signed(1.732_050_8 * (g - b), 2.0 * r - (g + b));
    let u = hue.abs() * (4.0 / RED_WIDTH_DEGREES);
    let (inner, outer) = (1.0 + u * u * (0.75 * u - 1.5), (2.0 - u).at_least(0.0));
    let weight = if u < 1.0 { inner } else { 0.25 * outer * outer * outer };
    r + weight * saturation_of([r, g, b]) * (RED_PIVOT - r) * (1.0 - RED_SCALE)
}

/// RRT scene value to display-linear value of the cinema ODT, 0 .. 1.
#[derive(Debug, Clone, PartialEq)]
struct ToneTable {
    /// Parabolas in the mantissa's remaining bits: constant, linear, square.
    constant: Box<[f32; ENTRIES]>,
    linear: Box<[f32; ENTRIES]>,
    square: Box<[f32; ENTRIES]>,
}

/// Mantissa bits that choose the parabola.
const BITS: u32 = 6;
/// The smallest exponent of the table: below, the curve is flat.
const LOWEST: i32 = -18;
/// Enough for 2^-18 .. 2^46, a power of two.
const ENTRIES: usize = 64 << BITS;

impl ToneTable {
    fn new() -> Self {
        let curve = ToneCurve::new();
        let mut table = Self {
            constant: Box::new([0.0; ENTRIES]),
            linear: Box::new([0.0; ENTRIES]),
            square: Box::new([0.0; ENTRIES]),
        };
        for entry in 0..ENTRIES {
            let octave = 2.0_f64.powi(LOWEST + (entry >> BITS) as i32);
            let steps = f64::from(1 << BITS);
            let from = octave * (1.0 + (entry % (1 << BITS)) as f64 / steps);
            let [start, middle, end] = [0.0, 0.5, 1.0].map(|t| curve.apply(from + octave / steps * t));
            table.constant[entry] = start as f32;
            table.linear[entry] = (4.0 * middle - 3.0 * start - end) as f32;
            table.square[entry] = (2.0 * start + 2.0 * end - 4.0 * middle) as f32;
        }
        table
    }

    #[inline(always)]
    fn apply(&self, lane: &mut Lane) {
        const BASE: u32 = ((127 + LOWEST) as u32) << 23;
        const SHIFT: u32 = 23 - BITS;
        let lowest = f32::from_bits(BASE);
        let highest = f32::from_bits(BASE + ((ENTRIES as u32) << SHIFT) - 1);
        for value in lane {
            let bits = value.at_least(lowest).at_most(highest).to_bits() - BASE;
            let entry = (bits >> SHIFT) as usize & (ENTRIES - 1);
            let t = (bits & ((1 << SHIFT) - 1)) as i32 as f32 * (1.0 / (1 << SHIFT) as f32);
            *value = (self.square[entry] * t + self.linear[entry]) * t + self.constant[entry];
        }
    }
}

/// RRT and ODT curves, then Y_2_linCV.
struct ToneCurve {
    rrt: Spline<6>,
    odt: Spline<10>,
}

impl ToneCurve {
    fn new() -> Self {
        // RRT_PARAMS, ODT_48nits
        let stops = |stops: f64| 0.18 * stops.exp2();
        let rrt = Spline {
            low: [-4.0, -4.0, -3.157_376_577_3, -0.485_249_995_8, 1.847_732_470_6, 1.847_732_470_6],
            high: [-0.718_548_242_5, 2.081_030_717_2, 3.668_124_123_7, 4.0, 4.0, 4.0],
            x: [stops(-15.0), stops(0.0), stops(18.0)].map(f64::log10),
            y: [-4.0, 4.0],
            high_slope: 0.0,
        };
        let odt = Spline {
            low: [
                -1.698_970_004_3,
                -1.698_970_004_3,
                -1.477_9,
                -1.229_1,
                -0.864_8,
                -0.448_0,
                0.005_18,
                0.451_108_033_4,
                0.911_374_441_4,
                0.911_374_441_4,
            ],
            high: [
                0.515_438_696_5,
                0.847_043_778_3,
                1.135_8,
                1.380_2,
                1.519_7,
                1.598_5,
                1.646_7,
                1.674_609_135_7,
                1.687_873_339_0,
                1.687_873_339_0,
            ],
            x: [stops(-6.5), stops(0.0), stops(6.5)].map(|x| rrt.apply(x).log10()),
            y: [BLACK.log10(), WHITE.log10()],
            high_slope: 0.04,
        };
        Self { rrt, odt }
    }

    fn apply(&self, x: f64) -> f64 {
        (self.odt.apply(self.rrt.apply(x)) - BLACK) / (WHITE - BLACK)
    }
}

/// A quadratic B-spline on logarithms, in two uniform halves, continued by straight lines.
struct Spline<const N: usize> {
    low: [f64; N],
    high: [f64; N],
    /// log10 of x where the curve begins, where its halves meet, and where it ends.
    x: [f64; 3],
    /// log10 of y at both ends.
    y: [f64; 2],
    high_slope: f64,
}

impl<const N: usize> Spline<N> {
    fn apply(&self, x: f64) -> f64 {
        let x = x.max(f64::MIN_POSITIVE).log10();
        let y = if x <= self.x[0] {
            self.y[0]
        } else if x < self.x[1] {
            Self::half(&self.low, (x - self.x[0]) / (self.x[1] - self.x[0]))
        } else if x < self.x[2] {
            Self::half(&self.high, (x - self.x[1]) / (self.x[2] - self.x[1]))
        } else {
            self.y[1] + self.high_slope * (x - self.x[2])
        };
        10.0_f64.powf(y)
    }

    /// `t` runs from 0 to 1 over the half.
    fn half(c: &[f64; N], t: f64) -> f64 {
        let knot = t * (N - 3) as f64;
        let j = (knot as usize).min(N - 3);
        let t = knot - j as f64;
        let (a, b, c) = (c[j], c[j + 1], c[j + 2]);
        t * t * (0.5 * a - b + 0.5 * c) + t * (b - a) + 0.5 * (a + b)
    }
}

#[cfg(test)]
mod tests {
    use super::{ToneCurve, ToneTable};
    use crate::color::block::BLOCK;

    #[test]
    fn the_table_follows_the_curves_from_black_to_the_largest_number() {
        let (curve, table) = (ToneCurve::new(), ToneTable::new());
        let mut worst = 0.0_f64;
        for bits in (0..f32::MAX.to_bits()).step_by(70_001) {
            let x = f32::from_bits(bits);
            let mut lane = [x; BLOCK];
            table.apply(&mut lane);
            // Beyond 2^46 the last straight line is not followed any more: it has long left what a display shows.
            let expected = curve.apply(f64::from(x).min(7e13));
            worst = worst.max((f64::from(lane[0]) - expected).abs());
        }
        assert!(worst < 1e-6, "{worst:e}");
    }
}
