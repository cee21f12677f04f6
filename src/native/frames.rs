//! Frames on disk: what is in a folder, grouped into sequences.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::sequence::{self, Sequence};
use crate::{Error, Result};

/// What a folder and the folders below it hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Sorted by folder, then by name.
    pub sequences: Vec<SequenceFiles>,
    /// Movies, which are no frames.
    pub videos: Vec<PathBuf>,
    /// How many folders were looked into.
    pub folders: usize,
}

/// A sequence and where its frames lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceFiles {
    /// The folder, as it was reached.
    pub folder: PathBuf,
    /// Names and numbers; a name that is not Unicode is there with replacement characters.
    pub sequence: Sequence,
    /// One path for each of the sequence's frames.
    pub paths: Vec<PathBuf>,
}

/// Whether the name is that of an EXR file.
pub fn is_exr(path: &Path) -> bool {
    has_extension(path, &["exr"])
}

/// Whether the name is that of a movie.
pub fn is_video(path: &Path) -> bool {
    has_extension(path, &["mov", "mp4", "m4v", "mxf"])
}

fn has_extension(path: &Path, known: &[&str]) -> bool {
    path.extension().is_some_and(|extension| known.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// Every EXR sequence in `root` and the folders below it.
///
/// Hidden files and folders are left out. A link to a folder inside `root` is not followed (the folder is listed by its
/// own name), one that leads elsewhere is followed once, so that no circle is walked twice. Whatever else is called
/// `.exr` is listed, be it a link that leads nowhere: a frame that cannot be opened is a finding, not an absence.
///
/// # Errors
/// If a folder cannot be read.
pub fn list(root: &Path) -> Result<Listing> {
    let real_root = fs::canonicalize(root).map_err(|error| Error::io("cannot be opened", root.display(), error))?;
    let mut listing = Listing::default();
    let mut visited = BTreeSet::from([real_root.clone()]);
    // A stack, filled in reverse, walks in sorted order.
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        listing.folders += 1;
        let entries = read_sorted(&folder)?;
        let (mut frames, mut below) = (Vec::new(), Vec::new());
        for path in entries {
            if path.is_dir() {
                if !path.is_symlink() || leads_elsewhere(&path, &real_root, &mut visited) {
                    below.push(path);
                }
            } else if is_exr(&path) {
                frames.push(path);
            } else if is_video(&path) {
                listing.videos.push(path);
            }
        }
        listing.sequences.extend(sequences(&folder, frames));
        waiting.extend(below.into_iter().rev());
    }
    Ok(listing)
}

/// The sequence of one: a single file with the number in its name.
pub fn single(path: &Path) -> Option<SequenceFiles> {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    sequences(&folder, vec![path.to_owned()]).pop()
}

/// The EXR sequences and the .blend files of one folder, not of those below it.
///
/// # Errors
/// If it cannot be read.
pub fn in_folder(folder: &Path) -> Result<(Vec<SequenceFiles>, Vec<PathBuf>)> {
    let files = read_sorted(folder)?.into_iter().filter(|path| !path.is_dir());
    let (frames, others): (Vec<PathBuf>, Vec<PathBuf>) = files.partition(|path| is_exr(path));
    let blends = others.into_iter().filter(|path| has_extension(path, &["blend"])).collect();
    Ok((sequences(folder, frames), blends))
}

/// What is in a folder, but for hidden names; sorted.
pub(super) fn read_sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let refused = |error| Error::io("the folder cannot be read", folder.display(), error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(refused)? {
        let entry = entry.map_err(refused)?;
        if !is_hidden(&entry.file_name()) {
            paths.push(folder.join(entry.file_name()));
        }
    }
    paths.sort();
    Ok(paths)
}

/// Whether a name starts with a dot.
pub fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

fn leads_elsewhere(link: &Path, root: &Path, visited: &mut BTreeSet<PathBuf>) -> bool {
    fs::canonicalize(link).is_ok_and(|real| !real.starts_with(root) && visited.insert(real))
}

/// The sequences that these files of one folder make up.
pub(super) fn sequences(folder: &Path, paths: Vec<PathBuf>) -> Vec<SequenceFiles> {
    // Two names that are not Unicode can look the same; each stands for its own file.
    let mut by_name: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in paths.into_iter().rev() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        by_name.entry(name).or_default().push(path);
    }
    let names: Vec<&str> = by_name.iter().flat_map(|(name, paths)| vec![name.as_str(); paths.len()]).collect();
    let groups = sequence::group(&names);
    let locate = |sequence: Sequence| {
        let paths = sequence.frames.iter().filter_map(|frame| by_name.get_mut(&frame.name)?.pop()).collect();
        SequenceFiles { folder: folder.to_owned(), sequence, paths }
    };
    groups.into_iter().map(locate).collect()
}
