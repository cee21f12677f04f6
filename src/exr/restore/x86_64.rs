//! x86-64: sixteen bytes of each half in a vector, whose sums take four additions of the vector to itself, shifted.
//!
//! Measured on a 4096x1716 half ZIP frame, one thread: 4 ms, where words in lanes take 11; the whole decoding takes 70.

use std::arch::x86_64::{
    __m128i, _mm_add_epi8, _mm_cvtsi128_si32, _mm_set1_epi8, _mm_slli_si128, _mm_srli_si128, _mm_unpackhi_epi8,
    _mm_unpacklo_epi8, _mm_xor_si128,
};

/// Bytes of each half that are restored together.
pub(super) const SIZE: usize = 16;

/// Restores whole blocks of both halves into `output`, byte by byte in turn. `last` is the last byte of each half before,
/// and then after.
pub(super) fn restore(even: &[u8], odd: &[u8], last: &mut [u8; 2], output: &mut [u8]) {
    // SAFETY: the function needs SSE2, which every x86-64 processor has.
    unsafe { restore_sse2(even, odd, last, output) }
}

#[target_feature(enable = "sse2")]
fn restore_sse2(even: &[u8], odd: &[u8], last: &mut [u8; 2], output: &mut [u8]) {
    let halves = even.as_chunks::<SIZE>().0.iter().zip(odd.as_chunks::<SIZE>().0);
    for (output, (even, odd)) in output.as_chunks_mut::<{ 2 * SIZE }>().0.iter_mut().zip(halves) {
        let even = restore_vector(bytemuck::pod_read_unaligned(even), &mut last[0]);
        let odd = restore_vector(bytemuck::pod_read_unaligned(odd), &mut last[1]);
        let (first, second) = output.split_at_mut(SIZE);
        first.copy_from_slice(bytemuck::bytes_of(&_mm_unpacklo_epi8(even, odd)));
        second.copy_from_slice(bytemuck::bytes_of(&_mm_unpackhi_epi8(even, odd)));
    }
}

/// Sixteen stored bytes to their sums. Only an 8-bit addition hangs on the vector before; making it wide does not.
#[target_feature(enable = "sse2")]
#[inline]
fn restore_vector(stored: __m128i, last: &mut u8) -> __m128i {
    // Adding 128 and taking it away are the same modulo 256, and both flip the top bit.
    let unbiased = _mm_xor_si128(stored, _mm_set1_epi8(i8::MIN));
    let pairs = _mm_add_epi8(unbiased, _mm_slli_si128::<1>(unbiased));
    let fours = _mm_add_epi8(pairs, _mm_slli_si128::<2>(pairs));
    let eights = _mm_add_epi8(fours, _mm_slli_si128::<4>(fours));
    let sums = _mm_add_epi8(eights, _mm_slli_si128::<8>(eights));
    let before = _mm_set1_epi8(*last as i8);
    *last = last.wrapping_add(_mm_cvtsi128_si32(_mm_srli_si128::<15>(sums)) as u8);
    _mm_add_epi8(sums, before)
}
