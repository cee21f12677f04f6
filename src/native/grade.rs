//! Show LUTs and per-shot corrections from files.

use std::path::{Path, PathBuf};

use super::FileSource;
use crate::Result;
use crate::color::{Cdl, Lut, LutLimits};
use crate::exr::ByteSource;

/// Reads a `.cube` file; reports will call it by the file's name without its folder.
///
/// # Errors
/// If it cannot be read, is larger than the limits allow, or is no LUT.
pub fn read_lut(path: &Path) -> Result<Lut> {
    let limits = LutLimits::default();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let source = FileSource::open(path)?;
    let lut = limits.check_file(source.len()).and_then(|()| {
        let mut scratch = Vec::new();
        Lut::from_cube(source.read(0..source.len(), &mut scratch)?, &name, &limits)
    });
    lut.map_err(|error| error.in_file(path.display()))
}

/// Reads a correction from a .cdl, .ccc or .cc file, named as `FILE` or `FILE:ID`. A file whose whole name is that, colon
/// included, is meant first.
///
/// # Errors
/// If the file cannot be read or is no CDL file, or there is no such correction or more than one.
pub fn read_cdl(name: &Path) -> Result<Cdl> {
    let (path, id) = split_id(name);
    let source = FileSource::open(&path)?;
    let cdl = Cdl::check_file(source.len()).and_then(|()| {
        let mut scratch = Vec::new();
        Cdl::from_xml(source.read(0..source.len(), &mut scratch)?, id.as_deref())
    });
    cdl.map_err(|error| error.in_file(path.display()))
}

fn split_id(name: &Path) -> (PathBuf, Option<String>) {
    let parts = name.to_str().and_then(|text| text.rsplit_once(':'));
    match parts {
        Some((path, id)) if !name.exists() && Path::new(path).exists() => (path.into(), Some(id.to_owned())),
        _ => (name.to_owned(), None),
    }
}
