#![cfg(unix)]

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Stdio;

use super::{Made, folder, program, run};

const NAMES: [&[u8]; 5] = [
    b"two\nerror: lines\".1.exr",
    b"\x1b[31mred.1.exr",
    b"not-\xff\xfe-unicode.1.exr",
    b"not-\xfe\xff-unicode.1.exr",
    "turned\u{202e}rxe.1.exr".as_bytes(),
];

fn made(folder: &Path) {
    for name in NAMES {
        Made::new(16, 16).write(folder.join(OsStr::from_bytes(name)));
    }
}

/// Nothing that a terminal would obey, and no line that the program did not begin.
#[track_caller]
fn assert_harmless(text: &str) {
    assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text:?}");
    assert!(!text.lines().any(|line| line.starts_with("error: lines")), "{text:?}");
}

#[test]
fn names_do_not_break_what_is_printed() {
    let folder = folder();
    made(folder.path());
    for name in NAMES {
        let path = folder.path().join(OsStr::from_bytes(name));
        let inspected = run(["inspect".as_ref(), path.as_os_str()]);
        assert_eq!(inspected.code, Some(0), "{inspected:?}");
        assert_harmless(&inspected.stdout);
        run(["inspect".as_ref(), "--json".as_ref(), path.as_os_str()]).json();
        let output = path.with_extension("png");
        let converted = run(["convert".as_ref(), path.as_os_str(), output.as_os_str()]);
        assert_eq!(converted.code, Some(0), "{converted:?}");
        assert_eq!(converted.stdout.lines().count(), 1, "{converted:?}");
        assert_harmless(&converted.stdout);
        assert!(output.is_file());
        let refused = run(["convert".as_ref(), path.as_os_str(), path.with_extension("jp\ng").as_os_str()]);
        refused.assert_refused("which kind of file");
        assert_harmless(&refused.stderr);
    }
}

#[test]
fn names_that_look_alike_are_different_files() {
    let folder = folder();
    made(folder.path());
    let arguments = ["validate-output", "--format", "none", "--path"].map(OsStr::new);
    let text = run(arguments.into_iter().chain([folder.path().as_os_str()]));
    assert_harmless(&text.stdout);
    let report = run(arguments.into_iter().chain([folder.path().as_os_str(), "--json".as_ref()])).json();
    assert_eq!(report["summary"]["frames"], 5);
    let issues: Vec<_> =
        report["shots"].as_array().unwrap().iter().flat_map(|s| s["issues"].as_array().unwrap()).collect();
    assert!(
        !issues.iter().any(|issue| issue["description"].as_str().unwrap().contains("cannot be read")),
        "{issues:?}"
    );
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let folder = folder();
    let path = folder.path().join("a.exr");
    Made::new(16, 16).write(&path);
    let mut child = program()
        .args(["inspect".as_ref(), path.as_os_str()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn every_command_has_examples_and_arguments_are_checked() {
    for command in ["inspect", "convert", "validate-output", "serve"] {
        let help = run([command, "--help"]);
        assert_eq!(help.code, Some(0));
        assert!(help.stdout.contains("Examples:\n  blender-gsd "), "{help:?}");
    }
    assert!(run(["--version"]).stdout.starts_with("blender-gsd "));
    for wrong in [&["inspect"][..], &["convert", "a.exr"], &["validate-output"], &["nonsense"], &[]] {
        let answer = run(wrong);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""), "{wrong:?}");
    }
    run(["--project", "/nowhere/at/all", "inspect", "a.exr"]).assert_refused("the project is no folder");
}
