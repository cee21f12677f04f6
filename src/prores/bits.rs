//! Bits into bytes, the highest first.

/// What a component of a slice takes at the most: 2048 coefficients of 64 bits, which is more than any has, and what a write
/// reaches beyond its end.
pub(super) const CAPACITY: usize = 2048 * 8 + 8;

/// Writes the bits of one component.
pub(super) struct BitWriter<'a> {
    bytes: &'a mut [u8; CAPACITY],
    /// How many bytes are whole.
    length: usize,
    /// The bits behind them, from the highest on.
    waiting: u64,
    /// How many: under 8 between two calls.
    count: u32,
}

impl<'a> BitWriter<'a> {
    pub(super) fn new(bytes: &'a mut [u8; CAPACITY]) -> Self {
        Self { bytes, length: 0, waiting: 0, count: 0 }
    }

    /// The low `length` bits of `bits`, of which the others are 0; 1 to 32.
    ///
    /// Eight bytes are written whether or not they are whole: asking would cost more, as no processor can guess the answer.
    #[inline(always)]
    pub(super) fn put(&mut self, bits: u32, length: u32) {
        self.waiting |= u64::from(bits) << (64 - length) >> self.count;
        self.count += length;
        self.bytes[self.length..self.length + 8].copy_from_slice(&self.waiting.to_be_bytes());
        let whole = self.count / 8;
        self.length += whole as usize;
        self.waiting <<= 8 * whole;
        self.count %= 8;
    }

    /// All of them, the last byte filled up with zeros.
    pub(super) fn finish(self) -> &'a [u8] {
        &self.bytes[..self.length + self.count.div_ceil(8) as usize]
    }
}
