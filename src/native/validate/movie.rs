//! Checks a movie: ffprobe says what it is, ffmpeg decodes it frame after frame, each beside its master where there is one.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::color::ycbcr::Layout;
use crate::color::{ColorSpace, Processor};
use crate::deliverable::Deliverable;
use crate::frame::Frame;
use crate::media::MediaInfo;
use crate::native::export::Look;
use crate::native::ffmpeg::Ffmpeg;
use crate::native::ffprobe::{Ffprobe, as_input};
use crate::native::frames::SequenceFiles;
use crate::native::picture;
use crate::native::process::Process;
use crate::native::seen::SeenFiles;
use crate::picture::LayerPicture;
use crate::qc::{MovieOptions, MovieValidator, ShotReport, Thresholds, unreadable_movie};
use crate::spec::{OUTPUT_FORMATS, OutputSpec};
use crate::timecode::Timecode;
use crate::{Error, Result};

use super::Expected;

/// Without a frame for so long, the decoder hangs.
const PATIENCE: Duration = Duration::from_secs(300);
/// Bytes of a decoded frame at the most: 16K in 4:4:4:4 of 16 bits.
const LARGEST_FRAME: usize = 1 << 30;
/// What unknown pixel formats are decoded to: the most that a movie holds.
const MOST: &str = "yuv444p12le";

/// What movies are decoded with.
pub(super) struct Tools {
    ffmpeg: Ffmpeg,
    ffprobe: Ffprobe,
}

impl Tools {
    /// # Errors
    /// If one of them is not there.
    pub(super) fn find() -> Result<Self> {
        let ffmpeg = Ffmpeg::find(None)?;
        let ffprobe = Ffprobe::find(Some(&ffmpeg.program))?;
        Ok(Self { ffmpeg, ffprobe })
    }
}

/// One movie to check.
pub(super) struct MovieJob<'a> {
    pub(super) path: &'a Path,
    pub(super) shot_id: String,
    pub(super) expected: Expected,
    /// The spec in the settings' own words, before `expected` is asked.
    pub(super) spec: Option<OutputSpec>,
    /// The frames it was made from, and what they were looked at through.
    pub(super) masters: Option<(&'a SequenceFiles, &'a Look)>,
    pub(super) thresholds: Thresholds,
}

/// Checks a movie. What stands in the way is a finding.
pub(super) fn check(tools: &Tools, job: MovieJob<'_>) -> ShotReport {
    let seen = SeenFiles::of(&[job.path.to_owned()]);
    let file = job.path.display().to_string();
    let shot_id = job.shot_id.clone();
    let mut report = checked(tools, job).unwrap_or_else(|error| unreadable_movie(shot_id, &file, &error.to_string()));
    seen.note_in(&mut report);
    report
}

fn checked(tools: &Tools, job: MovieJob<'_>) -> Result<ShotReport> {
    let info = tools.ffprobe.probe(job.path)?;
    let spec = job.spec.or_else(|| match job.expected {
        Expected::ByKind => by_codec(&info).cloned(),
        Expected::Format(spec) => Some(spec.clone()),
        Expected::Nothing => None,
    });
    let layout = Layout::named(&info.pixel_format).or_else(|_| Layout::named(MOST))?;
    let size = info.size.map(|side| side as usize);
    if size.contains(&0) || size.iter().any(|&side| side > 65_536) || layout.frame_bytes(size) > LARGEST_FRAME {
        let what = format!("the header says {} x {} pixels", info.size[0], info.size[1]);
        return Err(Error::limit(what, "Encode the movie again, at a size that can be"));
    }
    let files = job.masters.map(|(files, _)| files);
    let mut masters = job.masters.map(|(files, look)| MasterPlanes::new(files, look, info.size, layout));
    let first = files.and_then(|files| files.sequence.range()).map(|[first, _]| first);
    let lead = first.map_or(0, |first| lead(&info, first));
    let mut validator = MovieValidator::new(MovieOptions {
        shot_id: job.shot_id,
        file: job.path.display().to_string(),
        spec,
        layout,
        first: first.unwrap_or(1),
        lead,
        masters: files.map(|files| files.paths.len()),
        thresholds: job.thresholds,
        info,
    });
    let mut index: usize = 0;
    let end = decode(&tools.ffmpeg, job.path, layout, layout.frame_bytes(size), |planes| {
        let master = masters.as_mut().and_then(|masters| masters.planes(index.checked_sub(lead)?));
        validator.observe(planes, master);
        index += 1;
    });
    Ok(validator.finish(end.err().as_deref()))
}

/// Frames before the first master's: one, a slate, where the time code says so.
fn lead(info: &MediaInfo, first: i32) -> usize {
    let before = info.frame_rate.map(|rate| Timecode::of_frame(first.saturating_sub(1), rate).to_string());
    usize::from(before.is_some() && before == info.timecode)
}

/// The film's deliverable of that codec and profile.
fn by_codec(info: &MediaInfo) -> Option<&'static OutputSpec> {
    let own = (info.codec.as_str(), info.profile.as_str());
    OUTPUT_FORMATS.iter().find(|spec| spec.format.is_movie() && spec.compression.probed() == Some(own))
}

/// Decodes every frame.
///
/// # Errors
/// In words, with what kept the rest from being decoded; the frames before it came.
fn decode(
    ffmpeg: &Ffmpeg,
    path: &Path,
    layout: Layout,
    bytes: usize,
    mut frame: impl FnMut(&[u8]),
) -> std::result::Result<(), String> {
    let mut command = ffmpeg.command();
    // Every frame once, as it lies in the file: none is made up for a rate, none left out.
    command.args(["-noautorotate", "-i"]).arg(as_input(path)).args(["-map", "0:v:0", "-fps_mode", "passthrough"]);
    command.args(["-f", "rawvideo", "-pix_fmt", layout.name(), "pipe:1"]).stdout(Stdio::piped());
    let words = |error: Error| error.to_string();
    let process = Process::spawn(&mut command, PATIENCE).map_err(words)?;
    let Some(mut stdout) = process.take_stdout() else { return Err("ffmpeg has no output".into()) };
    let pulse = process.pulse();
    let mut buffer = vec![0; bytes];
    let mut filled = 0;
    loop {
        match stdout.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.to_string()),
        }
        pulse.beat();
        if filled == bytes {
            pulse.rest();
            frame(&buffer);
            pulse.beat();
            filled = 0;
        }
    }
    if filled > 0 {
        return Err("frames are not of the size that the header says".into());
    }
    // What it complains of has an effect on the picture, even if it gets to the end.
    match process.finish().map_err(words)?.last() {
        Some(complaint) => Err(complaint.clone()),
        None => Ok(()),
    }
}

/// The masters' frames as planes of the movie's own kind.
struct MasterPlanes<'a> {
    files: &'a SequenceFiles,
    look: &'a Look,
    size: [u32; 2],
    layout: Layout,
    processor: Option<(ColorSpace, Processor)>,
    frame: Frame,
    planes: Vec<u8>,
}

impl<'a> MasterPlanes<'a> {
    fn new(files: &'a SequenceFiles, look: &'a Look, size: [u32; 2], layout: Layout) -> Self {
        Self { files, look, size, layout, processor: None, frame: Frame::default(), planes: Vec::new() }
    }

    /// The frame at that place; `None` where it cannot be made, which the masters' own checks tell.
    fn planes(&mut self, index: usize) -> Option<&[u8]> {
        let path = self.files.paths.get(index)?;
        self.render(path).ok()?;
        Some(&self.planes)
    }

    fn render(&mut self, path: &Path) -> Result<()> {
        let (header, layer) = picture::read_into(path, &mut self.frame)?;
        let part = header.part(layer.part)?;
        let picture = LayerPicture::new(&self.frame, part, &layer)?;
        let window = picture.window();
        let deliverable = Deliverable::new([window.width, window.height], self.size, self.layout)?;
        let space = self.frame.color_space;
        let processor = match self.processor.take() {
            Some((known, processor)) if known == space => processor,
            _ => self.look.processor(&space)?,
        };
        self.planes.resize(deliverable.frame_bytes(), 0);
        deliverable.render(&picture, &processor, &mut self.planes);
        self.processor = Some((space, processor));
        Ok(())
    }
}
