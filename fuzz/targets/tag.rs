//! Changing what a file says of its colour: OpenEXR, PNG, QuickTime and MP4.
#![no_main]

use blender_gsd::tag::{self, Profile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for profile in Profile::ALL {
        let Ok(patches) = tag::patches(bytes, profile) else { continue };
        patches.segments(bytes.len() as u64);
    }
});
