//! Bits from the front of bytes, the highest of each byte first.

/// Reads on as zeros past the end; [`Self::is_past`] tells.
#[derive(Debug, Clone)]
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// The next byte that is not in `window` yet.
    next: usize,
    /// The next bits, from the highest on; zeros behind them.
    window: u64,
    /// How many bits of the window are there.
    held: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, next: 0, window: 0, held: 0 }
    }

    /// Brings the window to at least 56 bits.
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        let rest = &self.bytes[self.next.min(self.bytes.len())..];
        let more = rest.first_chunk().map_or_else(|| last_bytes(rest), |&bytes| u64::from_be_bytes(bytes));
        self.window |= more >> self.held;
        let whole = (63 - self.held) / 8;
        self.next += whole as usize;
        self.held += whole * 8;
    }

    /// The next bits, from the highest on: 56 after a [`Self::refill`], less those taken since.
    #[inline(always)]
    pub(super) fn window(&self) -> u64 {
        self.window
    }

    /// How many of the window's bits are there.
    pub(super) fn held(&self) -> u32 {
        self.held
    }

    /// Takes `count` bits, which are there.
    #[inline(always)]
    pub(super) fn skip(&mut self, count: u32) {
        self.window <<= count;
        self.held -= count;
    }

    /// The next `count` bits, 1 to 32, as a number.
    #[inline(always)]
    pub(super) fn number(&mut self, count: u32) -> u32 {
        self.refill();
        let number = (self.window >> (64 - count)) as u32;
        self.skip(count);
        number
    }

    /// Bits taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.next as u64 * 8 - u64::from(self.held)
    }

    /// Whether more bits were taken than there are.
    pub(super) fn is_past(&self) -> bool {
        self.taken() > self.bytes.len() as u64 * 8
    }
}

/// What is left where it is less than a window. It gets no reference to the reader, whose fields could not stay in registers.
#[cold]
fn last_bytes(rest: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    bytes[..rest.len()].copy_from_slice(rest);
    u64::from_be_bytes(bytes)
}
