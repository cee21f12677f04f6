//! `grain_visible`: film grain is there, everywhere, alive, and not too strong.
//!
//! Measured on tiles of 8 x 8 pixels. Estimators differ in what they mistake for grain: Immerkaer's and wavelets lose
//! correlated grain (they read 0.05 to 0.2 of it), flat blocks are rare in textured frames, and differences in time need
//! a frame that does not move. What is used here is the second difference at a distance of two pixels, in the direction
//! that has less of it, of the ACEScct luminance: little of texture, most of grain. Absolute strength comes from the
//! distance of eight pixels in the tiles that are flat, in codes of an 8-bit display. The [`floor`] ties strength to light;
//! all other findings compare with it:
//!
//! - not visible: under [`grain_visible`] codes; too strong: over [`grain_strong`];
//! - holes: areas with less than [`hole_ratio`] of the grain expected at their light, surrounded by grain ([`holes`]);
//! - in time ([`time`]): frozen where a tile does not change as grain must; looped where the signs of fine detail of an
//!   earlier frame come again; tiled where they come again along the rows of one frame;
//! - monochrome: fine detail of red, green and blue is the same (worth knowing).
//!
//! Texture can hide grain, but never a lack of it: a hole, or frozen grain, is found by too little, never by too much.
//!
//! [`grain_visible`]: Thresholds::grain_visible
//! [`grain_strong`]: Thresholds::grain_strong
//! [`hole_ratio`]: Thresholds::hole_ratio

mod floor;
pub(super) mod holes;
mod time;

use super::check::{Answer, Check, CheckId, Observation, ShotContext};
use super::events::{Events, Sighting};
use super::flat_areas::percent;
use super::report::{QcIssue, Severity};
use super::survey::{Survey, Tile};
use super::thresholds::Thresholds;

pub(super) use floor::{Floor, Graded};
use holes::{Hole, quantile};

/// Flat areas that it takes to tell grain from texture, in shares of the tiles that can be measured.
const FLAT: f32 = 0.04;
/// Tiles that it takes to say anything about a frame.
const FEWEST: usize = 12;
/// Frames between two looks for a plate that was tiled.
const RHYTHM: usize = 24;
/// Correlation of the colours' grain from which on it is monochrome.
const MONOCHROME: f32 = 0.97;
/// A hole of this share of the frame is an error.
const LARGE_HOLE: f64 = 0.02;
/// Holes told one by one in a frame, the largest first.
const MOST_TOLD: usize = 8;

/// What frames are, and so what their grain can be blamed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Footage {
    /// Scene-linear masters: everything.
    Scene,
    /// A movie by itself: codecs take grain from areas and bring it back, so that only the whole frame's is judged.
    Movie,
    /// A movie beside its masters, which answer for the grain themselves: it is measured only.
    Compared,
}

pub(super) struct GrainVisible {
    thresholds: Thresholds,
    events: Events,
    memory: time::Memory,
    footage: Footage,
    frames: usize,
    /// Frames in which nothing could be measured, and those whose grain could not be told from texture.
    unmeasured: usize,
    textured: usize,
    /// The first frame whose grain is the same in all colours.
    monochrome: Option<QcIssue>,
    strength: Vec<(i32, f64)>,
    size: Vec<(i32, f64)>,
    alike: Vec<(i32, f64)>,
}

impl GrainVisible {
    pub(super) fn new(thresholds: &Thresholds) -> Self {
        Self {
            events: Events::new(CheckId::GrainVisible, thresholds.linked_overlap),
            thresholds: thresholds.clone(),
            memory: time::Memory::default(),
            footage: Footage::Scene,
            frames: 0,
            unmeasured: 0,
            textured: 0,
            monochrome: None,
            strength: Vec::new(),
            size: Vec::new(),
            alike: Vec::new(),
        }
    }

    /// For frames that are no scene-linear masters.
    pub(super) fn of_movie(thresholds: &Thresholds, footage: Footage) -> Self {
        Self { footage, ..Self::new(thresholds) }
    }

    fn look(&mut self, at: &Observation<'_>, survey: &Survey) -> Vec<Sighting> {
        let floor = Floor::of(survey).filter(|floor| floor.tiles >= FEWEST);
        let Some(floor) = floor else {
            self.unmeasured += 1;
            return Vec::new();
        };
        let flat = Flat::of(survey, &floor);
        let Some(sigma) = flat.sigma(survey) else {
            self.unmeasured += 1;
            return Vec::new();
        };
        self.strength.push((at.number, sigma.into()));
        self.size.extend(flat.size().map(|size| (at.number, size.into())));
        if self.footage == Footage::Compared {
            return Vec::new();
        }
        if sigma < self.thresholds.grain_visible as f32 {
            return vec![self.invisible(sigma)];
        }
        if self.footage == Footage::Movie {
            return self.strong(sigma).into_iter().collect();
        }
        if floor.flat_share() < FLAT {
            self.textured += 1;
            return self.holes(survey, &floor);
        }
        let mut found = Vec::new();
        found.extend(self.strong(sigma));
        found.extend(self.holes(survey, &floor));
        found.extend(self.in_time(at, survey, &floor));
        if self.frames % RHYTHM == 1 {
            found.extend(self.tiled(survey, &floor));
        }
        if self.monochrome.is_none() {
            self.monochrome = flat.layers().filter(|&alike| alike >= MONOCHROME).map(|alike| monochrome(at, alike));
        }
        found
    }

    fn invisible(&self, sigma: f32) -> Sighting {
        let limit = self.thresholds.grain_visible;
        let is_plain = self.footage == Footage::Scene && f64::from(sigma) < 0.5 * limit;
        let severity = if is_plain { Severity::Error } else { Severity::Warning };
        let text = format!("No grain can be seen: its standard deviation is {sigma:.2} display codes of 8 bits.");
        Sighting {
            kind: "invisible",
            severity,
            region: None,
            // The less, the worse.
            measured: sigma.into(),
            limit,
            text,
            suggestion: "Add the grain pass, after all layers are in.",
        }
    }

    fn strong(&self, sigma: f32) -> Option<Sighting> {
        let limit = self.thresholds.grain_strong;
        (f64::from(sigma) > limit).then(|| Sighting {
            kind: "strong",
            severity: Severity::Warning,
            region: None,
            measured: sigma.into(),
            limit,
            text: format!("Grain is very strong: its standard deviation is {sigma:.1} display codes of 8 bits."),
            suggestion: "Check that the grain pass is in once, and at its right gain.",
        })
    }

    fn holes(&self, survey: &Survey, floor: &Floor) -> Vec<Sighting> {
        let holes = holes::find(survey, floor, &self.thresholds, |_, graded| graded.ratio);
        let told = holes.iter().take(MOST_TOLD).map(|hole| {
            let text = format!(
                "{} of the frame has {} of the grain around it.",
                percent(hole.share),
                if hole.ratio < 0.05 { "none".to_owned() } else { percent(hole.ratio) }
            );
            self.area("hole", survey, hole, text, "Put the layer before the grain pass, or give it grain of its own.")
        });
        told.collect()
    }

    fn area(
        &self,
        kind: &'static str,
        survey: &Survey,
        hole: &Hole,
        text: String,
        suggestion: &'static str,
    ) -> Sighting {
        Sighting {
            kind,
            severity: if hole.share >= LARGE_HOLE { Severity::Error } else { Severity::Warning },
            region: Some(survey.place(hole.region)),
            measured: hole.ratio,
            limit: self.thresholds.hole_ratio,
            text,
            suggestion,
        }
    }

    fn in_time(&mut self, at: &Observation<'_>, survey: &Survey, floor: &Floor) -> Vec<Sighting> {
        let mut found = Vec::new();
        if let Some(alike) = time::correlation(survey, floor) {
            self.alike.push((at.number, alike.into()));
            found.extend(self.frozen(survey, floor, alike));
        }
        let again = self.memory.find(survey, floor, at.number);
        let limit = self.thresholds.grain_looped;
        if let Some((number, alike)) = again.filter(|(_, alike)| f64::from(*alike) > limit)
            && found.is_empty()
        {
            found.push(Sighting {
                kind: "looped",
                severity: Severity::Warning,
                region: None,
                measured: alike.into(),
                limit,
                text: format!("The grain of frame {number} comes again."),
                suggestion: "Use a grain plate that is longer than the shot, or make grain anew for every frame.",
            });
        }
        found
    }

    /// Grain that is the same as in the frame before: of the whole frame, or of areas.
    fn frozen(&self, survey: &Survey, floor: &Floor, alike: f32) -> Vec<Sighting> {
        let limit = self.thresholds.grain_frozen;
        if f64::from(alike) > limit && self.changes_too_little(survey, floor) {
            return vec![Sighting {
                kind: "frozen",
                severity: Severity::Error,
                region: None,
                measured: alike.into(),
                limit,
                text: format!("Grain is frozen: {} of it is that of the frame before.", percent(alike.into())),
                suggestion: "Make grain anew for every frame.",
            }];
        }
        let change = |index: usize, graded: &Graded| match graded.ratio < 0.6 {
            // Where there is no grain it cannot be frozen: that is a hole.
            true => f32::INFINITY,
            false => survey.tiles.change(index).sqrt() / graded.expected,
        };
        let areas = holes::find(survey, floor, &self.thresholds, change);
        let told = areas.iter().take(MOST_TOLD).map(|area| {
            let text = format!("Grain is frozen in {} of the frame.", percent(area.share));
            self.area("frozen area", survey, area, text, "Give the layer live grain: it seems to be a still.")
        });
        told.collect()
    }

    /// Whether, over the frame, detail changes less than grain alone would make it; texture that stands still is alike
    /// from frame to frame, but its grain changes.
    fn changes_too_little(&self, survey: &Survey, floor: &Floor) -> bool {
        let tiles = survey.tiles.all.iter().zip(&floor.graded).filter(|(_, graded)| graded.measurable);
        let mut changes: Vec<f32> = tiles
            .map(|(tile, graded)| tile.change().sqrt() / graded.expected)
            .filter(|change| change.is_finite())
            .collect();
        quantile(&mut changes, 0.25).is_some_and(|change| change < 0.8)
    }

    fn tiled(&self, survey: &Survey, floor: &Floor) -> Option<Sighting> {
        let (period, alike) = time::period(survey, floor)?;
        let limit = self.thresholds.grain_looped;
        (f64::from(alike) > limit).then(|| Sighting {
            kind: "tiled",
            severity: Severity::Warning,
            region: None,
            measured: alike.into(),
            limit,
            text: format!("The grain repeats itself every {period} pixels along the rows."),
            suggestion: "Use a grain plate as large as the frame.",
        })
    }
}

fn monochrome(at: &Observation<'_>, alike: f32) -> QcIssue {
    let text = "Grain is the same in red, green and blue; that of colour film is not.";
    QcIssue::new(CheckId::GrainVisible, Severity::Info, text, at.number, at.file)
        .measured(alike.into(), MONOCHROME.into())
        .suggest("Make grain for each layer of the film, if colour grain is meant.")
}

/// The tiles that hold grain and little else.
struct Flat<'a> {
    tiles: Vec<&'a Tile>,
}

impl<'a> Flat<'a> {
    fn of(survey: &'a Survey, floor: &'a Floor) -> Self {
        Self { tiles: floor.flat_tiles(survey).collect() }
    }

    /// Standard deviation of the grain, in display codes of 8 bits: what is usual in the middle of the scale.
    fn sigma(&self, survey: &Survey) -> Option<f32> {
        // Slow changes of light add to it in some tiles; grain is in all.
        // Grain that is blurred by 1.5 pixels still has 0.45 of its strength two pixels apart; what has less is texture.
        let sigma = |tile: &&Tile| tile.coarse.sqrt().min(tile.energy().sqrt() / 0.4) * survey.tone.at(tile.mean).gain;
        let is_middle = |tile: &&&Tile| (25.0..230.0).contains(&survey.tone.at(tile.mean).code);
        let mut middle: Vec<f32> = self.tiles.iter().filter(is_middle).map(&sigma).collect();
        if middle.len() < FEWEST / 2 {
            middle = self.tiles.iter().map(sigma).collect();
        }
        quantile(&mut middle, 0.4)
    }

    /// Correlation of grain one pixel apart: 0 for white noise; film scans have 0.2 to 0.4, blurred grain up to 0.9.
    fn size(&self) -> Option<f32> {
        let mut ratios: Vec<f32> =
            self.tiles.iter().filter(|tile| tile.coarse > 0.0).map(|tile| tile.fine / tile.coarse).collect();
        let ratio = quantile(&mut ratios, 0.5)?;
        // For grain with a bell-shaped correlation r, r^4 at two pixels, fine / coarse = 1 - 4/3 r + 1/3 r^4.
        let (mut low, mut high) = (0.0_f32, 1.0_f32);
        for _ in 0..20 {
            let middle = 0.5 * (low + high);
            let square = middle * middle;
            if 1.0 - middle * (4.0 / 3.0) + square * square / 3.0 > ratio { low = middle } else { high = middle }
        }
        Some(low)
    }

    /// How alike the grain of neighbouring colours is.
    fn layers(&self) -> Option<f32> {
        let mut alike: Vec<f32> = self.tiles.iter().map(|tile| tile.layers[0].min(tile.layers[1])).collect();
        quantile(&mut alike, 0.5)
    }
}

impl Check for GrainVisible {
    fn id(&self) -> CheckId {
        CheckId::GrainVisible
    }

    fn observe(&mut self, at: &Observation<'_>, survey: Option<&Survey>) {
        let Some(survey) = survey else { return };
        self.frames += 1;
        let found = self.look(at, survey);
        self.events.observe(at, found);
    }

    fn finish(self: Box<Self>, _shot: &ShotContext<'_>) -> Answer {
        if self.frames == 0 {
            return Answer::not_applicable("there is no scene-linear colour to look at");
        }
        let mut sigma: Vec<f32> = self.strength.iter().map(|&(_, sigma)| sigma as f32).collect();
        let usual = quantile(&mut sigma, 0.5);
        let mut reasons = Vec::new();
        if self.unmeasured > 0 {
            reasons.push(format!(
                "{} of {} frames are too dark, too bright or too small to measure grain in",
                self.unmeasured, self.frames
            ));
        }
        if self.textured > 0 {
            reasons.push(format!(
                "{} of {} frames have no flat area: grain cannot be told from texture there",
                self.textured, self.frames
            ));
        }
        if self.frames == 1 && self.footage == Footage::Scene {
            reasons.push("one frame alone does not show whether grain is alive".to_owned());
        }
        let mut issues = self.events.finish();
        issues.extend(self.monochrome);
        Answer {
            issues,
            not_tested: (!reasons.is_empty()).then(|| reasons.join("; ")),
            tested: self.unmeasured + self.textured < self.frames,
            measured: usual
                .map(|sigma| (sigma.into(), self.thresholds.grain_visible, "8-bit display codes, standard deviation")),
            metrics: vec![("grain_sigma", self.strength), ("grain_size", self.size), ("grain_alike", self.alike)],
        }
    }
}

/// Whether this is, all over, the picture of the frame before: grain and all. A still shot with live grain is not.
pub(super) fn is_repeated(survey: &Survey) -> bool {
    /// Detail that changes by less than this share is the same; encoders and resizing leave so much.
    const SAME: f32 = 0.02;
    if survey.before.is_none() || survey.is_quiet() {
        return false;
    }
    let measurable = survey.tiles.all.iter().filter(|tile| tile.now > 0.0 && tile.then > 0.0);
    let (mut all, mut same) = (0_usize, 0_usize);
    for tile in measurable {
        all += 1;
        same += usize::from(tile.change() <= SAME * tile.now.min(tile.then));
    }
    all >= FEWEST && same as f64 >= 0.98 * all as f64
}
