//! Grain on both sides of a contour: a layer that was cleaned, or never had the plate's grain, shows by it.
//!
//! The tiles of the survey on both sides are held against the grain of the frame at their light. Texture only adds to fine
//! detail: a side with less of it than grain alone has lacks grain, for certain; a side with more has more grain only if
//! its tiles crowd, since those of texture spread.

use super::arc::{Arc, is_even};
use super::fit::quantile;
use super::light::{Light, matte_window};
use super::matte::Matte;
use super::verdict::{Cause, Verdict};
use crate::frame::{Frame, Region};
use crate::qc::Severity;
use crate::qc::grain_visible::{Floor, Graded};
use crate::qc::survey::{Survey, TILE};
use crate::qc::thresholds::Thresholds;

/// Distances from the contour at which tiles are taken, in pixels: their windows reach 16 pixels.
const STEPS: [f64; 4] = [20.0, 28.0, 36.0, 48.0];
/// Tiles of one side that a statement needs.
const FEWEST: usize = 16;
/// Share of a side's tiles, the quietest, that tell its grain.
const QUIET: f64 = 0.2;
/// A floor less sharp than this may be that of texture.
const SHARP: f32 = 0.45;
/// And one that fewer tiles lie at.
const FLAT: f32 = 0.04;
/// A side with this share of the frame's grain has it.
const THERE: f64 = 0.7;
/// A side with this many times the frame's grain has more.
const MORE: f64 = 2.2;
/// Tiles of one strength of grain crowd: the sixtieth in a hundred is not this many times the fifteenth.
const CROWD: f64 = 1.5;

/// The grain of a frame, by place.
pub(super) struct GrainMap<'a> {
    survey: &'a Survey,
    floor: Floor,
    /// Where the data window begins, from the first tile.
    corner: [i32; 2],
    thresholds: &'a Thresholds,
}

impl<'a> GrainMap<'a> {
    /// `None` where the frame's grain cannot be told from texture, or is none.
    pub(super) fn new(survey: &'a Survey, frame: &Frame, thresholds: &'a Thresholds) -> Option<Self> {
        let floor = Floor::of(survey)?;
        let is_known = floor.tiles >= FEWEST && floor.flat_share() >= FLAT && floor.sharpness() >= SHARP;
        let (data, display) = (frame.data_window, frame.display_window);
        let corner = [data.x - display.x - survey.area.x, data.y - display.y - survey.area.y];
        is_known.then_some(Self { survey, floor, corner, thresholds })
    }

    pub(super) fn survey(&self) -> &Survey {
        self.survey
    }

    pub(super) fn floor(&self) -> &Floor {
        &self.floor
    }

    pub(super) fn thresholds(&self) -> &Thresholds {
        self.thresholds
    }

    /// An area of tiles, in the data window.
    pub(super) fn place(&self, tiles: Region) -> Region {
        Region { x: tiles.x - self.corner[0], y: tiles.y - self.corner[1], ..tiles }
    }

    /// The tile that a pixel of the data window lies in, if grain can be seen there.
    fn tile(&self, x: usize, y: usize) -> Option<usize> {
        let [left, top] = self.corner;
        let (x, y) = (x as i32 + left, y as i32 + top);
        let (column, row) = (usize::try_from(x).ok()? / TILE, usize::try_from(y).ok()? / TILE);
        let index = row * self.survey.tiles.columns + column;
        let is_visible = |graded: &Graded| graded.measurable && f64::from(graded.codes) >= self.thresholds.hole_visible;
        (column < self.survey.tiles.columns && self.floor.graded.get(index).is_some_and(is_visible)).then_some(index)
    }

    /// The tiles along a contour on one side, 1 outside and -1 inside.
    fn side(&self, light: &Light<'_>, matte: &Matte<'_>, arcs: &[Arc], side: f64) -> Vec<usize> {
        let places = arcs.iter().flat_map(|arc| STEPS.map(|step| arc.beside(side * step)));
        let mut tiles: Vec<usize> = places
            .filter_map(|[x, y]| {
                let spot = light.spot(x, y, 1)?;
                let tile = self.tile(spot.x, spot.y)?;
                is_even(&matte_window(matte, spot)).then_some(tile)
            })
            .collect();
        tiles.sort_unstable();
        tiles.dedup();
        tiles
    }

    /// Compares the grain inside and outside along a contour; `None` where it is alike, or too little of it can be seen.
    pub(super) fn step(&self, light: &Light<'_>, matte: &Matte<'_>, arcs: &[Arc]) -> Option<Verdict> {
        let sides = [-1.0, 1.0].map(|side| self.side(light, matte, arcs, side));
        if sides.iter().any(|side| side.len() < FEWEST) {
            return None;
        }
        let sides = sides.map(|tiles| Side::new(self, &tiles));
        let [inside, outside] = &sides;
        let lacks = |side: &Side, other: &Side| side.quiet < self.thresholds.hole_ratio && other.quiet >= THERE;
        let has_more =
            |side: &Side, other: &Side| side.quiet > MORE * other.quiet.max(THERE) && side.is_crowd && other.is_crowd;
        let ratio = |side: &Side, other: &Side| other.quiet.min(1.0 / THERE) / side.quiet.max(0.05);
        let found =
            |cause, measured, limit| Verdict { cause, measured, limit, severity: Severity::Warning, confidence: 1.0 };
        // Fine texture may look like more grain; nothing looks like less.
        let more = |cause, ratio| Verdict { severity: Severity::Info, ..found(cause, ratio, MORE) };
        if lacks(inside, outside) {
            return Some(found(Cause::LessGrain, ratio(inside, outside), 1.0 / self.thresholds.hole_ratio));
        }
        if lacks(outside, inside) {
            return Some(found(Cause::MoreGrain, ratio(outside, inside), 1.0 / self.thresholds.hole_ratio));
        }
        if has_more(inside, outside) {
            return Some(more(Cause::MoreGrain, inside.quiet / outside.quiet));
        }
        if has_more(outside, inside) {
            return Some(more(Cause::LessGrain, outside.quiet / inside.quiet));
        }
        None
    }
}

/// What the tiles of one side say.
struct Side {
    /// Fine detail of the quiet ones, in shares of the frame's grain.
    quiet: f64,
    is_crowd: bool,
}

impl Side {
    fn new(map: &GrainMap<'_>, tiles: &[usize]) -> Self {
        let ratio = |share: f64| {
            let ratios = tiles.iter().filter_map(|&tile| map.floor.graded.get(tile)).map(|graded| graded.ratio.into());
            quantile(ratios, share).unwrap_or(1.0)
        };
        Self { quiet: ratio(QUIET), is_crowd: ratio(0.6) < CROWD * ratio(0.15) }
    }
}
