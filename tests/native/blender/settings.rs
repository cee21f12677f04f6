use std::fs;
use std::path::Path;
use std::process::Command;

use blender_gsd::color::named;
use blender_gsd::frame::SampleType;
use blender_gsd::native::blender::{self, RenderRequest};
use blender_gsd::spec::{Codec, FrameRate, OUTPUT_FORMATS, OutputSpec};
use serde_json::{Value, json};

use super::{blenders, folder, refused, request, shot, small_master, variants, wrapper};

#[test]
fn a_scene_is_set_up_for_each_of_the_four_formats() {
    for blender in blenders() {
        let folder = folder();
        let configured = |spec: &OutputSpec| {
            let request = request(&blender, variants(&blender).join("outputs.blend"), folder.path());
            blender::configure(&RenderRequest { spec: spec.clone(), frames: [1001, 1100], ..request }).unwrap()
        };
        for spec in &OUTPUT_FORMATS {
            let found = configured(spec).settings;
            assert_eq!(found["resolution"], json!(spec.resolution), "{found}");
            assert_eq!([&found["resolution_percentage"], &found["frames"]], [&json!(100), &json!([1001, 1100, 1])]);
            assert_eq!(
                [&found["pixel_aspect"], &found["fps"], &found["fps_base"]],
                [&json!([1.0, 1.0]), &json!(24), &json!(1.0)]
            );
            match &*spec.name {
                "master_exr" => expect(
                    &found,
                    &[
                        ("file_format", "OPEN_EXR_MULTILAYER"),
                        ("exr_codec", "ZIP"),
                        ("color_depth", "16"),
                        ("color_mode", "RGBA"),
                        ("color_management", "FOLLOW_SCENE"),
                    ],
                ),
                "preview_h264" => expect(
                    &found,
                    &[
                        ("file_format", "FFMPEG"),
                        ("container", "MPEG4"),
                        ("codec", "H264"),
                        ("color_management", "OVERRIDE"),
                        ("audio", "NONE"),
                    ],
                ),
                name => {
                    expect(
                        &found,
                        &[("file_format", "FFMPEG"), ("container", "QUICKTIME"), ("color_management", "OVERRIDE")],
                    );
                    let profile = if name == "prores_4444" { "4444" } else { "422_STD" };
                    match found["codec"].as_str() {
                        Some("PRORES") => assert_eq!(found["prores_profile"], profile),
                        // Blenders without ProRes.
                        codec => assert_eq!(codec, Some("PNG")),
                    }
                }
            }
        }
        // Any other spec as well: the rate as an exact ratio, another compression, full floats.
        let other = OutputSpec { compression: Codec::ExrZips, depth: SampleType::Float, ..small_master() };
        let found = configured(&other).settings;
        assert_eq!([&found["fps"], &found["fps_base"]], [&json!(24000), &json!(1001.0)]);
        expect(&found, &[("exr_codec", "ZIPS"), ("color_depth", "32")]);
        let fast = FrameRate { numerator: 60000, denominator: 1001 };
        let found = configured(&OutputSpec { frame_rate: fast, ..small_master() }).settings;
        let rate = found["fps"].as_f64().unwrap() / found["fps_base"].as_f64().unwrap();
        assert!((rate / fast.as_f64() - 1.0).abs() < 1e-7, "{found}");
    }
}

#[track_caller]
fn expect(found: &Value, settings: &[(&str, &str)]) {
    for &(name, value) in settings {
        assert_eq!(found[name], value, "{name} in {found}");
    }
}

#[cfg(unix)]
#[test]
fn the_working_space_is_what_the_configuration_in_force_says() {
    let installed = &blenders()[0];
    let folder = folder();
    let script = "import os, bpy; print('DATA', bpy.utils.system_resource('DATAFILES'))";
    let output =
        Command::new(installed).args(["--background", "--factory-startup", "--python-expr", script]).output().unwrap();
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    let data = output.lines().find_map(|line| line.strip_prefix("DATA ")).unwrap();
    let own = Path::new(data).join("colormanagement");
    let text = fs::read_to_string(own.join("config.ocio")).unwrap();
    // Blender's own configuration with another working space, which every Blender has under some name.
    let name = ["Linear ACEScg", "ACEScg"].into_iter().find(|name| text.contains(&format!("name: {name}"))).unwrap();
    let configured = |edit: &dyn Fn(&str) -> String| {
        let lines: Vec<String> = text.lines().map(edit).collect();
        let path = folder.path().join("config.ocio");
        let search = format!("search_path: [\"{0}/luts\", \"{0}/filmic\"]", own.display());
        fs::write(&path, lines.join("\n").replace("search_path: \"luts:filmic\"", &search)).unwrap();
        let program = wrapper(folder.path(), installed, &format!("OCIO='{}' exec \"$BLENDER\" \"$@\"", path.display()));
        blender::configure(&request(&program, shot(), folder.path()))
    };
    let to_aces = |line: &str| match line.trim_start().split_once(": ") {
        Some(("scene_linear" | "rendering" | "default_float", _)) => {
            format!("{}: {name}", line.split(':').next().unwrap_or_default())
        }
        _ => line.to_owned(),
    };
    let found = configured(&to_aces).unwrap();
    assert_eq!(found.working_space.chromaticities, named::AP1);
    // Without the role by which Blender measures, its measurement is a guess; the name alone is not known.
    let without_roles = |line: &str| match line.trim_start().split_once(": ") {
        Some(("aces_interchange" | "cie_xyz_d65_interchange" | "XYZ", _)) => String::new(),
        Some(("scene_linear", _)) => format!("  scene_linear: {name}"),
        _ => line.to_owned(),
    };
    match configured(&without_roles) {
        Ok(found) => assert_eq!(found.working_space.chromaticities, named::AP1),
        Err(error) => assert!(error.to_string().contains("aces_interchange"), "{error}"),
    }
}

#[test]
fn what_cannot_be_asked_for_is_refused_with_what_can() {
    let folder = folder();
    let blender = Path::new("blender");
    let refused = |change: &dyn Fn(&mut RenderRequest), allowed: &str| {
        let mut request = request(blender, shot(), folder.path());
        change(&mut request);
        let error = refused(&request);
        assert!(error.kind() == "spec" && error.to_string().contains(allowed), "{error}");
    };
    refused(&|request| request.frames = [1002, 1001], "from a first to a last");
    refused(&|request| request.frames = [0, i32::MAX], "1048574");
    refused(&|request| request.spec.resolution = [3, 858], "4 pixels and up");
    refused(&|request| request.spec.compression = Codec::ProRes422, "ZIPS");
    refused(&|request| request.spec.frame_rate.denominator = 0, "ratio above 0");
    refused(&|request| request.blend = "nothing.blend".into(), "Give a .blend");
    refused(&|request| request.folder = shot(), "Make the folder");
}
