//! Frames that Blender has written.

use std::fs;
use std::path::Path;

use crate::error::Place;
use crate::exr::{self, Header, Limits, Request};
use crate::native::FileSource;
use crate::{Error, Result};

/// Whether a frame is whole and has the size that was asked for; one that is not is taken away. Its last rows are decoded:
/// that is what a full disk cuts off.
///
/// # Errors
/// If it is not.
pub(super) fn check(path: &Path, size: [u32; 2]) -> Result<()> {
    let checked = look(path, size);
    if checked.is_err() {
        let _ = fs::remove_file(path);
    }
    checked
}

fn look(path: &Path, [width, height]: [u32; 2]) -> Result<()> {
    let limits = Limits::default();
    let source = FileSource::open(path)?;
    let damaged = |error: Error| {
        let what = format!("Blender did not write the whole frame: {}", error.fault().what);
        Error::tool(what, "See whether the disk is full, and render again").in_file(path.display())
    };
    let header = Header::read(&source, &limits).map_err(damaged)?;
    for (number, part) in header.parts.iter().enumerate() {
        let window = part.display_window;
        if [window.width, window.height] != [width, height] {
            let what = format!("Blender rendered {}x{} instead of {width}x{height}", window.width, window.height);
            return Err(Error::tool(what, "").in_file(path.display()));
        }
        let last = part.band_count().saturating_sub(1);
        let request = Request { part: number, channels: vec![0], bands: Some(last..last + 1) };
        let frame = exr::decode(&source, &header, &request, &limits).map_err(damaged)?;
        if let Some(missing) = frame.missing.first() {
            return Err(damaged(Error::malformed(Place::default(), missing.reason.clone())));
        }
    }
    Ok(())
}

/// Takes away the frame that was being written when Blender stopped. That it cannot be is no second error.
pub(super) fn remove_partial(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_partial = |name: &str| name.starts_with("frame.") && name.ends_with(".part.exr");
    for entry in entries.filter(|entry| entry.file_name().to_str().is_some_and(is_partial)) {
        let _ = fs::remove_file(entry.path());
    }
}
