//! Three-dimensional LUTs, interpolated tetrahedrally.
//!
//! The cell around a pixel is cut into six tetrahedra along its diagonal from black to white, so that neutral inputs get
//! a mean of neutral entries only: the method of every grading system (Kasson, Nin, Plouffe, Hafner, "Performing color
//! space conversions with three-dimensional linear interpolation", J. Electronic Imaging 4(3), 1995). The walk from the
//! cell's near corner to its far one goes along the channel with the largest share first, and the smallest last; the
//! four corners on that walk are the tetrahedron.

use super::Domain;
use crate::color::block::{BLOCK, Lane};
use crate::color::math::{Bound, floor, integer};

/// `side`^3 entries, at least 2^3, red fastest.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    domain: Domain,
    side: usize,
    /// R, G, B and nothing: four floats are read at once.
    entries: Vec<[f32; 4]>,
}

/// Where a block's pixels lie in the table: entries and their weights.
struct Corners {
    index: [[u32; BLOCK]; 4],
    weight: [Lane; 4],
}

impl Table {
    /// `rgb` are the `side`^3 entries in the file's order, red fastest; `side` is from 2 to 256.
    pub(super) fn new(domain: Domain, side: usize, rgb: &[[f32; 3]]) -> Self {
        Self { domain, side, entries: rgb.iter().map(|&[r, g, b]| [r, g, b, 0.0]).collect() }
    }

    #[inline(always)]
    pub(super) fn apply(&self, [r, g, b]: &mut [Lane; 3]) {
        let corners = self.corners([r, g, b]);
        for i in 0..BLOCK {
            let mut sum = [0.0; 4];
            for corner in 0..4 {
                let (entry, weight) = (&self.entries[corners.index[corner][i] as usize], corners.weight[corner][i]);
                for (sum, value) in sum.iter_mut().zip(entry) {
                    *sum += value * weight;
                }
            }
            [r[i], g[i], b[i], _] = sum;
        }
    }

    #[inline(always)]
    fn corners(&self, rgb: [&Lane; 3]) -> Corners {
        let last = (self.side - 1) as f32;
        let (mut cells, mut shares) = ([[0; BLOCK]; 3], [[0.0; BLOCK]; 3]);
        for c in 0..3 {
            let places = self.domain.places(c, last, rgb[c]);
            for i in 0..BLOCK {
                let cell = floor(places[i]).at_most(last - 1.0);
                (cells[c][i], shares[c][i]) = (integer(cell), places[i] - cell);
            }
        }
        let side = self.side as u32;
        let steps = [1, side, side * side];
        let mut corners = Corners { index: [[0; BLOCK]; 4], weight: [[0.0; BLOCK]; 4] };
        for i in 0..BLOCK {
            let [r, g, b] = [shares[0][i], shares[1][i], shares[2][i]];
            let (largest, smallest) = (r.at_least(g).at_least(b), r.at_most(g).at_most(b));
            let middle = r.at_most(g).at_least(r.at_least(g).at_most(b));
            // Where shares are equal, the corner between them has no weight, so any order will do.
            let other = if g >= b { steps[1] } else { steps[2] };
            let first = if r >= g && r >= b { steps[0] } else { other };
            let other = if g <= b { steps[1] } else { steps[2] };
            let final_step = if r <= g && r <= b { steps[0] } else { other };
            let near =
                cells[0][i] as i32 as u32 + cells[1][i] as i32 as u32 * steps[1] + cells[2][i] as i32 as u32 * steps[2];
            let far = near + steps[0] + steps[1] + steps[2];
            corners.index[0][i] = near;
            corners.index[1][i] = near + first;
            corners.index[2][i] = far - final_step;
            corners.index[3][i] = far;
            corners.weight[0][i] = 1.0 - largest;
            corners.weight[1][i] = largest - middle;
            corners.weight[2][i] = middle - smallest;
            corners.weight[3][i] = smallest;
        }
        corners
    }
}
