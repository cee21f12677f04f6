//! The packager by numbers: how fast files are hashed beside `xxhsum` and `b3sum`, and what a scene of 10,000 shots takes.
//!
//! `cargo bench --bench package [-- SHOTS]`. What it makes is in the system's temporary folder, and removed again.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Instant;

use blender_gsd::color::named;
use blender_gsd::editorial::SceneId;
use blender_gsd::exr::{self, Attribute, Picture};
use blender_gsd::frame::{Plane, Region, Samples};
use blender_gsd::native::journal::{Facts, Finished, Journal, Made, Stamp};
use blender_gsd::native::mhl;
use blender_gsd::native::package::{Options, Step, create_editorial_package};
use blender_gsd::native::project::Project;
use half::f16;
use serde_json::json;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Bytes of the file that is hashed, as large as a movie.
const HASHED: usize = 1 << 30;
const ROUNDS: usize = 5;
const SHOTS: usize = 10_000;

fn main() -> Outcome<()> {
    let shots = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(SHOTS);
    let folder = tempfile::tempdir()?;
    for shots in [shots / 10, shots] {
        scene(&folder.path().join(shots.to_string()), shots)?;
    }
    // Last: its file is made in memory, which would be taken for the packager's.
    hashing(folder.path())
}

/// The best of some rounds, in turns, each over the same file in the system's cache; one thread each.
fn hashing(folder: &Path) -> Outcome<()> {
    let path = folder.join("movie.mov");
    let mut state = 1_u64;
    let bytes: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_le_bytes()
    })
    .take(HASHED / 8)
    .flatten()
    .collect();
    fs::write(&path, bytes)?;
    let peer = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).arg(&path);
        move || command.output().map(|output| output.status.success()).unwrap_or(false)
    };
    let ours = || mhl::hash_file(folder, "movie.mov".into(), &|_| {}).is_ok();
    let mut all: [(&str, Box<dyn FnMut() -> bool>, f64); 3] = [
        ("xxh128 (ours)", Box::new(ours), f64::MAX),
        ("xxhsum -H2", Box::new(peer("xxhsum", &["-H2"])), f64::MAX),
        ("b3sum --num-threads 1", Box::new(peer("b3sum", &["--num-threads", "1"])), f64::MAX),
    ];
    for _ in 0..ROUNDS {
        for (_, run, best) in &mut all {
            let start = Instant::now();
            if run() {
                *best = best.min(start.elapsed().as_secs_f64());
            }
        }
    }
    println!("hashing one file of 1 GiB");
    for (name, _, best) in all {
        match best {
            f64::MAX => println!("  {name:24} is not there"),
            seconds => println!("  {name:24} {:6.2} GB/s", HASHED as f64 / seconds / 1e9),
        }
    }
    fs::remove_file(path)?;
    Ok(())
}

/// A scene of shots of one frame each, with the journals of their export and a report, packaged.
fn scene(root: &Path, shots: usize) -> Outcome<()> {
    let made = Instant::now();
    let scene: SceneId = "SCN-002".parse()?;
    make(root, shots)?;
    let made = made.elapsed();
    let project = Project::load(root)?;
    let options = Options {
        scene,
        output: root.join("packages"),
        export: false,
        handles: None,
        rate: None,
        accept_qc_errors: None,
        replace: false,
        hard_links: true,
        jobs: 1,
        review_page: None,
        ffmpeg: None,
        blender: None,
    };
    let start = Instant::now();
    let placing = Mutex::new(None);
    create_editorial_package(&project, &options, &|step| {
        if let (Step::Placing(_), Ok(mut placing)) = (step, placing.lock()) {
            *placing = Some(start.elapsed().as_secs_f64());
        }
    })?;
    let placing = placing.into_inner().ok().flatten().unwrap_or_default();
    let all = start.elapsed().as_secs_f64();
    println!(
        "a scene of {shots} shots, {} files, {} journals (made in {:.1} s)",
        3 * shots,
        3 * shots,
        made.as_secs_f64()
    );
    println!("  looked through: files, journals, report   {placing:6.2} s");
    println!("  placed, hashed, described, published      {:6.2} s", all - placing);
    println!("  peak memory                               {:6} MiB", peak_memory().unwrap_or_default());
    fs::remove_dir_all(root)?;
    Ok(())
}

fn make(root: &Path, shots: usize) -> Outcome<()> {
    let folder = root.join("output/editorial/SCN-002");
    for name in ["masters", "prores", "preview"] {
        fs::create_dir_all(folder.join(name))?;
    }
    let state = root.join("output/editorial/.blender-gsd/SCN-002");
    let master = master()?;
    let mut reports = Vec::new();
    for number in 0..shots {
        let shot = format!("SHOT-002-{number:05}");
        let input = root.join("composite.exr");
        if number == 0 {
            fs::write(&input, &master)?;
        }
        let files: [(&str, PathBuf, &[u8]); 3] = [
            ("master_exr", folder.join(format!("masters/{shot}_master.exr")), &master),
            ("prores_4444", folder.join(format!("prores/{shot}_prores4444.mov")), shot.as_bytes()),
            ("preview_h264", folder.join(format!("preview/{shot}_preview.mp4")), shot.as_bytes()),
        ];
        let mut listed = Vec::new();
        for (format, path, bytes) in files {
            fs::write(&path, bytes)?;
            let (input, output) = (Stamp::of(&input)?, Stamp::of(&path)?);
            let facts = Facts { tool: "ffmpeg 5.1".into(), arguments: vec!["-c:v".into(); 40], ..Facts::default() };
            let finished = Finished {
                format: format.into(),
                frames: [1001, 1001],
                recipe: "one".into(),
                inputs: vec![input.clone()],
                files: vec![output.clone()],
                facts,
            };
            let mut journal = Journal::open(&state, &format!("{shot}.{format}"))?;
            journal.finish(finished, BTreeMap::from([(1001, Made { input, output })]))?;
            listed.push(json!({ "path": path, "kind": format }));
        }
        reports.push(json!({
            "shot_id": shot, "status": "warn", "frame_range": [1001, 1001], "files": listed, "checks": [], "metrics": {}, "issues": [],
        }));
    }
    let report = json!({
        "schema_version": 1, "generator": { "name": "bench", "version": "1" }, "generated_at": "1998-11-23T00:00:00Z",
        "scene_id": "SCN-002", "view": { "name": "aces-2.0", "display": "rec709" }, "period_year": 1998,
        "summary": { "status": "pass", "errors": 0, "warnings": 0, "infos": 0, "shots": shots, "frames": shots },
        "shots": reports,
    });
    fs::write(folder.join("qc_report.json"), report.to_string())?;
    Ok(())
}

/// A frame as small as one can be told from nothing.
fn master() -> Outcome<Vec<u8>> {
    let window = Region::new(0, 0, 64, 27);
    let samples = || Samples::Half(vec![f16::from_f32(0.18); 64 * 27]);
    let planes = ["R", "G", "B"].map(|name| Plane { name: name.into(), samples: samples() });
    let attributes = [Attribute::chromaticities(&named::AP1)];
    let picture = Picture { data_window: window, display_window: window, planes: &planes, attributes: &attributes };
    Ok(exr::encode(&picture)?)
}

/// The most memory that this process has had at once, in MiB (Linux).
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}
