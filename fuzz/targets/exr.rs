//! Headers and chunks: every part of a file is decoded as far as it goes.
#![no_main]

use blender_gsd::exr::{self, Header, Limits, Request};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits { header_bytes: 1 << 20, parts: 16, channels: 64, frame_bytes: 16 << 20, chunk_bytes: 4 << 20 };

fuzz_target!(|bytes: &[u8]| {
    let Ok(header) = Header::read(bytes, &LIMITS) else { return };
    for (number, part) in header.parts.iter().enumerate() {
        let request = Request { part: number, channels: (0..part.channels.len()).collect(), bands: None };
        let _ = exr::decode(bytes, &header, &request, &LIMITS);
    }
});
