//! What the export noted of the files it made: whether they are still the ones it verified, and how they came about.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::gather::ShotFiles;
use crate::editorial::{SceneId, ShotId};
use crate::native::export::state_folder;
use crate::native::journal::{Finished, Stamp, read_finished};
use crate::native::project::Project;
use crate::{Error, Result};

/// A scene's journals.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// Finished outputs by shot and format; a sequence that was made in parts has several.
    outputs: HashMap<(ShotId, String), Vec<Finished>>,
    /// Every file they made, by its name.
    files: HashMap<OsString, Vec<Stamp>>,
}

impl Made {
    /// Reads the journals of these shots.
    ///
    /// # Errors
    /// If one is there and cannot be read.
    pub(super) fn read<'a>(
        project: &Project,
        scene: &SceneId,
        shots: impl IntoIterator<Item = (&'a ShotId, &'a ShotFiles)>,
    ) -> Result<Self> {
        let folder = state_folder(project, scene);
        let names = names(&folder)?;
        let mut made = Self::default();
        for (shot, files) in shots {
            for deliverable in &files.deliverables {
                let format = deliverable.spec.name.to_string();
                let outputs = outputs(&project.root, &folder, &names, &format!("{shot}.{format}."))?;
                for stamp in outputs.iter().flat_map(|finished| &finished.files) {
                    let name = stamp.path.file_name().unwrap_or_default().to_owned();
                    made.files.entry(name).or_default().push(stamp.clone());
                }
                made.outputs.insert((shot.clone(), format), outputs);
            }
        }
        Ok(made)
    }

    fn of(&self, shot: &ShotId, format: &str) -> impl Iterator<Item = &Finished> {
        self.outputs.get(&(shot.clone(), format.to_owned())).into_iter().flatten()
    }

    /// First and last frame of a shot's movies, if they were chosen among more when they were exported.
    pub(super) fn chosen_frames(&self, shot: &ShotId) -> Option<[i32; 2]> {
        let of_shot = self.outputs.iter().filter(|((of, _), _)| of == shot).flat_map(|(_, outputs)| outputs);
        // Masters may be made in parts, whose frames are chosen too.
        let movies = of_shot.filter(|finished| !finished.facts.arguments.is_empty());
        movies.filter(|finished| finished.is_part).map(|finished| finished.frames).min()
    }

    /// Frames before the first of a shot's movie: a slate.
    pub(super) fn lead(&self, shot: &ShotId, format: &str) -> u32 {
        self.of(shot, format).map(|finished| finished.lead).max().unwrap_or(0)
    }

    /// Whether a composite that a deliverable was made of is another one now. One that is gone proves nothing.
    pub(super) fn is_outdated(&self, shot: &ShotId, format: &str) -> bool {
        let mut inputs = self.of(shot, format).flat_map(|finished| &finished.inputs);
        inputs.any(|input| input.path.exists() && !input.is_current())
    }

    /// Whether the export made the file at `path` below `source`, verified it, and nobody changed it since. The project may
    /// have been reached by another path then.
    pub(super) fn is_verified(&self, source: &Path, path: &str) -> bool {
        let place = source.join(path);
        let known = place.file_name().and_then(|name| self.files.get(name)).into_iter().flatten();
        known.filter(|stamp| stamp.path.ends_with(path)).any(|stamp| stamp.is_at(&place))
    }

    /// How a shot's deliverables came about, one entry for each output or part of one; and what they were made of.
    pub(super) fn facts(&self, shot: &ShotId, files: &ShotFiles, root: &Path) -> (Vec<Value>, Option<Value>) {
        let mut exports = Vec::new();
        let mut inputs = None;
        for deliverable in &files.deliverables {
            let format = deliverable.spec.name.to_string();
            for finished in self.of(shot, &format) {
                let facts = &finished.facts;
                exports.push(json!({
                    "format": format,
                    "frame_range": finished.frames,
                    "view": facts.view,
                    "tool": facts.tool,
                    "arguments": facts.arguments,
                    "seconds": facts.seconds,
                    "finished_at": facts.finished_at,
                }));
                inputs.get_or_insert(finished.inputs.as_slice());
            }
        }
        let composite = inputs.and_then(|inputs| {
            let first = inputs.first()?;
            let path = first.path.strip_prefix(root).unwrap_or(&first.path);
            let bytes: u64 = inputs.iter().map(|stamp| stamp.bytes).sum();
            Some(json!({ "path": path.to_string_lossy().replace('\\', "/"), "files": inputs.len(), "bytes": bytes }))
        });
        (exports, composite)
    }
}

/// What the journals whose names start so tell: the one of the whole output, if its files are still there, else those of
/// its parts.
fn outputs(root: &Path, folder: &Path, names: &BTreeSet<String>, start: &str) -> Result<Vec<Finished>> {
    let is_journal = |name: &&String| name.ends_with(".jsonl");
    let of_output = names.range(start.to_owned()..).take_while(|name| name.starts_with(start)).filter(is_journal);
    let whole = format!("{start}jsonl");
    let mut parts = Vec::new();
    for name in of_output {
        match read_finished(root, &folder.join(name))? {
            Some(finished) if *name == whole && finished.files.iter().all(Stamp::is_current) => {
                return Ok(vec![finished]);
            }
            Some(finished) if *name != whole => parts.push(finished),
            _ => {}
        }
    }
    parts.sort_by_key(|finished| finished.frames);
    Ok(parts)
}

/// What is in the folder of journals; nothing where there is none.
fn names(folder: &Path) -> Result<BTreeSet<String>> {
    let refused = |error| Error::io("the folder cannot be read", folder.display(), error);
    if !folder.is_dir() {
        return Ok(BTreeSet::new());
    }
    let entries = fs::read_dir(folder).map_err(refused)?;
    let name = |entry: std::io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
    entries.map(name).collect::<std::io::Result<_>>().map_err(refused)
}
