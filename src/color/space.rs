//! The space a picture's numbers are in, and how that is known.

use super::{Chromaticities, named};

/// A scene-linear RGB space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColorSpace {
    /// Its primaries and white.
    pub chromaticities: Chromaticities,
    /// How it is known.
    pub origin: Origin,
}

/// How a picture's colour space is known, from certain to guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The user said so.
    Chosen,
    /// The file's `colorInteropID`.
    InteropId,
    /// The file's `acesImageContainerFlag` (SMPTE ST 2065-4).
    AcesContainer,
    /// The file's `chromaticities`.
    Chromaticities,
    /// The program that rendered the picture was asked.
    Renderer,
    /// The file does not say: ACEScg, the film's working space, is assumed.
    Assumed,
}

impl Origin {
    /// The origin in words, to stand in brackets after the space's name.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Chosen => "chosen by hand",
            Self::InteropId => "from colorInteropID",
            Self::AcesContainer => "from acesImageContainerFlag",
            Self::Chromaticities => "from chromaticities",
            Self::Renderer => "from the renderer",
            Self::Assumed => "assumed, the file does not say",
        }
    }
}

/// Colour interop names of scene-linear spaces, with what they mean (ASWF Color Interop Forum, "Color space encodings
/// for texture assets and CG rendering").
const INTEROP: [(&str, Chromaticities); 7] = [
    ("lin_ap1_scene", named::AP1),
    ("lin_ap0_scene", named::AP0),
    ("lin_rec709_scene", named::REC709),
    ("lin_rec2020_scene", named::REC2020),
    ("lin_p3d65_scene", named::P3_D65),
    ("lin_ciexyzd65_scene", named::XYZ_D65),
    ("lin_srgb_scene", named::REC709),
];

/// Spaces that can be named on the command line and chosen on the page.
const CHOICES: [(&str, Chromaticities); 6] = [
    ("acescg", named::AP1),
    ("aces2065-1", named::AP0),
    ("lin_rec709", named::REC709),
    ("lin_rec2020", named::REC2020),
    ("lin_p3d65", named::P3_D65),
    ("xyz_d65", named::XYZ_D65),
];

impl ColorSpace {
    /// ACEScg, because nothing else is known.
    pub const fn assumed() -> Self {
        Self { chromaticities: named::AP1, origin: Origin::Assumed }
    }

    /// Whether that `colorInteropID` names what a display shows, or light in a display's encoding: neither is linear.
    pub fn is_encoded_id(id: &str) -> bool {
        id.ends_with("_display") || id.starts_with("srgb_") || id.starts_with("g2")
    }

    /// The space of that `colorInteropID`, if it names a scene-linear one.
    pub fn from_interop_id(id: &str) -> Option<Self> {
        let (_, chromaticities) = INTEROP.iter().find(|(name, _)| *name == id)?;
        Some(Self { chromaticities: *chromaticities, origin: Origin::InteropId })
    }

    /// The space a user named.
    ///
    /// # Errors
    /// With the names there are, if it is none of them.
    pub fn from_choice(name: &str) -> crate::Result<Self> {
        let choice = CHOICES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let (_, chromaticities) = choice.ok_or_else(|| {
            let known: Vec<&str> = Self::choices().collect();
            crate::Error::spec(format!("no colour space is called {name:?}"), format!("There are {}", known.join(", ")))
        })?;
        Ok(Self { chromaticities: *chromaticities, origin: Origin::Chosen })
    }

    /// The names [`Self::from_choice`] takes.
    pub fn choices() -> impl Iterator<Item = &'static str> {
        CHOICES.iter().map(|(name, _)| *name)
    }

    /// Its name, `custom primaries` where it has none.
    pub fn name(&self) -> &'static str {
        self.chromaticities.name().unwrap_or("linear RGB with custom primaries")
    }
}

impl Default for ColorSpace {
    fn default() -> Self {
        Self::assumed()
    }
}

impl std::fmt::Display for ColorSpace {
    /// `ACEScg (from chromaticities)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.name(), self.origin.words())
    }
}
