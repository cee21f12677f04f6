//! Show LUTs: what is read gives numbers for any colour.
#![no_main]

use blender_gsd::color::{Lut, LutLimits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(lut) = Lut::from_cube(bytes, "look", &LutLimits::default()) else { return };
    for rgb in [[0.0; 3], [0.18; 3], [-1.0, 2.0, f32::NAN], [f32::INFINITY, f32::NEG_INFINITY, 65504.0]] {
        assert!(lut.apply_pixel(rgb).iter().all(|value| !value.is_nan()), "{rgb:?}");
    }
});
