//! What there is to deliver: the files of each shot of a scene, found by the paths that the settings give them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::editorial::{Media, Numbered, SceneId, ShotId};
use crate::native::composites::{self, FRAME, UNKNOWN, value_in};
use crate::native::config::Format;
use crate::native::frames::{self, SequenceFiles};
use crate::native::project::Project;
use crate::spec::{Container, OutputSpec};
use crate::{Error, Result};

/// A shot's deliverables.
#[derive(Debug, Clone, Default)]
pub(super) struct ShotFiles {
    /// First and last frame, by the numbers of the masters.
    pub(super) frames: [i32; 2],
    /// One for each format that is there, in the order of the settings.
    pub(super) deliverables: Vec<Deliverable>,
}

/// One format of a shot.
#[derive(Debug, Clone)]
pub(super) struct Deliverable {
    /// What it is.
    pub(super) spec: OutputSpec,
    /// One movie, or the frames in order.
    pub(super) files: Vec<File>,
    /// How a sequence's frames are called.
    numbered: Option<Numbered>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    /// Below the scene's folder, and below the package, with `/`.
    pub(super) path: String,
    /// Its length.
    pub(super) bytes: u64,
}

/// The kinds of deliverable that a package has of every shot.
pub(super) const KINDS: [(Container, &str); 3] =
    [(Container::OpenExr, "master"), (Container::QuickTime, "ProRes"), (Container::Mp4, "preview")];
/// The order in which an edit wants them: the movie to cut with first.
const MEDIA: [Container; 3] = [Container::QuickTime, Container::OpenExr, Container::Mp4];

impl ShotFiles {
    /// Every file.
    pub(super) fn all(&self) -> impl Iterator<Item = &File> {
        self.deliverables.iter().flat_map(|deliverable| &deliverable.files)
    }

    /// The first file of the first deliverable of that kind.
    pub(super) fn first(&self, kind: Container) -> Option<&File> {
        self.deliverables.iter().find(|deliverable| deliverable.spec.format == kind)?.files.first()
    }

    /// The deliverable and its file that a report means by `path`: by the end of it, or by the name alone.
    pub(super) fn deliverable(&self, path: &str) -> Option<(&Deliverable, &File)> {
        let path = path.replace('\\', "/");
        let each = || self.deliverables.iter().flat_map(|known| known.files.iter().map(move |file| (known, file)));
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let by_end = each().find(|(_, file)| path.ends_with(&file.path));
        by_end.or_else(|| each().find(|(_, file)| last(&file.path) == last(&path)))
    }

    /// The frames of the first deliverable that has some.
    pub(super) fn masters(&self) -> &[File] {
        let is_master = |deliverable: &&Deliverable| deliverable.spec.format == Container::OpenExr;
        self.deliverables.iter().find(is_master).map_or(&[], |deliverable| &deliverable.files)
    }

    /// The deliverables as the cut refers to them, the one to cut with first; `lead` tells the frames before a format's first.
    pub(super) fn media(&self, lead: impl Fn(&str) -> u32) -> Vec<Media> {
        let media = |deliverable: &Deliverable| {
            Some(Media {
                format: deliverable.spec.name.to_string(),
                path: deliverable.files.first()?.path.clone(),
                numbered: deliverable.numbered.clone(),
                size: Some(deliverable.spec.resolution),
                lead: lead(&deliverable.spec.name),
            })
        };
        let of_kind = |kind| self.deliverables.iter().filter(move |deliverable| deliverable.spec.format == kind);
        MEDIA.into_iter().flat_map(of_kind).filter_map(media).collect()
    }

    /// The frame of the cut that a report means by `number`: a lone frame has no number in its name, and reports count it
    /// as they like.
    pub(super) fn number(&self, number: i32) -> i32 {
        let [first, last] = self.frames;
        if first == last { first } else { number }
    }

    /// The kinds that it has nothing of.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        KINDS.into_iter().filter(|(kind, _)| self.first(*kind).is_none()).map(|(_, name)| name).collect()
    }
}

/// The shots of a scene: those that have a file in `source`, and those that have a composite.
///
/// # Errors
/// If one has a hole in its frames, if two cannot be told apart, or if there is none.
pub(super) fn shots(project: &Project, scene: &SceneId, source: &Path) -> Result<BTreeMap<ShotId, ShotFiles>> {
    let mut shots: BTreeMap<ShotId, ShotFiles> = BTreeMap::new();
    if source.is_dir() {
        let listing = frames::list(source)?;
        for format in &project.config.formats {
            let pattern =
                |path| project.fill_with(path, [scene.as_str(), &UNKNOWN.to_string()], &format.spec.name, FRAME);
            if format.spec.format.is_movie() {
                movies(source, &listing.videos, &pattern(&format.path), &format.spec, &mut shots)?;
            } else {
                let patterns = [pattern(&format.path), pattern(&format.path.without_frame())];
                sequences(project, source, &listing.sequences, &patterns, format, &mut shots)?;
            }
        }
    }
    for place in places(project, scene)? {
        shots.entry(place.shot.parse()?).or_default();
    }
    if shots.is_empty() {
        let what = format!("scene {scene} has neither deliverables nor composites");
        return Err(Error::spec(what, "Look at the scene's name and at --project").in_file(source.display()));
    }
    check_names(&shots)?;
    Ok(shots)
}

/// Where the scene's composites are, if there are any.
fn places(project: &Project, scene: &SceneId) -> Result<Vec<composites::Place>> {
    match composites::of_scene(project, scene) {
        // A scene may be delivered from a machine that has no composites.
        Err(Error::Spec(_)) => Ok(Vec::new()),
        found => found,
    }
}

fn movies(
    source: &Path,
    videos: &[PathBuf],
    pattern: &str,
    spec: &OutputSpec,
    shots: &mut BTreeMap<ShotId, ShotFiles>,
) -> Result<()> {
    for video in videos {
        let path = below(source, video);
        if let Some(shot) = shot_in(pattern, &path) {
            let shot = shot.parse().map_err(|error: Error| error.in_file(video.display()))?;
            let files = vec![file(source, path.clone())?];
            let deliverable = Deliverable { spec: spec.clone(), files, numbered: None };
            shots.entry(shot).or_default().deliverables.push(deliverable);
        }
    }
    Ok(())
}

/// The sequences that fit the first pattern, and the lone frames that fit the second.
fn sequences(
    project: &Project,
    source: &Path,
    found: &[SequenceFiles],
    [numbered, lone]: &[String; 2],
    format: &Format,
    shots: &mut BTreeMap<ShotId, ShotFiles>,
) -> Result<()> {
    for SequenceFiles { folder, sequence, paths } in found {
        let is_numbered = !sequence.suffix.is_empty();
        let (pattern, middle) = if is_numbered { (numbered, FRAME) } else { (lone, "") };
        let name = below(source, &folder.join(format!("{}{middle}{}", sequence.prefix, sequence.suffix)));
        let Some(shot) = shot_in(pattern, &name) else { continue };
        let shot: ShotId = shot.parse().map_err(|error: Error| error.in_file(folder.display()))?;
        let shot_files = shots.entry(shot.clone()).or_default();
        if shot_files.deliverables.iter().any(|known| known.spec.name == format.spec.name) {
            let what = format!("two masters are of shot {shot}: one frame, and a sequence or another spelling of it");
            return Err(Error::spec(what, "Remove the one that is not meant").in_file(folder.display()));
        }
        let numbers: Vec<i32> = sequence.frames.iter().map(|frame| frame.number).collect();
        if let Some(pair) = numbers.windows(2).find(|pair| pair[1] != pair[0].saturating_add(1)) {
            let what = format!("shot {shot}: no master of frame {} is there", pair[0].saturating_add(1));
            return Err(Error::spec(what, "Export the shot again").in_file(folder.display()));
        }
        let files: Result<Vec<File>> = paths.iter().map(|path| file(source, below(source, path))).collect();
        let around = sequence.prefix.len() + sequence.suffix.len();
        let digits = sequence.frames.first().map_or(4, |frame| frame.name.len() - around);
        let (prefix, suffix) = (sequence.prefix.clone(), sequence.suffix.clone());
        let numbered = is_numbered.then_some(Numbered { prefix, suffix, digits });
        if shot_files.masters().is_empty() {
            let only = [project.config.composites.start_frame; 2];
            shot_files.frames = if is_numbered { sequence.range().unwrap_or(only) } else { only };
        }
        shot_files.deliverables.push(Deliverable { spec: format.spec.clone(), files: files?, numbered });
    }
    Ok(())
}

/// The shot that makes the pattern fit; files in folders that the pattern has not are none of ours.
fn shot_in<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    value_in(pattern, path).filter(|shot| !shot.contains('/'))
}

/// The path below `root`, with `/`.
fn below(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).iter();
    parts.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn file(source: &Path, path: String) -> Result<File> {
    let place = source.join(&path);
    let metadata = fs::metadata(&place).map_err(|error| Error::io("cannot be looked at", place.display(), error))?;
    if !metadata.is_file() {
        return Err(Error::wrong_kind("this is not a regular file").in_file(place.display()));
    }
    Ok(File { path, bytes: metadata.len() })
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

/// Whether every shot has every kind.
///
/// # Errors
/// Naming what is missing.
pub(super) fn check_complete(shots: &BTreeMap<ShotId, ShotFiles>) -> Result<()> {
    let lacks = |(shot, files): (&ShotId, &ShotFiles)| {
        let missing = files.missing();
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
