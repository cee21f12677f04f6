//! Blender: sets a composite's output up and renders it to multilayer EXR.
//!
//! What happens inside Blender is `driver/`, Python that is part of this program; what passes between the two is data: a job
//! as JSON on the command line, events as JSON on standard output. Scripts in the .blend are not run, settings of the
//! user's are not read, the file itself is never written. Blender 3.4 to 5.x, or a Python that has Blender as a module.

mod event;
mod find;
mod frame;
mod job;
mod run;
mod space;
mod version;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::color::ColorSpace;
use crate::native::process::shell_line;
use crate::spec::OutputSpec;
use crate::{Error, Result};
use event::Event;
pub use find::{BLENDER, Program, find};
use job::{Job, Mode};
use version::Version;

/// How long Blender may be silent before it is taken for stuck, where nobody says otherwise: the longest single step of a
/// frame (building geometry, denoising, one sample at 4K) stays well below.
pub const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// What to render.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderRequest {
    /// Blender, or a Python that has it as a module; else what `BLENDER` names, else what is in PATH.
    pub blender: Option<PathBuf>,
    /// The composite.
    pub blend: PathBuf,
    /// First and last frame.
    pub frames: [i32; 2],
    /// What the frames are for. Blender renders EXR in any case: for a movie the encoder does the rest.
    pub spec: OutputSpec,
    /// Where the frames go. It exists, and files of theirs in it are replaced.
    pub folder: PathBuf,
    /// How long Blender may go without any progress.
    pub timeout: Duration,
}

/// What was rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// Every frame's number and file, in order: multilayer EXR in Blender's own working space, with Blender's own tags.
    pub frames: Vec<(i32, PathBuf)>,
    /// The space of its colour layers, as Blender answered.
    pub working_space: ColorSpace,
    /// Blender's version, `3.4.1`.
    pub version: String,
    /// What a person should know: scripts that did not run, files that were not there, settings that differed.
    pub notes: Vec<String>,
}

/// How far a rendering is.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// Blender has opened the file and is set up.
    Ready {
        /// Blender's version.
        version: String,
        /// What its numbers are in.
        working_space: ColorSpace,
    },
    /// It works on a frame.
    Working {
        /// Frames that are finished.
        done: usize,
        /// Frames of the job.
        total: usize,
        /// The part of the frame that is done, 0 to 1, where Blender says it.
        fraction: Option<f32>,
    },
    /// A frame is on the disk, whole.
    Finished {
        /// Its number.
        frame: i32,
        /// Its file.
        path: PathBuf,
        /// Frames that are finished, this one among them.
        done: usize,
        /// Frames of the job.
        total: usize,
    },
    /// Something a person should know.
    Note(String),
}

/// What there is to render, by the file's own settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surveyed {
    /// First and last frame.
    pub frames: [i32; 2],
    /// Blender's version.
    pub version: String,
}

/// What configure_output made of a scene's settings, read back from Blender.
#[derive(Debug, Clone, PartialEq)]
pub struct Configured {
    /// By name, as `settings` in `driver/gsd_output.py` gives them: `resolution`, `fps`, `fps_base`, `file_format`, …
    pub settings: serde_json::Value,
    /// The space of its colour layers, as Blender answered.
    pub working_space: ColorSpace,
    /// Blender's version.
    pub version: String,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// Renders the composite's frames. `watch` hears of every step, on this thread.
///
/// # Errors
/// If there is no Blender, it is too old, cannot open the file, lacks files that the composite needs, goes without progress
/// for too long, or stops before the last frame: with Blender's own last lines.
pub fn render(request: &RenderRequest, watch: &mut dyn FnMut(Progress)) -> Result<Rendered> {
    let job = Job::new(request, Mode::Render)?;
    check_folder(request)?;
    let program = find(request.blender.as_deref())?;
    let mut session = Session::new(job.frame_count(), request.spec.resolution, watch);
    let ended = run::run(&program, &job, request.timeout, &mut |event| session.hear(event));
    if ended.is_err() {
        frame::remove_partial(&request.folder);
    }
    ended?;
    let configured = session.configured()?;
    if session.frames.len() != job.frame_count() {
        let what = format!("Blender ended after {} of {} frames", session.frames.len(), job.frame_count());
        return Err(
            Error::tool(what, "Render again; if it stays so, run Blender by hand on the file").in_file(job.blend())
        );
    }
    let Configured { working_space, version, notes, .. } = configured;
    Ok(Rendered { frames: session.frames, working_space, version, notes })
}

/// Sets the scene up for the request's spec and reads back what Blender made of it, without rendering: for any format, the
/// movies among them.
///
/// # Errors
/// As [`render`].
pub fn configure(request: &RenderRequest) -> Result<Configured> {
    let job = Job::new(request, Mode::Configure)?;
    check_folder(request)?;
    let program = find(request.blender.as_deref())?;
    let mut ignore = |_| ();
    let mut session = Session::new(0, request.spec.resolution, &mut ignore);
    run::run(&program, &job, request.timeout, &mut |event| session.hear(event))?;
    session.configured()
}

/// What [`render`] starts, as one would type it. The driver's folder is a temporary one, and the folder for the frames need
/// not be there yet.
///
/// # Errors
/// If the request cannot be, or there is no Blender.
pub fn command_line(request: &RenderRequest) -> Result<String> {
    let job = Job::new(request, Mode::Render)?;
    let program = find(request.blender.as_deref())?;
    Ok(shell_line(&run::command(&program, Path::new("DRIVER"), &job.to_json("MARK")?)))
}

fn check_folder(request: &RenderRequest) -> Result<()> {
    if request.folder.is_dir() {
        return Ok(());
    }
    let what = "the folder for the frames does not exist";
    Err(Error::spec(what, "Make the folder first").in_file(request.folder.display()))
}

/// Opens the composite and tells which frames it has, for whoever names none.
///
/// # Errors
/// As [`render`].
pub fn survey(blender: Option<&Path>, blend: &Path, timeout: Duration) -> Result<Surveyed> {
    let job = Job::survey(blend)?;
    let program = find(blender)?;
    let mut ignore = |_| ();
    let mut session = Session::new(0, [0, 0], &mut ignore);
    run::run(&program, &job, timeout, &mut |event| session.hear(event))?;
    match (session.scene_frames, session.version) {
        (Some(frames), Some(version)) => Ok(Surveyed { frames, version: version.to_string() }),
        _ => Err(silent()),
    }
}

fn silent() -> Error {
    Error::tool("Blender ended without a word", "Run it by hand to see what is wrong with it")
}

/// What has been heard from Blender so far.
struct Session<'a> {
    watch: &'a mut dyn FnMut(Progress),
    total: usize,
    resolution: [u32; 2],
    version: Option<Version>,
    scene_frames: Option<[i32; 2]>,
    ready: Option<(ColorSpace, serde_json::Value)>,
    frames: Vec<(i32, PathBuf)>,
    notes: Vec<String>,
}

impl<'a> Session<'a> {
    fn new(total: usize, resolution: [u32; 2], watch: &'a mut dyn FnMut(Progress)) -> Self {
        Self {
            watch,
            total,
            resolution,
            version: None,
            scene_frames: None,
            ready: None,
            frames: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn hear(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Started { version } => self.version = Some(Version::supported(version)?),
            Event::Scene { frames } => self.scene_frames = Some(frames),
            Event::Ready { working_space, settings } => {
                let working_space = working_space.color_space()?;
                let version = self.version.as_ref().map(Version::to_string).unwrap_or_default();
                self.ready = Some((working_space, settings));
                (self.watch)(Progress::Ready { version, working_space });
            }
            Event::Note { text } => {
                self.notes.push(text.clone());
                (self.watch)(Progress::Note(text));
            }
            Event::Status { text } => {
                let (done, total) = (self.frames.len(), self.total);
                (self.watch)(Progress::Working { done, total, fraction: event::fraction(&text) });
            }
            Event::Frame { frame, path } => {
                // At once: a full disk would spoil every frame after it, and Blender does not say so.
                frame::check(&path, self.resolution)?;
                self.frames.push((frame, path.clone()));
                (self.watch)(Progress::Finished { frame, path, done: self.frames.len(), total: self.total });
            }
            Event::Error(refusal) => return Err(refusal.into_error()),
            Event::Done => {}
        }
        Ok(())
    }

    fn configured(&mut self) -> Result<Configured> {
        let (Some(version), Some((working_space, settings))) = (&self.version, self.ready.take()) else {
            return Err(silent());
        };
        let notes = std::mem::take(&mut self.notes);
        Ok(Configured { settings, working_space, version: version.to_string(), notes })
    }
}
