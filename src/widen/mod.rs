//! Halves to floats, a row at a time: what almost every pixel goes through.

mod any;
#[cfg(target_arch = "x86_64")]
#[path = "x86_64.rs"]
mod machine;
#[cfg(not(target_arch = "x86_64"))]
use any as machine;

use half::f16;

/// Writes `from` as floats to `to`; every half has a float of the same value, infinities and NaN among them.
///
/// # Panics
/// If the lengths differ.
pub(crate) fn widen(from: &[f16], to: &mut [f32]) {
    assert_eq!(from.len(), to.len(), "every half becomes a float");
    machine::widen(from, to);
}

#[cfg(test)]
mod tests {
    use half::f16;

    #[test]
    fn every_half_keeps_its_value_on_every_path() {
        let halves: Vec<f16> = (0..=u16::MAX).map(f16::from_bits).collect();
        for widen in [super::widen, super::any::widen] {
            let mut floats = vec![0.0; halves.len()];
            widen(&halves, &mut floats);
            for (half, float) in halves.iter().zip(floats) {
                let expected = half.to_f32();
                assert!(
                    float.to_bits() == expected.to_bits() || (float.is_nan() && expected.is_nan()),
                    "{half:?} became {float}"
                );
            }
        }
    }

    #[test]
    fn rows_of_any_length_are_converted_to_their_end() {
        for length in 0..40 {
            let halves = vec![f16::from_f32(1.5); length];
            let mut floats = vec![0.0; length];
            super::widen(&halves, &mut floats);
            assert_eq!(floats, vec![1.5; length]);
        }
    }
}
