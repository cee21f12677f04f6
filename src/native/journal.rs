//! What an output's files were made of, so that a batch that was stopped goes on where it stood, and what has changed is
//! made again.
//!
//! One file for each output, a JSON record a line, appended to: a line that a kill cut short is no record. A lock beside it
//! keeps two runs from writing the same files; the system lifts it when its owner ends, however that happens.
//!
//! Paths stand in it as they are below the project's folder, which may be copied, moved, or reached by another path.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::{atomic, clock};
use crate::{Error, Result};

/// A file as it was: where, how long, and when it was last written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Its path as it was reached.
    pub path: PathBuf,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it was last written, in nanoseconds since 1970; what is older counts down from the largest number, for times
    /// are only held for equal or not: clocks are set back.
    pub modified: u64,
}

impl Stamp {
    /// The file at `path` as it is now.
    ///
    /// # Errors
    /// If it cannot be looked at.
    pub fn of(path: &Path) -> Result<Self> {
        let refused = |error| Error::io("cannot be looked at", path.display(), error);
        let metadata = fs::metadata(path).map_err(refused)?;
        let modified = match metadata.modified().map_err(refused)?.duration_since(UNIX_EPOCH) {
            Ok(since) => since.as_nanos() as u64,
            Err(error) => (error.duration().as_nanos() as u64).wrapping_neg(),
        };
        Ok(Self { path: path.to_owned(), bytes: metadata.len(), modified })
    }

    /// Whether the file is still the one it was.
    pub fn is_current(&self) -> bool {
        self.is_at(&self.path)
    }

    /// Whether the file at `path` is the one it was, perhaps under another name.
    pub fn is_at(&self, path: &Path) -> bool {
        Self::of(path).is_ok_and(|now| (now.bytes, now.modified) == (self.bytes, self.modified))
    }
}

/// One frame of a sequence: what it was made of, and what it became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The composite's frame.
    pub input: Stamp,
    /// The deliverable's file.
    pub output: Stamp,
}

/// A finished output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// The deliverable's name.
    pub format: String,
    /// First and last frame, by the numbers of the delivery.
    pub frames: [i32; 2],
    /// Frames before the first: a slate.
    #[serde(default)]
    pub lead: u32,
    /// Whether the composite had more frames.
    #[serde(default)]
    pub is_part: bool,
    /// Everything but the frames that decides what is in the files: spec, view, arguments.
    pub recipe: String,
    /// The composite's frames.
    pub inputs: Vec<Stamp>,
    /// Its files: one movie, or the frames.
    pub files: Vec<Stamp>,
    /// How it came about.
    pub facts: Facts,
}

/// How an output came about, for its metadata.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// What was done to the picture, in words.
    pub view: String,
    /// Program and version.
    pub tool: String,
    /// Its arguments, but for the name of the output.
    pub arguments: Vec<String>,
    /// Working time in seconds.
    pub seconds: f64,
    /// When it was finished: RFC 3339, UTC.
    pub finished_at: String,
}

impl Finished {
    fn stamps(&mut self) -> impl Iterator<Item = &mut Stamp> {
        self.inputs.iter_mut().chain(&mut self.files)
    }

    /// Whether it was made by this recipe of these inputs, and its files are still the ones it made.
    pub fn is_current(&self, recipe: &str, inputs: &[Stamp]) -> bool {
        self.recipe == recipe && self.inputs == inputs && self.files.iter().all(Stamp::is_current)
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
enum Record {
    /// A run began; what follows was made by this recipe.
    Begun { recipe: String },
    /// A frame is done.
    Frame { number: i32, made: Made },
    /// Everything is done.
    Finished(Finished),
}

impl Record {
    fn change_paths(&mut self, change: impl Fn(&Path) -> PathBuf) {
        let change = |stamp: &mut Stamp| stamp.path = change(&stamp.path);
        match self {
            Self::Begun { .. } => {}
            Self::Frame { made, .. } => [&mut made.input, &mut made.output].into_iter().for_each(change),
            Self::Finished(finished) => finished.stamps().for_each(change),
        }
    }

    /// One line of a journal of the project in `root`; `None` if it is none, as one that was cut short.
    fn read(line: &str, root: &Path) -> Option<Self> {
        let mut record: Self = serde_json::from_str(line).ok()?;
        record.change_paths(|path| root.join(path));
        Some(record)
    }

    fn line(mut self, root: &Path) -> Result<String> {
        self.change_paths(|path| path.strip_prefix(root).unwrap_or(path).to_owned());
        let json = serde_json::to_string(&self);
        json.map(|json| json + "\n").map_err(|error| Error::spec(format!("a record cannot be written: {error}"), ""))
    }
}

/// The journal of one output, locked.
#[derive(Debug)]
pub struct Journal {
    /// The project's folder.
    root: PathBuf,
    path: PathBuf,
    file: File,
    /// Kept for as long as the output is ours.
    _lock: File,
    /// The last run that came to its end.
    finished: Option<Finished>,
    /// Frames that the last run made, by number, and the recipe it made them by.
    frames: BTreeMap<i32, Made>,
    recipe: String,
}

impl Journal {
    /// The journal of the output called `name` (a shot and a format) of the project in `root`, in `folder`, which is made.
    ///
    /// # Errors
    /// If another run has it, or the system refuses.
    pub fn open(root: &Path, folder: &Path, name: &str) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|error| Error::io("cannot be made", folder.display(), error))?;
        let lock = lock(&folder.join(format!("{name}.lock")))?;
        let path = folder.join(format!("{name}.jsonl"));
        let refused = |error| Error::io("cannot be opened", path.display(), error);
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(refused)?;
        let text = String::from_utf8_lossy(&fs::read(&path).map_err(refused)?).into_owned();
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n").map_err(refused)?;
        }
        let (mut finished, mut frames, mut recipe) = (None, BTreeMap::new(), String::new());
        for record in text.lines().filter_map(|line| Record::read(line, root)) {
            match record {
                Record::Begun { recipe: new } if new == recipe => {}
                Record::Begun { recipe: new } => {
                    frames.clear();
                    recipe = new;
                }
                Record::Frame { number, made } => {
                    frames.insert(number, made);
                }
                Record::Finished(output) => finished = Some(output),
            }
        }
        Ok(Self { root: root.to_owned(), path, file, _lock: lock, finished, frames, recipe })
    }

    /// The last finished output, whatever has become of it since.
    pub fn finished(&self) -> Option<&Finished> {
        self.finished.as_ref()
    }

    /// The file that a frame became, if this recipe made it of this input; whether it is still there, one has to look.
    pub fn frame(&self, recipe: &str, number: i32, input: &Stamp) -> Option<&Stamp> {
        let made = self.frames.get(&number).filter(|_| self.recipe == recipe)?;
        (made.input == *input).then_some(&made.output)
    }

    /// What was made is made again, whatever it was made of.
    pub fn forget(&mut self) {
        self.frames.clear();
    }

    /// A run begins that makes files by this recipe.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn begin(&mut self, recipe: &str) -> Result<()> {
        if self.recipe != recipe {
            self.frames.clear();
            self.recipe = recipe.to_owned();
        }
        self.append(Record::Begun { recipe: recipe.to_owned() })
    }

    /// A frame is done, its file on the disk.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn note(&mut self, number: i32, made: Made) -> Result<()> {
        self.append(Record::Frame { number, made: made.clone() })?;
        self.frames.insert(number, made);
        Ok(())
    }

    /// Everything is done and in its place. Of a sequence, `frames` say what became what; the journal holds no more then.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn finish(&mut self, finished: Finished, frames: BTreeMap<i32, Made>) -> Result<()> {
        let mut records = vec![Record::Begun { recipe: finished.recipe.clone() }];
        records.extend(frames.iter().map(|(&number, made)| Record::Frame { number, made: made.clone() }));
        records.push(Record::Finished(finished.clone()));
        let mut text = String::new();
        for record in records {
            text += &record.line(&self.root)?;
        }
        atomic::write(&self.path, text.as_bytes())?;
        let reopened = OpenOptions::new().append(true).open(&self.path);
        self.file = reopened.map_err(|error| Error::io("cannot be opened", self.path.display(), error))?;
        (self.recipe, self.frames, self.finished) = (finished.recipe.clone(), frames, Some(finished));
        Ok(())
    }

    /// One write for the whole line: a kill leaves it whole or cut, never mixed with another.
    fn append(&mut self, record: Record) -> Result<()> {
        let text = record.line(&self.root)?;
        self.file.write_all(text.as_bytes()).map_err(|error| Error::io("cannot be written", self.path.display(), error))
    }
}

/// The last finished output in the journal at `path` of the project in `root`, for those who only want to know.
///
/// # Errors
/// If it is there and cannot be read.
pub fn read_finished(root: &Path, path: &Path) -> Result<Option<Finished>> {
    let text = match fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io("cannot be read", path.display(), error)),
    };
    let records = text.lines().rev().filter_map(|line| Record::read(line, root));
    Ok(records.into_iter().find_map(|record| match record {
        Record::Finished(finished) => Some(finished),
        _ => None,
    }))
}

/// Locks the file at `path` for as long as what is returned lives, and writes into it who did: the lock itself tells nobody.
///
/// # Errors
/// Naming the process that has it, or if the system refuses.
pub(super) fn lock(path: &Path) -> Result<File> {
    let refused = |error| Error::io("cannot be locked", path.display(), error);
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(refused)?;
    match file.try_lock() {
        Ok(()) => {
            let host = gethostname::gethostname().to_string_lossy().into_owned();
            let holder = format!("process {} on {host} since {}\n", std::process::id(), clock::now()?);
            file.set_len(0).and_then(|()| file.write_all(holder.as_bytes())).map_err(refused)?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            // Where locked files cannot be read (Windows), and in the moment before it is written, it stays unknown.
            let holder = fs::read_to_string(path).unwrap_or_default();
            let holder = Some(holder.trim()).filter(|holder| !holder.is_empty()).unwrap_or("unknown process");
            let what = format!("another run is making the same files at this moment: {holder}");
            Err(Error::spec(what, "Wait for it, or stop it").in_file(path.display()))
        }
        Err(TryLockError::Error(error)) => Err(refused(error)),
    }
}

/// Waits until the file at `path` is nobody's, and locks it: for what takes a moment.
///
/// # Errors
/// If the system refuses.
pub(super) fn wait_for_lock(path: &Path) -> Result<File> {
    let refused = |error| Error::io("cannot be locked", path.display(), error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(refused)?;
    }
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(refused)?;
    file.lock().map_err(refused)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::{Facts, Finished, Journal, Made, Stamp, read_finished};
    use crate::Result;

    fn finished(files: Vec<Stamp>, inputs: Vec<Stamp>) -> Finished {
        let format = "master_exr".to_owned();
        let (lead, is_part) = (0, false);
        Finished { format, frames: [1, 1], lead, is_part, recipe: "a".into(), inputs, files, facts: Facts::default() }
    }

    #[test]
    fn what_is_noted_is_known_to_the_next_run_and_a_cut_line_is_not() -> Result<()> {
        let folder = tempfile::tempdir().map_err(crate::Error::unwritten)?;
        let path = |name: &str| folder.path().join(name);
        let stamp = |name: &str| {
            fs::write(path(name), name).map_err(crate::Error::unwritten).and_then(|()| Stamp::of(&path(name)))
        };
        let (input, output) = (stamp("in.exr")?, stamp("out.exr")?);
        let made = Made { input: input.clone(), output: output.clone() };
        let mut journal = Journal::open(folder.path(), folder.path(), "S1.master_exr")?;
        assert!(
            Journal::open(folder.path(), folder.path(), "S1.master_exr")
                .is_err_and(|error| error.to_string().contains("another run"))
        );
        journal.begin("a")?;
        journal.note(1, made.clone())?;
        journal.note(2, made.clone())?;
        drop(journal);
        let file = path("S1.master_exr.jsonl");
        let text = fs::read_to_string(&file).map_err(crate::Error::unwritten)?;
        fs::write(&file, &text[..text.len() - 9]).map_err(crate::Error::unwritten)?;

        let mut journal = Journal::open(folder.path(), folder.path(), "S1.master_exr")?;
        assert_eq!(journal.frame("a", 1, &input), Some(&output));
        assert_eq!(journal.frame("a", 2, &input), None, "its line was cut");
        assert_eq!(journal.frame("b", 1, &input), None, "another recipe");
        assert_eq!(journal.frame("a", 1, &output), None, "another input");
        journal.begin("a")?;
        journal.finish(finished(vec![output.clone()], vec![input.clone()]), BTreeMap::from([(1, made)]))?;
        drop(journal);

        assert_eq!(read_finished(folder.path(), &file)?.map(|finished| finished.recipe).as_deref(), Some("a"));
        let journal = Journal::open(folder.path(), folder.path(), "S1.master_exr")?;
        let is_current =
            |recipe, inputs: &[Stamp]| journal.finished().is_some_and(|last| last.is_current(recipe, inputs));
        assert!(is_current("a", std::slice::from_ref(&input)));
        assert!(!is_current("b", std::slice::from_ref(&input)));
        assert!(!is_current("a", &[]));
        fs::write(path("out.exr"), "changed by somebody").map_err(crate::Error::unwritten)?;
        assert!(!is_current("a", std::slice::from_ref(&input)));
        assert!(journal.frame("a", 1, &input).is_some_and(|output| !output.is_current()));
        Ok(())
    }
}
