//! Findings of single frames, linked over time into events.

use super::check::{CheckId, Observation};
use super::report::{QcIssue, Severity};
use crate::frame::Region;

/// One frame's part of an event.
#[derive(Debug, Clone)]
pub(super) struct Sighting {
    /// Whatever distinguishes one kind of finding from another; only the same kind is linked.
    pub(super) kind: &'static str,
    pub(super) severity: Severity,
    /// In pixels of the display window; none where it is about the whole frame.
    pub(super) region: Option<Region>,
    /// The frame in which it is farthest from the limit is the peak, and gives text and numbers.
    pub(super) measured: f64,
    pub(super) limit: f64,
    pub(super) text: String,
    pub(super) suggestion: &'static str,
}

/// Links what is seen frame by frame.
#[derive(Debug)]
pub(super) struct Events {
    check: CheckId,
    /// Areas that overlap by this IoU from one frame to the next are the same.
    overlap: f64,
    open: Vec<Event>,
    closed: Vec<Event>,
    /// How many frames were seen: events that last only one of them are less severe than those that stay.
    frames: usize,
}

#[derive(Debug)]
struct Event {
    first: i32,
    last: i32,
    /// Place of the last frame in the order observed.
    at: usize,
    seen: usize,
    peak: i32,
    worst: Sighting,
    boxes: Vec<Region>,
    file: String,
}

/// Events that are kept; a shot with more is broken as a whole.
const MOST: usize = 500;
/// Boxes of an event that are kept to find the typical one.
const MOST_BOXES: usize = 64;

impl Events {
    pub(super) fn new(check: CheckId, overlap: f64) -> Self {
        Self { check, overlap, open: Vec::new(), closed: Vec::new(), frames: 0 }
    }

    /// Takes note of all sightings of one frame.
    pub(super) fn observe(&mut self, at: &Observation<'_>, sightings: Vec<Sighting>) {
        let place = self.frames;
        self.frames += 1;
        for sighting in sightings {
            let same = |event: &&mut Event| {
                event.at < place && event.worst.kind == sighting.kind && self.overlap <= overlap(event, sighting.region)
            };
            match self.open.iter_mut().find(same) {
                Some(event) => event.go_on(place, at.number, sighting),
                None => self.open.push(Event::new(place, at, sighting)),
            }
        }
        let (open, ended) = std::mem::take(&mut self.open).into_iter().partition(|event| event.at == place);
        self.open = open;
        self.closed.extend(Vec::into_iter(ended).take(MOST.saturating_sub(self.closed.len())));
    }

    /// Every event as a finding.
    pub(super) fn finish(mut self) -> Vec<QcIssue> {
        self.closed.append(&mut self.open);
        let several = self.frames > 1;
        self.closed.into_iter().map(|event| event.finish(self.check, several)).collect()
    }
}

fn overlap(event: &Event, region: Option<Region>) -> f64 {
    match (event.boxes.last(), region) {
        (None, None) => 1.0,
        (Some(a), Some(b)) => iou(a, &b),
        _ => 0.0,
    }
}

/// Shared area over joint area.
pub(super) fn iou(a: &Region, b: &Region) -> f64 {
    let both = a.intersection(b).area();
    both as f64 / (a.area() + b.area()).saturating_sub(both).max(1) as f64
}

impl Sighting {
    /// How far beyond its limit, above or below.
    fn excess(&self) -> f64 {
        (self.measured - self.limit).abs()
    }
}

impl Event {
    fn new(place: usize, at: &Observation<'_>, sighting: Sighting) -> Self {
        Self {
            first: at.number,
            last: at.number,
            at: place,
            seen: 1,
            peak: at.number,
            boxes: sighting.region.into_iter().collect(),
            worst: sighting,
            file: at.file.to_owned(),
        }
    }

    fn go_on(&mut self, place: usize, number: i32, sighting: Sighting) {
        (self.last, self.at) = (number, place);
        self.seen += 1;
        if let Some(region) = sighting.region {
            if self.boxes.len() == MOST_BOXES {
                self.boxes.remove(MOST_BOXES / 2);
            }
            self.boxes.push(region);
        }
        let severity = self.worst.severity.min(sighting.severity);
        if sighting.excess() > self.worst.excess() {
            (self.worst, self.peak) = (sighting, number);
        }
        self.worst.severity = severity;
    }

    fn finish(self, check: CheckId, several: bool) -> QcIssue {
        let region = self.region();
        let Sighting { severity, measured, limit, text, suggestion, .. } = self.worst;
        // What flashes by in one frame of several is seen by few.
        let severity = if several && self.seen == 1 { severity.max(Severity::Warning) } else { severity };
        let text = match self.seen {
            1 => text,
            seen => format!("{text} In {seen} frames, worst in {}.", self.peak),
        };
        let issue = QcIssue::new(check, severity, text, self.first, &self.file)
            .measured(measured, limit)
            .suggest(suggestion)
            .until(self.last, self.peak);
        match region {
            Some(region) => issue.at(region),
            None => issue,
        }
    }

    /// The typical box where the event stays in its place, that of the first frame where it moves on.
    fn region(&self) -> Option<Region> {
        let first = *self.boxes.first()?;
        let middle = |side: fn(&Region) -> i64| {
            let mut sides: Vec<i64> = self.boxes.iter().map(side).collect();
            sides.sort_unstable();
            sides[sides.len() / 2]
        };
        let [left, top, right, bottom] =
            [middle(|b| b.x.into()), middle(|b| b.y.into()), middle(Region::right), middle(Region::bottom)];
        let typical = Region::from([left, top, right - left, bottom - top]);
        Some(if iou(&typical, &first) >= 0.5 { typical } else { first })
    }
}

#[cfg(test)]
mod tests {
    use super::{Events, Sighting};
    use crate::frame::Region;
    use crate::qc::{CheckId, FrameObserved, Observation, QcIssue, Severity};

    fn run(frames: &[&[(i32, f64)]]) -> Vec<QcIssue> {
        let mut events = Events::new(CheckId::NoClippedHighlights, 0.3);
        for (place, boxes) in frames.iter().enumerate() {
            let file = format!("{place}.exr");
            let seen = FrameObserved::Unreadable("not needed");
            let sightings = boxes.iter().map(|&(x, measured)| Sighting {
                kind: "flat",
                severity: Severity::Error,
                region: Some(Region::new(x, 0, 10, 10)),
                measured,
                limit: 0.0,
                text: "Flat.".into(),
                suggestion: "",
            });
            events.observe(&Observation { file: &file, number: 100 + place as i32, seen }, sightings.collect());
        }
        events.finish()
    }

    #[test]
    fn an_area_that_stays_is_one_event_with_its_peak() {
        let issues = run(&[&[(0, 1.0)], &[(1, 3.0)], &[(2, 2.0)]]);
        assert_eq!(issues.len(), 1);
        let issue = &issues[0];
        assert_eq!((issue.frame, issue.last_frame, issue.peak_frame), (100, Some(102), Some(101)));
        assert_eq!((issue.region, issue.measured), (Some(Region::new(1, 0, 10, 10)), Some(3.0)));
        assert_eq!(issue.severity, Severity::Error);
    }

    #[test]
    fn areas_apart_and_pauses_are_events_of_their_own_and_flashes_are_warnings() {
        let issues = run(&[&[(0, 1.0), (50, 1.0)], &[(50, 1.0)], &[(0, 1.0)]]);
        let found: Vec<_> = issues.iter().map(|issue| (issue.frame, issue.last_frame, issue.severity)).collect();
        use Severity::{Error, Warning};
        assert_eq!(found, [(100, None, Warning), (100, Some(101), Error), (102, None, Warning)]);
    }

    #[test]
    fn a_lone_frame_is_no_flash() {
        assert_eq!(run(&[&[(0, 1.0)]])[0].severity, Severity::Error);
    }
}
