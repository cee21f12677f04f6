#![no_main]

use blender_gsd_fuzz::{cryptomatte, pass_over_what_is_caught};

libfuzzer_sys::fuzz_target!(init: pass_over_what_is_caught(), |bytes: &[u8]| cryptomatte(bytes));
