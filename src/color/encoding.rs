//! Display encodings: linear light to the signal that a display expects.
//!
//! All are odd functions (the sign is kept), as OpenColorIO's display transforms are, so that values outside 0..1 stay
//! comparable; what a signal cannot carry is cut only where codes are made.
//!
//! The power functions are our own: a handful of plain float operations without branches or tables, so that a loop over
//! a row becomes SIMD on every target and gives the same bits on all of them. Their relative error is under 5e-7
//! (tested over every exponent), a hundredth of a 16-bit code.

/// The transfer function of a display, from light to signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// The inverse of ITU-R BT.1886, annex 1, with black at 0: a pure power of 1/2.4.
    Bt1886,
    /// IEC 61966-2-1, 5.2: linear near black, then a power of 1/2.4 with offset.
    Srgb,
    /// Numbers as they are.
    Linear,
}

/// The exponent that both standards share.
const GAMMA: f32 = 2.4;
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
            Self::Linear => light,
        }
    }

    /// Encodes a row in place.
    pub fn encode_row(self, row: &mut [f32]) {
        match self {
            Self::Bt1886 => row.iter_mut().for_each(|value| *value = bt1886(*value)),
            Self::Srgb => row.iter_mut().for_each(|value| *value = srgb(*value)),
            Self::Linear => {}
        }
    }

    /// The light for a signal: the inverse, in 64-bit floats, for scopes and tests.
    pub fn decode(self, signal: f64) -> f64 {
        let magnitude = signal.abs();
        let light = match self {
            Self::Bt1886 => magnitude.powf(2.4),
            Self::Srgb if magnitude <= f64::from(BREAK * SLOPE) => magnitude / f64::from(SLOPE),
            Self::Srgb => ((magnitude + OFFSET) / (1.0 + OFFSET)).powf(2.4),
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

/// `x` to the power 1/2.4 for finite `x` >= 0; 0 for subnormal numbers.
#[inline(always)]
fn root(x: f32) -> f32 {
    const SQRT_HALF_BITS: i32 = 0x3f35_04f3;
    // x = m 2^e with m in sqrt(1/2) .. sqrt(2)
    let bits = x.to_bits() as i32;
    let exponent = (bits - SQRT_HALF_BITS) >> 23;
    let mantissa = f32::from_bits((bits - (exponent << 23)) as u32);
    // 1/2.4 = 5/12: twelfths keep the exponent's share exact, however large it is.
    let twelfths = 5.0 * exponent as f32;
    let whole = nearest(twelfths * (1.0 / 12.0));
    let rest = (twelfths - 12.0 * whole) * (1.0 / 12.0) + log2_near_one(mantissa) * (1.0 / GAMMA);
    let power = scale_by_power(exp2_near_zero(rest), whole);
    if x < f32::MIN_POSITIVE { 0.0 } else { power }
}

/// log2 of m in sqrt(1/2) .. sqrt(2), by the series of artanh((m - 1) / (m + 1)); the first term left out is 2e-10.
#[inline(always)]
fn log2_near_one(m: f32) -> f32 {
    const SCALE: f32 = 2.0 * std::f32::consts::LOG2_E;
    let s = (m - 1.0) / (m + 1.0);
    let s2 = s * s;
    let series = (((1.0 / 9.0 * s2 + 1.0 / 7.0) * s2 + 1.0 / 5.0) * s2 + 1.0 / 3.0) * s2 + 1.0;
    SCALE * s * series
}

/// 2 to the power x for x in -0.72 .. 0.72, by the exponential series; the first term left out is 1e-7.
#[inline(always)]
fn exp2_near_zero(x: f32) -> f32 {
    let y = x * std::f32::consts::LN_2;
    let tail = ((((1.0 / 5040.0 * y + 1.0 / 720.0) * y + 1.0 / 120.0) * y + 1.0 / 24.0) * y + 1.0 / 6.0) * y + 0.5;
    (tail * y + 1.0) * y + 1.0
}

/// Adding and taking away 1.5 2^23 rounds to the nearest integer, for |x| < 2^22.
const ROUND: f32 = 12_582_912.0;

#[inline(always)]
fn nearest(x: f32) -> f32 {
    (x + ROUND) - ROUND
}

/// `x` times 2 to the whole number `power`, where neither leaves the normal numbers.
#[inline(always)]
fn scale_by_power(x: f32, power: f32) -> f32 {
    // The integer stands in the low bits of the sum.
    let power = (power + ROUND).to_bits() as i32 - ROUND.to_bits() as i32;
    f32::from_bits((x.to_bits() as i32 + (power << 23)) as u32)
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
        assert!(worst < 5e-7, "{worst:e}");
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
