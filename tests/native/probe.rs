//! Against the real ffmpeg and ffprobe.

use std::path::Path;
use std::process::Command;

use blender_gsd::media::{ColorTags, MediaInfo, VideoTrack};
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

/// What the page reads out of the boxes, for it has no ffprobe, is what ffprobe says.
#[test]
fn boxes_and_codec_headers_say_what_ffprobe_says() {
    const TAGS: &str = "-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv";
    let h264 = "-c:v libx264 -pix_fmt yuv420p";
    let cases = [
        ("a.mp4", format!("{h264} {TAGS} -timecode 00:00:41:17 -movflags +faststart")),
        // The container has tags; the pictures have none, which ffprobe tells with the container's.
        ("untagged.mov", h264.to_owned()),
        ("behind.mov", format!("{h264} {TAGS} -bf 3 -r 30000/1001 -timecode 01:01:00;02")),
        ("one.mp4", format!("{h264} -frames:v 1 -r 25")),
        (
            "cropped.mp4",
            format!(
                "{h264} -s 190x82 -vf setsar=4/3 -preset ultrafast -x264opts nal-hrd=vbr:vbv-maxrate=900:vbv-bufsize=900"
            ),
        ),
        ("fields.mp4", format!("{h264} -flags +ilme+ildct -x264opts tff=1")),
        ("below.mp4", format!("{h264} -flags +ilme+ildct -x264opts bff=1")),
        ("full.mov", "-c:v libx264 -pix_fmt yuvj420p".to_owned()),
        ("ten.mp4", "-c:v libx264 -pix_fmt yuv420p10le".to_owned()),
        ("wide.mp4", "-c:v libx264 -pix_fmt yuv444p -profile:v high444".to_owned()),
        ("base.mp4", format!("{h264} -profile:v baseline -ac 1")),
        ("varying.mp4", format!("{h264} -vf setpts=N+(N/3) -fps_mode vfr")),
        ("4444.mov", format!("-c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le {TAGS} -timecode 23:59:59:20")),
        ("xq.mov", "-c:v prores_ks -profile:v 5 -pix_fmt yuv444p10le".to_owned()),
        ("422.mov", "-c:v prores_ks -profile:v 2 -flags +ilme+ildct -top 1".to_owned()),
        ("proxy.mov", "-c:v prores_ks -profile:v 0 -vf setsar=2".to_owned()),
    ];
    let folder = folder();
    let ffprobe = Ffprobe::find(None).unwrap();
    for (name, arguments) in cases {
        let path = folder.path().join(name);
        let mut command = Command::new("ffmpeg");
        command.args("-v error -f lavfi -i testsrc2=s=192x80:d=0.5:r=24000/1001".split(' '));
        assert!(command.args(arguments.split_whitespace()).arg(&path).status().unwrap().success(), "{arguments}");
        let told = ffprobe.probe(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let track = VideoTrack::read(bytes.as_slice()).unwrap();
        let seconds = |info: &MediaInfo| info.duration.map(|[ticks, second]| ticks as f64 / second as f64);
        assert_eq!(seconds(&track.info), seconds(&told), "{name}");
        let of_interest = MediaInfo {
            duration: told.duration,
            start_time: told.start_time,
            reel: told.reel.clone(),
            tags: told.tags.clone(),
            ..track.info.clone()
        };
        assert_eq!(of_interest, told, "{name}: {arguments}");
        assert_eq!(track.pictures.len() as u64, told.frame_count.unwrap(), "{name}");
        // Where ffprobe finds each picture's bytes, and when it shows them.
        assert_eq!(packets(&path), places(&track), "{name}");
        for length in [bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
            let cut = &bytes[..length];
            if let Ok(track) = VideoTrack::read(cut) {
                let mut scratch = Vec::new();
                assert!(
                    (0..track.pictures.len()).any(|place| track.picture(cut, place, &mut scratch).is_err()),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn bent_boxes_never_panic() {
    let folder = folder();
    for (name, codec) in [("a.mp4", "-c:v libx264 -bf 2"), ("a.mov", "-c:v prores_ks -profile:v 4")] {
        let path = folder.path().join(name);
        let mut command = Command::new("ffmpeg");
        command.args("-v error -f lavfi -i testsrc2=s=64x32:d=0.25:r=24".split(' ')).args(codec.split(' '));
        assert!(command.args(["-timecode", "00:00:41:17"]).arg(&path).status().unwrap().success());
        let whole = std::fs::read(&path).unwrap();
        let index = whole.windows(4).position(|name| name == b"moov").unwrap();
        let mut seed = 1_u64;
        for _ in 0..4000 {
            let mut bent = whole.clone();
            for _ in 0..3 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = index + (seed >> 33) as usize % (whole.len() - index);
                bent[at] = [0, 1, 0x7f, 0xff, (seed >> 24) as u8][(seed >> 20) as usize % 5];
            }
            if let Ok(track) = VideoTrack::read(bent.as_slice()) {
                let mut scratch = Vec::new();
                for place in 0..track.pictures.len().min(8) {
                    let _ = track.picture(bent.as_slice(), place, &mut scratch);
                }
            }
        }
    }
}

/// Place, length, and order in which packets are shown, and whether they are key frames.
type Packets = Vec<(u64, u32, usize, bool)>;

fn packets(path: &Path) -> Packets {
    let mut command = Command::new("ffprobe");
    command.args("-v error -select_streams v:0 -show_entries packet=pos,size,pts,flags -of csv=p=0".split(' '));
    let text = String::from_utf8(command.arg(path).output().unwrap().stdout).unwrap();
    let rows = text.lines().map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        (fields[2].parse().unwrap(), fields[1].parse().unwrap(), fields[0].parse().unwrap(), fields[3].starts_with('K'))
    });
    ranked(rows.collect())
}

fn places(track: &VideoTrack) -> Packets {
    ranked(track.pictures.iter().map(|p| (p.at, p.bytes, p.shown_at, p.is_key)).collect())
}

/// Times as ranks: edit lists move all of them alike.
fn ranked(rows: Vec<(u64, u32, i64, bool)>) -> Packets {
    let mut times: Vec<i64> = rows.iter().map(|row| row.2).collect();
    times.sort_unstable();
    rows.into_iter()
        .map(|(at, size, time, key)| (at, size, times.partition_point(|&other| other < time), key))
        .collect()
}
