//! Checks a movie: ffprobe says what it is, ffmpeg decodes it frame after frame, each beside its master where there is one.
//!
//! Movies of one shot are checked side by side, in step with the masters: each of these is decoded once, for its own checks
//! and for all movies, and every decoder waits in its pipe.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::Result;
use crate::color::Processor;
use crate::color::ycbcr::Layout;
use crate::deliverable::Deliverable;
use crate::native::ffmpeg::Ffmpeg;
use crate::native::ffprobe::{Ffprobe, as_input};
use crate::native::frames::SequenceFiles;
use crate::native::process::{Answer, Process};
use crate::native::seen::SeenFiles;
use crate::picture::LayerPicture;
use crate::qc::{MovieOptions, MovieValidator, ShotReport, Thresholds, movie_frame_bytes, unreadable_movie};
use crate::spec::OutputSpec;

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
    /// The frames it was made from.
    pub(super) masters: Option<&'a SequenceFiles>,
    pub(super) thresholds: Thresholds,
}

/// A movie that is being checked. What stands in the way is a finding.
pub(super) struct MovieCheck {
    shot_id: String,
    file: String,
    seen: SeenFiles,
    running: Result<Running>,
}

/// A movie that can be opened.
struct Running {
    frames: Frames,
    layout: Layout,
    size: [u32; 2],
    /// Frames before the first master's.
    lead: usize,
    validator: MovieValidator,
    /// Makes the planes of masters of that size, which one shot's all have, and those of the last.
    deliverable: Option<([u32; 2], Deliverable)>,
    planes: Vec<u8>,
    /// What keeps the rest from being decoded.
    problem: Option<String>,
}

/// A frame as its master makes it.
#[derive(Clone, Copy)]
pub(super) struct Master<'a> {
    pub(super) picture: &'a LayerPicture<'a>,
    pub(super) processor: &'a Processor,
}

impl MovieCheck {
    /// Asks what it is and starts its decoder.
    pub(super) fn start(tools: &Tools, job: MovieJob<'_>) -> Self {
        let seen = SeenFiles::of(&[job.path.to_owned()]);
        let (shot_id, file) = (job.shot_id.clone(), job.path.display().to_string());
        Self { running: Running::start(tools, job), shot_id, file, seen }
    }

    /// The next frame, beside its master where that can be read.
    pub(super) fn frame(&mut self, master: Option<Master<'_>>) {
        let Ok(running) = &mut self.running else { return };
        for _ in 0..std::mem::take(&mut running.lead) {
            running.frame(None);
        }
        running.frame(master);
    }

    /// What is left of it, and every check's answer.
    pub(super) fn finish(self) -> ShotReport {
        let checked = self.running.map(|mut running| {
            while running.frame(None) {}
            let Running { frames, validator, problem, .. } = running;
            let problem = problem.or_else(|| frames.finish().err());
            validator.finish(problem.as_deref())
        });
        let mut report = checked.unwrap_or_else(|error| unreadable_movie(self.shot_id, &self.file, &error.to_string()));
        self.seen.note_in(&mut report);
        report
    }
}

impl Running {
    fn start(tools: &Tools, job: MovieJob<'_>) -> Result<Self> {
        let info = tools.ffprobe.probe(job.path)?;
        let spec = job.spec.or_else(|| match job.expected {
            Expected::ByKind => info.deliverable().cloned(),
            Expected::Format(spec) => Some(spec.clone()),
            Expected::Nothing => None,
        });
        let (layout, pixel_format) = layout(&info.pixel_format)?;
        let frame_bytes = movie_frame_bytes(&info, layout, LARGEST_FRAME)?;
        let first = job.masters.and_then(|files| files.sequence.range()).map(|[first, _]| first);
        let (size, lead) = (info.size, first.map_or(0, |first| info.lead(first)));
        let validator = MovieValidator::new(MovieOptions {
            shot_id: job.shot_id,
            file: job.path.display().to_string(),
            spec,
            layout,
            first: first.unwrap_or(1),
            lead,
            masters: job.masters.map(|files| files.paths.len()),
            thresholds: job.thresholds,
            info,
        });
        let frames = Frames::start(&tools.ffmpeg, job.path, &pixel_format, frame_bytes)?;
        Ok(Self { frames, layout, size, lead, validator, deliverable: None, planes: Vec::new(), problem: None })
    }

    /// Whether there was another frame.
    fn frame(&mut self, master: Option<Master<'_>>) -> bool {
        let planes = match self.frames.next() {
            Ok(Some(planes)) => planes,
            Ok(None) => return false,
            Err(what) => {
                self.problem.get_or_insert(what);
                return false;
            }
        };
        let own = master.and_then(|Master { picture, processor }| {
            let window = picture.window();
            let source = [window.width, window.height];
            if self.deliverable.as_ref().is_none_or(|(known, _)| *known != source) {
                let made = Deliverable::new(source, self.size, self.layout);
                self.deliverable = made.ok().map(|deliverable| (source, deliverable));
            }
            let (_, deliverable) = self.deliverable.as_ref()?;
            self.planes.resize(deliverable.frame_bytes(), 0);
            deliverable.render(picture, processor, &mut self.planes);
            Some(self.planes.as_slice())
        });
        self.validator.observe(planes, own);
        true
    }
}

/// The planes of a pixel format, and what ffmpeg is to decode to: the format itself, so that codes stay what they are.
fn layout(pixel_format: &str) -> Result<(Layout, String)> {
    match Layout::of_pixel_format(pixel_format) {
        Ok(layout) => Ok((layout, pixel_format.to_owned())),
        Err(_) => Ok((Layout::named(MOST)?, MOST.to_owned())),
    }
}

/// The frames of a movie as ffmpeg decodes them, one after another.
struct Frames {
    process: Process,
    answer: Answer,
    buffer: Vec<u8>,
}

impl Frames {
    /// # Errors
    /// If ffmpeg cannot be started.
    fn start(ffmpeg: &Ffmpeg, path: &Path, pixel_format: &str, bytes: usize) -> Result<Self> {
        let mut command = ffmpeg.command();
        // Every frame once, as it lies in the file: none is made up for a rate, none left out.
        command.args(["-noautorotate", "-i"]).arg(as_input(path)).args(["-map", "0:v:0", "-fps_mode", "passthrough"]);
        command.args(["-f", "rawvideo", "-pix_fmt", pixel_format, "pipe:1"]).stdout(Stdio::piped());
        let process = Process::spawn(&mut command, PATIENCE)?;
        let answer = process.answer()?;
        process.pulse().rest();
        Ok(Self { process, answer, buffer: vec![0; bytes] })
    }

    /// The planes of the next frame; `None` at the end.
    ///
    /// # Errors
    /// In words, if there is less of it than a frame.
    fn next(&mut self) -> Result<Option<&[u8]>, String> {
        let pulse = self.process.pulse();
        pulse.beat();
        let mut filled = 0;
        while filled < self.buffer.len() {
            match self.answer.read(&mut self.buffer[filled..]) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err("frames are not of the size that the header says".into()),
                Ok(length) => filled += length,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        // Whoever looks at the frame takes the time that it takes.
        pulse.rest();
        Ok(Some(&self.buffer))
    }

    /// What ffmpeg has to say at its end: what it complains of has an effect on the picture, even if it gets there.
    ///
    /// # Errors
    /// That, in words.
    fn finish(self) -> Result<(), String> {
        match self.process.finish().map_err(|error| error.to_string())?.last() {
            Some(complaint) => Err(complaint.clone()),
            None => Ok(()),
        }
    }
}
