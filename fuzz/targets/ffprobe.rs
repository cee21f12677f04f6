//! What ffprobe answers.
#![no_main]

use blender_gsd::media::MediaInfo;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = MediaInfo::parse(bytes);
});
