//! ACEScct, the logarithmic encoding that shots are graded in: AMPAS S-2016-001, 4.4.
//!
//! Values past both ends stay past them: darker than black runs on along the straight part, and brighter than half floats
//! reach runs on along the logarithm.

use super::math::{Bound, exp2, log2_near_one, split};
use super::processor::LARGEST;

/// The straight part: slope, and the signal at black.
const SLOPE: f32 = 10.540_238;
const BLACK: f32 = 0.072_905_53;
/// Where the straight part ends, in linear light and in signal.
const BREAK_LIGHT: f32 = 0.007_812_5;
const BREAK_SIGNAL: f32 = 0.155_251_14;
/// The logarithm: stops over the whole signal, and stops from signal 0 to light 1.
const STOPS: f32 = 17.52;
const ONE: f32 = 9.72;

/// The ACEScct signal for linear AP1 light; absolute error under 2e-7 up to signal 1.5.
#[inline(always)]
pub(crate) fn to_acescct(light: f32) -> f32 {
    let (mantissa, exponent) = split(light.at_least(BREAK_LIGHT));
    let curved = (exponent + (log2_near_one(mantissa) + ONE)) * (1.0 / STOPS);
    let straight = SLOPE * light + BLACK;
    if light <= BREAK_LIGHT { straight } else { curved }
}

/// Linear AP1 light for an ACEScct signal; relative error under 2e-6 up to signal 1.5. Never past what sums bear.
#[inline(always)]
pub(crate) fn from_acescct(signal: f32) -> f32 {
    let curved = exp2((signal * STOPS - ONE).at_least(-9.72).at_most(126.0));
    let straight = (signal - BLACK) * (1.0 / SLOPE);
    (if signal <= BREAK_SIGNAL { straight } else { curved }).at_least(-LARGEST).at_most(LARGEST)
}

#[cfg(test)]
mod tests {
    use super::{from_acescct, to_acescct};

    fn exact(light: f64) -> f64 {
        if light <= 0.007_812_5 {
            10.540_237_741_654_5 * light + 0.072_905_534_195_835_5
        } else {
            (light.log2() + 9.72) / 17.52
        }
    }

    #[test]
    fn the_signal_is_the_published_one_and_comes_back() {
        for step in 0..400_000 {
            // From -0.1 over all of a half float's range.
            let light = if step < 1000 { step as f32 * 1e-3 - 0.1 } else { (step as f32 / 16_000.0 - 9.0).exp2() };
            let (found, expected) = (f64::from(to_acescct(light)), exact(light.into()));
            assert!((found - expected).abs() < 2e-7, "{light}: {found}, not {expected}");
            let back = from_acescct(to_acescct(light));
            assert!((back - light).abs() <= 3e-6 * light.abs() + 2e-9, "{light} came back as {back}");
        }
        // 18 % grey, and the largest half float: S-2016-001.
        assert!((to_acescct(0.18) - 0.413_588_4).abs() < 1e-6);
        assert!((to_acescct(65504.0) - 1.467_996_4).abs() < 1e-6);
    }

    #[test]
    fn no_signal_makes_a_number_that_sums_do_not_bear() {
        for signal in [f32::MAX, f32::MIN, f32::INFINITY, f32::NEG_INFINITY, 1e9, -1e9] {
            assert!((from_acescct(signal) * 1e5).is_finite(), "{signal}");
        }
    }
}
