//! The forward cosine transform of blocks of 8x8 (the inverse of 7.4), many at a time.

/// Blocks that are worked on side by side: all of a slice's luma.
pub(super) const LANES: usize = 32;

/// One sample of each block.
pub(super) type Lane = [f32; LANES];

/// A sample of each block for every place in a block, row by row.
pub(super) type Blocks = [Lane; 64];

/// Transforms every block: columns, then rows. What comes out is [`gain`] times the coefficient of the orthonormal transform.
#[inline(always)]
pub(super) fn forward(blocks: &mut Blocks) {
    for column in 0..8 {
        transform(blocks, column, 8);
    }
    for row in 0..8 {
        transform(blocks, 8 * row, 1);
    }
}

/// What a coefficient comes out too large by, at column `u` of row `v`.
pub(super) fn gain(u: usize, v: usize) -> f64 {
    let one = |k: usize| match k {
        0 => 1.0,
        _ => std::f64::consts::SQRT_2 * (std::f64::consts::PI * k as f64 / 16.0).cos(),
    };
    8.0 * one(u) * one(v)
}

/// Eight samples, `stride` apart: Arai, Agui and Nakajima's way (*A fast DCT-SQ scheme for images*, 1988), in which five
/// multiplications are left and the rest is in the quantiser.
#[inline(always)]
fn transform(blocks: &mut Blocks, start: usize, stride: usize) {
    let mut lanes: [Lane; 8] = [[0.0; LANES]; 8];
    for (k, lane) in lanes.iter_mut().enumerate() {
        *lane = blocks[start + k * stride];
    }
    let [x0, x1, x2, x3, x4, x5, x6, x7] = &mut lanes;
    for i in 0..LANES {
        let (s07, s16, s25, s34) = (x0[i] + x7[i], x1[i] + x6[i], x2[i] + x5[i], x3[i] + x4[i]);
        let (d07, d16, d25, d34) = (x0[i] - x7[i], x1[i] - x6[i], x2[i] - x5[i], x3[i] - x4[i]);

        let (even, odd) = (s07 + s34, s07 - s34);
        let (inner, outer) = (s16 + s25, s16 - s25);
        let turned = (outer + odd) * COS_4;

        let (low, middle, high) = (d34 + d25, d25 + d16, d16 + d07);
        let both = (low - high) * COS_6;
        let (a, b, c) = (low * COS_2_LESS_6 + both, high * COS_2_AND_6 + both, middle * COS_4);
        let (plus, minus) = (d07 + c, d07 - c);

        (x0[i], x4[i]) = (even + inner, even - inner);
        (x2[i], x6[i]) = (odd + turned, odd - turned);
        (x5[i], x3[i]) = (minus + a, minus - a);
        (x1[i], x7[i]) = (plus + b, plus - b);
    }
    for (k, lane) in lanes.iter().enumerate() {
        blocks[start + k * stride] = *lane;
    }
}

/// cos(4 pi/16), cos(6 pi/16), and cos(2 pi/16) less and more that.
const COS_4: f32 = std::f32::consts::FRAC_1_SQRT_2;
const COS_6: f32 = 0.382_683_43;
const COS_2_LESS_6: f32 = 0.541_196_1;
const COS_2_AND_6: f32 = 1.306_563;

#[cfg(test)]
mod tests {
    use super::{Blocks, LANES, forward, gain};

    #[test]
    fn it_is_the_cosine_transform_by_its_definition() {
        let sample = |block: usize, x: usize, y: usize| ((block * 37 + x * 101 + y * 53) % 1024) as f64 - 512.0;
        let mut blocks: Box<Blocks> = Box::new([[0.0; LANES]; 64]);
        for (place, lane) in blocks.iter_mut().enumerate() {
            for (block, value) in lane.iter_mut().enumerate() {
                *value = sample(block, place % 8, place / 8) as f32;
            }
        }
        forward(&mut blocks);
        let wave = |k: usize, n: usize| {
            let scale: f64 = if k == 0 { 0.125_f64.sqrt() } else { 0.5 };
            scale * (std::f64::consts::PI * (2 * n + 1) as f64 * k as f64 / 16.0).cos()
        };
        for block in [0, 7, LANES - 1] {
            for (v, u) in (0..8).flat_map(|v| (0..8).map(move |u| (v, u))) {
                let terms = (0..64).map(|n| sample(block, n % 8, n / 8) * wave(u, n % 8) * wave(v, n / 8));
                let expected: f64 = terms.sum();
                let found = f64::from(blocks[8 * v + u][block]) / gain(u, v);
                assert!((found - expected).abs() < 2e-3, "block {block}, {u} {v}: {found}, not {expected}");
            }
        }
    }
}
