//! Causes in words.

use super::verdict::{Cause, Verdict};
use crate::frame::Region;

/// A visible edge.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// The matte's name.
    pub(super) matte: String,
    /// In pixels of the display window.
    pub(super) region: Region,
    pub(super) verdict: Verdict,
}

impl Found {
    /// What was found, a sentence or two.
    pub(super) fn text(&self) -> String {
        let Verdict { cause, measured, .. } = self.verdict;
        let percent = |share: f64| format!("{:.0} %", 100.0 * share);
        let what = match cause {
            Cause::DoublePremultiplied => {
                format!("was premultiplied twice: a dark fringe of {} of the light there", percent(measured))
            }
            Cause::NotPremultiplied => {
                format!("was not premultiplied: {} of the layer's light spills over the background", percent(measured))
            }
            Cause::BlackMatte => format!("has a black matte line of {} of the light there", percent(measured)),
            Cause::LightHalo => format!("has a light halo of {} of the light there", percent(measured)),
            Cause::ShiftedMatte => format!("was cut with a matte that lies beside it ({measured:.1})"),
            Cause::HardCutOut => format!("is a hard cut-out, {measured:.1} pixels from 10 to 90 %"),
            Cause::OverSoft => format!("is too soft, {measured:.1} pixels from 10 to 90 %"),
            Cause::LessGrain => format!("has {measured:.1} times more grain outside than inside"),
            Cause::MoreGrain => format!("has {measured:.1} times more grain inside than outside"),
            Cause::CutOut => {
                return format!(
                    "An area with sharp borders has {} of the grain around it: it was cut out.",
                    percent(measured)
                );
            }
            Cause::EmptyLine => {
                return format!("A line of {measured:.0} empty pixels runs through {}.", self.matte);
            }
        };
        format!("The edge of {} {what}.", self.matte)
    }
}

impl Cause {
    /// One word for each, by which findings of several frames are linked.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::DoublePremultiplied => "double premultiply",
            Self::NotPremultiplied => "not premultiplied",
            Self::BlackMatte => "black matte",
            Self::LightHalo => "light halo",
            Self::ShiftedMatte => "shifted matte",
            Self::HardCutOut => "hard cut-out",
            Self::OverSoft => "over-soft",
            Self::LessGrain => "less grain",
            Self::MoreGrain => "more grain",
            Self::CutOut => "cut-out",
            Self::EmptyLine => "empty line",
        }
    }

    /// What to do about it.
    pub(super) const fn suggestion(self) -> &'static str {
        match self {
            Self::DoublePremultiplied => "Take one of the two premultiplications out, or unpremultiply before it.",
            Self::NotPremultiplied => "Premultiply the layer before the over, or mark its alpha as straight.",
            Self::BlackMatte => "Divide the layer by its own alpha, or choke the matte inside the black.",
            Self::LightHalo => "Remove the white matte from the layer's edge, or choke the matte.",
            Self::ShiftedMatte => "Take matte and picture from the same frame, and move both by the same transform.",
            Self::HardCutOut => "Use the antialiased matte, unfiltered ones are thresholded somewhere.",
            Self::OverSoft => "Blur the matte less, or take the matte that the layer was rendered with.",
            Self::LessGrain => "Put the layer through the grain pass, with the plate's grain.",
            Self::MoreGrain => "Degrain the layer before the composite, and grain the whole.",
            Self::CutOut => "Soften the matte as a lens would, and put the layer before the grain pass.",
            Self::EmptyLine => "Let the pieces of the matte overlap by a pixel.",
        }
    }
}
