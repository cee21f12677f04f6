//! The report: what `qc_report.json` holds. Fields may be added; none is renamed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::CheckId;
use crate::color::ViewTransform;
use crate::frame::Region;
pub use crate::severity::Severity;

/// The version of the report's shape; it grows when a field changes its meaning.
const SCHEMA_VERSION: u32 = 1;

/// The whole of `qc_report.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QcReport {
    /// Version of this shape.
    pub schema_version: u32,
    /// The program that made it.
    pub generator: Generator,
    /// RFC 3339, UTC.
    #[schemars(extend("format" = "date-time"))]
    pub generated_at: String,
    /// The scene, or the name of what was checked.
    pub scene_id: String,
    /// What display values in it were looked at through.
    pub view: ViewName,
    /// The year the film is set in.
    pub period_year: i32,
    /// The whole in numbers.
    pub summary: Summary,
    /// One for each shot.
    pub shots: Vec<ShotReport>,
}

/// A program and its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Generator {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// View and display by their names in commands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ViewName {
    /// `aces-2.0`, `untonemapped` …
    pub name: String,
    /// `rec709`, `srgb`.
    pub display: String,
}

/// The verdict of a shot or a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// No error and no warning.
    Pass,
    /// Warnings.
    Warn,
    /// Errors.
    Fail,
}

/// A report in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// The worst shot's.
    pub status: Status,
    /// Findings that must be mended.
    pub errors: usize,
    /// Findings that someone should look at.
    pub warnings: usize,
    /// Findings worth knowing.
    pub infos: usize,
    /// Shots in the report.
    pub shots: usize,
    /// Frames that were observed.
    pub frames: usize,
}

/// What was found about one shot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShotReport {
    /// The shot, or the stem of the file's name.
    pub shot_id: String,
    /// The verdict.
    pub status: Status,
    /// First and last frame number.
    pub frame_range: [i32; 2],
    /// Every file that was looked at.
    pub files: Vec<ReportFile>,
    /// What each check answers, in the order of [`super::QC_CHECKS`].
    pub checks: Vec<CheckResult>,
    /// Every finding, worst first.
    pub issues: Vec<QcIssue>,
    /// Measurements by name, one value a frame of `frame_range`; `null` where there was nothing to measure.
    pub metrics: BTreeMap<String, Vec<Option<f64>>>,
}

/// A file that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportFile {
    /// Its path as the user would give it.
    pub path: String,
    /// The deliverable it is checked as (`master_exr` …), or `composite` where it is checked against none.
    pub kind: String,
    /// Its length when it was checked, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// When it had last been written then: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Tested, nothing found.
    Pass,
    /// Tested, something found.
    Issues,
    /// Not testable here; the reason says why.
    NotApplicable,
}

/// What one check answers about one shot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckResult {
    /// Which check.
    pub id: CheckId,
    /// What it came to.
    pub outcome: Outcome,
    /// Why it could not be made, or what part of it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The worst value measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<f64>,
    /// The value it was held against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// The unit of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Sizes, rates, tags, numbers that no file should hold.
    Technical,
    /// What a viewer would see.
    Visual,
    /// What did not exist in the film's year.
    Period,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QcIssue {
    /// The check that found it.
    pub check: CheckId,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub category: Category,
    /// What was found, a sentence.
    pub description: String,
    /// The frame's number; the first where it holds for several.
    pub frame: i32,
    /// The last frame, where it holds for several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_frame: Option<i32>,
    /// The frame where it is worst, where it holds for several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_frame: Option<i32>,
    /// Pixels of the display window of `file`, origin top left; none where it is about the whole frame.
    pub region: Option<Region>,
    /// The file it was found in.
    pub file: String,
    /// What was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<f64>,
    /// What it was held against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

/// What a report says about itself that the core cannot know.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportContext {
    /// The scene, or the name of what was checked.
    pub scene_id: String,
    /// RFC 3339, UTC.
    pub generated_at: String,
    /// What display values are looked at through.
    pub transform: ViewTransform,
    /// The year the film is set in.
    pub period_year: i32,
}

impl QcIssue {
    /// A finding about a whole frame; the rest is added with the methods below.
    pub fn new(check: CheckId, severity: Severity, description: impl Into<String>, frame: i32, file: &str) -> Self {
        Self {
            check,
            severity,
            category: check.category(),
            description: description.into(),
            frame,
            last_frame: None,
            peak_frame: None,
            region: None,
            file: file.to_owned(),
            measured: None,
            limit: None,
            suggestion: None,
        }
    }

    /// The same finding with its pixels.
    pub fn at(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }

    /// The same finding over several frames, worst at `peak`.
    pub fn until(mut self, last: i32, peak: i32) -> Self {
        if last != self.frame {
            (self.last_frame, self.peak_frame) = (Some(last), Some(peak));
        }
        self
    }

    /// The same finding with what was measured and what it was held against.
    pub fn measured(mut self, measured: f64, limit: f64) -> Self {
        (self.measured, self.limit) = (Some(measured), Some(limit));
        self
    }

    /// The same finding with what to do about it.
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }
}

impl ShotReport {
    /// What the shot's first file is checked as, for lists of several deliverables.
    pub fn kind(&self) -> &str {
        self.files.first().map_or("", |file| file.kind.as_str())
    }
}

impl Status {
    /// The verdict that follows from findings.
    pub fn of<'a>(issues: impl IntoIterator<Item = &'a QcIssue>) -> Self {
        let worst = |issue: &QcIssue| match issue.severity {
            Severity::Error => Self::Fail,
            Severity::Warning => Self::Warn,
            Severity::Info => Self::Pass,
        };
        issues.into_iter().map(worst).max().unwrap_or(Self::Pass)
    }

    /// The word in reports and on the page.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

impl QcReport {
    /// A report over finished shots.
    pub fn new(shots: Vec<ShotReport>, frames: usize, context: ReportContext) -> Self {
        let issues = || shots.iter().flat_map(|shot| &shot.issues);
        let count = |severity| issues().filter(|issue| issue.severity == severity).count();
        let summary = Summary {
            status: shots.iter().map(|shot| shot.status).max().unwrap_or(Status::Pass),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
            shots: shots.len(),
            frames,
        };
        Self {
            schema_version: SCHEMA_VERSION,
            generator: Generator { name: "blender-gsd".into(), version: env!("CARGO_PKG_VERSION").into() },
            generated_at: context.generated_at,
            scene_id: context.scene_id,
            view: ViewName { name: context.transform.view.id().into(), display: context.transform.display.id().into() },
            period_year: context.period_year,
            summary,
            shots,
        }
    }
}
