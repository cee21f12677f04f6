//! The finished file against what was asked for and what was sent. What fails here never gets its final name.

use std::panic::resume_unwind;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use super::samples::{Samples, Shape};
use crate::color::ycbcr::Depth;
use crate::media::{ColorTags, MediaInfo};
use crate::native::ffmpeg::{Encoding, Ffmpeg, decoded_layout};
use crate::native::ffprobe::{Ffprobe, as_input};
use crate::native::process::Process;
use crate::spec::{Codec, Container};
use crate::{Error, Result};

/// Decoding a few frames takes no longer.
const PATIENCE: Duration = Duration::from_secs(300);

/// Probes the movie at `path` and decodes its first, middle and last frame back.
///
/// # Errors
/// Saying what differs from `encoding`, or which frame from what was sent.
pub(super) fn movie(
    ffmpeg: &Ffmpeg,
    path: &Path,
    encoding: &Encoding<'_>,
    frames: usize,
    samples: &Samples,
) -> Result<MediaInfo> {
    let ffprobe = Ffprobe::find(Some(&ffmpeg.program))?;
    let probe = || {
        let info = ffprobe.probe(path)?;
        let differences = differences(&info, encoding, frames);
        if differences.is_empty() {
            return Ok(info);
        }
        let what = format!("ffmpeg {} made something else than asked: {}", ffmpeg.version, differences.join("; "));
        Err(Error::tool(what, "Try another ffmpeg: --ffmpeg PATH"))
    };
    let check = |index: usize| {
        let decoded = decode(ffmpeg, path, encoding, samples.shape, index)?;
        compare(samples, index, &decoded, &Nearness::of(encoding)).map_err(|what| {
            let number = index + 1;
            let what = format!("frame {number} of {frames} in the file is not the one that was sent: {what}");
            Error::tool(what, "Encode it again; if it stays so, try another ffmpeg: --ffmpeg PATH")
        })
    };
    // Side by side: much of it is waiting for programs to start.
    thread::scope(|scope| {
        let checks: Vec<_> = samples.checked().iter().map(|&index| scope.spawn(move || check(index))).collect();
        // What ffprobe finds says more of a file that is something else than frames which then cannot be decoded.
        let info = probe()?;
        checks.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))?;
        Ok(info)
    })
}

/// What the file is that it should not be, in words.
pub(super) fn differences(info: &MediaInfo, encoding: &Encoding<'_>, frames: usize) -> Vec<String> {
    let spec = encoding.spec;
    let mut found = Vec::new();
    let mut expect = |what: &str, is: String, should: String| {
        if is != should {
            found.push(format!("{what} is {is}, not {should}"));
        }
    };
    let [width, height] = spec.resolution;
    if let Some((codec, profile)) = spec.compression.probed() {
        expect("the codec", format!("{} {}", info.codec, info.profile), format!("{codec} {profile}"));
    }
    expect("the size", format!("{}x{}", info.size[0], info.size[1]), format!("{width}x{height}"));
    let exact = info.frame_rate.map(|rate| (rate.numerator, rate.denominator));
    let is_rate =
        exact.is_some_and(|(top, bottom)| i32::try_from(top).is_ok_and(|top| spec.frame_rate.is(top, bottom)));
    if !is_rate {
        let is = info.frame_rate.map_or("not constant".into(), |rate| rate.to_string());
        expect("the frame rate", is, spec.frame_rate.to_string());
    }
    let count = info.frame_count.map_or("not known".into(), |count| count.to_string());
    expect("the number of frames", count, frames.to_string());
    expect("the alpha", info.has_alpha().to_string(), encoding.layout.has_alpha().to_string());
    if info.pixel_aspect.is_some_and(|[top, bottom]| top != bottom) {
        found.push("pixels are not square".into());
    }
    for (place, tags) in [("container", info.container_color), ("codec", info.codec_color)] {
        if !tags.same_codes(&ColorTags::REC709) || tags.full_range == Some(true) {
            found.push(format!("the {place}'s colour tags are {tags}, not {}", ColorTags::REC709));
        }
    }
    let mut expect = |what: &str, is: Option<&str>, should: &str| {
        if is != Some(should) {
            found.push(format!("{what} is {}, not {should}", is.unwrap_or("not there")));
        }
    };
    expect("the time code", info.timecode.as_deref(), &encoding.start.to_string());
    // MP4 has no place for the name of a reel.
    if spec.format == Container::QuickTime {
        expect("the reel", info.reel.as_deref(), encoding.reel);
    }
    if info.is_fast_start != Some(true) {
        found.push("the index stands behind the pictures".into());
    }
    found
}

/// The kept rows of one frame as the file decodes to it, in the codes of what was sent.
fn decode(ffmpeg: &Ffmpeg, path: &Path, encoding: &Encoding<'_>, shape: Shape, index: usize) -> Result<Vec<u16>> {
    let in_file = |error: Error| error.in_file(path.display());
    let codec = encoding.spec.compression;
    let layout = decoded_layout(codec, shape.layout.has_alpha()).unwrap_or(shape.layout);
    let is_key = codec != Codec::H264High;
    let mut command = ffmpeg.command();
    // More threads would decode the frames behind it too.
    command.args(["-threads", "1"]);
    // Nor is the first frame decoded only to guess at what the container says.
    command.args(is_key.then_some("-nofind_stream_info"));
    if index > 0 {
        // Among key frames only, the one that stands in the middle of our frame's time is ours, and nothing else is decoded.
        // Else half a frame early: the first frame that is not before it is ours, however times were rounded.
        let place = index as f64 + if is_key { 0.5 } else { -0.5 };
        command.args(is_key.then_some("-noaccurate_seek"));
        command.args(["-ss", &format!("{:.6}", place / encoding.spec.frame_rate.as_f64())]);
    }
    command.arg("-i").arg(as_input(path)).args(["-map", "0:v:0", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt"]);
    command.args([layout.name(), "pipe:1"]).stdout(Stdio::piped());
    let process = Process::spawn(&mut command, PATIENCE)?;
    let rows = Shape { layout, ..shape }.read(process.answer()?);
    process.finish().map_err(in_file)?;
    let rows = rows.map_err(|error| {
        let what = format!("frame {} cannot be decoded: {error}", index + 1);
        in_file(Error::tool(what, "Encode it again"))
    })?;
    // A decoder may give more bits than it was sent. Of alpha these are its highest once more, not a nearer value.
    let more = layout.depth().bits().saturating_sub(shape.layout.depth().bits());
    let largest = (1 << layout.depth().bits()) - 1;
    let colors = rows.len() - shape.lengths()[3];
    let nearest = |code: u16| (u32::from(code) + (1 << more >> 1)).min(largest) as u16 >> more;
    let scaled =
        rows.iter().enumerate().map(|(place, &code)| if place < colors { nearest(code) } else { code >> more });
    Ok(scaled.collect())
}

/// How near to what was sent a frame has to be.
struct Nearness {
    /// Signal to noise in decibels that every plane keeps at the least. A quantiser bounds the noise, whatever the picture:
    /// what was measured on heavy grain, less about ten.
    psnr: f64,
    /// By how much the mean of a plane may be off, in codes of 8 bits. Coding noise has no mean, but for flat pictures, whose
    /// blocks are all off by the same: by half a step of their mean, which is an eighth of a coefficient.
    offset: f64,
    /// Whether alpha is the very same.
    is_alpha_exact: bool,
}

impl Nearness {
    fn of(encoding: &Encoding<'_>) -> Self {
        let quality = f64::from(encoding.quality().max(1));
        match encoding.spec.compression {
            Codec::H264High => Self { psnr: (45.0 - quality).max(15.0), offset: 0.75, is_alpha_exact: false },
            _ => Self { psnr: 52.0 - 20.0 * quality.log10(), offset: (quality / 32.0).max(0.75), is_alpha_exact: true },
        }
    }
}

/// What is wrong with a decoded frame, in words.
fn compare(samples: &Samples, index: usize, decoded: &[u16], nearness: &Nearness) -> Result<(), String> {
    let shape = samples.shape;
    let sent = samples.peers(index).find(|(place, _)| *place == index).map(|(_, rows)| rows).unwrap_or_default();
    if sent.len() != decoded.len() {
        return Err("it has another size".into());
    }
    let unit = match shape.layout.depth() {
        Depth::Eight => 1.0,
        depth => f64::from(1_u32 << (depth.bits() - 8)),
    };
    let mut start = 0;
    for (plane, length) in ["luma", "Cb", "Cr", "alpha"].into_iter().zip(shape.lengths()) {
        let range = start..start + length;
        start += length;
        if length == 0 {
            continue;
        }
        let (mean, square) = difference(&sent[range.clone()], &decoded[range]);
        let (mean, square) = (mean / unit, square / (unit * unit));
        let psnr = 10.0 * (255.0 * 255.0 / square.max(1e-9)).log10();
        if plane == "alpha" && nearness.is_alpha_exact && square > 0.0 {
            return Err(format!("alpha, which is kept without loss, has a PSNR of {psnr:.1} dB"));
        }
        if psnr < nearness.psnr {
            return Err(format!("{plane} has a PSNR of {psnr:.1} dB, {:.0} is the least", nearness.psnr));
        }
        if mean.abs() > nearness.offset {
            return Err(format!("{plane} is off by {mean:.2} codes of 8 bits on the average"));
        }
    }
    match mistaken_for(samples, index, decoded) {
        Some(place) => Err(format!("it is frame {}", place + 1)),
        None => Ok(()),
    }
}

/// By how much a decoded frame has to be more like another than like its own: a correlation, which has errors of a
/// hundredth on the few rows of the smallest pictures.
const MORE_LIKE: f64 = 0.2;

/// The frame that a decoded one clearly is, if that is another than the one that was sent at its place.
///
/// Frames of a shot look alike but for what moves and for their grain, of which a codec keeps only a part. So it is asked
/// what sets each frame apart from the mean of all that were kept, and whose of these marks the decoded one bears, however
/// faintly.
fn mistaken_for(samples: &Samples, index: usize, decoded: &[u16]) -> Option<usize> {
    let count = samples.peers(index).count().max(1) as f32;
    let mut mean = vec![0.0_f32; decoded.len()];
    for (_, rows) in samples.peers(index) {
        mean.iter_mut().zip(rows).for_each(|(mean, &code)| *mean += f32::from(code) / count);
    }
    let likeness = |rows: &[u16]| {
        let apart = |codes: &[u16], place: usize| f64::from(f32::from(codes[place]) - mean[place]);
        let sums = (0..decoded.len().min(rows.len())).fold([0.0; 3], |[both, own, other], place| {
            let (a, b) = (apart(rows, place), apart(decoded, place));
            [both + a * b, own + a * a, other + b * b]
        });
        if sums[1] * sums[2] > 0.0 { sums[0] / (sums[1] * sums[2]).sqrt() } else { 0.0 }
    };
    let own = samples.peers(index).find(|(place, _)| *place == index).map(|(_, rows)| likeness(rows))?;
    let likest =
        samples.peers(index).map(|(place, rows)| (place, likeness(rows))).max_by(|a, b| a.1.total_cmp(&b.1))?;
    (likest.1 > own + MORE_LIKE).then_some(likest.0)
}

/// The mean of the differences of two runs of codes, and the mean of their squares.
fn difference(a: &[u16], b: &[u16]) -> (f64, f64) {
    let differences = a.iter().zip(b).map(|(&a, &b)| f64::from(b) - f64::from(a));
    let (sum, squares) = differences.fold((0.0, 0.0), |(sum, squares), d| (sum + d, squares + d * d));
    let length = a.len().max(1) as f64;
    (sum / length, squares / length)
}
