//! Our ProRes against the decoder and the encoder of the real ffmpeg.

use std::path::Path;
use std::process::Command;

use blender_gsd::color::ycbcr::Layout;
use blender_gsd::media::VideoTrack;
use blender_gsd::native::FileSource;
use blender_gsd::prores::{Encoder, Settings, Stream};
use blender_gsd::spec::FrameRate;

use super::folder;

const RATE: FrameRate = FrameRate::FPS_24;

/// Numbers that look random, from 0 to 1.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1_u32 << 31)
    }

    /// About as film grain is: a sum of four, whose deviation is 1.
    fn grain(&mut self) -> f64 {
        let sum: f64 = (0..4).map(|_| self.next()).sum();
        (sum - 2.0) * 3.0_f64.sqrt()
    }
}

/// The planes of a frame, from the code at each place.
fn planes(layout: Layout, size: [usize; 2], mut code: impl FnMut(usize, usize, usize) -> f64) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (plane, [width, height]) in layout.plane_sizes(size).into_iter().enumerate() {
        for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
            let code = code(plane, x, y).round().clamp(0.0, 1023.0) as u16;
            bytes.extend_from_slice(&code.to_le_bytes());
        }
    }
    bytes
}

/// Slopes, edges and grain.
fn scenery(layout: Layout, size: [usize; 2], deviation: f64) -> Vec<u8> {
    let mut noise = Noise(7);
    planes(layout, size, |plane, x, y| {
        let slope = 200.0 + 500.0 * (x + 2 * y) as f64 / (size[0] + 2 * size[1]) as f64;
        let edge = if (x / 23 + y / 17) % 5 == plane { 180.0 } else { 0.0 };
        slope + edge + deviation * noise.grain()
    })
}

fn encoded(layout: Layout, size: [usize; 2], quantiser: u32, frames: &[&[u8]]) -> Vec<u8> {
    let settings = Settings { layout, size, quantiser, frame_rate: RATE };
    let entry = if layout.name().contains("444") { *b"ap4h" } else { *b"apcn" };
    let (mut encoder, mut stream) = (Encoder::new(settings).unwrap(), Stream::new(&settings, entry));
    let (mut movie, mut frame) = (Vec::new(), Vec::new());
    for planes in frames {
        encoder.encode(planes, &mut frame);
        movie.extend(stream.before(frame.len()));
        movie.extend_from_slice(&frame);
    }
    movie
}

fn ffmpeg(arguments: &str, folder: &Path) {
    let answer = Command::new("ffmpeg")
        .current_dir(folder)
        .args(["-y", "-v", "error", "-nostdin"])
        .args(arguments.split_whitespace())
        .output();
    let answer = answer.unwrap();
    let words = String::from_utf8_lossy(&answer.stderr);
    assert!(answer.status.success() && words.is_empty(), "{arguments}: {words}");
}

/// What ffmpeg decodes a movie to, in codes of 10 bits: the colour of each frame, and its alpha.
fn decoded(movie: &[u8], layout: Layout, size: [usize; 2]) -> Vec<[Vec<u16>; 2]> {
    let folder = folder();
    std::fs::write(folder.path().join("in.mov"), movie).unwrap();
    // What it decodes 4444 to has two bits more, and no scaler shall take them off.
    let shift = if layout.name().contains("444") { 2 } else { 0 };
    let format = if shift == 2 { layout.name().replace("10le", "12le") } else { layout.name().into() };
    ffmpeg(&format!("-err_detect explode -i in.mov -f rawvideo -pix_fmt {format} out.raw"), folder.path());
    let raw = codes(&std::fs::read(folder.path().join("out.raw")).unwrap());
    let nearest = |code: &u16| (code + (1 << shift >> 1)).min((1024 << shift) - 1) >> shift;
    let frames = raw.chunks_exact(layout.frame_bytes(size) / 2).map(|frame| {
        let (color, alpha) = frame.split_at(colors(layout, size));
        // Alpha's lowest bits are its highest once more.
        [color.iter().map(nearest).collect(), alpha.iter().map(|code| code >> shift).collect()]
    });
    frames.collect()
}

/// Samples of a frame that are not alpha.
fn colors(layout: Layout, size: [usize; 2]) -> usize {
    layout.plane_sizes(size)[..3].iter().map(|[width, height]| width * height).sum()
}

fn codes(planes: &[u8]) -> Vec<u16> {
    planes.as_chunks().0.iter().map(|&code| u16::from_le_bytes(code)).collect()
}

/// The mean square of what they differ by.
fn error(a: &[u16], b: &[u16]) -> f64 {
    assert_eq!(a.len(), b.len());
    let squares: f64 = a.iter().zip(b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum();
    squares / a.len() as f64
}

fn layout(name: &str) -> Layout {
    Layout::named(name).unwrap()
}

/// A coefficient is off by two thirds of a step at the most, and a step is as many codes as the quantiser says; a transform
/// without gain keeps the square. Samples are rounded, and decoded once more.
fn largest_error(quantiser: u32) -> f64 {
    (2.0 / 3.0 * f64::from(quantiser)).powi(2) + 0.5
}

#[test]
fn every_size_and_kind_decodes_to_what_was_encoded() {
    // Slices of eight macroblocks, of four, two and one; edges inside of a macroblock, and of a block.
    let sizes = [[1, 1], [16, 16], [17, 9], [130, 50], [240, 33], [255, 64], [384, 16]];
    for name in ["yuv422p10le", "yuva422p10le", "yuv444p10le", "yuva444p10le"] {
        for size in sizes {
            for quantiser in [1, 11, 128] {
                let layout = layout(name);
                let sent = scenery(layout, size, 12.0);
                let movie = encoded(layout, size, quantiser, &[&sent]);
                let case = format!("{name} {size:?} at {quantiser}");
                let sent = codes(&sent);
                let (sent, sent_alpha) = sent.split_at(colors(layout, size));
                let [got, got_alpha] = &decoded(&movie, layout, size)[0];
                let error = error(sent, got);
                assert!(error <= largest_error(quantiser), "{case}: {error}");
                assert_eq!(sent_alpha, got_alpha, "{case}: alpha has no loss");
            }
        }
    }
}

#[test]
fn nothing_is_too_wild_for_it() {
    let (layout, size) = (layout("yuva444p10le"), [272, 40]);
    let mut noise = Noise(3);
    let wild = [
        planes(layout, size, |_, _, _| noise.next() * 1023.0),
        planes(layout, size, |_, x, y| ((x + y) % 2) as f64 * 1023.0),
        planes(layout, size, |_, x, _| (x / 8 % 2) as f64 * 1023.0),
        planes(layout, size, |plane, _, _| if plane == 3 { 0.0 } else { 1023.0 }),
        planes(layout, size, |_, _, _| 0.0),
        // One coefficient of all is there, after the longest run of none.
        planes(layout, size, |_, x, y| if (x, y) == (127, 15) { 1023.0 } else { 512.0 }),
    ];
    let frames: Vec<&[u8]> = wild.iter().map(Vec::as_slice).collect();
    for quantiser in [1, 3, 128] {
        let got = decoded(&encoded(layout, size, quantiser, &frames), layout, size);
        assert_eq!(got.len(), wild.len());
        for (index, (sent, [got, alpha])) in wild.iter().zip(&got).enumerate() {
            let sent = codes(sent);
            let (sent, sent_alpha) = sent.split_at(colors(layout, size));
            let error = error(sent, got);
            // Codes 0 to 3 and 1020 to 1023 belong to no picture (BT.709-6, item 3.5), and the decoder makes none.
            assert!(error <= largest_error(quantiser) + 16.0, "frame {index} at {quantiser}: {error}");
            assert_eq!(sent_alpha, alpha, "alpha of frame {index}");
        }
    }
}

/// As many bytes as ffmpeg's encoder takes buy at least as good a picture.
#[test]
fn no_worse_than_prores_ks_at_its_size() {
    for (name, profile) in [("yuv444p10le", "4444"), ("yuv422p10le", "standard")] {
        for deviation in [3.0, 12.0] {
            let (layout, size) = (layout(name), [512, 256]);
            let planes = scenery(layout, size, deviation);
            let folder = folder();
            std::fs::write(folder.path().join("in.raw"), &planes).unwrap();
            let input = format!("-f rawvideo -pixel_format {name} -video_size {}x{} -i in.raw", size[0], size[1]);
            for matrix in ["auto -q:v 9", "default -q:v 5"] {
                ffmpeg(
                    &format!("{input} -c:v prores_ks -profile:v {profile} -quant_mat {matrix} ks.mov"),
                    folder.path(),
                );
                let theirs = std::fs::read(folder.path().join("ks.mov")).unwrap();
                let ours = (1..=128).map(|quantiser| encoded(layout, size, quantiser, &[&planes]));
                let ours = ours.into_iter().find(|ours| ours.len() <= theirs.len()).unwrap();
                let [ours, theirs] =
                    [ours, theirs].map(|movie| error(&codes(&planes), &decoded(&movie, layout, size)[0][0]));
                assert!(ours <= theirs, "{name} with {deviation}, {matrix}: {ours} is more than {theirs}");
            }
        }
    }
}

#[test]
fn a_frame_says_what_it_is() {
    let (layout, size) = (layout("yuva444p10le"), [130, 50]);
    let planes = scenery(layout, size, 4.0);
    let folder = folder();
    let path = folder.path().join("in.mov");
    std::fs::write(&path, encoded(layout, size, 5, &[&planes, &planes, &planes])).unwrap();
    // Once more by those who make movies of them, whose index this project reads.
    ffmpeg("-nofind_stream_info -i in.mov -c:v copy -movflags +faststart out.mov", folder.path());
    let source = FileSource::open(&folder.path().join("out.mov")).unwrap();
    let track = VideoTrack::read(&source).unwrap();
    let info = track.info;
    assert_eq!((info.codec.as_str(), info.profile.as_str(), info.size), ("prores", "4444", [130, 50]));
    assert_eq!((info.pixel_format.as_str(), info.frame_count), ("yuva444p12le", Some(3)));
    assert_eq!((info.frame_rate, info.pixel_aspect), (Some(RATE), Some([1, 1])));
    assert!(info.codec_color.same_codes(&blender_gsd::media::ColorTags::REC709), "{}", info.codec_color);
}

#[test]
fn what_it_cannot_make_is_refused() {
    let good = Settings { layout: layout("yuv422p10le"), size: [64, 32], quantiser: 4, frame_rate: RATE };
    assert!(Encoder::new(good).is_ok());
    let bad = [
        Settings { layout: layout("yuv420p10le"), ..good },
        Settings { layout: layout("yuv444p12le"), ..good },
        Settings { layout: layout("gbrp10le"), ..good },
        Settings { quantiser: 0, ..good },
        Settings { quantiser: 129, ..good },
        Settings { size: [0, 32], ..good },
        Settings { size: [64, 65536], ..good },
    ];
    for settings in bad {
        let error = Encoder::new(settings).unwrap_err();
        assert_eq!(error.kind(), "spec", "{settings:?}: {error}");
    }
}
