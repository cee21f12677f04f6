//! Pixels in blocks: what the renderings work on.
//!
//! Their loops run over arrays of one fixed length with bodies that have no branch, call or bound to check, so that the
//! compiler makes SIMD of them on every target. `array::map` and closures that may panic are kept out of them: either
//! turns a loop back into scalar code.

/// Something to do with rows, in code that is compiled once for each SIMD width: see `simd`.
///
/// `run` and all it calls for pixels are to be `#[inline(always)]`, else they are compiled for the baseline only.
pub(crate) trait Work {
    /// Does it.
    fn run(self);
}

/// Pixels of a block: enough to fill any vector width several times, few enough that all intermediate values stay in the
/// level-one cache.
pub(super) const BLOCK: usize = 64;

/// One value for each pixel of a block.
pub(super) type Lane = [f32; BLOCK];

/// A 3x3 matrix on a column vector.
#[inline(always)]
pub(super) fn mul(m: &[[f32; 3]; 3], v: [f32; 3]) -> [f32; 3] {
    [
        m[0][0] * v[0] + m[0][1] * v[1] + m[0][2] * v[2],
        m[1][0] * v[0] + m[1][1] * v[1] + m[1][2] * v[2],
        m[2][0] * v[0] + m[2][1] * v[1] + m[2][2] * v[2],
    ]
}

/// A function on three values.
#[inline(always)]
pub(super) fn each(v: [f32; 3], f: impl Fn(f32) -> f32) -> [f32; 3] {
    [f(v[0]), f(v[1]), f(v[2])]
}

/// To 0..1; NaN is 0.
#[inline(always)]
pub(super) fn cut(value: f32) -> f32 {
    let value = if value > 0.0 { value } else { 0.0 };
    if value < 1.0 { value } else { 1.0 }
}

/// A function on every value of a lane.
#[inline(always)]
pub(super) fn map(lane: &Lane, f: impl Fn(f32) -> f32) -> Lane {
    let mut output = [0.0; BLOCK];
    for i in 0..BLOCK {
        output[i] = f(lane[i]);
    }
    output
}

/// A function on the three values of every pixel, in place.
#[inline(always)]
pub(super) fn for_each([r, g, b]: &mut [Lane; 3], f: impl Fn([f32; 3]) -> [f32; 3]) {
    for i in 0..BLOCK {
        [r[i], g[i], b[i]] = f([r[i], g[i], b[i]]);
    }
}
