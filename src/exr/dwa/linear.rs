//! From the values that were transformed, whose steps look alike, back to light.

use std::sync::LazyLock;

use half::f16;

/// For each half, the half that it stands for: a power of 2.2 up to 1, which goes on as an exponential, and nought for what is
/// not finite. To the bit what OpenEXR has, whose constants are floats and whose powers are rounded to them.
pub(super) fn table() -> &'static [u16; 1 << 16] {
    static TABLE: LazyLock<Box<[u16; 1 << 16]>> = LazyLock::new(|| {
        let mut table = Box::new([0; 1 << 16]);
        for (bits, entry) in (0..=u16::MAX).zip(table.iter_mut()) {
            *entry = linear(f16::from_bits(bits)).to_bits();
        }
        table
    });
    &TABLE
}

/// The slope of both is one at 1: this is e to the 2.2.
const BASE: f32 = 9.025_013;

fn linear(value: f16) -> f16 {
    if !value.is_finite() {
        return f16::ZERO;
    }
    let size = f64::from(value.to_f32().abs());
    let light = match size <= 1.0 {
        true => size.powf(f64::from(2.2_f32)),
        false => f64::from(BASE).powf(size - 1.0),
    };
    f16::from_f32((light as f32).copysign(value.to_f32()))
}
