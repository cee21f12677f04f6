//! Marked pixels to connected areas and their boxes.

use crate::frame::Region;

/// A run of marked pixels in one row.
#[derive(Debug, Clone, Copy)]
struct Run {
    y: i32,
    x: i32,
    /// The column after the last.
    end: i64,
    /// Another run of the same area; its own place if it is the area's root.
    parent: u32,
}

/// Collects marked pixels row by row and joins those that touch, corners included.
///
/// Rows must come from top to bottom, and runs of a row from left to right. Memory grows with the number of runs, not of
/// pixels.
#[derive(Debug, Clone, Default)]
pub struct Components {
    runs: Vec<Run>,
    /// Where the runs of the row above begin, and those of the current row.
    above: usize,
    current: usize,
}

/// An area and its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Component {
    /// The smallest rectangle around it.
    pub region: Region,
    /// Marked pixels in it.
    pub pixels: u64,
}

impl Components {
    /// Marks the pixels of row `y` for which `marked` is true; `x` is the column of the first.
    pub fn add_row(&mut self, x: i32, y: i32, marked: impl IntoIterator<Item = bool>) {
        let mut run: Option<(i64, i64)> = None;
        for (column, marked) in (i64::from(x)..).zip(marked) {
            match (&mut run, marked) {
                (Some((_, end)), true) => *end = column + 1,
                (None, true) => run = Some((column, column + 1)),
                (Some((start, end)), false) => {
                    self.add_run(y, *start as i32, *end);
                    run = None;
                }
                (None, false) => {}
            }
        }
        if let Some((start, end)) = run {
            self.add_run(y, start as i32, end);
        }
    }

    /// Marks the pixels `x .. end` of row `y`.
    pub fn add_run(&mut self, y: i32, x: i32, end: i64) {
        if self.runs.last().is_some_and(|last| last.y != y) {
            self.above = self.current;
            self.current = self.runs.len();
        }
        let index = self.runs.len();
        self.runs.push(Run { y, x, end, parent: index as u32 });
        let touching = (self.above..self.current).filter(|&i| {
            let run = &self.runs[i];
            i64::from(run.y) + 1 == i64::from(y) && i64::from(run.x) <= end && run.end >= i64::from(x)
        });
        for other in touching.collect::<Vec<_>>() {
            self.join(other, index);
        }
        // Runs above that end before this one begins cannot touch a later run of this row.
        while self.above < self.current && self.runs[self.above].end < i64::from(x) {
            self.above += 1;
        }
    }

    /// The areas, largest first; those whose boxes lie within `gap` pixels of each other are one.
    pub fn finish(mut self, gap: u32) -> Vec<Component> {
        let mut areas: Vec<Option<Component>> = vec![None; self.runs.len()];
        for index in 0..self.runs.len() {
            let root = self.root(index);
            let run = self.runs[index];
            let width = (run.end - i64::from(run.x)) as u32;
            let region = Region::new(run.x, run.y, width, 1);
            let area = areas[root].get_or_insert(Component { region, pixels: 0 });
            area.region = area.region.union(&region);
            area.pixels += u64::from(width);
        }
        let mut areas: Vec<Component> = areas.into_iter().flatten().collect();
        areas.sort_by_key(|area| std::cmp::Reverse(area.pixels));
        merge_near(areas, gap)
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.runs[index].parent as usize != index {
            let parent = self.runs[index].parent;
            self.runs[index].parent = self.runs[parent as usize].parent;
            index = parent as usize;
        }
        index
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.runs[a.max(b)].parent = a.min(b) as u32;
    }
}

/// More areas than this are not merged: it is noise, and the work grows with the square.
const MOST_MERGED: usize = 2000;

/// Joins areas whose boxes lie within `gap` pixels of each other.
pub(super) fn merge_near(areas: Vec<Component>, gap: u32) -> Vec<Component> {
    if gap == 0 || areas.len() > MOST_MERGED {
        return areas;
    }
    let mut merged: Vec<Component> = Vec::new();
    for mut area in areas {
        // Joining may bring the grown box near to others again.
        while let Some(near) = merged.iter().position(|other| is_near(&other.region, &area.region, gap)) {
            let other = merged.swap_remove(near);
            area = Component { region: area.region.union(&other.region), pixels: area.pixels + other.pixels };
        }
        merged.push(area);
    }
    merged.sort_by_key(|area| std::cmp::Reverse(area.pixels));
    merged
}

fn is_near(a: &Region, b: &Region, gap: u32) -> bool {
    let gap = i64::from(gap);
    i64::from(a.x) <= b.right() + gap
        && i64::from(b.x) <= a.right() + gap
        && i64::from(a.y) <= b.bottom() + gap
        && i64::from(b.y) <= a.bottom() + gap
}

#[cfg(test)]
mod tests {
    use super::{Component, Components};
    use crate::frame::Region;

    fn of(rows: &[&str], gap: u32) -> Vec<Component> {
        let mut components = Components::default();
        for (y, row) in rows.iter().enumerate() {
            components.add_row(10, y as i32 - 1, row.bytes().map(|byte| byte == b'#'));
        }
        components.finish(gap)
    }

    #[test]
    fn areas_touch_over_corners_and_join_late() {
        let found = of(&["#...#", "#...#", ".#.#.", "..#..", ".....", "#...."], 0);
        let v = Component { region: Region::new(10, -1, 5, 4), pixels: 7 };
        let dot = Component { region: Region::new(10, 4, 1, 1), pixels: 1 };
        assert_eq!(found, [v, dot]);
    }

    #[test]
    fn one_row_apart_is_apart_and_near_ones_merge_when_asked() {
        let rows = ["##...", ".....", "##..#"];
        assert_eq!(of(&rows, 0).len(), 3);
        assert_eq!(
            of(&rows, 1),
            [
                Component { region: Region::new(10, -1, 2, 3), pixels: 4 },
                Component { region: Region::new(14, 1, 1, 1), pixels: 1 },
            ]
        );
    }

    #[test]
    fn a_comb_is_one_area() {
        assert_eq!(of(&["#.#.#.#", "#.#.#.#", "#######"], 0).len(), 1);
        assert_eq!(of(&["#######", "#.#.#.#", "#.#.#.#"], 0).len(), 1);
    }
}
