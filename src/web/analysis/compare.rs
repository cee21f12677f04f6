//! Two versions of a frame: what changed, where, and how much of it can be seen.

use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::{Analysis, read_row};
use crate::frame::Region;
use crate::qc::Components;
use crate::web::object::to_js;

/// Less than this, in 8-bit codes of the display, is noise of the encoders and not seen.
const SEEN: f32 = 2.0;
/// Boxes that are named.
const MOST_BOXES: usize = 8;
/// Areas that are nearer to each other than this, in pixels, are one.
const NEIGHBOURS: u32 = 8;
/// Smaller areas are counted, not named; pixels.
const SMALLEST_BOX: u64 = 16;

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Changes {
    /// Whether both windows have the same place and size.
    same_windows: bool,
    /// Whether every sample is the same, to the bit.
    identical: bool,
    /// Share of pixels with any other sample.
    touched: f64,
    /// Share of pixels that look different: by more than [`SEEN`].
    changed: f64,
    /// The largest difference of a display value, in 8-bit codes.
    largest: f32,
    /// The largest changed areas, from the display window's left top.
    boxes: Vec<Region>,
}

#[wasm_bindgen]
impl Analysis {
    /// What changed from `before` to this frame, looked at alike.
    ///
    /// # Errors
    /// If the look is none.
    pub fn changes(&mut self, before: &Analysis, look: JsValue) -> Result<JsValue, JsValue> {
        let look = self.look(look)?;
        let (new, old) = (&self.frame, &before.frame);
        let common = new.data_window.intersection(&old.data_window);
        let width = common.width as usize;
        let (mut ours, mut theirs): ([Vec<f32>; 3], [Vec<f32>; 3]) =
            (std::array::from_fn(|_| vec![0.0; width]), std::array::from_fn(|_| vec![0.0; width]));
        let mut areas = Components::default();
        let (mut touched, mut changed, mut largest) = (0_u64, 0_u64, 0.0_f32);
        for y in 0..common.height {
            for (rows, frame, color) in [(&mut ours, new, self.color), (&mut theirs, old, before.color)] {
                let at = common.relative_to(&frame.data_window);
                for (row, plane) in rows.iter_mut().zip(color) {
                    read_row(frame, plane, at.y as u32 + y, at.x as u32, row);
                }
            }
            let other = |x: usize| (0..3).any(|c| ours[c][x].to_bits() != theirs[c][x].to_bits());
            let row_touched = (0..width).filter(|&x| other(x)).count() as u64;
            touched += row_touched;
            if row_touched == 0 {
                continue;
            }
            for rows in [&mut ours, &mut theirs] {
                look.light(rows.each_mut().map(Vec::as_mut_slice));
                look.signal(rows.each_mut().map(Vec::as_mut_slice));
            }
            let cut = |value: f32| value.clamp(0.0, 1.0);
            let difference =
                |x: usize| (0..3).map(|c| (cut(ours[c][x]) - cut(theirs[c][x])).abs() * 255.0).fold(0.0, f32::max);
            let marks: Vec<bool> = (0..width)
                .map(|x| {
                    let codes = difference(x);
                    largest = largest.max(codes);
                    codes > SEEN
                })
                .collect();
            changed += marks.iter().filter(|mark| **mark).count() as u64;
            areas.add_row(common.x, common.y.saturating_add(y as i32), marks);
        }
        let mut found = areas.finish(NEIGHBOURS);
        found.retain(|area| area.pixels >= SMALLEST_BOX);
        found.sort_by_key(|area| std::cmp::Reverse(area.pixels));
        let display = new.display_window;
        let share = |count: u64| count as f64 / common.area().max(1) as f64;
        let same_windows = new.data_window == old.data_window && new.display_window == old.display_window;
        to_js(&Changes {
            same_windows,
            identical: same_windows && touched == 0,
            touched: share(touched),
            changed: share(changed),
            largest,
            boxes: found.iter().take(MOST_BOXES).map(|area| area.region.relative_to(&display)).collect(),
        })
    }
}
