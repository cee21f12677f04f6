//! Where Blender is.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::native::tool::Tool;

/// The renderer of composites that are .blend files.
pub const BLENDER: Tool = Tool {
    name: "blender",
    variable: "BLENDER",
    hint: "Install Blender 3.4 or newer (`scripts/setup-blender.sh` does), or name it with --blender or BLENDER",
};

/// A program that Blender's Python runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The program's file.
    pub path: PathBuf,
    /// Whether it is a Python that has Blender as a module (`bpy`), and not Blender itself.
    pub is_python: bool,
}

/// Blender, by what was named, else by the variable `BLENDER`, else in PATH. A name like `python3` means a Python with the
/// module `bpy`.
///
/// # Errors
/// If there is none there.
pub fn find(named: Option<&Path>) -> Result<Program> {
    let path = BLENDER.find(named)?;
    let is_python = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"python"));
    Ok(Program { path, is_python })
}
