//! What was asked for: the deliverables and their rates.

use serde::{Deserialize, Serialize};

use crate::color::{Chromaticities, named};
use crate::{Error, Result};

/// Frames per second as an exact ratio: 24/1 and 24000/1001 are different rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameRate {
    /// Frames in `denominator` seconds.
    pub numerator: u32,
    /// At least 1.
    pub denominator: u32,
}

impl FrameRate {
    /// The film's rate.
    pub const FPS_24: Self = Self { numerator: 24, denominator: 1 };

    /// As a number, for words and limits; comparisons are made on the ratio.
    pub fn as_f64(self) -> f64 {
        f64::from(self.numerator) / f64::from(self.denominator)
    }

    /// Whether `numerator / denominator` is this very rate, reduced or not.
    pub fn is(self, numerator: i32, denominator: u32) -> bool {
        denominator > 0
            && i64::from(numerator) * i64::from(self.denominator) == i64::from(self.numerator) * i64::from(denominator)
    }
}

impl std::fmt::Display for FrameRate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.denominator {
            1 => self.numerator.fmt(f),
            denominator => write!(f, "{}/{denominator}", self.numerator),
        }
    }
}

/// The space a deliverable's values are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeliveryColor {
    /// Scene-linear with AP1 primaries.
    #[serde(rename = "ACEScg")]
    AcesCg,
    /// Display values for a Rec.709 monitor (BT.1886), tagged 1-1-1.
    Rec709,
}

impl DeliveryColor {
    /// The name in specs and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AcesCg => "ACEScg",
            Self::Rec709 => "Rec709",
        }
    }

    /// Its primaries and white.
    pub const fn chromaticities(self) -> Chromaticities {
        match self {
            Self::AcesCg => named::AP1,
            Self::Rec709 => named::REC709,
        }
    }
}

/// One deliverable: what is to be made of a composite, and what a delivered file is checked against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutputSpec {
    /// Its name in commands, settings and reports.
    pub name: &'static str,
    /// The container in Blender's words: `OPEN_EXR`, `QUICKTIME`, `FFMPEG`.
    pub format: &'static str,
    /// Width and height in pixels.
    pub resolution: [u32; 2],
    /// Frames per second.
    pub frame_rate: FrameRate,
    /// The space its values are in.
    pub color_space: DeliveryColor,
    /// How it is compressed: `ZIP`, `prores_4444`, `prores_422`, `h264_high`.
    pub compression: &'static str,
}

/// The deliverables of the film.
pub const OUTPUT_FORMATS: [OutputSpec; 4] = [
    OutputSpec {
        name: "master_exr",
        format: "OPEN_EXR",
        resolution: [4096, 1716],
        frame_rate: FrameRate::FPS_24,
        color_space: DeliveryColor::AcesCg,
        compression: "ZIP",
    },
    OutputSpec {
        name: "prores_4444",
        format: "QUICKTIME",
        resolution: [4096, 1716],
        frame_rate: FrameRate::FPS_24,
        color_space: DeliveryColor::Rec709,
        compression: "prores_4444",
    },
    OutputSpec {
        name: "prores_422",
        format: "QUICKTIME",
        resolution: [2048, 858],
        frame_rate: FrameRate::FPS_24,
        color_space: DeliveryColor::Rec709,
        compression: "prores_422",
    },
    OutputSpec {
        name: "preview_h264",
        format: "FFMPEG",
        resolution: [1920, 804],
        frame_rate: FrameRate::FPS_24,
        color_space: DeliveryColor::Rec709,
        compression: "h264_high",
    },
];

/// Short names that commands take beside the full ones.
const ALIASES: [(&str, &str); 4] =
    [("exr", "master_exr"), ("prores", "prores_4444"), ("prores422", "prores_422"), ("preview", "preview_h264")];

/// The deliverable of that name or short name.
///
/// # Errors
/// With the names there are, if it is none of them.
pub fn output_format(name: &str) -> Result<&'static OutputSpec> {
    let full = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, full)| full);
    OUTPUT_FORMATS.iter().find(|spec| spec.name == full).ok_or_else(|| {
        let known: Vec<&str> = OUTPUT_FORMATS.iter().map(|s| s.name).chain(ALIASES.iter().map(|(a, _)| *a)).collect();
        Error::spec(format!("no format is called {name:?}"), format!("There are {}", known.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::{FrameRate, output_format};

    #[test]
    fn rates_are_compared_as_ratios() {
        assert!(FrameRate::FPS_24.is(48, 2));
        assert!(!FrameRate::FPS_24.is(24000, 1001));
        assert!(!FrameRate::FPS_24.is(24, 0));
        assert!(!FrameRate::FPS_24.is(-24, 1));
    }

    #[test]
    fn short_names_lead_to_the_deliverable_and_wrong_ones_list_what_there_is() {
        assert!(output_format("prores").is_ok_and(|spec| spec.name == "prores_4444"));
        let error = output_format("dnxhd").map_err(|error| error.to_string());
        assert!(error.is_err_and(|text| text.contains("preview_h264") && text.contains("exr")));
    }
}
