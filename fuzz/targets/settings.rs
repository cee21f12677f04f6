//! `gsd.toml`.
#![no_main]

use blender_gsd::native::config::Config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = Config::parse(text);
});
