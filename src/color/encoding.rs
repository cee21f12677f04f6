//! Display encodings: linear light to the signal that a display expects.
//!
//! Values outside 0..1 stay outside, as OpenColorIO's display transforms keep them (most by being odd functions), so that
//! they stay comparable; what a signal cannot carry is cut only where codes are made.
//!
//! The relative error of both powers is under 1e-6 (tested over every exponent), a sixtieth of a 16-bit code.

use super::block::{Lane, map};
use super::math::{Bound, exp2_within_half, nearest, scale_by_power, split};

/// The transfer function of a display, from light to signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// The inverse of ITU-R BT.1886, annex 1, with black at 0: a pure power of 1/2.4.
    Bt1886,
    /// IEC 61966-2-1, 5.2: linear near black, then a power of 1/2.4 with offset.
    Srgb,
    /// BT.1886 with light under black cut to black, as OpenColorIO's ACES 1.3 displays have it.
    Bt1886Cut,
    /// sRGB whose linear part goes on under black, likewise.
    SrgbStraight,
    /// Numbers as they are.
    Linear,
}

/// sRGB's offset.
const OFFSET: f64 = 0.055;
/// The slope of sRGB's linear part for which value and slope are continuous: what OpenColorIO computes from gamma and
/// offset, 12.9232... where the standard prints the rounded 12.92. The two differ by 1e-5 at most.
/// ((1 + a)^g (g - 1)^(g - 1)) / (a^(g - 1) g^g) with g = 2.4, a = 0.055.
const SLOPE: f32 = 12.923_21;
/// Where sRGB's linear part ends, in linear light: (a / (g - 1)) / SLOPE.
const BREAK: f32 = 0.003_039_934_7;

impl Encoding {
    /// The signal for an amount of light; black is 0, the display's white is 1.
    #[inline(always)]
    pub fn encode(self, light: f32) -> f32 {
        match self {
            Self::Bt1886 => bt1886(light),
            Self::Srgb => srgb(light),
            Self::Bt1886Cut => bt1886(light.at_least(0.0)),
            Self::SrgbStraight => srgb_straight(light),
            Self::Linear => light,
        }
    }

    /// Encodes a lane in place.
    #[inline(always)]
    pub(super) fn encode_lane(self, lane: &mut Lane) {
        match self {
            Self::Bt1886 => *lane = map(lane, bt1886),
            Self::Srgb => *lane = map(lane, srgb),
            Self::Bt1886Cut => *lane = map(lane, |light| bt1886(light.at_least(0.0))),
            Self::SrgbStraight => *lane = map(lane, srgb_straight),
            Self::Linear => {}
        }
    }

    /// The light for a signal: the inverse, in 64-bit floats, for scopes and tests.
    pub fn decode(self, signal: f64) -> f64 {
        let magnitude = signal.abs();
        let light = match self {
            Self::Bt1886 | Self::Bt1886Cut => magnitude.powf(2.4),
            Self::SrgbStraight if signal <= f64::from(BREAK * SLOPE) => magnitude / f64::from(SLOPE),
            Self::Srgb if magnitude <= f64::from(BREAK * SLOPE) => magnitude / f64::from(SLOPE),
            Self::Srgb | Self::SrgbStraight => ((magnitude + OFFSET) / (1.0 + OFFSET)).powf(2.4),
            Self::Linear => magnitude,
        };
        light.copysign(signal)
    }
}

#[inline(always)]
fn bt1886(light: f32) -> f32 {
    root(light.abs()).copysign(light)
}

#[inline(always)]
fn srgb(light: f32) -> f32 {
    let magnitude = light.abs();
    let power = (1.0 + OFFSET as f32) * root(magnitude) - OFFSET as f32;
    let signal = if magnitude <= BREAK { SLOPE * magnitude } else { power };
    signal.copysign(light)
}

#[inline(always)]
fn srgb_straight(light: f32) -> f32 {
    let power = (1.0 + OFFSET as f32) * root(light.at_least(0.0)) - OFFSET as f32;
    if light <= BREAK { SLOPE * light } else { power }
}

/// `x` to the power 1/2.4 for finite `x` >= 0; 0 for subnormal numbers.
#[inline(always)]
fn root(x: f32) -> f32 {
    // 1/2.4 = 5/12: twelfths keep the exponent's share exact, however large it is.
    let (mantissa, exponent) = split(x);
    let twelfths = 5.0 * exponent;
    let whole = nearest(twelfths * (1.0 / 12.0));
    let rest = (twelfths - 12.0 * whole) * (1.0 / 12.0);
    let power = scale_by_power(root_near_one(mantissa) * exp2_within_half(rest), whole);
    if x < f32::MIN_POSITIVE { 0.0 } else { power }
}

/// `m` to the power 5/12 for m in sqrt(1/2) .. sqrt(2): the polynomial of degree 6 in m - 1, exact at 1, whose largest
/// relative error is least (Remez); it is 1.9e-7. No logarithm, hence no division, which is the slowest thing there is.
#[inline(always)]
fn root_near_one(m: f32) -> f32 {
    let y = m - 1.0;
    let y2 = y * y;
    let high = (-0.019_873_023 * y + 0.032_742_467) * y2 + (-0.041_987_6 * y + 0.063_990_51);
    let low = -0.121_510_04 * y2 + (0.416_668_56 * y + 1.0);
    high * (y2 * y) + low
}

#[cfg(test)]
mod tests {
    use super::{BREAK, Encoding, OFFSET, SLOPE, root};

    #[test]
    fn the_constants_follow_from_gamma_and_offset() {
        let (g, a) = (2.4_f64, OFFSET);
        let slope = ((1.0 + a).powf(g) * (g - 1.0).powf(g - 1.0)) / (a.powf(g - 1.0) * g.powf(g));
        assert_eq!(SLOPE, slope as f32);
        assert_eq!(BREAK, (a / (g - 1.0) / slope) as f32);
    }

    #[test]
    fn the_root_is_within_its_bound_at_every_exponent() {
        let mut worst = 0.0_f64;
        // A prime step visits every exponent and spreads over the mantissas.
        for bits in (f32::MIN_POSITIVE.to_bits()..f32::MAX.to_bits()).step_by(7919) {
            let x = f32::from_bits(bits);
            let exact = f64::from(x).powf(1.0 / 2.4);
            worst = worst.max((f64::from(root(x)) / exact - 1.0).abs());
        }
        assert!(worst < 1e-6, "{worst:e}");
        assert_eq!(root(0.0), 0.0);
        assert_eq!(root(1.0), 1.0);
    }

    #[test]
    fn encodings_are_odd_rise_and_are_undone_by_decoding() {
        for encoding in [Encoding::Bt1886, Encoding::Srgb, Encoding::Linear] {
            let mut before = f32::NEG_INFINITY;
            for step in 0..200_000 {
                let light = step as f32 * 1e-5;
                let signal = encoding.encode(light);
                assert!(signal >= before, "{encoding:?} falls at {light}");
                assert_eq!(encoding.encode(-light), -signal);
                let back = encoding.decode(signal.into());
                assert!((back - f64::from(light)).abs() < 2e-6, "{encoding:?}: {light} came back as {back}");
                before = signal;
            }
        }
    }
}
