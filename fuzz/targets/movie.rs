//! Boxes of QuickTime and MP4 files.
#![no_main]

use blender_gsd::media::Movie;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Movie::read(bytes);
});
