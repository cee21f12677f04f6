//! Runs the checks over the frames of one shot and makes its part of the report.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::{Answer, Check, CheckId, FrameObserved, Observation, QC_CHECKS, ShotContext};
use super::color_space_valid::ColorSpaceValid;
use super::frame_rate_correct::FrameRateCorrect;
use super::grain_visible::GrainVisible;
use super::layer_edges_invisible::LayerEdgesInvisible;
use super::no_clipped_highlights::NoClippedHighlights;
use super::no_crushed_blacks::NoCrushedBlacks;
use super::no_modern_elements::{FrameEvidence, Grey, NoModernElements, ShotEvidence, TextSearch, Unread};
use super::observed::Observed;
use super::report::{CheckResult, Outcome, QcIssue, ReportFile, Severity, ShotReport, Status};
use super::resolution_match::ResolutionMatch;
use super::survey::{SceneRows, Survey, Surveyor, Tone};
use super::thresholds::Thresholds;
use crate::color::{ColorSpace, ViewTransform};
use crate::exr::LayerKind;
use crate::period::Judge;
use crate::spec::OutputSpec;

/// What a shot is held against.
#[derive(Debug, Clone, Default)]
pub struct ValidatorOptions {
    /// The shot, or the stem of the file's name.
    pub shot_id: String,
    /// The deliverable; comparisons with a spec are not applicable without one.
    pub spec: Option<OutputSpec>,
    /// Whether the file names carry frame numbers.
    pub is_sequence: bool,
    /// What display values are looked at through.
    pub transform: ViewTransform,
    /// The numbers that decide.
    pub thresholds: Thresholds,
    /// The rules of the film's year; without them nothing is judged by its age.
    pub judge: Option<Arc<Judge>>,
    /// What is known of the shot beside its frames.
    pub evidence: ShotEvidence,
    /// Who reads the text in its pictures.
    pub text: TextSearch,
}

/// The checks over one shot. Frames are observed in the order of their numbers.
pub struct Validator {
    options: ValidatorOptions,
    checks: Vec<Box<dyn Check + Send>>,
    period: Option<Box<NoModernElements>>,
    files: Vec<ReportFile>,
    numbers: Vec<i32>,
    unreadable: Vec<QcIssue>,
    surveyor: Surveyor,
    /// The grey scale of the last frame's space through the view; none where that space has none.
    tone: Option<(ColorSpace, Option<Arc<Tone>>)>,
    unread: Option<Unread>,
}

impl Validator {
    /// Ready for the first frame.
    pub fn new(mut options: ValidatorOptions) -> Self {
        let spec = options.spec.clone();
        let checks: Vec<Box<dyn Check + Send>> = vec![
            Box::new(ResolutionMatch::new(spec.clone())),
            Box::new(FrameRateCorrect::new(spec.clone())),
            Box::new(ColorSpaceValid::new(spec)),
            Box::new(NoClippedHighlights::new(&options.thresholds)),
            Box::new(NoCrushedBlacks::new(&options.thresholds)),
            Box::new(GrainVisible::new(&options.thresholds)),
            Box::new(LayerEdgesInvisible::new(&options.thresholds)),
        ];
        let (evidence, text) = (std::mem::take(&mut options.evidence), std::mem::take(&mut options.text));
        let period = options.judge.clone().map(|judge| Box::new(NoModernElements::new(judge, evidence, text)));
        Self {
            options,
            checks,
            period,
            files: Vec::new(),
            numbers: Vec::new(),
            unreadable: Vec::new(),
            surveyor: Surveyor::default(),
            tone: None,
            unread: None,
        }
    }

    /// How many frames were observed.
    pub fn frames(&self) -> usize {
        self.numbers.len()
    }

    /// Lets every check see one frame.
    pub fn observe(&mut self, observation: &Observation<'_>) {
        let kind = self.options.spec.as_ref().map_or("composite", |spec| spec.name.as_ref());
        self.files.push(ReportFile {
            path: observation.file.to_owned(),
            kind: kind.to_owned(),
            bytes: None,
            modified: None,
        });
        self.numbers.push(observation.number);
        if let FrameObserved::Unreadable(why) = observation.seen {
            // A frame that cannot be read has no size and no colour; the check of sizes speaks for it.
            let description = format!("The frame cannot be read: {why}.");
            let issue = QcIssue::new(
                CheckId::ResolutionMatch,
                Severity::Error,
                description,
                observation.number,
                observation.file,
            );
            self.unreadable.push(issue.suggest("Render or copy the frame again."));
        }
        let survey = self.survey(observation);
        for check in &mut self.checks {
            check.observe(observation, survey.as_ref());
        }
        self.search(observation);
        if let Some(period) = &mut self.period {
            period.observe(observation);
        }
    }

    /// Looks for what can be read in the picture, in some of the frames.
    fn search(&mut self, observation: &Observation<'_>) {
        let FrameObserved::Picture { part, layer, frame, space, .. } = observation.seen else { return };
        if layer.kind != LayerKind::Color || !self.period.as_ref().is_some_and(|period| period.wants_pixels()) {
            return;
        }
        let (Some(tone), Some(rows)) = (self.tone(&space), SceneRows::new(frame, part, layer, &space.chromaticities))
        else {
            return;
        };
        if let Some(period) = &mut self.period {
            let grey = Grey::of_scene(&rows, &tone);
            self.unread = period.search(observation.number, observation.file, grey, rows.corner);
        }
    }

    /// The picture of the frame that was observed last, if its text is wanted and read elsewhere ([`TextSearch::Later`]).
    pub fn take_unread(&mut self) -> Option<Unread> {
        self.unread.take()
    }

    /// Lets the check of the period see what the mattes and the pixels of a frame say; before or after [`Self::observe`].
    pub fn observe_evidence(&mut self, number: i32, file: &str, evidence: &FrameEvidence) {
        if let Some(period) = &mut self.period {
            period.observe_evidence(number, file, evidence);
        }
    }

    /// Looks at the picture once for all checks; what is no scene-linear colour is not looked at.
    fn survey(&mut self, observation: &Observation<'_>) -> Option<Survey> {
        let FrameObserved::Picture { part, layer, frame, space, .. } = observation.seen else {
            self.surveyor.forget();
            return None;
        };
        if layer.kind != LayerKind::Color {
            return None;
        }
        let tone = self.tone(&space)?;
        let rows = SceneRows::new(frame, part, layer, &space.chromaticities)?;
        Some(self.surveyor.survey(&rows, rows.corner, observation.number, tone, &self.options.thresholds))
    }

    fn tone(&mut self, space: &ColorSpace) -> Option<Arc<Tone>> {
        if self.tone.as_ref().is_none_or(|(known, _)| known != space) {
            let processor = self.options.transform.processor(space).ok();
            self.tone = Some((*space, processor.map(|processor| Arc::new(Tone::of_view(&processor)))));
        }
        self.tone.as_ref()?.1.clone()
    }

    /// Every check's answer.
    pub fn finish(self) -> ShotReport {
        self.close().report()
    }

    /// No more frames come; texts may.
    pub fn close(self) -> Observed {
        let first = self.numbers.iter().copied().min().unwrap_or(0);
        let range = [first, self.numbers.iter().copied().max().unwrap_or(first)];
        let file = self.files.first().map_or("", |file| file.path.as_str());
        let (spec, is_sequence) = (self.options.spec.as_ref(), self.options.is_sequence);
        let shot = ShotContext { spec, range, file, is_sequence };
        let mut answers: BTreeMap<CheckId, Answer> =
            self.checks.into_iter().map(|check| (check.id(), check.finish(&shot))).collect();
        if !self.unreadable.is_empty() {
            let answer = answers.entry(CheckId::ResolutionMatch).or_default();
            answer.tested = true;
            answer.issues.extend(self.unreadable);
        }
        let ValidatorOptions { shot_id, spec, .. } = self.options;
        Observed { shot_id, spec, is_sequence, range, files: self.files, answers, period: self.period }
    }
}

/// Every check's answer as a shot's part of the report.
pub(super) fn shot_report(
    shot_id: String,
    files: Vec<ReportFile>,
    frame_range: [i32; 2],
    mut answers: BTreeMap<CheckId, Answer>,
) -> ShotReport {
    let mut metrics = BTreeMap::new();
    let mut issues = Vec::new();
    let checks = QC_CHECKS.map(|id| {
        let answer = answers.remove(&id).unwrap_or_else(|| Answer::not_applicable("nothing was looked at"));
        for (name, values) in &answer.metrics {
            metrics.insert((*name).to_owned(), per_frame(values, frame_range));
        }
        let result = result(id, &answer);
        issues.extend(answer.issues);
        result
    });
    issues.sort_by_key(|issue| (issue.severity, issue.frame, issue.check));
    ShotReport { shot_id, status: Status::of(&issues), frame_range, files, checks: checks.into(), issues, metrics }
}

fn result(id: CheckId, answer: &Answer) -> CheckResult {
    let outcome = match (answer.issues.is_empty(), answer.tested) {
        (false, _) => Outcome::Issues,
        (true, true) => Outcome::Pass,
        (true, false) => Outcome::NotApplicable,
    };
    let reason = match (&answer.not_tested, outcome) {
        (None, Outcome::NotApplicable) => Some("nothing was testable".to_owned()),
        (reason, _) => reason.clone(),
    };
    CheckResult {
        id,
        outcome,
        reason,
        measured: answer.measured.map(|(measured, ..)| unsigned(measured)),
        limit: answer.measured.map(|(_, limit, _)| limit),
        unit: answer.measured.map(|(.., unit)| unit.to_owned()),
    }
}

/// The same number; a zero without the sign that an empty sum has, and JavaScript's JSON has not.
fn unsigned(value: f64) -> f64 {
    value + 0.0
}

/// A longer range than this (frame numbers can be anything) gets no row of numbers.
const LONGEST_RANGE: i64 = 1_000_000;

fn per_frame(values: &[(i32, f64)], [first, last]: [i32; 2]) -> Vec<Option<f64>> {
    let length = i64::from(last) - i64::from(first) + 1;
    if !(1..=LONGEST_RANGE).contains(&length) {
        return Vec::new();
    }
    let mut row = vec![None; length as usize];
    for &(number, value) in values {
        if let Ok(place) = usize::try_from(i64::from(number) - i64::from(first))
            && let Some(entry) = row.get_mut(place)
        {
            *entry = Some(unsigned(value));
        }
    }
    row
}
