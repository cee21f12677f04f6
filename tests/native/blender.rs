use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use blender_gsd::Error;
use blender_gsd::color::{Origin, named};
use blender_gsd::exr::{Cryptomatte, Header, Limits};
use blender_gsd::frame::SampleType;
use blender_gsd::native::FileSource;
use blender_gsd::native::blender::{self, Program, Progress, RenderRequest, Rendered};
use blender_gsd::spec::{Codec, FrameRate, OUTPUT_FORMATS, OutputSpec};
use serde_json::{Value, json};

use super::{folder, names_in};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The Blender there is; with GSD_SLOW also Blender 5 as a module. scripts/setup-blender.sh installs both.
fn blenders() -> Vec<PathBuf> {
    let installed = blender::find(None).expect("scripts/setup-blender.sh installs Blender").path;
    let module = std::env::var_os("GSD_SLOW").filter(|value| !value.is_empty());
    let module = module.map(|_| Path::new(ROOT).join("target/bpy/bin/python"));
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

#[test]
fn a_composite_becomes_multilayer_frames_of_the_size_that_was_asked_for() {
    for blender in blenders() {
        let folder = folder();
        let mut steps = Vec::new();
        let request = RenderRequest { frames: [1001, 1002], ..request(&blender, shot(), folder.path()) };
        let rendered = blender::render(&request, &mut |step| steps.push(step)).unwrap();
        assert_eq!(names_in(folder.path()), ["frame.1001.exr", "frame.1002.exr"]);
        assert_eq!(rendered.frames.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1001, 1002]);
        // The fixture's colours are linear Rec.709, and no Blender of its own accord works in anything else.
        assert_eq!(rendered.working_space.chromaticities, named::REC709);
        assert_eq!(rendered.working_space.origin, Origin::Renderer);
        assert!(rendered.version.contains('.'), "{}", rendered.version);
        assert!(rendered.notes.iter().any(|note| note.contains("made for 24 ")), "{:?}", rendered.notes);
        let header = header(&rendered.frames[0].1);
        let layers: Vec<String> = blender_gsd::exr::layers(&header).into_iter().map(|layer| layer.name).collect();
        for layer in
            ["Composite.Combined", "street.Combined", "street.Depth", "street.Normal", "street.paint", "street.wear"]
        {
            assert!(layers.iter().any(|name| name == layer), "{layer} in {layers:?}");
        }
        let sets = Cryptomatte::sets(&header);
        let objects = sets.iter().filter(|set| set.name == "street.CryptoObject" && set.unusable.is_none());
        let objects: Vec<&str> = objects.flat_map(|set| &set.names).map(|(name, _)| name.as_str()).collect();
        assert!(["payphone", "street lamp", "taxi"].iter().all(|name| objects.contains(name)), "{objects:?}");
        check_steps(&steps);
    }
}

#[test]
fn a_composite_tells_which_frames_it_has() {
    for blender in blenders() {
        let found = blender::survey(Some(&blender), &shot(), blender::PATIENCE).unwrap();
        assert_eq!(found.frames, [1001, 1004]);
        let error = blender::survey(Some(&blender), Path::new("nothing.blend"), blender::PATIENCE).unwrap_err();
        assert_eq!(error.kind(), "spec");
    }
}

/// Ready first; each frame worked on before it is finished; counted to the end.
#[track_caller]
fn check_steps(steps: &[Progress]) {
    let place = |wanted: &dyn Fn(&Progress) -> bool| steps.iter().position(wanted).unwrap_or(usize::MAX);
    let ready = place(&|step| matches!(step, Progress::Ready { .. }));
    let half =
        |step: &Progress| matches!(step, Progress::Working { done: 0, total: 2, fraction: Some(part) } if *part > 0.0);
    let first = place(&|step| matches!(step, Progress::Finished { frame: 1001, done: 1, total: 2, .. }));
    let second = place(&|step| matches!(step, Progress::Finished { frame: 1002, done: 2, total: 2, .. }));
    assert!(ready < place(&half) && place(&half) < first && first < second && second < usize::MAX, "{steps:?}");
}

#[test]
fn a_scene_is_set_up_for_each_of_the_four_formats() {
    for blender in blenders() {
        let folder = folder();
        let configured = |spec: &OutputSpec| {
            let request = request(&blender, variants(&blender).join("outputs.blend"), folder.path());
            blender::configure(&RenderRequest { spec: spec.clone(), frames: [1001, 1100], ..request }).unwrap()
        };
        for spec in &OUTPUT_FORMATS {
            let found = configured(spec).settings;
            assert_eq!(found["resolution"], json!(spec.resolution), "{found}");
            assert_eq!([&found["resolution_percentage"], &found["frames"]], [&json!(100), &json!([1001, 1100, 1])]);
            assert_eq!(
                [&found["pixel_aspect"], &found["fps"], &found["fps_base"]],
                [&json!([1.0, 1.0]), &json!(24), &json!(1.0)]
            );
            match &*spec.name {
                "master_exr" => expect(
                    &found,
                    &[
                        ("file_format", "OPEN_EXR_MULTILAYER"),
                        ("exr_codec", "ZIP"),
                        ("color_depth", "16"),
                        ("color_mode", "RGBA"),
                        ("color_management", "FOLLOW_SCENE"),
                    ],
                ),
                "preview_h264" => expect(
                    &found,
                    &[
                        ("file_format", "FFMPEG"),
                        ("container", "MPEG4"),
                        ("codec", "H264"),
                        ("color_management", "OVERRIDE"),
                        ("audio", "NONE"),
                    ],
                ),
                name => {
                    expect(
                        &found,
                        &[("file_format", "FFMPEG"), ("container", "QUICKTIME"), ("color_management", "OVERRIDE")],
                    );
                    let profile = if name == "prores_4444" { "4444" } else { "422_STD" };
                    match found["codec"].as_str() {
                        Some("PRORES") => assert_eq!(found["prores_profile"], profile),
                        // Blenders without ProRes.
                        codec => assert_eq!(codec, Some("PNG")),
                    }
                }
            }
        }
        // Any other spec as well: the rate as an exact ratio, another compression, full floats.
        let other = OutputSpec { compression: Codec::ExrZips, depth: SampleType::Float, ..small_master() };
        let found = configured(&other).settings;
        assert_eq!([&found["fps"], &found["fps_base"]], [&json!(24000), &json!(1001.0)]);
        expect(&found, &[("exr_codec", "ZIPS"), ("color_depth", "32")]);
        let fast = FrameRate { numerator: 60000, denominator: 1001 };
        let found = configured(&OutputSpec { frame_rate: fast, ..small_master() }).settings;
        let rate = found["fps"].as_f64().unwrap() / found["fps_base"].as_f64().unwrap();
        assert!((rate / fast.as_f64() - 1.0).abs() < 1e-7, "{found}");
    }
}

#[track_caller]
fn expect(found: &Value, settings: &[(&str, &str)]) {
    for &(name, value) in settings {
        assert_eq!(found[name], value, "{name} in {found}");
    }
}

#[test]
fn what_the_file_overrides_does_not_reach_the_frames() {
    for blender in blenders() {
        let (plain, odd) = (folder(), folder());
        let plain = render(&request(&blender, shot(), plain.path()));
        let rendered = render(&request(&blender, variants(&blender).join("outputs.blend"), odd.path()));
        assert_eq!(names_in(odd.path()), ["frame.1001.exr"]);
        for words in ["leftovers", "GPU"] {
            assert!(rendered.notes.iter().any(|note| note.contains(words)), "{words} in {:?}", rendered.notes);
        }
        let (plain, odd) = (header(&plain.frames[0].1), header(&rendered.frames[0].1));
        assert_eq!(plain.parts[0].display_window, odd.parts[0].display_window);
        assert!(
            odd.parts.iter().all(|part| part.data_window == odd.parts[0].display_window && part.pixel_aspect == 1.0)
        );
        assert!(
            odd.parts[0].text("File").is_none() && odd.parts[0].text("Date").is_none(),
            "{:?}",
            odd.parts[0].attributes
        );
    }
}

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

#[test]
fn any_path_is_a_path_and_nothing_else() {
    for blender in blenders() {
        let folder = folder();
        let hostile = folder.path().join("a 'b' \"c\" {blend_name} #### $(touch x) ä; --python-expr %04d");
        fs::create_dir(&hostile).unwrap();
        let blend = hostile.join("-b; {fps} 'shot'.blend");
        fs::copy(shot(), &blend).unwrap();
        let rendered = render(&request(&blender, &blend, &hostile));
        assert_eq!(rendered.frames[0].1, hostile.join("frame.1001.exr"));
        assert_eq!(names_in(&hostile), ["-b; {fps} 'shot'.blend", "frame.1001.exr"]);
    }
}

#[cfg(unix)]
#[test]
fn the_working_space_is_what_the_configuration_in_force_says() {
    let installed = &blenders()[0];
    let folder = folder();
    let script = "import os, bpy; print('DATA', bpy.utils.system_resource('DATAFILES'))";
    let output =
        Command::new(installed).args(["--background", "--factory-startup", "--python-expr", script]).output().unwrap();
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    let data = output.lines().find_map(|line| line.strip_prefix("DATA ")).unwrap();
    let own = Path::new(data).join("colormanagement");
    let text = fs::read_to_string(own.join("config.ocio")).unwrap();
    // Blender's own configuration with another working space, which every Blender has under some name.
    let name = ["Linear ACEScg", "ACEScg"].into_iter().find(|name| text.contains(&format!("name: {name}"))).unwrap();
    let configured = |edit: &dyn Fn(&str) -> String| {
        let lines: Vec<String> = text.lines().map(edit).collect();
        let path = folder.path().join("config.ocio");
        let search = format!("search_path: [\"{0}/luts\", \"{0}/filmic\"]", own.display());
        fs::write(&path, lines.join("\n").replace("search_path: \"luts:filmic\"", &search)).unwrap();
        let program = wrapper(folder.path(), installed, &format!("OCIO='{}' exec \"$BLENDER\" \"$@\"", path.display()));
        blender::configure(&request(&program, shot(), folder.path()))
    };
    let to_aces = |line: &str| match line.trim_start().split_once(": ") {
        Some(("scene_linear" | "rendering" | "default_float", _)) => {
            format!("{}: {name}", line.split(':').next().unwrap_or_default())
        }
        _ => line.to_owned(),
    };
    let found = configured(&to_aces).unwrap();
    assert_eq!(found.working_space.chromaticities, named::AP1);
    // Without the role by which Blender measures, its measurement is a guess; the name alone is not known.
    let without_roles = |line: &str| match line.trim_start().split_once(": ") {
        Some(("aces_interchange" | "cie_xyz_d65_interchange" | "XYZ", _)) => String::new(),
        Some(("scene_linear", _)) => format!("  scene_linear: {name}"),
        _ => line.to_owned(),
    };
    match configured(&without_roles) {
        Ok(found) => assert_eq!(found.working_space.chromaticities, named::AP1),
        Err(error) => assert!(error.to_string().contains("aces_interchange"), "{error}"),
    }
}

#[test]
fn blender_5_may_work_in_acescg_and_says_so() {
    for blender in blenders().into_iter().skip(1) {
        let folder = folder();
        let rendered = render(&request(&blender, variants(&blender).join("linear_aces.blend"), folder.path()));
        assert_eq!(rendered.working_space.chromaticities, named::AP1);
        assert_eq!(header(&rendered.frames[0].1).parts[0].text("colorInteropID"), Some("lin_ap1_scene"));
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

#[test]
fn what_cannot_be_asked_for_is_refused_with_what_can() {
    let folder = folder();
    let blender = Path::new("blender");
    let refused = |change: &dyn Fn(&mut RenderRequest), allowed: &str| {
        let mut request = request(blender, shot(), folder.path());
        change(&mut request);
        let error = refused(&request);
        assert!(error.kind() == "spec" && error.to_string().contains(allowed), "{error}");
    };
    refused(&|request| request.frames = [1002, 1001], "from a first to a last");
    refused(&|request| request.frames = [0, i32::MAX], "1048574");
    refused(&|request| request.spec.resolution = [3, 858], "4 pixels and up");
    refused(&|request| request.spec.compression = Codec::ProRes422, "ZIPS");
    refused(&|request| request.spec.frame_rate.denominator = 0, "ratio above 0");
    refused(&|request| request.blend = "nothing.blend".into(), "Give a .blend");
    refused(&|request| request.folder = shot(), "Make the folder");
}
