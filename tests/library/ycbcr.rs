//! Packed planes against exact arithmetic, and against what ffmpeg makes of them.

use std::path::Path;
use std::process::{Command, Stdio};

use blender_gsd::color::ycbcr::{Depth, Layout, Sampling};

/// Display-encoded pixels.
struct Picture {
    size: [usize; 2],
    rgb: [Vec<f32>; 3],
    alpha: Vec<f32>,
}

impl Picture {
    fn new(size: [usize; 2], pixel: impl Fn(usize, usize) -> [f32; 4]) -> Self {
        let pixels: Vec<_> =
            (0..size[1]).flat_map(|y| (0..size[0]).map(move |x| (x, y))).map(|(x, y)| pixel(x, y)).collect();
        let plane = |c: usize| pixels.iter().map(|pixel| pixel[c]).collect();
        Self { size, rgb: [plane(0), plane(1), plane(2)], alpha: plane(3) }
    }

    /// Numbers without a pattern, some past both ends.
    fn noise(size: [usize; 2]) -> Self {
        Self::new(size, |x, y| {
            std::array::from_fn(|c| {
                let mix = (x * 7919 + y * 104_729 + c * 1_299_709).wrapping_mul(2_654_435_761) >> 7;
                (mix % 100_003) as f32 / 100_003.0 * 1.2 - 0.1
            })
        })
    }

    fn pack(&self, layout: Layout, rows: usize) -> Vec<u8> {
        let mut frame = vec![0xaa; layout.frame_bytes(self.size)];
        let width = self.size[0];
        for mut band in layout.bands(&mut frame, self.size, rows) {
            let range = band.first_row * width..(band.first_row + band.rows) * width;
            let rgb = self.rgb.each_ref().map(|plane| &plane[range.clone()]);
            layout.pack(width, rgb, Some(&self.alpha[range]), &mut band);
        }
        frame
    }
}

/// The codes of each plane.
fn codes(layout: Layout, size: [usize; 2], frame: &[u8]) -> [Vec<u32>; 4] {
    let bytes = layout.depth().bytes();
    let mut rest = frame;
    layout.plane_sizes(size).map(|[width, height]| {
        let (plane, others) = rest.split_at(width * height * bytes);
        rest = others;
        plane.chunks(bytes).map(|code| code.iter().rev().fold(0, |sum, &byte| sum << 8 | u32::from(byte))).collect()
    })
}

/// BT.709-6, items 3.2 to 3.4, before rounding; in 64-bit floats.
fn exact(rgb: [f64; 3], bits: u32) -> [f64; 3] {
    let [r, g, b] = rgb.map(|v| v.clamp(0.0, 1.0));
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let scale = f64::from(1 << (bits - 8));
    [(219.0 * y + 16.0) * scale, (224.0 * (b - y) / 1.8556 + 128.0) * scale, (224.0 * (r - y) / 1.5748 + 128.0) * scale]
}

/// The unrounded samples of a plane: 0 to 2 as the layout has them, 3 alpha.
fn expected(picture: &Picture, layout: Layout, plane: usize, x: usize, y: usize) -> f64 {
    let [width, height] = picture.size;
    let bits = layout.depth().bits();
    let full = f64::from((1_u32 << bits) - 1);
    let at = |x: i64, y: i64| (y.clamp(0, height as i64 - 1) * width as i64 + x.clamp(0, width as i64 - 1)) as usize;
    let here = at(x as i64, y as i64);
    let sample = |i: usize| exact([0, 1, 2].map(|c| f64::from(picture.rgb[c][i])), bits)[plane];
    let across = |x: i64, y: i64| (sample(at(x - 1, y)) + 2.0 * sample(at(x, y)) + sample(at(x + 1, y))) / 4.0;
    let (column, row) = (2 * x as i64, 2 * y as i64);
    match (layout.sampling(), plane) {
        (_, 3) => f64::from(picture.alpha[here]).clamp(0.0, 1.0) * full,
        (Sampling::Rgb, _) => f64::from(picture.rgb[[1, 2, 0][plane]][here]).clamp(0.0, 1.0) * full,
        (Sampling::Ycbcr444, _) | (_, 0) => sample(here),
        (Sampling::Ycbcr422, _) => across(column, y as i64),
        (Sampling::Ycbcr420, _) => (across(column, row) + across(column, row + 1)) / 2.0,
    }
}

#[test]
fn every_code_is_the_nearest_to_exact_arithmetic() {
    let mut worst = 0.0_f64;
    for size in [[131, 7], [128, 4], [1, 1], [65, 2]] {
        let picture = Picture::noise(size);
        for layout in Layout::ALL {
            let planes = codes(layout, size, &picture.pack(layout, 4));
            for (plane, (codes, [width, _])) in planes.iter().zip(layout.plane_sizes(size)).enumerate() {
                for (i, &code) in codes.iter().enumerate() {
                    let exact = expected(&picture, layout, plane, i % width, i / width);
                    // 32-bit floats are off by some 2^-24 of the largest code.
                    let slack = f64::from(1_u32 << layout.depth().bits()) * 3e-7;
                    let off = (f64::from(code) - exact).abs();
                    assert!(off <= 0.5 + slack, "{} {size:?} plane {plane}, {i}: {code} for {exact}", layout.name());
                    worst = worst.max(off);
                }
            }
        }
    }
    println!("packing against exact arithmetic: at most {worst:.4} codes, half of one is rounding");
}

#[test]
fn the_colours_of_a_test_card_have_the_codes_of_the_standard() {
    // 100 % bars in 10 bits, as BT.709-6 gives them: white, yellow, cyan, green, magenta, red, blue, black.
    const BARS: [([f32; 3], [u32; 3]); 8] = [
        ([1.0, 1.0, 1.0], [940, 512, 512]),
        ([1.0, 1.0, 0.0], [877, 64, 553]),
        ([0.0, 1.0, 1.0], [754, 615, 64]),
        ([0.0, 1.0, 0.0], [691, 167, 105]),
        ([1.0, 0.0, 1.0], [313, 857, 919]),
        ([1.0, 0.0, 0.0], [250, 409, 960]),
        ([0.0, 0.0, 1.0], [127, 960, 471]),
        ([0.0, 0.0, 0.0], [64, 512, 512]),
    ];
    let layout = Layout::named("yuv444p10le").unwrap();
    let picture = Picture::new([8, 2], |x, _| {
        let [r, g, b] = BARS[x].0;
        [r, g, b, 1.0]
    });
    let planes = codes(layout, picture.size, &picture.pack(layout, 2));
    for (i, (rgb, expected)) in BARS.into_iter().enumerate() {
        assert_eq!([0, 1, 2].map(|plane| planes[plane][i]), expected, "{rgb:?}");
    }
    let hostile = Picture::new([3, 1], |x, _| [[f32::NAN; 4], [f32::INFINITY; 4], [f32::NEG_INFINITY; 4]][x]);
    let planes = codes(layout, hostile.size, &hostile.pack(layout, 2));
    assert_eq!(planes[0], [64, 940, 64]);
}

#[test]
fn chroma_lies_where_the_standards_put_it() {
    // Colour that rises evenly to the right and downwards: the filtered sample is the one at the siting, exactly.
    let slope = Picture::new([64, 32], |x, y| [0.5, 0.5, 0.2 + x as f32 / 128.0 + y as f32 / 256.0, 1.0]);
    let at = |x: f64, y: f64| exact([0.5, 0.5, 0.2 + x / 128.0 + y / 256.0], 12);
    for (name, offset, step) in [("yuv422p12le", 0.0, 1), ("yuv420p12le", 0.5, 2)] {
        let layout = Layout::named(name).unwrap();
        let planes = codes(layout, slope.size, &slope.pack(layout, 32));
        let [width, height] = layout.plane_sizes(slope.size)[1];
        // The border columns are repeated, so the outermost samples are not on the slope.
        for (x, y) in (1..width - 1).flat_map(|x| (0..height).map(move |y| (x, y))) {
            let exact = at(2.0 * x as f64, (step * y) as f64 + offset);
            for plane in 1..3 {
                let code = f64::from(planes[plane][y * width + x]);
                assert!((code - exact[plane]).abs() < 0.51, "{name} plane {plane} at {x}, {y}: {code}, {exact:?}");
            }
        }
    }
}

#[test]
fn bands_make_the_same_frame_as_the_whole_and_missing_alpha_is_opaque() {
    let picture = Picture::noise([37, 21]);
    for layout in Layout::ALL {
        let whole = picture.pack(layout, 1000);
        for rows in [2, 4, 16] {
            assert!(picture.pack(layout, rows) == whole, "{} in bands of {rows}", layout.name());
        }
    }
    let layout = Layout::named("yuva444p10le").unwrap();
    let mut frame = vec![0; layout.frame_bytes(picture.size)];
    for mut band in layout.bands(&mut frame, picture.size, 1000) {
        layout.pack(picture.size[0], picture.rgb.each_ref().map(Vec::as_slice), None, &mut band);
    }
    assert!(codes(layout, picture.size, &frame)[3].iter().all(|&code| code == 1023));
}

#[test]
fn an_unknown_layout_gets_the_known_ones() {
    let error = Layout::named("yuv411p").unwrap_err().to_string();
    assert!(error.contains("\"yuv411p\"") && error.contains("yuv444p10le, "), "{error}");
    for layout in Layout::ALL {
        assert_eq!(Layout::named(layout.name()).unwrap(), layout);
        assert!(layout.depth() != Depth::Sixteen || layout.sampling() == Sampling::Rgb);
    }
}

/// Whether there is an ffmpeg; says so if not.
fn has_ffmpeg() -> bool {
    let found = Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        eprintln!("SKIPPED: there is no ffmpeg, so nobody else has read what was packed");
    }
    found
}

fn ffmpeg(arguments: &[&str], folder: &Path) {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-hide_banner", "-loglevel", "error", "-y"]).args(arguments).current_dir(folder);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A lossless codec and back: the bytes are the same, so the planes are where ffmpeg thinks they are.
#[test]
fn ffmpeg_gives_the_same_bytes_back() {
    if !has_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let picture = Picture::noise([70, 34]);
    for layout in Layout::ALL {
        let (name, frame) = (layout.name(), picture.pack(layout, 16));
        std::fs::write(folder.path().join("in.raw"), &frame).unwrap();
        let raw = ["-f", "rawvideo", "-pix_fmt", name];
        // FFV1 has not all of them.
        let codec =
            if matches!(name, "gbrp" | "gbrap" | "yuva422p12le" | "yuva444p12le") { "rawvideo" } else { "ffv1" };
        ffmpeg(
            &[&raw[..], &["-s", "70x34", "-i", "in.raw", "-c:v", codec, "-pix_fmt", name, "out.nut"]].concat(),
            folder.path(),
        );
        ffmpeg(&[&["-i", "out.nut"], &raw[..], &["out.raw"]].concat(), folder.path());
        assert!(std::fs::read(folder.path().join("out.raw")).unwrap() == frame, "{name}");
    }
}

/// The conversion to RGB that ffmpeg has from zimg finds the colours that were packed: matrix, range and planes are the
/// right ones. (ffmpeg's own, swscale, is off by a 255th at white.)
#[test]
fn ffmpeg_sees_the_same_colours() {
    if !has_ffmpeg() {
        return;
    }
    let filters = Command::new("ffmpeg").args(["-hide_banner", "-filters"]).output().unwrap().stdout;
    if !String::from_utf8_lossy(&filters).contains(" zscale ") {
        eprintln!("SKIPPED: this ffmpeg has no zscale, so nobody else has seen the colours that were packed");
        return;
    }
    const PATCHES: [[f32; 3]; 8] = [
        [0.0, 0.0, 0.0],
        [1.0, 1.0, 1.0],
        [0.18, 0.18, 0.18],
        [0.9, 0.1, 0.2],
        [0.2, 0.8, 0.1],
        [0.1, 0.2, 0.9],
        [0.7, 0.6, 0.1],
        [0.3, 0.7, 0.7],
    ];
    let folder = tempfile::tempdir().unwrap();
    let picture = Picture::new([8 * 32, 32], |x, _| {
        let [r, g, b] = PATCHES[x / 32];
        [r, g, b, 1.0]
    });
    for name in ["yuv444p10le", "yuv422p10le", "yuv420p", "yuva444p12le", "gbrp12le"] {
        let layout = Layout::named(name).unwrap();
        std::fs::write(folder.path().join("in.raw"), picture.pack(layout, 16)).unwrap();
        let filter = "zscale=matrixin=709:rangein=limited:chromalin=left:matrix=gbr:range=full,format=gbrp16le";
        let mut arguments = vec!["-f", "rawvideo", "-pix_fmt", name, "-s", "256x32", "-i", "in.raw"];
        if layout.sampling() != Sampling::Rgb {
            arguments.extend(["-vf", filter]);
        }
        arguments.extend(["-f", "rawvideo", "-pix_fmt", "gbrp16le", "out.raw"]);
        ffmpeg(&arguments, folder.path());
        let bytes = std::fs::read(folder.path().join("out.raw")).unwrap();
        let mut worst = 0.0_f32;
        for (patch, expected) in PATCHES.iter().enumerate() {
            let pixel = 16 * 256 + patch * 32 + 16;
            for (c, expected) in expected.iter().enumerate() {
                let at = ([2, 0, 1][c] * 256 * 32 + pixel) * 2;
                let found = f32::from(u16::from_le_bytes([bytes[at], bytes[at + 1]])) / 65535.0;
                worst = worst.max((found - expected).abs());
            }
        }
        // Rounding of Y' and Cb comes together in B': half a code each, that of Cb taken 1.8556 219/224 times. More bits
        // of R'G'B' are made by swscale, which is off by up to two codes.
        let codes = if layout.sampling() == Sampling::Rgb { 2.0 } else { 1.5 };
        let limit = codes / 219.0 / f32::from(1_u16 << (layout.depth().bits() - 8)) + 1e-5;
        assert!(worst < limit, "{name}: off by {worst}, {limit} is allowed");
        println!("{name} seen by ffmpeg: off by {worst:.5}");
    }
}
