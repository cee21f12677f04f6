//! Against the real ffmpeg and ffprobe.

use std::path::Path;
use std::process::Command;

use blender_gsd::media::{ColorTags, MediaInfo};
use blender_gsd::native::ffprobe::Ffprobe;
use blender_gsd::spec::FrameRate;

use super::folder;

/// Makes a movie of half a second with ffmpeg alone and asks what is in it.
fn probed(name: &str, arguments: &str) -> blender_gsd::Result<MediaInfo> {
    let folder = folder();
    let path = folder.path().join(name);
    let mut command = Command::new("ffmpeg");
    command.args("-v error -f lavfi -i testsrc2=s=192x80:d=0.5:r=24000/1001".split(' '));
    let made = command.args(arguments.split_whitespace()).arg(format!("file:{}", path.display())).status();
    assert!(made.unwrap().success(), "{arguments}");
    Ffprobe::find(None)?.probe(&path)
}

#[test]
fn container_and_codec_speak_for_themselves() {
    // The encoder's options reach the container, and not the pictures' own headers.
    let tags = "-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv";
    let arguments = "-c:v prores_ks -profile:v 4 -pix_fmt yuv444p10le -timecode 00:00:41:17";
    let info = probed("a:b.mov", &format!("{arguments} {tags} -metadata:s:v reel_name=A001")).unwrap();
    assert_eq!((info.codec.as_str(), info.profile.as_str(), info.codec_tag.as_str()), ("prores", "4444", "ap4h"));
    assert_eq!((info.brand.as_str(), info.size, info.pixel_aspect), ("qt  ", [192, 80], Some([1, 1])));
    assert_eq!(info.pixel_format, "yuv444p12le");
    assert_eq!(info.frame_rate, Some(FrameRate { numerator: 24000, denominator: 1001 }));
    assert_eq!(info.frame_count, Some(12));
    assert_eq!(info.duration.map(|[ticks, second]| ticks as f64 / second as f64), Some(0.5005));
    assert_eq!((info.timecode.as_deref(), info.reel.as_deref()), (Some("00:00:41:17"), Some("A001")));
    assert!(info.container_color.same_codes(&ColorTags::REC709), "{}", info.container_color);
    assert_eq!(info.codec_color.primaries, None, "{}", info.codec_color);
}

#[test]
fn h264_with_its_index_in_front_or_behind() {
    let tags = "-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv";
    let arguments = format!("-c:v libx264 -pix_fmt yuv420p {tags}");
    let info = probed("a.mp4", &format!("{arguments} -movflags +faststart")).unwrap();
    assert_eq!((info.codec.as_str(), info.profile.as_str(), info.is_fast_start), ("h264", "High", Some(true)));
    assert_eq!((info.container_color, info.codec_color), (ColorTags::REC709, ColorTags::REC709));
    assert_eq!((info.timecode, info.reel), (None, None));
    assert_eq!(probed("a.mp4", &arguments).unwrap().is_fast_start, Some(false));
}

#[test]
fn what_is_no_movie_is_refused_with_its_name() {
    let folder = folder();
    let path = folder.path().join("no.mov");
    std::fs::write(&path, "not a movie").unwrap();
    let probe = Ffprobe::find(None).unwrap();
    let error = probe.probe(&path).unwrap_err();
    assert_eq!(error.kind(), "tool");
    assert!(error.to_string().contains("no.mov"), "{error}");
    assert_eq!(probe.probe(Path::new("/no/such.mov")).unwrap_err().kind(), "io");
}
