//! Against the real ffmpeg, ffprobe and mediainfo: what they read before and after.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use blender_gsd::color::named;
use blender_gsd::exr::{self, Attribute, AttributeValue, Header, LayerKind, Limits};
use blender_gsd::media::ColorTags;
use blender_gsd::native::ffprobe::Ffprobe;
use serde_json::Value;

use super::{Answer, Made, folder, names_in, run};

const REC709: [u8; 3] = [1, 1, 1];
const SRGB: [u8; 3] = [1, 13, 1];

fn tag(path: &Path, profile: &str) -> Answer {
    run(["tag".as_ref(), path.as_os_str(), "--profile".as_ref(), profile.as_ref()])
}

#[track_caller]
fn tagged(path: &Path, profile: &str) -> String {
    let answer = tag(path, profile);
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""), "{answer:?}");
    answer.stdout
}

/// What a program prints.
#[track_caller]
fn output(program: &str, arguments: &[&str], path: &Path) -> Vec<u8> {
    let output = Command::new(program).args(arguments).arg(path).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error} (scripts/setup-media.sh installs it)"));
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

/// Half a second of picture and tone, as these options of ffmpeg make it.
#[track_caller]
fn movie(folder: &Path, name: &str, options: &str) -> PathBuf {
    let path = folder.join(name);
    let inputs = "-v error -f lavfi -i testsrc2=s=192x80:d=0.5:r=24 -f lavfi -i sine=d=0.5";
    let arguments: Vec<&str> = inputs.split(' ').chain(options.split_whitespace()).collect();
    output("ffmpeg", &arguments, &path);
    path
}

/// Every stream, decoded: its times and the sums of its pictures and sounds.
fn essence(path: &Path) -> String {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-map", "0:v", "-map", "0:a?", "-f", "framemd5", "-"])
        .output()
        .unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Container and codec agree on the codes, for ffprobe and for mediainfo, which tells apart what the two say.
#[track_caller]
fn assert_says(path: &Path, codes: [u8; 3]) {
    let info = Ffprobe::find(None).unwrap().probe(path).unwrap();
    let [primaries, transfer, matrix] = codes.map(Some);
    let expected = ColorTags { primaries, transfer, matrix, full_range: None };
    assert!(info.container_color.same_codes(&expected), "container: {}", info.container_color);
    assert!(info.codec_color.same_codes(&expected), "codec: {}", info.codec_color);
    let report: Value = serde_json::from_slice(&output("mediainfo", &["--Output=JSON"], path)).unwrap();
    let tracks = report["media"]["track"].as_array().unwrap();
    let video = tracks.iter().find(|track| track["@type"] == "Video").unwrap();
    let transfer = if codes[1] == 1 { "BT.709" } else { "sRGB/sYCC" };
    for (field, value) in
        [("colour_primaries", "BT.709"), ("transfer_characteristics", transfer), ("matrix_coefficients", "BT.709")]
    {
        assert_eq!(video[field], value, "{field} in {video}");
        assert_eq!(video[format!("{field}_Original")], Value::Null, "{field} in {video}");
    }
}

/// Tags it, and holds the file against what it was.
#[track_caller]
fn check_movie(path: &Path, profile: &str, codes: [u8; 3]) {
    let probe = || Ffprobe::find(None).unwrap().probe(path).unwrap();
    let (before, pictures) = (probe(), essence(path));
    assert!(tagged(path, profile).contains(&format!("tagged {profile}, ")));
    let after = probe();
    assert_says(path, codes);
    assert_eq!(essence(path), pictures);
    assert_eq!(
        (&after.timecode, &after.reel, after.is_fast_start),
        (&before.timecode, &before.reel, before.is_fast_start)
    );
    assert_eq!((after.tags, after.frame_count, after.duration), (before.tags, before.frame_count, before.duration));
    // What a set does not say is narrow; one that says colours must say the range.
    let range = before.codec_color.full_range.or(after.codec_color.full_range.map(|_| false));
    assert_eq!(after.codec_color.full_range, range);
    // And once more: there is nothing left to do, and the file is not touched.
    let whole = fs::read(path).unwrap();
    assert!(tagged(path, profile).contains(&format!("says {profile} already")));
    assert!(fs::read(path).unwrap() == whole);
}

#[test]
fn prores_says_it_in_container_and_every_picture() {
    let folder = folder();
    let prores = "-c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le -timecode 00:00:41:17 -metadata:s:v reel_name=A001";
    let wrong = "-color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc";
    for (name, options) in [
        ("plain.mov", String::new()),
        ("index first.mov", "-c:a pcm_s16le -movflags +faststart".into()),
        ("no colr.mov", "-movflags +faststart-write_colr".into()),
        ("wrong.mov", format!("{wrong} -movflags +faststart+write_colr")),
        (
            "wrong in its pictures.mov",
            format!("-bsf:v prores_metadata=color_primaries=bt2020:color_trc=smpte2084 {wrong}"),
        ),
    ] {
        let path = movie(folder.path(), name, &format!("{prores} {options}"));
        check_movie(&path, "rec709", REC709);
    }
    let other =
        movie(folder.path(), "422.mov", "-c:v prores_ks -profile:v 2 -pix_fmt yuv422p10le -movflags +faststart");
    check_movie(&other, "rec709", REC709);
}

#[test]
fn h264_says_it_in_container_and_every_parameter_set() {
    let folder = folder();
    let wrong = "-color_primaries bt470bg -color_trc gamma28 -colorspace bt470bg -color_range pc";
    for (name, options, profile, codes) in [
        ("plain.mp4", String::new(), "rec709", REC709),
        ("index first.mp4", "-c:a aac -movflags +faststart".into(), "rec709", REC709),
        ("wrong.mp4", format!("{wrong} -movflags +faststart"), "rec709", REC709),
        ("srgb.mp4", "-movflags +faststart".into(), "srgb", SRGB),
        ("quicktime.mov", "-c:a pcm_s16le -movflags +faststart".into(), "srgb", SRGB),
        // Sets among the pictures, too.
        ("repeated.mp4", "-g 4 -bsf:v dump_extra=freq=keyframe -c:a aac -movflags +faststart".into(), "rec709", REC709),
        // Fields, cropping, an aspect ratio, no profile that would say how colour is sampled.
        ("fields.mp4", "-flags +ildct+ilme -aspect 2.2 -s 180x76 -profile:v main".into(), "rec709", REC709),
        (
            "lists.mp4",
            "-x264-params cqm=jvt:nal-hrd=cbr:bitrate=400:vbv-maxrate=400:vbv-bufsize=400".into(),
            "srgb",
            SRGB,
        ),
        ("444.mp4", "-pix_fmt yuv444p -x264-params cqm=jvt -profile:v high444".into(), "rec709", REC709),
    ] {
        let format = if options.contains("pix_fmt") { "" } else { "-pix_fmt yuv420p" };
        let path = movie(folder.path(), name, &format!("-c:v libx264 -preset veryfast {format} {options}"));
        check_movie(&path, profile, codes);
    }
}

#[test]
fn parameter_sets_are_those_that_ffmpeg_would_write() {
    let folder = folder();
    let path = movie(folder.path(), "ours.mp4", "-c:v libx264 -pix_fmt yuv420p -an");
    let theirs = folder.path().join("theirs.mp4");
    let codes = "h264_metadata=colour_primaries=1:transfer_characteristics=13:matrix_coefficients=1";
    let arguments = ["-v", "error", "-i", path.to_str().unwrap(), "-c", "copy", "-bsf:v", codes];
    output("ffmpeg", &arguments, &theirs);
    tagged(&path, "srgb");
    let configuration = |path: &Path| {
        let bytes = fs::read(path).unwrap();
        let at = bytes.windows(4).position(|window| window == b"avcC").unwrap();
        let length = u32::from_be_bytes(bytes[at - 4..at].try_into().unwrap()) as usize;
        bytes[at - 4..at - 4 + length].to_vec()
    };
    assert_eq!(configuration(&path), configuration(&theirs));
}

#[test]
fn a_png_says_it_in_chunks_and_keeps_its_pixels() {
    let folder = folder();
    let (frame, path) = (folder.path().join("a.exr"), folder.path().join("a.png"));
    Made::new(40, 20).write(&frame);
    let convert = |display: &str| {
        let arguments =
            ["convert".as_ref(), frame.as_os_str(), path.as_os_str(), "--display".as_ref(), display.as_ref()];
        assert_eq!(run(arguments).code, Some(0));
    };
    let chunks = |path: &Path| {
        let info = png::Decoder::new(std::io::Cursor::new(fs::read(path).unwrap())).read_info().unwrap();
        let info = info.info();
        let points = info
            .coding_independent_code_points
            .map(|p| (p.color_primaries, p.transfer_function, p.matrix_coefficients));
        (points, info.srgb.is_some(), info.source_gamma.is_some(), info.icc_profile.is_some())
    };
    convert("srgb");
    let pixels = essence(&path);
    tagged(&path, "rec709");
    assert_eq!(chunks(&path), (Some((1, 1, 0)), false, false, false));
    assert_eq!(essence(&path), pixels);
    tagged(&path, "srgb");
    assert_eq!(chunks(&path), (Some((1, 13, 0)), true, false, false));
    assert_eq!(essence(&path), pixels);
    assert!(tagged(&path, "srgb").contains("says srgb already"));
    // What `convert` writes for Rec.709 is what `tag` asks for.
    convert("rec709");
    assert!(tagged(&path, "rec709").contains("says rec709 already"));
}

/// Where an EXR's tables say its chunks lie, from the first on, and all their bytes.
fn chunks(path: &Path) -> (Vec<u64>, Vec<u8>) {
    let bytes = fs::read(path).unwrap();
    let header = Header::parse(&bytes, &Limits::default()).unwrap();
    let count: usize = header.parts.iter().map(|part| part.chunk_count).sum();
    let table = |at: usize| -> Vec<u64> {
        let entries = bytes[at..at + 8 * count].as_chunks::<8>().0;
        entries.iter().map(|entry| u64::from_le_bytes(*entry)).collect()
    };
    // The tables are where they are followed by what they call the first chunk.
    let (start, offsets) = (8..bytes.len() - 8 * count)
        .map(|at| (at + 8 * count, table(at)))
        .find(|(end, offsets)| {
            let lowest = offsets.iter().min() == Some(&(*end as u64));
            lowest && offsets.iter().all(|&offset| offset < bytes.len() as u64)
        })
        .unwrap();
    (offsets.iter().map(|offset| offset - start as u64).collect(), bytes[start..].to_vec())
}

#[test]
fn an_exr_says_it_in_its_header_and_keeps_every_chunk() {
    let folder = folder();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    // Scan lines, tiles with levels, parts, mattes.
    for name in [
        "openexr/BrightRingsNanInf.exr",
        "openexr/ColorCodedLevels.exr",
        "cryptomatte/multichannel.exr",
        "cryptomatte/multipart.exr",
        "compression/two_parts.exr",
        "compression/tiled_zip.exr",
    ] {
        let path = folder.path().join("frame.exr");
        fs::copy(fixtures.join(name), &path).unwrap();
        let before = chunks(&path);
        for (profile, id, primaries) in
            [("aces2065-1", "lin_ap0_scene", named::AP0), ("acescg", "lin_ap1_scene", named::AP1)]
        {
            tagged(&path, profile);
            assert!(tagged(&path, profile).contains("already"), "{name}");
            let header = Header::parse(&fs::read(&path).unwrap(), &Limits::default()).unwrap();
            let layers = exr::layers(&header);
            for layer in layers.iter().filter(|layer| layer.kind == LayerKind::Color) {
                let part = &header.parts[layer.part];
                assert_eq!(part.text("colorInteropID"), Some(id), "{name}");
                assert!(part.chromaticities().is_some_and(|found| found.distance(&primaries) < 1e-6), "{name}");
            }
            assert!(chunks(&path) == before, "{name}");
        }
    }
    let path = folder.path().join("frame.exr");
    let flag = Attribute { name: "acesImageContainerFlag".into(), kind: "int".into(), value: AttributeValue::Int(1) };
    Made::new(8, 8).with(Attribute::text("comments", "x")).with(flag).write(&path);
    tagged(&path, "acescg");
    let header = Header::parse(&fs::read(&path).unwrap(), &Limits::default()).unwrap();
    assert!(!header.parts[0].is_aces_container());
    assert_eq!(header.parts[0].text("comments"), Some("x"));
    tag(&path, "rec709").assert_refused("EXR files cannot be tagged rec709");
}

#[test]
fn what_cannot_be_is_refused_and_the_file_left_alone() {
    let folder = folder();
    let mpeg4 = movie(folder.path(), "mpeg4.mov", "-c:v mpeg4");
    let prores = movie(folder.path(), "prores.mov", "-c:v prores_ks");
    let pieces = movie(folder.path(), "pieces.mp4", "-c:v libx264 -pix_fmt yuv420p -movflags frag_keyframe+empty_moov");
    let sound = movie(folder.path(), "sound.mov", "-vn");
    let text = folder.path().join("text.mov");
    fs::write(&text, "no movie at all").unwrap();
    let names = names_in(folder.path());
    for (path, profile, words) in [
        (&prores, "acescg", "They can be rec709, srgb"),
        (&prores, "srgb", "ProRes can be rec709"),
        (&mpeg4, "rec709", "mp4v"),
        (&pieces, "rec709", "fragmented"),
        (&sound, "rec709", "no video"),
        (&text, "rec709", "no EXR, PNG, QuickTime or MP4"),
    ] {
        let before = fs::read(path).unwrap();
        let answer = tag(path, profile);
        answer.assert_refused("");
        assert!(answer.stderr.contains(words), "{answer:?}");
        assert!(fs::read(path).unwrap() == before);
    }
    assert_eq!(names_in(folder.path()), names);
    let answer = tag(&prores, "p3");
    assert!(answer.code == Some(2) && answer.stderr.contains("aces2065-1"), "{answer:?}");
    // The others get their turn.
    let files = [text.as_os_str(), prores.as_os_str()];
    let answer =
        run(["tag".as_ref(), "--json".as_ref(), "--profile".as_ref(), "rec709".as_ref()].into_iter().chain(files));
    assert_eq!(answer.code, Some(2));
    let reports = answer.json();
    assert!(reports[0]["problem"].is_string() && reports[1]["problem"].is_null(), "{reports}");
    assert_says(&prores, REC709);
}

#[test]
fn no_damage_makes_it_panic_or_change_a_file_it_refuses() {
    let folder = folder();
    let made = [
        movie(folder.path(), "a.mov", "-c:v prores_ks -profile:v 0 -an -movflags +faststart -t 0.1"),
        movie(folder.path(), "a.mp4", "-c:v libx264 -pix_fmt yuv420p -an -movflags +faststart -t 0.1"),
    ];
    for path in made {
        let whole = fs::read(&path).unwrap();
        let index = whole.windows(4).position(|window| window == b"mdat").unwrap();
        // Every byte of the index bent, every length cut: by the library, for a process each would take long.
        for at in 0..index {
            for bent in [0x00, 0xff, whole[at] ^ 0x01] {
                let mut bytes = whole.clone();
                bytes[at] = bent;
                let _ = blender_gsd::tag::patches(bytes.as_slice(), blender_gsd::tag::Profile::Rec709);
            }
            let _ = blender_gsd::tag::patches(&whole[..at], blender_gsd::tag::Profile::Rec709);
        }
        let cut = folder.path().join("cut.mov");
        fs::write(&cut, &whole[..whole.len() - 10]).unwrap();
        let answer = tag(&cut, "rec709");
        answer.assert_refused("cut.mov");
        assert_eq!(fs::read(&cut).unwrap().len(), whole.len() - 10);
    }
}
