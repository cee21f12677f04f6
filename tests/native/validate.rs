use std::fs;
use std::path::Path;

use blender_gsd::color::named;
use blender_gsd::exr::Attribute;
use blender_gsd::frame::Region;
use serde_json::{Value, json};

use super::{Answer, Made, folder, names_in, run};

fn validate(path: &Path, options: &[&str]) -> Answer {
    let start = ["validate-output".as_ref(), "--path".as_ref(), path.as_os_str()];
    run(start.into_iter().chain(options.iter().map(AsRef::as_ref)))
}

/// The findings of one check in the first shot, as JSON.
fn found(report: &Value, check: &str) -> Vec<Value> {
    let issues = report["shots"][0]["issues"].as_array().unwrap();
    issues.iter().filter(|issue| issue["check"] == check).cloned().collect()
}

/// The first finding of a check whose description holds these words.
#[track_caller]
fn finding(report: &Value, check: &str, words: &str) -> Value {
    let issues = found(report, check);
    let issue = issues.iter().find(|issue| issue["description"].as_str().unwrap().contains(words));
    issue.unwrap_or_else(|| panic!("no {words:?} in {issues:#?}")).clone()
}

fn outcome<'a>(report: &'a Value, check: &str) -> &'a str {
    let checks = report["shots"][0]["checks"].as_array().unwrap();
    checks.iter().find(|result| result["id"] == check).unwrap()["outcome"].as_str().unwrap()
}

/// A folder with `shot.1001.exr` and so on.
fn sequence(numbers: impl IntoIterator<Item = u32>, make: impl Fn(u32) -> Made) -> tempfile::TempDir {
    let folder = folder();
    for number in numbers {
        make(number).write(folder.path().join(format!("shot.{number}.exr")));
    }
    folder
}

/// A small frame with grain of its own.
fn small(number: u32) -> Made {
    Made::new(96, 64).with_pixels(move |x, y| super::grain(x + 1000 * number, y))
}

#[test]
fn a_sound_sequence_has_no_technical_finding_and_ends_with_0() {
    let folder = sequence(1001..=1003, small);
    let answer = validate(folder.path(), &["--json", "--format", "none"]);
    let report = answer.json();
    assert_eq!(report["summary"]["frames"], 3);
    assert_eq!(report["shots"][0]["shot_id"], "shot");
    assert_eq!(report["shots"][0]["frame_range"], json!([1001, 1003]));
    for check in ["resolution_match", "frame_rate_correct", "color_space_valid"] {
        assert_eq!(found(&report, check), Vec::<Value>::new());
        assert_eq!(outcome(&report, check), "pass");
    }
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert_eq!(names_in(folder.path()).len(), 3, "nothing is written beside the frames");
}

#[test]
fn a_missing_frame_is_named() {
    let folder = sequence([1001, 1002, 1004, 1007], small);
    let answer = validate(folder.path(), &["--json", "--format", "none"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    let report = answer.json();
    assert_eq!(finding(&report, "frame_rate_correct", "Frame 1003 is missing")["frame"], 1003);
    assert_eq!(finding(&report, "frame_rate_correct", "Frames 1005 to 1006 are missing")["frame"], 1005);
}

#[test]
fn an_area_of_nan_is_found_to_the_pixel() {
    let with_nan = |number| {
        let made = small(number);
        let made = made.with_windows(Region::new(100, 50, 96, 64), Region::new(100, 50, 96, 64));
        if number != 1002 {
            return made;
        }
        made.with_pixels(|x, y| {
            let is_inside = (30..34).contains(&x) && (20..23).contains(&y);
            if is_inside { [0.2, f32::NAN, 0.2] } else { super::grain(x, y) }
        })
    };
    let folder = sequence(1001..=1003, with_nan);
    let report = validate(folder.path(), &["--json", "--format", "none"]).json();
    let issue = finding(&report, "color_space_valid", "NaN");
    assert_eq!(issue["frame"], 1002);
    assert_eq!(issue["region"], json!([30, 20, 4, 3]), "in pixels of the display window, from its top left");
    assert_eq!(issue["measured"], 12.0);
    assert_eq!(issue["severity"], "error");
    assert!(issue["file"].as_str().unwrap().ends_with("shot.1002.exr"));
    assert_eq!(report["shots"][0]["metrics"]["non_finite_pixels"], json!([0.0, 12.0, 0.0]));
}

#[test]
fn sizes_rates_and_primaries_are_held_against_the_format() {
    let wrong = |number| {
        small(number)
            .with(Attribute::rational("framesPerSecond", 24000, 1001))
            .with(Attribute::chromaticities(&named::AP0))
            .without("colorInteropID")
    };
    let folder = sequence(1001..=1002, wrong);
    let answer = validate(folder.path(), &["--json"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    let report = answer.json();
    assert_eq!(report["shots"][0]["files"][0]["kind"], "master_exr");
    finding(&report, "resolution_match", "The picture is 96x64, the spec asks for 4096x1716");
    let rate = finding(&report, "frame_rate_correct", "24000/1001");
    assert_eq!(rate["limit"], 24.0);
    finding(&report, "color_space_valid", "the spec asks for ACEScg");

    // Another format asks for something else; none asks for nothing.
    let other = validate(folder.path(), &["--json", "--format", "prores422"]).json();
    assert_eq!(other["shots"][0]["files"][0]["kind"], "prores_422");
    finding(&other, "resolution_match", "the spec asks for 2048x858");
    let none = validate(folder.path(), &["--json", "--format", "none"]).json();
    assert_eq!(none["shots"][0]["files"][0]["kind"], "composite");
    assert!(found(&none, "resolution_match").is_empty() && found(&none, "frame_rate_correct").is_empty());
    validate(folder.path(), &["--format", "dnxhd"]).assert_refused("no format is called");
}

#[test]
fn frames_that_cannot_be_read_are_findings_and_the_others_go_on() {
    let folder = sequence(1001..=1006, small);
    let path = |number: u32| folder.path().join(format!("shot.{number}.exr"));
    let whole = small(0).bytes();
    fs::write(path(1002), b"this is no picture at all").unwrap();
    fs::write(path(1003), &whole[..60]).unwrap();
    fs::write(path(1004), &whole[..whole.len() - 40]).unwrap();
    fs::remove_file(path(1005)).unwrap();
    fs::create_dir(path(1005)).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", path(1007)).unwrap();
    let answer = validate(folder.path(), &["--json", "--format", "none"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    let report = answer.json();
    let mut unreadable = vec![1002, 1003];
    if cfg!(unix) {
        unreadable.push(1007);
    }
    let issues = found(&report, "resolution_match");
    let numbers: Vec<_> = issues
        .iter()
        .filter(|issue| issue["description"].as_str().unwrap().starts_with("The frame cannot be read"))
        .map(|issue| issue["frame"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, unreadable);
    let partial = finding(&report, "resolution_match", "A part of the frame cannot be read");
    assert_eq!((partial["frame"].clone(), partial["region"].clone()), (json!(1004), json!([0, 48, 96, 16])));
    // A folder that is called like a frame is none.
    finding(&report, "frame_rate_correct", "Frame 1005 is missing");
    assert_eq!(report["summary"]["frames"], 5 + u32::from(cfg!(unix)));
}

#[test]
fn two_files_for_one_frame_are_told() {
    let folder = folder();
    for name in ["shot.1.exr", "shot.0001.exr", "shot.2.exr"] {
        small(0).write(folder.path().join(name));
    }
    let report = validate(folder.path(), &["--json", "--format", "none"]).json();
    finding(&report, "frame_rate_correct", "Two files stand for frame 1");
}

#[test]
fn every_sequence_of_a_folder_is_a_shot_of_its_own() {
    let folder = folder();
    fs::create_dir_all(folder.path().join("b/deep")).unwrap();
    fs::create_dir(folder.path().join(".hidden")).unwrap();
    for name in ["a.1.exr", "a.2.exr", "still.exr", "b/a.1.EXR", "b/deep/c.1.exr", ".hidden/h.1.exr", ".h.1.exr"] {
        small(0).write(folder.path().join(name));
    }
    fs::write(folder.path().join("notes.txt"), "nothing").unwrap();
    fs::write(folder.path().join("b/cut.mov"), "nothing").unwrap();
    #[cfg(unix)]
    for (target, link) in [("..", "b/up"), (".", "b/here"), ("b", "same"), ("/nowhere/at/all", "gone")] {
        std::os::unix::fs::symlink(target, folder.path().join(link)).unwrap();
    }
    let answer = validate(folder.path(), &["--json", "--format", "none"]);
    let report = answer.json();
    let ids: Vec<&str> = report["shots"].as_array().unwrap().iter().map(|s| s["shot_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["a.#.exr", "still", "b/a.#.EXR", "c", "cut"]);
    let movie = report["shots"][4]["issues"][0]["description"].as_str().unwrap();
    assert!(movie.starts_with("The movie cannot be read: "), "{movie}");
    assert_eq!(report["scene_id"], folder.path().file_name().unwrap().to_str().unwrap());
}

#[test]
fn one_frame_of_a_sequence_is_checked_alone() {
    let folder = sequence([1001, 1003], small);
    let report = validate(&folder.path().join("shot.1003.exr"), &["--json", "--format", "none"]).json();
    assert_eq!(report["shots"][0]["frame_range"], json!([1003, 1003]));
    assert_eq!(report["shots"][0]["shot_id"], "shot");
    assert!(found(&report, "frame_rate_correct").is_empty());
}

#[test]
fn what_cannot_be_checked_is_said_with_the_next_step() {
    let folder = folder();
    fs::create_dir(folder.path().join("below")).unwrap();
    let answer = validate(folder.path(), &[]);
    answer.assert_refused("there is no .exr, .mov or .mp4 file in this folder and the 1 folders below it");
    validate(&folder.path().join("none"), &[]).assert_refused("cannot be opened");
    fs::write(folder.path().join("a.tiff"), "").unwrap();
    validate(&folder.path().join("a.tiff"), &[]).assert_refused("this kind of file is not checked");
    let here = folder.path().to_str().unwrap();
    let answer = run(["validate-output", "--scene", "SCN-002", "--project", here]);
    answer.assert_refused("scene SCN-002 has no deliverables");
    assert!(answer.stderr.contains("next: ") && answer.stderr.contains("batch-export"), "{answer:?}");
}

#[test]
fn the_table_names_checks_findings_and_what_to_do() {
    let folder = sequence([1001, 1003], small);
    let text = validate(folder.path(), &["--format", "none"]).stdout;
    for words in [
        "FAIL  shot  frames 1001 to 1003, 2 files, as composite",
        "layer_edges_invisible",
        "error  frame 1002  frame_rate_correct",
        "[2, limit 3]",
        "next: Render the missing frames.",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert!(!text.contains('\x1b'), "colours are for terminals: {text:?}");
    assert!(text.lines().last().unwrap().starts_with("FAIL"), "{text}");
    let forced = super::program()
        .env("CLICOLOR_FORCE", "1")
        .args(["validate-output".as_ref(), "--path".as_ref(), folder.path().as_os_str()])
        .output()
        .unwrap();
    assert!(forced.stdout.contains(&0x1b));
    let refused = super::program()
        .envs([("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")])
        .args(["validate-output".as_ref(), "--path".as_ref(), folder.path().as_os_str()])
        .output()
        .unwrap();
    assert!(!refused.stdout.contains(&0x1b));
}

#[test]
fn a_frame_of_another_size_is_named_and_the_others_go_on() {
    let other = |number| Made::new(80, 60).with_pixels(move |x, y| super::grain(x + 1000 * number, y));
    let folder = sequence(1001..=1005, |number| if number == 1003 { other(number) } else { small(number) });
    let report = validate(folder.path(), &["--json", "--format", "none"]).json();
    let sizes = found(&report, "resolution_match");
    assert_eq!(sizes.len(), 1, "{sizes:#?}");
    assert_eq!((&sizes[0]["frame"], &sizes[0]["severity"]), (&json!(1003), &json!("error")));
    finding(&report, "resolution_match", "The picture is 80x60, frame 1001 is 96x64");
    assert_eq!(report["summary"]["frames"], 5);
    // The frames after it are compared with one another again, and nothing is said to repeat.
    assert!(found(&report, "frame_rate_correct").is_empty(), "{report:#}");
}
