//! Any target: by arithmetic without branches, which compilers make SIMD of.

use half::f16;

/// Writes `from` as floats to `to`, as many as both have.
pub(super) fn widen(from: &[f16], to: &mut [f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = one(from.to_bits());
    }
}

#[inline(always)]
fn one(bits: u16) -> f32 {
    // The exponents' biases differ by 112; multiplying makes that good for subnormal numbers too.
    const REBIAS: f32 = f32::from_bits((127 + 112) << 23);
    let bits = u32::from(bits);
    let magnitude = f32::from_bits((bits & 0x7fff) << 13) * REBIAS;
    let is_finite = bits & 0x7c00 != 0x7c00;
    let special = f32::from_bits(0x7f80_0000 | (bits & 0x3ff) << 13);
    let magnitude = if is_finite { magnitude } else { special };
    f32::from_bits(magnitude.to_bits() | (bits & 0x8000) << 16)
}
