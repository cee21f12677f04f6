//! What a picture is looked at through: view, display and exposure.

use serde::{Deserialize, Serialize};

use super::aces1::Aces1;
use super::aces2::Aces2;
use super::processor::Rendering;
use super::{Chromaticities, ColorSpace, Encoding, Matrix3, Processor, named};
use crate::{Error, Result};

/// How scene light becomes display light.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// The ACES 2.0 output transform for SDR, 100 nit.
    #[default]
    #[serde(rename = "aces-2.0")]
    Aces2,
    /// The ACES 1.3 rendering for SDR video.
    #[serde(rename = "aces-1.3")]
    Aces1,
    /// A change of primaries and nothing else: what is 1.0 in the scene is the display's white.
    Untonemapped,
}

/// What the picture is shown on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Display {
    /// A video monitor: Rec.709 primaries, BT.1886. Tagged 1-1-1.
    #[default]
    Rec709,
    /// A computer monitor: the same primaries, the sRGB curve.
    Srgb,
}

/// A view on a display, with an exposure change before it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ViewTransform {
    /// How scene light becomes display light.
    pub view: View,
    /// What the picture is shown on.
    pub display: Display,
    /// In stops, applied to scene-linear values.
    pub exposure: f32,
}

impl View {
    /// Every view there is.
    pub const ALL: [Self; 3] = [Self::Aces2, Self::Aces1, Self::Untonemapped];

    /// The name in commands and reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Aces2 => "aces-2.0",
            Self::Aces1 => "aces-1.3",
            Self::Untonemapped => "untonemapped",
        }
    }

    /// The name on the page.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Aces2 => "ACES 2.0 SDR 100 nit",
            Self::Aces1 => "ACES 1.3 SDR",
            Self::Untonemapped => "un-tone-mapped",
        }
    }
}

impl Display {
    /// Every display there is.
    pub const ALL: [Self; 2] = [Self::Rec709, Self::Srgb];

    /// The name in commands and reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Rec709 => "rec709",
            Self::Srgb => "srgb",
        }
    }

    /// The name on the page.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Rec709 => "Rec.709",
            Self::Srgb => "sRGB",
        }
    }

    /// Its primaries and white.
    pub const fn chromaticities(self) -> Chromaticities {
        match self {
            Self::Rec709 | Self::Srgb => named::REC709,
        }
    }
}

impl ViewTransform {
    /// Works out every number for pixels of `from`.
    ///
    /// # Errors
    /// If the primaries of `from` span no colour volume, or the exposure is not a number from -64 to 64.
    pub fn processor(&self, from: &ColorSpace) -> Result<Processor> {
        let rendering = self.rendering(&from.chromaticities, &self.gain()?).ok_or_else(flat)?;
        Ok(Processor::new(rendering, self.encoding()))
    }

    /// From linear `from` to linear AP1, exposure included.
    ///
    /// # Errors
    /// As [`Self::processor`].
    pub(super) fn to_ap1(self, from: &ColorSpace) -> Result<Matrix3> {
        Ok(from.chromaticities.matrix_to(&named::AP1).ok_or_else(flat)? * self.gain()?)
    }

    /// The display's transfer function, with what the view does under black.
    pub const fn encoding(&self) -> Encoding {
        match (self.view, self.display) {
            (View::Aces1, Display::Rec709) => Encoding::Bt1886Cut,
            (View::Aces1, Display::Srgb) => Encoding::SrgbStraight,
            (_, Display::Rec709) => Encoding::Bt1886,
            (_, Display::Srgb) => Encoding::Srgb,
        }
    }

    /// The exposure as a matrix.
    fn gain(&self) -> Result<Matrix3> {
        if !(-64.0..=64.0).contains(&self.exposure) {
            let what = format!("exposure {} is out of range", self.exposure);
            return Err(Error::spec(what, "It is given in stops, from -64 to 64"));
        }
        Ok(Matrix3::diagonal([f64::from(self.exposure).exp2(); 3]))
    }

    fn rendering(&self, from: &Chromaticities, gain: &Matrix3) -> Option<Rendering> {
        let source_to = |target: &Chromaticities| Some(from.matrix_to(target)? * *gain);
        let display = self.display.chromaticities();
        Some(match self.view {
            View::Untonemapped => Rendering::Untonemapped(source_to(&display)?.to_f32()),
            View::Aces1 => {
                Rendering::Aces1(Box::new(Aces1::new(&source_to(&named::AP0)?, &named::AP1.matrix_to(&display)?)?))
            }
            View::Aces2 => Rendering::Aces2(Box::new(Aces2::new(&source_to(&named::AP1)?)?)),
        })
    }

    /// One plain line that says what is done: `ACEScg (from chromaticities) → Rec.709, un-tone-mapped, exposure −0.5`.
    pub fn describe(&self, from: &ColorSpace) -> String {
        format!("{from} → {}, {}{}", self.display.label(), self.view.label(), self.describe_exposure())
    }

    /// `, exposure −0.5`; nothing for none.
    pub(super) fn describe_exposure(&self) -> String {
        match self.exposure {
            0.0 => String::new(),
            stops if stops < 0.0 => format!(", exposure −{}", -stops),
            stops => format!(", exposure +{stops}"),
        }
    }
}

fn flat() -> Error {
    Error::spec(
        "the chromaticities of the picture span no colour volume",
        format!("Choose the colour space by hand: {}", ColorSpace::choices().collect::<Vec<_>>().join(", ")),
    )
}
