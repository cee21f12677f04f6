//! `no_clipped_highlights`: nothing bright is flat where it should have shape and grain.
//!
//! On scene-linear frames a clipped area is a plateau (neighbouring samples equal to within [`flat_tolerance`]) that nothing
//! beside it exceeds, that holds at least [`pile_up`] times the samples of the step below it, and that has none of the
//! grain that the rest of the frame has. A bright lamp is none: it has shape, or grain, or its level lies over
//! [`clipped_lamp`], where the display is white anyway. In a frame without grain (graphics, a plain render) flatness
//! proves nothing; there only the ceilings of number formats count: 1.0, 65504, infinity.
//!
//! Single pixels many times brighter than all their neighbours (fireflies, stuck sensor cells) are findings here too.
//!
//! [`flat_tolerance`]: Thresholds::flat_tolerance
//! [`pile_up`]: Thresholds::pile_up
//! [`clipped_lamp`]: Thresholds::clipped_lamp

use super::check::{Answer, Check, CheckId, Observation, ShotContext};
use super::events::Events;
use super::flat_areas::{self, BEYOND, Limits, Words};
use super::specks;
use super::survey::{List, Plateau, Survey};
use super::thresholds::Thresholds;

/// The largest half float, and the level at which 8-bit layers end.
const CEILING: f32 = 65504.0;
const WHITE: f32 = 1.0;
/// A flat top is a highlight from here on (display code 118 of 255 through ACES 2.0), or if nothing is brighter.
const HIGHLIGHT: f32 = 0.25;

/// Share of what lies beside a plateau at a ceiling that may be brighter.
const BEHIND: f32 = 0.7;

const WORDS: Words = Words {
    kind: "clipped",
    fault: "highlights are clipped, without shape or grain",
    suggestion: "Bring the layer in with its full range, or rebuild the highlight and its grain.",
};

pub(super) struct NoClippedHighlights {
    thresholds: Thresholds,
    events: Events,
    frames: usize,
    shares: Vec<(i32, f64)>,
}

impl NoClippedHighlights {
    pub(super) fn new(thresholds: &Thresholds) -> Self {
        Self {
            events: Events::new(CheckId::NoClippedHighlights, thresholds.linked_overlap),
            thresholds: thresholds.clone(),
            frames: 0,
            shares: Vec::new(),
        }
    }

    fn is_clipped(&self, plateau: &Plateau, peak: f32, is_evidence: bool) -> bool {
        let Some(around) = plateau.around else { return false };
        // A layer that ends where its number format does may lie before something brighter.
        let beyond = if is_ceiling(plateau) { BEHIND } else { BEYOND };
        let is_top = around.brighter <= beyond && around.pile_under >= self.thresholds.pile_up as f32;
        let is_bright = plateau.high >= HIGHLIGHT
            || (plateau.high > self.thresholds.crushed_level as f32 && plateau.high >= 0.999 * peak);
        is_top && is_bright && around.transparent < 0.5 && (is_evidence || is_ceiling(plateau))
    }
}

/// Whether it lies where a number format ends.
fn is_ceiling(plateau: &Plateau) -> bool {
    plateau.high >= CEILING || (plateau.low >= 0.999 * WHITE && plateau.high <= 1.001 * WHITE)
}

impl Check for NoClippedHighlights {
    fn id(&self) -> CheckId {
        CheckId::NoClippedHighlights
    }

    fn observe(&mut self, at: &Observation<'_>, survey: Option<&Survey>) {
        let Some(survey) = survey else { return };
        self.frames += 1;
        let is_evidence = survey.flat_share < self.thresholds.flat_frame && !survey.is_quiet();
        let mut clipped = Vec::new();
        for (list, peak) in [List::Red, List::Green, List::Blue].into_iter().zip(survey.peaks) {
            let flat = survey.plateaus[list as usize].iter();
            clipped.extend(flat.filter(|p| self.is_clipped(p, peak, is_evidence)).map(|p| (list, *p)));
        }
        let lamp = self.thresholds.clipped_lamp as f32;
        let (lamps, areas): (Vec<_>, Vec<_>) =
            flat_areas::join(&clipped).into_iter().partition(|area| area.level > lamp && area.level < CEILING);
        let limits = Limits::clipped(&self.thresholds);
        let (mut found, share) = flat_areas::sightings(&areas, survey, &limits, &self.thresholds, &WORDS);
        // A lamp as large as an error is worth a look; its light is over what the display shows.
        let large = Limits { warning: limits.error, error: f64::INFINITY, total_warning: 1.0, total_error: 1.0 };
        found.extend(flat_areas::sightings(&lamps, survey, &large, &self.thresholds, &WORDS).0);
        self.shares.push((at.number, share));
        found.extend(specks::sightings(survey, true, &self.thresholds));
        self.events.observe(at, found);
    }

    fn finish(self: Box<Self>, _shot: &ShotContext<'_>) -> Answer {
        if self.frames == 0 {
            return Answer::not_applicable("there is no scene-linear colour to look at");
        }
        let worst = self.shares.iter().map(|&(_, share)| share).fold(0.0, f64::max);
        Answer {
            issues: self.events.finish(),
            tested: true,
            measured: Some((worst, self.thresholds.clipped_total_warning, "share of the frame clipped")),
            metrics: vec![("clipped_share", self.shares)],
            ..Answer::default()
        }
    }
}
