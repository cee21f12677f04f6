//! The real Blender: the one that is installed, and with GSD_SLOW Blender 5 as a module.

/// What comes out of a composite.
mod frames;
/// How a scene is set up, and which space it works in.
mod settings;
/// What can go wrong, and how it is told.
mod trouble;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use blender_gsd::Error;
use blender_gsd::exr::{Header, Limits};
use blender_gsd::native::FileSource;
use blender_gsd::native::blender::{self, Program, RenderRequest, Rendered};
use blender_gsd::spec::{FrameRate, OUTPUT_FORMATS, OutputSpec};

use super::{folder, is_slow, names_in};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The Blender there is; with GSD_SLOW also Blender 5 as a module. scripts/setup-blender.sh installs both.
pub(super) fn blenders() -> Vec<PathBuf> {
    let installed = blender::find(None).expect("scripts/setup-blender.sh installs Blender").path;
    let module = is_slow().then(|| Path::new(ROOT).join("target/bpy/bin/python"));
    [installed].into_iter().chain(module).collect()
}

fn shot() -> PathBuf {
    Path::new(ROOT).join("tests/fixtures/blend/shot.blend")
}

/// A master as small as a test can do with, at a rate that is no whole number.
fn small_master() -> OutputSpec {
    let frame_rate = FrameRate { numerator: 24000, denominator: 1001 };
    OutputSpec { resolution: [96, 40], frame_rate, ..OUTPUT_FORMATS[0].clone() }
}

fn request(blender: &Path, blend: impl Into<PathBuf>, folder: &Path) -> RenderRequest {
    RenderRequest {
        blender: Some(blender.to_owned()),
        blend: blend.into(),
        frames: [1001, 1001],
        spec: small_master(),
        folder: folder.to_owned(),
        timeout: blender::PATIENCE,
    }
}

#[track_caller]
fn render(request: &RenderRequest) -> Rendered {
    blender::render(request, &mut |_| ()).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn refused(request: &RenderRequest) -> Error {
    blender::render(request, &mut |_| ()).expect_err("it should not have been rendered")
}

/// Composites with something wrong, made once for every test by each Blender.
fn variants(blender: &Path) -> &'static Path {
    static MADE: [OnceLock<tempfile::TempDir>; 2] = [OnceLock::new(), OnceLock::new()];
    let program = blender::find(Some(blender)).unwrap();
    let made = MADE[usize::from(program.is_python)].get_or_init(|| {
        let folder = folder();
        let script = Path::new(ROOT).join("tests/fixtures/blend/variants.py");
        let arguments = [script.as_os_str(), "--".as_ref(), folder.path().as_os_str()];
        let output = in_blender(&program).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        folder
    });
    made.path()
}

/// A command line that a script can be put behind.
fn in_blender(program: &Program) -> Command {
    let mut command = Command::new(&program.path);
    if !program.is_python {
        command.args(["--background", "--factory-startup", "--python-exit-code", "1", "--python"]);
    }
    command
}

/// A program of a few shell lines; `$BLENDER` in it is the real one.
#[cfg(unix)]
fn wrapper(folder: &Path, blender: &Path, lines: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("wrapped blender");
    fs::write(&path, format!("#!/bin/sh\nBLENDER='{}'\n{lines}\n", blender.display())).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn header(path: &Path) -> Header {
    Header::read(&FileSource::open(path).unwrap(), &Limits::default()).unwrap()
}
