//! Boxes of QuickTime and MP4 files.
#![no_main]

use blender_gsd::media::{Movie, VideoTrack};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Movie::read(bytes);
    if let Ok(track) = VideoTrack::read(bytes) {
        let mut scratch = Vec::new();
        for place in 0..track.pictures.len().min(8) {
            let _ = track.picture(bytes, place, &mut scratch);
        }
    }
});
