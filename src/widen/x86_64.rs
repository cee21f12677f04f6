//! x86-64: eight at a time with F16C, where the machine has it.
//!
//! Measured on the 21 million samples of a 4096x1716 RGB frame: 4 ms, bound by memory; through `half`'s slice conversion,
//! which makes a call for every eight samples, 9.

use std::arch::x86_64::{__m128i, _mm256_cvtph_ps};

use half::f16;

use super::any;

/// Writes `from` as floats to `to`, as many as both have.
pub(super) fn widen(from: &[f16], to: &mut [f32]) {
    if is_x86_feature_detected!("f16c") && is_x86_feature_detected!("avx") {
        // SAFETY: the machine has just said that it has what the function needs.
        unsafe { widen_f16c(from, to) }
    } else {
        any::widen(from, to);
    }
}

#[target_feature(enable = "avx,f16c")]
fn widen_f16c(from: &[f16], to: &mut [f32]) {
    let (from, from_rest) = from.as_chunks::<8>();
    let (to, to_rest) = to.as_chunks_mut::<8>();
    for (to, from) in to.iter_mut().zip(from) {
        let halves: __m128i = bytemuck::cast(*from);
        *to = bytemuck::cast(_mm256_cvtph_ps(halves));
    }
    any::widen(from_rest, to_rest);
}
