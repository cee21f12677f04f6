use std::fs;
use std::path::Path;

use blender_gsd::exr::Attribute;
use serde_json::{Value, json};

use super::{Answer, Made, folder, run};

fn inspect(path: &Path, options: &[&str]) -> Answer {
    run(["inspect".as_ref(), path.as_os_str()].into_iter().chain(options.iter().map(AsRef::as_ref)))
}

#[test]
fn statistics_count_what_is_there() {
    let folder = folder();
    let path = folder.path().join("a.exr");
    let pixels =
        [[0.5, f32::NAN, 1.0], [-0.25, f32::INFINITY, 1.0], [0.25, f32::NEG_INFINITY, 1.0], [1.5, f32::NAN, 1.0]];
    Made::new(4, 40).with_pixels(move |x, _| pixels[x as usize]).write(&path);
    let answer = inspect(&path, &["--json"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let report = answer.json();
    let channel = |name: &str| {
        let channels = report["statistics"]["channels"].as_array().unwrap();
        channels.iter().find(|channel| channel["channel"] == name).unwrap().clone()
    };
    let facts = |name: &str, min: Value, max: Value, mean: Value, counts: [u32; 4]| {
        let [finite, nan, infinite, negative] = counts;
        assert_eq!(
            channel(name),
            json!({ "part": 0, "channel": name, "min": min, "max": max, "mean": mean,
                    "finite": finite, "nan": nan, "infinite": infinite, "negative": negative })
        );
    };
    facts("R", json!(-0.25), json!(1.5), json!(0.5), [160, 0, 0, 40]);
    facts("G", Value::Null, Value::Null, Value::Null, [0, 80, 80, 0]);
    facts("B", json!(1.0), json!(1.0), json!(1.0), [160, 0, 0, 0]);
    assert_eq!(report["parts"][0]["display_window"], json!([0, 0, 4, 40]));
    assert_eq!(report["parts"][0]["color_space"]["name"], "ACEScg");
    assert_eq!(report["layers"][0]["name"], "RGB");

    let text = inspect(&path, &[]).stdout;
    for words in ["ZIP", "4x40 at 0, 0", "ACEScg (from colorInteropID)", "framesPerSecond", "shown first", "-0.25"] {
        assert!(text.contains(words), "{words} in {text}");
    }
    let header_only = inspect(&path, &["--json", "--no-statistics"]).json();
    assert_eq!(header_only["statistics"], Value::Null);
}

#[test]
fn damaged_areas_are_not_in_the_statistics_and_are_named() {
    let folder = folder();
    let path = folder.path().join("a.exr");
    let whole = Made::new(64, 64).bytes();
    fs::write(&path, &whole[..whole.len() - 100]).unwrap();
    let answer = inspect(&path, &["--json"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert!(answer.stderr.contains("64x16 at 0, 48"), "{answer:?}");
    let channels = answer.json()["statistics"]["channels"].clone();
    for channel in channels.as_array().unwrap() {
        assert_eq!(channel["finite"], 64 * 48);
        // The zeros that stand for what is missing are not counted.
        assert!(channel["min"].as_f64().unwrap() > 0.1, "{channel}");
    }
}

#[test]
fn no_file_makes_it_panic_and_every_refusal_has_its_form() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for folder in ["damaged", "compression"] {
        for entry in fs::read_dir(fixtures.join(folder)).unwrap() {
            let answer = inspect(&entry.unwrap().path(), &["--json"]);
            match answer.code {
                Some(0) => drop(answer.json()),
                _ => answer.assert_refused(""),
            }
        }
    }
    inspect(&fixtures, &[]).assert_refused("not a regular file");
    inspect(&fixtures.join("nothing.exr"), &[]).assert_refused("cannot be opened");
}

#[test]
fn names_of_mattes_come_from_the_file() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cryptomatte/multichannel.exr");
    let report = inspect(&path, &["--json", "--no-statistics"]).json();
    let sets = report["cryptomattes"].as_array().unwrap();
    assert_eq!(sets.len(), 3);
    assert!(
        sets.iter().all(|set| !set["names"].as_array().unwrap().is_empty() && set["problem"].is_null()),
        "{sets:?}"
    );
    let objects = inspect(&path, &["--json"]).json()["cryptomattes"][0]["objects"].clone();
    assert_eq!(objects[0]["name"], "toroidal_asset");
    assert_eq!(objects[0]["id"], "1539c043");
    assert_eq!(objects[0]["region"], json!([0, 3, 128, 125]));
    assert!((objects[0]["share"].as_f64().unwrap() - 4459.220658661332 / 16384.0).abs() < 1e-9);
    let text = inspect(&path, &[]).stdout;
    for words in ["crypto_asset  2 names, 6 ranks", "27.217 %", "128x125 at 0, 3", "toroidal_asset"] {
        assert!(text.contains(words), "{words} in {text}");
    }
}

/// The names and the problem of a set whose manifest is said to be the file `name`.
fn sidecar(folder: &Path, name: &str) -> (usize, String) {
    let path = folder.join("shot.exr");
    Made::new(4, 4)
        .with(Attribute::text("cryptomatte/ab12/name", "CryptoObject"))
        .with(Attribute::text("cryptomatte/ab12/manif_file", name))
        .write(&path);
    let set = inspect(&path, &["--json"]).json()["cryptomattes"][0].clone();
    (set["names"].as_array().unwrap().len(), set["problem"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_manifest_beside_the_picture_is_read_and_none_elsewhere() {
    let folder = folder();
    let inner = folder.path().join("inner");
    fs::create_dir_all(inner.join("below")).unwrap();
    let manifest = r#"{"hero": "0a0b0c0d", "table": "ffffffff"}"#;
    for place in ["inner/names.json", "inner/below/names.json", "outside.json"] {
        fs::write(folder.path().join(place), manifest).unwrap();
    }
    fs::write(inner.join("broken.json"), "{").unwrap();
    assert_eq!(sidecar(&inner, "names.json"), (2, String::new()));
    assert_eq!(sidecar(&inner, "below/names.json"), (2, String::new()));
    let absolute = folder.path().join("outside.json");
    let mut outside = vec!["../outside.json", "below/../../outside.json", absolute.to_str().unwrap(), ""];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../outside.json", inner.join("link.json")).unwrap();
        outside.push("link.json");
    }
    for name in outside {
        let (names, problem) = sidecar(&inner, name);
        assert!(names == 0 && problem.contains("outside the picture's folder"), "{name}: {names} {problem}");
    }
    for name in ["none.json", "broken.json", "below"] {
        let (names, problem) = sidecar(&inner, name);
        assert!(names == 0 && problem.contains(name), "{name}: {names} {problem}");
    }
}
