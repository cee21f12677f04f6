//! Where a package comes to lie, and how it gets its name: whole, or not at all.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::editorial::SceneId;
use crate::native::{mhl, swap};
use crate::{Error, Result};

/// The places of one package in the making.
#[derive(Debug)]
pub(super) struct Places {
    /// Where it comes to lie.
    pub(super) target: PathBuf,
    /// Where it is built.
    pub(super) building: PathBuf,
    /// Where the package before it waits, where names cannot be exchanged.
    old: PathBuf,
    /// Keeps a second run away for as long as it lives.
    _lock: File,
}

impl Places {
    /// Below `output`, made where it is not there.
    ///
    /// # Errors
    /// If the package would lie in its source or hold it, if there is something that is not to be replaced, or if another
    /// run is at it.
    pub(super) fn take(output: &Path, scene: &SceneId, source: &Path, replace: bool) -> Result<Self> {
        let target = real(output)?.join(scene.as_str());
        let source = real(source)?;
        if target.starts_with(&source) || source.starts_with(&target) {
            let what = "the package would lie in the folder that it is made from, or the other way round";
            return Err(Error::spec(what, "Give --output a folder elsewhere").in_file(target.display()));
        }
        fs::create_dir_all(output).map_err(|error| Error::io("cannot be made", output.display(), error))?;
        let hidden = |name: &str| target.with_file_name(format!(".{scene}.blender-gsd-{name}"));
        let places = Self { building: hidden("part"), old: hidden("old"), _lock: lock(&hidden("lock"))?, target };
        places.recover()?;
        if places.target.exists() && !replace {
            let what = "there is something of the package's name already";
            let next = "Replace it with --replace, or give --output another folder";
            return Err(Error::spec(what, next).in_file(places.target.display()));
        }
        if places.target.exists() && !places.target.join(mhl::FOLDER).is_dir() {
            let what = "what is there is no package and is not replaced";
            return Err(Error::spec(what, "Give --output another folder").in_file(places.target.display()));
        }
        Ok(places)
    }

    /// A run that was stopped between two renames left no package under its name: the old one gets it back.
    fn recover(&self) -> Result<()> {
        if self.target.exists() || !self.old.exists() {
            return Ok(());
        }
        let back = fs::rename(&self.old, &self.target);
        back.map_err(|error| Error::io("the old package cannot be put back", self.old.display(), error))
    }

    /// Gives the finished package its name; the one that was there is taken away last.
    pub(super) fn publish(&self) -> Result<()> {
        let refused = |error| Error::io("cannot be put in its place", self.target.display(), error);
        if !self.target.exists() {
            return fs::rename(&self.building, &self.target).map_err(refused);
        }
        let old = match swap::swap(&self.building, &self.target) {
            Ok(()) => &self.building,
            Err(_) => {
                self.step_aside().map_err(refused)?;
                &self.old
            }
        };
        fs::remove_dir_all(old).map_err(|error| Error::io("the old package cannot be removed", old.display(), error))
    }

    /// Two renames, with an instant between them in which nothing has the name.
    fn step_aside(&self) -> std::io::Result<()> {
        if self.old.exists() {
            fs::remove_dir_all(&self.old)?;
        }
        fs::rename(&self.target, &self.old)?;
        fs::rename(&self.building, &self.target).inspect_err(|_| {
            // The old package goes back to its name; there is nothing to be done where even that is refused.
            let _ = fs::rename(&self.old, &self.target);
        })
    }
}

/// The path with links followed, as far as it is there.
fn real(path: &Path) -> Result<PathBuf> {
    let refused = |error| Error::io("cannot be opened", path.display(), error);
    let path = std::path::absolute(path).map_err(refused)?;
    let there = path.ancestors().find(|part| part.exists()).unwrap_or(&path);
    let rest = path.strip_prefix(there).unwrap_or(Path::new(""));
    Ok(fs::canonicalize(there).map_err(refused)?.join(rest))
}

fn lock(path: &Path) -> Result<File> {
    let refused = |error| Error::io("cannot be locked", path.display(), error);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(refused)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let what = "another run is making this package at this moment";
            Err(Error::spec(what, "Wait for it, or stop it").in_file(path.display()))
        }
        Err(TryLockError::Error(error)) => Err(refused(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Places;
    use crate::editorial::SceneId;
    use crate::{Error, Result};

    #[test]
    fn a_package_has_its_name_at_every_moment_and_a_stopped_exchange_is_undone() -> Result<()> {
        let folder = tempfile::tempdir().map_err(Error::unwritten)?;
        let scene: SceneId = "SCN-002".parse()?;
        let (output, source) = (folder.path().join("packages"), folder.path().join("source"));
        let make = |name: &str, text: &str| {
            fs::create_dir_all(output.join(name).join("ascmhl")).map_err(Error::unwritten)?;
            fs::write(output.join(name).join("which"), text).map_err(Error::unwritten)
        };
        let which = || fs::read_to_string(output.join("SCN-002/which")).unwrap_or_default();
        // Stopped between the two renames: nothing has the name, and the old package waits.
        make(".SCN-002.blender-gsd-old", "old")?;
        let places = Places::take(&output, &scene, &source, true)?;
        assert_eq!(which(), "old");
        for (by_steps, text) in [(false, "exchanged"), (true, "stepped")] {
            make(".SCN-002.blender-gsd-part", text)?;
            match by_steps {
                false => places.publish()?,
                true => places.step_aside().map_err(Error::unwritten)?,
            }
            assert_eq!(which(), text);
        }
        assert!(
            Places::take(&output, &scene, &source, true).is_err_and(|error| error.to_string().contains("another run"))
        );
        Ok(())
    }
}
