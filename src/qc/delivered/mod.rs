//! Delivered movies: what was asked for against what is there, frame by frame as they decode, alone or beside the masters
//! that they were made from.
//!
//! The second column of `docs/QC.md`. Frames come as planes of Y'CbCr (or R'G'B') codes, which whoever can decode movies
//! gives; levels are told in codes of 8 bits, narrow range, whatever the depth.

mod borders;
mod color_fit;
mod levels;
mod luma;
mod masters;
mod technical;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use technical::check_technical_specs;

use super::check::{Answer, Check, CheckId, FrameObserved, Observation, QC_CHECKS, ShotContext};
use super::events::{Events, Sighting};
use super::grain_visible::{Footage, GrainVisible, is_repeated};
use super::report::{QcIssue, ReportFile, Severity, ShotReport};
use super::survey::{Surveyor, Tone};
use super::thresholds::Thresholds;
use super::validator::shot_report;
use crate::color::ycbcr::Layout;
use crate::media::MediaInfo;
use crate::spec::OutputSpec;

use borders::Borders;
use levels::Levels;
use luma::LumaRows;
use masters::Masters;

/// What a movie is held against.
#[derive(Debug, Clone)]
pub struct MovieOptions {
    /// The shot, or the stem of the file's name.
    pub shot_id: String,
    /// The file's name as the report gives it.
    pub file: String,
    /// The deliverable; comparisons with a spec are not applicable without one.
    pub spec: Option<OutputSpec>,
    /// What was found in its headers.
    pub info: MediaInfo,
    /// What the planes are.
    pub layout: Layout,
    /// The number of the first frame: the masters', or 1.
    pub first: i32,
    /// Frames before that one: a slate. They are counted and not looked at.
    pub lead: usize,
    /// How many frames the masters have, where they are known.
    pub masters: Option<usize>,
    /// The numbers that decide.
    pub thresholds: Thresholds,
}

/// The checks over one movie. Frames are observed in their order.
pub struct MovieValidator {
    options: MovieOptions,
    surveyor: Surveyor,
    tone: Arc<Tone>,
    grain: Box<GrainVisible>,
    levels: Levels,
    borders: Borders,
    repeats: Events,
    against: Option<Masters>,
    frames: usize,
}

impl MovieValidator {
    /// Ready for the first frame.
    pub fn new(options: MovieOptions) -> Self {
        let size = options.info.size.map(|side| side as usize);
        let footage = if options.masters.is_some() { Footage::Compared } else { Footage::Movie };
        let codec = options.spec.as_ref().map(|spec| spec.compression);
        Self {
            surveyor: Surveyor::default(),
            tone: Arc::new(Tone::of_codes()),
            grain: Box::new(GrainVisible::of_movie(&options.thresholds, footage)),
            levels: Levels::new(&options.thresholds),
            borders: Borders::default(),
            repeats: Events::new(CheckId::FrameRateCorrect, options.thresholds.linked_overlap),
            against: options.masters.map(|_| Masters::new(options.layout, size, codec)),
            frames: 0,
            options,
        }
    }

    /// Lets every check see the planes of the next frame, and those that its master makes, where that is known.
    pub fn observe(&mut self, planes: &[u8], master: Option<&[u8]>) {
        let place = self.frames.checked_sub(self.options.lead);
        self.frames += 1;
        let Some(place) = place else { return };
        let number = self.options.first.saturating_add(i32::try_from(place).unwrap_or(i32::MAX));
        let size = self.options.info.size.map(|side| side as usize);
        let Some(rows) = LumaRows::new(planes, self.options.layout, size) else { return };
        let own = master.and_then(|master| LumaRows::new(master, self.options.layout, size));
        let file = self.options.file.clone();
        let at = Observation { file: &file, number, seen: FrameObserved::Delivered };
        let survey = self.surveyor.survey(&rows, [0, 0], number, Arc::clone(&self.tone), &self.options.thresholds);
        self.grain.observe(&at, Some(&survey));
        let bars = self.borders.observe(&at, &rows, own.as_ref());
        self.levels.observe(&at, &rows, own.as_ref(), bars);
        let repeated = is_repeated(&survey).then(|| Sighting {
            kind: "repeated",
            severity: Severity::Warning,
            region: None,
            measured: 1.0,
            limit: 0.0,
            text: "The frame is that before it again, grain and all.".into(),
            suggestion: "Encode the sequence again, at the rate it was made for.",
        });
        // Where the masters are there, they say which frame it is.
        self.repeats.observe(&at, repeated.filter(|_| master.is_none()).into_iter().collect());
        if let (Some(against), Some(master)) = (&mut self.against, master) {
            against.observe(&at, planes, master);
        }
    }

    /// Every check's answer. `problem` is what kept the rest of the file from being decoded, in words.
    pub fn finish(self, problem: Option<&str>) -> ShotReport {
        let MovieOptions { info, spec, file, first, lead, masters, .. } = &self.options;
        let seen = self.frames.saturating_sub(*lead);
        let last = first.saturating_add(i32::try_from(seen).unwrap_or(i32::MAX)).saturating_sub(1).max(*first);
        let shot = ShotContext { spec: spec.as_ref(), range: [*first, last], file, is_sequence: true };
        let mut answers: BTreeMap<CheckId, Answer> = BTreeMap::new();
        for id in [CheckId::ResolutionMatch, CheckId::FrameRateCorrect, CheckId::ColorSpaceValid] {
            let not_tested = spec.is_none().then(|| "no format to compare the file with".to_owned());
            answers.insert(id, Answer { tested: spec.is_some() || self.frames > 0, not_tested, ..Answer::default() });
        }
        let mut add = |issue: QcIssue| {
            let answer = answers.entry(issue.check).or_default();
            answer.tested = true;
            answer.issues.push(issue);
        };
        let about = |mut issue: QcIssue| {
            (issue.frame, issue.file) = (*first, file.clone());
            issue
        };
        if let Some(spec) = spec {
            check_technical_specs(info, spec).into_iter().map(about).for_each(&mut add);
        }
        let wanted = masters.map(|masters| masters + lead);
        technical::frame_count(info, self.frames, wanted, problem).into_iter().map(about).for_each(&mut add);
        self.borders.finish().into_iter().chain(self.repeats.finish()).for_each(&mut add);

        answers.insert(CheckId::GrainVisible, self.grain.finish(&shot));
        let [clipped, crushed] = self.levels.finish(seen);
        answers.insert(CheckId::NoClippedHighlights, clipped);
        answers.insert(CheckId::NoCrushedBlacks, crushed);
        let apart = "movies bring no mattes: edges are judged on the masters";
        answers.insert(CheckId::LayerEdgesInvisible, Answer::not_applicable(apart));
        answers.insert(CheckId::NoModernElements, Answer::not_applicable("judged on the masters"));
        match self.against {
            Some(against) => against.finish(file, *first, &mut answers),
            None => note(&mut answers, CheckId::ColorSpaceValid, "no master to hold its colour against"),
        }
        if seen == 0 {
            for id in QC_CHECKS.into_iter().skip(3) {
                answers.insert(id, Answer::not_applicable("no frame of the movie could be decoded"));
            }
        }
        let kind = spec.as_ref().map_or("movie", |spec| spec.name.as_ref()).to_owned();
        let files = vec![ReportFile { path: file.clone(), kind, bytes: None, modified: None }];
        shot_report(self.options.shot_id.clone(), files, shot.range, answers)
    }
}

/// What is to be said of a movie that is none, or cannot be opened.
pub fn unreadable_movie(shot_id: String, file: &str, why: &str) -> ShotReport {
    let check = CheckId::ResolutionMatch;
    let text = format!("The movie cannot be read: {why}.");
    let issue = QcIssue::new(check, Severity::Error, text, 1, file).suggest("Encode or copy the movie again.");
    let mut answers: BTreeMap<CheckId, Answer> =
        QC_CHECKS.into_iter().map(|id| (id, Answer::not_applicable("the movie cannot be read"))).collect();
    answers.insert(check, Answer { issues: vec![issue], tested: true, ..Answer::default() });
    let files = vec![ReportFile { path: file.to_owned(), kind: "movie".to_owned(), bytes: None, modified: None }];
    shot_report(shot_id, files, [1, 1], answers)
}

/// Adds to what a check could not test.
fn note(answers: &mut BTreeMap<CheckId, Answer>, id: CheckId, reason: &str) {
    let answer = answers.entry(id).or_default();
    answer.not_tested = Some(match answer.not_tested.take() {
        Some(known) => format!("{known}; {reason}"),
        None => reason.to_owned(),
    });
}
