//! A shot that was seen to its end: its report, to which what is read in its pictures may still come.

use std::collections::BTreeMap;

use super::check::{Answer, CheckId, ShotContext};
use super::no_modern_elements::{NoModernElements, Reading};
use super::report::{ReportFile, ShotReport};
use super::validator::shot_report;
use crate::Result;
use crate::spec::OutputSpec;

/// What the checks have come to, and what is known of the period, which is judged anew for every report.
#[derive(Debug)]
pub struct Observed {
    pub(super) shot_id: String,
    pub(super) spec: Option<OutputSpec>,
    pub(super) is_sequence: bool,
    pub(super) range: [i32; 2],
    pub(super) files: Vec<ReportFile>,
    /// Of all checks but that of the period.
    pub(super) answers: BTreeMap<CheckId, Answer>,
    pub(super) period: Option<Box<NoModernElements>>,
}

impl Observed {
    /// Takes the lines of a picture that was given away ([`super::Validator::take_unread`]), regions in its pixels; or why
    /// it could not be read.
    pub fn read(&mut self, number: i32, lines: Result<Vec<Reading>>) {
        if let Some(period) = &mut self.period {
            period.take_awaited(number, lines);
        }
    }

    /// Every check's answer.
    pub fn report(&self) -> ShotReport {
        let shot = ShotContext {
            spec: self.spec.as_ref(),
            range: self.range,
            file: self.files.first().map_or("", |file| file.path.as_str()),
            is_sequence: self.is_sequence,
        };
        let period = self.period.as_ref();
        let period =
            period.map_or_else(|| Answer::not_applicable("no rules of the period"), |period| period.answer(&shot));
        let mut answers = self.answers.clone();
        answers.insert(CheckId::NoModernElements, period);
        shot_report(self.shot_id.clone(), self.files.clone(), self.range, answers)
    }
}
