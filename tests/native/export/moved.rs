use std::fs;
use std::path::Path;

use blender_gsd::exr::Attribute;

use super::survival::{made, three_shots};
use super::{Show, state};
use crate::native::{Answer, program};

const FOUR: &[&str] = &["master_exr", "prores_4444", "prores_422", "preview_h264"];

/// Copies a folder with the times of its files, as `cp -a` does.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (source, target) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if source.is_dir() {
            copy(&source, &target);
            continue;
        }
        fs::copy(&source, &target).unwrap();
        let modified = fs::metadata(&source).unwrap().modified().unwrap();
        fs::File::options().write(true).open(&target).unwrap().set_modified(modified).unwrap();
    }
}

#[test]
fn a_copied_project_is_complete_and_leaves_the_first_alone() {
    let (show, copied) = (three_shots(), Show::small());
    show.batch("all", &[]);
    let before = show.contents();
    copy(&show.path(""), &copied.path(""));
    let report = copied.batch("all", &[]);
    for format in FOUR {
        assert_eq!(state(&report, "SHOT-002-001", format), "kept");
    }
    // What is made again in the copy replaces what is there.
    made(1).write(copied.frame("SHOT-002-001", 1003));
    fs::remove_file(copied.frame("SHOT-002-001", 1006)).unwrap();
    let report = copied.batch("exr", &[]);
    assert_eq!(state(&report, "SHOT-002-001", "master_exr"), "made");
    assert!(!copied.output("masters/SHOT-002-001_master.1006.exr").exists(), "it is no part of it any more");
    assert_eq!(show.contents(), before);
}

#[test]
fn a_project_that_is_reached_by_another_path_is_the_same() {
    let show = three_shots();
    show.batch("all", &[]);
    let folder = show.path("");
    let (parent, name) = (folder.parent().unwrap(), folder.file_name().unwrap().to_str().unwrap());
    for (from, project) in
        [(parent, name.to_owned()), (parent, format!("./{name}/")), (&*folder, ".".into()), (&*folder, String::new())]
    {
        let mut command = program();
        command.current_dir(from).args(["batch-export", "--scene", "SCN-002", "--formats", "all", "--json"]);
        if !project.is_empty() {
            command.args(["--project", &project]);
        }
        let answer = Answer::of(command.output().unwrap());
        assert_eq!(answer.code, Some(0), "{answer:?}");
        for format in FOUR {
            assert_eq!(state(&answer.json(), "SHOT-002-003", format), "kept", "{project:?} in {}", from.display());
        }
    }
}

#[test]
fn another_version_is_made_beside_the_first() {
    let show = Show::small();
    show.shot("S1", 1001..=1003, made);
    let settings = fs::read_to_string(show.path("gsd.toml")).unwrap();
    let version = |number: u32| {
        let output = "[output]\nname = \"{shot}_v{version}\"\n";
        fs::write(show.path("gsd.toml"), format!("version = {number}\n{output}{settings}")).unwrap();
    };
    version(1);
    show.batch("all", &[]);
    let first = show.contents();
    version(2);
    let report = show.batch("all", &[]);
    for format in FOUR {
        assert_eq!(state(&report, "S1", format), "made", "{format}");
    }
    made(9).write(show.frame("S1", 1002));
    show.batch("all", &[]);
    let both = show.contents();
    assert_eq!(both.len(), 2 * first.len(), "{:?}", show.files());
    assert!(first.iter().all(|(name, bytes)| both.get(name) == Some(bytes)), "the first is as it was");
}

#[test]
fn two_formats_with_one_path_are_refused() {
    let show = Show::new("[formats.dailies]\nlike = \"preview_h264\"\npath = \"preview/{name}_preview.mp4\"\n");
    show.shot("S1", 1001..=1002, made);
    let answer = show.run(&["batch-export", "--scene", "SCN-002", "--formats", "preview,dailies"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert!(answer.stdout.contains("formats preview_h264 and dailies would both be"), "{answer:?}");
    assert!(show.files().is_empty());
}

#[test]
fn a_composite_that_says_it_is_no_light_is_refused() {
    let show = Show::small();
    let encoded =
        |number| made(number).without("chromaticities").with(Attribute::text("colorInteropID", "srgb_rec709_display"));
    show.shot("S1", 1001..=1002, encoded);
    let answer = show.run(&["batch-export", "--scene", "SCN-002", "--formats", "all"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert!(answer.stdout.contains("colorInteropID says srgb_rec709_display"), "{answer:?}");
    assert!(show.files().is_empty());
    let settings = fs::read_to_string(show.path("gsd.toml")).unwrap();
    fs::write(show.path("gsd.toml"), format!("[composites]\ncolor_space = \"acescg\"\n{settings}")).unwrap();
    show.batch("exr", &[]);
}
