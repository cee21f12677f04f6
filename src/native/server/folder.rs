//! A folder's files under `/files/`, and a list of them.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::{StatusCode, header};
use serde::Serialize;

use super::answer::{Answer, content_type};
use super::body::FileBody;
use super::path::encode;
use super::range::Requested;
use crate::native::frames::is_hidden;
use crate::{Error, Result};

/// Files in a listing; whoever starts the server in the root of a disk shall get an answer too.
const MOST_FILES: usize = 20_000;
/// Folders below one another.
const DEEPEST: usize = 16;

/// The folder, its links resolved.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

/// What `/files/` answers.
#[derive(Debug, Serialize)]
struct Listing {
    /// The folder's own name.
    folder: String,
    /// Sorted by path.
    files: Vec<Entry>,
    /// Whether there are more than are listed.
    truncated: bool,
}

#[derive(Debug, Serialize)]
struct Entry {
    /// Relative to the folder, with slashes.
    path: String,
    /// Where it is on this server.
    url: String,
    bytes: u64,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let refused = |error| Error::io("cannot be opened", path.display(), error);
        let root = fs::canonicalize(path).map_err(refused)?;
        if !root.is_dir() {
            return Err(Error::spec("this is no folder", "Give the folder a file lies in").in_file(path.display()));
        }
        Ok(Self { root })
    }

    /// The list for an empty name, else the file; a range of it where one is asked for.
    pub(super) fn answer(&self, segments: &[Vec<u8>], range: Option<Requested>) -> Answer {
        match segments {
            [name] if name.is_empty() => self.list(),
            [] => Answer::not_found(),
            segments => self.file(segments, range).unwrap_or_else(Answer::not_found),
        }
    }

    fn list(&self) -> Answer {
        let folder = self.root.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut listing = Listing { folder, files: Vec::new(), truncated: false };
        self.collect(&self.root, &mut Vec::new(), &mut listing);
        listing.files.sort_by(|a, b| a.url.cmp(&b.url));
        match serde_json::to_vec(&listing) {
            Ok(json) => Answer::new(StatusCode::OK, content_type(b".json"), json),
            Err(_) => Answer::failed(),
        }
    }

    /// Adds the files of a folder and of those below. What cannot be read is left out, as is what leads outside.
    fn collect(&self, folder: &Path, names: &mut Vec<std::ffi::OsString>, listing: &mut Listing) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let (name, path) = (entry.file_name(), entry.path());
            if is_hidden(&name) {
                continue;
            }
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            let is_inside = !is_link || fs::canonicalize(&path).is_ok_and(|real| real.starts_with(&self.root));
            let Some(metadata) = fs::metadata(&path).ok().filter(|_| is_inside) else { continue };
            names.push(name);
            if metadata.is_dir() && !is_link {
                if names.len() < DEEPEST {
                    self.collect(&path, names, listing);
                } else {
                    listing.truncated = true;
                }
            } else if metadata.is_file() {
                if listing.files.len() < MOST_FILES {
                    listing.files.push(entry_of(names, metadata.len()));
                } else {
                    listing.truncated = true;
                }
            }
            names.pop();
        }
    }

    fn file(&self, segments: &[Vec<u8>], range: Option<Requested>) -> Option<Answer> {
        let path = segments.iter().try_fold(self.root.clone(), |path, name| Some(path.join(os_name(name)?)))?;
        // The last word on where a path leads has the system.
        let path = fs::canonicalize(path).ok().filter(|real| real.starts_with(&self.root))?;
        // Looked at before it is opened: opening a pipe waits for someone to write into it.
        if !fs::metadata(&path).ok()?.is_file() {
            return None;
        }
        let file = File::open(&path).ok()?;
        let length = file.metadata().ok()?.len();
        let (status, bytes, about) = match range.map(|range| range.within(length)) {
            None => (StatusCode::OK, 0..length, None),
            Some(Some(range)) => {
                let about = format!("bytes {}-{}/{length}", range.start, range.end - 1);
                (StatusCode::PARTIAL_CONTENT, range, Some(about))
            }
            Some(None) => {
                let mut answer = Answer::text(StatusCode::RANGE_NOT_SATISFIABLE, "The file has no such bytes.\n");
                answer.extra.push((header::CONTENT_RANGE, format!("bytes */{length}")));
                return Some(answer);
            }
        };
        let mut extra = vec![(header::ACCEPT_RANGES, "bytes".to_owned())];
        extra.extend(about.map(|about| (header::CONTENT_RANGE, about)));
        let name = segments.last()?;
        let length = bytes.end - bytes.start;
        let body = Body::new(FileBody::new(file, bytes).ok()?);
        Some(Answer { status, content_type: content_type(name), body, length, extra })
    }
}

fn entry_of(names: &[std::ffi::OsString], bytes: u64) -> Entry {
    let path: Vec<_> = names.iter().map(|name| name.to_string_lossy()).collect();
    let url: Vec<_> = names.iter().map(|name| encode(name.as_encoded_bytes())).collect();
    Entry { path: path.join("/"), url: format!("/files/{}", url.join("/")), bytes }
}

#[cfg(unix)]
fn os_name(bytes: &[u8]) -> Option<&OsStr> {
    Some(std::os::unix::ffi::OsStrExt::from_bytes(bytes))
}

/// Elsewhere names are Unicode, and a colon would name a drive or a stream.
#[cfg(not(unix))]
fn os_name(bytes: &[u8]) -> Option<&OsStr> {
    std::str::from_utf8(bytes).ok().filter(|name| !name.contains(':')).map(OsStr::new)
}
