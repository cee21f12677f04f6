//! Composites on disk: which shots a scene has, and what each one's composite is.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::config::Token;
use super::frames::{self, SequenceFiles};
use super::project::Project;
use crate::editorial::{SceneId, ShotId};
use crate::{Error, Result};

/// What stands for a name while a path is looked for.
pub(super) const UNKNOWN: char = '\u{0}';

/// A shot's composite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Composite {
    /// EXR frames, one or many.
    Sequence(SequenceFiles),
    /// A scene of Blender's, to be rendered.
    Blend(PathBuf),
}

impl Composite {
    /// The first frame, or the .blend.
    pub fn path(&self) -> &Path {
        match self {
            Self::Sequence(files) => files.paths.first().map_or(&files.folder, PathBuf::as_path),
            Self::Blend(path) => path,
        }
    }

    /// The composite at `path`: a folder with one sequence or one .blend in it, a frame of a sequence, or a .blend.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub fn open(path: &Path) -> Result<Self> {
        let refuse = |what: String, next: &str| Err(Error::spec(what, next).in_file(path.display()));
        let metadata = fs::metadata(path).map_err(|error| Error::io("cannot be opened", path.display(), error))?;
        if is_blend(path) && metadata.is_file() {
            return Ok(Self::Blend(path.to_owned()));
        }
        let is_folder = metadata.is_dir();
        let folder = if is_folder { path } else { path.parent().unwrap_or(Path::new("")) };
        let (sequences, blends) = frames::in_folder(folder)?;
        if !is_folder {
            let found = sequences.into_iter().find(|files| files.paths.iter().any(|frame| frame == path));
            return match found {
                Some(files) => Ok(Self::Sequence(files)),
                None => refuse("this is neither an EXR frame nor a .blend".into(), "Give one of them, or a folder"),
            };
        }
        // Frames beside the scene they were rendered from are the composite.
        let stems: Vec<String> = sequences.iter().map(|files| files.sequence.stem().to_owned()).collect();
        let blend_names = blends.iter().filter_map(|path| path.file_name());
        let blend_names: Vec<String> = blend_names.map(|name| name.to_string_lossy().into_owned()).collect();
        let mut candidates: Vec<Self> = sequences.into_iter().map(Self::Sequence).collect();
        let mut names = stems;
        if candidates.is_empty() {
            candidates = blends.into_iter().map(Self::Blend).collect();
            names = blend_names;
        }
        match (candidates.len(), candidates.pop()) {
            (1, Some(only)) => Ok(only),
            (0, _) => {
                refuse("there is neither an EXR frame nor a .blend in this folder".into(), "Render the composite")
            }
            _ => refuse(format!("there are several composites: {}", names.join(", ")), SAY_WHICH),
        }
    }
}

const SAY_WHICH: &str = "Say which one in gsd.toml: `path` under [composites], with the name of the files";

/// Whether the name is that of a .blend.
pub fn is_blend(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("blend"))
}

/// A place where a shot's composite should be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The scene's name as the path has it; the one of the film's numbering where the path has none.
    pub scene: Option<String>,
    /// The shot's name as the path has it: not checked yet.
    pub shot: String,
    /// A folder or file; of a sequence named by its frames, its name with `{frame}`.
    pub path: PathBuf,
}

impl Place {
    /// The composite that lies there.
    ///
    /// # Errors
    /// As [`Composite::open`].
    pub fn open(&self) -> Result<Composite> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some((before, after)) = name.split_once(FRAME) else { return Composite::open(&self.path) };
        let (sequences, _) = frames::in_folder(self.path.parent().unwrap_or(Path::new("")))?;
        let is_it = |files: &SequenceFiles| files.sequence.prefix == before && files.sequence.suffix == after;
        let found = sequences.into_iter().find(is_it).map(Composite::Sequence);
        found.ok_or_else(|| {
            Error::spec("there is no frame of this name", "Render the composite").in_file(self.path.display())
        })
    }
}

/// The place of frame numbers in a path.
pub(super) const FRAME: &str = "{frame}";

/// The shots of a scene, by name.
///
/// # Errors
/// If a folder cannot be read, or there is none.
pub fn of_scene(project: &Project, scene: &SceneId) -> Result<Vec<Place>> {
    let places = search(project, Some(scene.as_str()), None)?;
    let belongs = |place: &Place| place.scene.as_deref() == Some(scene.as_str());
    let places: Vec<Place> = places.into_iter().filter(belongs).collect();
    if places.is_empty() {
        let pattern = project.root.join(project.config.composites.path.to_string());
        let what = format!("scene {scene} has no shot: nothing is called {}", pattern.display());
        return Err(Error::spec(what, "Look at the scene's name, and at `path` under [composites] in gsd.toml"));
    }
    Ok(places)
}

/// Where a shot is, in the scene that is named, or in whichever has it.
///
/// # Errors
/// If it is nowhere, or in several scenes.
pub fn of_shot(project: &Project, scene: Option<&SceneId>, shot: &ShotId) -> Result<Place> {
    let mut places = search(project, scene.map(SceneId::as_str), Some(shot.as_str()))?;
    places.retain(|place| scene.is_none_or(|scene| place.scene.as_deref() == Some(scene.as_str())));
    if places.len() > 1 {
        let scenes: Vec<String> = places.into_iter().filter_map(|place| place.scene).collect();
        let what = format!("shot {shot} is in several scenes: {}", scenes.join(", "));
        return Err(Error::spec(what, "Name one with --scene"));
    }
    places.pop().ok_or_else(|| {
        let pattern = project.root.join(project.config.composites.path.to_string());
        let what = format!("there is no composite of shot {shot}: nothing is called {}", pattern.display());
        Error::spec(what, "Look at the shot's name, and at `path` under [composites] in gsd.toml")
    })
}

/// Everything that the path of composites fits, one of the two names being known at least; sorted.
fn search(project: &Project, scene: Option<&str>, shot: Option<&str>) -> Result<Vec<Place>> {
    let known = |name: Option<&str>| name.map_or(UNKNOWN.to_string(), str::to_owned);
    let pattern = project.config.composites.path.fill(|token| match token {
        Token::Scene => known(scene),
        Token::Shot => known(shot),
        Token::Frame => FRAME.into(),
        token => project.value(token),
    });
    let mut start = project.root.clone();
    let mut names = Vec::new();
    for part in Path::new(&pattern).components() {
        match part {
            Component::Normal(name) => names.push(name.to_string_lossy().into_owned()),
            // An absolute path takes the project's place.
            other => start.push(other),
        }
    }
    let mut found = Vec::new();
    walk(&start, &names, None, &mut |path, unknown| {
        let name = |known: Option<&str>| known.map(str::to_owned).or_else(|| unknown.map(str::to_owned));
        let Some(shot) = name(shot) else { return };
        let by_number = || shot.parse::<ShotId>().ok()?.scene().map(String::from);
        let is_in_path = project.config.composites.path.has(Token::Scene);
        let scene = if is_in_path { name(scene) } else { by_number() };
        found.push(Place { scene, shot, path });
    })?;
    found.sort();
    Ok(found)
}

/// Goes down along `names`, wherever the unknown name leads, and calls `found` with each end and what the name was.
fn walk(
    folder: &Path,
    names: &[String],
    unknown: Option<&str>,
    found: &mut impl FnMut(PathBuf, Option<&str>),
) -> Result<()> {
    let Some((name, rest)) = names.split_first() else {
        found(folder.to_owned(), unknown);
        return Ok(());
    };
    let name = unknown.map_or_else(|| name.clone(), |value| name.replace(UNKNOWN, value));
    if !name.contains(UNKNOWN) {
        let path = folder.join(&name);
        return if name.contains(FRAME) || path.exists() { walk(&path, rest, unknown, found) } else { Ok(()) };
    }
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in entries(folder, name.contains(FRAME))? {
        if let Some(value) = value_in(&name, &entry) {
            walk(&folder.join(&entry), rest, Some(value), found)?;
        }
    }
    Ok(())
}

/// The names in a folder; of sequences instead, with `{frame}` where their numbers are.
fn entries(folder: &Path, of_sequences: bool) -> Result<Vec<String>> {
    if of_sequences {
        let (sequences, _) = frames::in_folder(folder)?;
        let name = |files: SequenceFiles| format!("{}{FRAME}{}", files.sequence.prefix, files.sequence.suffix);
        return Ok(sequences.into_iter().map(name).collect());
    }
    let paths = frames::read_sorted(folder)?;
    Ok(paths.iter().filter_map(|path| path.file_name()?.to_str().map(str::to_owned)).collect())
}

/// What the unknown must be for the pattern to be that name.
pub(super) fn value_in<'a>(pattern: &str, name: &'a str) -> Option<&'a str> {
    let times = pattern.matches(UNKNOWN).count();
    let start = pattern.find(UNKNOWN)?;
    let length = name.len().checked_sub(pattern.len() - times * UNKNOWN.len_utf8())? / times;
    let value = name.get(start..start + length).filter(|value| !value.is_empty())?;
    (pattern.replace(UNKNOWN, value) == name).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::value_in;

    #[test]
    fn the_unknown_name_is_what_makes_the_pattern_fit() {
        assert_eq!(value_in("\0", "SHOT-002-001"), Some("SHOT-002-001"));
        assert_eq!(value_in("\0_comp.{frame}.exr", "S1_comp.{frame}.exr"), Some("S1"));
        assert_eq!(value_in("\0/\0", "S1/S1"), Some("S1"));
        for (pattern, name) in
            [("\0_comp", "S1_plate"), ("\0_comp", "_comp"), ("\0-\0", "S1-S2"), ("a\0", "é"), ("\0", "")]
        {
            assert_eq!(value_in(pattern, name), None, "{pattern} {name}");
        }
    }
}
