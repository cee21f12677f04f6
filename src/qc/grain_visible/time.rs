//! Grain that does not live: frozen from one frame to the next, or coming again.

use super::super::survey::{Signs, Survey, TILE};
use super::floor::Floor;
use super::holes::quantile;

/// Frames whose signs are kept to be found again: 80 seconds at 24 frames per second, a few MB at most.
const REMEMBERED: usize = 1920;
/// Bits that two frames must have in common to be compared: their correlation is then known to 3 %.
const FEWEST_BITS: u32 = 1200;

/// How much of a frame's grain is that of the frame before: 0 to 1, the median over flat tiles. `None` where there is no
/// such tile, or no frame before.
pub(super) fn correlation(survey: &Survey, floor: &Floor) -> Option<f32> {
    survey.before?;
    let flat = floor.flat_tiles(survey).filter(|tile| tile.then > 0.0 && tile.now > 0.0);
    let mut all: Vec<f32> = flat.map(|tile| tile.cross / (tile.now * tile.then).sqrt()).collect();
    if all.len() < 12 {
        return None;
    }
    quantile(&mut all, 0.5)
}

/// The grain of earlier frames, in signs.
#[derive(Debug, Default)]
pub(super) struct Memory {
    frames: std::collections::VecDeque<Remembered>,
}

#[derive(Debug)]
struct Remembered {
    number: i32,
    bits: Vec<u64>,
    /// Bits that belong to flat tiles.
    mask: Vec<u64>,
}

impl Memory {
    /// The earlier frame, not the last, whose grain comes again in this one, and how alike they are. Then this one is
    /// remembered.
    pub(super) fn find(&mut self, survey: &Survey, floor: &Floor, number: i32) -> Option<(i32, f32)> {
        let now = Remembered { number, bits: survey.signs.bits.clone(), mask: mask(survey, floor) };
        let alike: Vec<(i32, f32)> =
            self.frames.iter().rev().skip(1).filter_map(|then| Some((then.number, now.likeness(then)?))).collect();
        if self.frames.len() == REMEMBERED {
            self.frames.pop_front();
        }
        self.frames.push_back(now);
        let (number, most) = alike.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))?;
        // What the picture itself has in common is in all frames; what comes again is in one.
        let mut others: Vec<f32> =
            alike.iter().filter(|(other, _)| *other != number).map(|(_, alike)| *alike).collect();
        let usual = quantile(&mut others, 0.5).unwrap_or(0.0).max(0.0);
        Some((number, most - usual))
    }
}

impl Remembered {
    /// Correlation of the two frames' fine detail where both are flat.
    fn likeness(&self, other: &Self) -> Option<f32> {
        if self.bits.len() != other.bits.len() {
            return None;
        }
        let (mut common, mut equal) = (0, 0);
        for (((a, b), mask), other) in self.bits.iter().zip(&other.bits).zip(&self.mask).zip(&other.mask) {
            let mask = mask & other;
            common += mask.count_ones();
            equal += (!(a ^ b) & mask).count_ones();
        }
        (common >= FEWEST_BITS).then(|| from_signs(equal, common))
    }
}

/// Normal variables of correlation r have equal signs with probability 1/2 + asin(r)/pi.
fn from_signs(equal: u32, common: u32) -> f32 {
    let excess = (equal as f32 / common as f32 - 0.5) * 2.0;
    // The sine of a quarter turn's share, by the first terms of its series.
    let turn = excess.clamp(-1.0, 1.0) * std::f32::consts::FRAC_PI_2;
    let square = turn * turn;
    turn * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)))
}

/// The bits of the signs that lie in flat tiles.
pub(super) fn mask(survey: &Survey, floor: &Floor) -> Vec<u64> {
    let Signs { words, bits, tile_rows } = &survey.signs;
    let mut mask = vec![0; bits.len()];
    for (row, &tiles) in mask.chunks_exact_mut((*words).max(1)).zip(tile_rows) {
        let tiles = floor.graded.iter().skip(tiles * survey.tiles.columns).take(survey.tiles.columns);
        for (index, tile) in tiles.enumerate() {
            if tile.is_flat() {
                let x = index * TILE;
                row[x / 64] |= 0xff << (x % 64);
            }
        }
    }
    mask
}

/// The distance in pixels at which a frame's grain repeats along its rows, and how alike it is there.
pub(super) fn period(survey: &Survey, floor: &Floor) -> Option<(usize, f32)> {
    /// Nearer repetitions are texture; no grain plate is so small.
    const NEAREST: usize = 64;
    let Signs { words, bits, .. } = &survey.signs;
    let mask = mask(survey, floor);
    let width = words * 64;
    let mut best = (0, 0.0_f32);
    let mut sums = (0.0, 0.0, 0);
    for shift in NEAREST..width.saturating_sub(NEAREST) {
        let (mut common, mut equal) = (0, 0);
        for (bits, mask) in bits.chunks_exact(*words).zip(mask.chunks_exact(*words)) {
            for word in 0..words - shift / 64 {
                let valid = mask[word] & shifted(mask, word, shift);
                common += valid.count_ones();
                equal += (!(bits[word] ^ shifted(bits, word, shift)) & valid).count_ones();
            }
        }
        if common < FEWEST_BITS {
            continue;
        }
        let alike = from_signs(equal, common);
        sums = (sums.0 + alike, sums.1 + alike * alike, sums.2 + 1);
        if alike > best.1 {
            best = (shift, alike);
        }
    }
    // Texture that repeats makes waves, a repeated plate one peak: it must stand out from all other distances.
    let count = sums.2.max(1) as f32;
    let (mean, square) = (sums.0 / count, sums.1 / count);
    let spread = (square - mean * mean).max(0.0).sqrt();
    (sums.2 > 32 && best.1 > mean + 6.0 * spread).then_some(best)
}

/// A word of a row, `shift` bits further on.
fn shifted(row: &[u64], word: usize, shift: usize) -> u64 {
    let (far, rest) = (word + shift / 64, shift % 64);
    let low = row.get(far).copied().unwrap_or(0) >> rest;
    if rest == 0 { low } else { low | row.get(far + 1).copied().unwrap_or(0) << (64 - rest) }
}

#[cfg(test)]
mod tests {
    use super::{from_signs, shifted};

    #[test]
    fn signs_give_the_correlation_back() {
        assert_eq!(from_signs(500, 1000), 0.0);
        assert!((from_signs(1000, 1000) - 1.0).abs() < 1e-3);
        // Correlation 1/2 makes two thirds of the signs equal.
        assert!((from_signs(6667, 10_000) - 0.5).abs() < 1e-3);
    }

    #[test]
    fn words_are_shifted_over_their_ends() {
        let row = [0x8000_0000_0000_0001, 0b110];
        assert_eq!(shifted(&row, 0, 0), row[0]);
        assert_eq!(shifted(&row, 0, 63), 0b1101);
        assert_eq!(shifted(&row, 1, 1), 0b11);
        assert_eq!(shifted(&row, 1, 64), 0);
    }
}
