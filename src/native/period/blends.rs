//! .blend files and those they link from, as far as they lie in the project.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::blend::{self, Blend, Limits};
use crate::qc::{ShotEvidence, Source};
use crate::{Error, Result};

/// More files than this are not followed: a shot links from some dozens.
const MOST_FILES: usize = 500;

/// Reads a .blend and its libraries; what stands in the way becomes one of the evidence's problems.
pub(super) fn read_into(path: &Path, root: &Path, evidence: &mut ShotEvidence) {
    if let Err(error) = read_tree(path, root, evidence) {
        evidence.problems.push(error.to_string());
    }
}

/// Reads a .blend, and every one it links from, directly or through others, that lies below `root`, links followed. A
/// library that cannot be read is a problem of the evidence.
///
/// # Errors
/// If the file itself cannot be read.
pub(super) fn read_tree(path: &Path, root: &Path, evidence: &mut ShotEvidence) -> Result<()> {
    let first = read(path)?;
    evidence.sources.push(Source::of_blend(&path.display().to_string(), &first, false));
    let root = fs::canonicalize(root).map_err(|error| Error::io("cannot be opened", root.display(), error))?;
    let mut known = BTreeSet::from_iter(fs::canonicalize(path));
    let mut waiting = libraries(path, &first);
    while let Some(library) = waiting.pop() {
        let Ok(real) = fs::canonicalize(&library) else {
            evidence.problems.push(format!("the library {} is not there", library.display()));
            continue;
        };
        if !known.insert(real.clone()) {
            continue;
        }
        if !real.starts_with(&root) {
            evidence
                .problems
                .push(format!("the library {} lies outside the project and was not read", library.display()));
        } else if known.len() > MOST_FILES {
            evidence.problems.push(format!("more than {MOST_FILES} libraries are linked, the rest was not read"));
            return Ok(());
        } else {
            match read(&real) {
                Ok(blend) => {
                    waiting.extend(libraries(&real, &blend));
                    evidence.sources.push(Source::of_blend(&library.display().to_string(), &blend, true));
                }
                Err(error) => evidence.problems.push(error.to_string()),
            }
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Blend> {
    let file = File::open(path).map_err(|error| Error::io("cannot be opened", path.display(), error))?;
    blend::read(file, &Limits::default()).map_err(|error| error.in_file(path.display()))
}

/// Where a .blend's libraries lie: `//` is its own folder.
fn libraries(path: &Path, blend: &Blend) -> Vec<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let locate = |library: &str| {
        let library = library.replace('\\', "/");
        match library.strip_prefix("//") {
            Some(relative) => folder.join(relative),
            None => PathBuf::from(library),
        }
    };
    blend.libraries().map(locate).collect()
}
