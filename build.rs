//! Puts the review page (www/) into the binary: a table of names and bytes for `src/native/server/page.rs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    // The page itself is made of this very crate without `native`: it must not wait for its own result.
    if env::var_os("CARGO_FEATURE_NATIVE").is_none() {
        return Ok(());
    }
    let variable = |name: &str| env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let www = variable("CARGO_MANIFEST_DIR")?.join("www");
    println!("cargo:rerun-if-changed=www");
    let mut files = Vec::new();
    if www.is_dir() {
        collect(&www, &mut files)?;
    }
    // Sorted by name, whatever order the file system has: the same sources give the same binary, and names can be
    // searched by halves.
    let mut named: Vec<(String, PathBuf)> = files.into_iter().map(|path| (name(&www, &path), path)).collect();
    named.sort();

    let mut table = String::from("&[\n");
    for (name, path) in &named {
        println!("cargo:rerun-if-changed={}", path.display());
        let path = path.to_str().ok_or_else(|| io::Error::other("www/ lies under a path that is not Unicode"))?;
        writeln!(table, "    ({name:?}, include_bytes!({path:?})),").map_err(io::Error::other)?;
    }
    table.push(']');
    fs::write(variable("OUT_DIR")?.join("www.rs"), table)
}

/// Every file but hidden ones.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".")) {
            continue;
        }
        if path.is_dir() {
            println!("cargo:rerun-if-changed={}", path.display());
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// The path under www/, with slashes on every system.
fn name(www: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(www).unwrap_or(path);
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
