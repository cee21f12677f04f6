use std::fs;
use std::path::Path;

use image::RgbImage;
use serde_json::json;

use super::{Project, json_in};
use crate::native::{Made, names_in, run};

fn jpeg(path: &Path) -> RgbImage {
    image::load_from_memory_with_format(&fs::read(path).unwrap(), image::ImageFormat::Jpeg).unwrap().into_rgb8()
}

/// A scene whose first shot is of one colour, larger than its thumbnail, with a finding of that severity at that region.
fn found(region: serde_json::Value, file: &str, master: &Made) -> Project {
    let project = Project::new();
    for number in 1001..=1004 {
        project.write(&format!("masters/SHOT-002-001_master.{number}.exr"), &master.bytes());
    }
    project.check();
    project.find("error", 1002);
    project.report(|report| {
        let issue = &mut report["shots"][0]["issues"][0];
        issue["region"] = region;
        issue["file"] = file.into();
    });
    project
}

#[test]
fn thumbnails_are_what_convert_shows_and_the_sheet_has_each_of_them() {
    let flat = Made::new(960, 402).with_pixels(|_, _| [0.4, 0.18, 0.05]);
    let project = found(json!(null), "x.exr", &flat);
    assert_eq!(project.create(&["--accept-qc-errors", "test"]).code, Some(0));
    let package = project.package();
    let png = project.0.path().join("frame.png");
    let master = package.join("masters/SHOT-002-001_master.1003.exr");
    let display = ["--display".as_ref(), "srgb".as_ref()];
    let arguments = ["convert".as_ref(), master.as_os_str(), png.as_os_str()].into_iter().chain(display);
    assert_eq!(run(arguments).code, Some(0));
    let mut reader = png::Decoder::new(std::io::Cursor::new(fs::read(&png).unwrap())).read_info().unwrap();
    let mut codes = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut codes).unwrap();

    let thumbnail = jpeg(&package.join("thumbnails/SHOT-002-001.jpg"));
    assert_eq!(thumbnail.dimensions(), (480, 201));
    let near = |found: &image::Rgb<u8>| found.0.iter().zip(&codes).all(|(a, b)| a.abs_diff(*b) <= 3);
    assert!(thumbnail.pixels().all(near), "{:?} is not {:?}", thumbnail.get_pixel(9, 9), &codes[..3]);
    let sheet = jpeg(&package.join("contact_sheet.jpg"));
    assert!(near(sheet.get_pixel(12 + 240, 12 + 100)), "{:?}", sheet.get_pixel(252, 112));
    assert_eq!(sheet.width(), 2 * (480 + 12) + 12);
}

#[test]
fn findings_have_pictures_with_their_boxes_and_the_report_names_them() {
    let flat = Made::new(1600, 400).with_pixels(|_, _| [0.18; 3]);
    // On a movie of twice the width the box lies where it lay in the movie; nobody can decode this one.
    for (file, region) in [
        ("masters/SHOT-002-001_master.1002.exr", [400, 100, 200, 100]),
        ("prores/SHOT-002-001_prores4444.mov", [1024, 429, 512, 429]),
    ] {
        let project = found(json!(region), &format!("/elsewhere/{file}"), &flat);
        assert_eq!(project.create(&["--accept-qc-errors", "test"]).code, Some(0));
        let name = "SHOT-002-001_1002_grain_visible_01.jpg";
        assert_eq!(names_in(&project.package().join("qc")), [name]);
        let picture = jpeg(&project.package().join("qc").join(name));
        assert_eq!(picture.dimensions(), (1280, 320 + 26));
        let is_red = |x: u32, y: u32| {
            let [r, g, b] = picture.get_pixel(x, y).0.map(i32::from);
            r > 150 && r > g + 60 && r > b + 60
        };
        // 1600 became 1280: the box is from 320, 80 to 480, 160.
        assert!((321..=323).any(|x| is_red(x, 120)) && (476..=479).any(|x| is_red(x, 120)), "{file}");
        assert!((81..=83).any(|y| is_red(400, y)) && (156..=159).any(|y| is_red(400, y)), "{file}");
        assert!(!is_red(400, 120) && !is_red(300, 120), "{file}");
        let report = json_in(project.package().join("qc_report.json"));
        let issue = &report["shots"][0]["issues"][0];
        assert_eq!(issue["picture"], format!("qc/{name}"));
        assert_eq!(report["shots"][0]["files"][0]["path"], "masters/SHOT-002-001_master.1001.exr");
    }
}
