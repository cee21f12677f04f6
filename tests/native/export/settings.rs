use std::fs;

use super::{Made, Show, output, probe, state};
use crate::native::Answer;

fn small(_: i32) -> Made {
    Made::new(192, 80)
}

#[test]
fn init_writes_settings_that_change_nothing_and_no_second_time() {
    let show = Show::small();
    let answer = show.run(&["init"]);
    answer.assert_refused("there is one already");
    let before = show.run(&["init", "--force"]);
    assert_eq!(before.code, Some(0), "{before:?}");
    show.shot("SHOT-002-001", 1001..=1001, small);
    let with = show.batch("all", &["--dry-run"]);
    fs::remove_file(show.path("gsd.toml")).unwrap();
    assert_eq!(show.batch("all", &["--dry-run"]), with);
}

#[test]
fn settings_that_cannot_be_are_told_with_their_line() {
    let show = Show::new("show = \"x\"\n\n[formats.prores_422]\nresolutoin = [1, 2]\n");
    let answer = show.run(&["batch-export", "--scene", "SCN-002", "--formats", "all"]);
    answer.assert_refused("gsd.toml, line 4: unknown field `resolutoin`");
    let refused = |settings: &str, why: &str| {
        let show = Show::new(settings);
        show.shot("SHOT-002-001", 1001..=1001, small);
        show.run(&["batch-export", "--scene", "SCN-002", "--formats", "all"]).assert_refused(why);
    };
    refused("[formats.preview]\nencoder = \"own\"\n", "h264_high has no choice of encoders");
    refused("[formats.prores]\nquality = 200\n", "200 is no quality of ProRes");
}

#[test]
fn a_shot_is_found_in_the_scene_that_has_it() {
    let show = Show::small();
    show.shot("SHOT-002-001", 1001..=1001, small);
    let run = |more: &[&str]| show.run(&[&["export-editorial", "--format", "exr", "--json"], more].concat());
    let answer = run(&["--shot", "SHOT-002-001"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert_eq!(answer.json()[0]["job"]["scene_id"], "SCN-002");
    let folder = show.path("composites/SCN-003/SHOT-002-001");
    fs::create_dir_all(&folder).unwrap();
    small(0).write(folder.join("x.1001.exr"));
    run(&["--shot", "SHOT-002-001"]).assert_refused("several scenes: SCN-002, SCN-003");
    let answer = run(&["--shot", "SHOT-002-001", "--scene", "SCN-003"]);
    assert_eq!(answer.json()[0]["job"]["scene_id"], "SCN-003");
    run(&["--shot", "SHOT-002-009"]).assert_refused("there is no composite of shot SHOT-002-009");
    run(&["--shot", "SHOT-002-001", "--format", "dnxhd"]).assert_refused("no format is called");
    let answer = show.run(&["batch-export", "--scene", "SCN-009", "--formats", "all"]);
    answer.assert_refused("scene SCN-009 has no shot");
}

#[test]
fn names_and_folders_are_the_projects_own() {
    let settings = "show = \"MSG\"\nvendor = \"ACME\"\nversion = 12\n\
        [composites]\npath = \"shots/{shot}/{shot}_v012.{frame}.exr\"\n\
        [output]\nfolder = \"to_client/{scene}/v{version}\"\nname = \"{show}_{scene}_{shot}_{task}_{vendor}_v{version}\"\n\
        [formats.dailies]\nlike = \"preview\"\nresolution = [96, 40]\npath = \"dailies/{name}.mp4\"\n";
    let show = Show::new(settings);
    let folder = show.path("shots/SHOT-002-001");
    fs::create_dir_all(&folder).unwrap();
    for number in 1001..=1002 {
        small(number).write(folder.join(format!("SHOT-002-001_v012.{number}.exr")));
        // An older version beside it.
        small(number).write(folder.join(format!("SHOT-002-001_v011.{number}.exr")));
    }
    let report = show.batch("dailies", &[]);
    let name = "dailies/MSG_SCN-002_SHOT-002-001_comp_ACME_v012.mp4";
    let path = show.path("to_client/SCN-002/v012").join(name);
    assert_eq!(output(&report, "SHOT-002-001", "dailies")["path"], path.to_str().unwrap());
    assert_eq!(probe(&path, "stream=nb_frames").split(' ').next(), Some("2"));
}

#[test]
fn a_look_of_the_show_and_of_the_shot_is_in_the_picture_and_in_the_file() {
    let settings = format!("[view]\nlut = \"looks/show.cube\"\ncdl = \"looks/{{shot}}.cdl\"\n{}", super::SMALL);
    let show = Show::new(&settings);
    fs::create_dir_all(show.path("looks")).unwrap();
    let lut = "LUT_3D_SIZE 2\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n";
    fs::write(show.path("looks/show.cube"), lut).unwrap();
    fs::write(show.path("looks/S2.cdl"), crate::library::fixture("cdl/shot.cdl")).unwrap();
    show.shot("S1", 1001..=1001, small);
    show.shot("S2", 1001..=1001, small);
    let report = show.batch("preview", &[]);
    let comment = |shot: &str| probe(&show.output(&format!("preview/{shot}_preview.mp4")), "format_tags=comment");
    assert_eq!(comment("S1"), "ACEScg (from colorInteropID) → ACEScct → Rec.709, LUT show.cube");
    assert!(comment("S2").contains("CDL"), "{}", comment("S2"));
    assert_eq!(state(&report, "S1", "preview_h264"), "made");
    assert_eq!(state(&show.batch("preview", &[]), "S1", "preview_h264"), "kept");
    // Another LUT of the same name makes other pictures.
    fs::write(show.path("looks/show.cube"), lut.replace("1 1 1", "0.9 0.9 0.9")).unwrap();
    assert_eq!(state(&show.batch("preview", &[]), "S1", "preview_h264"), "made");
}

#[test]
fn alpha_is_delivered_where_the_composite_has_it_and_nobody_forbids_it() {
    use blender_gsd::exr::{self, Picture};
    use blender_gsd::frame::{Plane, Region, Samples};
    let window = Region::new(0, 0, 192, 80);
    let plane = |name: &str, value: f32| Plane { name: name.into(), samples: Samples::Float(vec![value; 192 * 80]) };
    // Half covered, light multiplied by that.
    let planes = [plane("R", 0.09), plane("G", 0.09), plane("B", 0.09), plane("A", 0.5)];
    let picture = Picture { data_window: window, display_window: window, planes: &planes, attributes: &[] };
    let write = |show: &Show| {
        fs::create_dir_all(show.path("composites/SCN-002/S1")).unwrap();
        fs::write(show.frame("S1", 1001), exr::encode(&picture).unwrap()).unwrap();
    };
    let show = Show::small();
    write(&show);
    show.batch("prores,prores422", &["--view", "untonemapped"]);
    let path = show.output("prores/S1_prores4444.mov");
    let size = 192 * 80;
    let frame = super::decoded(&path, "yuva444p12le", 4 * size).remove(0);
    let mean =
        |plane: usize| frame[plane * size..(plane + 1) * size].iter().map(|&c| f64::from(c)).sum::<f64>() / size as f64;
    // 0.18 is what is covered: BT.1886, narrow range. In 4:2:2, without alpha, it is over black.
    let luma = |light: f64| (219.0 * light.powf(1.0 / 2.4) + 16.0) * 16.0;
    assert!((mean(0) - luma(0.18)).abs() < 12.0, "{} {}", mean(0), luma(0.18));
    assert!((mean(3) - 2047.5).abs() < 8.0, "{}", mean(3));
    let frame = super::decoded(&show.output("prores/S1_prores422.mov"), "yuv422p10le", 2 * 96 * 40).remove(0);
    assert!((f64::from(frame[20 * 96 + 48]) * 4.0 - luma(0.09)).abs() < 12.0, "{}", frame[20 * 96 + 48]);

    let show = Show::new(&format!("{}[formats.without]\nlike = \"prores\"\nalpha = false\n", super::SMALL));
    write(&show);
    let report = show.batch("without", &[]);
    let path = output(&report, "S1", "without")["path"].as_str().unwrap();
    assert_eq!(probe(path.as_ref(), "stream=pix_fmt").split(' ').next(), Some("yuv444p12le"));
}

#[test]
fn help_has_examples() {
    for command in ["export-editorial", "batch-export", "init"] {
        let answer: Answer = super::super::run([command, "--help"]);
        assert!(answer.code == Some(0) && answer.stdout.contains("Examples:"), "{answer:?}");
    }
}

#[test]
fn whatever_changes_about_a_movie_it_is_made_again() {
    let show = Show::new("[formats.prores_422]\nresolution = [96, 40]\nquality = 10\n");
    show.shot("S1", 1001..=1002, small);
    show.batch("prores422", &[]);
    assert_eq!(state(&show.batch("prores422", &[]), "S1", "prores_422"), "kept");
    let mut settings = "[formats.prores_422]\nquality = 10\n".to_owned();
    for change in [
        "resolution = [64, 32]",
        "frame_rate = \"24000/1001\"",
        "compression = \"prores_422_hq\"",
        "encoder = \"prores_ks\"",
    ] {
        settings += &format!("{change}\n");
        fs::write(show.path("gsd.toml"), &settings).unwrap();
        assert_eq!(state(&show.batch("prores422", &[]), "S1", "prores_422"), "made", "{change}");
    }
}

#[test]
fn quality_is_checked_as_it_is_used() {
    let refused = |settings: &str, why: &str| {
        let show = Show::new(settings);
        show.shot("S1", 1001..=1001, small);
        show.run(&["batch-export", "--scene", "SCN-002", "--formats", "all"]).assert_refused(why);
    };
    refused("[formats.prores]\nencoder = \"prores_ks\"\nquality = 65\n", "65 is no quality of ProRes");
    refused(
        "[formats.prores]\nquality = 100\n[formats.b]\nlike = \"prores\"\nencoder = \"prores_ks\"\n",
        "100 is no quality",
    );
    // The rate factor of H.264 means nothing to ProRes.
    let settings = "[formats.preview]\nquality = 0\nresolution = [96, 40]\n\
                    [formats.b]\nlike = \"preview\"\nformat = \"QUICKTIME\"\ncompression = \"prores_422\"\n";
    let show = Show::new(settings);
    show.shot("S1", 1001..=1001, small);
    assert_eq!(state(&show.batch("b", &[]), "S1", "b"), "made");
}

#[test]
fn flat_frames_are_exported_at_any_quality() {
    for encoder in ["own", "prores_ks"] {
        let show = Show::new(&format!(
            "[formats.prores_4444]\nresolution = [96, 40]\nencoder = \"{encoder}\"\nquality = 60\n"
        ));
        show.shot("S1", 1001..=1002, |_| Made::new(96, 40).with_pixels(|_, _| [0.0; 3]));
        assert_eq!(state(&show.batch("prores", &[]), "S1", "prores_4444"), "made", "{encoder}");
    }
}
