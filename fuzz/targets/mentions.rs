//! Handoff and shot metadata.
#![no_main]

use blender_gsd::period::mentions;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = mentions(text);
});
