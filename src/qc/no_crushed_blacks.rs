//! `no_crushed_blacks`: nothing dark is flat where it should have grain.
//!
//! On scene-linear frames a crushed area is a plateau in all three channels, darker than [`crushed_level`], with nothing
//! darker beside it, that holds at least [`pile_up`] times the samples of the step above it. Dark with grain is not
//! crushed, and neither are letterbox bars, areas whose alpha is 0 (there is no picture), or the black of a frame that has
//! no grain anywhere (graphics, a plain render): there black is black. A frame that is nothing but black is a finding.
//!
//! Single pixels many times darker than all their neighbours (dead sensor cells, holes in a matte) are findings here too.
//!
//! [`crushed_level`]: Thresholds::crushed_level
//! [`pile_up`]: Thresholds::pile_up

use super::check::{Answer, Check, CheckId, Observation, ShotContext};
use super::events::{Events, Sighting};
use super::flat_areas::{self, BEYOND, Limits, Words, percent};
use super::report::Severity;
use super::specks;
use super::survey::{List, Plateau, Survey};
use super::thresholds::Thresholds;

const WORDS: Words = Words {
    kind: "crushed",
    fault: "blacks are crushed, without shape or grain",
    suggestion: "Lift the layer's blacks, or put grain back into them.",
};

pub(super) struct NoCrushedBlacks {
    thresholds: Thresholds,
    events: Events,
    frames: usize,
    /// Frames in which black could not be told from crushed.
    untold: usize,
    shares: Vec<(i32, f64)>,
}

impl NoCrushedBlacks {
    pub(super) fn new(thresholds: &Thresholds) -> Self {
        Self {
            events: Events::new(CheckId::NoCrushedBlacks, thresholds.linked_overlap),
            thresholds: thresholds.clone(),
            frames: 0,
            untold: 0,
            shares: Vec::new(),
        }
    }

    fn is_crushed(&self, plateau: &Plateau) -> bool {
        plateau.around.is_some_and(|around| {
            around.darker <= BEYOND
                && around.pile_over >= self.thresholds.pile_up as f32
                && around.transparent < 0.5
                && self.is_dark(plateau)
        })
    }

    fn is_dark(&self, plateau: &Plateau) -> bool {
        plateau.high <= self.thresholds.crushed_level as f32
    }

    fn black_frame(&self, survey: &Survey) -> Option<Sighting> {
        let black = survey.plateaus[List::All as usize].iter().filter(|plateau| self.is_dark(plateau));
        let share = black.map(|plateau| plateau.pixels).sum::<f64>() / survey.pixels();
        (share >= self.thresholds.black_frame).then(|| Sighting {
            kind: "black frame",
            severity: Severity::Error,
            region: None,
            measured: share,
            limit: self.thresholds.black_frame,
            text: format!("The frame is black ({}).", percent(share.min(1.0))),
            suggestion: "Render the frame again, or take it out of the shot.",
        })
    }
}

impl Check for NoCrushedBlacks {
    fn id(&self) -> CheckId {
        CheckId::NoCrushedBlacks
    }

    fn observe(&mut self, at: &Observation<'_>, survey: Option<&Survey>) {
        let Some(survey) = survey else { return };
        self.frames += 1;
        if let Some(black) = self.black_frame(survey) {
            self.shares.push((at.number, 1.0));
            return self.events.observe(at, vec![black]);
        }
        let limits = Limits::crushed(&self.thresholds);
        let mut found = Vec::new();
        if survey.is_quiet() || survey.flat_share >= self.thresholds.flat_frame {
            self.untold += 1;
        } else {
            let flat = survey.plateaus[List::All as usize].iter();
            let crushed: Vec<_> = flat.filter(|plateau| self.is_crushed(plateau)).map(|p| (List::All, *p)).collect();
            let areas = flat_areas::join(&crushed);
            let (sightings, share) = flat_areas::sightings(&areas, survey, &limits, &self.thresholds, &WORDS);
            found.extend(sightings);
            self.shares.push((at.number, share));
        }
        found.extend(specks::sightings(survey, false, &self.thresholds));
        self.events.observe(at, found);
    }

    fn finish(self: Box<Self>, _shot: &ShotContext<'_>) -> Answer {
        if self.frames == 0 {
            return Answer::not_applicable("there is no scene-linear colour to look at");
        }
        let worst = self.shares.iter().map(|&(_, share)| share).fold(0.0, f64::max);
        let not_tested = (self.untold > 0).then(|| {
            let frames = self.untold;
            format!("{frames} of {} frames have no grain: their black cannot be told from crushed black", self.frames)
        });
        Answer {
            issues: self.events.finish(),
            not_tested,
            tested: self.untold < self.frames,
            measured: Some((worst, self.thresholds.crushed_total_warning, "share of the frame crushed")),
            metrics: vec![("crushed_share", self.shares)],
        }
    }
}
