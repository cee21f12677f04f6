use std::fs;
use std::path::Path;

use blender_gsd::color::named;
use blender_gsd::exr::cryptomatte::id_of_name;
use blender_gsd::exr::{self, Attribute, Picture};
use blender_gsd::frame::{Plane, Region, Samples};
use half::f16;
use serde_json::{Value, json};

use super::{folder, run};

const SIZE: [u32; 2] = [400, 200];

/// A master with mattes: rectangles, in pixels of the picture.
fn write_mattes(path: &Path, objects: &[(&str, Region)]) {
    write(path, objects, Region::new(0, 0, SIZE[0], SIZE[1]));
}

fn write(path: &Path, objects: &[(&str, Region)], display: Region) {
    let entries: Vec<String> = objects
        .iter()
        .map(|(name, _)| format!("{}:\"{:08x}\"", serde_json::to_string(name).unwrap(), id_of_name(name)))
        .collect();
    let attribute = |field: &str, value: &str| Attribute::text(&format!("cryptomatte/1234567/{field}"), value);
    let attributes = [
        Attribute::chromaticities(&named::AP1),
        Attribute::text("colorInteropID", "lin_ap1_scene"),
        attribute("name", "CryptoObject"),
        attribute("hash", "MurmurHash3_32"),
        attribute("conversion", "uint32_to_float32"),
        attribute("manifest", &format!("{{{}}}", entries.join(","))),
    ];
    let window = Region::new(display.x, display.y, SIZE[0], SIZE[1]);
    let pixels = (0..SIZE[1]).flat_map(|y| (0..SIZE[0]).map(move |x| (display.x + x as i32, display.y + y as i32)));
    let ids: Vec<u32> = pixels
        .map(|(x, y)| objects.iter().find(|(_, at)| at.contains_pixel(x, y)).map_or(0, |(name, _)| id_of_name(name)))
        .collect();
    let coverage = ids.iter().map(|&id| if id == 0 { 0.0 } else { 1.0 }).collect();
    let grey = || Samples::Half(vec![f16::from_f32(0.18); ids.len()]);
    let plane = |name: &str, samples| Plane { name: name.into(), samples };
    let planes = [
        plane("B", grey()),
        plane("CryptoObject00.G", Samples::Float(coverage)),
        plane("CryptoObject00.R", Samples::Float(ids.iter().copied().map(f32::from_bits).collect())),
        plane("G", grey()),
        plane("R", grey()),
    ];
    let picture = Picture { data_window: window, display_window: display, planes: &planes, attributes: &attributes };
    fs::write(path, exr::encode(&picture).unwrap()).unwrap();
}

fn check(path: &Path) -> Value {
    run([
        "validate-output".as_ref(),
        "--path".as_ref(),
        path.as_os_str(),
        "--json".as_ref(),
        "--format".as_ref(),
        "none".as_ref(),
    ])
    .json()
}

fn found(report: &Value) -> Vec<Value> {
    let issues = report["shots"][0]["issues"].as_array().unwrap();
    issues.iter().filter(|issue| issue["check"] == "no_modern_elements").cloned().collect()
}

fn result(report: &Value) -> Value {
    let checks = report["shots"][0]["checks"].as_array().unwrap();
    checks.iter().find(|check| check["id"] == "no_modern_elements").unwrap().clone()
}

#[test]
fn a_name_on_screen_is_one_finding_over_the_shot_with_its_exact_share_and_box() {
    let folder = folder();
    let cab = ("Taxi_CrownVic", Region::new(0, 150, 400, 50));
    for (frame, at) in [(1001, [10, 20, 20, 40]), (1002, [30, 20, 40, 40]), (1003, [60, 20, 10, 40])] {
        let phone = Region::from(at.map(i64::from));
        write_mattes(&folder.path().join(format!("shot.{frame}.exr")), &[("Prop_iPhone_14", phone), cab]);
    }
    write_mattes(&folder.path().join("shot.1004.exr"), &[("drone.001", Region::new(5, 5, 2, 1)), cab]);
    let report = check(folder.path());
    let issues = found(&report);
    assert_eq!(issues.len(), 2, "{issues:#?}");
    let (phone, drone) = (&issues[0], &issues[1]);
    assert_eq!(phone["severity"], "error");
    assert_eq!(phone["category"], "period");
    assert_eq!(
        [&phone["frame"], &phone["last_frame"], &phone["peak_frame"]],
        [&json!(1001), &json!(1003), &json!(1002)]
    );
    assert_eq!(phone["region"], json!([30, 20, 40, 40]));
    assert_eq!(phone["measured"], json!(1600.0 / 80000.0));
    assert!(phone["file"].as_str().unwrap().ends_with("shot.1002.exr"), "the box is that of the peak: {phone}");
    assert!(phone["description"].as_str().unwrap().contains("\"Prop_iPhone_14\""), "{phone}");
    // Two pixels of 80000 are less than 0.005 %.
    assert_eq!((&drone["severity"], &drone["region"]), (&json!("info"), &json!([5, 5, 2, 1])));
    assert_eq!(drone["frame"], 1004);
    let shares = report["shots"][0]["metrics"]["modern_share"].as_array().unwrap();
    assert_eq!(shares[..3], [json!(0.01), json!(0.02), json!(0.005)]);
    let result = result(&report);
    assert_eq!((&result["outcome"], &result["measured"]), (&json!("issues"), &json!(0.02)));
}

#[test]
fn boxes_are_relative_to_the_display_window() {
    let folder = folder();
    let display = Region::new(-100, 50, SIZE[0], SIZE[1]);
    write(&folder.path().join("a.exr"), &[("Segway", Region::new(-90, 60, 30, 20))], display);
    let issues = found(&check(folder.path()));
    assert_eq!(issues[0]["region"], json!([10, 10, 30, 20]));
}

#[test]
fn a_shot_of_its_time_passes_and_says_what_was_not_looked_at() {
    let folder = folder();
    write_mattes(&folder.path().join("a.exr"), &[("Payphone", Region::new(0, 0, 50, 50))]);
    let clean = result(&check(folder.path()));
    assert_eq!(clean["outcome"], "pass");
    assert!(clean["reason"].as_str().unwrap().contains("no .blend and no metadata"), "{clean}");
    // Nothing says what is in a frame without mattes.
    let bare = super::folder();
    super::Made::new(96, 64).write(bare.path().join("a.exr"));
    let untested = result(&check(bare.path()));
    assert_eq!(untested["outcome"], "not_applicable");
    assert!(untested["reason"].as_str().unwrap().contains("no Cryptomatte"), "{untested}");
}

#[test]
fn metadata_beside_the_frames_is_judged() {
    let folder = folder();
    let frame = super::Made::new(96, 64).with(Attribute::text("prompt", "a street with a LinkNYC kiosk"));
    frame.write(folder.path().join("SHOT-002-001_comp.1001.exr"));
    let handoff = json!({
        "shot": "SHOT-002-001",
        "assets": ["NYPD_Caprice", "props/citibike_dock.blend"],
        "prompt": "yellow cabs, an LED billboard",
        "negative_prompt": "smartphone, drone",
        "notes": "the client saw a segway",
    });
    fs::write(folder.path().join("SHOT-002-001.json"), handoff.to_string()).unwrap();
    fs::write(folder.path().join("SHOT-002-002.json"), json!({ "assets": ["iphone"] }).to_string()).unwrap();
    let report = check(folder.path());
    let issues = found(&report);
    assert!(issues.iter().all(|issue| issue["region"].is_null()));
    let mut told: Vec<(String, String)> = issues.iter().map(accusation).collect();
    told.sort();
    let expected = [("citibike", "error"), ("led_billboard", "warning"), ("linknyc", "error"), ("segway", "info")];
    assert_eq!(told, pairs(&expected));
    assert_eq!(result(&report)["outcome"], "issues");
}

#[test]
fn what_a_view_must_show_is_missed() {
    let folder = folder();
    let frame = folder.path().join("SHOT-001-001.1001.exr");
    fs::write(
        folder.path().join("SHOT-001-001.json"),
        json!({ "view": "Lower Manhattan from the harbor" }).to_string(),
    )
    .unwrap();
    write_mattes(&frame, &[("WoolworthBuilding", Region::new(0, 0, 50, 50))]);
    let issues = found(&check(folder.path()));
    assert_eq!(issues.len(), 1, "{issues:#?}");
    assert!(issues[0]["description"].as_str().unwrap().contains("wtc_present"), "{issues:#?}");
    assert_eq!(issues[0]["severity"], "error");
    write_mattes(&frame, &[("BG_WTC_NorthTower", Region::new(0, 0, 50, 50))]);
    assert_eq!(found(&check(folder.path())), Vec::<Value>::new());
    // Where nothing tells what is in the view, that is said.
    super::Made::new(96, 64).write(&frame);
    let untested = result(&check(folder.path()));
    assert!(
        untested["reason"].as_str().unwrap().contains("nothing says whether the view has the Twin Towers"),
        "{untested}"
    );
}

#[test]
fn damaged_metadata_is_told_and_the_year_comes_from_the_project() {
    let folder = folder();
    write_mattes(&folder.path().join("a.exr"), &[("MetroCard", Region::new(0, 0, 50, 50))]);
    fs::write(folder.path().join("a.json"), "{\"assets\": [").unwrap();
    let report = check(folder.path());
    assert_eq!(report["period_year"], 1998);
    assert!(result(&report)["reason"].as_str().unwrap().contains("a.json, line 1"), "{}", result(&report));
    fs::write(folder.path().join("gsd.toml"), "[period]\nyear = 1985\n").unwrap();
    let project = folder.path().to_str().unwrap();
    let answer = run(["validate-output", "--path", project, "--project", project, "--json", "--format", "none"]);
    let report = answer.json();
    assert_eq!(report["period_year"], 1985);
    assert!(found(&report)[0]["description"].as_str().unwrap().contains("not before 1994"), "{report}");
    fs::write(folder.path().join("gsd.toml"), "[period]\nyears = 1985\n").unwrap();
    run(["validate-output", "--path", project, "--project", project]).assert_refused("gsd.toml");
}

#[test]
fn names_are_explained() {
    let answer = run(["period", "explain", "iPhone_14", "drone_bee", "MetroCard", "fire hydrant"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    for words in
        ["not in 1998", "smartphone", "\"bee\" says that it is something else", "it was there in 1998", "no rule knows"]
    {
        assert!(answer.stdout.contains(words), "{words} in {}", answer.stdout);
    }
    let explained = run(["period", "explain", "--json", "--year", "1985", "MetroCard"]).json();
    assert_eq!(explained[0]["out_of_time"], true);
    assert_eq!(explained[0]["considered"][0]["rule"]["id"], "metrocard");
    assert_eq!(explained[0]["considered"][0]["verdict"], "fires");
    assert_eq!(run(["period", "explain", "payphone"]).code, Some(0));
}

#[test]
fn rules_are_listed() {
    let answer = run(["period", "rules", "metrocard", "--year", "1985"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert!(answer.stdout.contains("1994") && answer.stdout.contains("for 1985"), "{}", answer.stdout);
    let rules = run(["period", "rules", "--json"]).json();
    assert!(rules.as_array().unwrap().len() > 150);
}

#[test]
fn files_of_all_kinds_are_checked_for_their_period() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("prompt.txt"), "a man with a vape\nNegative prompt: iphone").unwrap();
    fs::write(path("negative_prompt.txt"), "iphone").unwrap();
    write_mattes(Path::new(&path("a.exr")), &[("Drone", Region::new(0, 0, 50, 50))]);
    let answer = run(["period", "check", &path("prompt.txt"), &path("negative_prompt.txt"), &path("a.exr"), "--json"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    let issues = answer.json();
    let texts: Vec<&str> =
        issues.as_array().unwrap().iter().map(|issue| issue["description"].as_str().unwrap()).collect();
    assert!(texts.len() == 3 && texts[0].contains("vape") && texts[1].contains("Drone"), "{texts:#?}");
    run(["period", "check", &path("nothing.exr")]).assert_refused("nothing.exr");
}

/// `period check --json` of one path: rule and severity of every finding, sorted.
fn accusations(path: &Path) -> Vec<(String, String)> {
    let issues = run(["period".as_ref(), "check".as_ref(), "--json".as_ref(), path.as_os_str()]).json();
    let mut told: Vec<(String, String)> = issues.as_array().unwrap().iter().map(accusation).collect();
    told.sort();
    told
}

fn accusation(issue: &Value) -> (String, String) {
    let text = issue["description"].as_str().unwrap();
    let rule = text.split("(rule ").nth(1).unwrap().split(')').next().unwrap();
    (rule.to_owned(), issue["severity"].as_str().unwrap().to_owned())
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(rule, severity)| ((*rule).to_owned(), (*severity).to_owned())).collect()
}

#[test]
fn a_scene_file_is_judged_by_what_renders_show() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/blend");
    // The drone is a camera, the notes are notes, the Segway is switched off.
    let expected = [
        ("area_code_646", "error"),
        ("citibike", "error"),
        ("hoverboard", "info"),
        ("qr", "error"),
        ("segway", "info"),
        ("smartphone", "error"),
    ];
    assert_eq!(accusations(&fixtures.join("period.blend")), pairs(&expected));
    assert_eq!(accusations(&fixtures.join("period_5.blend")), pairs(&expected));
    assert_eq!(accusations(&fixtures.join("shot.blend")), []);
}

#[test]
fn libraries_are_followed_within_the_project_only() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/blend");
    let folder = folder();
    fs::write(folder.path().join("gsd.toml"), "").unwrap();
    fs::create_dir(folder.path().join("shot")).unwrap();
    let scene = folder.path().join("shot/period_user.blend");
    fs::copy(fixtures.join("period_user.blend"), &scene).unwrap();
    assert_eq!(accusations(&scene), [], "the library is not there");
    fs::copy(fixtures.join("period.blend"), folder.path().join("shot/period.blend")).unwrap();
    let of_library = accusations(&scene);
    assert!(of_library.contains(&("smartphone".into(), "warning".into())), "{of_library:?}");
    // Out of the project through a link.
    #[cfg(unix)]
    {
        fs::remove_file(folder.path().join("shot/period.blend")).unwrap();
        std::os::unix::fs::symlink(fixtures.join("period.blend"), folder.path().join("shot/period.blend")).unwrap();
        assert_eq!(accusations(&scene), []);
    }
}
