use std::fs;

use serde_json::{Value, json};

use super::Project;

#[test]
fn the_page_carries_report_metadata_and_thumbnails_and_hostile_text_stays_text() {
    let project = Project::new();
    let hostile = "</script><script>alert(1)</script><!-- ]]> & \u{2028}";
    project.hand_over("scene.json", &json!({ "prompt": hostile }).to_string());
    project.find("warning", 1002);
    project.report(|report| report["shots"][0]["issues"][0]["description"] = hostile.into());
    assert_eq!(project.create(&[]).code, Some(0));
    let page = fs::read_to_string(project.package().join("review.html")).unwrap();
    let open = "<script type=\"application/json\" id=\"gsd-package\">";
    let (before, rest) = page.split_once(open).unwrap();
    let (data, after) = rest.split_once("</script>").unwrap();
    assert_eq!((before, after), ("<!doctype html><p>page</p>", "<p>end</p>"));
    assert!(!data.contains(['<', '>', '&']));
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["metadata"]["scene"]["prompt"], hostile);
    assert_eq!(data["metadata"]["shots"]["SHOT-002-002"]["seed"], 7);
    assert_eq!(data["qc_report"]["shots"][0]["issues"][0]["description"], hostile);
    assert_eq!(data["files"].as_array().unwrap().len(), 12);
    let thumbnail = data["thumbnails"]["SHOT-002-001"].as_str().unwrap();
    assert!(thumbnail.starts_with("data:image/jpeg;base64,/9j/"), "{thumbnail}");
}

#[test]
fn a_page_that_has_no_place_for_the_package_is_refused() {
    let project = Project::new();
    fs::write(project.page(), "<!doctype html>").unwrap();
    project.create(&[]).assert_refused("this page has no place for a package");
    fs::remove_file(project.page()).unwrap();
    project.create(&[]).assert_refused("cannot be read");
}
