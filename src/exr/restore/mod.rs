//! The way back from what ZIP does to bytes before it compresses them.
//!
//! The writer puts all even bytes of a chunk before all odd ones and stores differences between neighbours (*Layout*, "ZIP
//! compression"; OpenEXR `internal_zip.c`). Undoing that costs a tenth of inflating when it is done in one pass.

#[cfg(target_arch = "x86_64")]
#[path = "x86_64.rs"]
mod blocks;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[path = "wasm32.rs"]
mod blocks;
#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
#[path = "portable.rs"]
mod blocks;

/// Puts the bytes of a chunk back in their order while undoing the differences, in one pass and straight to where they
/// are wanted.
///
/// Each byte is the sum of the stored bytes before it, less 128 for each but the first, modulo 256; even and odd bytes
/// are two halves of that one chain. The odd half's start is the even half's sum, so both run at once.
pub(super) struct Restored<'a> {
    even: &'a [u8],
    odd: &'a [u8],
    /// The last byte of each half so far.
    last_even: u8,
    last_odd: u8,
}

impl<'a> Restored<'a> {
    /// `stored` is a whole chunk, inflated.
    pub(super) fn new(stored: &'a [u8]) -> Self {
        let (even, odd) = stored.split_at(stored.len().div_ceil(2));
        // The first byte carries no bias: start where flipping its top bit is made good.
        let last_even = 0x80;
        Self { even, odd, last_even, last_odd: sum(last_even, even) }
    }

    /// The next `output.len()` bytes, an even number.
    ///
    /// # Panics
    /// If there are not that many.
    pub(super) fn take(&mut self, output: &mut [u8]) {
        let (even, odd) = self.advance(output.len());
        let whole = even.len().min(odd.len()) / blocks::SIZE * blocks::SIZE;
        let (in_blocks, rest) = output.split_at_mut(2 * whole);
        let mut last = [self.last_even, self.last_odd];
        blocks::restore(&even[..whole], &odd[..whole], &mut last, in_blocks);
        for (pair, (&even, &odd)) in rest.chunks_exact_mut(2).zip(even[whole..].iter().zip(&odd[whole..])) {
            last = [last[0].wrapping_add(even ^ 0x80), last[1].wrapping_add(odd ^ 0x80)];
            pair.copy_from_slice(&last);
        }
        [self.last_even, self.last_odd] = last;
    }

    /// Passes over `length` bytes, an even number.
    ///
    /// # Panics
    /// If there are not that many.
    pub(super) fn skip(&mut self, length: usize) {
        let (even, odd) = self.advance(length);
        self.last_even = sum(self.last_even, even);
        self.last_odd = sum(self.last_odd, odd);
    }

    fn advance(&mut self, length: usize) -> (&'a [u8], &'a [u8]) {
        let (even, rest_even) = self.even.split_at(length / 2);
        let (odd, rest_odd) = self.odd.split_at(length / 2);
        (self.even, self.odd) = (rest_even, rest_odd);
        (even, odd)
    }
}

/// What the chain holds after `bytes`.
fn sum(before: u8, bytes: &[u8]) -> u8 {
    let total = bytes.iter().fold(0_u8, |total, &byte| total.wrapping_add(byte));
    // Each byte brings 128 along; an odd number of them flips the top bit.
    before.wrapping_add(total) ^ if bytes.len() % 2 == 1 { 0x80 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::Restored;
    use crate::exr::shuffle::{make_differences, separate};

    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    /// The definition, byte by byte: OpenEXR's `reconstruct` and `interleave`.
    fn restore_slowly(stored: &[u8]) -> Vec<u8> {
        let mut bytes = stored.to_vec();
        for i in 1..bytes.len() {
            bytes[i] = bytes[i].wrapping_add(bytes[i - 1]).wrapping_sub(128);
        }
        let (even, odd) = bytes.split_at(bytes.len() / 2);
        even.iter().zip(odd).flat_map(|(&even, &odd)| [even, odd]).collect()
    }

    fn restore(stored: &[u8]) -> Vec<u8> {
        let mut output = vec![0; stored.len()];
        Restored::new(stored).take(&mut output);
        output
    }

    #[test]
    fn words_make_the_same_sums_as_bytes() {
        for length in (0..600).step_by(2).chain([8192, 8198]) {
            let stored = noise(length);
            assert_eq!(restore(&stored), restore_slowly(&stored), "{length} bytes");
        }
    }

    #[test]
    fn extreme_bytes_do_not_spill_from_lane_to_lane() {
        for value in [0, 1, 127, 128, 255] {
            let stored = vec![value; 256];
            assert_eq!(restore(&stored), restore_slowly(&stored), "all {value}");
        }
    }

    #[test]
    fn pieces_and_gaps_keep_their_place() {
        let stored = noise(1000);
        let whole = restore_slowly(&stored);
        let mut restored = Restored::new(&stored);
        let (mut first, mut second) = (vec![0; 130], vec![0; 400]);
        restored.take(&mut first);
        restored.skip(206);
        restored.take(&mut second);
        assert_eq!((&first[..], &second[..]), (&whole[..130], &whole[336..736]));
    }

    #[test]
    fn what_is_prepared_for_storage_is_restored() {
        let original = noise(2000);
        let mut stored = vec![0; 2000];
        separate(&original, &mut stored);
        make_differences(&mut stored);
        assert_eq!(restore(&stored), original);
    }
}
