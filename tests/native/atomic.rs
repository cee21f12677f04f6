use std::fs;

use blender_gsd::native::atomic;

use super::{Made, folder, names_in, run};

#[test]
fn a_failed_conversion_leaves_everything_as_it_was() {
    let folder = folder();
    let (input, output) = (folder.path().join("in.exr"), folder.path().join("out.png"));
    fs::write(&input, b"this is no picture at all").unwrap();
    run([&"convert".into(), &input, &output]).assert_refused("not an OpenEXR file");
    assert_eq!(names_in(folder.path()), ["in.exr"]);
    fs::write(&output, b"older").unwrap();
    run([&"convert".into(), &input, &output]).assert_refused("in.exr");
    assert_eq!(names_in(folder.path()), ["in.exr", "out.png"]);
    assert_eq!(fs::read(&output).unwrap(), b"older");
}

#[test]
fn an_output_that_cannot_be_is_refused_before_anything_is_read() {
    let folder = folder();
    let input = folder.path().join("in.exr");
    Made::new(8, 8).write(&input);
    fs::create_dir(folder.path().join("dir.png")).unwrap();
    let refused = |output: &str, what: &str| {
        run([&"convert".into(), &input, &folder.path().join(output)]).assert_refused(what);
        assert_eq!(names_in(folder.path()), ["dir.png", "in.exr"]);
    };
    refused("dir.png", "this is a folder");
    refused("none/out.png", "does not exist");
    refused("out.tiff", "which kind of file");
    refused("out", "which kind of file");
}

#[cfg(unix)]
#[test]
fn a_folder_that_must_not_be_written_to_stays_empty() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let (input, closed) = (folder.path().join("in.exr"), folder.path().join("closed"));
    Made::new(8, 8).write(&input);
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, PermissionsExt::from_mode(0o555)).unwrap();
    // The superuser may write everywhere; then there is nothing to be seen.
    if fs::write(closed.join("probe"), b"").is_err() {
        run([&"convert".into(), &input, &closed.join("out.png")]).assert_refused("cannot be written");
        assert!(names_in(&closed).is_empty());
    }
    fs::set_permissions(&closed, PermissionsExt::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn an_output_keeps_the_permissions_and_the_link_it_had() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let (real, link) = (folder.path().join("v001.json"), folder.path().join("latest.json"));
    fs::write(&real, b"older").unwrap();
    fs::set_permissions(&real, PermissionsExt::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("v001.json", &link).unwrap();
    atomic::write(&link, b"newer").unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::read(&real).unwrap(), b"newer");
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);

    fs::set_permissions(&real, PermissionsExt::from_mode(0o440)).unwrap();
    let error = atomic::write(&link, b"newest").unwrap_err();
    assert!(error.to_string().contains("write-protected"), "{error}");
    assert_eq!(fs::read(&real).unwrap(), b"newer");

    // A new file is as open as any that the user makes.
    let (made, written) = (folder.path().join("made"), folder.path().join("written"));
    fs::write(&made, b"").unwrap();
    atomic::write(&written, b"").unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&made), mode(&written));
    assert_eq!(names_in(folder.path()), ["latest.json", "made", "v001.json", "written"]);
}

#[test]
fn a_file_name_without_a_folder_means_the_current_one() {
    let folder = folder();
    Made::new(8, 8).write(folder.path().join("in.exr"));
    let output = super::program().current_dir(&folder).args(["convert", "in.exr", "out.png"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(names_in(folder.path()), ["in.exr", "out.png"]);
}
