//! Blender's version.

use crate::{Error, Result};

/// The oldest that the driver is written for and tested with.
const OLDEST: [u32; 2] = [3, 4];

/// A version that the driver knows how to drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version(String);

impl Version {
    /// Takes `3.4.1`, `5.0.0 Alpha`, and what else Blender calls itself.
    ///
    /// # Errors
    /// If it is older than 3.4.
    pub(super) fn supported(text: String) -> Result<Self> {
        let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map_while(|digits| digits.parse::<u32>().ok());
        let found = [numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)];
        if found < OLDEST {
            let [major, minor] = OLDEST;
            return Err(Error::tool(
                format!("Blender {text} is too old"),
                format!("Name a Blender {major}.{minor} or newer with --blender or in BLENDER"),
            ));
        }
        Ok(Self(text))
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_compared_by_number() {
        for text in ["3.4.1", "3.10.0", "4.2.0 LTS", "5.0.0 Alpha"] {
            assert!(Version::supported(text.into()).is_ok(), "{text}");
        }
        for text in ["2.93.5", "3.3.21", "", "unknown"] {
            assert!(Version::supported(text.into()).is_err(), "{text}");
        }
    }
}
