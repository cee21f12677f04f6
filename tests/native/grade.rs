use std::fs;
use std::path::{Path, PathBuf};

use super::{Answer, Made, folder, run};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// `convert` of a grey ramp with these options, run in a folder that holds `files`.
fn convert(options: &[&str], files: &[(&str, &[u8])]) -> (Answer, Vec<u8>) {
    let folder = folder();
    let place = |name: &str| folder.path().join(name).into_os_string();
    Made::new(8, 2).with_pixels(|x, _| [0.02 * (x + 1) as f32; 3]).write(folder.path().join("in.exr"));
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    // Names of files of the folder are made whole.
    let options = options.iter().map(|option| {
        let is_own = files.iter().any(|(name, _)| option.starts_with(name));
        if is_own { place(option) } else { option.into() }
    });
    let answer = run(["convert".into(), place("in.exr"), place("out.png")].into_iter().chain(options));
    (answer, fs::read(folder.path().join("out.png")).unwrap_or_default())
}

const IDENTITY: &[u8] = b"LUT_3D_SIZE 2\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n";

#[test]
fn a_show_lut_takes_the_views_place() {
    let (answer, graded) = convert(&["--lut", "show.cube"], &[("show.cube", IDENTITY)]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert!(answer.stdout.contains("ACEScg (from colorInteropID) → ACEScct → Rec.709, LUT show.cube"), "{answer:?}");
    let mut reader = png::Decoder::new(std::io::Cursor::new(&graded)).read_info().unwrap();
    let mut codes = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut codes).unwrap();
    // ACEScct of what a half float makes of the last grey, as AMPAS S-2016-001 has it.
    let light = f64::from(half::f16::from_f32(0.16));
    assert_eq!(f64::from(codes[21]), (255.0 * (light.log2() + 9.72) / 17.52).round());
}

#[test]
fn a_look_and_a_correction_come_before_the_view() {
    let look = fixture("lut/look.cube");
    let (show, one) = (fixture("cdl/show.ccc"), fixture("cdl/one.cc"));
    let named = format!("{}:SHOT-002-001", show.display());
    let look = ["--lut", look.to_str().unwrap(), "--lut-before-view", "--view", "aces-1.3"];
    let (answer, from_show) = convert(&[&look[..], &["--cdl", &named]].concat(), &[]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let line = "→ ACEScct, CDL SHOT-002-001 (slope 1.1 1 0.9, offset 0.01 0 -0.01, power 1 1.05 1, saturation 0.9), \
                LUT look.cube → Rec.709, ACES 1.3 SDR";
    assert!(answer.stdout.contains(line), "{answer:?}");
    let (_, from_one) = convert(&[&look[..], &["--cdl", one.to_str().unwrap()]].concat(), &[]);
    assert!(!from_one.is_empty() && from_one == from_show);
    let (_, without) = convert(&look, &[]);
    assert!(!without.is_empty() && without != from_show);
}

#[test]
fn a_lut_beside_a_named_view_comes_before_it() {
    let look = fixture("lut/look.cube");
    let look = ["--lut", look.to_str().unwrap(), "--view", "aces-1.3"];
    let (answer, named) = convert(&look, &[]);
    assert!(answer.stdout.contains("LUT look.cube → Rec.709, ACES 1.3 SDR"), "{answer:?}");
    let (_, before) = convert(&[&look[..], &["--lut-before-view"]].concat(), &[]);
    assert!(!named.is_empty() && named == before);
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    let (answer, _) = convert(&["--lut-before-view"], &[]);
    assert_eq!(answer.code, Some(2), "{answer:?}");
    let (answer, _) = convert(&["--lut", "bad.cube"], &[("bad.cube", b"LUT_3D_SIZE 2\n0 0 0\n1 nan 0\n")]);
    answer.assert_refused("bad.cube, line 3: an entry holds \"nan\", which is not finite");
    let (answer, _) = convert(&["--lut", "huge.cube"], &[("huge.cube", b"LUT_3D_SIZE 512\n")]);
    answer.assert_refused("LUT_3D_SIZE 512 is over the limit");
    let (answer, _) = convert(&["--lut", "/nowhere/show.cube"], &[]);
    answer.assert_refused("/nowhere/show.cube: cannot be opened");
    let show = fixture("cdl/show.ccc");
    let (answer, output) = convert(&["--cdl", show.to_str().unwrap()], &[]);
    answer.assert_refused("the file holds 3 corrections, and no id says which");
    assert!(output.is_empty());
    let (answer, _) = convert(&["--cdl", &format!("{}:SHOT-9", show.display())], &[]);
    answer.assert_refused("no correction has the id \"SHOT-9\"");
    let (answer, _) = convert(&["--cdl", "a.cdl"], &[("a.cdl", b"<ColorCorrection>\n<SOPNode></ColorCorrection>")]);
    answer.assert_refused("a.cdl, line 2: this is no well-formed XML");
}

#[test]
fn a_colon_in_a_files_name_is_part_of_it() {
    let one = fs::read(fixture("cdl/one.cc")).unwrap();
    let (answer, _) = convert(&["--cdl", "a:b.cc"], &[("a:b.cc", &one)]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let (answer, _) = convert(&["--cdl", "a:b.cc:SHOT-002-001"], &[("a:b.cc", &one)]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
}
