//! Long shots: memory and open files of a run are the same at its end as near its beginning.

use std::fs;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::{Made, Show};
use crate::native::{grain, is_slow};

/// With `GSD_SLOW` as many frames as a reel has.
fn frames() -> i32 {
    if is_slow() { 2000 } else { 240 }
}

/// Resident memory in bytes and open files, sampled until the process ends.
fn watched(mut child: Child) -> Vec<(u64, usize)> {
    let about = std::path::PathBuf::from(format!("/proc/{}", child.id()));
    let mut samples = Vec::new();
    loop {
        let status = fs::read_to_string(about.join("status")).unwrap_or_default();
        let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let memory = memory.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        let files = fs::read_dir(about.join("fd")).map(Iterator::count);
        if let Some(ended) = child.try_wait().unwrap() {
            // 1: there are findings.
            assert!(matches!(ended.code(), Some(0 | 1)), "{ended}");
            return samples;
        }
        if let (Some(memory), Ok(files)) = (memory, files) {
            samples.push((memory << 10, files));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The most of the second quarter of a run against the most of the last.
fn assert_flat(what: &str, samples: &[(u64, usize)]) {
    let quarter = samples.len() / 4;
    assert!(quarter >= 3, "{what}: only {} samples", samples.len());
    let most = |samples: &[(u64, usize)]| {
        samples.iter().fold((0, 0), |most, sample| (most.0.max(sample.0), most.1.max(sample.1)))
    };
    let (early, late) = (most(&samples[quarter..2 * quarter]), most(&samples[3 * quarter..]));
    println!(
        "{what}, {} frames: {} MiB and {} files in the second quarter, {} MiB and {} files in the last",
        frames(),
        early.0 >> 20,
        early.1,
        late.0 >> 20,
        late.1
    );
    assert!(late.0 <= early.0 + (24 << 20), "{what}: from {} to {} MiB", early.0 >> 20, late.0 >> 20);
    assert!(late.1 <= early.1 + 8, "{what}: from {} to {} files", early.1, late.1);
}

#[test]
fn a_long_shot_takes_no_more_than_a_short_one() {
    let show = Show::small();
    let made = |number: i32| Made::new(96, 40).with_pixels(move |x, y| grain(x ^ (number as u32 * 7919), y));
    show.shot("S1", 1001..1001 + frames(), made);
    let run = |arguments: &[&str]| {
        let mut command = show.command(arguments);
        watched(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    };
    assert_flat("export", &run(&["batch-export", "--scene", "SCN-002", "--formats", "exr,preview", "--quiet"]));
    assert_eq!(show.files().len(), frames() as usize + 1);
    let (folder, report) = (show.path("composites/SCN-002/S1"), show.path("qc_report.json"));
    let [from, to] = [&folder, &report].map(|path| path.to_str().unwrap());
    assert_flat(
        "quality control",
        &run(&["validate-output", "--path", from, "--format", "none", "--report", to, "--quiet"]),
    );
    let report: serde_json::Value = serde_json::from_slice(&fs::read(report).unwrap()).unwrap();
    assert_eq!(report["summary"]["frames"], frames());
}
