//! The input as bits, lowest first: RFC 1951, 3.1.1.

/// Bits of a byte string, some of them in a buffer.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    pub(super) input: &'a [u8],
    /// The next byte to read.
    pub(super) at: usize,
    /// Bits read and not yet used; above `count` there may be bits of the byte at `at`.
    pub(super) buffer: u64,
    pub(super) count: u32,
    /// Zero bytes made up after the input's end.
    past_end: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self { input, at: 0, buffer: 0, count: 0, past_end: 0 }
    }

    /// At least 56 bits, with zeros after the input's end.
    pub(super) fn refill(&mut self) {
        while self.count < 56 {
            let byte = match self.input.get(self.at) {
                Some(&byte) => {
                    self.at += 1;
                    byte
                }
                None => {
                    self.past_end += 1;
                    0
                }
            };
            // The fast loop may have left this byte's bits here already, and then they are the same.
            self.buffer |= u64::from(byte) << self.count;
            self.count += 8;
        }
    }

    /// The next `count` bits, at most 56 less than what was taken since [`Self::refill`].
    pub(super) fn take(&mut self, count: u32) -> u64 {
        let value = self.buffer & ((1 << count) - 1);
        self.drop(count);
        value
    }

    pub(super) fn drop(&mut self, count: u32) {
        self.buffer >>= count;
        self.count -= count;
    }

    /// Whether more was used than there is.
    pub(super) fn has_overrun(&self) -> bool {
        self.past_end * 8 > self.count as usize
    }

    /// The first byte of which no bit was used.
    pub(super) fn byte_position(&self) -> usize {
        (self.at + self.past_end).saturating_sub((self.count / 8) as usize)
    }

    /// Goes on at a byte.
    pub(super) fn seek(&mut self, at: usize) {
        *self = Self { at, ..Self::new(self.input) };
    }
}
