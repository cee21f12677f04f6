//! Areas without the grain that the rest of the frame has: a layer that missed the grain pass, or was cleaned.

use super::super::components::{Component, Components};
use super::super::survey::{Survey, TILE};
use super::super::thresholds::Thresholds;
use super::floor::{Floor, Graded};
use crate::frame::Region;

/// Less fine detail than this, in display codes of 8 bits, no camera, scanner or grain leaves.
const NONE: f32 = 0.12;

/// An area whose grain is missing.
#[derive(Debug, Clone, Copy)]
pub(in crate::qc) struct Hole {
    /// From the top left of what was surveyed.
    pub(in crate::qc) region: Region,
    /// Share of the frame.
    pub(in crate::qc) share: f64,
    /// Its grain, in shares of what is expected at its light.
    pub(in crate::qc) ratio: f64,
}

/// A floor this sharp is certain; over a less certain one a hole must be deeper.
const CERTAIN: f32 = 0.7;
/// Areas nearer than this, in tiles, are one: what lies between has texture.
const GAP: u32 = 1;
/// What an area beside a hole must have of the grain expected there.
const BESIDE: f32 = 0.7;

/// Tiles in which `measured` is under its limit although grain could be seen there, joined to areas.
pub(in crate::qc) fn find(
    survey: &Survey,
    floor: &Floor,
    thresholds: &Thresholds,
    measured: impl Fn(usize, &Graded) -> f32,
) -> Vec<Hole> {
    let limit = limit(floor, thresholds);
    let is_visible = |graded: &Graded| graded.measurable && graded.codes >= thresholds.hole_visible as f32;
    // Where there is no noise at all, texture or not, there is no grain.
    let none = |graded: &Graded, measured: f32| measured * graded.codes < NONE && graded.codes >= 4.0 * NONE;
    let ratios: Vec<Option<f32>> = floor
        .graded
        .iter()
        .enumerate()
        .map(|(index, graded)| is_visible(graded).then(|| measured(index, graded)))
        .collect();
    let columns = survey.tiles.columns;
    let is_hole =
        |(ratio, graded): (&Option<f32>, &Graded)| ratio.is_some_and(|ratio| ratio < limit || none(graded, ratio));
    let marks = filled(ratios.iter().zip(&floor.graded).map(is_hole).collect(), columns);
    let mut components = Components::default();
    for (y, row) in marks.chunks(columns.max(1)).enumerate() {
        components.add_row(0, y as i32, row.iter().copied());
    }
    let areas = components.finish(GAP);
    areas.into_iter().filter_map(|area| hole(survey, &ratios, area, limit, thresholds)).collect()
}

/// The marks without those that stand alone, and with tiles that marked ones surround: an edge in them hides the hole.
fn filled(marks: Vec<bool>, columns: usize) -> Vec<bool> {
    let near = |index: usize| {
        let column = index % columns;
        let sides = column.saturating_sub(1)..(column + 2).min(columns);
        let rows = [index.checked_sub(columns), Some(index), Some(index + columns)];
        let rows = rows.into_iter().flatten().map(move |at| at - column).filter(|&start| start < marks.len());
        rows.flat_map(|start| sides.clone().map(move |side| start + side)).filter(|&at| marks[at]).count()
    };
    (0..marks.len()).map(|index| near(index) >= if marks[index] { 3 } else { 5 }).collect()
}

/// The share of the expected grain under which a tile is part of a hole.
fn limit(floor: &Floor, thresholds: &Thresholds) -> f32 {
    let certainty = (floor.sharpness() / CERTAIN).clamp(0.3, 1.0);
    thresholds.hole_ratio as f32 * certainty
}

fn hole(survey: &Survey, ratios: &[Option<f32>], area: Component, limit: f32, thresholds: &Thresholds) -> Option<Hole> {
    let (columns, rows) = (survey.tiles.columns as i32, survey.tiles.rows() as i32);
    let share = (area.pixels as usize * TILE * TILE) as f64 / survey.pixels();
    if (area.pixels as f64) < thresholds.hole_tiles || share < thresholds.hole_share {
        return None;
    }
    let box_of = |margin: i32| {
        let Region { x, y, width, height } = area.region;
        let (left, top) = ((x - margin).max(0), (y - margin).max(0));
        let (right, bottom) = ((x + width as i32 + margin).min(columns), (y + height as i32 + margin).min(rows));
        (top..bottom).flat_map(move |y| (left..right).map(move |x| (x, y)))
    };
    let ratio = |(x, y): (i32, i32)| ratios[(y * columns + x) as usize];
    let mut inside: Vec<f32> =
        box_of(0).filter_map(ratio).filter(|&ratio| ratio < thresholds.hole_ratio as f32).collect();
    // The tiles next to a hole share windows with it.
    let rim = Region::new(area.region.x - 1, area.region.y - 1, area.region.width + 2, area.region.height + 2);
    let mut beside: Vec<f32> = box_of(4).filter(|&(x, y)| !rim.contains_pixel(x, y)).filter_map(ratio).collect();
    let inside = quantile(&mut inside, 0.5)?;
    // Grain must be there all around, as far as it can be seen there.
    if quantile(&mut beside, 0.25).is_some_and(|beside| beside < BESIDE || beside < inside / limit) {
        return None;
    }
    let side = TILE as i32;
    let Region { x, y, width, height } = area.region;
    let region = Region::new(x * side, y * side, width * TILE as u32, height * TILE as u32);
    Some(Hole { region, share, ratio: inside.into() })
}

/// The value that this share of the values does not exceed.
pub(in crate::qc) fn quantile(values: &mut [f32], share: f32) -> Option<f32> {
    if values.is_empty() {
        return None;
    }
    let at = (share * (values.len() - 1) as f32) as usize;
    Some(*values.select_nth_unstable_by(at, f32::total_cmp).1)
}
