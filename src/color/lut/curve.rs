//! One-dimensional LUTs: a curve for each channel.

use super::Domain;
use crate::color::block::{BLOCK, Lane};
use crate::color::math::{Bound, floor, integer};

/// At least two entries for each of red, green and blue, evenly over the domain.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curve {
    domain: Domain,
    entries: [Vec<f32>; 3],
}

impl Curve {
    /// `rgb` are the entries from the domain's least value upwards, at least two.
    pub(super) fn new(domain: Domain, rgb: &[[f32; 3]]) -> Self {
        Self { domain, entries: std::array::from_fn(|c| rgb.iter().map(|entry| entry[c]).collect()) }
    }

    #[inline(always)]
    pub(super) fn apply(&self, rgb: &mut [Lane; 3]) {
        for (c, (lane, entries)) in rgb.iter_mut().zip(&self.entries).enumerate() {
            let places = self.domain.places(c, (entries.len() - 1) as f32, lane);
            for i in 0..BLOCK {
                let cell = floor(places[i]).at_most((entries.len() - 2) as f32);
                let (below, share) = (integer(cell) as usize, places[i] - cell);
                // Not a + (b - a) share: the difference of two finite numbers need not be finite.
                lane[i] = entries[below] * (1.0 - share) + entries[below + 1] * share;
            }
        }
    }
}
