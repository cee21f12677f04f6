//! `no_modern_elements`: nothing in the picture is out of the film's time.
//!
//! The evidence, each judged by the rules of [`crate::period`]:
//!
//! - Cryptomatte: every name with pixels on screen, with its exact share and box. Under [`VISIBLE`] of the picture it is
//!   worth knowing, no more. One finding a name and rule over the shot, with first, last and peak frame.
//! - Names in the files' headers: layers, parts, attributes.
//! - What is known of the shot beside its frames: datablocks of the .blend, asset lists, prompts ([`ShotEvidence`]).
//! - What was read in the pixels of some frames: text and QR codes ([`Reading`]).
//! - What must be there: views and demands of the metadata (the Twin Towers in a view of lower Manhattan).
//!
//! Evidence that is not there is told in the answer's reason. A shot of which nothing says what is in it was not tested.

mod evidence;
mod grey;
mod presence;
mod qr;
mod sightings;
mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

pub use evidence::{FrameEvidence, MatteNames, PixelEvidence, Reading, ReadingKind, ShotEvidence, Source};
pub use grey::Grey;
pub use text::{TextReader, TextSearch, Unread};

use super::check::{Answer, CheckId, FrameObserved, Observation, ShotContext};
use super::report::{QcIssue, Severity};
use crate::Result;
use crate::exr::{AttributeValue, Header, Part};
use crate::period::{Anachronism, Channel, Hit, Judge, attribute_mentions};
use sightings::{Place, Sightings};

/// Share of the picture from which a name counts as seen: 0.005 %, about 350 pixels of a 4096x1716 frame.
pub const VISIBLE: f64 = 0.00005;
/// Pixels are searched in the first frame of a shot and then in one of so many: once a second.
const SEARCHED: usize = 24;
/// Readings that the recognizer is less sure of than this are worth a look, not an error; 0 to 1.
const SURE: f64 = 0.8;

/// The check, as it observes a shot.
#[derive(Debug)]
pub(super) struct NoModernElements {
    judge: Arc<Judge>,
    shot: ShotEvidence,
    text: TextSearch,
    /// What names come to: every frame has the same ones.
    known: HashMap<String, Vec<Accusation>>,
    /// What the mattes accuse.
    sightings: Sightings,
    /// What was read, by frame.
    read: BTreeMap<i32, Readings>,
    /// Frames whose text someone else still reads.
    awaited: BTreeSet<i32>,
    /// Strings of headers that were judged.
    header_strings: BTreeSet<String>,
    /// Names with pixels enough to be seen.
    on_screen: BTreeSet<String>,
    header_issues: Vec<QcIssue>,
    frames: usize,
    matte_frames: usize,
    /// Why evidence is not there, each reason once.
    lacking: BTreeSet<String>,
    shares: Vec<(i32, f64)>,
}

/// What was read in one frame.
#[derive(Debug, Default)]
struct Readings {
    file: String,
    /// Where the picture's first pixel lies in the display window.
    corner: [i32; 2],
    /// In pixels of the display window.
    found: Vec<Reading>,
}

impl Readings {
    /// Adds what was read in a picture.
    fn add(&mut self, found: Vec<Reading>) {
        let [x, y] = self.corner;
        self.found.extend(found.into_iter().map(|mut reading| {
            reading.region.x += x;
            reading.region.y += y;
            reading
        }));
    }
}

/// What a rule says against a name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Accusation {
    pub(super) rule: String,
    pub(super) what: String,
    pub(super) anachronism: Anachronism,
    pub(super) severity: Severity,
    pub(super) suggestion: String,
    pub(super) words: String,
}

impl Accusation {
    fn of(hit: &Hit<'_>) -> Self {
        Self {
            rule: hit.rule.id.clone(),
            what: hit.rule.what.clone(),
            anachronism: hit.anachronism,
            severity: hit.severity,
            suggestion: hit.rule.suggestion.clone(),
            words: hit.words.clone(),
        }
    }

    /// The finding about `subject`, which says what has the name.
    fn issue(&self, subject: &str, severity: Severity, frame: i32, file: &str) -> QcIssue {
        let text = format!("{subject} is {}: {} (rule {}).", self.what, self.anachronism, self.rule);
        QcIssue::new(CheckId::NoModernElements, severity, text, frame, file)
            .suggest(format!("In its place: {}.", self.suggestion))
    }
}

impl NoModernElements {
    pub(super) fn new(judge: Arc<Judge>, shot: ShotEvidence, text: TextSearch) -> Self {
        Self {
            judge,
            shot,
            text,
            known: HashMap::new(),
            sightings: Sightings::default(),
            read: BTreeMap::new(),
            awaited: BTreeSet::new(),
            header_strings: BTreeSet::new(),
            on_screen: BTreeSet::new(),
            header_issues: Vec::new(),
            frames: 0,
            matte_frames: 0,
            lacking: BTreeSet::new(),
            shares: Vec::new(),
        }
    }

    /// Whether the pixels of the frame that is observed next are to be searched.
    pub(super) fn wants_pixels(&self) -> bool {
        self.frames.is_multiple_of(SEARCHED)
    }

    /// Searches a frame; `corner` is where its first pixel lies in the display window. Gives the picture back where its
    /// text is read elsewhere.
    pub(super) fn search(&mut self, number: i32, file: &str, grey: Grey, corner: [i32; 2]) -> Option<Unread> {
        let read = self.read.entry(number).or_default();
        file.clone_into(&mut read.file);
        read.corner = corner;
        read.add(qr::find(&grey));
        match self.text.clone() {
            TextSearch::Without(why) => drop(self.lacking.insert(why)),
            TextSearch::With(reader) => self.take_lines(number, reader.read(&grey)),
            TextSearch::Later => {
                self.awaited.insert(number);
                return Some(Unread { number, picture: grey });
            }
        }
        None
    }

    /// Takes the lines of a picture that was given away; those of any other are nothing that was asked for.
    pub(super) fn take_awaited(&mut self, number: i32, lines: Result<Vec<Reading>>) {
        if self.awaited.remove(&number) {
            self.take_lines(number, lines);
        }
    }

    fn take_lines(&mut self, number: i32, lines: Result<Vec<Reading>>) {
        match lines {
            Ok(lines) => self.read.entry(number).or_default().add(lines),
            Err(error) => drop(self.lacking.insert(format!("text could not be read: {error}"))),
        }
    }

    /// Takes note of what the mattes and the pixels of one frame say.
    pub(super) fn observe_evidence(&mut self, number: i32, file: &str, evidence: &FrameEvidence) {
        self.mattes(number, file, &evidence.mattes);
        match &evidence.pixels {
            PixelEvidence::NotSampled => {}
            PixelEvidence::Impossible(why) => drop(self.lacking.insert(why.clone())),
            PixelEvidence::Read { readings, without } => {
                self.lacking.extend(without.clone());
                let read = self.read.entry(number).or_default();
                file.clone_into(&mut read.file);
                read.found.extend_from_slice(readings);
            }
        }
    }

    fn mattes(&mut self, number: i32, file: &str, sets: &[MatteNames]) {
        let mut accused = 0.0;
        let mut is_named = false;
        for set in sets {
            self.lacking.extend(set.problem.iter().map(|problem| format!("Cryptomatte {}: {problem}", set.set)));
            for object in &set.objects {
                let Some(name) = &object.name else { continue };
                is_named = true;
                if object.share >= VISIBLE {
                    self.on_screen.insert(name.clone());
                }
                let judge = &self.judge;
                let known = self
                    .known
                    .entry(name.clone())
                    .or_insert_with(|| judge.name(name, Channel::Crypto).iter().map(Accusation::of).collect());
                for accusation in &*known {
                    accused += object.share;
                    let place = Place {
                        number,
                        file,
                        share: object.share,
                        region: object.region.relative_to(&set.display_window),
                    };
                    self.sightings.add(&set.set, name, accusation, place);
                }
            }
        }
        if is_named {
            self.matte_frames += 1;
            self.shares.push((number, accused));
        }
    }

    /// What is to be said against what was read, in the order of the frames.
    fn accused_readings(&self) -> Sightings {
        let mut sightings = Sightings::default();
        for (&number, read) in &self.read {
            for reading in &read.found {
                let hits = match reading.kind {
                    ReadingKind::Text => self.judge.text(&reading.text),
                    ReadingKind::QrCode => self.judge.qr_code().into_iter().collect(),
                };
                for hit in hits {
                    let mut accusation = Accusation::of(&hit);
                    if reading.kind == ReadingKind::Text && reading.score < SURE {
                        accusation.severity = accusation.severity.max(Severity::Warning);
                    }
                    sightings.read(reading, &accusation, number, &read.file);
                }
            }
        }
        sightings
    }

    /// Layers, parts and attributes: every string once, however many frames repeat it.
    fn header(&mut self, header: &Header, number: i32, file: &str) {
        for part in &header.parts {
            let layers = part.channels.iter().filter_map(|channel| channel.name.rsplit_once('.'));
            let layers: BTreeSet<&str> = layers.map(|(layer, _)| layer).collect();
            let names = [part.name.as_str()].into_iter().chain(part.view.as_deref()).chain(layers);
            for name in names.filter(|name| !name.is_empty()) {
                if self.header_strings.insert(name.to_owned()) {
                    let hits = self.judge.name(name, Channel::Name);
                    let issues = hits.iter().map(|hit| header_issue(&format!("The layer {name:?}"), hit, number, file));
                    self.header_issues.extend(issues);
                }
            }
            self.attributes(part, number, file);
        }
    }

    fn attributes(&mut self, part: &Part, number: i32, file: &str) {
        for attribute in &part.attributes {
            let AttributeValue::Text(text) = &attribute.value else { continue };
            let is_manifest = attribute.name.starts_with("cryptomatte/");
            if is_manifest || !self.header_strings.insert(format!("{}={text}", attribute.name)) {
                continue;
            }
            for mention in attribute_mentions(&attribute.name, text) {
                for hit in self.judge.mention(&mention) {
                    let subject = format!("The attribute {:?} names {:?}, which", attribute.name, hit.words);
                    self.header_issues.push(header_issue(&subject, &hit, number, file));
                }
            }
        }
    }

    /// What the shot's files say, apart from its frames.
    fn shot_issues(&self, shot: &ShotContext<'_>) -> Vec<QcIssue> {
        let mut issues = Vec::new();
        for source in &self.shot.sources {
            // An object, its mesh and its material are one thing: a rule speaks once of a file, in the gravest case.
            let mut told: BTreeMap<String, (Accusation, String, BTreeSet<&str>)> = BTreeMap::new();
            for mention in &source.mentions {
                for hit in self.judge.mention(mention) {
                    let accusation = Accusation::of(&hit);
                    let subject = || source.subject(mention, &hit.words);
                    let known = told.entry(hit.rule.id.clone());
                    let (gravest, first, names) =
                        known.or_insert_with(|| (accusation.clone(), subject(), BTreeSet::new()));
                    names.insert(&mention.text);
                    if accusation.severity < gravest.severity {
                        (*gravest, *first) = (accusation, subject());
                    }
                }
            }
            for (accusation, subject, names) in told.into_values() {
                let mut issue = accusation.issue(&subject, accusation.severity, shot.range[0], &source.file);
                match names.len() {
                    0 | 1 => {}
                    2 => issue.description += " One more name says so.",
                    count => issue.description += &format!(" {} more names say so.", count - 1),
                }
                issues.push(issue);
            }
        }
        issues
    }

    /// What could not be looked at, in words; `None` where everything could.
    fn not_tested(&self) -> Option<String> {
        let mut reasons: Vec<String> = Vec::new();
        match self.matte_frames {
            0 => reasons.push("no Cryptomatte with names".to_owned()),
            seen if seen < self.frames => reasons.push(format!("Cryptomatte in {seen} of {} frames only", self.frames)),
            _ => {}
        }
        if self.shot.sources.is_empty() {
            reasons.push("no .blend and no metadata beside the frames".to_owned());
        }
        if self.read.is_empty() {
            reasons.push("pixels were not searched".to_owned());
        } else if self.read.len() < self.frames {
            let numbers: Vec<String> = self.read.keys().map(i32::to_string).collect();
            reasons.push(format!("pixels were searched in frames {} only", numbers.join(", ")));
        }
        if !self.awaited.is_empty() {
            reasons.push("text was not looked for: it is not read yet".to_owned());
        }
        reasons.extend(self.lacking.iter().cloned());
        reasons.extend(self.shot.problems.iter().cloned());
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }

    /// Takes note of one frame's header.
    pub(super) fn observe(&mut self, at: &Observation<'_>) {
        if let FrameObserved::Picture { header, .. } = at.seen {
            self.frames += 1;
            self.header(header, at.number, at.file);
        }
    }

    /// The answer by what is known so far.
    pub(super) fn answer(&self, shot: &ShotContext<'_>) -> Answer {
        let mut not_tested = self.not_tested();
        let mut issues = self.accused_readings().and(&self.sightings).issues();
        let worst = issues.iter().filter_map(|issue| issue.measured).fold(0.0, f64::max);
        issues.extend(self.header_issues.iter().cloned());
        issues.extend(self.shot_issues(shot));
        let has_names = self.matte_frames > 0 || !self.shot.sources.is_empty();
        let presence = presence::check(
            &self.judge,
            &self.shot,
            has_names.then_some(&self.on_screen).filter(|_| self.matte_frames > 0),
            shot,
        );
        issues.extend(presence.issues);
        if let Some(reason) = presence.not_tested {
            not_tested = Some(not_tested.map_or(reason.clone(), |others| format!("{others}; {reason}")));
        }
        let has_text = !self.read.is_empty() && self.lacking.is_empty() && self.awaited.is_empty();
        Answer {
            issues,
            not_tested,
            tested: has_names || has_text,
            measured: (worst > 0.0).then_some((worst, VISIBLE, "share of the frame")),
            metrics: vec![("modern_share", self.shares.clone())],
        }
    }
}

fn header_issue(subject: &str, hit: &Hit<'_>, number: i32, file: &str) -> QcIssue {
    let accusation = Accusation::of(hit);
    accusation.issue(subject, accusation.severity, number, file)
}
