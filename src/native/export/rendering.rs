//! A composite that is a .blend: its frames, rendered by Blender once and kept.
//!
//! Blender renders into a hidden folder. Each frame that is whole is given the space Blender works in, and a fingerprint of
//! everything it was rendered from, and moves to the shot's folder of frames. A later run takes what has the right
//! fingerprint as it is, and so does a run after a kill: whole frames say themselves what they are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::master::copy_tagged;
use super::plan::state_folder;
use super::source::Source;
use super::{Event, Options, Watch};
use crate::blend;
use crate::color::{ColorSpace, Origin};
use crate::editorial::{ExportJob, ShotId};
use crate::exr::{Attribute, Header, Limits};
use crate::native::blender::{self, Progress, RenderRequest};
use crate::native::config::Composites;
use crate::native::journal::{self, Stamp};
use crate::native::project::{Project, frame_text};
use crate::native::{FileSource, frames};
use crate::{Error, Result};

/// The attribute with the fingerprint.
const FINGERPRINT: &str = "blenderGsdRenderedFrom";
/// More files than this are not followed: a shot links from some dozens.
const MOST_LIBRARIES: usize = 500;

/// What became of a shot's rendering.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RenderReport {
    /// Blender and its version; empty where nothing had to be rendered.
    pub tool: String,
    /// Frames that were rendered, or would be (a dry run).
    pub rendered: usize,
    /// Frames that were there already.
    pub kept: usize,
    /// Blender's command line: of a dry run.
    pub command: Option<String>,
    /// What a person should know.
    pub notes: Vec<String>,
    /// Working time in seconds.
    pub seconds: f64,
}

/// One shot's rendering.
pub(super) struct Rendering<'a> {
    shot: &'a ShotId,
    settings: &'a Composites,
    request: RenderRequest,
    /// Where frames are kept.
    folder: PathBuf,
    fingerprint: String,
    is_forced: bool,
}

impl<'a> Rendering<'a> {
    /// The rendering of a job's frames.
    ///
    /// # Errors
    /// If the .blend cannot be looked at.
    pub(super) fn new(project: &'a Project, job: &'a ExportJob, blend: &Path, options: &Options) -> Result<Self> {
        let settings = &project.config.composites;
        let folder = state_folder(project, &job.scene_id).join(format!("{}.frames", job.shot_id));
        let [first, last] = job.frames;
        let request = RenderRequest {
            blender: options.blender.clone(),
            blend: blend.to_owned(),
            frames: job.frames,
            spec: project.config.format("master_exr")?.spec.clone(),
            folder: folder.join(format!(".{first}-{last}")),
            timeout: Duration::from_secs(settings.blender_timeout),
        };
        let fingerprint = fingerprint(&request)?;
        Ok(Self { shot: &job.shot_id, settings, request, folder, fingerprint, is_forced: options.force })
    }

    /// The frames that are delivered, once they are rendered.
    ///
    /// # Errors
    /// As [`Source::new`].
    pub(super) fn source(&self) -> Result<Source> {
        let (sequences, _) = frames::in_folder(&self.folder)?;
        let files = sequences.into_iter().find(|files| files.sequence.prefix == "frame.");
        let files = files.ok_or_else(|| Error::tool("Blender has rendered nothing", "").in_file(self.blend()))?;
        let mut source = Source::new(&files, self.request.frames, self.start()?, self.settings)?;
        if source.chosen.is_none() {
            // What the tags say was asked of Blender.
            source.space.origin = Origin::Renderer;
        }
        Ok(source)
    }

    /// The frames that are delivered, if every one is rendered already.
    ///
    /// # Errors
    /// As [`Source::new`].
    pub(super) fn kept(&self) -> Result<Option<Source>> {
        if self.missing().is_empty() { self.source().map(Some) } else { Ok(None) }
    }

    /// The frames that would be delivered. Blender is asked for its space where there are none yet.
    ///
    /// # Errors
    /// If Blender cannot open the file.
    pub(super) fn planned(&self) -> Result<(Source, RenderReport)> {
        let missing = self.missing();
        let rendered = missing.iter().map(|[first, last]| first.abs_diff(*last) as usize + 1).sum();
        let mut report = RenderReport { rendered, kept: self.count() - rendered, ..RenderReport::default() };
        let Some(&frames) = missing.first() else { return Ok((self.source()?, report)) };
        let request = RenderRequest { frames, ..self.request.clone() };
        report.command = Some(blender::command_line(&request)?);
        // Nothing is written, so any folder will do.
        let parent = request.blend.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = parent.unwrap_or(Path::new(".")).to_owned();
        let configured = blender::configure(&RenderRequest { folder, ..request })?;
        report.tool = format!("Blender {}", configured.version);
        report.notes = configured.notes;
        let paths = self.numbers().map(|number| (number, self.path(number)));
        let size = self.request.spec.resolution;
        let source = Source::expected(paths, self.start()?, size, configured.working_space, self.settings)?;
        Ok((source, report))
    }

    /// Renders what is missing.
    ///
    /// # Errors
    /// As [`blender::render`], if another run renders the same frames, or they cannot be kept.
    pub(super) fn run(&self, watch: Watch<'_>) -> Result<RenderReport> {
        let begun = Instant::now();
        let missing = self.missing();
        let mut report = RenderReport { kept: self.count(), ..RenderReport::default() };
        if !missing.is_empty() {
            let staging = &self.request.folder;
            fs::create_dir_all(staging).map_err(|error| Error::io("cannot be made", staging.display(), error))?;
            let _lock = journal::lock(&staging.with_extension("lock"))?;
            for frames in missing {
                self.render(frames, &mut report, watch)?;
            }
            // Only what a run that was stopped has left can still be in it.
            let _ = fs::remove_dir_all(staging);
        }
        watch(Event::Frames(report.kept));
        report.seconds = begun.elapsed().as_secs_f64();
        Ok(report)
    }

    fn render(&self, frames: [i32; 2], report: &mut RenderReport, watch: Watch<'_>) -> Result<()> {
        let request = RenderRequest { frames, ..self.request.clone() };
        let mut space = None;
        let mut kept: Result<()> = Ok(());
        let rendered = blender::render(&request, &mut |progress| match progress {
            Progress::Ready { version, working_space } => {
                space = Some(working_space);
                watch(Event::Working(self.shot, &format!("Blender {version}")));
            }
            Progress::Working { fraction, done, total } => {
                let part = fraction.map(|part| format!(", {:.0} %", part * 100.0)).unwrap_or_default();
                watch(Event::Working(self.shot, &format!("rendering {} of {total}{part}", (done + 1).min(total))));
            }
            Progress::Finished { frame, path, .. } => {
                if kept.is_ok() {
                    kept = space.map_or(Ok(()), |space| self.keep(frame, &path, &space));
                }
                watch(Event::Frames(1));
            }
            Progress::Note(note) => watch(Event::Note(self.shot, &note)),
        })?;
        kept?;
        report.tool = format!("Blender {}", rendered.version);
        report.notes.extend(rendered.notes);
        report.rendered += rendered.frames.len();
        report.kept -= rendered.frames.len();
        Ok(())
    }

    /// Tags a whole frame and puts it where it stays.
    fn keep(&self, number: i32, rendered: &Path, space: &ColorSpace) -> Result<()> {
        let header = Header::read(&FileSource::open(rendered)?, &Limits::default())?;
        let tags = [Attribute::chromaticities(&space.chromaticities), Attribute::text(FINGERPRINT, &self.fingerprint)];
        let tagged = rendered.with_extension("tagged");
        let refused = |error| Error::io("cannot be written", tagged.display(), error);
        let file = copy_tagged(rendered, &header, &vec![tags.to_vec(); header.parts.len()], &tagged)?;
        file.sync_all().map_err(refused)?;
        fs::rename(&tagged, self.path(number)).map_err(refused)?;
        fs::remove_file(rendered).map_err(refused)
    }

    /// Runs of frames that are not there, or not of this .blend.
    fn missing(&self) -> Vec<[i32; 2]> {
        let mut runs: Vec<[i32; 2]> = Vec::new();
        for number in self.numbers().filter(|&number| self.is_forced || !self.is_kept(number)) {
            match runs.last_mut() {
                Some(run) if run[1] + 1 == number => run[1] = number,
                _ => runs.push([number; 2]),
            }
        }
        runs
    }

    fn is_kept(&self, number: i32) -> bool {
        let header = FileSource::open(&self.path(number)).and_then(|source| Header::read(&source, &Limits::default()));
        let print = |header: Header| header.parts.first().and_then(|part| part.text(FINGERPRINT).map(str::to_owned));
        header.ok().and_then(print).as_deref() == Some(self.fingerprint.as_str())
    }

    fn path(&self, number: i32) -> PathBuf {
        self.folder.join(format!("frame.{}.exr", frame_text(number)))
    }

    fn numbers(&self) -> std::ops::RangeInclusive<i32> {
        self.request.frames[0]..=self.request.frames[1]
    }

    fn count(&self) -> usize {
        self.request.frames[0].abs_diff(self.request.frames[1]) as usize + 1
    }

    /// The first frame of the file itself, which only numbers that are changed count from.
    fn start(&self) -> Result<i32> {
        if !self.settings.renumber {
            return Ok(self.request.frames[0]);
        }
        let RenderRequest { blender, blend, timeout, .. } = &self.request;
        Ok(blender::survey(blender.as_deref(), blend, *timeout)?.frames[0])
    }

    fn blend(&self) -> String {
        self.request.blend.display().to_string()
    }
}

/// A hash of all that decides what is in the frames: the .blend, the files it names, what is asked of Blender.
fn fingerprint(request: &RenderRequest) -> Result<String> {
    let spec = &request.spec;
    let asked = format!("{:?} {} {:?} {:?}", spec.resolution, spec.frame_rate, spec.compression, spec.depth);
    let mut hash = Sha256::new_with_prefix(asked);
    for path in needed(&request.blend) {
        let Stamp { path, bytes, modified } = Stamp::of(&path)?;
        // Not the whole path: a farm's machines may reach the same folder by different ones.
        hash.update(format!("\n{bytes} {modified} {}", path.file_name().unwrap_or_default().display()));
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The .blend, and of the files that it and its libraries name those that are there, in a fixed order.
fn needed(blend: &Path) -> Vec<PathBuf> {
    let mut found = vec![blend.to_owned()];
    let mut known = BTreeSet::new();
    let mut waiting = vec![blend.to_owned()];
    while let Some(path) = waiting.pop() {
        // What cannot be read here, Blender may; then it stands for itself alone.
        let Ok(file) = fs::File::open(&path) else { continue };
        let Ok(read) = blend::read(file, &blend::Limits::default()) else { continue };
        let folder = path.parent().unwrap_or(Path::new(""));
        for datablock in &read.datablocks {
            let Some(named) = datablock.path.as_deref().map(|name| name.replace('\\', "/")) else { continue };
            let named = named.strip_prefix("//").map_or_else(|| PathBuf::from(&named), |below| folder.join(below));
            if !named.is_file() || !known.insert(named.clone()) {
                continue;
            }
            if datablock.kind == blend::Kind::Library && known.len() <= MOST_LIBRARIES {
                waiting.push(named.clone());
            }
            found.push(named);
        }
    }
    found[1..].sort();
    found
}
