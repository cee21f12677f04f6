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
use crate::{Error, Result};

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

    /// The answer where no frame can be looked at, and `why`: what the headers say, and nothing of the pictures.
    pub fn finish_unseen(self, why: &str) -> ShotReport {
        let MovieOptions { info, spec, file, first, lead, masters, .. } = &self.options;
        let counted = usize::try_from(info.frame_count.unwrap_or(0)).unwrap_or(usize::MAX);
        let mut answers = self.headers(counted, masters.map(|masters| masters + lead), None);
        answers.extend(left_to_masters());
        let unseen = format!("no frame was looked at: {why}");
        for id in QC_CHECKS {
            match answers.get(&id) {
                Some(answer) if answer.tested => note(&mut answers, id, &unseen),
                Some(_) => {}
                None => drop(answers.insert(id, Answer::not_applicable(&unseen))),
            }
        }
        let last = last_frame(*first, counted.saturating_sub(*lead));
        let files = vec![file_entry(file, spec.as_ref())];
        shot_report(self.options.shot_id.clone(), files, [*first, last], answers)
    }

    /// What the headers answer, and whether as many frames are there as should be.
    fn headers(&self, frames: usize, wanted: Option<usize>, problem: Option<&str>) -> BTreeMap<CheckId, Answer> {
        let MovieOptions { info, spec, file, first, .. } = &self.options;
        let mut answers: BTreeMap<CheckId, Answer> = BTreeMap::new();
        for id in [CheckId::ResolutionMatch, CheckId::FrameRateCorrect, CheckId::ColorSpaceValid] {
            let not_tested = spec.is_none().then(|| "no format to compare the file with".to_owned());
            answers.insert(id, Answer { tested: spec.is_some(), not_tested, ..Answer::default() });
        }
        let technical = spec.iter().flat_map(|spec| check_technical_specs(info, spec));
        for mut issue in technical.chain(technical::frame_count(info, frames, wanted, problem)) {
            (issue.frame, issue.file) = (*first, file.clone());
            add(&mut answers, issue);
        }
        answers
    }

    /// Every check's answer. `problem` is what kept the rest of the file from being decoded, in words.
    pub fn finish(self, problem: Option<&str>) -> ShotReport {
        let MovieOptions { spec, file, first, lead, masters, .. } = &self.options;
        let seen = self.frames.saturating_sub(*lead);
        let shot =
            ShotContext { spec: spec.as_ref(), range: [*first, last_frame(*first, seen)], file, is_sequence: true };
        let mut answers = self.headers(self.frames, masters.map(|masters| masters + lead), problem);
        answers.values_mut().for_each(|answer| answer.tested |= self.frames > 0);
        for issue in self.borders.finish().into_iter().chain(self.repeats.finish()) {
            add(&mut answers, issue);
        }
        answers.insert(CheckId::GrainVisible, self.grain.finish(&shot));
        let [clipped, crushed] = self.levels.finish(seen);
        answers.insert(CheckId::NoClippedHighlights, clipped);
        answers.insert(CheckId::NoCrushedBlacks, crushed);
        answers.extend(left_to_masters());
        match self.against {
            Some(against) => against.finish(file, *first, &mut answers),
            None => note(&mut answers, CheckId::ColorSpaceValid, "no master to hold its colour against"),
        }
        if seen == 0 {
            for id in QC_CHECKS.into_iter().skip(3) {
                answers.insert(id, Answer::not_applicable("no frame of the movie could be decoded"));
            }
        }
        let files = vec![file_entry(file, spec.as_ref())];
        shot_report(self.options.shot_id.clone(), files, shot.range, answers)
    }
}

/// Bytes of a decoded frame, `most` at the most: headers may claim anything.
///
/// # Errors
/// If it has no pixels, or more than can be.
pub fn movie_frame_bytes(info: &MediaInfo, layout: Layout, most: usize) -> Result<usize> {
    const LONGEST_SIDE: u32 = 65_536;
    let [width, height] = info.size;
    let is_sound = info.size.iter().all(|side| (1..=LONGEST_SIDE).contains(side));
    let bytes = is_sound.then(|| layout.frame_bytes([width as usize, height as usize]));
    bytes.filter(|&bytes| bytes <= most).ok_or_else(|| {
        let what = format!("the header says {width} x {height} pixels");
        Error::limit(what, "Encode the movie again, at a size that can be")
    })
}

/// The number of the last of some frames; the first's where there are none.
fn last_frame(first: i32, frames: usize) -> i32 {
    first.saturating_add(i32::try_from(frames).unwrap_or(i32::MAX)).saturating_sub(1).max(first)
}

/// The movie as a report lists it.
fn file_entry(file: &str, spec: Option<&OutputSpec>) -> ReportFile {
    let kind = spec.map_or("movie", |spec| spec.name.as_ref()).to_owned();
    ReportFile { path: file.to_owned(), kind, bytes: None, modified: None }
}

/// What is to be said of a movie that is none, or cannot be opened.
pub fn unreadable_movie(shot_id: String, file: &str, why: &str) -> ShotReport {
    let check = CheckId::ResolutionMatch;
    let text = format!("The movie cannot be read: {why}.");
    let issue = QcIssue::new(check, Severity::Error, text, 1, file).suggest("Encode or copy the movie again.");
    let mut answers: BTreeMap<CheckId, Answer> =
        QC_CHECKS.into_iter().map(|id| (id, Answer::not_applicable("the movie cannot be read"))).collect();
    answers.insert(check, Answer { issues: vec![issue], tested: true, ..Answer::default() });
    shot_report(shot_id, vec![file_entry(file, None)], [1, 1], answers)
}

/// What movies bring nothing for.
fn left_to_masters() -> [(CheckId, Answer); 2] {
    let edges = "movies bring no mattes: edges are judged on the masters";
    [(CheckId::LayerEdgesInvisible, edges), (CheckId::NoModernElements, "judged on the masters")]
        .map(|(id, why)| (id, Answer::not_applicable(why)))
}

/// Adds a finding to its check's answer.
fn add(answers: &mut BTreeMap<CheckId, Answer>, issue: QcIssue) {
    let answer = answers.entry(issue.check).or_default();
    answer.tested = true;
    answer.issues.push(issue);
}

/// Adds to what a check could not test.
fn note(answers: &mut BTreeMap<CheckId, Answer>, id: CheckId, reason: &str) {
    let answer = answers.entry(id).or_default();
    answer.not_tested = Some(match answer.not_tested.take() {
        Some(known) => format!("{known}; {reason}"),
        None => reason.to_owned(),
    });
}
