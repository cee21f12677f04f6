//! Defects that `no_clipped_highlights` and `no_crushed_blacks` must find, and what they must not mind.

use blender_gsd::frame::Region;
use blender_gsd::qc::CheckId;

use super::{Defect, Expected, Numbers, Shot, Truth};

pub(super) fn defects() -> Vec<Defect> {
    let mut all = clipped();
    all.extend(crushed());
    all
}

fn clipped() -> Vec<Defect> {
    let check = CheckId::NoClippedHighlights;
    let found = |name, strength, inject| Defect { check, name, strength, expected: Expected::Found, inject };
    let clean = |name, strength, inject| Defect { check, name, strength, expected: Expected::Clean, inject };
    vec![
        found(
            "white patch of a generated layer",
            "1.0, 8 % of the sides",
            Box::new(|s, n| patch(s, n, 0.08, [1.0; 3])),
        ),
        found(
            "white patch of a generated layer",
            "1.0, 30 % of the sides",
            Box::new(|s, n| patch(s, n, 0.3, [1.0; 3])),
        ),
        found("patch at the format's end", "65504, 5 % of the sides", Box::new(|s, n| patch(s, n, 0.05, [65504.0; 3]))),
        found("one channel at its end", "R at 1.0, 15 % of the sides", Box::new(one_channel)),
        found("glow cut off", "at 0.4 of its peak", Box::new(|s, n| glow(s, n, 0.4, 3.0))),
        found("glow cut off", "at 0.7 of its peak", Box::new(|s, n| glow(s, n, 0.7, 2.0))),
        found("whole frame cut off", "brightest 8 %", Box::new(|s, _| cut_above(s, 0.08))),
        found("whole frame cut off", "brightest 20 %", Box::new(|s, _| cut_above(s, 0.20))),
        found("hot pixel", "20", Box::new(|s, n| hot_pixel(s, n, 20.0))),
        found("hot pixel", "500 in red", Box::new(|s, n| hot_pixel(s, n, 500.0))),
        clean("lamp with shape and grain", "peak 30", Box::new(|s, n| lamp(s, n, 30.0))),
        clean("lamp with shape and grain", "peak 2", Box::new(|s, n| lamp(s, n, 2.0))),
        clean("bright wall with grain", "1.1", Box::new(bright_wall)),
    ]
}

fn crushed() -> Vec<Defect> {
    let check = CheckId::NoCrushedBlacks;
    let found = |name, strength, inject| Defect { check, name, strength, expected: Expected::Found, inject };
    let clean = |name, strength, inject| Defect { check, name, strength, expected: Expected::Clean, inject };
    vec![
        found("black patch", "0, 8 % of the sides", Box::new(|s, n| patch(s, n, 0.08, [0.0; 3]))),
        found("black patch", "0, 25 % of the sides", Box::new(|s, n| patch(s, n, 0.25, [0.0; 3]))),
        found("black patch", "lifted to 0.004", Box::new(|s, n| patch(s, n, 0.2, [0.004; 3]))),
        found("whole frame cut off below", "darkest 8 %", Box::new(|s, _| cut_below(s, 0.08))),
        found("whole frame cut off below", "darkest 20 %", Box::new(|s, _| cut_below(s, 0.2))),
        found("black frame", "one", Box::new(black_frame)),
        found("dead pixel", "0", Box::new(dead_pixel)),
        clean("dark with grain", "0.004 +- 0.001", Box::new(|s, n| dark(s, n, 0.004, 0.001))),
        clean("dark with grain", "0.001 +- 0.0005", Box::new(|s, n| dark(s, n, 0.001, 0.0005))),
        clean("letterbox", "8 % of the height", Box::new(letterbox)),
        clean("no picture there", "alpha 0", Box::new(no_picture)),
    ]
}

/// A box of one colour in all frames.
fn patch(shot: &mut Shot, numbers: &mut Numbers, share: f32, color: [f32; 3]) -> Option<Truth> {
    let region = shot.place(numbers, share, share);
    (0..shot.frames.len()).for_each(|frame| shot.paint(frame, region, |_, _, _| color));
    Some(Truth::always(shot, Some(region)))
}

fn one_channel(shot: &mut Shot, numbers: &mut Numbers) -> Option<Truth> {
    let region = shot.place(numbers, 0.15, 0.15);
    for frame in 0..shot.frames.len() {
        shot.paint(frame, region, |_, _, [_, g, b]| [1.0, g.min(0.9), b.min(0.9)]);
    }
    Some(Truth::always(shot, Some(region)))
}

/// A soft light whose top is cut off; the plate's grain is under it, as far as it is not cut off.
fn glow(shot: &mut Shot, numbers: &mut Numbers, cut: f32, peak: f32) -> Option<Truth> {
    let place = shot.place(numbers, 0.3, 0.3);
    let radius = place.height.min(place.width) as f32 / 2.0;
    let (cx, cy) = (place.x as f32 + place.width as f32 / 2.0, place.y as f32 + place.height as f32 / 2.0);
    let level = cut * peak;
    let mut flat = Region::default();
    for frame in 0..shot.frames.len() {
        shot.paint(frame, place, |x, y, rgb| {
            let far = ((x as f32 - cx).powi(2) + (y as f32 - cy).powi(2)) / (radius * radius);
            let light = peak * (-3.0 * far).exp();
            // The light that the plate has there counts too.
            if light + rgb.into_iter().fold(0.0, f32::max) >= level {
                flat = flat.union(&Region::new(x as i32, y as i32, 1, 1));
            }
            rgb.map(|value| (value + light).min(level))
        });
    }
    (flat.area() > shot.area().area() / 500).then(|| Truth::always(shot, Some(flat)))
}

/// The level over which this share of all brightest channels lies, and the box around them if they hold together.
fn level_above(shot: &Shot, share: f32) -> f32 {
    let rgb = &shot.frames[0].rgb;
    let mut all: Vec<f32> = (0..rgb[0].len()).map(|i| rgb.iter().map(|plane| plane[i]).fold(0.0, f32::max)).collect();
    let at = ((1.0 - share) * (all.len() - 1) as f32) as usize;
    *all.select_nth_unstable_by(at, f32::total_cmp).1
}

fn cut_above(shot: &mut Shot, share: f32) -> Option<Truth> {
    let level = level_above(shot, share);
    if level < 0.06 {
        return None;
    }
    for pixels in &mut shot.frames {
        pixels.rgb.iter_mut().flatten().for_each(|value| *value = value.min(level));
    }
    Some(Truth::always(shot, None))
}

fn cut_below(shot: &mut Shot, share: f32) -> Option<Truth> {
    let level = level_above(shot, 1.0 - share);
    for pixels in &mut shot.frames {
        pixels.rgb.iter_mut().flatten().for_each(|value| *value = (*value - level).max(0.0));
    }
    // Scattered zeros between grain are no crushed black that anyone could see.
    (solid_black(shot) > 0.004).then(|| Truth::always(shot, None))
}

/// The share of blocks of 8 x 8 that are black all over.
fn solid_black(shot: &Shot) -> f64 {
    let (columns, rows) = (shot.width / 8, shot.height / 8);
    let is_black = |column: usize, row: usize| {
        let pixels = (0..64).map(|i| (row * 8 + i / 8) * shot.width + column * 8 + i % 8);
        pixels.into_iter().all(|at| shot.frames[0].rgb.iter().all(|plane| plane[at] == 0.0))
    };
    let black = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
    black.filter(|&(column, row)| is_black(column, row)).count() as f64 / (columns * rows) as f64
}

/// Round and soft, over everything; grain grows with its light.
fn lamp(shot: &mut Shot, numbers: &mut Numbers, peak: f32) -> Option<Truth> {
    let place = shot.place(numbers, 0.2, 0.2);
    let radius = place.height.min(place.width) as f32 / 2.0;
    let (cx, cy) = (place.x as f32 + place.width as f32 / 2.0, place.y as f32 + place.height as f32 / 2.0);
    for frame in 0..shot.frames.len() {
        shot.paint(frame, place, |x, y, rgb| {
            let far = ((x as f32 - cx).powi(2) + (y as f32 - cy).powi(2)) / (radius * radius);
            let light = peak * (1.0 - far.sqrt()).clamp(0.0, 0.5) * 2.0;
            let grain = 1.0 + 0.01 * numbers.normal();
            rgb.map(|value| value + light * grain)
        });
    }
    Some(Truth::always(shot, Some(place)))
}

fn bright_wall(shot: &mut Shot, numbers: &mut Numbers) -> Option<Truth> {
    let region = shot.place(numbers, 0.4, 0.3);
    for frame in 0..shot.frames.len() {
        shot.paint(frame, region, |_, _, _| std::array::from_fn(|_| 1.1 + 0.015 * numbers.normal()));
    }
    Some(Truth::always(shot, Some(region)))
}

fn dark(shot: &mut Shot, numbers: &mut Numbers, level: f32, sigma: f32) -> Option<Truth> {
    let region = shot.place(numbers, 0.5, 0.4);
    for frame in 0..shot.frames.len() {
        shot.paint(frame, region, |_, _, _| std::array::from_fn(|_| (level + sigma * numbers.normal()).max(0.0)));
    }
    Some(Truth::always(shot, Some(region)))
}

fn black_frame(shot: &mut Shot, numbers: &mut Numbers) -> Option<Truth> {
    let frame = numbers.bits() as usize % shot.frames.len();
    let area = shot.area();
    shot.paint(frame, area, |_, _, _| [0.0; 3]);
    Some(Truth { frames: [frame, frame], region: None })
}

fn dead_pixel(shot: &mut Shot, numbers: &mut Numbers) -> Option<Truth> {
    // Somewhere that is not dark, else nobody sees it.
    for _ in 0..200 {
        let place = shot.place(numbers, 0.01, 0.01);
        let at = place.y as usize * shot.width + place.x as usize;
        let near = [0, 1, shot.width, shot.width + 1].map(|step| at + step);
        let rgb = &shot.frames[0].rgb;
        if near.iter().all(|&i| rgb.iter().any(|plane| plane[i] > 0.1)) {
            let pixel = Region::new(place.x, place.y, 1, 1);
            (0..shot.frames.len()).for_each(|frame| shot.paint(frame, pixel, |_, _, _| [0.0; 3]));
            return Some(Truth::always(shot, Some(pixel)));
        }
    }
    None
}

fn hot_pixel(shot: &mut Shot, numbers: &mut Numbers, value: f32) -> Option<Truth> {
    let place = shot.place(numbers, 0.01, 0.01);
    let pixel = Region::new(place.x, place.y, 1, 1);
    let color = if value > 100.0 { [value, 0.2, 0.2] } else { [value; 3] };
    // Where it is not lost in light.
    let at = place.y as usize * shot.width + place.x as usize;
    let is_bright = shot.frames[0].rgb.iter().any(|plane| plane[at] > 0.5);
    (0..shot.frames.len()).for_each(|frame| shot.paint(frame, pixel, |_, _, _| color));
    (!is_bright).then(|| Truth::always(shot, Some(pixel)))
}

fn letterbox(shot: &mut Shot, _numbers: &mut Numbers) -> Option<Truth> {
    let (width, bar) = (shot.width as u32, shot.height as u32 * 8 / 100);
    let bottom = Region::new(0, shot.height as i32 - bar as i32, width, bar);
    for frame in 0..shot.frames.len() {
        for region in [Region::new(0, 0, width, bar), bottom] {
            shot.paint(frame, region, |_, _, _| [0.0; 3]);
        }
    }
    Some(Truth::always(shot, None))
}

fn no_picture(shot: &mut Shot, numbers: &mut Numbers) -> Option<Truth> {
    let region = shot.place(numbers, 0.5, 0.5);
    let (width, height) = (shot.width, shot.height);
    for frame in 0..shot.frames.len() {
        let mut alpha = vec![1.0; width * height];
        shot.paint(frame, region, |x, y, _| {
            alpha[y * width + x] = 0.0;
            [0.0; 3]
        });
        shot.frames[frame].alpha = Some(alpha);
    }
    Some(Truth::always(shot, None))
}
