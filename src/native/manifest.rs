//! Cryptomatte manifests that lie beside the picture.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use crate::exr::Cryptomatte;

/// Larger manifests are not read: the largest of real productions have a few MiB.
const LARGEST: u64 = 64 << 20;

/// Reads the names of every set of mattes whose manifest is a file of its own; what stands in the way becomes the set's
/// `problem`.
///
/// The file's name comes out of the picture, which anyone can have made: only files in the picture's own folder or
/// below are read, links followed.
pub fn load_sidecars<'a>(picture: &Path, sets: impl IntoIterator<Item = &'a mut Cryptomatte>) {
    for set in sets.into_iter().filter(|set| set.names.is_empty()) {
        let Some(name) = set.sidecar.clone() else { continue };
        match locate(picture, &name).and_then(|path| read(&path)) {
            Ok(bytes) => set.read_manifest(&bytes),
            Err(problem) => set.problem = Some(problem),
        }
        if let Some(problem) = &mut set.problem {
            *problem = format!("manifest {name:?}: {problem}");
        }
    }
}

fn locate(picture: &Path, name: &str) -> Result<PathBuf, String> {
    let outside = || "it lies outside the picture's folder and is not read".to_owned();
    let relative = Path::new(name);
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if name.is_empty() || !relative.components().all(is_plain) {
        return Err(outside());
    }
    let folder = match picture.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = fs::canonicalize(folder).map_err(|error| error.to_string())?;
    let path = fs::canonicalize(folder.join(relative)).map_err(|error| error.to_string())?;
    if path.starts_with(&folder) { Ok(path) } else { Err(outside()) }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let metadata = fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is not a regular file".into());
    }
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file that grows from one that fits.
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20));
    }
    Ok(bytes)
}
