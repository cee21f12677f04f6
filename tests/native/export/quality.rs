use std::fs;

use blender_gsd::color::named;
use blender_gsd::exr::Attribute;
use serde_json::Value;

use super::{Made, Show};

/// What a check answered about a shot.
#[track_caller]
fn outcome<'a>(shot: &'a Value, check: &str) -> &'a Value {
    let checks = shot["checks"].as_array().unwrap();
    &checks.iter().find(|found| found["id"] == check).unwrap()["outcome"]
}

#[track_caller]
fn shot<'a>(report: &'a Value, id: &str) -> &'a Value {
    report["shots"]
        .as_array()
        .unwrap()
        .iter()
        .find(|shot| shot["shot_id"] == id)
        .unwrap_or_else(|| panic!("{report:#}"))
}

/// A frame with its own grain: one that repeats another is a finding.
fn grainy(number: i32) -> Made {
    Made::new(192, 80).with_pixels(move |x, y| super::super::grain(x ^ (number as u32 * 7919), y))
}

#[test]
fn what_was_seen_in_the_pass_is_told_of_the_masters() {
    let show = Show::small();
    // Tags are missing: the composite would have findings, its master has none of them.
    let bare = |number| grainy(number).without("chromaticities").without("colorInteropID").without("framesPerSecond");
    show.shot("S1", 1001..=1003, bare);
    // One frame with a number that is none.
    let broken = |number| {
        Made::new(192, 80).with_pixels(move |x, y| match (number, x, y) {
            (1002, 7, 9) => [f32::NAN, 0.18, 0.18],
            _ => super::super::grain(x ^ (number as u32 * 7919), y),
        })
    };
    show.shot("S2", 1001..=1003, broken);
    let export = show.batch("all", &[]);
    let report = show.report();
    let errors = |issue: &&Value| issue["severity"] == "error";
    let told = export[0]["quality"]["errors"].as_u64().unwrap() as usize;
    assert_eq!(told, shot(&report, "S1")["issues"].as_array().unwrap().iter().filter(errors).count(), "{export:#}");
    assert_eq!((&report["scene_id"], &report["view"]["name"]), (&"SCN-002".into(), &"aces-2.0".into()));
    assert_eq!((&report["summary"]["shots"], &report["summary"]["frames"]), (&2.into(), &6.into()));
    let good = shot(&report, "S1");
    for check in ["resolution_match", "frame_rate_correct", "color_space_valid"] {
        assert_eq!(outcome(good, check), "pass", "{check}: {good:#}");
    }
    let files = good["files"].as_array().unwrap();
    for (file, number) in files.iter().zip(1001..=1003) {
        let name = format!("masters/S1_master.{number}.exr");
        assert_eq!((&file["path"], &file["kind"]), (&name.as_str().into(), &"master_exr".into()));
        assert_eq!(file["bytes"], fs::metadata(show.output(&name)).unwrap().len());
    }
    let bad = shot(&report, "S2");
    let issues = bad["issues"].as_array().unwrap();
    let issue = issues.iter().find(|issue| issue["check"] == "color_space_valid").unwrap();
    assert_eq!((&issue["severity"], &issue["frame"]), (&"error".into(), &1002.into()), "{issue:#}");
    assert_eq!(issue["file"], "masters/S2_master.1002.exr");
    assert_eq!(issue["region"], serde_json::json!([7, 9, 1, 1]));

    // What is kept is not looked at again, what is mended is, and the other shot stays in the report.
    grainy(1002).write(show.frame("S2", 1002));
    let again = show.batch("all", &[]);
    assert_eq!(again[0]["quality"], Value::Null);
    let report = show.report();
    assert_eq!(outcome(shot(&report, "S2"), "color_space_valid"), "pass");
    assert_eq!(shot(&report, "S1")["files"], good["files"]);
}

#[test]
fn masters_that_are_written_anew_are_checked_where_they_lie() {
    let show = Show::small();
    let other = |_| Made::new(96, 40).without("colorInteropID").with(Attribute::chromaticities(&named::REC709));
    show.shot("S1", 1001..=1002, other);
    show.batch("exr", &[]);
    let report = show.report();
    let shot = shot(&report, "S1");
    for check in ["resolution_match", "color_space_valid"] {
        assert_eq!(outcome(shot, check), "pass", "{check}: {shot:#}");
    }
    assert_eq!(shot["files"][1]["path"], "masters/S1_master.1002.exr");
}

#[test]
fn without_masters_the_composite_is_checked_against_no_deliverable_and_nothing_on_request() {
    let show = Show::small();
    show.shot("S1", 1001..=1002, |_| Made::new(192, 80));
    show.batch("preview", &["--no-qc"]);
    assert!(!show.output("qc_report.json").exists());
    show.batch("preview", &[]);
    let report = show.report();
    assert_eq!(shot(&report, "S1")["files"][0]["kind"], "composite");
    show.batch("exr", &[]);
    let report = show.report();
    assert_eq!(shot(&report, "S1")["files"][0]["kind"], "master_exr");
    assert_eq!(report["shots"].as_array().unwrap().len(), 1);
}

#[test]
fn what_headers_of_movies_say_is_in_the_report_whichever_output_is_made_again() {
    let show = Show::small();
    show.shot("S1", 1001..=1003, grainy);
    let export = show.batch("all", &[]);
    let first = show.report();
    let told = shot(&first, "S1");
    let files: Vec<(&str, &str)> = told["files"].as_array().unwrap()[3..]
        .iter()
        .map(|file| (file["kind"].as_str().unwrap(), file["path"].as_str().unwrap()))
        .collect();
    let movies = [
        ("prores_4444", "prores/S1_prores4444.mov"),
        ("prores_422", "prores/S1_prores422.mov"),
        ("preview_h264", "preview/S1_preview.mp4"),
    ];
    assert_eq!(files, movies);
    assert_eq!(first["summary"]["frames"], 3);
    for check in told["checks"].as_array().unwrap() {
        let reason = check["reason"].as_str().unwrap_or_else(|| panic!("{check:#}"));
        let words = match check["id"].as_str().unwrap() {
            "layer_edges_invisible" | "no_modern_elements" => "prores_4444, prores_422, preview_h264: ",
            _ => "prores_4444, prores_422, preview_h264: no frame was looked at: the export compared three of them",
        };
        assert!(reason.contains(words), "{check:#}");
    }
    for check in ["resolution_match", "frame_rate_correct", "color_space_valid"] {
        assert_eq!(outcome(told, check), "pass", "{told:#}");
    }
    let status = told["status"].as_str().unwrap();
    assert_eq!(export[0]["quality"]["status"], status);

    // Of what files were when they were looked at, that of the one that was made again is new.
    let timeless = |report: &Value| {
        let mut shot = shot(report, "S1").clone();
        shot["files"].as_array_mut().unwrap().iter_mut().for_each(|file| file["modified"] = Value::Null);
        shot
    };
    let checks = |report: &Value| timeless(report)["checks"].as_array().unwrap().clone();
    for gone in ["preview/S1_preview.mp4", "masters/S1_master.1002.exr"] {
        fs::remove_file(show.output(gone)).unwrap();
        let again = show.batch("all", &[]);
        assert_eq!(again[0]["quality"]["status"], status, "{gone}: {again:#}");
        for (check, known) in checks(&show.report()).iter().zip(checks(&first)) {
            // Kinds are named in the order in which they were looked at.
            let sorted = |check: &Value| {
                let mut names: Vec<char> = check["reason"].as_str().unwrap().chars().collect();
                names.sort_unstable();
                (check["outcome"].clone(), names)
            };
            assert_eq!(sorted(check), sorted(&known), "{gone}: {check:#}");
        }
        let mut paths: Vec<_> = timeless(&show.report())["files"].as_array().unwrap().clone();
        let mut known = timeless(&first)["files"].as_array().unwrap().clone();
        for files in [&mut paths, &mut known] {
            files.sort_by_key(|file| file["path"].to_string());
        }
        assert_eq!(paths, known, "{gone}");
        for file in shot(&show.report(), "S1")["files"].as_array().unwrap() {
            let path = show.output(file["path"].as_str().unwrap());
            assert_eq!(file["bytes"], fs::metadata(path).unwrap().len(), "{file:#}");
        }
    }
}

#[test]
fn a_rate_is_held_against_the_movies_where_no_master_is_made() {
    let show = Show::small();
    let rate = || Attribute::rational("framesPerSecond", 25, 1);
    show.shot("S1", 1001..=1004, |number| grainy(number).with(rate()));
    show.run(&["export-editorial", "--shot", "S1", "--format", "preview"]);
    let report = show.report();
    assert_eq!(outcome(shot(&report, "S1"), "frame_rate_correct"), "issues", "{report:#}");
}
