use std::fs;

use serde_json::json;

use super::{Answer, Project, json_in, verify, write};

/// The package was refused, and nothing stands in its place.
#[track_caller]
fn assert_refused(project: &Project, answer: &Answer, what: &str) {
    answer.assert_refused(what);
    assert!(!project.package().exists());
}

#[test]
fn errors_are_shipped_only_with_a_reason_and_the_reason_is_kept() {
    let project = Project::new();
    project.find("error", 1002);
    assert_refused(&project, &project.create(&[]), "the quality control found 1 error");
    assert_refused(&project, &project.create(&["--accept-qc-errors", " "]), "the quality control found 1 error");
    assert_eq!(project.create(&["--accept-qc-errors", "temp, as agreed"]).code, Some(0));
    let scene = json_in(project.package().join("metadata/scene_metadata.json"));
    assert_eq!(scene["qc"]["accepted_errors"], "temp, as agreed");
}

#[test]
fn missing_deliverables_are_named() {
    let project = Project::new();
    fs::remove_file(project.source().join("preview/SHOT-002-002_preview.mp4")).unwrap();
    fs::create_dir_all(project.0.path().join("composites/SCN-002/SHOT-002-009")).unwrap();
    let answer = project.create(&[]);
    assert_refused(&project, &answer, "SHOT-002-002 (preview); SHOT-002-009 (master, ProRes, preview)");
    let project = Project::new();
    fs::remove_file(project.source().join("masters/SHOT-002-002_master.1002.exr")).unwrap();
    assert_refused(&project, &project.create(&[]), "shot SHOT-002-002: no master of frame 1002");
    fs::remove_dir_all(project.source()).unwrap();
    assert_refused(&project, &project.create(&[]), "scene SCN-002 has neither deliverables nor composites");
}

#[test]
fn two_shots_of_one_name_are_refused() {
    let project = Project::new();
    project.write("masters/SHOT-002-001_master.exr", b"");
    assert_refused(&project, &project.create(&[]), "two masters are of shot SHOT-002-001");
    let project = Project::new();
    project.write("preview/shot-002-001_preview.mp4", b"");
    assert_refused(&project, &project.create(&[]), "two shots are called shot-002-001");
    let project = Project::new();
    project.hand_over("shots/other.json", r#"{ "shot_id": "SHOT-002-001" }"#);
    assert_refused(&project, &project.create(&[]), "two handoff files are of shot SHOT-002-001");
}

#[test]
fn what_was_not_checked_or_changed_since_is_refused() {
    let project = Project::new();
    let movie = project.source().join("prores/SHOT-002-001_prores4444.mov");
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    fs::File::options().write(true).open(&movie).unwrap().set_modified(later).unwrap();
    assert_refused(&project, &project.create(&[]), "this file was changed after the quality control");
    // A master is known by what was noted of it: another one of the same length is told, however old it is.
    let project = Project::new();
    let master = project.source().join("masters/SHOT-002-001_master.1002.exr");
    let earlier = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    fs::File::options().write(true).open(&master).unwrap().set_modified(earlier).unwrap();
    let answer = project.create(&[]);
    assert_refused(&project, &answer, "SHOT-002-001_master.1002.exr: this file was changed after the quality control");
    for file in ["prores/SHOT-002-002_prores422.mov", "masters/SHOT-002-002_master.1005.exr"] {
        let project = Project::new();
        project.write(file, b"nobody looked at this");
        let answer = project.create(&[]);
        assert_refused(&project, &answer, &format!("{file}: this file is in no report of the quality control"));
    }
    let project = Project::new();
    project.report(|report| drop(report["shots"].as_array_mut().unwrap().pop()));
    assert_refused(&project, &project.create(&[]), "has no file of shot SHOT-002-002");
    fs::remove_file(project.source().join("qc_report.json")).unwrap();
    assert_refused(&project, &project.create(&[]), "have no report");
    project.write("qc_report.json", b"{");
    assert_refused(&project, &project.create(&[]), "this is no report");
}

#[test]
fn a_broken_handoff_is_named_with_its_line() {
    let project = Project::new();
    project.hand_over("shots/SHOT-002-001.json", "{\n\"seed\": }\n");
    let answer = project.create(&[]);
    assert_refused(&project, &answer, "SHOT-002-001.json, line 2: this handoff file is no JSON object");
    project.hand_over("shots/SHOT-002-001.json", r#"{ "shot_id": "../../etc" }"#);
    assert_refused(&project, &project.create(&[]), "cannot be the name of a shot");
}

#[test]
fn a_package_is_not_put_where_it_would_hurt() {
    let project = Project::new();
    let into = |output: &str| project.create_in(&project.0.path().join(output), &["--replace"]);
    into("output/editorial/SCN-002/packages").assert_refused("the folder that it is made from");
    into("output/editorial").assert_refused("the folder that it is made from");
    assert!(project.source().join("qc_report.json").is_file());
    write(&project.package().join("notes.txt"), b"mine");
    project.create(&["--replace"]).assert_refused("what is there is no package");
    assert_eq!(fs::read(project.package().join("notes.txt")).unwrap(), b"mine");
}

#[test]
#[cfg(unix)]
fn a_full_disk_leaves_the_package_that_was_there() {
    let project = Project::new();
    assert_eq!(project.create(&[]).code, Some(0));
    project.write("prores/SHOT-002-001_prores4444.mov", &[7; 4096]);
    project.check();
    // No file may grow beyond four blocks of 512 bytes: to a program, a disk that is full.
    let script = "trap '' XFSZ; ulimit -f 4; exec \"$@\"";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_blender-gsd"), "create-package", "--scene", "SCN-002"]);
    command.args(["--no-export", "--replace", "--project"]).arg(project.0.path());
    let answer = Answer::of(command.arg("--output").arg(project.0.path().join("packages")).output().unwrap());
    assert_eq!(answer.code, Some(2), "{answer:?}");
    assert!(answer.stderr.contains("cannot be put into the package: File too large"), "{answer:?}");
    assert!(answer.stderr.contains("next: Free some space and run again"), "{answer:?}");
    assert_eq!(verify(&project.package()).code, Some(0), "the old package is whole");
    assert_eq!(project.create(&["--replace"]).code, Some(0));
    assert_eq!(fs::read(project.package().join("prores/SHOT-002-001_prores4444.mov")).unwrap(), [7; 4096]);
}

#[test]
fn what_was_done_to_a_package_is_told() {
    let project = Project::new();
    assert_eq!(project.create(&[]).code, Some(0));
    let package = project.package();
    fs::write(package.join("prores/SHOT-002-001_prores4444.mov"), b"SHOT-002-00X").unwrap();
    fs::remove_file(package.join("qc_report.json")).unwrap();
    fs::write(package.join("masters/new.exr"), b"").unwrap();
    let answer = verify(&package);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    let expected = json!([
        { "difference": "extra", "path": "masters/new.exr" },
        { "difference": "changed", "path": "prores/SHOT-002-001_prores4444.mov" },
        { "difference": "missing", "path": "qc_report.json" },
    ]);
    assert_eq!(answer.json()["differences"], expected);

    let manifest = super::names_in(&package.join("ascmhl")).remove(0);
    let manifest = package.join("ascmhl").join(manifest);
    fs::write(&manifest, fs::read_to_string(&manifest).unwrap().replace("original", "verified")).unwrap();
    verify(&package).assert_refused("is not the one that the history's chain names");
    verify(project.0.path()).assert_refused("there is no ASC MHL history");
}
