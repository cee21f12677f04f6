//! `layer_edges_invisible`: no trace of compositing along the edges of layers.
//!
//! The mattes that a frame brings along (alpha, mask channels, objects of its Cryptomatte) tell where one layer ends and
//! another begins ([`contour`]). Across each contour, at many places ([`arc`](mod@arc)), the light is fitted by
//! `p(d) = aF + (1-a)B + K 4a(1-a)`, in linear light: F and B are the layers' own light carried to the edge, a is the matte's
//! coverage. K is what no proper `over` leaves. Pooled over the whole contour, and held against the same fit on parallel
//! contours 24 and 36 pixels away (which is what texture alone does), it tells the fault ([`verdict`]):
//!
//! - in proportion to -F: premultiplied twice (K = -F/4) or a black matte (-F/2 and more);
//! - the same light all along: a halo of a bright ground, K = (W - F)/4;
//! - light of the layer wherever coverage is not 0: not premultiplied;
//! - light on one side and dark on the other: mattes that do not lie upon one another;
//! - the picture's own edge beside the matte's: a shifted matte; narrower than lenses make it: a hard cut-out; wider than the
//!   matte and the frame's own edges ([`natural`]): over-soft;
//! - another grain inside than outside ([`texture`]), lines of empty pixels through the matte ([`lines`]).
//!
//! A rim light reaches into the layer and a contact shadow out of it, further than the matte's own transition; a fault of
//! compositing does not, and that is how they are told apart. Without mattes only one thing can be said: an area
//! without the frame's grain that begins from one pixel to the next was cut out ([`blind`]); that is never more than a
//! warning.
//!
//! Sources: Porter and Duff, "Compositing Digital Images" (1984), for `over`; Brinkmann, "The Art and Science of Digital
//! Compositing" (2008), chapters 5 and 13, for the faults; limits were measured on injected faults, see `docs/QC.md`.

mod arc;
mod blind;
mod cause;
mod contour;
mod edge;
mod fit;
mod light;
mod lines;
mod look;
mod matte;
mod natural;
mod section;
mod texture;
mod verdict;

pub use matte::observed_channels;

use super::check::{Answer, Check, CheckId, FrameObserved, Observation, ShotContext};
use super::events::{Events, Sighting};
use super::survey::Survey;
use super::thresholds::Thresholds;
use crate::exr::LayerKind;

use cause::Found;
use look::{Look, Picture, look};

pub(super) struct LayerEdgesInvisible {
    thresholds: Thresholds,
    events: Events,
    /// Frames of scene-linear colour.
    frames: usize,
    /// Those of them without a contour of any matte.
    bare: usize,
    /// Contours that were judged, and that could not be.
    tested: usize,
    untested: usize,
    /// Worst fringe and narrowest edge of each frame.
    fringes: Vec<(i32, f64)>,
    widths: Vec<(i32, f64)>,
}

impl LayerEdgesInvisible {
    pub(super) fn new(thresholds: &Thresholds) -> Self {
        Self {
            events: Events::new(CheckId::LayerEdgesInvisible, thresholds.linked_overlap),
            thresholds: thresholds.clone(),
            frames: 0,
            bare: 0,
            tested: 0,
            untested: 0,
            fringes: Vec::new(),
            widths: Vec::new(),
        }
    }

    fn take(&mut self, at: &Observation<'_>, look: Look) {
        self.frames += 1;
        self.tested += look.tested;
        self.untested += look.untested;
        self.bare += usize::from(look.tested + look.untested == 0);
        let worst = |values: &mut dyn Iterator<Item = f64>| values.max_by(|a, b| a.abs().total_cmp(&b.abs()));
        let fringe = worst(&mut look.findings.iter().filter_map(|findings| findings.fringe));
        self.fringes.extend(fringe.map(|fringe| (at.number, fringe)));
        let width = look.findings.iter().filter_map(|findings| findings.width).min_by(f64::total_cmp);
        self.widths.extend(width.map(|width| (at.number, width)));
        self.events.observe(at, look.found.into_iter().map(sighting).collect());
    }

    fn not_tested(&self) -> Option<String> {
        let mut reasons = Vec::new();
        if self.bare > 0 {
            reasons.push(format!(
                "{} of {} frames have no matte with an edge (alpha, mask channel, Cryptomatte): only sharp cut-outs \
                 without grain were looked for there, fringes and widths need a matte",
                self.bare, self.frames
            ));
        }
        if self.untested > 0 {
            reasons.push(format!(
                "{} of {} edges of mattes are too short, too curved or too soft to judge",
                self.untested,
                self.untested + self.tested
            ));
        }
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }
}

fn sighting(found: Found) -> Sighting {
    Sighting {
        kind: found.verdict.cause.kind(),
        severity: found.verdict.severity,
        region: Some(found.region),
        measured: found.verdict.measured,
        limit: found.verdict.limit,
        text: found.text(),
        suggestion: found.verdict.cause.suggestion(),
    }
}

impl Check for LayerEdgesInvisible {
    fn id(&self) -> CheckId {
        CheckId::LayerEdgesInvisible
    }

    fn observe(&mut self, at: &Observation<'_>, survey: Option<&Survey>) {
        let FrameObserved::Picture { part, layer, frame, space, mattes, .. } = at.seen else { return };
        if layer.kind == LayerKind::Color {
            let seen = Picture { frame, part, layer, primaries: &space.chromaticities, labels: mattes };
            self.take(at, look(&seen, survey, &self.thresholds));
        }
    }

    fn finish(self: Box<Self>, _shot: &ShotContext<'_>) -> Answer {
        if self.frames == 0 {
            return Answer::not_applicable("there is no scene-linear colour to look at");
        }
        let worst = self.fringes.iter().map(|(_, fringe)| fringe.abs()).max_by(f64::total_cmp);
        Answer {
            not_tested: self.not_tested(),
            tested: self.tested > 0,
            measured: worst.map(|worst| (worst, verdict::FRINGE, "fringe, share of the light at the edge")),
            issues: self.events.finish(),
            metrics: vec![("edge_fringe", self.fringes), ("edge_width", self.widths)],
        }
    }
}
