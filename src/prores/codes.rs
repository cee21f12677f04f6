//! The codes of coefficients (7.1.1): Golomb-Rice codes that turn into exponential ones for large values, in a few
//! variants, of which the last value chooses the next.

use super::bits::BitWriter;

/// A code: how large values may be that are still written in Rice's way, and the orders of both.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code {
    last_rice_quotient: u32,
    rice_order: u32,
    exponential_order: u32,
}

const fn code(last_rice_quotient: u32, rice_order: u32, exponential_order: u32) -> Code {
    Code { last_rice_quotient, rice_order, exponential_order }
}

/// Of a slice's first DC coefficient.
pub(super) const FIRST_DC: Code = code(0, 5, 6);

/// Of the differences of DC coefficients, by half of what the last one was coded as.
const DC: [Code; 4] = [code(0, 0, 1), code(0, 1, 2), code(1, 2, 3), code(0, 3, 4)];

/// Of the first of them.
pub(super) const LARGEST_DC: Code = DC[3];

/// Of the runs of zeros, by the last run; the last stands for all longer ones.
const RUN: [Code; 16] = {
    let mut codes = [code(0, 1, 2); 16];
    (codes[0], codes[1]) = (code(2, 0, 1), code(2, 0, 1));
    (codes[2], codes[3]) = (code(1, 0, 1), code(1, 0, 1));
    codes[4] = code(0, 0, 1);
    (codes[5], codes[6], codes[7], codes[8]) = (code(1, 1, 2), code(1, 1, 2), code(1, 1, 2), code(1, 1, 2));
    codes[15] = code(0, 2, 3);
    codes
};

/// Of levels less one, by the last level; the last stands for all larger ones.
const LEVEL: [Code; 10] = {
    let mut codes = [code(0, 1, 2); 10];
    codes[0] = code(0, 0, 1);
    codes[1] = code(2, 0, 2);
    codes[2] = code(1, 0, 1);
    codes[3] = code(2, 0, 1);
    codes[4] = code(0, 0, 1);
    codes[9] = code(0, 2, 3);
    codes
};

/// What stands for the last run and level at a slice's beginning.
pub(super) const FIRST_RUN: u32 = 4;
pub(super) const FIRST_LEVEL: u32 = 2;

impl Code {
    /// The code word of a value, and its length: 32 bits at the most for values under 2^15; differences of DC stay
    /// under 2^14.
    pub(super) const fn word(self, value: u32) -> (u32, u32) {
        let Self { last_rice_quotient, rice_order, exponential_order } = self;
        let first_exponential = (last_rice_quotient + 1) << rice_order;
        if value >= first_exponential {
            let value = value - first_exponential + (1 << exponential_order);
            let digits = value.ilog2() + 1;
            let zeros = digits - 1 - exponential_order + last_rice_quotient + 1;
            (value, zeros + digits)
        } else {
            (1 << rice_order | value & ((1 << rice_order) - 1), (value >> rice_order) + 1 + rice_order)
        }
    }
}

/// The code of the DC difference after one that was coded as `last`.
pub(super) fn dc_after(last: u32) -> Code {
    DC[last.div_ceil(2).min(3) as usize]
}

/// A number with a sign as one without: 0, -1, 1, -2, 2 ...
pub(super) fn unsigned(value: i32) -> u32 {
    (value << 1 ^ value >> 31) as u32
}

/// Values whose code words are looked up.
const COMMON: usize = 64;

/// Code words by their code and value, with their lengths in the high byte: 15 bits and less, so that two of them and a sign
/// are one word.
const fn words<const CODES: usize>(codes: &[Code; CODES]) -> [[u32; COMMON]; CODES] {
    let mut table = [[0; COMMON]; CODES];
    let mut code = 0;
    while code < CODES {
        let mut value = 0;
        while value < COMMON {
            let (bits, length) = codes[code].word(value as u32);
            assert!(length <= 15);
            table[code][value] = length << 24 | bits;
            value += 1;
        }
        code += 1;
    }
    table
}

static RUN_WORDS: [[u32; COMMON]; 16] = words(&RUN);

/// Those of levels, with the sign behind them, by the value and half of [`COMMON`].
static VALUE_WORDS: [[u32; COMMON]; 10] = {
    let levels = words(&LEVEL);
    let mut table = [[0; COMMON]; 10];
    let mut code = 0;
    while code < 10 {
        let mut place = 0;
        while place < COMMON {
            let value = place as i32 - (COMMON / 2) as i32;
            if value != 0 {
                let word = levels[code][value.unsigned_abs() as usize - 1];
                let (length, bits) = (word >> 24, word & 0xff_ffff);
                table[code][place] = (length + 1) << 24 | bits << 1 | (value < 0) as u32;
            }
            place += 1;
        }
        code += 1;
    }
    table
};

/// A coefficient after `run` zeros, in the codes that the last run and level choose.
#[inline(always)]
pub(super) fn put_coefficient(output: &mut BitWriter<'_>, run: u32, value: i32, last_run: u32, last_level: u32) {
    let (run_code, level_code) = (last_run.min(15) as usize, last_level.min(9) as usize);
    let place = value.wrapping_add((COMMON / 2) as i32) as u32;
    if run < COMMON as u32 && place < COMMON as u32 {
        let (run, value) = (RUN_WORDS[run_code][run as usize], VALUE_WORDS[level_code][place as usize]);
        let (run_length, value_length) = (run >> 24, value >> 24);
        output.put((run & 0xff_ffff) << value_length | value & 0xff_ffff, run_length + value_length);
    } else {
        let (bits, length) = RUN[run_code].word(run);
        output.put(bits, length);
        let (bits, length) = LEVEL[level_code].word(value.unsigned_abs() - 1);
        output.put(bits, length);
        output.put(u32::from(value < 0), 1);
    }
}
