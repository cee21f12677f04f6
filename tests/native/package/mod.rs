//! `create-package`, `verify-package`: the tree, what other programs read in it, every refusal.

/// From composites to a package by one command.
mod made;
/// The review page that carries the package.
mod page;
/// What opentimelineio and ascmhl say of a package.
pub(super) mod peers;
/// Thumbnails, the contact sheet, findings with their boxes.
mod pictures;
/// Everything that must not be packaged, and everything that was changed afterwards.
mod refused;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Answer, Made, folder, names_in, run};

/// A project with a scene of two shots: deliverables that were checked, and a handoff.
struct Project(TempDir);

impl Project {
    fn new() -> Self {
        let project = Self(folder());
        for shot in ["SHOT-002-001", "SHOT-002-002"] {
            for number in 1001..=1004 {
                project.write(&format!("masters/{shot}_master.{number}.exr"), &Made::new(8, 8).bytes());
            }
            project.write(&format!("prores/{shot}_prores4444.mov"), shot.as_bytes());
            project.write(&format!("preview/{shot}_preview.mp4"), shot.as_bytes());
            let handoff = json!({ "shot_id": shot, "seed": 7, "camera": { "lens_mm": 35 }, "handles": "unknown" });
            project.hand_over(&format!("shots/{shot}.json"), &handoff.to_string());
        }
        write(&project.page(), b"<!doctype html><p>page</p><!--gsd-package--><p>end</p>");
        project.hand_over("scene.json", r#"{ "prompt": "Seventh Avenue, 1998" }"#);
        project.check();
        project
    }

    fn source(&self) -> PathBuf {
        self.0.path().join("output/editorial/SCN-002")
    }

    fn package(&self) -> PathBuf {
        self.0.path().join("packages/SCN-002")
    }

    /// In the review page's place, which may be built or not.
    fn page(&self) -> PathBuf {
        self.0.path().join("page.html")
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        write(&self.source().join(name), bytes);
    }

    fn hand_over(&self, name: &str, text: &str) {
        write(&self.0.path().join("handoff/compositing/SCN-002").join(name), text.as_bytes());
    }

    /// The report of the masters, without findings; of the movies it says no more than that they were looked at.
    fn check(&self) {
        let report = self.source().join("qc_report.json");
        let masters = self.source().join("masters");
        let answer = run([
            "validate-output".as_ref(),
            "--path".as_ref(),
            masters.as_os_str(),
            "--format".as_ref(),
            "none".as_ref(),
            "--report".as_ref(),
            report.as_os_str(),
        ]);
        assert!(report.is_file(), "{answer:?}");
        self.report(|report| {
            for shot in report["shots"].as_array_mut().unwrap() {
                shot["issues"] = json!([]);
                let name = shot["shot_id"].as_str().unwrap().trim_end_matches("_master").to_owned();
                let files = shot["files"].as_array_mut().unwrap();
                files.push(json!({ "path": format!("prores/{name}_prores4444.mov"), "kind": "prores_4444" }));
                files.push(json!({ "path": format!("preview/{name}_preview.mp4"), "kind": "preview_h264" }));
            }
        });
    }

    fn report(&self, change: impl FnOnce(&mut Value)) {
        let path = self.source().join("qc_report.json");
        let mut report: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut report);
        fs::write(path, report.to_string()).unwrap();
    }

    /// A finding in the first shot.
    fn find(&self, severity: &str, frame: i32) {
        self.report(|report| {
            let shot = &mut report["shots"][0];
            let file = shot["files"][0]["path"].clone();
            shot["issues"].as_array_mut().unwrap().push(json!({
                "check": "grain_visible", "severity": severity, "category": "visual",
                "description": "no\tgrain \"here\"", "frame": frame, "region": null, "file": file,
            }));
        });
    }

    fn create(&self, more: &[&str]) -> Answer {
        self.create_in(&self.0.path().join("packages"), more)
    }

    fn create_in(&self, output: &Path, more: &[&str]) -> Answer {
        let project = self.0.path().to_str().unwrap();
        let output = output.to_str().unwrap();
        let fixed = ["create-package", "--project", project, "--scene", "SCN-002", "--output", output, "--no-export"];
        let page = self.page();
        run(fixed.iter().chain(&["--review-page", page.to_str().unwrap()]).chain(more))
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn json_in(path: impl AsRef<Path>) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn verify(package: &Path) -> Answer {
    run(["verify-package".as_ref(), package.as_os_str(), "--json".as_ref()])
}

#[test]
fn a_package_is_the_tree_that_editorial_expects() {
    let project = Project::new();
    let answer = project.create(&["--json"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let made = answer.json();
    assert_eq!(made["shots"], json!(["SHOT-002-001", "SHOT-002-002"]));
    assert_eq!(made["master_files"]["SHOT-002-002"], "masters/SHOT-002-002_master.1001.exr");

    let package = project.package();
    let conform = ["SCN-002.ale", "SCN-002.csv", "SCN-002.edl", "SCN-002.otio"];
    let folders = ["ascmhl", "contact_sheet.jpg", "masters", "metadata", "preview", "prores", "qc_report.json"];
    let more = ["review.html", "thumbnails"];
    assert_eq!(names_in(&package), [&conform[..], &folders[..], &more[..]].concat());
    assert_eq!(names_in(&package.join("masters")).len(), 8);
    assert_eq!(names_in(&package.join("metadata/shots")), ["SHOT-002-001.json", "SHOT-002-002.json"]);
    let hidden = names_in(&project.0.path().join("packages"));
    assert_eq!(hidden, [".SCN-002.blender-gsd-lock", "SCN-002"], "nothing half done is left");
    for name in ["masters/SHOT-002-001_master.1004.exr", "prores/SHOT-002-002_prores4444.mov"] {
        assert_eq!(fs::read(package.join(name)).unwrap(), fs::read(project.source().join(name)).unwrap());
    }
    let answer = verify(&package);
    assert_eq!((answer.code, &answer.json()["unchanged"]), (Some(0), &json!(24)), "{answer:?}");
}

#[test]
fn metadata_keeps_what_the_handoff_says_and_adds_what_was_found() {
    let project = Project::new();
    assert_eq!(project.create(&["--handles", "1"]).code, Some(0));
    let shot = json_in(project.package().join("metadata/shots/SHOT-002-001.json"));
    assert_eq!((&shot["seed"], &shot["camera"]["lens_mm"]), (&json!(7), &json!(35)));
    assert_eq!((&shot["handles"], &shot["handoff"]["handles"]), (&json!(1), &json!("unknown")));
    assert_eq!((&shot["frame_range"], &shot["cut_range"]), (&json!([1001, 1004]), &json!([1002, 1003])));
    assert_eq!(shot["timecode"]["start"], "00:00:41:17");
    assert_eq!(shot["exr"][0]["color_space"]["name"], "ACEScg");
    assert_eq!(shot["files"].as_array().unwrap().len(), 6);
    assert_eq!(shot["files"][0]["kind"], "master_exr");
    let scene = json_in(project.package().join("metadata/scene_metadata.json"));
    assert_eq!(scene["prompt"], "Seventh Avenue, 1998");
    assert_eq!(scene["shots"][1]["shot_id"], "SHOT-002-002");
}

#[test]
fn a_run_goes_on_where_one_was_stopped_and_makes_a_package_again_when_asked() {
    let project = Project::new();
    let building = project.0.path().join("packages/.SCN-002.blender-gsd-part");
    // A copy that a kill cut short has neither the length nor the time of its source; a stale file is not wanted.
    write(&building.join("masters/SHOT-002-001_master.1001.exr"), b"half");
    write(&building.join("masters/SHOT-002-001_master.1002.exr.part"), b"half");
    write(&building.join("metadata/shots/SHOT-009-009.json"), b"{}");
    assert_eq!(project.create(&[]).code, Some(0));
    assert_eq!(verify(&project.package()).code, Some(0));
    assert_eq!(names_in(&project.package().join("metadata/shots")).len(), 2);

    project.write("prores/SHOT-002-001_prores4444.mov", b"a new movie");
    project.check();
    project.create(&[]).assert_refused("there is something of the package's name already");
    assert_eq!(project.create(&["--replace", "--hard-links"]).code, Some(0));
    let movie = fs::read(project.package().join("prores/SHOT-002-001_prores4444.mov")).unwrap();
    assert_eq!(movie, b"a new movie");
    assert_eq!(verify(&project.package()).code, Some(0));
    assert_eq!(names_in(&project.0.path().join("packages")).len(), 2, "the old one is gone");
}

#[test]
fn the_table_has_every_shot() {
    let project = Project::new();
    project.find("warning", 1002);
    assert_eq!(project.create(&["--handles", "1"]).code, Some(0));
    let text = fs::read_to_string(project.package().join("SCN-002.csv")).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    let first = "SCN-002,SHOT-002-001,1001,1004,1002,1003,1,2,24,00:00:41:18,00:00:41:20,01:00:00:00,01:00:00:02,\
                 prores_4444,prores/SHOT-002-001_prores4444.mov,0,1,0";
    assert_eq!(lines[1], first);
    assert!(lines[2].contains("01:00:00:02,01:00:00:04"), "{}", lines[2]);
}
