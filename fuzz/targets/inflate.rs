//! Our own inflate: never more than what there is room for.
#![no_main]

use blender_gsd::inflate::Inflater;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut output = vec![0; 64 << 10];
    let _ = Inflater::new().zlib(bytes, &mut output);
});
