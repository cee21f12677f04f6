use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use blender_gsd::native::blender::{self, RenderRequest};
use serde_json::json;

use super::{ROOT, blenders, folder, in_blender, names_in, refused, render, request, shot, variants, wrapper};

#[test]
fn scripts_in_a_file_are_not_run_and_that_is_said() {
    for blender in blenders() {
        let folder = folder();
        let variants = variants(&blender);
        let rendered = render(&request(&blender, variants.join("script.blend"), folder.path()));
        assert!(rendered.notes.iter().any(|note| note.contains("run me.py")), "{:?}", rendered.notes);
        assert!(!variants.join("the script ran").exists());
    }
}

#[test]
fn files_that_are_not_there_are_named_before_anything_is_rendered() {
    for blender in blenders() {
        let folder = folder();
        let error = |name: &str| {
            let request = RenderRequest {
                frames: [1001, 1004],
                ..request(&blender, variants(&blender).join(name), folder.path())
            };
            let error = refused(&request);
            assert_eq!(error.kind(), "input", "{error}");
            assert!(error.fault().place.file.as_deref().is_some_and(|file| file.ends_with(name)), "{error}");
            assert!(error.fault().next.contains("Find Missing Files"), "{error}");
            error.fault().what.clone()
        };
        let library = error("library.blend");
        assert!(library.contains("library") && library.contains("lent.blend"), "{library}");
        let image = error("image.blend");
        assert!(image.contains("gone.png") && !image.contains("also gone.png"), "{image}");
        let frames = error("frames.blend");
        assert!(frames.contains("plate.0003.png") && !frames.contains("plate.0002.png"), "{frames}");
        assert!(names_in(folder.path()).is_empty());
    }
}

#[test]
fn what_blender_refuses_is_told_in_its_words() {
    for blender in blenders() {
        let folder = folder();
        let error = refused(&request(&blender, variants(&blender).join("camera.blend"), folder.path()));
        assert_eq!(error.kind(), "tool");
        assert!(error.to_string().contains("frame 1001: Cannot render, no camera"), "{error}");
        let no_blend = folder.path().join("no.blend");
        fs::write(&no_blend, "no composite").unwrap();
        let error = refused(&request(&blender, no_blend, folder.path()));
        assert_eq!(error.kind(), "input");
        assert!(error.to_string().contains("not supported"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_crash_is_told_with_blenders_last_lines_and_leaves_no_half_frame() {
    let folder = folder();
    let frames = folder.path().join("frames");
    fs::create_dir(&frames).unwrap();
    // The real Blender, hit once its first frame is there.
    let lines = format!(
        "exec 3<&0\n\"$BLENDER\" \"$@\" <&3 & pid=$!\n\
         while [ ! -e '{}/frame.1001.exr' ]; do sleep 0.05; done\nkill -SEGV $pid\nwait $pid\nexit 139",
        frames.display()
    );
    let program = wrapper(folder.path(), &blenders()[0], &lines);
    let request = RenderRequest { frames: [1001, 1100], ..request(&program, shot(), &frames) };
    let error = refused(&request);
    assert_eq!(error.kind(), "tool");
    let text = error.to_string();
    assert!(text.contains("shot.blend") && text.contains("its last lines: "), "{text}");
    assert!(names_in(&frames).iter().all(|name| !name.ends_with(".part.exr")), "{:?}", names_in(&frames));
}

#[cfg(unix)]
#[test]
fn a_frame_that_is_not_whole_is_not_taken_and_not_left() {
    let folder = folder();
    let frames = folder.path().join("frames");
    fs::create_dir(&frames).unwrap();
    // A full disk without one: whatever Blender has written is cut before it is looked at. The real one says "Saved".
    let lines = format!(
        "exec 3<&0\n\"$BLENDER\" \"$@\" <&3 | while IFS= read -r line; do\n\
         case $line in *frame.1001.exr*) truncate -s -1000 '{}/frame.1001.exr' ;; esac\nprintf '%s\\n' \"$line\"\ndone",
        frames.display()
    );
    let program = wrapper(folder.path(), &blenders()[0], &lines);
    let error = refused(&RenderRequest { frames: [1001, 1100], ..request(&program, shot(), &frames) });
    let text = error.to_string();
    assert!(error.kind() == "tool" && text.contains("frame.1001.exr: Blender did not write the whole frame"), "{text}");
    assert!(!frames.join("frame.1001.exr").exists());
}

#[cfg(unix)]
#[test]
fn a_blender_that_hangs_is_ended_and_one_that_is_none_is_named() {
    let folder = folder();
    let lines = "echo Loading render kernels\nwhile true; do echo warning: again; sleep 0.1; done";
    let program = wrapper(folder.path(), &blenders()[0], lines);
    let error = refused(&RenderRequest { timeout: Duration::from_secs(1), ..request(&program, shot(), folder.path()) });
    let text = error.to_string();
    // The same line again and again is no progress.
    assert!(text.contains("made no progress") && text.contains("warning: again"), "{text}");
    let error = refused(&request(Path::new("true"), shot(), folder.path()));
    assert!(error.kind() == "tool" && error.to_string().contains("ended before its time"), "{error}");
    let error = refused(&request(Path::new("no such program"), shot(), folder.path()));
    assert!(error.kind() == "tool" && error.to_string().contains("no such program"), "{error}");
}

#[test]
fn blender_ends_when_its_parent_does() {
    let folder = folder();
    let program = blender::find(Some(&blenders()[0])).unwrap();
    let job = json!({
        "mark": "mark-1", "mode": "render", "blend": shot(), "frames": [1, 100_000], "folder": folder.path(),
        "spec": { "name": "master_exr", "format": "OPEN_EXR", "resolution": [96, 40], "frame_rate": [24, 1],
                  "color_space": "ACEScg", "compression": "ZIP", "depth": 16 },
    });
    let driver = Path::new(ROOT).join("src/native/blender/driver/driver.py");
    let arguments = [driver.as_os_str(), "--".as_ref(), job.to_string().as_ref()].map(std::ffi::OsStr::to_owned);
    let output = in_blender(&program).env("PYTHONDONTWRITEBYTECODE", "1").args(arguments).stdin(Stdio::null()).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(4), "{output:?}");
}
