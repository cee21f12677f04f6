use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use blender_gsd::qc::QcReport;
use serde_json::{Value, json};

use super::package::peers::peer;
use super::{Answer, Made, folder, names_in, program, run};

/// A shot with a missing frame and a NaN: findings with and without a region.
fn faulty() -> tempfile::TempDir {
    let folder = folder();
    Made::new(96, 64).write(folder.path().join("shot.1001.exr"));
    let nan = Made::new(96, 64).with_pixels(|x, y| if x == 5 && y == 6 { [f32::NAN; 3] } else { super::grain(x, y) });
    nan.write(folder.path().join("shot.1003.exr"));
    folder
}

fn validate(path: &Path, options: &[&str]) -> Answer {
    let mut command = program();
    command.env("SOURCE_DATE_EPOCH", "911433600").arg("validate-output").arg("--path").arg(path).args(options);
    Answer::of(command.output().unwrap())
}

/// The names of an object are `required`, and perhaps some of `optional`.
#[track_caller]
fn assert_names(object: &Value, required: &[&str], optional: &[&str]) {
    let found: BTreeSet<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    for name in required {
        assert!(found.contains(name), "{name} is not in {found:?}");
    }
    for name in found {
        assert!(required.contains(&name) || optional.contains(&name), "{name} is not in the contract");
    }
}

#[test]
fn the_report_has_the_names_of_the_contract() {
    let folder = faulty();
    let report = validate(folder.path(), &["--json"]).json();
    let top = ["schema_version", "generator", "generated_at", "scene_id", "view", "period_year", "summary", "shots"];
    assert_names(&report, &top, &[]);
    assert_names(&report["generator"], &["name", "version"], &[]);
    assert_names(&report["view"], &["name", "display"], &[]);
    assert_names(&report["summary"], &["status", "errors", "warnings", "infos", "shots", "frames"], &[]);
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["generated_at"], "1998-11-19T00:00:00Z");
    assert_eq!(report["view"], json!({ "name": "aces-2.0", "display": "rec709" }));
    assert_eq!(report["period_year"], 1998);

    let shot = &report["shots"][0];
    let names = ["shot_id", "status", "frame_range", "files", "checks", "issues", "metrics"];
    assert_names(shot, &names, &[]);
    assert_names(&shot["files"][0], &["path", "kind"], &["bytes", "modified"]);
    for check in shot["checks"].as_array().unwrap() {
        assert_names(check, &["id", "outcome"], &["reason", "measured", "limit", "unit"]);
        assert!(["pass", "issues", "not_applicable"].contains(&check["outcome"].as_str().unwrap()));
        // What could not be tested says why.
        assert!(check["outcome"] != "not_applicable" || check["reason"].is_string(), "{check}");
    }
    let ids: Vec<&str> = shot["checks"].as_array().unwrap().iter().map(|check| check["id"].as_str().unwrap()).collect();
    let eight = [
        "resolution_match",
        "frame_rate_correct",
        "color_space_valid",
        "no_clipped_highlights",
        "no_crushed_blacks",
        "grain_visible",
        "no_modern_elements",
        "layer_edges_invisible",
    ];
    assert_eq!(ids, eight);
    let issues = shot["issues"].as_array().unwrap();
    for issue in issues {
        let names = ["check", "severity", "category", "description", "frame", "region", "file"];
        assert_names(issue, &names, &["last_frame", "peak_frame", "measured", "limit", "suggestion"]);
        assert!(eight.contains(&issue["check"].as_str().unwrap()));
        assert!(["error", "warning", "info"].contains(&issue["severity"].as_str().unwrap()));
        assert!(["technical", "visual", "period"].contains(&issue["category"].as_str().unwrap()));
        assert!(issue["region"].is_null() || issue["region"].as_array().unwrap().len() == 4);
    }
    assert!(issues.iter().any(|issue| issue["region"] == json!([5, 6, 1, 1])));
    assert!(issues.iter().any(|issue| issue["region"].is_null()));
    for row in shot["metrics"].as_object().unwrap().values() {
        assert_eq!(row.as_array().unwrap().len(), 3, "one value a frame of the range");
    }
}

#[test]
fn the_file_the_output_and_the_library_agree() {
    let (folder, elsewhere) = (faulty(), folder());
    let path = elsewhere.path().join("qc_report.json");
    let printed = validate(folder.path(), &["--json", "--report", path.to_str().unwrap()]);
    assert_eq!(printed.code, Some(1), "{printed:?}");
    let written = fs::read_to_string(&path).unwrap();
    assert_eq!(written, printed.stdout, "the same bytes, and the same every time");
    assert_eq!(validate(folder.path(), &["--json"]).stdout, written);
    let report: QcReport = serde_json::from_str(&written).unwrap();
    assert_eq!(report.summary.frames, 2);
    assert_eq!(names_in(elsewhere.path()), ["qc_report.json"]);
    assert_eq!(names_in(folder.path()).len(), 2);
}

#[test]
fn a_report_that_cannot_be_written_is_told_before_the_work() {
    let folder = faulty();
    let place = folder.path().join("none/qc_report.json");
    validate(folder.path(), &["--report", place.to_str().unwrap()]).assert_refused("does not exist");
    validate(folder.path(), &["--report", folder.path().to_str().unwrap()]).assert_refused("this is a folder");
}

#[test]
fn a_wrong_time_is_refused() {
    let folder = faulty();
    for wrong in ["yesterday", "99999999999999999999", "999999999999999"] {
        let mut command = program();
        command.env("SOURCE_DATE_EPOCH", wrong).arg("validate-output").arg("--path").arg(folder.path());
        Answer::of(command.output().unwrap()).assert_refused("SOURCE_DATE_EPOCH");
    }
}

fn published_schema() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/qc_report.schema.json")
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    let answer = run(["validate-output", "--schema"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let published = fs::read_to_string(published_schema()).unwrap();
    let next = "blender-gsd validate-output --schema > schemas/qc_report.schema.json";
    assert!(answer.stdout == published, "the types have changed; if that is meant: {next}");
}

#[test]
fn reports_are_as_the_published_schema_says() {
    let elsewhere = folder();
    let report = |name: &str, path: &Path, options: &[&str]| {
        let report = elsewhere.path().join(name);
        validate(path, &[options, &["--report", report.to_str().unwrap()]].concat());
        report
    };
    let (faulty, sound) = (faulty(), folder());
    Made::new(96, 64).write(sound.path().join("still.exr"));
    fs::write(sound.path().join("no.mov"), "this is no movie").unwrap();
    let reports = [
        report("faulty.json", faulty.path(), &[]),
        report("format.json", faulty.path(), &["--format", "prores422"]),
        report("none.json", &sound.path().join("still.exr"), &["--format", "none"]),
        report("movie.json", sound.path(), &[]),
    ];
    let Some(python) = peer("python") else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/native/package/schemas.py");
    let output = Command::new(python).arg(script).arg(published_schema()).args(reports).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
