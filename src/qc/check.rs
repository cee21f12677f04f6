//! What a check is, and what it gets to see.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::report::{Category, QcIssue};
use super::survey::Survey;
use crate::color::ColorSpace;
use crate::exr::cryptomatte::Labels;
use crate::exr::{Header, Layer, Part};
use crate::frame::Frame;
use crate::spec::OutputSpec;

/// The checks by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckId {
    /// Size, windows, pixel shape, colour channels.
    ResolutionMatch,
    /// Rate, frame numbers, time code.
    FrameRateCorrect,
    /// Primaries, tags that agree, numbers that are numbers.
    ColorSpaceValid,
    /// Flat areas at the top.
    NoClippedHighlights,
    /// Flat areas at the bottom.
    NoCrushedBlacks,
    /// Grain everywhere it should be, alive in time.
    GrainVisible,
    /// Nothing newer than the film's year.
    NoModernElements,
    /// No trace of compositing along mattes.
    LayerEdgesInvisible,
}

/// Every check, in the order of reports.
pub const QC_CHECKS: [CheckId; 8] = [
    CheckId::ResolutionMatch,
    CheckId::FrameRateCorrect,
    CheckId::ColorSpaceValid,
    CheckId::NoClippedHighlights,
    CheckId::NoCrushedBlacks,
    CheckId::GrainVisible,
    CheckId::NoModernElements,
    CheckId::LayerEdgesInvisible,
];

impl CheckId {
    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ResolutionMatch => "resolution_match",
            Self::FrameRateCorrect => "frame_rate_correct",
            Self::ColorSpaceValid => "color_space_valid",
            Self::NoClippedHighlights => "no_clipped_highlights",
            Self::NoCrushedBlacks => "no_crushed_blacks",
            Self::GrainVisible => "grain_visible",
            Self::NoModernElements => "no_modern_elements",
            Self::LayerEdgesInvisible => "layer_edges_invisible",
        }
    }

    /// What its findings are about.
    pub const fn category(self) -> Category {
        match self {
            Self::ResolutionMatch | Self::FrameRateCorrect | Self::ColorSpaceValid => Category::Technical,
            Self::NoClippedHighlights | Self::NoCrushedBlacks | Self::GrainVisible | Self::LayerEdgesInvisible => {
                Category::Visual
            }
            Self::NoModernElements => Category::Period,
        }
    }
}

/// One frame of a shot, or its absence.
#[derive(Debug, Clone, Copy)]
pub struct Observation<'a> {
    /// The file's name as the report gives it.
    pub file: &'a str,
    /// The frame's number.
    pub number: i32,
    /// What there is.
    pub seen: FrameObserved<'a>,
}

/// What there is of a frame.
#[derive(Debug, Clone, Copy)]
pub enum FrameObserved<'a> {
    /// A decoded scene-linear picture.
    Picture {
        /// The file's header.
        header: &'a Header,
        /// The part the layer lies in.
        part: &'a Part,
        /// The layer that was decoded: at least its [`Layer::picture_channels`] are in `frame`.
        layer: &'a Layer,
        /// Its samples.
        frame: &'a Frame,
        /// The space they are in: what the file says, or what the user chose.
        space: ColorSpace,
        /// Its Cryptomatte, as far as the front has read it.
        mattes: &'a [Labels],
    },
    /// A frame of a movie: checks get its survey, of luma in codes of 8 bits.
    Delivered,
    /// A file that could not be decoded at all, and why, in words.
    Unreadable(&'a str),
}

/// What is known of the whole shot.
#[derive(Debug, Clone, Copy)]
pub struct ShotContext<'a> {
    /// What it is held against, if anything.
    pub spec: Option<&'a OutputSpec>,
    /// First and last frame number.
    pub range: [i32; 2],
    /// The name of the first file, for findings about the whole shot.
    pub file: &'a str,
    /// Whether the frames are numbered: a lone file without a number is one frame and no sequence.
    pub is_sequence: bool,
}

/// What a check comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// What was found.
    pub issues: Vec<QcIssue>,
    /// Why nothing, or not all, could be tested.
    pub not_tested: Option<String>,
    /// Whether anything was tested at all.
    pub tested: bool,
    /// Worst value, limit and unit.
    pub measured: Option<(f64, f64, &'static str)>,
    /// Measurements by name, by frame number.
    pub metrics: Vec<(&'static str, Vec<(i32, f64)>)>,
}

impl Answer {
    /// Nothing was testable, and why.
    pub fn not_applicable(reason: impl Into<String>) -> Self {
        Self { not_tested: Some(reason.into()), ..Self::default() }
    }
}

/// An accumulator over the frames of one shot, in the order of their numbers.
pub trait Check {
    /// Which check it is.
    fn id(&self) -> CheckId;

    /// Takes note of one frame. The survey is there for every picture with colour.
    fn observe(&mut self, observation: &Observation<'_>, survey: Option<&Survey>);

    /// Answers for the shot.
    fn finish(self: Box<Self>, shot: &ShotContext<'_>) -> Answer;
}
