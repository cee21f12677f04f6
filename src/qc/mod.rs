//! Quality control: the checks, their findings, and the report.
//!
//! A [`Check`] is an accumulator: it observes a shot frame by frame and answers at the end, because some faults live in
//! time. Every check answers [`Outcome::Pass`], [`Outcome::Issues`] or [`Outcome::NotApplicable`] with the reason; what
//! could not be tested never passes silently.

mod check;
mod color_space_valid;
mod components;
mod delivered;
mod encoding;
mod events;
mod flat_areas;
mod frame_rate_correct;
mod grain_visible;
mod junit;
mod layer_edges_invisible;
mod merge;
mod no_clipped_highlights;
mod no_crushed_blacks;
mod no_modern_elements;
mod observed;
mod report;
mod resolution_match;
mod schema;
mod specks;
mod survey;
mod thresholds;
mod validator;

pub use check::{Answer, Check, CheckId, FrameObserved, Observation, QC_CHECKS, ShotContext};
pub use components::{Component, Components};
pub use delivered::{MovieOptions, MovieValidator, check_technical_specs, movie_frame_bytes, unreadable_movie};
pub use layer_edges_invisible::observed_channels;
pub use no_modern_elements::{
    FrameEvidence, Grey, MatteNames, PixelEvidence, Reading, ReadingKind, ShotEvidence, Source, TextReader, TextSearch,
    Unread, VISIBLE,
};
pub use observed::Observed;
pub use report::{
    Category, CheckResult, Generator, Outcome, QcIssue, QcReport, ReportContext, ReportFile, Severity, ShotReport,
    Status, Summary, ViewName,
};
pub use schema::report_schema;
pub use survey::Survey;
pub use thresholds::{Threshold, Thresholds};
pub use validator::{Validator, ValidatorOptions};
