//! Defects that `grain_visible` must find, frames that come twice, and what must not be minded.

use blender_gsd::frame::Region;
use blender_gsd::qc::CheckId;

use super::{Defect, Expected, Numbers, Shot, Truth};

pub(super) fn defects() -> Vec<Defect> {
    let check = CheckId::GrainVisible;
    let of = |expected| move |name, strength, inject| Defect { check, name, strength, expected, inject };
    let (found, measured, clean) = (of(Expected::Found), of(Expected::Measured), of(Expected::Clean));
    vec![
        found("layer without grain", "12 % of the sides", Box::new(|s, n| hole(s, n, 0.12, 0.0))),
        found("layer without grain", "25 % of the sides", Box::new(|s, n| hole(s, n, 0.25, 0.0))),
        found("layer without grain", "50 % of the sides", Box::new(|s, n| hole(s, n, 0.5, 0.0))),
        found("layer with too little grain", "a quarter, 30 % of the sides", Box::new(|s, n| hole(s, n, 0.3, 0.25))),
        measured("layer with too little grain", "0.4, 30 % of the sides", Box::new(|s, n| hole(s, n, 0.3, 0.4))),
        found("no grain at all", "whole frame", Box::new(no_grain)),
        found("grain too strong", "10 codes and more", Box::new(too_strong)),
        found("frozen grain", "whole frame", Box::new(frozen)),
        found("frozen grain", "40 % of the sides", Box::new(frozen_area)),
        found("looped grain", "every third frame", Box::new(looped)),
        found("tiled grain", "every 160 pixels", Box::new(tiled)),
        Defect {
            check: CheckId::FrameRateCorrect,
            name: "duplicate frame",
            strength: "one",
            expected: Expected::Found,
            inject: Box::new(duplicate),
        },
        clean("background out of focus, with grain", "50 % of the sides", Box::new(out_of_focus)),
        clean("flicker", "4 %", Box::new(flicker)),
    ]
}

/// Takes a share of the grain out of a box, in all frames; where a real plate has its own, by smoothing.
fn hole(shot: &mut Shot, numbers: &mut Numbers, share: f32, rest: f32) -> Option<Truth> {
    let region = shot.place(numbers, share, share);
    let before = shot.frames[0].rgb[1].clone();
    for frame in 0..shot.frames.len() {
        let smooth = without_grain(shot, frame);
        let width = shot.width;
        shot.paint(frame, region, |x, y, rgb| {
            std::array::from_fn(|c| {
                let clean = smooth[c][y * width + x];
                clean + rest * (rgb[c] - clean)
            })
        });
    }
    has_lost(shot, &before, &region).then(|| Truth::always(shot, Some(region)))
}

/// Red, green and blue of a frame without grain.
fn without_grain(shot: &Shot, frame: usize) -> [Vec<f32>; 3] {
    match shot.clean.get(frame) {
        Some(clean) if !shot.name.contains('+') => clean.clone(),
        _ => shot.frames[frame].rgb.each_ref().map(|plane| smooth(plane, shot.width, 4)),
    }
}

/// Side of the blocks that fine detail is measured in.
pub(super) const SIDE: usize = 8;

/// Fine detail of a block, per square root of light.
pub(super) fn detail(plane: &[f32], width: usize, left: usize, top: usize) -> f32 {
    let second = |i: usize| {
        let at = (top + i / SIDE) * width + left + i % SIDE;
        plane[at - 2] - 2.0 * plane[at] + plane[at + 2]
    };
    let energy: f32 = (0..SIDE * SIDE).map(|i| second(i) * second(i)).sum();
    (energy / plane[top * width + left].max(0.01)).sqrt()
}

/// Detail of the blocks of a picture that have light, sorted: grain is what the quietest tenth has, if it has no texture.
fn details(plane: &[f32], width: usize) -> Vec<f32> {
    let rows = (SIDE..plane.len() / width - 2 * SIDE).step_by(SIDE);
    let blocks = rows.flat_map(|top| (SIDE..width - 2 * SIDE).step_by(SIDE).map(move |left| (left, top)));
    let lit = blocks.filter(|&(left, top)| plane[top * width + left] > 0.02);
    let mut all: Vec<f32> = lit.map(|(left, top)| detail(plane, width, left, top)).collect();
    all.sort_by(f32::total_cmp);
    all
}

/// Whether grain can be seen in half of the picture, and nothing else there.
fn shows_grain(shot: &Shot) -> bool {
    let all = details(&shot.frames[0].rgb[1], shot.width);
    all.get(all.len() / 10).is_some_and(|grain| all[all.len() / 2] < 2.0 * grain)
}

/// Whether most of a box has lost most of its fine detail, and that was grain: where texture hides the grain, or darkness,
/// nobody sees that it is missing.
fn has_lost(shot: &Shot, before: &[f32], region: &Region) -> bool {
    let after = &shot.frames[0].rgb[1];
    let all_details = details(before, shot.width);
    let Some(grain) = all_details.get(all_details.len() / 10) else { return false };
    let (mut all, mut lost) = (0, 0);
    for top in (region.y as usize..region.bottom() as usize - SIDE).step_by(SIDE) {
        for left in (region.x as usize..region.right() as usize - SIDE).step_by(SIDE) {
            let was = detail(before, shot.width, left, top);
            let is_lost = detail(after, shot.width, left, top) < 0.4 * was && was < 3.0 * grain;
            all += 1;
            lost += usize::from(is_lost && after[top * shot.width + left] > 0.015);
        }
    }
    lost * 3 > all * 2
}

/// Whether grain can be seen in a box: not where all is dark.
fn is_visible(shot: &Shot, region: &Region) -> bool {
    let rgb = &shot.frames[0].rgb;
    let rows = region.y as usize..region.y as usize + region.height as usize;
    let pixels = rows.flat_map(|y| (0..region.width as usize).map(move |x| y * shot.width + region.x as usize + x));
    let (mut all, mut middle) = (0, 0);
    for at in pixels {
        all += 1;
        middle += usize::from((0.02..1.5).contains(&rgb[1][at]));
    }
    middle * 3 > all * 2
}

/// A mean over boxes, twice.
fn smooth(plane: &[f32], width: usize, reach: usize) -> Vec<f32> {
    let height = plane.len() / width;
    let mut result = plane.to_vec();
    for _ in 0..2 {
        for is_row in [true, false] {
            let from = result.clone();
            for y in 0..height {
                for x in 0..width {
                    let (at, end) = if is_row { (x, width) } else { (y, height) };
                    let near = at.saturating_sub(reach)..(at + reach + 1).min(end);
                    let count = near.len() as f32;
                    let value = |i: usize| if is_row { from[y * width + i] } else { from[i * width + x] };
                    result[y * width + x] = near.map(value).sum::<f32>() / count;
                }
            }
        }
    }
    result
}

fn no_grain(shot: &mut Shot, _numbers: &mut Numbers) -> Option<Truth> {
    for frame in 0..shot.frames.len() {
        shot.frames[frame].rgb = without_grain(shot, frame);
    }
    Some(Truth::always(shot, None))
}

fn too_strong(shot: &mut Shot, numbers: &mut Numbers) -> Option<Truth> {
    for pixels in &mut shot.frames {
        let [r, g, b] = &mut pixels.rgb;
        for ((r, g), b) in r.iter_mut().zip(g).zip(b) {
            let common = 0.4 * numbers.normal();
            for value in [r, g, b] {
                *value *= (common + 0.2 * numbers.normal()).exp2();
            }
        }
    }
    Some(Truth::always(shot, None))
}

/// Puts the grain of another frame into a frame, in a box.
fn take_grain(shot: &mut Shot, to: usize, from: &[Vec<f32>; 3], region: Region) {
    let (clean, width) = (shot.clean[to].clone(), shot.width);
    shot.paint(to, region, |x, y, _| std::array::from_fn(|c| clean[c][y * width + x] + from[c][y * width + x]));
}

fn grain_of(shot: &Shot, frame: usize) -> [Vec<f32>; 3] {
    std::array::from_fn(|c| {
        shot.frames[frame].rgb[c].iter().zip(&shot.clean[frame][c]).map(|(with, without)| with - without).collect()
    })
}

fn is_sequence(shot: &Shot) -> bool {
    shot.frames.len() > 3 && shot.clean.len() == shot.frames.len()
}

fn frozen(shot: &mut Shot, _numbers: &mut Numbers) -> Option<Truth> {
    if !is_sequence(shot) {
        return None;
    }
    let (grain, area) = (grain_of(shot, 0), shot.area());
    (1..shot.frames.len()).for_each(|frame| take_grain(shot, frame, &grain, area));
    Some(Truth { frames: [1, shot.frames.len() - 1], region: None })
}

fn frozen_area(shot: &mut Shot, numbers: &mut Numbers) -> Option<Truth> {
    if !is_sequence(shot) {
        return None;
    }
    let region = shot.place(numbers, 0.4, 0.4);
    let (grain, first) = (grain_of(shot, 0), shot.clean[0].clone());
    for frame in 1..shot.frames.len() {
        // A still: its picture does not move either.
        shot.clean[frame] = first.clone();
        take_grain(shot, frame, &grain, region);
    }
    is_visible(shot, &region).then(|| Truth { frames: [1, shot.frames.len() - 1], region: Some(region) })
}

fn looped(shot: &mut Shot, _numbers: &mut Numbers) -> Option<Truth> {
    if !is_sequence(shot) {
        return None;
    }
    let area = shot.area();
    let grains: Vec<_> = (0..3).map(|frame| grain_of(shot, frame)).collect();
    (3..shot.frames.len()).for_each(|frame| take_grain(shot, frame, &grains[frame % 3], area));
    Some(Truth { frames: [3, shot.frames.len() - 1], region: None })
}

fn tiled(shot: &mut Shot, _numbers: &mut Numbers) -> Option<Truth> {
    const PERIOD: usize = 160;
    if shot.clean.is_empty() || !shows_grain(shot) {
        return None;
    }
    let width = shot.width;
    for frame in 0..shot.frames.len() {
        let grain = grain_of(shot, frame);
        let tile = grain.map(|plane| {
            (0..plane.len()).map(|at| plane[at / width % PERIOD * width + at % width % PERIOD]).collect::<Vec<f32>>()
        });
        let area = shot.area();
        take_grain(shot, frame, &tile, area);
    }
    Some(Truth::always(shot, None))
}

fn duplicate(shot: &mut Shot, numbers: &mut Numbers) -> Option<Truth> {
    if !is_sequence(shot) {
        return None;
    }
    let frame = 1 + numbers.bits() as usize % (shot.frames.len() - 1);
    shot.frames[frame] = shot.frames[frame - 1].clone();
    Some(Truth { frames: [frame, frame], region: None })
}

fn out_of_focus(shot: &mut Shot, numbers: &mut Numbers) -> Option<Truth> {
    if shot.clean.is_empty() {
        return None;
    }
    let (region, width) = (shot.place(numbers, 0.5, 0.5), shot.width);
    for frame in 0..shot.frames.len() {
        let grain = grain_of(shot, frame);
        shot.clean[frame] = shot.clean[frame].each_ref().map(|plane| smooth(plane, width, 5));
        take_grain(shot, frame, &grain, region);
    }
    Some(Truth::always(shot, Some(region)))
}

fn flicker(shot: &mut Shot, numbers: &mut Numbers) -> Option<Truth> {
    if !is_sequence(shot) {
        return None;
    }
    for pixels in &mut shot.frames {
        let gain = 1.0 + 0.04 * numbers.normal();
        pixels.rgb.iter_mut().flatten().for_each(|value| *value *= gain);
    }
    Some(Truth::always(shot, None))
}
