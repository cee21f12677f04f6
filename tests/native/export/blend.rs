//! Composites that are .blend files, with the real Blender.

use std::fs;
use std::path::{Path, PathBuf};

use blender_gsd::exr::{Header, Limits};
use blender_gsd::native::FileSource;
use serde_json::Value;

use super::{Made, Show, output, probe, state};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SHOT: &str = "SHOT-002-002";

/// Sizes that Blender renders in no time, and the settings it goes by.
fn settings(more: &str) -> String {
    let table = |name: &str| format!("[formats.{name}]\nresolution = [96, 40]\n");
    let formats = ["master_exr", "prores_4444", "prores_422", "preview_h264"].map(table).concat();
    format!("[composites]\n{more}\n{formats}")
}

/// A project with a shot that is a .blend of four frames.
fn show(more: &str) -> Show {
    let show = Show::new(&settings(more));
    let folder = show.path("composites/SCN-002").join(SHOT);
    fs::create_dir_all(&folder).unwrap();
    fs::copy(Path::new(ROOT).join("tests/fixtures/blend/shot.blend"), folder.join("comp.blend")).unwrap();
    show
}

fn kept_frames(show: &Show) -> PathBuf {
    show.path("output/editorial/.blender-gsd/SCN-002").join(format!("{SHOT}.frames"))
}

fn rendering(report: &Value) -> &Value {
    &report.as_array().unwrap().iter().find(|shot| shot["job"]["shot_id"] == SHOT).unwrap()["rendering"]
}

/// A program in Blender's place; `$REAL` is Blender.
#[cfg(unix)]
fn instead_of_blender(show: &Show, script: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let real = blender_gsd::native::blender::find(None).unwrap().path;
    let path = show.path("blender");
    fs::write(&path, format!("#!/bin/sh\nREAL='{}'\n{script}\nexec \"$REAL\" \"$@\"\n", real.display())).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_blend_is_rendered_once_and_goes_the_way_of_all_composites() {
    let show = show("");
    let report = show.batch("all", &[]);
    for format in ["master_exr", "prores_4444", "prores_422", "preview_h264"] {
        assert_eq!(state(&report, SHOT, format), "made");
    }
    let rendered = rendering(&report);
    assert_eq!((&rendered["rendered"], &rendered["kept"]), (&4.into(), &0.into()), "{rendered}");
    assert!(rendered["tool"].as_str().unwrap().starts_with("Blender "), "{rendered}");
    let note = output(&report, SHOT, "master_exr")["notes"][0].as_str().unwrap().to_owned();
    assert!(note.contains("becomes ACEScg"), "this Blender works in Rec.709: {note}");
    let master = show.output(&format!("masters/{SHOT}_master.1003.exr"));
    let header = Header::read(&FileSource::open(&master).unwrap(), &Limits::default()).unwrap();
    let part = &header.parts[0];
    assert_eq!(part.chromaticities().unwrap().name(), Some("ACEScg"));
    assert_eq!(part.time_code().as_deref(), Some("00:00:41:19"));
    assert_eq!(part.frames_per_second(), Some((24, 1)));
    assert!(part.attributes.iter().any(|attribute| attribute.name.starts_with("cryptomatte/")), "mattes are kept");
    let movie = show.output(&format!("prores/{SHOT}_prores4444.mov"));
    let said = probe(&movie, "stream=nb_frames,pix_fmt:format_tags=comment");
    assert!(said.contains("yuva444p12le") && said.contains('4'), "the composite has alpha: {said}");
    assert!(said.contains("Rec.709 (from the renderer)"), "{said}");

    // Whoever says which frames needs Blender for nothing any more.
    fs::remove_file(&movie).unwrap();
    let report = show.batch("all", &["--frames", "1001-1004", "--blender", "/bin/false"]);
    assert_eq!(state(&report, SHOT, "prores_4444"), "made");
    assert_eq!(state(&report, SHOT, "prores_422"), "kept");
    assert_eq!(rendering(&report)["kept"], 4);

    // Another .blend under the same name.
    let blend = show.path("composites/SCN-002").join(SHOT).join("comp.blend");
    fs::File::options().append(true).open(&blend).unwrap().set_modified(std::time::SystemTime::now()).unwrap();
    let report = show.batch("preview", &[]);
    assert_eq!(rendering(&report)["rendered"], 4);
}

/// Blender 5, which only the slow tests have: its frames come in parts and in another working space.
#[test]
fn the_other_blender_goes_the_same_way() {
    let others = &crate::native::blender::blenders()[1..];
    if others.is_empty() {
        println!("not tested without GSD_SLOW");
    }
    for blender in others {
        let show = show("");
        let report = show.batch("all", &["--frames", "1001-1002", "--blender", blender.to_str().unwrap()]);
        for format in ["master_exr", "prores_4444", "prores_422", "preview_h264"] {
            assert_eq!(state(&report, SHOT, format), "made");
        }
        assert!(rendering(&report)["tool"].as_str().unwrap().starts_with("Blender 5."), "{report:#}");
        let master = show.output(&format!("masters/{SHOT}_master.1002.exr"));
        let header = Header::read(&FileSource::open(&master).unwrap(), &Limits::default()).unwrap();
        assert_eq!(header.parts.len(), 1, "parts became layers");
        let part = &header.parts[0];
        assert_eq!(part.chromaticities().unwrap().name(), Some("ACEScg"));
        assert_eq!(part.time_code().as_deref(), Some("00:00:41:18"));
        assert!(part.attributes.iter().any(|attribute| attribute.name.starts_with("cryptomatte/")), "mattes are kept");
    }
}

#[test]
fn a_dry_run_tells_blenders_command_line_and_renders_nothing() {
    let show = show("start_frame = 101\nrenumber = true");
    let report = show.batch("all", &["--dry-run"]);
    let rendering = rendering(&report);
    assert_eq!(rendering["rendered"], 4);
    let command = rendering["command"].as_str().unwrap();
    assert!(command.contains("--disable-autoexec") && command.contains(r#""frames":[1001,1004]"#), "{command}");
    let movie = output(&report, SHOT, "prores_4444");
    assert_eq!(movie["notes"][0], "yuva444p10le becomes ProRes here, with the quantiser 11");
    let movie = movie["command"].as_str().unwrap();
    assert!(movie.contains("-c:v copy") && movie.contains("-timecode 00:00:04:05"), "{movie}");
    assert!(!show.path("output").exists());
    // What is made afterwards is made by the very same arguments.
    show.batch("prores", &[]);
    let journal = show.path(format!("output/editorial/.blender-gsd/SCN-002/{SHOT}.prores_4444.jsonl"));
    let journal = fs::read_to_string(journal).unwrap();
    let finished: Value = serde_json::from_str(journal.lines().last().unwrap()).unwrap();
    for argument in finished["facts"]["arguments"].as_array().unwrap() {
        assert!(movie.contains(argument.as_str().unwrap()), "{argument} in {movie}");
    }
}

#[test]
#[cfg(unix)]
fn frames_that_were_rendered_before_a_kill_are_not_rendered_again() {
    let show = show("");
    // Time enough between two frames.
    let slow = instead_of_blender(
        &show,
        "case \"$*\" in *'\"mode\":\"render\"'*) \"$REAL\" \"$@\" | while read -r line; do \
        echo \"$line\"; case \"$line\" in *'\"event\": \"frame\"'*) sleep 0.5;; esac; done; exit;; esac",
    );
    let arguments = ["batch-export", "--scene", "SCN-002", "--formats", "all", "--quiet", "--blender", &slow];
    let mut command = show.command(&arguments);
    let mut child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    let first = kept_frames(&show).join("frame.1001.exr");
    super::survival::wait_for("a frame", || first.exists());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(show.files().is_empty());
    let written = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let before = written(&first);
    let report = show.batch("all", &[]);
    let rendering = rendering(&report);
    assert!(rendering["kept"].as_u64().unwrap() >= 1 && rendering["rendered"].as_u64().unwrap() >= 1, "{rendering}");
    assert_eq!(written(&first), before);
    assert_eq!(state(&report, SHOT, "master_exr"), "made");
    let hidden = super::super::names_in(&kept_frames(&show));
    assert!(hidden.iter().all(|name| name.starts_with("frame.") || name.ends_with(".lock")), "{hidden:?}");
}

#[test]
#[cfg(unix)]
fn a_blender_that_crashes_or_hangs_costs_its_own_shot_only() {
    for (script, settings, words) in [
        ("kill -SEGV $$", "", "was stopped (signal: 11 (SIGSEGV)"),
        ("echo 'Error: out of memory'; exit 11", "", "out of memory"),
        ("exec sleep 60", "blender_timeout = 1", "made no progress"),
    ] {
        let show = show(settings);
        show.shot("SHOT-002-001", 1001..=1002, |_| Made::new(96, 40));
        let script = format!("case \"$*\" in *'\"mode\":\"render\"'*) {script};; esac");
        let blender = instead_of_blender(&show, &script);
        let batch = ["batch-export", "--scene", "SCN-002", "--formats", "all", "--json", "--frames", "1001-1002"];
        let answer = show.run(&[&batch[..], &["--blender", &blender]].concat());
        assert_eq!(answer.code, Some(1), "{answer:?}");
        let report = answer.json();
        assert_eq!(state(&report, "SHOT-002-001", "preview_h264"), "made");
        let job = &report.as_array().unwrap().iter().find(|shot| shot["job"]["shot_id"] == SHOT).unwrap()["job"];
        let problem = job["problem"].as_str().unwrap();
        assert!(problem.contains(words) && problem.contains("comp.blend"), "{problem}");
        assert!(show.files().iter().all(|name| !name.contains(SHOT)), "{:?}", show.files());
    }
}

#[test]
fn two_blends_are_one_too_many_and_a_broken_one_is_told() {
    let show = show("");
    let folder = show.path("composites/SCN-002").join(SHOT);
    fs::write(folder.join("other.blend"), "no scene").unwrap();
    let run = || show.run(&["batch-export", "--scene", "SCN-002", "--formats", "preview"]);
    let answer = run();
    assert!(answer.code == Some(1) && answer.stdout.contains("comp.blend, other.blend"), "{answer:?}");
    fs::remove_file(folder.join("comp.blend")).unwrap();
    let answer = run();
    assert!(answer.code == Some(1) && answer.stdout.contains("other.blend"), "{answer:?}");
}
