//! `export-editorial` and `batch-export` with the real ffmpeg, on shots made up for them.

/// The exact arguments of every tool.
mod arguments;
/// Composites that Blender renders first.
mod blend;
/// Decoded deliverables against OpenColorIO's values.
mod colour;
/// The machine's troubles at any moment: the end is always the same.
#[cfg(unix)]
mod faults;
/// Every frame in its place, in every deliverable.
mod frames;
/// Slates and burn-ins.
mod lettering;
/// Masters: copied, tagged, written anew.
mod masters;
/// Projects that were copied, moved or renamed, and files that could be taken for others.
mod moved;
/// What the quality control says of what was exported.
mod quality;
/// Settings, names, ranges.
mod settings;
/// Long shots.
#[cfg(target_os = "linux")]
mod soak;
/// What a batch survives.
mod survival;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
#[cfg(unix)]
use std::process::{Child, Stdio};

use serde_json::Value;

use super::{Answer, Made, program};

/// A project in a temporary folder.
pub(super) struct Show {
    folder: tempfile::TempDir,
}

impl Show {
    /// With that gsd.toml.
    pub(super) fn new(settings: &str) -> Self {
        let show = Self { folder: super::folder() };
        fs::write(show.path("gsd.toml"), settings).unwrap();
        show
    }

    /// The four formats at sizes that take no time.
    pub(super) fn small() -> Self {
        Self::new(SMALL)
    }

    pub(super) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn frame(&self, shot: &str, number: i32) -> PathBuf {
        self.path(format!("composites/SCN-002/{shot}/{shot}_comp.{number:04}.exr"))
    }

    /// A shot of those frames.
    pub(super) fn shot(&self, shot: &str, numbers: impl IntoIterator<Item = i32>, make: impl Fn(i32) -> Made) {
        fs::create_dir_all(self.frame(shot, 0).parent().unwrap()).unwrap();
        for number in numbers {
            make(number).write(self.frame(shot, number));
        }
    }

    pub(super) fn output(&self, name: &str) -> PathBuf {
        self.path("output/editorial/SCN-002").join(name)
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.args(arguments).arg("--project").arg(self.folder.path());
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Answer {
        Answer::of(self.command(arguments).output().unwrap())
    }

    /// Exports the whole scene and expects that to work.
    #[track_caller]
    fn batch(&self, formats: &str, more: &[&str]) -> Value {
        let start = ["batch-export", "--scene", "SCN-002", "--json", "--formats", formats];
        let answer = self.run(&[&start, more].concat());
        assert_eq!(answer.code, Some(0), "{answer:?}");
        answer.json()
    }

    /// Exports the whole scene with that ffmpeg, to whatever end.
    #[cfg(unix)]
    fn batch_with(&self, ffmpeg: &Path, formats: &str) -> Answer {
        let ffmpeg = ffmpeg.to_str().unwrap();
        self.run(&["batch-export", "--scene", "SCN-002", "--json", "--formats", formats, "--ffmpeg", ffmpeg])
    }

    /// Every deliverable in the output folder, sorted: not the journals, not the report.
    pub(super) fn files(&self) -> Vec<String> {
        let root = self.output("");
        let mut names = Vec::new();
        let mut waiting = vec![root.clone()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => waiting.push(path),
                    false => names.push(path.strip_prefix(&root).unwrap().to_string_lossy().into_owned()),
                }
            }
        }
        names.retain(|name| name != "qc_report.json");
        names.sort();
        names
    }

    /// The same with their bytes.
    fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        self.files().into_iter().map(|name| (name.clone(), fs::read(self.output(&name)).unwrap())).collect()
    }

    /// Names that are not hidden: what others see.
    fn visible(&self) -> Vec<String> {
        self.files().into_iter().filter(|name| !name.contains("/.")).collect()
    }

    /// A batch of the whole scene that runs beside the test.
    #[cfg(unix)]
    fn start(&self, formats: &str, ffmpeg: &Path) -> Child {
        let ffmpeg = ffmpeg.to_str().unwrap();
        let arguments = ["batch-export", "--scene", "SCN-002", "--formats", formats, "--quiet", "--ffmpeg", ffmpeg];
        let mut command = self.command(&arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    /// A program in the place of ffmpeg or ffprobe: does what `script` says (`REAL` is the true one), with the true other
    /// beside it. Gives the path of the ffmpeg.
    #[cfg(unix)]
    fn instead_of(&self, name: &str, script: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let folder = self.path("tools");
        fs::create_dir_all(&folder).unwrap();
        for tool in ["ffmpeg", "ffprobe"] {
            let folders = std::env::var_os("PATH").unwrap();
            let real = std::env::split_paths(&folders).map(|folder| folder.join(tool)).find(|path| path.is_file());
            let (real, path) = (real.unwrap(), folder.join(tool));
            let _ = fs::remove_file(&path);
            if tool == name {
                fs::write(&path, format!("#!/bin/sh\nREAL='{}'\n{script}\n", real.display())).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            } else {
                std::os::unix::fs::symlink(real, path).unwrap();
            }
        }
        folder.join("ffmpeg")
    }

    /// The scene's report.
    fn report(&self) -> Value {
        serde_json::from_slice(&fs::read(self.output("qc_report.json")).unwrap()).unwrap()
    }
}

const SMALL: &str = "\
[formats.master_exr]\nresolution = [192, 80]\n\
[formats.prores_4444]\nresolution = [192, 80]\n\
[formats.prores_422]\nresolution = [96, 40]\n\
[formats.preview_h264]\nresolution = [96, 40]\n";

/// One state of an output in a report.
#[track_caller]
fn state<'a>(report: &'a Value, shot: &str, format: &str) -> &'a str {
    output(report, shot, format)["state"].as_str().unwrap()
}

#[track_caller]
fn output<'a>(report: &'a Value, shot: &str, format: &str) -> &'a Value {
    let shots = report.as_array().unwrap();
    let found = shots.iter().find(|export| export["job"]["shot_id"] == shot).unwrap_or_else(|| panic!("{report:#}"));
    let outputs = found["outputs"].as_array().unwrap();
    outputs.iter().find(|output| output["format"] == format).unwrap_or_else(|| panic!("{found:#}"))
}

/// Every frame of a movie as ffmpeg decodes it to that pixel format, codes of all planes in a row.
fn decoded(path: &Path, pixel_format: &str, codes: usize) -> Vec<Vec<u16>> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-i"]).arg(path).args(["-f", "rawvideo", "-pix_fmt", pixel_format, "pipe:1"]);
    let output = command.output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let bytes = if pixel_format.ends_with("le") { 2 } else { 1 };
    assert!(output.stdout.len().is_multiple_of(codes * bytes), "{path:?} has whole frames");
    let code = |code: &[u8]| if bytes == 2 { u16::from_le_bytes([code[0], code[1]]) } else { code[0].into() };
    output.stdout.chunks_exact(codes * bytes).map(|frame| frame.chunks_exact(bytes).map(code).collect()).collect()
}

/// What ffprobe says, in its own words.
fn probe(path: &Path, entries: &str) -> String {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-of", "default=nk=1:nw=1", "-show_entries", entries]).arg(path);
    String::from_utf8(command.output().unwrap().stdout).unwrap().trim().replace('\n', " ")
}
