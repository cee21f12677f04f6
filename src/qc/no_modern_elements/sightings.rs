//! What was seen in the pixels of a shot, name by name: one finding each, with first, last and peak frame.

use super::evidence::{Reading, ReadingKind};
use super::{Accusation, VISIBLE};
use crate::frame::Region;
use crate::qc::{CheckId, QcIssue, Severity};

/// A material whose box lies in an object's by this share of its area is that object's.
const SAME_PLACE: f64 = 0.9;
/// Shown of a name or a text in a finding, in characters.
const SHOWN: usize = 80;

/// Everything seen so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Sightings {
    seen: Vec<Sighting>,
}

/// Where and how much.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) number: i32,
    pub(super) file: &'a str,
    /// Of the frame, 0 to 1.
    pub(super) share: f64,
    /// In pixels of the display window.
    pub(super) region: Region,
}

#[derive(Debug, Clone)]
struct Sighting {
    origin: Origin,
    name: String,
    accusation: Accusation,
    first: i32,
    last: i32,
    frames: usize,
    peak: i32,
    share: f64,
    region: Region,
    file: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Origin {
    Mattes(String),
    Pixels(ReadingKind),
}

impl Sightings {
    /// Notes a name of a set of mattes.
    pub(super) fn add(&mut self, set: &str, name: &str, accusation: &Accusation, place: Place<'_>) {
        self.note(Origin::Mattes(set.to_owned()), name, accusation, place);
    }

    /// Notes what was read; its area's share of the frame is not known here, its size is.
    pub(super) fn read(&mut self, reading: &Reading, accusation: &Accusation, number: i32, file: &str) {
        let share = reading.region.area() as f64;
        let place = Place { number, file, share, region: reading.region };
        self.note(Origin::Pixels(reading.kind), &reading.text, accusation, place);
    }

    fn note(&mut self, origin: Origin, name: &str, accusation: &Accusation, place: Place<'_>) {
        let is_same = |known: &&mut Sighting| {
            known.name == name && known.accusation.rule == accusation.rule && known.origin == origin
        };
        match self.seen.iter_mut().find(is_same) {
            Some(known) => known.go_on(place),
            None => self.seen.push(Sighting {
                origin,
                name: name.to_owned(),
                accusation: accusation.clone(),
                first: place.number,
                last: place.number,
                frames: 1,
                peak: place.number,
                share: place.share,
                region: place.region,
                file: place.file.to_owned(),
            }),
        }
    }

    /// These, and then those.
    pub(super) fn and(mut self, others: &Self) -> Self {
        self.seen.extend_from_slice(&others.seen);
        self
    }

    /// Every sighting as a finding, but for materials of objects that are accused of the same.
    pub(super) fn issues(&self) -> Vec<QcIssue> {
        let mut told: Vec<&Sighting> = Vec::new();
        for sighting in &self.seen {
            if !told.iter().any(|known| known.stands_for(sighting)) {
                told.push(sighting);
            }
        }
        told.into_iter().map(Sighting::issue).collect()
    }
}

impl Sighting {
    fn go_on(&mut self, place: Place<'_>) {
        self.frames += usize::from(place.number != self.last);
        self.last = place.number;
        if place.share > self.share {
            (self.peak, self.share, self.region) = (place.number, place.share, place.region);
            place.file.clone_into(&mut self.file);
        }
    }

    /// Whether both are one thing: the same rule, another set, the same place at its peak.
    fn stands_for(&self, other: &Self) -> bool {
        let shared = self.region.intersection(&other.region).area() as f64;
        let is_other_set = self.origin != other.origin && matches!(other.origin, Origin::Mattes(_));
        is_other_set
            && self.accusation.rule == other.accusation.rule
            && self.peak == other.peak
            && shared >= SAME_PLACE * other.region.area() as f64
    }

    fn issue(&self) -> QcIssue {
        let name = shown(&self.name);
        let (subject, severity) = match &self.origin {
            Origin::Mattes(set) => {
                let is_seen = self.share >= VISIBLE;
                let severity = if is_seen { self.accusation.severity } else { Severity::Info };
                (format!("{name:?} ({set}, {})", percent(self.share)), severity)
            }
            Origin::Pixels(ReadingKind::Text) => (format!("The text {name:?}"), self.accusation.severity),
            Origin::Pixels(ReadingKind::QrCode) => (format!("What says {name:?}"), self.accusation.severity),
        };
        let mut issue = self
            .accusation
            .issue(&subject, severity, self.first, &self.file)
            .at(self.region)
            .until(self.last, self.peak);
        debug_assert_eq!(issue.check, CheckId::NoModernElements);
        if matches!(self.origin, Origin::Mattes(_)) {
            issue = issue.measured(self.share, VISIBLE);
        }
        if self.frames > 1 {
            issue.description += &format!(" In {} frames, most in {}.", self.frames, self.peak);
        }
        issue
    }
}

/// A share of the frame, as short as it can be told.
fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        percent if percent >= 1.0 => format!("{percent:.1} % of the frame"),
        percent if percent >= 0.01 => format!("{percent:.2} % of the frame"),
        percent => format!("{percent:.4} % of the frame"),
    }
}

fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
