//! ASC CDL in its three kinds of file.
#![no_main]

use blender_gsd::color::Cdl;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Cdl::from_xml(bytes, Some("SHOT-002-001"));
    let _ = Cdl::from_xml(bytes, None);
});
