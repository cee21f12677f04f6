//! Any target: sixteen bytes of each half in 64-bit words, even and odd places in 16-bit lanes, where a multiplication
//! makes all the sums.

/// Bytes of each half that are restored together.
pub(super) const SIZE: usize = 64;

/// Restores whole blocks of both halves into `output`, byte by byte in turn. `last` is the last byte of each half before,
/// and then after.
pub(super) fn restore(even: &[u8], odd: &[u8], last: &mut [u8; 2], output: &mut [u8]) {
    let [mut last_even, mut last_odd] = last.map(u64::from);
    let halves = even.chunks_exact(SIZE).zip(odd.chunks_exact(SIZE));
    for (output, (even, odd)) in output.chunks_exact_mut(2 * SIZE).zip(halves) {
        // Pairs of bytes at even places of the block, and at odd ones.
        let (mut at_even, mut at_odd) = ([0_u64; SIZE / 8], [0_u64; SIZE / 8]);
        let words = even.as_chunks::<8>().0.iter().zip(odd.as_chunks::<8>().0);
        for ((at_even, at_odd), (even, odd)) in at_even.iter_mut().zip(&mut at_odd).zip(words) {
            let low = restore_word(u64::from_le_bytes(*even), &mut last_even);
            let high = restore_word(u64::from_le_bytes(*odd), &mut last_odd);
            *at_even = low[0] | high[0] << 8;
            *at_odd = low[1] | high[1] << 8;
        }
        let pairs: &[u16] = bytemuck::cast_slice(&at_even);
        let others: &[u16] = bytemuck::cast_slice(&at_odd);
        let mut block = [[0_u16; 2]; SIZE / 2];
        for ((two, &first), &second) in block.iter_mut().zip(pairs).zip(others) {
            *two = [first, second];
        }
        output.copy_from_slice(bytemuck::cast_slice(&block));
    }
    *last = [last_even as u8, last_odd as u8];
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
