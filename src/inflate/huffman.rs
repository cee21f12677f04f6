//! Decoding tables of deflate's Huffman codes.
//!
//! One look-up in a main table decodes every code that is not longer than its index; longer ones continue in a subtable.
//! An entry is a word:
//!
//! | bits | literal | length, offset | subtable | end of block, no code |
//! |---|---|---|---|---|
//! | 31 | 1 | 0 | 0 | 0 |
//! | 16.. | the byte | base value | place of the subtable | |
//! | 15, 14, 13 | 0 | 0 | [`EXCEPTIONAL`], [`SUBTABLE`] | [`EXCEPTIONAL`], [`END`] for the former |
//! | 8..12 | | bits of the code alone | bits of the subtable's index | |
//! | 0..7 | bits to drop | bits of code and extra value | | bits to drop |

use super::bits::Bits;

/// Index bits of the main tables. Literals fit a level-one cache; offsets are rare.
const LITERAL_BITS: u32 = 11;
const OFFSET_BITS: u32 = 8;
const LENGTHS_BITS: u32 = 7;

pub(super) const LITERAL_MASK: u64 = (1 << LITERAL_BITS) - 1;
pub(super) const OFFSET_MASK: u64 = (1 << OFFSET_BITS) - 1;

pub(super) const LITERAL: u32 = 1 << 31;
pub(super) const EXCEPTIONAL: u32 = 1 << 15;
pub(super) const SUBTABLE: u32 = 1 << 14;
pub(super) const END: u32 = 1 << 13;

/// Room for main table and subtables. No complete code of 288 symbols and at most 15 bits needs more than 2342 entries
/// after a main table of 11 bits, none of 32 symbols more than 402 after one of 8 (zlib's `enough`).
const LITERAL_SIZE: usize = 4096;
const OFFSET_SIZE: usize = 512;

/// In [`Tables::bytes`]: the eight bits are no literal's code.
pub(super) const NO_BYTE: u16 = 1 << 8;
/// Literals with codes of eight bits from which on a block is noise. Of 256 possible codes as many are theirs, so that
/// seven symbols in a row are such literals at least four times in ten, and 97 times in a hundred in real grain.
const NOISE: usize = 224;

/// The tables of the current block.
pub(super) struct Tables {
    pub(super) literals: Box<[u32; LITERAL_SIZE]>,
    pub(super) offsets: Box<[u32; OFFSET_SIZE]>,
    /// In a block of noise, literals by their codes of eight bits, or [`NO_BYTE`].
    pub(super) bytes: Box<[u16; 256]>,
    pub(super) is_noise: bool,
    lengths: [u32; 1 << LENGTHS_BITS],
    is_fixed: bool,
}

impl Tables {
    pub(super) fn new() -> Self {
        Self {
            literals: Box::new([0; LITERAL_SIZE]),
            offsets: Box::new([0; OFFSET_SIZE]),
            bytes: Box::new([NO_BYTE; 256]),
            is_noise: false,
            lengths: [0; 1 << LENGTHS_BITS],
            is_fixed: false,
        }
    }

    /// The codes that need no description: RFC 1951, 3.2.6.
    pub(super) fn set_fixed(&mut self) {
        if self.is_fixed {
            return;
        }
        let literals: [u8; 288] = std::array::from_fn(|symbol| match symbol {
            0..144 | 280.. => 8,
            144..256 => 9,
            _ => 7,
        });
        // Both are complete.
        self.is_fixed = self.set(&literals, &[5; 32]).is_some();
    }

    /// Reads the description of a block's codes (RFC 1951, 3.2.7); `None` where it is none.
    pub(super) fn read(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let literals = bits.take(5) as usize + 257;
        let offsets = bits.take(5) as usize + 1;
        let codes = bits.take(4) as usize + 4;
        let mut code_lengths = [0; 19];
        for &symbol in &ORDER[..codes] {
            bits.refill();
            code_lengths[symbol] = bits.take(3) as u8;
        }
        build(&mut self.lengths, &code_lengths, LENGTHS_BITS, |symbol| Some((symbol as u32) << 16))?;

        // The last run may reach too far, which is found out afterwards.
        let mut lengths = [0_u8; 286 + 32 + 138];
        let mut at = 0;
        while at < literals + offsets {
            bits.refill();
            let entry = self.lengths[(bits.buffer & ((1 << LENGTHS_BITS) - 1)) as usize];
            if entry & EXCEPTIONAL != 0 {
                return None;
            }
            bits.drop(self::bits(entry));
            let (length, count) = match entry >> 16 {
                16 => (*lengths[..at].last()?, 3 + bits.take(2) as usize),
                17 => (0, 3 + bits.take(3) as usize),
                18 => (0, 11 + bits.take(7) as usize),
                length => (length as u8, 1),
            };
            lengths[at..at + count].fill(length);
            at += count;
        }
        if at != literals + offsets || literals > 286 {
            return None;
        }
        let (literals, offsets) = lengths[..at].split_at(literals);
        self.set(literals, offsets)
    }

    fn set(&mut self, literals: &[u8], offsets: &[u8]) -> Option<()> {
        self.is_fixed = false;
        build(&mut *self.literals, literals, LITERAL_BITS, literal_entry)?;
        build(&mut *self.offsets, offsets, OFFSET_BITS, offset_entry)?;
        self.is_noise = literals.iter().take(256).filter(|&&length| length == 8).count() >= NOISE;
        if self.is_noise {
            for (byte, &entry) in self.bytes.iter_mut().zip(&*self.literals) {
                let is_byte = entry & LITERAL != 0 && bits(entry) == 8;
                *byte = if is_byte { self::byte(entry).into() } else { NO_BYTE };
            }
        }
        Some(())
    }

    /// The entry of the literal or length that the bits begin with.
    pub(super) fn literal(&self, bits: u64) -> u32 {
        let entry = self.literals[(bits & LITERAL_MASK) as usize];
        if entry & SUBTABLE != 0 { self.long_literal(entry, bits) } else { entry }
    }

    /// The entry of the offset that the bits begin with.
    pub(super) fn offset(&self, bits: u64) -> u32 {
        let entry = self.offsets[(bits & OFFSET_MASK) as usize];
        if entry & SUBTABLE != 0 { self.long_offset(entry, bits) } else { entry }
    }

    /// Follows a subtable entry of the literals.
    #[inline(always)]
    pub(super) fn long_literal(&self, entry: u32, bits: u64) -> u32 {
        self.literals[subtable_place(entry, bits >> LITERAL_BITS) % LITERAL_SIZE]
    }

    /// Follows a subtable entry of the offsets.
    #[inline(always)]
    pub(super) fn long_offset(&self, entry: u32, bits: u64) -> u32 {
        self.offsets[subtable_place(entry, bits >> OFFSET_BITS) % OFFSET_SIZE]
    }
}

#[inline(always)]
fn subtable_place(entry: u32, bits: u64) -> usize {
    (entry >> 16) as usize + (bits as usize & ((1 << (entry >> 8 & 0xf)) - 1))
}

/// The bits that an entry takes.
pub(super) const fn bits(entry: u32) -> u32 {
    entry & 0x3f
}

/// The byte of a literal's entry.
#[inline(always)]
pub(super) const fn byte(entry: u32) -> u8 {
    (entry >> 16) as u8
}

/// A length or offset: its base, and the extra bits that follow its code.
#[inline(always)]
pub(super) fn base_and_extra(entry: u32, bits: u64) -> usize {
    let total = bits & ((1 << (entry & 0x3f)) - 1);
    (entry >> 16) as usize + (total >> (entry >> 8 & 0x1f)) as usize
}

/// Base value in bits 16.., extra bits in bits 0..7: RFC 1951, 3.2.5.
fn literal_entry(symbol: usize) -> Option<u32> {
    const BASE: [u16; 29] = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ];
    const EXTRA: [u8; 29] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    match symbol {
        0..256 => Some(LITERAL | (symbol as u32) << 16),
        256 => Some(EXCEPTIONAL | END),
        _ => Some(u32::from(*BASE.get(symbol - 257)?) << 16 | u32::from(*EXTRA.get(symbol - 257)?)),
    }
}

fn offset_entry(symbol: usize) -> Option<u32> {
    const BASE: [u16; 30] = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145, 8193, 12289, 16385, 24577,
    ];
    let extra = (symbol as u32 / 2).saturating_sub(1);
    Some(u32::from(*BASE.get(symbol)?) << 16 | extra)
}

/// Codes may be this long: RFC 1951, 3.2.7.
const LONGEST: usize = 15;

/// Fills a table from the lengths of canonical codes (RFC 1951, 3.2.2). `entry` gives what a symbol means; a symbol
/// without meaning may have a code, which then must not occur.
fn build(table: &mut [u32], lengths: &[u8], main_bits: u32, entry: impl Fn(usize) -> Option<u32>) -> Option<()> {
    let mut counts = [0_u16; LONGEST + 1];
    for &length in lengths {
        counts[usize::from(length)] += 1;
    }
    counts[0] = 0;
    let used: u16 = counts.iter().sum();
    // Codes of each length, weighed by the share of all bit strings they take.
    let space: u32 = (1..=LONGEST).map(|length| u32::from(counts[length]) << (LONGEST - length)).sum();
    let is_complete = space == 1 << LONGEST;
    // One code of one bit, or none at all, is allowed where there is at most one offset.
    let is_single = used == 0 || (used == 1 && counts[1] == 1);
    if !is_complete && !is_single {
        return None;
    }

    // Symbols in the order of their codes.
    let mut places = [0_usize; LONGEST + 2];
    for length in 1..=LONGEST {
        places[length + 1] = places[length] + usize::from(counts[length]);
    }
    let mut sorted = [0_u16; 320];
    for (symbol, &length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
        sorted[places[usize::from(length)]] = symbol as u16;
        places[usize::from(length)] += 1;
    }

    table[..1 << main_bits].fill(EXCEPTIONAL);
    let mut next = sorted[..usize::from(used)].iter().map(|&symbol| usize::from(symbol));
    let mut code = 0_u32;
    let mut free = 1_usize << main_bits;
    let mut open = Open { prefix: u32::MAX, start: 0, bits: 0 };
    for length in 1..=LONGEST as u32 {
        for remaining in (1..=counts[length as usize]).rev() {
            let symbol = next.next()?;
            let reversed = code.reverse_bits() >> (32 - length);
            let meaning = entry(symbol).unwrap_or(EXCEPTIONAL);
            if length <= main_bits {
                fill(&mut table[..1 << main_bits], reversed, length, complete(meaning, length));
            } else {
                let prefix = reversed & ((1 << main_bits) - 1);
                if prefix != open.prefix {
                    let bits = subtable_bits(&counts, length, remaining, main_bits);
                    open = Open { prefix, start: free, bits };
                    free += 1 << bits;
                    if free > table.len() {
                        return None;
                    }
                    table[prefix as usize] = EXCEPTIONAL | SUBTABLE | (open.start as u32) << 16 | bits << 8;
                }
                let part = &mut table[open.start..open.start + (1 << open.bits)];
                fill(part, reversed >> main_bits, length - main_bits, complete(meaning, length));
            }
            code += 1;
        }
        code <<= 1;
    }
    Some(())
}

/// The subtable that is being filled.
struct Open {
    prefix: u32,
    start: usize,
    bits: u32,
}

/// Index bits of a subtable whose first code has `length` bits: as many as its codes, in their order, need to fill it.
fn subtable_bits(counts: &[u16; LONGEST + 1], length: u32, remaining: u16, main_bits: u32) -> u32 {
    let mut bits = length - main_bits;
    let mut filled = u32::from(remaining);
    while filled < 1 << bits && main_bits + bits < LONGEST as u32 {
        bits += 1;
        filled = (filled << 1) + u32::from(counts[(main_bits + bits) as usize]);
    }
    bits
}

/// Every index that ends in `code` (of `length` bits) gets `entry`.
fn fill(table: &mut [u32], code: u32, length: u32, entry: u32) {
    for slot in table[code as usize..].iter_mut().step_by(1 << length) {
        *slot = entry;
    }
}

/// An entry with the bits it takes: code and extra value together, and the code alone.
fn complete(meaning: u32, length: u32) -> u32 {
    let code_bits = if meaning & (LITERAL | EXCEPTIONAL) == 0 { length << 8 } else { 0 };
    (meaning + length) | code_bits
}
