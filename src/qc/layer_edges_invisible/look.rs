//! One frame: its mattes, their contours, what each comes to.

use std::cell::OnceCell;

use super::arc::{Arc, settle};
use super::blind::cut_outs;
use super::cause::Found;
use super::contour::{Contour, Outline, outline};
use super::light::Light;
use super::lines::lines;
use super::matte::{Matte, mattes};
use super::natural::natural;
use super::texture::GrainMap;
use super::verdict::{Cause, Findings, Verdict, judge};
use crate::color::Chromaticities;
use crate::exr::cryptomatte::Labels;
use crate::exr::{Layer, Part};
use crate::frame::{Frame, Region};
use crate::par;
use crate::qc::Severity;
use crate::qc::survey::Survey;
use crate::qc::thresholds::Thresholds;

/// Contours of a frame that are judged, the longest first.
const MOST_CONTOURS: usize = 24;
/// Arcs of a frame that are measured.
const MOST_ARCS: usize = 768;
/// Arcs of one contour: more say nothing new, fewer say too little.
const ARCS: [usize; 2] = [32, 160];

/// Empty lines of a matte that are told.
const MOST_LINES: usize = 4;

/// What one frame shows.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub(super) found: Vec<Found>,
    /// Contours that could be judged.
    pub(super) tested: usize,
    /// Contours that could not: too crooked, too soft, too near to others.
    pub(super) untested: usize,
    /// What was measured on the contours.
    pub(super) findings: Vec<Findings>,
}

/// A frame's picture, and the mattes beside it.
#[derive(Clone, Copy)]
pub(super) struct Picture<'a> {
    pub(super) frame: &'a Frame,
    pub(super) part: &'a Part,
    pub(super) layer: &'a Layer,
    pub(super) primaries: &'a Chromaticities,
    pub(super) labels: &'a [Labels],
}

/// Looks at every contour of every matte that is at hand.
pub(super) fn look(seen: &Picture<'_>, survey: Option<&Survey>, thresholds: &Thresholds) -> Look {
    let Picture { frame, part, layer, primaries, labels } = *seen;
    let mut look = Look::default();
    let Some(light) = Light::new(frame, part, layer, primaries) else { return look };
    let mattes = mattes(frame, part, layer, labels);
    let mut all: Vec<(&Matte<'_>, Contour)> = Vec::new();
    for matte in &mattes {
        let Outline { contours, gaps } = outline(matte, light.size);
        all.extend(contours.into_iter().map(|contour| (matte, contour)));
        for line in lines(gaps).into_iter().take(MOST_LINES) {
            look.add(frame, matte, line, empty_line(line));
        }
    }
    all.sort_by_key(|(_, contour)| std::cmp::Reverse(contour.points.len()));
    all.truncate(MOST_CONTOURS);
    let count = (MOST_ARCS / all.len().max(1)).clamp(ARCS[0], ARCS[1]);
    let arcs = measure(&light, &all, count);
    let edges = OnceCell::new();
    let grain = survey.and_then(|survey| GrainMap::new(survey, frame, thresholds));
    for ((matte, contour), arcs) in all.iter().zip(arcs) {
        let findings = judge(&arcs, matte.is_own, || {
            *edges.get_or_init(|| {
                let points: Vec<[u32; 2]> = all.iter().flat_map(|(_, contour)| contour.spread(count)).collect();
                natural(&light, &points)
            })
        });
        let is_tested = findings.fringes || findings.widths;
        look.tested += usize::from(is_tested);
        look.untested += usize::from(!is_tested);
        let step = grain.as_ref().and_then(|grain| grain.step(&light, matte, &arcs));
        for verdict in findings.verdict.into_iter().chain(step) {
            look.add(frame, matte, contour.region, verdict);
        }
        look.findings.push(findings);
    }
    if let Some(grain) = grain.filter(|_| look.tested == 0) {
        for (region, verdict) in cut_outs(&light, &grain) {
            look.found.push(Found { matte: String::new(), region: display(frame, region), verdict });
        }
    }
    look
}

impl Look {
    /// Takes a finding that is not there already: a background's mask has the same contours as the foreground's.
    fn add(&mut self, frame: &Frame, matte: &Matte<'_>, region: Region, verdict: Verdict) {
        let region = display(frame, region);
        let known = |found: &Found| found.verdict.cause == verdict.cause && overlap(&found.region, &region) > 0.6;
        if !self.found.iter().any(known) {
            self.found.push(Found { matte: matte.name.clone(), region, verdict });
        }
    }
}

fn empty_line(line: Region) -> Verdict {
    let length = f64::from(line.width.max(line.height));
    Verdict { cause: Cause::EmptyLine, measured: length, limit: 0.0, severity: Severity::Error, confidence: 1.0 }
}

/// The arcs of every contour that could be measured, in order.
fn measure(light: &Light<'_>, all: &[(&Matte<'_>, Contour)], count: usize) -> Vec<Vec<Arc>> {
    let jobs: Vec<(usize, [u32; 2])> = all
        .iter()
        .enumerate()
        .flat_map(|(place, (_, contour))| contour.spread(count).into_iter().map(move |point| (place, point)))
        .collect();
    let measured = par::map_init(jobs, || (), |(), (place, point)| (place, Arc::measure(light, all[place].0, point)));
    let mut arcs: Vec<Vec<Arc>> = vec![Vec::new(); all.len()];
    for (place, arc) in measured {
        arcs[place].extend(arc);
    }
    arcs.iter_mut().for_each(|arcs| settle(arcs));
    arcs
}

/// A box of the data window in pixels of the display window.
fn display(frame: &Frame, region: Region) -> Region {
    let moved = Region {
        x: region.x.saturating_add(frame.data_window.x),
        y: region.y.saturating_add(frame.data_window.y),
        ..region
    };
    moved.intersection(&frame.data_window).relative_to(&frame.display_window)
}

/// Shared area over joint area.
fn overlap(a: &Region, b: &Region) -> f64 {
    let both = a.intersection(b).area();
    both as f64 / (a.area() + b.area()).saturating_sub(both).max(1) as f64
}
