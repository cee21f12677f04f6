//! The wavelet of PIZ, backwards: sums and differences to values, from the coarsest level to the finest.
//!
//! Each level makes four values of four, over squares whose corners are `step` apart. Arithmetic wraps at 16 bits, as the
//! format has it.

use super::Plane;
use crate::color::{Work, dispatch};

/// From here on numbers need all 16 bits, and another kind of sum.
const WIDE: u16 = 1 << 14;

/// Changes a plane whose numbers are `highest` at the most.
pub(super) fn decode(plane: &mut [u16], shape: Plane, highest: u16) {
    if plane.is_empty() {
        return;
    }
    match highest < WIDE {
        true => dispatch(Levels { plane, shape, join: join_narrow }),
        false => dispatch(Levels { plane, shape, join: join_wide }),
    }
}

/// A sum and a difference, signed, to two values.
#[inline(always)]
fn join_narrow(sum: u16, difference: u16) -> [u16; 2] {
    let half = (difference as i16 >> 1) as u16;
    let first = sum.wrapping_add(difference & 1).wrapping_add(half);
    [first, first.wrapping_sub(difference)]
}

/// A mean and a difference around 2^15, to two values.
#[inline(always)]
fn join_wide(mean: u16, difference: u16) -> [u16; 2] {
    let second = mean.wrapping_sub(difference >> 1);
    [difference.wrapping_add(second).wrapping_sub(1 << 15), second]
}

/// All levels of one plane.
struct Levels<'a, J> {
    plane: &'a mut [u16],
    shape: Plane,
    join: J,
}

impl<J: Fn(u16, u16) -> [u16; 2]> Work for Levels<'_, J> {
    #[inline(always)]
    fn run(self) {
        let Plane { width, height, words } = self.shape;
        let row = width * words;
        let largest = 1_usize << width.min(height).ilog2();
        let mut double = largest;
        while double > 1 {
            let step = double / 2;
            let mut top = 0;
            while top + double <= height {
                let (above, below) = self.plane[top * row..].split_at_mut(step * row);
                join_rows(&mut above[..row], &mut below[..row], self.shape, step, &self.join);
                top += double;
            }
            // A row that has no partner below: across only.
            if height & step != 0 {
                join_row(&mut self.plane[top * row..(top + 1) * row], self.shape, step, &self.join);
            }
            double = step;
        }
    }
}

/// Squares of two rows, and the column that has no partner on its right.
#[inline(always)]
fn join_rows<J: Fn(u16, u16) -> [u16; 2]>(above: &mut [u16], below: &mut [u16], shape: Plane, step: usize, join: &J) {
    let square = |a: u16, b: u16, c: u16, d: u16| {
        let ([left, lower_left], [right, lower_right]) = (join(a, c), join(b, d));
        [join(left, right), join(lower_left, lower_right)]
    };
    let (near, far) = (step * shape.words, 2 * step * shape.words);
    if far == 2 {
        // Neighbours: three quarters of all the work, and in the order of memory.
        for (upper, lower) in above.as_chunks_mut::<2>().0.iter_mut().zip(below.as_chunks_mut::<2>().0) {
            [*upper, *lower] = square(upper[0], upper[1], lower[0], lower[1]);
        }
    } else {
        for (upper, lower) in above.chunks_exact_mut(far).zip(below.chunks_exact_mut(far)) {
            for word in 0..shape.words {
                let other = word + near;
                let [[a, b], [c, d]] = square(upper[word], upper[other], lower[word], lower[other]);
                (upper[word], upper[other], lower[word], lower[other]) = (a, b, c, d);
            }
        }
    }
    if shape.width & step != 0 {
        let start = shape.width / (2 * step) * far;
        for word in start..start + shape.words {
            [above[word], below[word]] = join(above[word], below[word]);
        }
    }
}

/// Pairs of one row.
#[inline(always)]
fn join_row<J: Fn(u16, u16) -> [u16; 2]>(row: &mut [u16], shape: Plane, step: usize, join: &J) {
    for pair in row.chunks_exact_mut(2 * step * shape.words) {
        for word in 0..shape.words {
            let other = word + step * shape.words;
            [pair[word], pair[other]] = join(pair[word], pair[other]);
        }
    }
}
