//! `resolution_match`: every frame has the size the spec asks for, whole pixels, and a colour picture.
//!
//! On scene-linear EXR: the display window's size is the spec's exactly; the data window covers it (larger is worth
//! knowing: overscan costs space and nothing else); pixels are square; all frames are alike; R, G and B are there; no row
//! is missing.

use super::check::{Answer, Check, CheckId, FrameObserved, Observation, ShotContext};
use super::report::{QcIssue, Severity};
use super::survey::Survey;
use crate::exr::{LayerKind, Part};
use crate::frame::{Frame, Region};
use crate::spec::OutputSpec;

/// How far from square a pixel may be: the attribute is a 32-bit float, and writers compute it.
const SQUARE: f32 = 1e-4;

pub(super) struct ResolutionMatch {
    spec: Option<OutputSpec>,
    frames: usize,
    /// The first frame's windows, which the others must repeat.
    first: Option<Windows>,
    issues: Vec<QcIssue>,
    /// Findings that repeat frame after frame are told once, by their first frame.
    told: Vec<&'static str>,
}

#[derive(Clone, Copy, PartialEq)]
struct Windows {
    display: Region,
    data: Region,
    number: i32,
}

impl ResolutionMatch {
    pub(super) fn new(spec: Option<OutputSpec>) -> Self {
        Self { spec, frames: 0, first: None, issues: Vec::new(), told: Vec::new() }
    }

    fn tell(&mut self, what: &'static str, issue: impl FnOnce() -> QcIssue) {
        if !self.told.contains(&what) {
            self.told.push(what);
            self.issues.push(issue());
        }
    }

    fn windows(&mut self, part: &Part, at: &Observation<'_>) {
        let issue = |severity, text: String| QcIssue::new(CheckId::ResolutionMatch, severity, text, at.number, at.file);
        let (display, data) = (part.display_window, part.data_window);
        if let Some([width, height]) = self.spec.as_ref().map(|spec| spec.resolution)
            && [display.width, display.height] != [width, height]
        {
            self.tell("size", || {
                let text =
                    format!("The picture is {}x{}, the spec asks for {width}x{height}.", display.width, display.height);
                issue(Severity::Error, text)
                    .suggest("Set the output resolution of the composite, or deliver it as another format.")
            });
        }
        let shown = data.intersection(&display);
        if shown != display {
            self.tell("not covered", || {
                let text = format!(
                    "The data window ({data}) does not cover the display window ({display}); the rest is black."
                );
                let bare = largest_bare(&display, &shown).relative_to(&display);
                issue(Severity::Warning, text).at(bare).suggest("Render the whole picture, without a crop region.")
            });
        } else if data != display {
            self.tell("overscan", || {
                issue(
                    Severity::Info,
                    format!("The data window ({data}) is larger than the display window ({display}): overscan."),
                )
            });
        }
        if (part.pixel_aspect - 1.0).abs() > SQUARE || part.pixel_aspect.is_nan() {
            self.tell("aspect", || {
                issue(Severity::Error, format!("Pixels are not square: the aspect ratio is {}.", part.pixel_aspect))
                    .measured(part.pixel_aspect.into(), 1.0)
                    .suggest("Set the pixel aspect of the composite to 1.")
            });
        }
        match self.first {
            None => self.first = Some(Windows { display, data, number: at.number }),
            Some(first) if first.display != display => {
                let text = format!(
                    "The picture is {}x{}, frame {} is {}x{}.",
                    display.width, display.height, first.number, first.display.width, first.display.height
                );
                self.issues.push(issue(Severity::Error, text).suggest("Render the frames of a shot with one size."));
            }
            Some(_) => {}
        }
    }

    fn missing_rows(&mut self, frame: &Frame, at: &Observation<'_>) {
        for missing in &frame.missing {
            let text = format!("A part of the frame cannot be read: {}.", missing.reason);
            let issue = QcIssue::new(CheckId::ResolutionMatch, Severity::Error, text, at.number, at.file);
            let region = missing.region.relative_to(&frame.display_window);
            self.issues.push(issue.at(region).suggest("Render or copy the frame again."));
        }
    }
}

impl Check for ResolutionMatch {
    fn id(&self) -> CheckId {
        CheckId::ResolutionMatch
    }

    fn observe(&mut self, at: &Observation<'_>, _survey: Option<&Survey>) {
        let FrameObserved::Picture { part, layer, frame, .. } = at.seen else { return };
        self.frames += 1;
        self.windows(part, at);
        self.missing_rows(frame, at);
        if layer.kind != LayerKind::Color || layer.color[0] == layer.color[1] {
            self.tell("no colour", || {
                let text = format!("There is no layer with R, G and B; {:?} was looked at.", layer.name);
                QcIssue::new(CheckId::ResolutionMatch, Severity::Error, text, at.number, at.file)
                    .suggest("Write the composite's RGB into the file.")
            });
        }
    }

    fn finish(self: Box<Self>, _shot: &ShotContext<'_>) -> Answer {
        let not_tested = self.spec.is_none().then(|| "no format to compare the size with".to_owned());
        Answer { issues: self.issues, not_tested, tested: self.frames > 0, ..Answer::default() }
    }
}

/// The largest of the four strips of `whole` that `covered` leaves bare.
fn largest_bare(whole: &Region, covered: &Region) -> Region {
    if covered.is_empty() {
        return *whole;
    }
    let span = |from: i64, to: i64| (to - from).max(0) as u32;
    let (left, top) = (i64::from(whole.x), i64::from(whole.y));
    let strips = [
        Region { height: span(top, covered.y.into()), ..*whole },
        Region { y: covered.bottom() as i32, height: span(covered.bottom(), whole.bottom()), ..*whole },
        Region { width: span(left, covered.x.into()), ..*whole },
        Region { x: covered.right() as i32, width: span(covered.right(), whole.right()), ..*whole },
    ];
    strips.into_iter().max_by_key(Region::area).unwrap_or(*whole)
}
