//! Where other programs are.

use std::env;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// A program that is not part of this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tool {
    /// Its file name, without an end.
    pub name: &'static str,
    /// The environment variable that says where it is.
    pub variable: &'static str,
    /// How one gets it.
    pub hint: &'static str,
}

impl Tool {
    /// The encoder of movies.
    pub const FFMPEG: Self = Self {
        name: "ffmpeg",
        variable: "FFMPEG",
        hint: "Install ffmpeg (`scripts/setup-media.sh` does), or name it with --ffmpeg or FFMPEG",
    };

    /// Where it is: what was named on the command line, else its variable, else the first in PATH.
    ///
    /// # Errors
    /// If what was named is no file, or there is none.
    pub fn find(self, named: Option<&Path>) -> Result<PathBuf> {
        let variable = env::var_os(self.variable).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(path) = named.map(Path::to_owned).or(variable) {
            // A bare name is looked for like any other program.
            if path.components().count() == 1 && !path.is_file() {
                return in_path(&path).ok_or_else(|| self.missing(&path));
            }
            return if path.is_file() { Ok(path) } else { Err(self.missing(&path)) };
        }
        let name = Path::new(self.name);
        in_path(name).ok_or_else(|| self.missing(name))
    }

    fn missing(self, path: &Path) -> Error {
        Error::tool(format!("{} is not there", self.name), self.hint).in_file(path.display())
    }
}

fn in_path(name: &Path) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let file = |folder: PathBuf| {
        let path = folder.join(name);
        if env::consts::EXE_EXTENSION.is_empty() { path } else { path.with_extension(env::consts::EXE_EXTENSION) }
    };
    env::split_paths(&folders).map(file).find(|path| path.is_file())
}

#[cfg(all(test, unix))]
mod tests {
    use std::path::Path;

    use super::Tool;

    const SHELL: Tool = Tool { name: "sh", variable: "NO_SUCH_VARIABLE_IS_SET", hint: "Look for it" };

    #[test]
    fn a_named_one_goes_first_and_a_wrong_one_is_told() {
        assert!(SHELL.find(None).is_ok_and(|path| path.is_file() && path.ends_with("sh")));
        assert!(SHELL.find(Some(Path::new("ls"))).is_ok_and(|path| path.ends_with("ls")));
        assert!(SHELL.find(Some(Path::new("/bin/ls"))).is_ok_and(|path| path == Path::new("/bin/ls")));
        let error = SHELL.find(Some(Path::new("/no/sh"))).map_err(|error| error.to_string());
        assert_eq!(error, Err("/no/sh: sh is not there. Look for it".into()));
        let unknown = Tool { name: "no-such-program-at-all", ..SHELL };
        assert!(unknown.find(None).is_err());
    }
}
