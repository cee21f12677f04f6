#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blender_gsd_fuzz::settings(bytes));
