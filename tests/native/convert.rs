use std::fs;
use std::path::Path;

use blender_gsd::color::named;
use blender_gsd::exr::{self, Header, Limits, Request};
use blender_gsd::frame::Region;

use super::{Answer, Made, folder, run};

/// Four pixels in linear Rec.709: a quarter of red, half of green, all of blue, and values past both ends.
const PIXELS: [[f32; 3]; 4] = [[0.25, 0.0, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 1.0], [-0.25, 2.0, 0.25]];

/// ITU-R BT.1886, annex 1, with black at 0 and white at 1: the power 1/2.4.
fn bt1886(light: f64) -> f64 {
    light.powf(1.0 / 2.4)
}

/// IEC 61966-2-1, 5.3.
fn srgb(light: f64) -> f64 {
    if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

fn four_pixels() -> Made {
    Made::new(4, 1).with_pixels(|x, _| PIXELS[x as usize])
}

fn convert(picture: &Made, output: &str, options: &[&str]) -> (Answer, Vec<u8>) {
    let folder = folder();
    let (input, output) = (folder.path().join("in.exr"), folder.path().join(output));
    picture.write(&input);
    let paths = [input.as_os_str(), output.as_os_str()];
    let answer = run(["convert".as_ref()].into_iter().chain(paths).chain(options.iter().map(AsRef::as_ref)));
    (answer, fs::read(output).unwrap_or_default())
}

struct Png {
    srgb: bool,
    cicp: Option<[u8; 4]>,
    size: [u32; 2],
    codes: Vec<u16>,
    texts: String,
}

fn read_png(bytes: &[u8]) -> Png {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut buffer = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut buffer).unwrap();
    let info = reader.info();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    let codes = match info.bit_depth {
        png::BitDepth::Eight => buffer.iter().map(|&code| code.into()).collect(),
        png::BitDepth::Sixteen => buffer.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect(),
        other => panic!("{other:?}"),
    };
    let cicp = info.coding_independent_code_points.map(|points| {
        let full_range = u8::from(points.is_video_full_range_image);
        [points.color_primaries, points.transfer_function, points.matrix_coefficients, full_range]
    });
    let texts = format!("{:?} {:?}", info.utf8_text, info.uncompressed_latin1_text);
    Png { srgb: info.srgb.is_some(), cicp, size: [frame.width, frame.height], codes, texts }
}

fn expected(encode: fn(f64) -> f64, white: f64) -> Vec<f64> {
    let light = PIXELS.as_flattened().iter().map(|&value| f64::from(value).clamp(0.0, 1.0));
    light.map(|light| encode(light) * white).collect()
}

#[track_caller]
fn assert_codes(found: &[u16], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((f64::from(*found) - expected).abs() < 0.6, "{found} for {expected}");
    }
}

#[test]
fn a_png_has_the_codes_and_the_tags_of_its_display() {
    let (answer, bytes) = convert(&four_pixels(), "out.png", &["--from", "lin_rec709", "--view", "untonemapped"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert!(answer.stdout.contains("linear Rec.709 (chosen by hand) → Rec.709, un-tone-mapped"), "{answer:?}");
    let rec709 = read_png(&bytes);
    assert_eq!((rec709.size, rec709.srgb, rec709.cicp), ([4, 1], false, Some([1, 1, 0, 1])));
    assert_codes(&rec709.codes, &expected(bt1886, 255.0));
    assert!(rec709.texts.contains("chosen by hand"), "{}", rec709.texts);

    let options = ["--from", "lin_rec709", "--view", "untonemapped", "--display", "srgb", "--bits", "16"];
    let (answer, bytes) = convert(&four_pixels(), "out.PNG", &options);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let sixteen = read_png(&bytes);
    assert_eq!((sixteen.srgb, sixteen.cicp), (true, None));
    assert_codes(&sixteen.codes, &expected(srgb, 65535.0));
    // 255 times 0.5612 and 0.5371: worked out by hand, so that the two formulas above are held by something.
    assert_eq!([rec709.codes[0], sixteen.codes[0] / 257], [143, 136]);
}

#[test]
fn exposure_comes_before_the_view() {
    let options = ["--from", "lin_rec709", "--view", "untonemapped", "--exposure", "-1"];
    let (_, darker) = convert(&four_pixels(), "out.png", &options);
    assert_eq!(read_png(&darker).codes[8], (255.0 * bt1886(0.5) + 0.5) as u16);
    let (answer, _) = convert(&four_pixels(), "out.png", &["--exposure", "NaN"]);
    answer.assert_refused("exposure");
}

#[test]
fn an_exr_keeps_values_past_both_ends_and_says_what_it_is() {
    let display = Region::new(10, 20, 6, 2);
    let picture = four_pixels().with_windows(display, Region::new(11, 21, 4, 1));
    let (answer, bytes) = convert(&picture, "out.exr", &["--from", "lin_rec709", "--view", "untonemapped"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let limits = Limits::default();
    let header = Header::read(&bytes, &limits).unwrap();
    let part = &header.parts[0];
    assert_eq!((part.display_window, part.data_window), (display, display));
    assert!(part.chromaticities().unwrap().distance(&named::REC709) < 1e-6);
    assert_eq!(part.text("colorInteropID"), Some("g24_rec709_display"));
    let names: Vec<_> = part.channels.iter().map(|channel| channel.name.as_str()).collect();
    assert_eq!(names, ["B", "G", "R"]);
    let request = Request { part: 0, channels: vec![2, 1, 0], bands: None };
    let frame = exr::decode(&bytes, &header, &request, &limits).unwrap();
    let signed = |light: f32| f64::from(light).signum() * bt1886(f64::from(light).abs());
    for (c, plane) in frame.planes.iter().enumerate() {
        let samples = plane.samples.to_f32();
        for (i, &found) in samples.iter().enumerate() {
            let inside = (7..11).contains(&i);
            let expected = if inside { signed(PIXELS[i - 7][c]) } else { 0.0 };
            let tolerance = 1e-6 * expected.abs().max(1.0);
            // How values below 0 are encoded is the encoding's own affair; that they stay below 0 is not.
            let is_right = (f64::from(found) - expected).abs() <= tolerance || (expected < 0.0 && found < 0.0);
            assert!(is_right, "{} at {i}: {found} for {expected}", plane.name);
        }
    }
}

#[test]
fn an_existing_output_is_replaced_and_the_input_never() {
    let folder = folder();
    let (input, output) = (folder.path().join("in.exr"), folder.path().join("out.exr"));
    four_pixels().write(&input);
    let before = fs::read(&input).unwrap();
    fs::write(&output, b"older").unwrap();
    let convert = |to: &Path| run(["convert".as_ref(), input.as_os_str(), to.as_os_str()]);
    assert_eq!(convert(&output).code, Some(0));
    assert!(fs::read(&output).unwrap().len() > 300);
    convert(&input).assert_refused("the output is the input itself");
    convert(&folder.path().join(".").join("in.exr")).assert_refused("the output is the input itself");
    #[cfg(unix)]
    {
        let link = folder.path().join("link.exr");
        std::os::unix::fs::symlink(&input, &link).unwrap();
        convert(&link).assert_refused("the output is the input itself");
        let hard = folder.path().join("hard.exr");
        fs::hard_link(&input, &hard).unwrap();
        convert(&hard).assert_refused("the output is the input itself");
    }
    assert_eq!(fs::read(&input).unwrap(), before);
}

#[test]
fn a_partial_frame_is_converted_and_the_rest_named() {
    let folder = folder();
    let (input, output) = (folder.path().join("in.exr"), folder.path().join("out.png"));
    let whole = Made::new(64, 64).bytes();
    // The last of the four blocks of 16 lines is cut off.
    fs::write(&input, &whole[..whole.len() - 100]).unwrap();
    let answer = run([&"convert".into(), &"--json".into(), &input, &output]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert!(answer.stderr.contains("warning: ") && answer.stderr.contains("64x16 at 0, 48"), "{answer:?}");
    assert!(answer.stderr.contains("is incomplete"), "{answer:?}");
    let report = answer.json();
    assert_eq!(report["missing"][0]["region"], serde_json::json!([0, 48, 64, 16]));
    assert_eq!(report["bytes"], fs::metadata(&output).unwrap().len());
    let codes = read_png(&fs::read(&output).unwrap()).codes;
    assert!(codes[..48 * 64 * 3].iter().all(|&code| code > 0));
    assert!(codes[48 * 64 * 3..].iter().all(|&code| code == 0));
}

#[test]
fn wrong_values_get_the_allowed_ones() {
    for (options, allowed) in [
        (["--view", "aces-3.0"], "untonemapped"),
        (["--display", "p3"], "rec709, srgb"),
        (["--bits", "10"], "8, 16"),
        (["--from", "log"], "acescg"),
    ] {
        let (answer, bytes) = convert(&four_pixels(), "out.png", &options);
        assert_eq!(answer.code, Some(2), "{answer:?}");
        assert!(answer.stderr.starts_with("error: ") && answer.stderr.contains(allowed), "{answer:?}");
        assert!(bytes.is_empty());
    }
    let (answer, _) = convert(&four_pixels(), "out.png", &["--layer", "beauty"]);
    answer.assert_refused("no layer is called \"beauty\"");
    assert!(answer.stderr.contains("next: There are RGB"), "{answer:?}");
    let (answer, _) = convert(&four_pixels(), "out.exr", &["--bits", "16"]);
    answer.assert_refused("--bits is for PNG");
}
