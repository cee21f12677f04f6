//! The models that read text in pictures: which they are, where they lie, how they come there.
//!
//! They are PP-OCRv4's (Apache-2.0) as the Python package `rapidocr-onnxruntime` has them. pip brings the package, from
//! wherever it is set up to look; what is used of it is known by its checksum. Afterwards no network is needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::tool::Tool;
use super::{atomic, process};
use crate::ocr::Ocr;
pub use crate::ocr::{MODELS, ModelFile};
use crate::qc::TextSearch;
use crate::{Error, Result};

/// The package and its version.
const PACKAGE: &str = "rapidocr-onnxruntime==1.4.4";
/// The environment variable that says in which folder the models are.
pub const VARIABLE: &str = "BLENDER_GSD_MODELS";
/// Seconds that pip may say nothing.
const PATIENCE: Duration = Duration::from_secs(120);
/// Folders below the one that models are looked for in.
const DEPTH: usize = 6;
const PYTHON: Tool = Tool {
    name: "python3",
    variable: "PYTHON",
    hint: "Install Python 3 with pip, or give a folder or the package's file with --from",
};

/// The bytes of a model, if `path` is its file and no other.
fn read(model: &ModelFile, path: &Path) -> Option<Vec<u8>> {
    let is_as_long = fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() == model.bytes);
    let bytes = is_as_long.then(|| fs::read(path).ok()).flatten()?;
    model.is(&bytes).then_some(bytes)
}

/// Whether a model is in a folder, whole.
pub fn is_in(model: &ModelFile, folder: &Path) -> bool {
    read(model, &folder.join(model.name)).is_some()
}

/// Where the models are looked for: what [`VARIABLE`] says, else `blender-gsd/models` in the user's folder for data.
///
/// # Errors
/// If the user has no such folder.
pub fn folder() -> Result<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = variable(VARIABLE) {
        return Ok(folder);
    }
    let data = variable("XDG_DATA_HOME").or_else(|| variable("LOCALAPPDATA"));
    let data = data.or_else(|| std::env::home_dir().map(|home| home.join(".local/share")));
    let data = data.ok_or_else(|| Error::spec("there is no folder for the user's data", format!("Set {VARIABLE}")))?;
    Ok(data.join("blender-gsd/models"))
}

/// The reader whose models lie in a folder.
///
/// # Errors
/// If one is not there, or is not what it should be.
pub fn load(folder: &Path) -> Result<Ocr> {
    let read = |model: &ModelFile| {
        let path = folder.join(model.name);
        read(model, &path).ok_or_else(|| {
            let what = if path.exists() { "this is not the model it should be" } else { "the model is not there" };
            Error::spec(what, "Install it: `blender-gsd models install`").in_file(path.display())
        })
    };
    let [detector, recognizer] = &MODELS;
    Ocr::new(read(detector)?, read(recognizer)?)
}

/// The reader of this machine, or why there is none. The models are loaded once.
pub fn text_search() -> TextSearch {
    static SEARCH: OnceLock<TextSearch> = OnceLock::new();
    let look = || {
        let folder = match folder() {
            Ok(folder) if MODELS.iter().any(|model| folder.join(model.name).exists()) => folder,
            _ => return TextSearch::Without(NONE.to_owned()),
        };
        match load(&folder) {
            Ok(reader) => TextSearch::With(Arc::new(reader)),
            Err(error) => TextSearch::Without(format!("text was not looked for: {error}")),
        }
    };
    SEARCH.get_or_init(look).clone()
}

const NONE: &str = "text was not looked for: no model is installed (`blender-gsd models install`)";

/// Brings the models into a folder: from a folder, a package's file, or with pip. What is there already is left alone; a
/// model appears whole or not at all.
///
/// # Errors
/// If pip cannot bring the package, the models are not in it, or the system refuses.
pub fn install(from: Option<&Path>, to: &Path) -> Result<()> {
    if MODELS.iter().all(|model| is_in(model, to)) {
        return Ok(());
    }
    let refused = |error| Error::io("cannot be made", to.display(), error);
    fs::create_dir_all(to).map_err(refused)?;
    let work = tempfile::tempdir().map_err(refused)?;
    let source = match from {
        Some(path) if path.is_dir() => path.to_owned(),
        Some(package) => unpack(package, work.path())?,
        None => unpack(&download(work.path())?, work.path())?,
    };
    for model in MODELS {
        let bytes = find(&source, &model, DEPTH).ok_or_else(|| {
            let what = format!("there is no {} with the SHA-256 {} in it", model.name, model.sha256);
            let next = format!("Give a folder or a package that has it with --from, such as {PACKAGE}");
            Error::spec(what, next).in_file(from.unwrap_or(&source).display())
        })?;
        atomic::write(&to.join(model.name), &bytes)?;
    }
    Ok(())
}

/// The package's file, brought by pip. It is not installed and nothing of it is run, so that any Python will do.
fn download(folder: &Path) -> Result<PathBuf> {
    let mut pip = process::command(&PYTHON.find(None)?);
    pip.args(["-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]);
    pip.args(["--ignore-requires-python", "--quiet", "--dest"]).arg(folder).arg(PACKAGE);
    process::output(&mut pip, 1 << 20, PATIENCE)
        .map_err(|error| error.with_next("Download the package elsewhere and give its file with --from"))?;
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut packages = entries.filter(|path| path.extension().is_some_and(|extension| extension == "whl"));
    packages.next().ok_or_else(|| Error::tool(format!("pip brought no file of {PACKAGE}"), PYTHON.hint))
}

/// Unpacks a package (a zip file) and says where.
fn unpack(package: &Path, folder: &Path) -> Result<PathBuf> {
    if !package.is_file() {
        return Err(Error::spec("there is no such file", "Give a folder or a .whl").in_file(package.display()));
    }
    let to = folder.join("unpacked");
    let mut python = process::command(&PYTHON.find(None)?);
    process::output(python.args(["-m", "zipfile", "-e"]).arg(package).arg(&to), 1 << 20, PATIENCE)?;
    Ok(to)
}

/// A model somewhere below a folder, whatever it is called there.
fn find(folder: &Path, model: &ModelFile, depth: usize) -> Option<Vec<u8>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let here = paths.iter().find_map(|path| read(model, path));
    let below = || paths.iter().filter(|path| path.is_dir()).find_map(|path| find(path, model, depth.checked_sub(1)?));
    here.or_else(below)
}
