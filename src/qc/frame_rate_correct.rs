//! `frame_rate_correct`: the rate is the exact ratio, no frame is missing, time code counts by one.

use super::check::{Answer, Check, CheckId, FrameObserved, Observation, ShotContext};
use super::grain_visible::is_repeated;
use super::report::{QcIssue, Severity};
use super::survey::Survey;
use crate::exr::Part;
use crate::spec::{FrameRate, OutputSpec};

pub(super) struct FrameRateCorrect {
    spec: Option<OutputSpec>,
    /// Number, file and what it says, in the order observed.
    frames: Vec<Seen>,
}

struct Seen {
    number: i32,
    file: String,
    readable: bool,
    /// Whether its picture is that of the frame before, grain and all.
    repeated: bool,
    rate: Option<(i32, u32)>,
    /// `timeCode` as a count of frames, where it can be counted.
    time: Option<TimeCode>,
}

#[derive(Clone, PartialEq)]
struct TimeCode {
    text: String,
    /// Frames since midnight at the counting rate.
    frames: i64,
}

impl FrameRateCorrect {
    pub(super) fn new(spec: Option<OutputSpec>) -> Self {
        Self { spec, frames: Vec::new() }
    }

    /// Time code counts whole frames of the nominal rate.
    fn counting_rate(&self) -> i64 {
        let rate = self.spec.as_ref().map_or(FrameRate::FPS_24, |spec| spec.frame_rate);
        rate.as_f64().round().max(1.0) as i64
    }

    fn rates(&self, issues: &mut Vec<QcIssue>) -> Option<String> {
        let Some(wanted) = self.spec.as_ref().map(|spec| spec.frame_rate) else {
            return Some("no format to compare the rate with".into());
        };
        let readable = || self.frames.iter().filter(|seen| seen.readable);
        let mut told: Vec<(i32, u32)> = Vec::new();
        for seen in readable() {
            let Some((top, bottom)) = seen.rate else { continue };
            if wanted.is(top, bottom) || told.contains(&(top, bottom)) {
                continue;
            }
            told.push((top, bottom));
            let text = format!("The file says {} frames per second, the spec asks for {wanted}.", ratio(top, bottom));
            issues.push(
                issue(seen, Severity::Error, text)
                    .measured(f64::from(top) / f64::from(bottom), wanted.as_f64())
                    .suggest("Set framesPerSecond to the exact ratio; 24000/1001 is another rate than 24."),
            );
        }
        let silent = readable().filter(|seen| seen.rate.is_none()).count();
        let first_silent = readable().find(|seen| seen.rate.is_none())?;
        if silent < readable().count() {
            let text = format!("{silent} of {} frames do not say their rate, the others do.", readable().count());
            issues
                .push(issue(first_silent, Severity::Warning, text).suggest("Write framesPerSecond into every frame."));
        }
        Some("the file does not say its rate (no framesPerSecond)".into())
    }

    fn numbers(&self, shot: &ShotContext<'_>, issues: &mut Vec<QcIssue>) {
        for pair in self.frames.windows(2) {
            let (before, after) = (&pair[0], &pair[1]);
            let (first, last) = (i64::from(before.number) + 1, i64::from(after.number) - 1);
            if first <= last {
                let which =
                    if first == last { format!("Frame {first} is") } else { format!("Frames {first} to {last} are") };
                let text = format!("{which} missing from the sequence {} to {}.", shot.range[0], shot.range[1]);
                let missing =
                    QcIssue::new(CheckId::FrameRateCorrect, Severity::Error, text, first as i32, &before.file);
                let expected = i64::from(shot.range[1]) - i64::from(shot.range[0]) + 1;
                issues.push(
                    missing.measured(self.frames.len() as f64, expected as f64).suggest("Render the missing frames."),
                );
            } else if before.number == after.number {
                let text = format!("Two files stand for frame {}: {} and {}.", after.number, before.file, after.file);
                issues.push(issue(after, Severity::Error, text).suggest("Delete the one that does not belong."));
            }
        }
    }

    /// Runs of frames that repeat the one before them. Grain tells them from a shot that is still: it never comes twice.
    fn repetitions(&self, issues: &mut Vec<QcIssue>) {
        for (index, pair) in self.frames.windows(2).enumerate() {
            let (before, first) = (&pair[0], &pair[1]);
            if !first.repeated || before.repeated {
                continue;
            }
            let run = self.frames[index + 1..].iter().take_while(|seen| seen.repeated);
            let last = run.last().unwrap_or(first).number;
            let text = match first.number == last {
                true => format!("Frame {last} repeats frame {}, grain and all.", before.number),
                false => format!("Frames {} to {last} repeat frame {}, grain and all.", first.number, before.number),
            };
            issues.push(issue(first, Severity::Error, text).until(last, last).suggest("Render the frames again."));
        }
    }

    /// Returns whether there was time code to look at.
    fn time_codes(&self, issues: &mut Vec<QcIssue>) -> bool {
        let timed: Vec<(&Seen, &TimeCode)> =
            self.frames.iter().filter_map(|seen| Some((seen, seen.time.as_ref()?))).collect();
        for pair in timed.windows(2) {
            let ((before, time_before), (after, time_after)) = (&pair[0], &pair[1]);
            let frames = i64::from(after.number) - i64::from(before.number);
            let steps = time_after.frames - time_before.frames;
            if steps != frames && frames > 0 {
                let text = format!(
                    "Time code goes from {} to {} between frames {} and {}.",
                    time_before.text, time_after.text, before.number, after.number
                );
                issues.push(
                    issue(after, Severity::Error, text)
                        .measured(steps as f64, frames as f64)
                        .suggest("Write time code that advances by one each frame."),
                );
            }
        }
        timed.len() > 1
    }
}

impl Check for FrameRateCorrect {
    fn id(&self) -> CheckId {
        CheckId::FrameRateCorrect
    }

    fn observe(&mut self, at: &Observation<'_>, survey: Option<&Survey>) {
        let part = match at.seen {
            FrameObserved::Picture { part, .. } => Some(part),
            FrameObserved::Unreadable(_) | FrameObserved::Delivered => None,
        };
        self.frames.push(Seen {
            number: at.number,
            file: at.file.to_owned(),
            readable: part.is_some(),
            repeated: survey.is_some_and(is_repeated),
            rate: part.and_then(Part::frames_per_second),
            time: part.and_then(|part| time_code(part, self.counting_rate())),
        });
    }

    fn finish(self: Box<Self>, shot: &ShotContext<'_>) -> Answer {
        let mut issues = Vec::new();
        let not_tested = self.rates(&mut issues);
        self.numbers(shot, &mut issues);
        self.repetitions(&mut issues);
        let timed = self.time_codes(&mut issues);
        let several = self.frames.len() > 1 && shot.is_sequence;
        let has_rate = self.frames.iter().any(|seen| seen.rate.is_some()) && self.spec.is_some();
        Answer { issues, not_tested, tested: has_rate || several || timed, ..Answer::default() }
    }
}

fn issue(seen: &Seen, severity: Severity, text: String) -> QcIssue {
    QcIssue::new(CheckId::FrameRateCorrect, severity, text, seen.number, &seen.file)
}

fn ratio(top: i32, bottom: u32) -> String {
    if bottom == 1 { top.to_string() } else { format!("{top}/{bottom}") }
}

fn time_code(part: &Part, rate: i64) -> Option<TimeCode> {
    let [hours, minutes, seconds, frames] = part.time_code_fields()?.map(i64::from);
    let text = part.time_code()?;
    Some(TimeCode { text, frames: ((hours * 60 + minutes) * 60 + seconds) * rate + frames })
}
