//! .blend files: header, blocks, structures, names; packed and plain.
#![no_main]

use std::io::Cursor;

use blender_gsd::blend::{self, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { unpacked_bytes: 32 << 20, kept_bytes: 8 << 20, sdna_bytes: 2 << 20, ..Limits::default() };
    let _ = blend::read(Cursor::new(bytes), &limits);
});
