//! Mattes of a file, and manifests: what is no OpenEXR file is read as a manifest.
#![no_main]

use blender_gsd::exr::cryptomatte::{Cryptomatte, parse_manifest};
use blender_gsd::exr::{Header, Limits};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits { header_bytes: 1 << 20, parts: 16, channels: 64, frame_bytes: 8 << 20, chunk_bytes: 4 << 20 };

fuzz_target!(|bytes: &[u8]| {
    let Ok(header) = Header::read(bytes, &LIMITS) else {
        let _ = parse_manifest(bytes);
        return;
    };
    for set in Cryptomatte::sets(&header) {
        let _ = set.survey_with_labels(bytes, &header, &LIMITS);
    }
});
