//! Holding a folder against its history: everything is hashed again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path};

use rayon::prelude::*;
use roxmltree::{Document, Node};
use serde::Serialize;

use super::hash::{self, Format};
use super::{CHAIN, FOLDER, c4, files};
use crate::error::Place;
use crate::{Error, Result};

/// Manifests are text; larger ones are none of ours, and are not read into memory.
const LARGEST: u64 = 1 << 30;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Generations of the history.
    pub generations: usize,
    /// Files that are what they were.
    pub unchanged: usize,
    /// Everything that is not as it was, by path.
    pub differences: Vec<Difference>,
}

/// One file that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "difference", rename_all = "lowercase")]
pub enum Difference {
    /// It holds other bytes.
    Changed {
        /// Below the folder.
        path: String,
    },
    /// It is not there.
    Missing {
        /// Below the folder.
        path: String,
    },
    /// The history does not know it.
    Extra {
        /// Below the folder.
        path: String,
    },
    /// The history has it in formats only that are not known here.
    Unverified {
        /// Below the folder.
        path: String,
    },
}

impl Difference {
    /// The word for it, and where it is.
    pub fn words(&self) -> (&'static str, &str) {
        match self {
            Self::Changed { path } => ("changed", path),
            Self::Missing { path } => ("missing", path),
            Self::Extra { path } => ("extra", path),
            Self::Unverified { path } => ("unverified", path),
        }
    }
}

/// Hashes of a file by format, as the first generation that has them gives them.
type Known = BTreeMap<String, Vec<(Format, String)>>;

/// Hashes everything in `root` again. `watch` hears of the bytes that were read.
///
/// # Errors
/// If there is no history, a manifest is not the one the chain says, or something cannot be read.
pub fn verify(root: &Path, watch: impl Fn(u64) + Sync) -> Result<Verified> {
    let (known, generations) = history(root)?;
    let present = files(root)?;
    let extra = present.iter().filter(|path| !known.contains_key(*path));
    let mut differences: Vec<Difference> = extra.map(|path| Difference::Extra { path: path.clone() }).collect();
    let judged: Result<Vec<Option<Difference>>> = known
        .par_iter()
        .map(|(path, hashes)| judge(root, path, hashes, present.binary_search(path).is_ok(), &watch))
        .collect();
    let judged = judged?;
    let unchanged = judged.iter().filter(|difference| difference.is_none()).count();
    differences.extend(judged.into_iter().flatten());
    differences.sort_by(|a, b| a.words().1.cmp(b.words().1));
    Ok(Verified { generations, unchanged, differences })
}

fn judge(
    root: &Path,
    path: &str,
    hashes: &[(Format, String)],
    is_there: bool,
    watch: &(impl Fn(u64) + Sync),
) -> Result<Option<Difference>> {
    let path = path.to_owned();
    if !is_there {
        return Ok(Some(Difference::Missing { path }));
    }
    if hashes.is_empty() {
        return Ok(Some(Difference::Unverified { path }));
    }
    let formats: Vec<Format> = hashes.iter().map(|(format, _)| *format).collect();
    let found = hash::file(&root.join(&path), &formats, watch)?;
    let is_same = found.iter().zip(hashes).all(|(found, (_, known))| found == known);
    Ok((!is_same).then_some(Difference::Changed { path }))
}

/// What every generation of the history says, and how many there are.
fn history(root: &Path) -> Result<(Known, usize)> {
    let folder = root.join(FOLDER);
    let chain_path = folder.join(CHAIN);
    if !chain_path.is_file() {
        let next = "Give the folder of a package, or make the history with `ascmhl create`";
        return Err(Error::spec("there is no ASC MHL history in this folder", next).in_file(root.display()));
    }
    let text = read(&chain_path)?;
    let chain = parse(&text, &chain_path)?;
    let mut known = Known::new();
    let mut generations = 0;
    for entry in chain.descendants().filter(|node| node.has_tag_name_any("hashlist")) {
        let name = child_text(entry, "path").unwrap_or_default();
        let path = folder.join(name);
        if Path::new(name).components().count() != 1 || !is_plain(name) {
            return Err(malformed(&chain_path, format!("{name:?} is no manifest's name")));
        }
        let manifest = read(&path)?;
        if child_text(entry, "c4").is_none_or(|c4| c4 != c4::identifier(manifest.as_bytes())) {
            let what = "this manifest is not the one that the history's chain names";
            return Err(malformed(&path, what).with_next("Ask for the package again: its history was changed"));
        }
        read_manifest(&manifest, &path, &mut known)?;
        generations += 1;
    }
    match generations {
        0 => Err(malformed(&chain_path, "it names no manifest")),
        _ => Ok((known, generations)),
    }
}

fn read_manifest(text: &str, path: &Path, known: &mut Known) -> Result<()> {
    let document = parse(text, path)?;
    let entries = document.descendants().filter(|node| node.has_tag_name_any("hash"));
    for entry in entries {
        let name = child_text(entry, "path").unwrap_or_default();
        if !is_plain(name) {
            return Err(malformed(path, format!("{name:?} does not lie in the folder")));
        }
        let hashes = known.entry(name.to_owned()).or_default();
        for node in entry.children().filter(Node::is_element) {
            if let (Some(format), Some(value)) = (Format::named(node.tag_name().name()), node.text())
                && hashes.iter().all(|(known, _)| *known != format)
            {
                hashes.push((format, value.trim().to_owned()));
            }
        }
    }
    Ok(())
}

/// Elements by their names, whatever prefix their namespace has.
trait Named {
    fn has_tag_name_any(&self, name: &str) -> bool;
}

impl Named for Node<'_, '_> {
    fn has_tag_name_any(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

fn child_text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.children().find(|child| child.has_tag_name_any(name))?.text()
}

/// Whether a path goes down only.
fn is_plain(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.is_empty() && parts.all(|part| matches!(part, Component::Normal(_)))
}

fn read(path: &Path) -> Result<String> {
    let refused = |error| Error::io("cannot be read", path.display(), error);
    if fs::metadata(path).map_err(refused)?.len() > LARGEST {
        return Err(
            Error::limit("this manifest is larger than 1 GiB", "Verify it with `ascmhl`").in_file(path.display())
        );
    }
    fs::read_to_string(path).map_err(refused)
}

fn parse<'a>(text: &'a str, path: &Path) -> Result<Document<'a>> {
    Document::parse(text).map_err(|error| malformed(path, format!("it is no XML: {error}")))
}

fn malformed(path: &Path, what: impl Into<String>) -> Error {
    Error::malformed(Place::default(), what).in_file(path.display())
}
