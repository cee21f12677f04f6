//! `validate-output` on movies: what the export makes is sound; what ffmpeg spoils is found by its cause.

use std::fs;
use std::path::Path;
use std::process::Command;

use blender_gsd::exr::Attribute;
use serde_json::Value;

use super::export::Show;
use super::{Made, folder, grain, run};

const SETTINGS: &str = "\
[formats.master_exr]\nresolution = [384, 160]\n\
[formats.prores_4444]\nresolution = [384, 160]\n\
[formats.prores_422]\nresolution = [384, 160]\n\
[formats.preview_h264]\nresolution = [384, 160]\n";

/// Hills of colour in soft light, other grain in every frame, and something that moves.
fn frame(number: i32) -> Made {
    let pixel = move |x: u32, y: u32| {
        let (u, v) = (x as f32 / 384.0, y as f32 / 160.0);
        let hills = [0.5 + 0.4 * (7.0 * u).sin(), 0.5 + 0.4 * (5.0 * v + 1.0).cos(), 0.5 + 0.4 * (4.0 * (u + v)).sin()];
        let far = (u - 0.1 - 0.08 * (number - 1001) as f32).abs() + (v - 0.5).abs();
        let light = 0.25 + 0.25 * v + if far < 0.12 { 0.3 } else { 0.0 };
        let noise = grain(x + 1000 * number as u32, y);
        std::array::from_fn(|c| light * hills[c] * (1.0 + 4.0 * (noise[c] - 0.18)))
    };
    Made::new(384, 160).with_pixels(pixel).with(Attribute::rational("framesPerSecond", 24, 1))
}

fn exported(formats: &str) -> Show {
    let show = Show::new(SETTINGS);
    show.shot("SHOT-002-001", 1001..=1008, frame);
    let answer = show.run(&["batch-export", "--scene", "SCN-002", "--formats", formats]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    show
}

fn findings(report: &Value) -> Vec<(String, String, String)> {
    let issues = report["shots"].as_array().unwrap().iter().flat_map(|shot| shot["issues"].as_array().unwrap());
    let text = |issue: &Value, name: &str| issue[name].as_str().unwrap().to_owned();
    issues.map(|issue| (text(issue, "severity"), text(issue, "check"), text(issue, "description"))).collect()
}

#[test]
fn what_the_export_makes_has_no_errors_and_one_report_for_each_shot() {
    let show = exported("all");
    let (junit, summary) = (show.path("qc.xml"), show.path("qc.txt"));
    let more = ["--junit", junit.to_str().unwrap(), "--summary", summary.to_str().unwrap(), "--json"];
    let answer = show.run(&[&["validate-output", "--scene", "SCN-002"][..], &more].concat());
    let report = answer.json();
    let errors: Vec<_> = findings(&report).into_iter().filter(|finding| finding.0 == "error").collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert_eq!(report["shots"].as_array().unwrap().len(), 1);
    let shot = &report["shots"][0];
    assert_eq!((shot["shot_id"].as_str(), &report["scene_id"]), (Some("SHOT-002-001"), &Value::from("SCN-002")));
    let kinds: Vec<&str> =
        shot["files"].as_array().unwrap().iter().map(|file| file["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 8 + 3);
    for kind in ["master_exr", "prores_4444", "prores_422", "preview_h264"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    // Colour was held against the masters, and grain was found again.
    let survival = shot["metrics"]["prores_4444.grain_survival"].as_array().unwrap();
    assert!(survival.len() == 8 && survival.iter().all(|share| share.as_f64().unwrap() > 0.4), "{survival:?}");
    let written: Value = serde_json::from_slice(&fs::read(show.output("qc_report.json")).unwrap()).unwrap();
    assert_eq!(written["shots"], report["shots"]);
    let xml = fs::read_to_string(junit).unwrap();
    assert!(xml.contains("<testsuites name=\"SCN-002\" tests=\"8\" failures=\"0\""), "{xml}");
    assert!(xml.contains("<testcase classname=\"SHOT-002-001\" name=\"frame_rate_correct\""), "{xml}");
    let text = fs::read_to_string(summary).unwrap();
    assert!(text.contains("SHOT-002-001") && !text.contains('\x1b'), "{text}");
    // The report starts where it lies, and the export writes the same when it is asked to validate.
    assert_eq!(shot["files"][0]["path"], "masters/SHOT-002-001_master.1001.exr");
    fs::remove_file(show.output("qc_report.json")).unwrap();
    let again = show.run(&["batch-export", "--scene", "SCN-002", "--formats", "all", "--validate"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.stdout.contains("PASS  SHOT-002-001") || again.stdout.contains("WARN  SHOT-002-001"), "{again:?}");
    let written: Value = serde_json::from_slice(&fs::read(show.output("qc_report.json")).unwrap()).unwrap();
    assert_eq!(written["shots"], report["shots"]);
}

#[test]
fn a_slate_is_no_frame_of_the_shot() {
    let show = Show::new(SETTINGS);
    show.shot("SHOT-002-001", 1001..=1004, frame);
    let answer = show.run(&["batch-export", "--scene", "SCN-002", "--formats", "exr,preview", "--slate", "--no-qc"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let answer = show.run(&["validate-output", "--scene", "SCN-002", "--json"]);
    let found = findings(&answer.json());
    assert!(!found.iter().any(|(severity, ..)| severity == "error"), "{found:#?}");
    assert!(!found.iter().any(|(_, check, _)| check == "frame_rate_correct"), "{found:#?}");
    assert_eq!(answer.json()["shots"][0]["frame_range"], serde_json::json!([1001, 1004]));
}

/// Makes `to` of `from` with ffmpeg.
fn ffmpeg(from: &Path, arguments: &str, to: &Path) {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y", "-i"]).arg(from).args(arguments.split_whitespace()).arg(to);
    assert!(command.status().unwrap().success(), "{arguments}");
}

const TAGS: &str = "-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv";

#[test]
fn spoiled_movies_are_found_by_their_cause() {
    let show = exported("exr,prores");
    let path = show.output("prores/SHOT-002-001_prores4444.mov");
    let sound = show.path("sound.mov");
    fs::rename(&path, &sound).unwrap();
    let encode = |filter: &str| {
        format!("-vf {filter} -c:v prores_ks -profile:v 4 -q:v 4 -pix_fmt yuv444p10le {TAGS} -timecode 00:00:41:17")
    };
    let cases = [
        (encode("setsar=1") + " -r 24000/1001", "frame_rate_correct", "The rate is 24000/1001"),
        (encode("scale=360:160,setsar=1"), "resolution_match", "360x160"),
        (encode("setsar=4/3"), "resolution_match", "not square"),
        (encode("drawbox=x=0:w=2:y=0:h=ih:color=black:t=fill"), "resolution_match", "A black line of 2 px"),
        (encode("drawbox=x=100:w=60:y=40:h=40:color=white:t=fill"), "no_clipped_highlights", "legal maximum"),
        (encode("drawbox=x=100:w=60:y=40:h=40:color=black:t=fill"), "no_crushed_blacks", "shadows are crushed"),
        (encode("scale=in_range=limited:out_range=full"), "color_space_valid", "narrow range was stretched to full"),
        (encode("scale=in_color_matrix=bt709:out_color_matrix=bt601"), "color_space_valid", "channels are mixed"),
        (
            encode(
                "format=gbrp12le,lutrgb=r=gammaval(1.2):g=gammaval(1.2):b=gammaval(1.2),scale=out_color_matrix=bt709:out_range=tv",
            ),
            "color_space_valid",
            "transfer function",
        ),
        (encode("shuffleframes=0|2|1|3"), "frame_rate_correct", "shows master"),
        (encode("trim=end_frame=6"), "frame_rate_correct", "its masters are 8"),
        (encode("gblur=sigma=1.5"), "grain_visible", "of the masters' grain"),
        (
            "-c copy -bsf:v prores_metadata=color_primaries=smpte170m:color_trc=bt709:colorspace=smpte170m".into(),
            "color_space_valid",
            "colour tags are",
        ),
        (format!("-c:v prores_ks -profile:v 2 {TAGS}"), "resolution_match", "The codec is prores Standard"),
    ];
    for (arguments, check, words) in cases {
        ffmpeg(&sound, &arguments, &path);
        assert_found(&show, check, words, &arguments);
    }
    let bytes = fs::read(&sound).unwrap();
    fs::write(&path, &bytes[..bytes.len() * 2 / 3]).unwrap();
    assert_found(&show, "frame_rate_correct", "The header counts 8 frames", "a third is missing");
    // Of another width, by the container's word.
    let entry = bytes.windows(4).position(|name| name == b"ap4h").unwrap() + 4;
    let mut lying = bytes.clone();
    lying[entry + 24..entry + 26].copy_from_slice(&400_u16.to_be_bytes());
    fs::write(&path, lying).unwrap();
    assert_found(&show, "resolution_match", "The container says 400x160, the pictures are 384x160", "another width");
    // The header says what it said; there is nothing behind it.
    let start = bytes.windows(4).position(|name| name == b"mdat").unwrap() + 4;
    let mut empty = bytes.clone();
    empty[start..].fill(0);
    fs::write(&path, empty).unwrap();
    assert_found(&show, "frame_rate_correct", "No frame of the movie can be decoded", "no pictures");
    fs::write(&path, "not a movie").unwrap();
    assert_found(&show, "resolution_match", "The movie cannot be read", "no movie");
}

#[track_caller]
fn assert_found(show: &Show, check: &str, words: &str, what: &str) {
    let answer = show.run(&["validate-output", "--scene", "SCN-002", "--json"]);
    let found = findings(&answer.json());
    let is_it = |finding: &&(String, String, String)| finding.1 == check && finding.2.contains(words);
    let Some(finding) = found.iter().find(is_it) else { panic!("{what}: no {words:?} in {found:#?}") };
    let has_error = found.iter().any(|finding| finding.0 == "error");
    assert_eq!(answer.code, Some(i32::from(has_error)), "{what}: {finding:?}");
    // The masters are as sound as they were.
    assert!(!found.iter().any(|finding| finding.2.contains("frame cannot be read")), "{what}: {found:#?}");
}

#[test]
fn a_movie_alone_is_held_against_what_its_codec_is_for() {
    let folder = folder();
    let path = folder.path().join("a.mov");
    let source = "-f lavfi -i testsrc2=s=192x80:d=0.25:r=24 -c:v prores_ks -profile:v 4 -pix_fmt yuv444p10le";
    let mut command = Command::new("ffmpeg");
    assert!(command.args(["-v", "error"]).args(source.split(' ')).arg(&path).status().unwrap().success());
    let check = |more: &[&str]| {
        let start = ["validate-output", "--json", "--path", path.to_str().unwrap()];
        run([&start, more].concat())
    };
    let report = check(&[]).json();
    assert_eq!(report["shots"][0]["files"][0]["kind"], "prores_4444");
    let found = findings(&report);
    assert!(found.iter().any(|finding| finding.2.contains("192x80, the spec asks for 4096x")), "{found:#?}");
    let none = check(&["--format", "none"]).json();
    assert!(!findings(&none).iter().any(|finding| finding.2.contains("the spec asks for")), "{none:#}");
    assert_eq!(none["shots"][0]["files"][0]["kind"], "movie");
}
