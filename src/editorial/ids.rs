//! Names of scenes and shots. They become file names, so what they may be is narrow.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The name of a scene, `SCN-002`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SceneId(String);

/// The name of a shot, `SHOT-002-001`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShotId(String);

/// What stands before the numbers of scenes and of shots.
const PREFIXES: [&str; 2] = ["SCN-", "SHOT-"];
/// File systems take 255 bytes; suffix, frame number and extension want some.
const LONGEST: usize = 128;
/// Names that are devices on Windows, whatever extension follows.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "COM", "LPT"];

impl SceneId {
    /// The name as a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ShotId {
    /// The name as a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scene that the film's numbering puts the shot in: `SCN-002` for `SHOT-002-001`.
    pub fn scene(&self) -> Option<SceneId> {
        let [scene, shot] = PREFIXES;
        let number = self.0.strip_prefix(shot)?.split('-').next().filter(|number| !number.is_empty())?;
        format!("{scene}{number}").parse().ok()
    }
}

/// Checks what becomes a part of a file's name: `kind` says what it is the name of.
///
/// # Errors
/// If it is empty or too long, or has characters in it that mean something to a file system or a shell.
pub fn check_name(kind: &str, name: &str) -> Result<String> {
    let refuse = |why: &str| {
        let next = "Letters, digits, '.', '_' and '-' make a name; it begins with a letter or digit";
        Err(Error::spec(format!("{name:?} cannot be the name of a {kind}: {why}"), next))
    };
    if name.is_empty() {
        return refuse("it is empty");
    }
    if name.len() > LONGEST {
        return refuse("it is too long");
    }
    if let Some(wrong) = name.chars().find(|&c| !c.is_ascii_alphanumeric() && !"._-".contains(c)) {
        return refuse(&format!("{wrong:?} is in it"));
    }
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) || name.ends_with('.') {
        return refuse("a file of that name would be hidden, an option, or another file");
    }
    let stem = name.split('.').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit());
    if DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device)) {
        return refuse("it is a device on some machines");
    }
    Ok(name.to_owned())
}

impl FromStr for SceneId {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        check_name("scene", name).map(Self)
    }
}

impl FromStr for ShotId {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        check_name("shot", name).map(Self)
    }
}

impl TryFrom<String> for SceneId {
    type Error = Error;

    fn try_from(name: String) -> Result<Self> {
        name.parse()
    }
}

impl TryFrom<String> for ShotId {
    type Error = Error;

    fn try_from(name: String) -> Result<Self> {
        name.parse()
    }
}

impl From<SceneId> for String {
    fn from(id: SceneId) -> Self {
        id.0
    }
}

impl From<ShotId> for String {
    fn from(id: ShotId) -> Self {
        id.0
    }
}

impl fmt::Display for SceneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ShotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{SceneId, ShotId};

    #[test]
    fn a_name_stays_in_its_folder() {
        for name in ["SHOT-002-001", "a", "0010", "sh010_comp.v2", "CONCERT", "aux_room"] {
            assert!(name.parse::<ShotId>().is_ok(), "{name}");
        }
        let long = "x".repeat(129);
        let hostile = [
            "", ".", "..", "../x", "a/b", "a\\b", "-rf", ".hidden", "a\0", "a\nb", "a b", "a'b", "a\"b", "$(x)", "a:b",
            "é", "nul", "COM1.exr", "lpt9", "a.", "%04d", "a*", &long,
        ];
        for name in hostile {
            assert!(name.parse::<ShotId>().is_err(), "{name}");
            assert!(name.parse::<SceneId>().is_err(), "{name}");
            assert!(serde_json::from_value::<ShotId>(name.into()).is_err(), "{name}");
        }
    }

    #[test]
    fn a_shots_number_has_its_scene() {
        let scene = |shot: &str| shot.parse::<ShotId>().ok()?.scene().map(String::from);
        assert_eq!(scene("SHOT-002-001").as_deref(), Some("SCN-002"));
        assert_eq!(scene("SHOT-12A-001").as_deref(), Some("SCN-12A"));
        assert_eq!(scene("sh010"), None);
    }
}
