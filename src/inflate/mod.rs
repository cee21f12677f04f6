//! Inflating zlib streams of known length: what ZIP chunks are made of.
//!
//! For targets without libdeflate: pure Rust without `unsafe`, in the page half as long as the crate that came before it.
//! What it knows of them: of a chunk of halves, one half of the bytes are the low ones of noise, whose codes are nearly all
//! eight bits long (see `run`), and the other half is short matches. The output's length is known, so nothing grows.
//!
//! Sources: RFC 1950 (zlib) and RFC 1951 (deflate), cited by section.

mod bits;
mod huffman;
mod run;

use bits::Bits;
use huffman::{END, EXCEPTIONAL, LITERAL, Tables};
use run::{Run, Stop};

/// Why a stream cannot be inflated.
pub type Fault = &'static str;

const DAMAGED: Fault = "the zlib stream is damaged";
const SHORT: Fault = "the zlib stream is shorter than the chunk";
const LONG: Fault = "the zlib stream is longer than the chunk";

/// Inflates one stream after another; keep one per thread for its tables.
pub struct Inflater {
    tables: Tables,
}

impl Default for Inflater {
    fn default() -> Self {
        Self::new()
    }
}

impl Inflater {
    /// With tables to be filled.
    pub fn new() -> Self {
        Self { tables: Tables::new() }
    }

    /// Fills `output` exactly from the zlib stream `input`; otherwise says what is wrong with it.
    ///
    /// # Errors
    /// If it is damaged, or holds fewer or more bytes.
    pub fn zlib(&mut self, input: &[u8], output: &mut [u8]) -> Result<(), Fault> {
        // RFC 1950, 2.2: deflate, a window of at most 32 KiB, no preset dictionary, and a header divisible by 31.
        let [method, flags, rest @ ..] = input else { return Err(SHORT) };
        let is_deflate = method & 0xf == 8 && method >> 4 <= 7 && flags & 0x20 == 0;
        if !is_deflate || !u16::from_be_bytes([*method, *flags]).is_multiple_of(31) {
            return Err(DAMAGED);
        }
        let mut stream = Stream { tables: &mut self.tables, bits: Bits::new(rest), output, at: 0 };
        stream.inflate()?;
        let end = stream.bits.byte_position();
        let sum = rest.get(end..).and_then(<[u8]>::first_chunk).ok_or(SHORT)?;
        if u32::from_be_bytes(*sum) == simd_adler32::adler32(&&*output) { Ok(()) } else { Err(DAMAGED) }
    }
}

/// A stream on its way.
struct Stream<'a> {
    tables: &'a mut Tables,
    bits: Bits<'a>,
    output: &'a mut [u8],
    /// Bytes of `output` that are written.
    at: usize,
}

impl Stream<'_> {
    /// RFC 1951, 3.2.3
    fn inflate(&mut self) -> Result<(), Fault> {
        loop {
            self.bits.refill();
            let is_last = self.bits.take(1) == 1;
            match self.bits.take(2) {
                0 => self.stored()?,
                1 => {
                    self.tables.set_fixed();
                    self.block()?;
                }
                2 => {
                    self.tables.read(&mut self.bits).ok_or(DAMAGED)?;
                    self.block()?;
                }
                _ => return Err(DAMAGED),
            }
            if self.bits.has_overrun() {
                return Err(SHORT);
            }
            if is_last {
                return if self.at == self.output.len() { Ok(()) } else { Err(SHORT) };
            }
        }
    }

    /// A block stored as it is: RFC 1951, 3.2.4.
    fn stored(&mut self) -> Result<(), Fault> {
        let start = self.bits.byte_position();
        let rest = self.bits.input.get(start..).ok_or(SHORT)?;
        let [low, high, not_low, not_high, rest @ ..] = rest else { return Err(SHORT) };
        let length = u16::from_le_bytes([*low, *high]);
        if length != !u16::from_le_bytes([*not_low, *not_high]) {
            return Err(DAMAGED);
        }
        let length = usize::from(length);
        let data = rest.get(..length).ok_or(SHORT)?;
        self.output.get_mut(self.at..self.at + length).ok_or(LONG)?.copy_from_slice(data);
        self.bits.seek(start + 4 + length);
        self.at += length;
        Ok(())
    }

    /// The symbols of a block, to its end.
    fn block(&mut self) -> Result<(), Fault> {
        if let Some(mut run) = Run::new(self.tables, &self.bits, self.output, self.at) {
            let stop = run.run();
            self.at = run.leave(&mut self.bits);
            match stop {
                Stop::End => return Ok(()),
                Stop::Damaged => return Err(DAMAGED),
                Stop::Room => {}
            }
        }
        self.careful()
    }

    /// The rest of a block, symbol by symbol.
    fn careful(&mut self) -> Result<(), Fault> {
        loop {
            self.bits.refill();
            if self.bits.has_overrun() {
                return Err(SHORT);
            }
            let entry = self.tables.literal(self.bits.buffer);
            if entry & LITERAL != 0 {
                *self.output.get_mut(self.at).ok_or(LONG)? = huffman::byte(entry);
                self.at += 1;
                self.bits.drop(huffman::bits(entry));
                continue;
            }
            if entry & EXCEPTIONAL != 0 {
                self.bits.drop(huffman::bits(entry));
                return if entry & END != 0 { Ok(()) } else { Err(DAMAGED) };
            }
            let length = huffman::base_and_extra(entry, self.bits.buffer);
            self.bits.drop(huffman::bits(entry));
            self.bits.refill();
            let entry = self.tables.offset(self.bits.buffer);
            if entry & EXCEPTIONAL != 0 {
                return Err(DAMAGED);
            }
            let offset = huffman::base_and_extra(entry, self.bits.buffer);
            self.bits.drop(huffman::bits(entry));
            if offset > self.at {
                return Err(DAMAGED);
            }
            if length > self.output.len() - self.at {
                return Err(LONG);
            }
            for at in self.at..self.at + length {
                self.output[at] = self.output[at - offset];
            }
            self.at += length;
        }
    }
}

#[cfg(test)]
mod tests;
