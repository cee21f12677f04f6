//! Elementary functions on 32-bit floats, written so that a loop over them becomes SIMD.
//!
//! Plain float operations without branches, tables or calls: a loop over a row is vectorised by the compiler on every
//! target, and every target and every vector width gives the same bits (no operation here is ever contracted or
//! reordered). Each function names its error bound, which its test holds. Polynomials are summed in pairs (Estrin's scheme)
//! rather than one term after another: their length in time, not their number of operations, is what a row waits for.

/// Bounds that are one vector instruction on every target. `f32::max` and `f32::min` promise more about NaN, for which
/// WebAssembly leaves its vectors.
pub(super) trait Bound: Sized {
    /// The larger of both; `bound` for NaN.
    fn at_least(self, bound: Self) -> Self;

    /// The smaller of both; `bound` for NaN.
    fn at_most(self, bound: Self) -> Self;
}

impl Bound for f32 {
    #[inline(always)]
    fn at_least(self, bound: Self) -> Self {
        if self > bound { self } else { bound }
    }

    #[inline(always)]
    fn at_most(self, bound: Self) -> Self {
        if self < bound { self } else { bound }
    }
}

/// Adding 1.5 2^23 leaves the nearest integer in the low bits of the sum, for |x| < 2^22; taking it away again rounds.
const ROUND: f32 = 12_582_912.0;

/// `x` as m 2^e with m in sqrt(1/2) .. sqrt(2), for normal positive `x`: m and e. For 0: 1 and -127.
#[inline(always)]
pub(super) fn split(x: f32) -> (f32, f32) {
    const SQRT_HALF_BITS: i32 = 0x3f35_04f3;
    let bits = x.to_bits() as i32;
    let exponent = bits.wrapping_sub(SQRT_HALF_BITS) >> 23;
    (f32::from_bits(bits.wrapping_sub(exponent << 23) as u32), exponent as f32)
}

/// log2 of m in sqrt(1/2) .. sqrt(2), by the series of artanh((m - 1) / (m + 1)); the first term left out is 4e-8.
#[inline(always)]
pub(super) fn log2_near_one(m: f32) -> f32 {
    const SCALE: f32 = 2.0 * std::f32::consts::LOG2_E;
    let s = (m - 1.0) / (m + 1.0);
    let s2 = s * s;
    let high = SCALE / 7.0 * s2 + SCALE / 5.0;
    let low = SCALE / 3.0 * s2 + SCALE;
    s * (high * (s2 * s2) + low)
}

/// The nearest integer, for |x| < 2^22.
#[inline(always)]
pub(super) fn nearest(x: f32) -> f32 {
    (x + ROUND) - ROUND
}

/// The integer just under or at `x`, for 0 <= `x` < 2^22.
#[inline(always)]
pub(super) fn floor(x: f32) -> f32 {
    let near = nearest(x);
    if near > x { near - 1.0 } else { near }
}

/// `x` as an integer, for whole 0 <= `x` < 2^22. A cast would be exact too, but its care for other numbers keeps the
/// compiler from making SIMD of it.
#[inline(always)]
pub(super) fn integer(x: f32) -> u32 {
    (x + ROUND).to_bits() & 0x003f_ffff
}

/// The nearest integer, halves up, for 0 <= `x` < 2^22.
#[inline(always)]
pub(super) fn code(x: f32) -> u32 {
    let near = nearest(x);
    // `nearest` takes halves to even numbers; the difference is exact.
    integer(if x - near >= 0.5 { near + 1.0 } else { near })
}

/// `x` times 2 to the whole number `power`, where neither leaves the normal numbers.
#[inline(always)]
pub(super) fn scale_by_power(x: f32, power: f32) -> f32 {
    // The shift leaves nothing of ROUND itself.
    f32::from_bits(x.to_bits().wrapping_add((power + ROUND).to_bits() << 23))
}

/// 2 to the power x for x in -0.5 .. 0.5: of the polynomials of degree 5 with the right value and slope at 0, the one whose
/// largest relative error is least (Remez); it is 1.1e-7.
#[inline(always)]
pub(super) fn exp2_within_half(x: f32) -> f32 {
    let x2 = x * x;
    let high = (0.001_330_026_4 * x + 0.009_669_708) * x2 + (0.055_505_6 * x + 0.240_222_81);
    high * x2 + (std::f32::consts::LN_2 * x + 1.0)
}

/// 2 to the power `x`, for -126 <= `x` <= 127: the series around the nearest integer; the first term left out is 1.2e-7.
#[inline(always)]
pub(crate) fn exp2(x: f32) -> f32 {
    let whole = nearest(x);
    let y = (x - whole) * std::f32::consts::LN_2;
    let y2 = y * y;
    let high = 1.0 / 720.0 * y2 + (1.0 / 120.0 * y + 1.0 / 24.0);
    let low = (1.0 / 6.0 * y + 0.5) * y2 + (y + 1.0);
    scale_by_power(high * (y2 * y2) + low, whole)
}

/// `x` to the power `p`, for 0 <= `x` <= 2^42 and 0 < `p` <= 3; 0 for subnormal numbers.
///
/// Relative error under 5e-6 for 1e-8 < `x` < 1e4; results under 1e-38 come out as 1e-38.
#[inline(always)]
pub(crate) fn pow(x: f32, p: f32) -> f32 {
    let (mantissa, exponent) = split(x);
    let power = (exponent + log2_near_one(mantissa)) * p;
    let result = exp2(power.at_least(-126.0));
    if x < f32::MIN_POSITIVE { 0.0 } else { result }
}

/// The logarithm to base 2 of a normal positive `x`; absolute error under 3e-6.
#[inline(always)]
pub(crate) fn log2(x: f32) -> f32 {
    let (mantissa, exponent) = split(x);
    exponent + log2_near_one(mantissa)
}

/// The logarithm to base 10 of a normal positive `x`; absolute error under 1e-6.
#[inline(always)]
pub(super) fn log10(x: f32) -> f32 {
    log2(x) * std::f32::consts::LOG10_2
}

/// The angle of (x, y) in degrees, -180 .. 180; 0 for (0, 0). Absolute error under 5e-5 degrees.
#[inline(always)]
pub(super) fn angle_signed(y: f32, x: f32) -> f32 {
    const TAN_HALF: f32 = 0.414_213_57; // tan 22.5 degrees
    let (ax, ay) = (x.abs(), y.abs());
    let (small, large) = (ax.at_most(ay), ax.at_least(ay));
    let ratio = small / large.at_least(f32::MIN_POSITIVE);
    // artan a = 45 degrees + artan((a - 1) / (a + 1)) brings the argument under tan 22.5 degrees.
    let reduce = ratio > TAN_HALF;
    let t = if reduce { (ratio - 1.0) / (ratio + 1.0) } else { ratio };
    let t2 = t * t;
    // Gregory's series; the first term left out is 6e-8.
    let tail = (((-1.0 / 15.0 * t2 + 1.0 / 13.0) * t2 - 1.0 / 11.0) * t2 + 1.0 / 9.0) * t2;
    let series = ((tail - 1.0 / 7.0) * t2 + 1.0 / 5.0) * t2 - 1.0 / 3.0;
    let angle = (series * t2 + 1.0) * t * (180.0 / std::f32::consts::PI);
    let angle = if reduce { angle + 45.0 } else { angle };
    let angle = if ay > ax { 90.0 - angle } else { angle };
    let angle = if x < 0.0 { 180.0 - angle } else { angle };
    angle.copysign(y)
}

/// The same from 0 to 360.
#[inline(always)]
pub(super) fn angle_degrees(y: f32, x: f32) -> f32 {
    let angle = angle_signed(y, x);
    if angle < 0.0 { 360.0 + angle } else { angle.abs() }
}

#[cfg(test)]
mod tests {
    use super::{angle_degrees, code, floor, integer, log10, pow};

    /// Every exponent with mantissas spread by a prime step, between two positive numbers.
    fn spread(from: f32, to: f32) -> impl Iterator<Item = f32> {
        (from.to_bits()..to.to_bits()).step_by(7919).map(f32::from_bits)
    }

    #[test]
    fn powers_are_within_their_bound() {
        for p in [0.42, 1.15, 1.0 / 0.42, 0.6, 1.0 / 1.14, 2.9, -0.0189] {
            let worst = spread(1e-8, 1e4).map(|x| (f64::from(pow(x, p)) / f64::from(x).powf(p.into()) - 1.0).abs());
            let worst = worst.fold(0.0, f64::max);
            assert!(worst < 5e-6, "power {p}: {worst:e}");
            assert_eq!(pow(0.0, p), 0.0);
            assert_eq!(pow(1.0, p), 1.0);
            assert!(spread(1e-45, f32::MIN_POSITIVE).all(|x| pow(x, p) == 0.0));
        }
    }

    #[test]
    fn integers_are_exact() {
        for step in 0..1_000_000 {
            let x = step as f32 * 0.125 * 0.5;
            assert_eq!(floor(x), x.floor(), "{x}");
            assert_eq!(code(x), (f64::from(x) + 0.5).floor() as u32, "{x}");
            assert_eq!(integer(x.floor()), x as u32, "{x}");
        }
        for x in [0.499_999_97_f32, 2.499_999_8, 65_534.496, 4_194_303.0] {
            assert_eq!(code(x), (f64::from(x) + 0.5).floor() as u32, "{x}");
        }
    }

    #[test]
    fn logarithms_are_within_their_bound() {
        let worst = spread(1e-8, 1e8).map(|x| (f64::from(log10(x)) - f64::from(x).log10()).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-6, "{worst:e}");
    }

    #[test]
    fn angles_are_within_their_bound_all_around() {
        for step in 0..36_000 {
            let angle = f64::from(step) * 0.01;
            let (sin, cos) = angle.to_radians().sin_cos();
            for scale in [1e-12, 1.0, 1e6] {
                let found = f64::from(angle_degrees((sin * scale) as f32, (cos * scale) as f32));
                let off = (found - angle).abs();
                assert!(off.min(360.0 - off) < 5e-5, "{angle} came out as {found}");
                assert!((0.0..=360.0).contains(&found));
            }
        }
        assert_eq!(angle_degrees(0.0, 0.0), 0.0);
    }
}
