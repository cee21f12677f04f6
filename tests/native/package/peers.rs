use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::{Answer, Project, verify};

/// A program of `scripts/setup-editorial.sh`.
pub(in crate::native) fn peer(name: &str) -> Option<PathBuf> {
    crate::peer::peer("editorial", name)
}

fn venv() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/editorial")
}

fn ran(command: &mut Command) -> Output {
    command.output().unwrap()
}

/// What the readers understood of the package's conform files.
fn read_back(package: &Path, rate: &str) -> Option<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/native/package/readers.py");
    let output = ran(Command::new(peer("python")?).arg(script).arg(package).args(["SCN-002", rate]));
    let answer = Answer::of(output);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    Some(answer.json())
}

#[test]
fn opentimelineio_reads_the_cut_frame_by_frame() {
    let project = Project::new();
    project.hand_over("shots/SHOT-002-001.json", r#"{ "cut": { "record_in": 0 } }"#);
    project.hand_over("shots/SHOT-002-002.json", r#"{ "cut": { "record_in": 5 } }"#);
    project.find("warning", 1003);
    project.find("warning", 1001);
    assert_eq!(project.create(&["--handles", "1"]).code, Some(0));
    let Some(found) = read_back(&project.package(), "24") else { return };

    assert_eq!(found["start"], "01:00:00:00");
    let [first, gap, second] = [0, 1, 2].map(|place| &found["otio"][place]);
    assert_eq!((&first["source"], &first["record"]), (&json!([1002.0, 2.0]), &json!([0.0, 2.0])));
    assert_eq!((&gap["kind"], &gap["source"]), (&json!("Gap"), &json!([0.0, 3.0])));
    assert_eq!((&second["source"], &second["record"]), (&json!([1002.0, 2.0]), &json!([5.0, 7.0])));
    let media = &found["media"][1];
    assert_eq!(media["prores_4444"], json!(["prores/SHOT-002-002_prores4444.mov", [1001.0, 4.0]]));
    assert_eq!(media["preview_h264"][0], "preview/SHOT-002-002_preview.mp4");
    let masters = [1001, 1004].map(|number| format!("masters/SHOT-002-002_master.{number}.exr"));
    assert_eq!(media["master_exr"], json!([masters[0], masters[1], [1001.0, 4.0]]));

    let [first, gap, second] = [0, 1, 2].map(|place| &found["edl"][place]);
    assert_eq!((&first["name"], &first["source"]), (&json!("SHOT-002-001"), &json!([1002.0, 2.0])));
    assert_eq!((&gap["kind"], &gap["source"]["1"]), (&json!("Gap"), &Value::Null));
    assert_eq!(second["record"], json!([5.0, 7.0]));
    // The finding in the handles is not part of the cut; the other lies at 01:00:00:01.
    let text = "grain_visible: no grain \"here\"";
    assert_eq!(first["markers"], json!([[86401.0, "YELLOW", text]]));

    assert_eq!(found["ale"], json!([["SHOT-002-001", 1001.0, 4.0], ["SHOT-002-002", 1001.0, 4.0]]));
    assert_eq!(found["ale_header"]["VIDEO_FORMAT"], "CUSTOM");
    assert_eq!(found["ale_header"]["FPS"], "24");
}

#[test]
fn the_cut_is_exact_at_24000_1001_too() {
    let project = Project::new();
    assert_eq!(project.create(&["--rate", "24000/1001"]).code, Some(0));
    let Some(found) = read_back(&project.package(), "24000/1001") else { return };
    assert_eq!(found["edl"][1]["source"], json!([1001.0, 4.0]));
    assert_eq!(found["ale"][1], json!(["SHOT-002-002", 1001.0, 4.0]));
    assert_eq!(found["otio"][1]["record"], json!([4.0, 8.0]));
    assert_eq!(found["ale_header"]["FPS"], "23.976");
}

#[test]
fn ascmhl_agrees_with_the_history() {
    let project = Project::new();
    assert_eq!(project.create(&[]).code, Some(0));
    let package = project.package();
    let (Some(ascmhl), Some(debug)) = (peer("ascmhl"), peer("ascmhl-debug")) else { return };
    let asked = |program: &Path, words: &[&str], path: &Path| {
        // It looks for its schemas in the folder that it is started in.
        let output = ran(Command::new(program).args(words).arg(path).current_dir(venv()));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Answer { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    };
    let history = package.join("ascmhl");
    let manifest = super::names_in(&history).remove(0);
    for (words, name) in [(&["-df"][..], "ascmhl_chain.xml"), (&[], &manifest)] {
        let answer = asked(&debug, &[&["xsd-schema-check"], words].concat(), &history.join(name));
        assert_eq!(answer.code, Some(0), "{answer:?}");
    }
    for (program, words) in [
        (&debug, &["verify", "-v"][..]),
        (&debug, &["verify", "-v", "-dh", "-h", "xxh128"]),
        (&ascmhl, &["diff", "-v"]),
        (&ascmhl, &["info", "-v"]),
        (&ascmhl, &["create", "-v", "-h", "xxh128"]),
    ] {
        let answer = asked(program, words, &package);
        assert_eq!(answer.code, Some(0), "{words:?}: {answer:?}");
        assert!(!answer.stdout.contains("mismatch") && !answer.stdout.contains("failed"), "{answer:?}");
    }
    // Hashes of folders too are those that ascmhl makes: both manifests hold the same.
    let [ours, theirs] = [1, 2].map(|generation| folder_hashes(&package, generation));
    assert!(ours.len() > 5, "{ours:?}");
    assert_eq!(ours, theirs);
    let answer = verify(&package);
    assert_eq!((answer.code, &answer.json()["generations"]), (Some(0), &json!(2)), "{answer:?}");

    std::fs::write(package.join("preview/SHOT-002-001_preview.mp4"), b"SHOT-002-00X").unwrap();
    for (program, words) in [(&debug, &["verify"][..]), (&ascmhl, &["create", "-h", "xxh128"])] {
        assert_ne!(asked(program, words, &package).code, Some(0), "{words:?}");
    }
    assert_eq!(verify(&package).code, Some(1));
}

#[test]
fn metadata_is_as_its_published_schemas_say() {
    let project = Project::new();
    project.find("warning", 1002);
    assert_eq!(project.create(&[]).code, Some(0));
    let Some(python) = peer("python") else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let metadata = project.package().join("metadata");
    let shots = [1, 2].map(|shot| metadata.join(format!("shots/SHOT-002-00{shot}.json")));
    for (schema, files) in [("shot_metadata", &shots[..]), ("scene_metadata", &[metadata.join("scene_metadata.json")])]
    {
        let schema = root.join("schemas").join(format!("{schema}.schema.json"));
        let script = root.join("tests/native/package/schemas.py");
        let output = ran(Command::new(&python).arg(script).arg(schema).args(files));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The hashes of folders in a generation's manifest, sorted.
fn folder_hashes(package: &Path, generation: usize) -> Vec<String> {
    let folder = package.join("ascmhl");
    let start = format!("{generation:04}_");
    let name = super::names_in(&folder).into_iter().find(|name| name.starts_with(&start)).unwrap();
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    let is_folder = |node: &roxmltree::Node<'_, '_>| ["content", "structure"].contains(&node.tag_name().name());
    let hashes = document.descendants().filter(is_folder);
    let mut hashes: Vec<String> = hashes
        .map(|node| format!("{} {}", node.tag_name().name(), node.first_element_child().unwrap().text().unwrap()))
        .collect();
    hashes.sort();
    hashes
}
