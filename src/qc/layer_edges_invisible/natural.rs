//! How sharp the frame's own edges are, away from any matte's.

use super::arc::step_width;
use super::fit::quantile;
use super::light::{LARGEST_STRIDE, Light, REACH, SAMPLES, Window};
use super::section::Section;
use super::verdict::Natural;
use crate::par;

/// Tiles across and down that are searched for an edge each.
const TILES: [usize; 2] = [24, 14];
/// Side of the piece of a tile that is searched, in pixels.
const PIECE: usize = 48;
/// Edges that a statement needs.
const FEWEST: usize = 12;
/// Difference of two neighbours over their sum that can belong to an edge.
const CHANGE: f32 = 0.08;
/// Light on the bright side over the dark side that an edge has at least.
const CONTRAST: f32 = 1.5;

/// Widths of the strongest edge of each tile; `avoid` tells points near a matte's contour. `None` where there are too few.
pub(super) fn natural(light: &Light<'_>, avoid: &[[u32; 2]]) -> Option<Natural> {
    let [width, height] = light.size;
    let tiles = (0..TILES[1]).flat_map(|row| (0..TILES[0]).map(move |column| [column, row])).collect();
    let widths = par::map_init(
        tiles,
        || (),
        |(), [column, row]: [usize; 2]| {
            let left = column * width / TILES[0];
            let top = row * height / TILES[1];
            let piece = [PIECE.min(width / TILES[0]), PIECE.min(height / TILES[1])];
            let at = strongest(light, [left, top], piece)?;
            let is_near = |other: &[u32; 2]| {
                at[0].abs_diff(other[0] as usize) < 2 * REACH && at[1].abs_diff(other[1] as usize) < 2 * REACH
            };
            if avoid.iter().any(is_near) { None } else { edge_width(light, at) }
        },
    );
    let widths: Vec<f64> = widths.into_iter().flatten().collect();
    if widths.len() < FEWEST {
        return None;
    }
    Some(Natural { sharp: quantile(widths.iter().copied(), 0.2)?, typical: quantile(widths, 0.5)? })
}

/// The pixel of a piece where light changes most, relative to itself.
fn strongest(light: &Light<'_>, [left, top]: [usize; 2], [width, height]: [usize; 2]) -> Option<[usize; 2]> {
    let (mut above, mut row) = (vec![0.0; width], vec![0.0; width]);
    let mut best = (CHANGE, None);
    for y in top..top + height {
        light.luminance(left, y, &mut row);
        for x in 1..width {
            let (here, before) = (row[x], row[x - 1]);
            let sum = here.max(0.0) + before.max(0.0) + 0.02;
            let across = (here - before).abs() / sum;
            let down = if y > top { (here - above[x]).abs() / (here.max(0.0) + above[x].max(0.0) + 0.02) } else { 0.0 };
            let change = across.max(down);
            if change > best.0 {
                best = (change, Some([left + x, y]));
            }
        }
        std::mem::swap(&mut above, &mut row);
    }
    best.1
}

/// The 10-90 % width of the edge at a pixel, if it is a single straight one.
fn edge_width(light: &Light<'_>, [x, y]: [usize; 2]) -> Option<f64> {
    let mut stride = 1;
    while stride <= LARGEST_STRIDE {
        let spot = light.spot(x as f64, y as f64, stride)?;
        let window = light.luminance_window(spot);
        if let Some(width) = as_matte(&window).and_then(|alpha| {
            let section = Section::new(&alpha)?;
            step_width(&section.profile(&window), &section)
        }) {
            return Some(width * stride as f64);
        }
        stride *= 2;
    }
    None
}

/// The window's light as coverage: its dark tenth is 0, its bright tenth 1.
fn as_matte(window: &Window) -> Option<Window> {
    let mut sorted = *window;
    sorted.sort_unstable_by(f32::total_cmp);
    let (dark, bright) = (sorted[SAMPLES / 8], sorted[SAMPLES * 7 / 8]);
    if bright < CONTRAST * dark.max(0.001) {
        return None;
    }
    Some(window.map(|light| ((light - dark) / (bright - dark)).clamp(0.0, 1.0)))
}
