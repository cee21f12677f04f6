//! What ZIP and RLE do to bytes before they compress them, and the way back.
//!
//! The writer puts all even bytes of a chunk before all odd ones, so that the high bytes of half floats lie together, and
//! stores differences between neighbours (*Layout*, "ZIP compression"; OpenEXR `internal_zip.c`).

/// Puts the bytes of a chunk back in their order while undoing the differences, in one pass and straight to where they
/// are wanted.
///
/// Each byte is the sum of the stored bytes before it, less 128 for each but the first, modulo 256; even and odd bytes
/// are two halves of that one chain. The odd half's start is the even half's sum, so both run at once. Eight bytes of
/// each go through 64-bit words: even and odd places in 16-bit lanes, where a multiplication makes all the sums.
pub(super) struct Restored<'a> {
    even: &'a [u8],
    odd: &'a [u8],
    /// The last byte of each half so far.
    last_even: u8,
    last_odd: u8,
}

/// Bytes of each half that go through the words together.
const BLOCK: usize = 64;

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
        let (mut last_even, mut last_odd) = (u64::from(self.last_even), u64::from(self.last_odd));
        let mut blocks = output.chunks_exact_mut(2 * BLOCK);
        let (mut evens, mut odds) = (even.chunks_exact(BLOCK), odd.chunks_exact(BLOCK));
        for ((output, even), odd) in (&mut blocks).zip(&mut evens).zip(&mut odds) {
            // Pairs of bytes at even places of the block, and at odd ones.
            let (mut at_even, mut at_odd) = ([0_u64; BLOCK / 8], [0_u64; BLOCK / 8]);
            let words = even.as_chunks::<8>().0.iter().zip(odd.as_chunks::<8>().0);
            for ((at_even, at_odd), (even, odd)) in at_even.iter_mut().zip(&mut at_odd).zip(words) {
                let low = restore_word(u64::from_le_bytes(*even), &mut last_even);
                let high = restore_word(u64::from_le_bytes(*odd), &mut last_odd);
                *at_even = low[0] | high[0] << 8;
                *at_odd = low[1] | high[1] << 8;
            }
            let pairs: &[u16] = bytemuck::cast_slice(&at_even);
            let others: &[u16] = bytemuck::cast_slice(&at_odd);
            let mut block = [[0_u16; 2]; BLOCK / 2];
            for ((two, &first), &second) in block.iter_mut().zip(pairs).zip(others) {
                *two = [first, second];
            }
            output.copy_from_slice(bytemuck::cast_slice(&block));
        }
        (self.last_even, self.last_odd) = (last_even as u8, last_odd as u8);
        let rest = evens.remainder().iter().zip(odds.remainder());
        for (pair, (&even, &odd)) in blocks.into_remainder().chunks_exact_mut(2).zip(rest) {
            self.last_even = self.last_even.wrapping_add(even ^ 0x80);
            self.last_odd = self.last_odd.wrapping_add(odd ^ 0x80);
            pair.copy_from_slice(&[self.last_even, self.last_odd]);
        }
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

/// Eight stored bytes to their sums: those at even places and those at odd ones, each in the low half of a 16-bit lane.
#[inline(always)]
fn restore_word(stored: u64, last: &mut u64) -> [u64; 2] {
    const LANES: u64 = 0x00ff_00ff_00ff_00ff;
    const SUMS: u64 = 0x0001_0001_0001_0001;
    // Adding 128 and taking it away are the same modulo 256, and both flip the top bit.
    const BIAS: u64 = 0x8080_8080_8080_8080;
    let stored = stored ^ BIAS;
    let even = stored & LANES;
    let odd = (stored >> 8) & LANES;
    // Lane k: the sum of bytes 0 ..= 2k + 1; without byte 2k + 1, of 0 ..= 2k.
    let pairs = (even + odd).wrapping_mul(SUMS);
    let odd_sums = pairs.wrapping_add(*last * SUMS);
    let even_sums = odd_sums.wrapping_sub(odd);
    *last = (*last + (pairs >> 48)) & 0xff;
    [even_sums & LANES, odd_sums & LANES]
}

/// Turns bytes into differences, in place: the inverse of [`undo_differences`].
pub(super) fn make_differences(bytes: &mut [u8]) {
    let mut before = 0x80;
    for byte in bytes {
        let value = *byte;
        *byte = value.wrapping_sub(before) ^ 0x80;
        before = value;
    }
}

/// Puts the even bytes of `bytes` in the first half of `output` and the odd ones in the second.
///
/// # Panics
/// If the lengths differ.
pub(super) fn separate(bytes: &[u8], output: &mut [u8]) {
    assert_eq!(bytes.len(), output.len(), "bytes are moved, not made");
    let (even, odd) = output.split_at_mut(bytes.len().div_ceil(2));
    let pairs = bytes.chunks_exact(2);
    if let ([last], Some(to)) = (pairs.remainder(), even.last_mut()) {
        *to = *last;
    }
    for ((pair, even), odd) in pairs.zip(even).zip(odd) {
        (*even, *odd) = (pair[0], pair[1]);
    }
}

#[cfg(test)]
mod tests {
    use super::{Restored, make_differences, separate};

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
