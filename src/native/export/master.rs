//! EXR masters: each frame made in a folder beside its place, all of them moved there when the last one is done.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use super::master_check;
use super::source::Decoded;
use crate::color::ColorSpace;
use crate::exr::{Attribute, Header, Limits, retag};
use crate::master::{Wanted, Way, rewrite, way};
use crate::native::FileSource;
use crate::native::composites::value_in;
use crate::native::journal::{Journal, Made, Stamp};
use crate::spec::OutputSpec;
use crate::{Error, Result};

/// Frames that wait to be written: their headers only, the pixels are read where they lie.
const WAITING: usize = 4;

/// What masters are to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MasterJob {
    pub(super) spec: OutputSpec,
    pub(super) layer: Option<String>,
    pub(super) space: Option<ColorSpace>,
    /// Where each frame goes, by its number in the delivery.
    pub(super) paths: BTreeMap<i32, PathBuf>,
    /// What the shot's masters are called: of a sequence, with `composites::UNKNOWN` where the number is, and a lone one.
    pub(super) names: [String; 2],
    pub(super) recipe: String,
}

impl MasterJob {
    /// What the master of that frame is to be.
    pub(super) fn wanted(&self, number: i32) -> Wanted<'_> {
        Wanted { spec: &self.spec, number, layer: self.layer.as_deref(), space: self.space }
    }

    /// Whether the file at `path` is called as a master of this shot is, whatever its number.
    fn is_called_so(&self, path: &Path) -> bool {
        let [numbered, lone] = &self.names;
        let path = path.to_string_lossy();
        path == *lone || value_in(numbered, &path).is_some_and(|number| number.parse::<i32>().is_ok())
    }

    /// The folder in which frames wait for the last of them: hidden, beside their place.
    fn staging(&self) -> Option<PathBuf> {
        let first = self.paths.values().next()?;
        let name = first.file_name()?.to_string_lossy();
        Some(first.with_file_name(format!(".{name}.part")))
    }
}

/// Masters in the making.
pub(super) struct MasterWriter {
    work: Option<SyncSender<Work>>,
    thread: Option<JoinHandle<Result<Masters>>>,
}

enum Work {
    Frame { number: i32, path: PathBuf, header: Arc<Header> },
    End,
}

/// Masters that are made and in their places.
pub(super) struct Masters {
    pub(super) journal: Journal,
    pub(super) frames: BTreeMap<i32, Made>,
    /// What was done, in words, each once.
    pub(super) ways: Vec<String>,
    /// Files that an earlier delivery had and this one has not.
    pub(super) removed: Vec<PathBuf>,
}

impl MasterWriter {
    /// Ready for the first frame.
    ///
    /// # Errors
    /// If the folders cannot be made.
    pub(super) fn start(job: MasterJob, mut journal: Journal) -> Result<Self> {
        let staging = job.staging().ok_or_else(|| Error::spec("there is no frame to write", ""))?;
        fs::create_dir_all(&staging).map_err(|error| Error::io("cannot be made", staging.display(), error))?;
        journal.begin(&job.recipe)?;
        let (work, todo) = sync_channel(WAITING);
        let thread = thread::spawn(move || Making { job, journal, staging, ways: Vec::new() }.run(&todo));
        Ok(Self { work: Some(work), thread: Some(thread) })
    }

    /// Passes a frame on.
    ///
    /// # Errors
    /// If one before it has failed.
    pub(super) fn frame(&mut self, decoded: &Decoded) -> Result<()> {
        let Decoded { number, path, header, .. } = decoded;
        let work = Work::Frame { number: *number, path: path.clone(), header: Arc::clone(header) };
        let is_taken = self.work.as_ref().is_some_and(|to| to.send(work).is_ok());
        if is_taken { Ok(()) } else { self.finish().map(|_| ()) }
    }

    /// Says that every frame came.
    pub(super) fn end(&mut self) {
        if let Some(work) = self.work.take() {
            let _ = work.send(Work::End);
        }
    }

    /// Waits until they are written, checks them, and moves them to their places.
    ///
    /// # Errors
    /// If one cannot be made.
    pub(super) fn finish(&mut self) -> Result<Masters> {
        self.end();
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            _ => Err(Error::spec("the writer of masters ended early", "")),
        }
    }
}

impl Drop for MasterWriter {
    /// Without [`Work::End`] what is made stays where it waits, for the next run.
    fn drop(&mut self) {
        drop(self.work.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Making {
    job: MasterJob,
    journal: Journal,
    staging: PathBuf,
    ways: Vec<String>,
}

impl Making {
    fn run(mut self, todo: &Receiver<Work>) -> Result<Masters> {
        let mut frames = BTreeMap::new();
        while let Ok(work) = todo.recv() {
            match work {
                Work::Frame { number, path, header } => {
                    let made = self.make(number, &path, &header).map_err(|error| error.in_file(path.display()))?;
                    frames.insert(number, made);
                }
                Work::End => return self.settle(frames),
            }
        }
        Err(Error::spec("not every frame came", ""))
    }

    /// One frame, where it waits or already in its place.
    fn make(&mut self, number: i32, path: &Path, header: &Header) -> Result<Made> {
        let input = Stamp::of(path)?;
        let place =
            self.job.paths.get(&number).ok_or_else(|| Error::spec(format!("frame {number} has no place"), ""))?;
        let staged = self.staging.join(place.file_name().unwrap_or_default());
        if let Some(output) = self.journal.frame(&self.job.recipe, number, &input) {
            for path in [&staged, place] {
                if output.is_at(path) {
                    return Ok(Made { input, output: Stamp { path: path.clone(), ..output.clone() } });
                }
            }
        }
        let wanted = self.job.wanted(number);
        let way = way(header, &wanted)?;
        let words = way.describe();
        if !self.ways.contains(&words) {
            self.ways.push(words);
        }
        let partial = staged.with_extension("part");
        if let Err(error) = write(path, header, &way, &wanted, &partial) {
            // Where the disk is full, a half of a frame is in the way.
            let _ = fs::remove_file(&partial);
            return Err(error);
        }
        fs::rename(&partial, &staged).map_err(|error| Error::io("cannot be written", staged.display(), error))?;
        let made = Made { input, output: Stamp::of(&staged)? };
        self.journal.note(number, made.clone())?;
        Ok(made)
    }

    /// Checks the first, the middle and the last frame, and moves all to their places.
    fn settle(self, mut frames: BTreeMap<i32, Made>) -> Result<Masters> {
        let numbers: Vec<i32> = frames.keys().copied().collect();
        let mut checked = vec![0, numbers.len() / 2, numbers.len().saturating_sub(1)];
        checked.dedup();
        for number in checked.into_iter().filter_map(|place| numbers.get(place)) {
            if let Some(made) = frames.get(number) {
                master_check::check(&made.input.path, &made.output.path, &self.job.wanted(*number))?;
            }
        }
        for (number, made) in &mut frames {
            let Some(place) = self.job.paths.get(number) else { continue };
            if made.output.path != *place {
                let moved = fs::rename(&made.output.path, place);
                moved.map_err(|error| Error::io("cannot be put in its place", place.display(), error))?;
                made.output.path.clone_from(place);
            }
        }
        let removed = self.remove_old(&frames)?;
        // Only what was left by a run that was stopped can still be in it.
        let _ = fs::remove_dir_all(&self.staging);
        Ok(Masters { journal: self.journal, frames, ways: self.ways, removed })
    }

    /// Frames of an earlier delivery that this one has not would be taken for a part of it. Files of other names, as those of
    /// another version, are none of ours.
    fn remove_old(&self, frames: &BTreeMap<i32, Made>) -> Result<Vec<PathBuf>> {
        let mut removed = Vec::new();
        let old = self.journal.finished().map(|finished| finished.files.as_slice()).unwrap_or_default();
        let is_ours = |stamp: &&Stamp| {
            self.job.is_called_so(&stamp.path)
                && !frames.values().any(|made| made.output.path == stamp.path)
                && stamp.is_current()
        };
        for stamp in old.iter().filter(is_ours) {
            let gone = fs::remove_file(&stamp.path);
            gone.map_err(|error| Error::io("cannot be removed", stamp.path.display(), error))?;
            removed.push(stamp.path.clone());
        }
        Ok(removed)
    }
}

/// Writes one master to `target`, and brings it to the disk.
fn write(path: &Path, header: &Header, way: &Way, wanted: &Wanted<'_>, target: &Path) -> Result<()> {
    let refused = |error| Error::io("cannot be written", target.display(), error);
    let file = match way {
        Way::AsItIs => {
            // The system shares the blocks where it can (reflink), and copies them without our help where not.
            fs::copy(path, target).map_err(refused)?;
            File::open(target).map_err(refused)?
        }
        Way::Retag(tags) => copy_tagged(path, header, tags, target)?,
        Way::Rewrite(_) => {
            let source = FileSource::open(path)?;
            let file = File::create(target).map_err(refused)?;
            rewrite(&source, header, wanted, &Limits::default(), file)?
        }
    };
    file.sync_all().map_err(refused)
}

/// Copies the frame at `path` to `target` with other attributes, one list for each part; every chunk stays what it is.
pub(super) fn copy_tagged(path: &Path, header: &Header, tags: &[Vec<Attribute>], target: &Path) -> Result<File> {
    let refused = |error| Error::io("cannot be written", target.display(), error);
    let retagged = retag(&FileSource::open(path)?, header, tags)?;
    let mut file = File::create(target).map_err(refused)?;
    file.write_all(&retagged.head).map_err(refused)?;
    let mut rest = File::open(path).map_err(|error| Error::io("cannot be opened", path.display(), error))?;
    rest.seek(SeekFrom::Start(retagged.rest.start)).map_err(refused)?;
    let length = retagged.rest.end - retagged.rest.start;
    std::io::copy(&mut rest.take(length), &mut file).map_err(refused)?;
    Ok(file)
}
