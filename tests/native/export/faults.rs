//! Faults at moments that nobody chose, and the state in the end against that of a run which nothing disturbed: byte for
//! byte, for every encoder here is deterministic.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use super::survival::{made, problem, three_shots, wait_for};
use super::{Made, Show, state};
use crate::native::is_slow;

type Contents = BTreeMap<String, Vec<u8>>;

/// What a run comes to that nothing disturbs, and how long it takes.
fn undisturbed() -> &'static (Contents, Duration) {
    static MADE: OnceLock<(Contents, Duration)> = OnceLock::new();
    MADE.get_or_init(|| {
        let show = three_shots();
        let begun = Instant::now();
        show.batch("all", &[]);
        (show.contents(), begun.elapsed())
    })
}

/// What others see is whole; and the next run comes to the same end as if nothing had been.
#[track_caller]
fn assert_recovers(show: &Show, expected: &Contents) {
    assert_whole(show, expected);
    show.batch("all", &[]);
    assert!(show.contents() == *expected, "{:?} and {:?}", show.files(), expected.keys());
}

#[track_caller]
fn assert_whole(show: &Show, expected: &Contents) {
    for name in show.visible() {
        assert!(fs::read(show.output(&name)).unwrap() == expected[&name], "{name} is not whole");
    }
    if let Ok(text) = fs::read(show.output("qc_report.json")) {
        serde_json::from_slice::<serde_json::Value>(&text).unwrap();
    }
}

/// Fractions of one, the same every time.
fn random(state: &mut u64) -> f64 {
    // Marsaglia's xorshift.
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 11) as f64 / (1_u64 << 53) as f64
}

/// With `GSD_SLOW` fifty moments. Every third time the work goes on to its end, in between it is killed again.
#[test]
fn killed_at_any_moment_a_batch_comes_to_the_same_end() {
    let (expected, whole) = undisturbed();
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    let mut show = three_shots();
    for kill in 1..=if is_slow() { 50 } else { 6 } {
        let mut child = show.start("all", Path::new("ffmpeg"));
        std::thread::sleep(whole.mul_f64(random(&mut seed)));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_whole(&show, expected);
        if kill % 3 == 0 {
            assert_recovers(&show, expected);
            show = three_shots();
        }
    }
    assert_recovers(&show, expected);
}

#[test]
fn batches_side_by_side_come_to_the_same_end() {
    let (expected, _) = undisturbed();
    let show = three_shots();
    let children: Vec<_> = (0..3).map(|_| show.start("all", Path::new("ffmpeg"))).collect();
    for mut child in children {
        // Who finds a file in another's hands says so.
        assert!(matches!(child.wait().unwrap().code(), Some(0 | 1)));
    }
    assert_recovers(&show, expected);
}

#[test]
fn an_encoder_that_is_killed_in_the_middle_costs_its_own_output_only() {
    let (expected, _) = undisturbed();
    let show = three_shots();
    let script = "case \"$*\" in *pipe:0*SHOT-002-002_prores4444*)\n\
                  head -c 20000 | \"$REAL\" \"$@\"; kill -9 $$;;\nesac\nexec \"$REAL\" \"$@\"";
    let ffmpeg = show.instead_of("ffmpeg", script);
    let answer = show.batch_with(&ffmpeg, "all");
    assert_eq!(answer.code, Some(1), "{answer:?}");
    let problem = problem(&answer.json());
    assert!(problem.contains("prores_4444"), "{problem}");
    assert_eq!(state(&answer.json(), "SHOT-002-001", "prores_4444"), "made");
    assert_recovers(&show, expected);
}

#[test]
fn an_ffprobe_that_talks_nonsense_is_not_believed() {
    for script in [
        "echo no json; exit 0",
        "exit 0",
        "exit 3",
        "kill -9 $$",
        "echo '{}'",
        "echo '{\"streams\": [], \"format\": {}}'",
        "echo '{\"streams\": [{\"codec_type\": \"video\", \"width\": -1, \"nb_frames\": \"many\"}], \"format\": {\"duration\": []}}'",
        "head -c 100000 /dev/urandom",
        // Larger than any answer, nested deeper than any stack, and without an end.
        "head -c 60000000 /dev/zero | tr '\\0' '['",
        "yes '{\"streams\": ['",
    ] {
        let show = Show::small();
        show.shot("S1", 1001..=1002, made);
        let ffmpeg = show.instead_of("ffprobe", script);
        let answer = show.batch_with(&ffmpeg, "exr,preview");
        assert_eq!(answer.code, Some(1), "{script}: {answer:?}");
        let report = answer.json();
        assert_eq!(state(&report, "S1", "master_exr"), "made", "{script}");
        assert_eq!(state(&report, "S1", "preview_h264"), "failed", "{script}");
        assert!(show.files().iter().all(|name| name.starts_with("masters/S1")), "{script}: {:?}", show.files());
    }
}

#[test]
fn a_frame_that_vanishes_or_changes_in_the_middle_is_made_again_later() {
    let (expected, _) = undisturbed();
    for (change, is_told) in [("rm", true), ("cp \"$0.other\"", false)] {
        let show = three_shots();
        let frame = show.frame("SHOT-002-003", 1006);
        // When the first shot's encoder starts, all frames have been looked at and the third shot's have not been read.
        let script = format!(
            "case \"$*\" in *-i*SHOT-002-001_prores422*) {change} '{}';; esac\nexec \"$REAL\" \"$@\"",
            frame.display()
        );
        let ffmpeg = show.instead_of("ffmpeg", &script);
        made(77).write(ffmpeg.with_extension("other"));
        let answer = show.batch_with(&ffmpeg, "all");
        assert_eq!(answer.code, Some(i32::from(is_told)), "{change}: {answer:?}");
        if is_told {
            let shots = answer.json();
            let told = shots.as_array().unwrap().iter().find(|shot| shot["job"]["shot_id"] == "SHOT-002-003").unwrap();
            let told = told["job"]["problem"].as_str().unwrap();
            assert!(told.contains("1006"), "{change}: {told}");
        }
        made(1006).write(&frame);
        show.batch("all", &[]);
        assert!(show.contents() == *expected, "{change}: {:?}", show.files());
    }
}

/// Times are held for equal or not, never for earlier or later.
#[test]
fn a_clock_that_is_set_back_or_forth_deceives_nobody() {
    let seconds = Duration::from_secs;
    let moments = [
        SystemTime::UNIX_EPOCH,
        SystemTime::UNIX_EPOCH - seconds(86_400),
        SystemTime::UNIX_EPOCH - seconds(86_401),
        SystemTime::UNIX_EPOCH + seconds(1),
        SystemTime::now() + seconds(40 * 365 * 86_400),
        SystemTime::now() - seconds(3600),
    ];
    let set = |path: &Path, moment| fs::File::options().write(true).open(path).unwrap().set_modified(moment).unwrap();
    // Of one size whatever is in them.
    let frame =
        |number: i32| Made::new(192, 80).with_pixels(move |x, _| [0.1 + number as f32 / 100.0 + x as f32 / 1e4; 3]);
    let show = Show::small();
    let path = |number: i32| show.frame("S1", 1000 + number);
    show.shot("S1", 1001..=1006, |number| frame(number - 1000));
    for (number, moment) in (1..).zip(moments) {
        set(&path(number), moment);
    }
    show.batch("exr,preview", &[]);
    // What is written by a clock that is an hour slow, or by one of next year, is what it was.
    let report = show.batch("exr,preview", &[]);
    assert_eq!([state(&report, "S1", "master_exr"), state(&report, "S1", "preview_h264")], ["kept"; 2]);

    // A frame of the same size, from before the one it replaces, and from before 1970 where the other was too.
    for (number, moment) in [(6, moments[3]), (1, moments[1]), (2, moments[2]), (3, moments[1])] {
        let before = show.contents();
        frame(number + 40).write(path(number));
        set(&path(number), moment);
        let report = show.batch("exr,preview", &[]);
        assert_eq!([state(&report, "S1", "master_exr"), state(&report, "S1", "preview_h264")], ["made"; 2], "{number}");
        let after = show.contents();
        let changed: Vec<&String> = after.keys().filter(|name| after[*name] != before[*name]).collect();
        assert_eq!(changed, [&format!("masters/S1_master.{}.exr", 1000 + number), "preview/S1_preview.mp4"]);
    }
    // Journals whose own times make no sense.
    let journals = show.path("output/editorial/.blender-gsd/SCN-002");
    for entry in fs::read_dir(journals).unwrap() {
        set(&entry.unwrap().path(), moments[4]);
    }
    let report = show.batch("exr,preview", &[]);
    assert_eq!([state(&report, "S1", "master_exr"), state(&report, "S1", "preview_h264")], ["kept"; 2]);
}

/// A file system of its own under the show's output folder, for as long as it lives.
struct Disk<'a>(&'a Show);

impl<'a> Disk<'a> {
    /// Of that many kilobytes; nothing where the system does not let us.
    fn mount(show: &'a Show, kilobytes: usize) -> Option<Self> {
        fs::create_dir_all(show.path("output")).unwrap();
        let disk = Self(show);
        let is_mounted = disk.ask(&["-t", "tmpfs", "-o", &format!("size={kilobytes}k"), "tmpfs"]);
        if !is_mounted {
            eprintln!("skipped: only root may mount a small disk");
        }
        is_mounted.then_some(disk)
    }

    fn change(&self, options: &str) {
        assert!(self.ask(&["-o", &format!("remount,{options}")]), "mount -o remount,{options}");
    }

    fn ask(&self, arguments: &[&str]) -> bool {
        let output = Command::new("mount").args(arguments).arg(self.0.path("output")).output();
        output.is_ok_and(|output| output.status.success())
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path("output")).output();
    }
}

#[test]
fn a_disk_that_fills_up_leaves_whole_files_only_and_more_room_mends_it() {
    let (expected, _) = undisturbed();
    let bytes: usize = expected.values().map(Vec::len).sum();
    for part in [2, 6] {
        let show = three_shots();
        let Some(disk) = Disk::mount(&show, bytes * part / 8 / 1024) else { return };
        let answer = show.run(&["batch-export", "--scene", "SCN-002", "--formats", "all"]);
        assert!(matches!(answer.code, Some(1 | 2)), "{answer:?}");
        let said = answer.stdout.clone() + &answer.stderr;
        assert!(said.contains("No space left on device"), "{answer:?}");
        assert_whole(&show, expected);
        disk.change(&format!("size={}k", bytes * 4 / 1024));
        assert_recovers(&show, expected);
    }
}

#[test]
fn a_target_that_must_not_be_written_to_is_told_and_left() {
    let (expected, _) = undisturbed();
    let show = three_shots();
    let Some(disk) = Disk::mount(&show, 64 << 10) else { return };
    disk.change("ro");
    let answer = show.run(&["batch-export", "--scene", "SCN-002", "--formats", "all"]);
    assert!(matches!(answer.code, Some(1 | 2)), "{answer:?}");
    assert!((answer.stdout.clone() + &answer.stderr).contains("Read-only file system"), "{answer:?}");
    disk.change("rw");
    assert_recovers(&show, expected);
}

/// A disk that becomes read-only while a batch is at work, as Linux does with one that fails.
#[test]
fn a_disk_that_fails_in_the_middle_leaves_whole_files_only() {
    let (expected, _) = undisturbed();
    let show = three_shots();
    let Some(disk) = Disk::mount(&show, 64 << 10) else { return };
    let mut child = show.start("all", Path::new("ffmpeg"));
    wait_for("the first shot's movie", || show.output("prores/SHOT-002-001_prores422.mov").exists());
    // A file that is open for writing keeps it writable: then it was faster or slower than we are.
    let is_read_only = disk.ask(&["-o", "remount,ro"]);
    let code = child.wait().unwrap().code();
    assert!(!is_read_only || matches!(code, Some(0 | 1)), "{code:?}");
    disk.change("rw");
    assert_recovers(&show, expected);
}
