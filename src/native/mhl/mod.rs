//! ASC MHL histories on disk: hashing what a folder holds, writing the history, and holding the folder against it.

mod c4;
mod hash;
mod verify;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::atomic;
use crate::editorial::{MhlCreator, MhlFile, mhl_chain, mhl_manifest};
use crate::{Error, Result};
use hash::Format;
pub use verify::{Difference, Verified, verify};

/// The folder of a history.
pub const FOLDER: &str = "ascmhl";
/// Its list of manifests.
const CHAIN: &str = "ascmhl_chain.xml";
/// What is no part of a history: the specification's own list.
const IGNORED: [&str; 2] = [".DS_Store", FOLDER];

/// Hashes every file in `root` and the folders below it, several at a time; sorted by path. What is `known` is not read
/// again.
///
/// # Errors
/// If one cannot be read, or has a name that is no Unicode.
pub fn hash_tree(root: &Path, known: &BTreeMap<&str, &MhlFile>) -> Result<Vec<MhlFile>> {
    let one = |path: String| match known.get(path.as_str()) {
        Some(file) => Ok((*file).clone()),
        None => hash_file(root, path, &|_| {}),
    };
    files(root)?.into_par_iter().map(one).collect()
}

/// The entry of the file at `path` (with `/`) below `root`. `watch` hears of the bytes that were read.
///
/// # Errors
/// If it cannot be read.
pub fn hash_file(root: &Path, path: String, watch: &(impl Fn(u64) + Sync)) -> Result<MhlFile> {
    let place = root.join(&path);
    let refused = |error| Error::io("cannot be looked at", place.display(), error);
    let metadata = fs::metadata(&place).map_err(refused)?;
    let modified =
        jiff::Timestamp::try_from(metadata.modified().map_err(refused)?).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let modified = jiff::Timestamp::from_second(modified.as_second()).unwrap_or(modified).to_string();
    let hashed = hash::file(&place, &[Format::Xxh128], watch)?;
    let xxh128 = hashed.first().and_then(|text| u128::from_str_radix(text, 16).ok()).unwrap_or_default();
    Ok(MhlFile { path, bytes: metadata.len(), modified, xxh128 })
}

/// Writes the first generation of `root`'s history, whose name will be `name`.
///
/// # Errors
/// If the system refuses.
pub fn write_history(root: &Path, name: &str, files: &[MhlFile], creator: &MhlCreator) -> Result<()> {
    let folder = root.join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| Error::io("cannot be made", folder.display(), error))?;
    let manifest = mhl_manifest(files, creator, twox_hash::XxHash3_128::oneshot);
    // The specification's form: 0001_Folder_2020-01-16_091500Z.mhl.
    let (day, time) = creator.date.split_once('T').unwrap_or((&creator.date, ""));
    let time: String = time.chars().filter(char::is_ascii_digit).take(6).collect();
    let manifest_name = format!("0001_{name}_{day}_{time}Z.mhl");
    atomic::write(&folder.join(&manifest_name), manifest.as_bytes())?;
    atomic::write(&folder.join(CHAIN), mhl_chain(&manifest_name, &c4::identifier(manifest.as_bytes())).as_bytes())
}

/// Every file below `root`, by its path with `/`, sorted.
fn files(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut waiting = vec![(root.to_owned(), String::new())];
    while let Some((folder, place)) = waiting.pop() {
        let refused = |error| Error::io("the folder cannot be read", folder.display(), error);
        for entry in fs::read_dir(&folder).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            let name = text(entry.path())?;
            if IGNORED.contains(&name.as_str()) {
                continue;
            }
            let path = if place.is_empty() { name } else { format!("{place}/{name}") };
            match entry.file_type().map_err(refused)?.is_dir() {
                true => waiting.push((entry.path(), path)),
                false => found.push(path),
            }
        }
    }
    found.sort();
    Ok(found)
}

fn text(path: PathBuf) -> Result<String> {
    let name = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    let what = "this name is no Unicode, which a history cannot hold";
    name.ok_or_else(|| Error::spec(what, "Rename the file").in_file(path.display()))
}
