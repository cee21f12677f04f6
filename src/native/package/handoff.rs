//! What the departments before us say of a scene and its shots: JSON files somewhere under `handoff/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::editorial::{SceneId, ShotId};
use crate::error::Place;
use crate::{Error, Result};

/// The files are small; what is larger is something else.
const LARGEST: u64 = 64 << 20;
/// Folders below `handoff/` that are looked into for the scene's.
const DEPTH: usize = 4;

/// What the files say, with every field.
#[derive(Debug, Clone, Default)]
pub(super) struct Handoff {
    /// `scene.json`; empty where there is none.
    pub(super) scene: Map<String, Value>,
    /// `shots/SHOT.json`, by the shot.
    pub(super) shots: BTreeMap<ShotId, Map<String, Value>>,
}

impl Handoff {
    /// The frame of the cut at which the shot begins, counted from the cut's start: `cut.record_in`.
    pub(super) fn record(&self, shot: &ShotId) -> Option<u32> {
        self.cut(shot, "record_in")
    }

    /// Frames at either end of the shot that are not part of the cut: `cut.handles`.
    pub(super) fn handles(&self, shot: &ShotId) -> Option<u32> {
        self.cut(shot, "handles")
    }

    fn cut(&self, shot: &ShotId, name: &str) -> Option<u32> {
        let frames = self.shots.get(shot)?.get("cut")?.get(name)?.as_u64()?;
        Some(u32::try_from(frames).unwrap_or(u32::MAX))
    }
}

/// Reads the scene's handoff; there may be none.
///
/// # Errors
/// If there are two, a file is no JSON object, or two files are of one shot.
pub(super) fn read(project: &Path, scene: &SceneId) -> Result<Handoff> {
    let mut folders = Vec::new();
    find(&project.join("handoff"), scene, DEPTH, &mut folders)?;
    let folder = match folders.as_slice() {
        [] => return Ok(Handoff::default()),
        [folder] => folder,
        [first, second, ..] => {
            let what = format!("scene {scene} is handed over twice, in {} too", first.display());
            return Err(Error::spec(what, "Keep one of the folders").in_file(second.display()));
        }
    };
    let path = folder.join("scene.json");
    let scene = if path.is_file() { object(&path)? } else { Map::new() };
    let mut shots = BTreeMap::new();
    for path in entries(&folder.join("shots"))? {
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let facts = object(&path)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = facts.get("shot_id").and_then(Value::as_str).unwrap_or(&stem);
        let shot: ShotId = name.parse().map_err(|error: Error| error.in_file(path.display()))?;
        if shots.insert(shot.clone(), facts).is_some() {
            let what = format!("two handoff files are of shot {shot}");
            return Err(Error::spec(what, "Give each file the `shot_id` of its own shot").in_file(path.display()));
        }
    }
    Ok(Handoff { scene, shots })
}

fn find(folder: &Path, scene: &SceneId, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    for path in entries(folder)? {
        if !path.is_dir() {
            continue;
        }
        if path.file_name().is_some_and(|name| name == scene.as_str()) {
            found.push(path);
        } else if depth > 1 {
            find(&path, scene, depth - 1, found)?;
        }
    }
    Ok(())
}

/// What is in a folder, sorted; nothing where there is none.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let refused = |error| Error::io("the folder cannot be read", folder.display(), error);
    let entries = fs::read_dir(folder).map_err(refused)?;
    let mut paths =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(refused)?;
    paths.sort();
    Ok(paths)
}

fn object(path: &Path) -> Result<Map<String, Value>> {
    let refused = |error| Error::io("cannot be read", path.display(), error);
    if fs::metadata(path).map_err(refused)?.len() > LARGEST {
        return Err(Error::limit("this handoff file is larger than 64 MiB", "Hand over less").in_file(path.display()));
    }
    let bytes = fs::read(path).map_err(refused)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let what = format!("this handoff file is no JSON object: {error}");
        Error::malformed(Place::at_line(error.line()), what)
            .with_next("Mend it, or ask for it again")
            .in_file(path.display())
    })
}
