//! The fast loop: as many symbols of a block as can be decoded without looking at either end of the data.
//!
//! Two kinds of blocks matter, because the writer puts the low bytes of a chunk's halves before their high bytes.
//!
//! The low bytes of grain are noise: nothing repeats, and nearly all codes are eight bits long. Decoding them one after
//! another waits for each code's length before the next can begin. So seven codes are looked up at once, as if all were eight
//! bits long; where one was not, which is seldom, they are decoded again in turn.
//!
//! The high bytes change slowly: two matches of about six bytes to every literal. There the next symbol is looked up
//! before the match is copied, and a copy moves sixteen bytes, wanted or not.

use super::bits::Bits;
use super::huffman::{self, END, EXCEPTIONAL, LITERAL, LITERAL_MASK, OFFSET_MASK, SUBTABLE, Tables};

/// Input bytes that a round may read: at most three fills of eight.
const INPUT_SLACK: usize = 32;
/// Output bytes that a round may write: four literals, the longest match, and what its last copy overshoots.
const OUTPUT_SLACK: usize = 4 + 258 + COPY;
/// Bytes that a match is copied by.
const COPY: usize = 16;
/// Codes of eight bits that fit the bit buffer after a fill.
const AT_ONCE: usize = 7;

/// Why the loop ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The input or the output comes to its end.
    Room,
    /// The block is at its end.
    End,
    /// What follows is no code.
    Damaged,
}

/// The state of the loop, held in registers.
pub(super) struct Run<'a> {
    tables: &'a Tables,
    input: &'a [u8],
    output: &'a mut [u8],
    /// The last places where a round may begin.
    input_end: usize,
    output_end: usize,
    buffer: u64,
    /// Only its six low bits count.
    count: u32,
    from: usize,
    at: usize,
}

impl<'a> Run<'a> {
    /// `None` where there is not room for one round.
    pub(super) fn new(tables: &'a Tables, bits: &Bits<'a>, output: &'a mut [u8], at: usize) -> Option<Self> {
        let input_end = bits.input.len().checked_sub(INPUT_SLACK)?;
        let output_end = output.len().checked_sub(OUTPUT_SLACK)?;
        let Bits { input, buffer, count, at: from, .. } = *bits;
        let run = Self { tables, input, output, input_end, output_end, buffer, count, from, at };
        run.has_room().then_some(run)
    }

    /// Hands the state back; returns where the output stands.
    pub(super) fn leave(self, bits: &mut Bits<'_>) -> usize {
        (bits.buffer, bits.count, bits.at) = (self.buffer, self.count & 63, self.from);
        self.at
    }

    pub(super) fn run(&mut self) -> Stop {
        if self.tables.is_noise { self.noise() } else { self.mixed() }
    }

    fn mixed(&mut self) -> Stop {
        self.refill();
        let mut entry = self.look();
        while self.has_room() {
            if let Some(stop) = self.round(&mut entry) {
                return stop;
            }
        }
        Stop::Room
    }

    fn noise(&mut self) -> Stop {
        while self.has_room() {
            self.refill();
            if self.bytes() {
                continue;
            }
            let mut entry = self.look();
            if let Some(stop) = self.round(&mut entry) {
                return stop;
            }
        }
        Stop::Room
    }

    /// Seven literals with codes of eight bits, if that is what follows.
    #[inline(always)]
    fn bytes(&mut self) -> bool {
        let codes = self.buffer.to_le_bytes();
        let Some(to) = self.output[self.at..].first_chunk_mut::<AT_ONCE>() else { return false };
        let mut other = 0;
        for (to, &code) in to.iter_mut().zip(&codes) {
            let entry = self.tables.bytes[usize::from(code)];
            *to = entry as u8;
            other |= entry;
        }
        let all = other < huffman::NO_BYTE;
        if all {
            self.at += AT_ONCE;
            self.buffer >>= 8 * AT_ONCE;
            self.count = self.count.wrapping_sub(8 * AT_ONCE as u32);
        }
        all
    }

    /// Up to four literals, or up to three and a match. `next` is the entry of the first symbol, and then of the one after.
    #[inline(always)]
    fn round(&mut self, next: &mut u32) -> Option<Stop> {
        let mut entry = *next;
        // After a fill there are 56 bits: enough for three literals of the main table, at 11 bits each, and a length.
        let Some(to) = self.output[self.at..].first_chunk_mut::<4>() else { return Some(Stop::Room) };
        let mut literals = 0;
        for to in to {
            if entry & LITERAL == 0 {
                break;
            }
            *to = huffman::byte(entry);
            literals += 1;
            self.buffer >>= entry & 63;
            self.count = self.count.wrapping_sub(entry);
            entry = self.tables.literals[(self.buffer & LITERAL_MASK) as usize];
        }
        self.at += literals;
        if literals == 4 {
            self.refill();
            *next = self.look();
            return None;
        }
        if entry & EXCEPTIONAL != 0 {
            if entry & SUBTABLE != 0 {
                entry = self.tables.long_literal(entry, self.buffer);
            }
            if entry & LITERAL != 0 {
                self.output[self.at] = huffman::byte(entry);
                self.at += 1;
                self.drop(entry);
                self.refill();
                *next = self.look();
                return None;
            }
            if entry & EXCEPTIONAL != 0 {
                self.drop(entry);
                return Some(if entry & END != 0 { Stop::End } else { Stop::Damaged });
            }
        }
        let length = huffman::base_and_extra(entry, self.buffer);
        self.drop(entry);
        self.refill();
        let mut entry = self.tables.offsets[(self.buffer & OFFSET_MASK) as usize];
        if entry & SUBTABLE != 0 {
            entry = self.tables.long_offset(entry, self.buffer);
        }
        let offset = huffman::base_and_extra(entry, self.buffer);
        if entry & EXCEPTIONAL != 0 || offset > self.at {
            return Some(Stop::Damaged);
        }
        self.drop(entry);
        self.refill();
        *next = self.look();
        copy_match(self.output, self.at, offset, length);
        self.at += length;
        None
    }

    #[inline(always)]
    fn has_room(&self) -> bool {
        self.at <= self.output_end && self.from <= self.input_end
    }

    /// At least 56 bits, eight bytes being there.
    #[inline(always)]
    fn refill(&mut self) {
        let word = self.input[self.from..].first_chunk().map_or(0, |&word| u64::from_le_bytes(word));
        let count = self.count & 63;
        self.buffer |= word << count;
        self.from += ((63 - count) >> 3) as usize;
        self.count |= 56;
    }

    /// The entry of the next symbol.
    #[inline(always)]
    fn look(&self) -> u32 {
        self.tables.literals[(self.buffer & LITERAL_MASK) as usize]
    }

    /// Entries begin with the bits they take; subtracting all of one leaves the low bits of the count right.
    #[inline(always)]
    fn drop(&mut self, entry: u32) {
        self.buffer >>= entry & 63;
        self.count = self.count.wrapping_sub(entry);
    }
}

/// Copies `length` bytes from `offset` before `at`; may write up to [`COPY`] bytes more, which later symbols overwrite.
#[inline(always)]
fn copy_match(output: &mut [u8], at: usize, offset: usize, length: usize) {
    let from = at - offset;
    if offset >= COPY {
        // A step's source lies wholly before its target.
        for done in (0..length).step_by(COPY) {
            let Some(&bytes) = output[from + done..].first_chunk::<COPY>() else { return };
            let Some(to) = output[at + done..].first_chunk_mut::<COPY>() else { return };
            *to = bytes;
        }
    } else if offset == 1 {
        let byte = output[from];
        output[at..at + length].fill(byte);
    } else {
        for at in at..at + length {
            output[at] = output[at - offset];
        }
    }
}
