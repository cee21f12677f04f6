//! Without any matte: an area without the grain around it, whose outline changes from one pixel to the next. A sign or a
//! window frame is as sharp, but it has the frame's grain; a hole in the grain with soft borders is for `grain_visible`.
//! Both together are what a cut-out leaves. What is found is never more than a warning.

use super::contour::{CELL, Cell, Contour, MOST_CELLS, group};
use super::light::Light;
use super::texture::GrainMap;
use super::verdict::{Cause, Verdict};
use crate::frame::Region;
use crate::par;
use crate::qc::Severity;
use crate::qc::events::iou;
use crate::qc::grain_visible::holes;

/// Rows of cells that one job looks at.
const BAND: usize = 8;
/// A step is this many times the differences on both sides of it.
const ABRUPT: f32 = 4.0;
/// And this much of the light there.
const CONTRAST: f32 = 0.1;
/// Light that is added before shares are taken, scene-linear: darker steps are not seen.
const TOE: f32 = 0.008;
/// Share of an outline's length that must be abrupt: where both sides have the same light, nothing changes.
const HELD: f64 = 0.25;
/// Overlap of the steps' box and the hole's.
const SAME: f64 = 0.5;

/// Areas that were cut out and laid in, in the data window.
pub(super) fn cut_outs(light: &Light<'_>, grain: &GrainMap<'_>) -> Vec<(Region, Verdict)> {
    let holes = holes::find(grain.survey(), grain.floor(), grain.thresholds(), |_, graded| graded.ratio);
    if holes.is_empty() {
        return Vec::new();
    }
    let steps = cells(light);
    let found = holes.iter().filter_map(|hole| {
        let area = grain.place(hole.region);
        let (region, held) = outline(&steps, &area);
        (held >= HELD && iou(&region, &area) >= SAME).then(|| {
            let limit = grain.thresholds().hole_ratio;
            let measured = hole.ratio;
            (region, Verdict { cause: Cause::CutOut, measured, limit, severity: Severity::Warning, confidence: held })
        })
    });
    found.collect()
}

/// The box of the longest run of steps around an area, and the share of the area's outline that they make up.
fn outline(steps: &[Cell], area: &Region) -> (Region, f64) {
    /// Pixels around the area in which its outline may lie: grain is measured in tiles.
    const AROUND: i32 = 24;
    let grown =
        Region::new(area.x - AROUND, area.y - AROUND, area.width + 2 * AROUND as u32, area.height + 2 * AROUND as u32);
    let near: Vec<Cell> =
        steps.iter().copied().filter(|cell| grown.contains_pixel(cell.point[0] as i32, cell.point[1] as i32)).collect();
    let whole = group(&near).into_iter().fold(Contour::default(), |mut all, part| {
        all.region = all.region.union(&part.region);
        all.points.extend(part.points);
        all
    });
    let around = 2.0 * f64::from(area.width + area.height) / CELL as f64;
    (whole.region, whole.points.len() as f64 / around.max(1.0))
}

/// Cells that hold an abrupt step.
fn cells(light: &Light<'_>) -> Vec<Cell> {
    let [width, height] = light.size;
    let rows = height / CELL;
    let bands = par::map_init(
        (0..rows).step_by(BAND).collect(),
        || (vec![0.0; width * (CELL + 3)], vec![false; width]),
        |(samples, steps), first: usize| {
            let mut cells = Vec::new();
            for row in first..(first + BAND).min(rows) {
                let (top, count) = (row * CELL, (height - row * CELL).min(CELL + 2));
                // The row above, if there is one, then the cells' rows and two below.
                let above = top.min(1);
                for (y, samples) in samples.chunks_exact_mut(width).take(count + above).enumerate() {
                    light.green(0, top + y - above, samples);
                }
                steps.fill(false);
                let lines: Vec<&[f32]> = samples.chunks_exact(width).take(count + above).collect();
                lines.iter().skip(above).take(CELL).for_each(|line| steps_across(line, steps));
                lines.windows(4).for_each(|lines| steps_down(lines, steps));
                let columns = steps.chunks_exact(CELL).enumerate().filter(|(_, cell)| cell.contains(&true));
                let cell = |column: usize| Cell {
                    column: column as u32,
                    row: row as u32,
                    point: [(column * CELL) as u32, top as u32],
                };
                cells.extend(columns.map(|(column, _)| cell(column)));
            }
            cells
        },
    );
    let mut cells: Vec<Cell> = bands.into_iter().flatten().collect();
    cells.truncate(MOST_CELLS);
    cells
}

/// Whether the middle one of three differences is a step: four neighbouring samples.
fn is_step(a: f32, b: f32, c: f32, d: f32) -> bool {
    let step = (c - b).abs();
    let beside = (b - a).abs().max((d - c).abs());
    (step > ABRUPT * beside) & (step > CONTRAST * (b + c + TOE))
}

fn steps_across(line: &[f32], steps: &mut [bool]) {
    for (step, samples) in steps.iter_mut().skip(1).zip(line.windows(4)) {
        *step |= is_step(samples[0], samples[1], samples[2], samples[3]);
    }
}

fn steps_down(lines: &[&[f32]], steps: &mut [bool]) {
    let [a, b, c, d] = lines else { return };
    for ((((step, a), b), c), d) in steps.iter_mut().zip(*a).zip(*b).zip(*c).zip(*d) {
        *step |= is_step(*a, *b, *c, *d);
    }
}
