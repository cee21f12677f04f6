//! What there is to deliver: the files of each shot of a scene.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::editorial::{Media, Numbered, SceneId, ShotId};
use crate::native::frames;
use crate::spec::output_format;
use crate::{Error, Result};

/// A shot's deliverables.
#[derive(Debug, Clone, Default)]
pub(super) struct ShotFiles {
    /// First and last frame, by the numbers of the masters.
    pub(super) frames: [i32; 2],
    /// One frame each, in order.
    pub(super) masters: Vec<File>,
    /// How a sequence's frames are called.
    numbered: Option<Numbered>,
    /// 4444 before 422.
    pub(super) prores: Vec<File>,
    /// The movie to look at.
    pub(super) preview: Option<File>,
}

/// One file.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// Where it is.
    pub(super) source: PathBuf,
    /// Where it goes, below the package, with `/`.
    pub(super) target: String,
    /// The deliverable it is.
    pub(super) format: &'static str,
    /// Its length.
    pub(super) bytes: u64,
}

/// What a movie's name ends with, where it lies, and what it is.
const MOVIES: [(&str, &str, &str); 3] = [
    ("prores", "_prores4444.mov", "prores_4444"),
    ("prores", "_prores422.mov", "prores_422"),
    ("preview", "_preview.mp4", "preview_h264"),
];
/// What a master's name has after the shot's.
const MASTER: &str = "_master";
/// The number of a shot's only frame, whose name has none.
const ONLY_FRAME: i32 = 1001;

impl ShotFiles {
    /// Every file.
    pub(super) fn all(&self) -> impl Iterator<Item = &File> {
        self.masters.iter().chain(&self.prores).chain(&self.preview)
    }

    /// The deliverables as the cut refers to them, the one to cut with first.
    pub(super) fn media(&self) -> Vec<Media> {
        let media = |file: &File, numbered: Option<Numbered>| Media {
            format: file.format,
            path: file.target.clone(),
            numbered,
            size: output_format(file.format).ok().map(|spec| spec.resolution),
        };
        let movies = self.prores.iter().map(|file| media(file, None));
        let masters = self.masters.first().map(|file| media(file, self.numbered.clone()));
        movies.chain(masters).chain(self.preview.iter().map(|file| media(file, None))).collect()
    }
}

/// The shots of a scene: those that have a file, and those that have a composite.
///
/// # Errors
/// If one has not all three kinds of deliverable or a hole in its frames, if two cannot be told apart, or if there is none.
pub(super) fn shots(project: &Path, source: &Path, scene: &SceneId) -> Result<BTreeMap<ShotId, ShotFiles>> {
    let mut shots = BTreeMap::new();
    masters(source, &mut shots)?;
    for (folder, suffix, format) in MOVIES {
        for name in names(&source.join(folder))? {
            if let Some(shot) = name.strip_suffix(suffix) {
                let file = file(source, format!("{folder}/{name}"), format)?;
                let files: &mut ShotFiles = shots.entry(shot.parse()?).or_default();
                match folder {
                    "preview" => files.preview = Some(file),
                    _ => files.prores.push(file),
                }
            }
        }
    }
    for name in names(&project.join("composites").join(scene.as_str()))? {
        shots.entry(name.parse()?).or_default();
    }
    if shots.is_empty() {
        let what = "there is no deliverable in this folder";
        return Err(Error::spec(what, "Export the scene first: `blender-gsd batch-export`").in_file(source.display()));
    }
    check_names(&shots)?;
    check_complete(&shots)?;
    Ok(shots)
}

fn masters(source: &Path, shots: &mut BTreeMap<ShotId, ShotFiles>) -> Result<()> {
    let folder = source.join("masters");
    if !folder.is_dir() {
        return Ok(());
    }
    for sequence in frames::list(&folder)?.sequences {
        let Some(shot) = sequence.sequence.stem().strip_suffix(MASTER) else { continue };
        let shot: ShotId = shot.parse()?;
        let files = shots.entry(shot.clone()).or_default();
        if !files.masters.is_empty() {
            let what = format!("two masters are of shot {shot}: one frame, and a sequence or another spelling of it");
            return Err(Error::spec(what, "Remove the one that is not meant").in_file(folder.display()));
        }
        let numbers: Vec<i32> = sequence.sequence.frames.iter().map(|frame| frame.number).collect();
        let (Some(&first), Some(&last)) = (numbers.first(), numbers.last()) else { continue };
        if let Some(pair) = numbers.windows(2).find(|pair| pair[1] != pair[0].saturating_add(1)) {
            let what = format!("shot {shot}: no master of frame {} is there", pair[0].saturating_add(1));
            return Err(Error::spec(what, "Export the shot again").in_file(folder.display()));
        }
        for path in &sequence.paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            files.masters.push(file(source, format!("masters/{name}"), "master_exr")?);
        }
        let is_sequence = !sequence.sequence.suffix.is_empty();
        files.frames = if is_sequence { [first, last] } else { [ONLY_FRAME; 2] };
        files.numbered =
            is_sequence.then(|| Numbered {
                digits: sequence.sequence.frames.first().map_or(4, |frame| {
                    frame.name.len() - sequence.sequence.prefix.len() - sequence.sequence.suffix.len()
                }),
                prefix: sequence.sequence.prefix.clone(),
                suffix: sequence.sequence.suffix.clone(),
            });
    }
    Ok(())
}

fn file(source: &Path, target: String, format: &'static str) -> Result<File> {
    let path = source.join(&target);
    let metadata = fs::metadata(&path).map_err(|error| Error::io("cannot be looked at", path.display(), error))?;
    if !metadata.is_file() {
        return Err(Error::wrong_kind("this is not a regular file").in_file(path.display()));
    }
    Ok(File { source: path, target, format, bytes: metadata.len() })
}

/// The names in a folder but the hidden ones, sorted; none where there is no folder.
fn names(folder: &Path) -> Result<Vec<String>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let refused = |error| Error::io("the folder cannot be read", folder.display(), error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(refused)? {
        let name = entry.map_err(refused)?.file_name();
        if !frames::is_hidden(&name) {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Names that only case tells apart are one name on some file systems.
fn check_names(shots: &BTreeMap<ShotId, ShotFiles>) -> Result<()> {
    let mut seen = BTreeSet::new();
    match shots.keys().find(|shot| !seen.insert(shot.as_str().to_ascii_lowercase())) {
        None => Ok(()),
        Some(shot) => {
            let next = "Give each shot a name of its own; upper and lower case are not enough to tell them apart";
            Err(Error::spec(format!("two shots are called {shot}"), next))
        }
    }
}

fn check_complete(shots: &BTreeMap<ShotId, ShotFiles>) -> Result<()> {
    let lacks = |(shot, files): (&ShotId, &ShotFiles)| {
        let kinds = [
            ("master", files.masters.is_empty()),
            ("ProRes", files.prores.is_empty()),
            ("preview", files.preview.is_none()),
        ];
        let missing: Vec<&str> = kinds.iter().filter(|(_, is_missing)| *is_missing).map(|(kind, _)| *kind).collect();
        (!missing.is_empty()).then(|| format!("{shot} ({})", missing.join(", ")))
    };
    let missing: Vec<String> = shots.iter().filter_map(lacks).collect();
    match missing.is_empty() {
        true => Ok(()),
        false => {
            let what = format!("deliverables are missing: {}", missing.join("; "));
            Err(Error::spec(what, "Export them first: `blender-gsd batch-export`"))
        }
    }
}
