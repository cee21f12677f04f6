use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use blender_gsd::native::models::{MODELS, is_in};
use serde_json::Value;

use super::folder;

/// The binary, with its models in `models`.
fn command(models: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blender-gsd"));
    command.env("BLENDER_GSD_MODELS", models).args(arguments);
    command
}

/// Where the tests' models are, if they are.
fn installed() -> Option<PathBuf> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/models");
    let is_there = MODELS.iter().all(|model| is_in(model, &models));
    if !is_there {
        println!("SKIPPED: {} does not have the models", models.display());
    }
    is_there.then_some(models)
}

fn answers(models: &Path) -> Vec<bool> {
    let output = command(models, &["models", "list", "--json"]).output().unwrap();
    let listed: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    listed.iter().map(|model| model["installed"].as_bool().unwrap()).collect()
}

#[test]
fn an_empty_folder_has_no_models_and_a_folder_without_them_gives_none() {
    let (models, from) = (folder(), folder());
    assert_eq!(answers(models.path()), [false, false]);
    fs::write(from.path().join("ch_PP-OCRv4_det_infer.onnx"), "no model").unwrap();
    let from_option = from.path().to_str().unwrap();
    let output = command(models.path(), &["models", "install", "--from", from_option]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("there is no ch_PP-OCRv4_det_infer.onnx with the SHA-256 d2a7720d"), "{said}");
    assert_eq!(fs::read_dir(models.path()).unwrap().count(), 0);
}

#[test]
fn what_is_damaged_is_told_and_installed_again() {
    let Some(from) = installed() else { return };
    let models = folder();
    let name = "ch_PP-OCRv4_rec_infer.onnx";
    let mut bytes = fs::read(from.join(name)).unwrap();
    bytes[1_000_000] ^= 1;
    fs::write(models.path().join(name), &bytes).unwrap();
    let error = blender_gsd::native::models::load(models.path()).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("the model is not there"), "{error}");
    fs::copy(from.join("ch_PP-OCRv4_det_infer.onnx"), models.path().join("ch_PP-OCRv4_det_infer.onnx")).unwrap();
    let error = blender_gsd::native::models::load(models.path()).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains(name) && error.contains("this is not the model it should be"), "{error}");
    assert_eq!(answers(models.path()), [true, false]);

    let from = from.to_str().unwrap();
    let output = command(models.path(), &["models", "install", "--from", from]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(answers(models.path()), [true, true]);
}

#[test]
fn the_report_says_whether_text_was_looked_for() {
    let frame = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/demo/composites/SCN-002/SHOT-002-002/SHOT-002-002_comp.1001.exr");
    let reason = |models: &Path| -> String {
        let arguments = ["validate-output", "--path", frame.to_str().unwrap(), "--json", "--format", "none"];
        let output = command(models, &arguments).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let checks = report["shots"][0]["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["id"] == "no_modern_elements").unwrap();
        check["reason"].as_str().unwrap_or_default().to_owned()
    };
    let nothing = reason(folder().path());
    assert!(nothing.contains("no model is installed (`blender-gsd models install`)"), "{nothing}");
    if let Some(models) = installed() {
        let read = reason(&models);
        assert!(!read.contains("text was not looked for"), "{read}");
    }
}
