//! The machine's troubles, made on purpose: scripts stand for ffmpeg where it is to fail.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::{Made, Show, output, state};
use crate::native::Answer;

/// A shot whose frames differ.
pub(super) fn made(number: i32) -> Made {
    Made::new(192, 80).with_pixels(move |x, y| super::super::grain(x ^ (number as u32 * 7919), y))
}

/// A scene of three of them.
pub(super) fn three_shots() -> Show {
    let show = Show::small();
    for shot in ["SHOT-002-001", "SHOT-002-002", "SHOT-002-003"] {
        show.shot(shot, 1001..=1006, made);
    }
    show
}

/// Every file under the output folder with its bytes and when it was written.
fn snapshot(show: &Show) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    let read = |name: String| {
        let path = show.output(&name);
        let written = fs::metadata(&path).unwrap().modified().unwrap();
        (name, (fs::read(&path).unwrap(), written))
    };
    show.files().into_iter().map(read).collect()
}

#[test]
fn what_is_there_is_kept_and_what_changed_is_made_again() {
    let show = three_shots();
    show.batch("all", &[]);
    let before = snapshot(&show);
    let report = show.batch("all", &[]);
    assert_eq!(state(&report, "SHOT-002-001", "prores_4444"), "kept");
    assert_eq!(snapshot(&show), before, "nothing was written");

    // One frame of one shot is rendered again.
    made(77).write(show.frame("SHOT-002-002", 1004));
    let report = show.batch("all", &[]);
    assert_eq!(state(&report, "SHOT-002-001", "prores_422"), "kept");
    assert_eq!(state(&report, "SHOT-002-002", "prores_422"), "made");
    let after = snapshot(&show);
    let changed: Vec<&String> = after.keys().filter(|name| after[*name] != before[*name]).collect();
    let expected = [
        "masters/SHOT-002-002_master.1004.exr",
        "preview/SHOT-002-002_preview.mp4",
        "prores/SHOT-002-002_prores422.mov",
        "prores/SHOT-002-002_prores4444.mov",
    ];
    assert_eq!(changed, expected, "of the masters, only the frame that changed");

    // A deliverable that somebody spoiled, another view, and everything by force.
    fs::write(show.output("preview/SHOT-002-003_preview.mp4"), "spoiled").unwrap();
    let report = show.batch("preview,exr", &[]);
    assert_eq!(state(&report, "SHOT-002-003", "preview_h264"), "made");
    assert_eq!(state(&report, "SHOT-002-003", "master_exr"), "kept");
    let report = show.batch("preview,exr", &["--view", "aces-1.3"]);
    assert_eq!(state(&report, "SHOT-002-001", "preview_h264"), "made");
    assert_eq!(state(&report, "SHOT-002-001", "master_exr"), "kept");
    let report = show.batch("exr", &["--force"]);
    assert_eq!(state(&report, "SHOT-002-001", "master_exr"), "made");
}

pub(super) fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(120), "{what} never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
#[cfg(unix)]
fn after_kill_9_the_next_run_finishes_what_is_missing_and_the_result_is_the_same() {
    let undisturbed = three_shots();
    undisturbed.batch("all", &[]);

    let show = three_shots();
    // The second shot's first encoder takes frames and never comes to an end, until its pipe is closed.
    let hangs = "case \"$*\" in *SHOT-002-002_prores4444*) cat >/dev/null; exit 1;; esac; exec \"$REAL\" \"$@\"";
    let ffmpeg = show.instead_of("ffmpeg", hangs);
    let mut child = show.start("all", &ffmpeg);
    let second = show.output("prores/.SHOT-002-002_prores422.mov.part");
    wait_for("the second shot", || second.exists());
    child.kill().unwrap();
    child.wait().unwrap();
    let seen = show.visible();
    assert!(
        seen.iter().all(|name| !name.contains("SHOT-002-002_prores") && !name.contains("SHOT-002-003")),
        "{seen:?}"
    );
    let first = snapshot(&show).into_iter().filter(|(name, _)| name.contains("SHOT-002-001"));
    let first: BTreeMap<_, _> = first.collect();
    assert_eq!(first.len(), 9);

    let report = show.batch("all", &[]);
    assert_eq!(state(&report, "SHOT-002-001", "prores_4444"), "kept");
    assert_eq!(state(&report, "SHOT-002-002", "prores_4444"), "made");
    let after = snapshot(&show);
    assert!(first.iter().all(|(name, file)| after[name] == *file), "the first shot was not touched");
    assert_eq!(show.contents(), undisturbed.contents(), "and nothing is left of the run that was killed");
}

#[test]
#[cfg(unix)]
fn masters_that_were_made_before_the_kill_are_not_made_again() {
    let show = Show::small();
    show.shot("S1", 1001..=1200, |number| made(number).without("framesPerSecond"));
    let mut child = show.start("exr", Path::new("ffmpeg"));
    let staging = show.output("masters/.S1_master.1001.exr.part");
    let staged = || fs::read_dir(&staging).map_or(0, Iterator::count);
    wait_for("a dozen frames", || staged() >= 12);
    child.kill().unwrap();
    child.wait().unwrap();
    if show.visible().is_empty() {
        let names = super::super::names_in(&staging);
        let times: Vec<_> =
            names[..10].iter().map(|name| fs::metadata(staging.join(name)).unwrap().modified().unwrap()).collect();
        show.batch("exr", &[]);
        for (name, time) in names.iter().zip(times) {
            let path = show.output("masters").join(name);
            assert_eq!(fs::metadata(path).unwrap().modified().unwrap(), time, "{name} was kept");
        }
    } else {
        // It was faster than we are: then all is there.
        show.batch("exr", &[]);
    }
    assert_eq!(show.files().len(), 200);
}

#[test]
#[cfg(unix)]
fn two_runs_do_not_make_the_same_files() {
    let show = Show::small();
    show.shot("S1", 1001..=1006, made);
    // It takes all frames and works on them for as long as we like.
    let hangs = "case \"$*\" in *-version*) exec \"$REAL\" \"$@\";; esac\n\
                 cat >/dev/null; while [ -e \"$0.busy\" ]; do sleep 0.05; done; exit 1";
    let ffmpeg = show.instead_of("ffmpeg", hangs);
    let busy = ffmpeg.with_extension("busy");
    fs::write(&busy, "").unwrap();
    let mut child = show.start("preview", &ffmpeg);
    let lock = show.path("output/editorial/.blender-gsd/SCN-002/S1.preview_h264.lock");
    let is_locked = || fs::File::open(&lock).is_ok_and(|file| file.try_lock().is_err());
    wait_for("the first run", is_locked);
    let part = show.output("preview/.S1_preview.mp4.part");
    fs::create_dir_all(part.parent().unwrap()).unwrap();
    fs::write(&part, "the first run's").unwrap();
    let answer = show.run(&["batch-export", "--scene", "SCN-002", "--formats", "preview,prores422", "--json"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    let report = answer.json();
    let problem = output(&report, "S1", "preview_h264")["problem"].as_str().unwrap().to_owned();
    let holder = format!("another run is making the same files at this moment: process {} on ", child.id());
    assert!(problem.contains(&holder), "{problem}");
    assert_eq!(state(&report, "S1", "prores_422"), "made", "what nobody else makes is made");
    assert!(part.exists(), "what the first run is at is left alone");
    child.kill().unwrap();
    child.wait().unwrap();
    fs::remove_file(busy).unwrap();
    show.batch("preview", &[]);
}

/// The report of a batch of three shots in which something goes wrong with the second.
fn troubled(show: &Show, more: &[&str]) -> serde_json::Value {
    let start = ["batch-export", "--scene", "SCN-002", "--formats", "all", "--json"];
    let answer = show.run(&[&start, more].concat());
    assert_eq!(answer.code, Some(1), "{answer:?}");
    let report = answer.json();
    for shot in ["SHOT-002-001", "SHOT-002-003"] {
        for format in ["master_exr", "prores_4444", "prores_422", "preview_h264"] {
            assert_eq!(state(&report, shot, format), "made", "the others go on");
        }
    }
    let hidden: Vec<String> =
        show.files().into_iter().filter(|name| name.contains("/.") && !name.contains("master")).collect();
    assert_eq!(hidden, Vec::<String>::new(), "no part of a movie is left");
    report
}

#[track_caller]
pub(super) fn problem(report: &serde_json::Value) -> String {
    let shot = report.as_array().unwrap().iter().find(|shot| shot["job"]["shot_id"] == "SHOT-002-002").unwrap();
    assert_eq!(shot["job"]["status"], "failed");
    shot["job"]["problem"].as_str().unwrap().to_owned()
}

#[test]
fn a_missing_frame_is_named() {
    let show = three_shots();
    fs::remove_file(show.frame("SHOT-002-002", 1003)).unwrap();
    let report = troubled(&show, &[]);
    let problem = problem(&report);
    assert!(problem.contains("frame 1003 is missing: there are frames from 1001 to 1006"), "{problem}");
    assert!(show.visible().iter().all(|name| !name.contains("SHOT-002-002")), "{:?}", show.files());
}

#[test]
fn a_broken_frame_is_named_whatever_is_broken_of_it() {
    let whole = made(1003).bytes();
    for (bytes, words) in [
        (whole[..whole.len() / 2].to_vec(), "frame 1003 is incomplete"),
        (b"no picture".to_vec(), "not an OpenEXR file"),
        (Vec::new(), "not an OpenEXR file"),
        (Made::new(64, 32).bytes(), "frame 1003 is 64x32, the first is 192x80"),
    ] {
        let show = three_shots();
        fs::write(show.frame("SHOT-002-002", 1003), bytes).unwrap();
        let problem = problem(&troubled(&show, &[]));
        assert!(problem.contains(words) && problem.contains("1003.exr"), "{problem}");
        assert!(show.visible().iter().all(|name| !name.contains("SHOT-002-002")), "{:?}", show.files());
    }
}

#[test]
#[cfg(unix)]
fn an_encoder_that_crashes_costs_its_own_output_only() {
    for (script, words) in [
        (
            "head -c 100000 >/dev/null; echo 'something broke' >&2; exit 3",
            "ffmpeg failed (exit code 3): something broke",
        ),
        ("kill -SEGV $$", "was stopped (signal: 11 (SIGSEGV)"),
        ("cat >/dev/null; exit 0", "cannot be opened"),
        (
            "case $* in *pipe:1) exit 1;; esac; cat >/dev/null; for last; do :; done; echo no movie > \"${last#file:}\"",
            "ffprobe failed",
        ),
    ] {
        let show = three_shots();
        let script =
            format!("case \"$*\" in *-i*SHOT-002-002_prores422*) {script}; exit;; esac; exec \"$REAL\" \"$@\"");
        let ffmpeg = show.instead_of("ffmpeg", &script);
        let report = troubled(&show, &["--ffmpeg", ffmpeg.to_str().unwrap()]);
        let problem = problem(&report);
        assert!(problem.starts_with("prores_422: ") && problem.contains(words), "{problem}");
        for format in ["master_exr", "prores_4444", "preview_h264"] {
            assert_eq!(state(&report, "SHOT-002-002", format), "made", "the other outputs go on");
        }
        assert!(!show.output("prores/SHOT-002-002_prores422.mov").exists());
    }
}

#[test]
#[cfg(unix)]
fn an_encoder_that_makes_something_else_is_found_out() {
    for (change, words) in [
        // Another size, rate, range; a frame too few; other colours; frames in another order.
        ("s/-profile:v standard/-profile:v hq/", "the codec is prores HQ, not prores Standard"),
        ("s/-framerate 24/-framerate 25/", "the frame rate is 25, not 24"),
        ("s/-vf setsar=1/-vf scale=64:40/", "the size is 64x40, not 96x40"),
        ("s/-vf setsar=1/-frames:v 5/", "the number of frames is 5, not 6"),
        ("s/-vf setsar=1/-vf negate/", "frame 1 of 6 in the file is not the one that was sent"),
        ("s/-vf setsar=1/-vf lutyuv=y=val+16/", "luma is off by"),
        ("s/-vf setsar=1/-vf reverse/", "frame 1 of 6 in the file is not the one that was sent"),
        ("s/-colorspace bt709/-colorspace smpte170m/", "colour tags are 1-1-6"),
        ("s/-timecode 00:00:41:17/-timecode 01:00:00:00/", "the time code is 01:00:00:00, not 00:00:41:17"),
        ("s/+faststart/-faststart/", "the index stands behind the pictures"),
    ] {
        let show = Show::new(
            &super::SMALL.replace("[96, 40]\n[formats.preview", "[96, 40]\nencoder = \"prores_ks\"\n[formats.preview"),
        );
        // Of finer differences the codec leaves nothing by which frames could be told apart.
        let blotches = |number: i32| move |x, y| super::super::grain((x / 16) ^ (number as u32 * 7919), y / 16);
        show.shot("S1", 1001..=1006, |number| Made::new(192, 80).with_pixels(blotches(number)));
        // Arguments without spaces or quotes in them; the view is the only one, and goes.
        let script = format!(
            "case \"$*\" in *-i\\ pipe:0*) set -- $(printf '%s ' \"$@\" | sed -e 's/-metadata comment=.* -movflags/-movflags/' -e '{change}');; esac\n\
             exec \"$REAL\" \"$@\""
        );
        let ffmpeg = show.instead_of("ffmpeg", &script);
        let answer = show.batch_with(&ffmpeg, "prores422");
        assert_eq!(answer.code, Some(1), "{change}: {answer:?}");
        let problem = output(&answer.json(), "S1", "prores_422")["problem"].as_str().unwrap().to_owned();
        assert!(problem.contains(words), "{change}: {problem}");
        assert_eq!(show.files(), Vec::<String>::new());
    }
}

#[test]
#[cfg(unix)]
fn a_full_disk_leaves_nothing_half_written() {
    let show = Show::small();
    show.shot("S1", 1001..=1006, |number| made(number).without("framesPerSecond"));
    let size = fs::metadata(show.frame("S1", 1001)).unwrap().len();
    // No file may grow beyond that many blocks of 512 bytes: to a program, a disk that is full.
    let run = |blocks: u64, formats: &str| {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let mut command = std::process::Command::new("sh");
        command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_blender-gsd"), "batch-export", "--scene", "SCN-002"]);
        command.args(["--formats", formats, "--project"]).arg(show.folder.path());
        Answer::of(command.output().unwrap())
    };
    let answer = run(size / 1024, "exr");
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert!(answer.stdout.contains("cannot be written: File too large"), "{answer:?}");
    assert_eq!(show.files(), Vec::<String>::new());
    show.batch("prores", &[]);
    let movie = show.output("prores/S1_prores4444.mov");
    let whole = fs::metadata(&movie).unwrap().len();
    // In the middle of the pictures, and where the index is moved to the front.
    for part in [whole / 4, whole / 2, whole - 512] {
        fs::remove_dir_all(show.path("output")).unwrap();
        let answer = run(part / 512, "prores");
        assert_eq!(answer.code, Some(1), "{part} of {whole} bytes: {answer:?}");
        assert!(answer.stdout.contains("File too large"), "{answer:?}");
        assert_eq!(show.files(), Vec::<String>::new());
    }
    show.batch("all", &[]);
}

#[test]
fn a_name_that_is_no_shot_is_told_and_the_shots_go_on() {
    let show = Show::small();
    show.shot("SHOT-002-001", 1001..=1002, made);
    let hostile: &[&str] = if cfg!(unix) { &["a b", "it's", "$(touch x)", "-rf", "a\nb"] } else { &["a b", "it's"] };
    for name in hostile {
        let folder = show.path("composites/SCN-002").join(name);
        fs::create_dir_all(&folder).unwrap();
        made(1).write(folder.join("x.1001.exr"));
    }
    let answer = show.run(&["batch-export", "--scene", "SCN-002", "--formats", "exr", "--json"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert_eq!(answer.stderr.matches("cannot be the name of a shot").count(), hostile.len(), "{answer:?}");
    assert_eq!(state(&answer.json(), "SHOT-002-001", "master_exr"), "made");
    assert_eq!(show.files().len(), 2);
    for id in ["../SHOT-002-001", "/etc", "a b", "it's", "$(x)", "", ".", "-x"] {
        let answer = show.run(&["export-editorial", &format!("--shot={id}"), "--format", "exr"]);
        assert!(answer.code == Some(2) && answer.stderr.contains("cannot be the name of a shot"), "{id}: {answer:?}");
        let answer = show.run(&["batch-export", &format!("--scene={id}"), "--formats", "exr"]);
        assert!(answer.code == Some(2) && answer.stderr.contains("cannot be the name of a scene"), "{id}: {answer:?}");
    }
    assert_eq!(super::super::names_in(show.folder.path()), ["composites", "gsd.toml", "output"]);
}
