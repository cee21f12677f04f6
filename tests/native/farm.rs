use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::export::Show;
use super::package::peers::peer;
use super::{Answer, Made, names_in, run};

/// A scene of two shots, one of them a single frame, in formats that take no time.
fn show(frames: i32) -> Show {
    let show = Show::small();
    show.shot("SHOT-002-001", 1001..=1000 + frames, |number| {
        Made::new(192, 80).with_pixels(move |x, y| super::grain(x + 1000 * number as u32, y))
    });
    show.shot("SHOT-002-002", [1001], |_| Made::new(192, 80));
    show
}

fn farm_job(show: &Show, more: &[&str]) -> PathBuf {
    let path = show.path("job.yaml");
    let fixed =
        ["farm-job", "--scene", "SCN-002", "--formats", "exr,prores,preview", "--output", path.to_str().unwrap()];
    let answer = show.run(&[&fixed, more].concat());
    assert_eq!(answer.code, Some(0), "{answer:?}");
    path
}

/// What openjd makes of a job.
fn openjd(openjd: &Path, words: &[&str], job: &Path) -> Answer {
    let program = format!("Program={}", env!("CARGO_BIN_EXE_blender-gsd"));
    let mut command = Command::new(openjd);
    command.arg(words[0]).arg(job).args(&words[1..]);
    if words[0] == "run" {
        command.args(["-p", &program]);
    }
    Answer::of(command.output().unwrap())
}

#[test]
fn a_job_has_its_steps_in_their_order() {
    let show = show(25);
    let path = show.path("job.yaml");
    let output = path.to_str().unwrap();
    let answer = show.run(&[
        "farm-job",
        "--scene",
        "SCN-002",
        "--formats",
        "all",
        "--output",
        output,
        "--chunk",
        "10",
        "--json",
    ]);
    let steps = json!([
        { "name": "Master", "tasks": 4 }, { "name": "Encode", "tasks": 2 },
        { "name": "QC", "tasks": 1 }, { "name": "Package", "tasks": 1 },
    ]);
    assert_eq!(answer.json()["steps"], steps);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(r#"range: ["1001-1010", "1011-1020", "1021-1025", "all"]"#), "{text}");
    if let Some(program) = peer("openjd") {
        let answer = openjd(&program, &["check"], &path);
        assert_eq!(answer.code, Some(0), "{answer:?}");
    }
    // Without movies there is nothing to package.
    let answer = show.run(&["farm-job", "--scene", "SCN-002", "--formats", "exr", "--output", output, "--json"]);
    assert_eq!(answer.json()["steps"].as_array().unwrap().len(), 2);
}

#[test]
fn what_cannot_be_a_job_is_refused() {
    let show = show(1);
    let output = show.path("job.yaml");
    let job = |scene: &str, formats: &str| {
        show.run(&["farm-job", "--scene", scene, "--formats", formats, "--output", output.to_str().unwrap()])
    };
    job("SCN-009", "all").assert_refused("scene SCN-009 has no shot");
    job("SCN-002", "dnxhd").assert_refused("no format is called \"dnxhd\"");
    fs::create_dir_all(show.path("composites/SCN-002/SHOT-002-003")).unwrap();
    job("SCN-002", "all").assert_refused("shot SHOT-002-003 cannot be exported");
    assert!(!output.exists());
}

#[test]
fn openjd_runs_the_whole_job_and_a_second_run_changes_nothing() {
    let Some(program) = peer("openjd") else { return };
    let show = show(5);
    // A reason that tries to be more than a text: a place to fill, a quote, a shell's variable.
    let job = farm_job(&show, &["--chunk", "2", "--accept-qc-errors", "small \"samples\" {{Param.Program}} $HOME"]);
    let answer = openjd(&program, &["run"], &job);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let package = show.path("packages/SCN-002");
    let masters =
        ["001_master.1001", "001_master.1002", "001_master.1003", "001_master.1004", "001_master.1005", "002_master"];
    assert_eq!(names_in(&package.join("masters")), masters.map(|name| format!("SHOT-002-{name}.exr")));
    assert_eq!(run(["verify-package".as_ref(), package.as_os_str()]).code, Some(0));
    let scene = fs::read_to_string(package.join("metadata/scene_metadata.json")).unwrap();
    assert!(scene.contains(r#"small \"samples\" { {Param.Program} } $HOME"#), "{scene}");

    let times = || {
        let files = show.files().into_iter().filter(|name| name != "qc_report.json");
        files.map(|name| fs::metadata(show.output(&name)).unwrap().modified().unwrap()).collect::<Vec<_>>()
    };
    let before = times();
    let answer = openjd(&program, &["run"], &job);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert_eq!(before, times(), "deliverables are those of the first run");
}

#[test]
fn errors_stop_the_job_before_the_package() {
    let Some(program) = peer("openjd") else { return };
    let show = show(1);
    let answer = openjd(&program, &["run"], &farm_job(&show, &[]));
    assert_ne!(answer.code, Some(0), "{answer:?}");
    assert!(show.output("qc_report.json").is_file() && !show.path("packages/SCN-002").exists());
}

#[test]
fn a_killed_chunk_goes_on_where_it_stood() {
    let show = show(1);
    // Links to one frame: enough of them to be stopped in the middle.
    (1002..=1300).for_each(|number| {
        fs::hard_link(show.frame("SHOT-002-001", 1001), show.frame("SHOT-002-001", number)).unwrap()
    });
    let arguments =
        ["export-editorial", "--shot", "SHOT-002-001", "--format", "exr", "--frames", "1001-1300", "--handles", "0"];
    let staged = show.output("masters/.SHOT-002-001_master.1001.exr.part");
    let mut child = show.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let made = || if staged.is_dir() { names_in(&staged) } else { Vec::new() };
    while made().len() < 3 && child.try_wait().unwrap().is_none() && Instant::now() < deadline {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let kept: Vec<_> = made().into_iter().filter(|name| name.ends_with(".exr")).collect();
    let first = kept.first().expect("the run was stopped while frames were waiting");
    let time = fs::metadata(staged.join(first)).unwrap().modified().unwrap();
    assert_eq!(show.run(&arguments).code, Some(0));
    let masters = show.output("masters");
    assert_eq!(names_in(&masters).len(), 300);
    assert_eq!(fs::metadata(masters.join(first)).unwrap().modified().unwrap(), time, "{first} was not made again");
}
