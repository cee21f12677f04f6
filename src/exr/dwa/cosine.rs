//! The inverse cosine transform of a block, to the bit as OpenEXR's AVX code makes it (`internal_dwa_simd.h`): its constants,
//! and its order of sums, which is another for columns than for rows. All eight rows, or columns, go side by side.

/// Cosines of multiples of a sixteenth of pi, halved: of 4, 1, 2, 3, 5, 6 and 7.
const A: f32 = 3.535_536e-1;
const B: f32 = 4.903_927e-1;
const C: f32 = 4.619_398e-1;
const D: f32 = 4.157_349e-1;
const E: f32 = 2.777_855e-1;
const F: f32 = 1.913_422e-1;
const G: f32 = 9.754_573e-2;

/// A block, in rows.
pub(super) type Block = [[f32; 8]; 8];

/// The samples of a block of which only the first coefficient is not nought.
#[inline(always)]
pub(super) fn flat(first: f32) -> Block {
    [[first * A * A; 8]; 8]
}

/// The samples of a block, of coefficients in columns.
#[inline(always)]
pub(super) fn inverse(columns: &Block) -> Block {
    down(&turned(&across(columns)))
}

#[inline(always)]
fn turned(block: &Block) -> Block {
    let mut turned = [[0.0; 8]; 8];
    for (row, turned) in turned.iter_mut().enumerate() {
        for (to, from) in turned.iter_mut().zip(block) {
            *to = from[row];
        }
    }
    turned
}

/// Along the rows of a block in columns.
#[inline(always)]
fn across(x: &Block) -> Block {
    /// For columns 0, 2, 4 and 6.
    const EVEN: [[f32; 4]; 4] = [[A, C, A, F], [A, F, -A, -C], [A, -F, -A, C], [A, -C, A, -F]];
    /// For columns 1, 3, 5 and 7.
    const ODD: [[f32; 4]; 4] = [[B, D, E, G], [D, -G, -B, -E], [E, -B, G, D], [G, -E, D, -B]];
    let mut output = [[0.0; 8]; 8];
    for k in 0..4 {
        let (even, odd) = (EVEN[k], ODD[k]);
        for i in 0..8 {
            let even = (x[4][i] * even[2] + x[6][i] * even[3]) + (x[0][i] * even[0] + x[2][i] * even[1]);
            let odd = (x[5][i] * odd[2] + x[7][i] * odd[3]) + (x[1][i] * odd[0] + x[3][i] * odd[1]);
            output[k][i] = even + odd;
            output[7 - k][i] = even - odd;
        }
    }
    output
}

/// Along the columns of a block in rows.
#[inline(always)]
fn down(x: &Block) -> Block {
    let mut output = [[0.0; 8]; 8];
    for i in 0..8 {
        let odd = [
            (G * x[7][i] + E * x[5][i]) + (D * x[3][i] + B * x[1][i]),
            (D * x[1][i] - (B * x[5][i] + G * x[3][i])) - E * x[7][i],
            D * x[7][i] + (G * x[5][i] + (E * x[1][i] - B * x[3][i])),
            (D * x[5][i] + G * x[1][i]) - (B * x[7][i] + E * x[3][i]),
        ];
        let outer = A * x[4][i] + A * x[0][i];
        let inner = A * x[0][i] - A * x[4][i];
        let turn = F * x[6][i] + C * x[2][i];
        let tilt = F * x[2][i] - C * x[6][i];
        let even = [turn + outer, inner + tilt, inner - tilt, outer - turn];
        for k in 0..4 {
            output[k][i] = even[k] + odd[k];
            output[7 - k][i] = even[k] - odd[k];
        }
    }
    output
}
