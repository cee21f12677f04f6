use std::fs;

use serde_json::{Value, json};

use super::{json_in, verify};
use crate::native::export::Show;
use crate::native::{Answer, Made, grain, names_in};

/// Formats of the film at sizes that take no time, in a project that calls them its own way.
const SETTINGS: &str = "\
show = \"MSG\"\nvendor = \"ACME\"\nversion = 7\n\
[composites]\nhandles = 1\n\
[output]\nname = \"{show}_{shot}_{vendor}_v{version}\"\n\
[formats.master_exr]\nresolution = [192, 80]\n\
[formats.prores_4444]\nresolution = [192, 80]\npath = \"movies/{name}.mov\"\n\
[formats.prores_422]\nresolution = [96, 40]\n\
[formats.preview_h264]\nresolution = [96, 40]\n";

/// Small pictures are errors, which these tests are not about.
const ACCEPT: [&str; 2] = ["--accept-qc-errors", "small samples"];

fn show() -> Show {
    let show = Show::new(SETTINGS);
    for shot in ["SHOT-002-001", "SHOT-002-002"] {
        show.shot(shot, 1001..=1004, |_| Made::new(192, 80));
    }
    show
}

fn create(show: &Show, more: &[&str]) -> Answer {
    let output = show.path("packages");
    let fixed = ["create-package", "--scene", "SCN-002", "--output", output.to_str().unwrap(), "--json"];
    show.run(&[&fixed, &ACCEPT[..], more].concat())
}

#[test]
fn composites_become_a_package_by_one_command_with_the_settings_names() {
    let show = show();
    let answer = create(&show, &["--no-export"]);
    answer.assert_refused("deliverables are missing: SHOT-002-001 (master, ProRes, preview); SHOT-002-002 (");
    assert!(!show.output("").exists(), "nothing was made");

    let answer = create(&show, &[]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let package = show.path("packages/SCN-002");
    let name = "MSG_SHOT-002-001_ACME_v007";
    assert_eq!(answer.json()["prores_files"]["SHOT-002-001"], format!("movies/{name}.mov"));
    assert_eq!(names_in(&package.join("masters"))[3], format!("{name}_master.1004.exr"));
    assert_eq!(names_in(&package.join("preview"))[0], format!("{name}_preview.mp4"));
    assert_eq!(verify(&package).code, Some(0));

    let shot = json_in(package.join("metadata/shots/SHOT-002-001.json"));
    assert_eq!((&shot["handles"], &shot["cut_range"]), (&json!(1), &json!([1002, 1003])));
    assert_eq!(shot["composite"]["path"], "composites/SCN-002/SHOT-002-001/SHOT-002-001_comp.1001.exr");
    assert_eq!(shot["composite"]["files"], 4);
    let exports = shot["exports"].as_array().unwrap();
    let formats: Vec<&Value> = exports.iter().map(|export| &export["format"]).collect();
    assert_eq!(formats, ["master_exr", "prores_4444", "preview_h264"]);
    let movie = &exports[1];
    assert!(movie["tool"].as_str().unwrap().contains("ffmpeg"), "{movie}");
    assert!(movie["arguments"].as_array().unwrap().contains(&json!("encoder=blender-gsd, quantiser 11")), "{movie}");
    assert!(movie["view"].as_str().unwrap().contains("ACES 2.0"), "{movie}");
}

#[test]
fn what_is_out_of_date_is_made_again_and_the_rest_is_kept() {
    let show = show();
    assert_eq!(create(&show, &[]).code, Some(0));
    let time = |name: &str| fs::metadata(show.output(name)).unwrap().modified().unwrap();
    let names = [1, 2].map(|shot| format!("movies/MSG_SHOT-002-00{shot}_ACME_v007.mov"));
    let before = names.each_ref().map(|name| time(name));
    Made::new(192, 80).with_pixels(|_, _| [0.5; 3]).write(show.frame("SHOT-002-002", 1003));
    let stale = "not of the composites and settings that are there now: SHOT-002-002 (master_exr, prores_4444, preview";
    create(&show, &["--replace", "--no-export"]).assert_refused(stale);
    assert_eq!(create(&show, &["--replace"]).code, Some(0));
    let after = names.each_ref().map(|name| time(name));
    assert_eq!(before[0], after[0], "the first shot is as it was");
    assert_ne!(before[1], after[1], "the second was made again");
    assert_eq!(verify(&show.path("packages/SCN-002")).code, Some(0));
}

#[test]
fn a_finding_of_a_lone_frame_is_in_the_cut_and_has_a_picture() {
    let show = Show::small();
    let hole = |x: u32, y: u32| if x < 16 && y < 16 { [f32::NAN; 3] } else { grain(x, y) };
    show.shot("SHOT-002-001", [1001], |_| Made::new(192, 80).with_pixels(hole));
    assert_eq!(create(&show, &[]).code, Some(0));
    let package = show.path("packages/SCN-002");
    assert_eq!(names_in(&package.join("masters")), ["SHOT-002-001_master.exr"]);
    let edl = fs::read_to_string(package.join("SCN-002.edl")).unwrap();
    assert!(edl.contains("* LOC: 01:00:00:00 RED     color_space_valid"), "{edl}");
    let pictures = names_in(&package.join("qc"));
    assert!(pictures.contains(&"SHOT-002-001_1001_color_space_valid_01.jpg".to_owned()), "{pictures:?}");
}

#[test]
fn a_shot_that_cannot_be_exported_is_named_and_the_others_are_kept() {
    let show = show();
    fs::write(show.frame("SHOT-002-002", 1002), b"no picture").unwrap();
    let answer = create(&show, &[]);
    assert_eq!(answer.code, Some(2), "{answer:?}");
    assert!(answer.stderr.contains("SHOT-002-002") && !answer.stderr.contains("SHOT-002-001"), "{answer:?}");
    assert!(!show.path("packages/SCN-002").exists());
    assert!(show.output("movies/MSG_SHOT-002-001_ACME_v007.mov").is_file());
}

#[test]
fn a_format_that_is_there_beside_the_others_is_made_again_too() {
    let show = show();
    show.run(&["batch-export", "--scene", "SCN-002", "--formats", "all"]);
    Made::new(192, 80).with_pixels(|_, _| [0.5; 3]).write(show.frame("SHOT-002-001", 1003));
    create(&show, &["--no-export"]).assert_refused("SHOT-002-001 (master_exr, prores_4444, prores_422, preview_h264)");
    let movie = show.output("prores/MSG_SHOT-002-001_ACME_v007_prores422.mov");
    let before = fs::read(&movie).unwrap();
    assert_eq!(create(&show, &[]).code, Some(0));
    assert!(fs::read(&movie).unwrap() != before, "it has the new frame");
}

#[test]
fn frames_that_were_chosen_stay_chosen() {
    let show = Show::small();
    show.shot("SHOT-002-001", 1001..=1012, |_| Made::new(192, 80));
    let chosen = ["--formats", "all", "--frames", "1005-1008", "--handles", "2"];
    let answer = show.run(&[&["batch-export", "--scene", "SCN-002"], &chosen[..]].concat());
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert_eq!(create(&show, &["--handles", "2", "--no-export"]).code, Some(0));
    let shot = json_in(show.path("packages/SCN-002/metadata/shots/SHOT-002-001.json"));
    assert_eq!((&shot["handles"], &shot["cut_range"]), (&json!(2), &json!([1005, 1008])));
    // Another composite does not make it forgotten.
    Made::new(192, 80).with_pixels(|_, _| [0.5; 3]).write(show.frame("SHOT-002-001", 1006));
    assert_eq!(create(&show, &["--handles", "2", "--replace"]).code, Some(0));
    let shot = json_in(show.path("packages/SCN-002/metadata/shots/SHOT-002-001.json"));
    assert_eq!(shot["cut_range"], json!([1005, 1008]));
}

#[test]
fn a_slate_is_in_the_media_and_not_in_the_cut() {
    let show = Show::new("[formats.prores_4444]\nresolution = [192, 80]\nslate = true\n");
    show.shot("SHOT-002-001", 1001..=1004, |_| Made::new(192, 80));
    assert_eq!(create(&show, &[]).code, Some(0));
    let package = show.path("packages/SCN-002");
    let clip = &json_in(package.join("SCN-002.otio"))["tracks"]["children"][0]["children"][0];
    let range = |range: &Value| [&range["start_time"]["value"], &range["duration"]["value"]].map(Value::as_f64);
    assert_eq!(range(&clip["source_range"]), [Some(1001.0), Some(4.0)]);
    let media = &clip["media_references"];
    assert_eq!(range(&media["prores_4444"]["available_range"]), [Some(1000.0), Some(5.0)]);
    assert_eq!(range(&media["master_exr"]["available_range"]), [Some(1001.0), Some(4.0)]);
    let ale = fs::read_to_string(package.join("SCN-002.ale")).unwrap();
    assert!(ale.contains("\t00:00:41:16\t00:00:41:21\t00:00:00:05\t"), "{ale}");
}
