//! Lines of empty pixels through a full matte: what is left between tiles, or between two halves that do not meet.

use super::contour::CELL;
use crate::frame::Region;
use crate::qc::components::Components;

/// A sample up to this is empty, and one over the rest of 1 is full.
const EMPTY: f32 = 0.02;
/// Shorter lines are holes, or gaps between hairs; in pixels.
const SHORTEST: u32 = 24;

/// Marks in a run of rows the pixels that are empty between full neighbours, left and right or above and below. The first
/// and the last row are neighbours only.
pub(super) fn mark(rows: &[&[f32]], left: usize, right: usize, mut found: impl FnMut(usize, usize)) {
    let is_full = |a: f32| a >= 1.0 - EMPTY;
    for y in 1..rows.len().saturating_sub(1) {
        let [above, row, below] = [rows[y - 1], rows[y], rows[y + 1]];
        for x in left..right.min(row.len()) {
            let beside = x > 0 && x + 1 < row.len() && is_full(row[x - 1]) && is_full(row[x + 1]);
            if row[x] <= EMPTY && (beside || is_full(above[x]) && is_full(below[x])) {
                found(x, y);
            }
        }
    }
}

/// The boxes of the lines that marked pixels form, longest first.
pub(super) fn lines(mut points: Vec<[u32; 2]>) -> Vec<Region> {
    points.sort_unstable_by_key(|&[x, y]| [y, x]);
    let mut components = Components::default();
    for [x, y] in points {
        components.add_run(y as i32, x as i32, i64::from(x) + 1);
    }
    let is_line = |region: &Region, pixels: u64| {
        let length = region.width.max(region.height);
        length >= SHORTEST && pixels <= 2 * u64::from(length)
    };
    let all = components.finish(0).into_iter();
    all.filter(|line| is_line(&line.region, line.pixels)).map(|line| line.region).collect()
}

const _: () = assert!(CELL >= 2, "a cell and its border hold a pixel and its neighbours");

#[cfg(test)]
mod tests {
    use super::{lines, mark};
    use crate::frame::Region;

    #[test]
    fn lines_are_told_from_holes_and_edges() {
        let mut plane = vec![vec![1.0_f32; 60]; 60];
        plane.iter_mut().for_each(|row| row[20] = 0.0);
        plane[40][30..34].fill(0.0);
        plane.iter_mut().for_each(|row| row[50..].fill(0.0));
        let rows: Vec<&[f32]> = plane.iter().map(Vec::as_slice).collect();
        let mut points = Vec::new();
        mark(&rows, 0, 60, |x, y| points.push([x as u32, y as u32]));
        assert_eq!(lines(points), [Region::new(20, 1, 1, 58)]);
    }
}
