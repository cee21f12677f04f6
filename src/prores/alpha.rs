//! Alpha, without loss (7.1.2): differences from pixel to pixel, and runs of the same.

use super::bits::BitWriter;

/// Differences up to this have a short code (7.1.2, tables 12 to 14, for 16 bits).
const SHORT_DIFFERENCE: i32 = 64;
const SHORT_BITS: u32 = 6;
/// Runs under this have a short code, longer ones the other, whose 11 bits are enough: a slice has 2048 values, and the first
/// is in no run.
const SHORT_RUN: u32 = 16;

/// A slice's values, row after row, as 16 bits.
pub(super) fn put(output: &mut BitWriter<'_>, values: impl IntoIterator<Item = u16>) {
    // Before the first pixel stands an opaque one.
    let mut last = u16::MAX;
    let mut run = None;
    for value in values {
        match &mut run {
            Some(run) if value == last => *run += 1,
            _ => {
                if let Some(run) = run {
                    put_run(output, run);
                }
                put_difference(output, value, last);
                (last, run) = (value, Some(0));
            }
        }
    }
    put_run(output, run.unwrap_or(0));
}

fn put_difference(output: &mut BitWriter<'_>, value: u16, last: u16) {
    // Modulo 2^16, the nearer way around.
    let difference = i32::from(value.wrapping_sub(last) as i16);
    if difference == 0 || difference.abs() > SHORT_DIFFERENCE {
        output.put(1, 1);
        output.put(u32::from(difference as u16), 16);
    } else {
        output.put(0, 1);
        output.put(difference.unsigned_abs() - 1, SHORT_BITS);
        output.put(u32::from(difference < 0), 1);
    }
}

fn put_run(output: &mut BitWriter<'_>, run: u32) {
    match run {
        0 => output.put(1, 1),
        1..SHORT_RUN => output.put(run, 1 + 4),
        _ => output.put(run, 1 + 4 + 11),
    }
}
