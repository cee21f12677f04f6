//! The Huffman code of PIZ and DWA: lengths of canonical codes, packed; then the numbers, with runs.
//!
//! Canonical codes of one length follow one another, longer ones before shorter: so the bits at hand, taken as a number, are
//! at least the first code of their length and of every longer one, and less than that of every shorter one.

mod bits;

use bits::Bits;

/// Codes are this long at the most.
const LONGEST: usize = 58;
/// Numbers, and one more: the sign of a run.
const SYMBOLS: usize = (1 << 16) + 1;
/// Bits of the code that are looked up at once: 16 KB of table stay in the nearest cache.
const LOOKED_UP: u32 = 12;
/// Bytes of the header: first and last symbol, bytes of the lengths, bits of the code, nothing.
const HEADER: usize = 20;
/// Packed lengths: from here to 62, so many zeros (2 to 5); 63, so many as the next 8 bits say, and 6.
const SHORT_RUN: u32 = 59;
const LONG_RUN: u32 = 63;

/// A code, and its memory for the next.
#[derive(Debug, Default)]
pub(super) struct Code {
    lengths: Vec<u8>,
    /// Symbols by length of code, in the codes' order.
    symbols: Vec<u32>,
    lines: Vec<Line>,
    quick: Vec<Entry>,
    /// How many of the lines are short enough to be looked up.
    short: usize,
}

/// What the next bits stand for: a number above, and below it in 8 bits the length of its code, 0 where the code is longer or
/// no number's. In one word, so that it is read at once.
#[derive(Debug, Default, Clone, Copy)]
struct Entry(u32);

impl Entry {
    fn new(number: u16, length: u32) -> Self {
        Self(u32::from(number) << 8 | length)
    }

    #[inline(always)]
    fn number(self) -> u16 {
        (self.0 >> 8) as u16
    }

    #[inline(always)]
    fn length(self) -> u32 {
        self.0 & 0xff
    }
}

/// The codes of one length.
#[derive(Debug, Default, Clone, Copy)]
struct Line {
    length: u32,
    /// The first code, its bits from the highest on.
    first: u64,
    /// Where their symbols begin.
    start: usize,
    count: usize,
}

impl Code {
    /// Fills `output` from a packed code.
    ///
    /// # Errors
    /// In words, if it is damaged or stands for another number of words.
    pub(super) fn decode(&mut self, packed: &[u8], output: &mut [u16]) -> Result<(), &'static str> {
        if output.is_empty() {
            return Ok(());
        }
        let (header, rest) = packed.split_at_checked(HEADER).ok_or("the code has no header")?;
        let field = |place: usize| header[place * 4..].first_chunk().map_or(0, |&bytes| u32::from_le_bytes(bytes));
        let [first, last] = [field(0), field(1)].map(|symbol| symbol as usize);
        if last >= SYMBOLS || first > last {
            return Err("the code's symbols are none");
        }
        let bytes = self.read_lengths(rest, first, last)?;
        self.order(first)?;
        let data = &rest[bytes..];
        let bits = u64::from(field(3));
        if bits.div_ceil(8) > data.len() as u64 {
            return Err("the code ends early");
        }
        let taken = self.read_numbers(Bits::new(&data[..bits.div_ceil(8) as usize]), last as u32, output)?;
        if taken == bits { Ok(()) } else { Err("the code has another length than it says") }
    }

    /// Reads the lengths of the codes of those symbols; how many bytes they take.
    fn read_lengths(&mut self, packed: &[u8], first: usize, last: usize) -> Result<usize, &'static str> {
        let mut bits = Bits::new(packed);
        self.lengths.clear();
        let count = last - first + 1;
        while self.lengths.len() < count {
            let length = bits.number(6);
            let zeros = match length {
                LONG_RUN => bits.number(8) + 6,
                SHORT_RUN.. => length - SHORT_RUN + 2,
                _ => 0,
            };
            match zeros {
                0 => self.lengths.push(length as u8),
                _ => self.lengths.resize(self.lengths.len() + zeros as usize, 0),
            }
            if bits.is_past() || self.lengths.len() > count {
                return Err("the lengths of its codes are cut off or too many");
            }
        }
        Ok(bits.taken().div_ceil(8) as usize)
    }

    /// Gives every symbol its code.
    fn order(&mut self, first_symbol: usize) -> Result<(), &'static str> {
        let mut counts = [0; LONGEST + 1];
        self.lengths.iter().for_each(|&length| counts[usize::from(length)] += 1);
        let mut starts = [0; LONGEST + 1];
        (1..LONGEST).for_each(|length| starts[length + 1] = starts[length] + counts[length]);
        self.lines.clear();
        let mut code: u64 = 0;
        for length in (1..=LONGEST).rev() {
            let count = counts[length];
            if code + count as u64 > 1 << length {
                return Err("its codes are more than there can be");
            }
            if count > 0 {
                let first = code << (64 - length);
                self.lines.push(Line { length: length as u32, first, start: starts[length], count });
            }
            code = (code + count as u64) >> 1;
        }
        // Shortest first.
        self.lines.reverse();
        self.symbols.clear();
        self.symbols.resize(self.lengths.len() - counts[0], 0);
        let mut next = starts;
        for (symbol, &length) in (first_symbol as u32..).zip(&self.lengths).filter(|(_, length)| **length > 0) {
            self.symbols[next[usize::from(length)]] = symbol;
            next[usize::from(length)] += 1;
        }
        self.fill_quick((first_symbol + self.lengths.len() - 1) as u32);
        Ok(())
    }

    /// The short codes of numbers, to be looked up.
    fn fill_quick(&mut self, run: u32) {
        self.quick.clear();
        self.quick.resize(1 << LOOKED_UP, Entry::default());
        self.short = self.lines.iter().take_while(|line| line.length <= LOOKED_UP).count();
        for line in &self.lines[..self.short] {
            let each = 1 << (LOOKED_UP - line.length);
            let first = (line.first >> (64 - LOOKED_UP)) as usize;
            let symbols = &self.symbols[line.start..line.start + line.count];
            for (entries, &symbol) in self.quick[first..].chunks_exact_mut(each).zip(symbols) {
                if let Ok(number) = u16::try_from(symbol)
                    && symbol != run
                {
                    entries.fill(Entry::new(number, line.length));
                }
            }
        }
    }

    /// The next symbol, by its line.
    #[inline(always)]
    fn symbol(&self, bits: &mut Bits<'_>) -> Option<u32> {
        bits.refill();
        let window = bits.window();
        // Short ones are looked up, but for the sign of a run.
        let (short, long) = self.lines.split_at(self.short);
        let is_short = short.last().is_some_and(|last| window >= last.first);
        let line = if is_short { short } else { long }.iter().find(|line| window >= line.first)?;
        let place = ((window - line.first) >> (64 - line.length)) as usize;
        // Longer codes than are at hand are only made where there are more numbers than any chunk holds.
        if place >= line.count || line.length > bits.held() {
            return None;
        }
        bits.skip(line.length);
        Some(self.symbols[line.start + place])
    }

    /// Fills `output`; how many bits that took.
    fn read_numbers(&self, mut bits: Bits<'_>, run: u32, output: &mut [u16]) -> Result<u64, &'static str> {
        let Ok(quick) = <&[Entry; 1 << LOOKED_UP]>::try_from(self.quick.as_slice()) else {
            return Err("it has no code");
        };
        let mut place = 0;
        while place < output.len() {
            bits.refill();
            // Four codes that are looked up are there.
            if let Some(four) = output.get_mut(place..place + 4) {
                let mut done = 0;
                for number in four {
                    let entry = quick[(bits.window() >> (64 - LOOKED_UP)) as usize];
                    if entry.length() == 0 {
                        break;
                    }
                    *number = entry.number();
                    bits.skip(entry.length());
                    done += 1;
                }
                place += done;
                if done == 4 {
                    continue;
                }
            }
            let symbol = self.symbol(&mut bits).ok_or("it holds a code that is none")?;
            if symbol == run {
                let length = bits.number(8) as usize;
                let last = place.checked_sub(1).map(|last| output[last]).ok_or("it begins with a run")?;
                output.get_mut(place..place + length).ok_or("a run leads past its end")?.fill(last);
                place += length;
            } else {
                output[place] = u16::try_from(symbol).map_err(|_| "it holds a symbol that is no number")?;
                place += 1;
            }
            if bits.is_past() {
                return Err("the code ends early");
            }
        }
        Ok(bits.taken())
    }
}
