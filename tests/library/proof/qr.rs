//! QR codes on signs in the street, for `no_modern_elements`.

use blender_gsd::frame::Region;
use blender_gsd::qc::CheckId;
use qrcode::{Color, QrCode};

use super::{Defect, Expected, Numbers, Shot, Truth};

/// Light of a sign's white and black, in the shade and in the sun.
const SIGNS: [[f32; 2]; 2] = [[0.16, 0.012], [0.9, 0.05]];
/// Modules of white around a code (ISO/IEC 18004, 9.1).
const QUIET: f32 = 4.0;

pub(super) fn defects() -> Vec<Defect> {
    let defect = |expected, name, strength, side: f32, is_code| Defect {
        check: CheckId::NoModernElements,
        name,
        strength,
        expected,
        inject: Box::new(move |shot: &mut Shot, numbers: &mut Numbers| sign(shot, numbers, side, is_code)),
    };
    vec![
        defect(Expected::Measured, "QR code", "modules of 2.5 px", 2.5, true),
        defect(Expected::Found, "QR code", "modules of 4 px", 4.0, true),
        defect(Expected::Found, "QR code", "modules of 6 px", 6.0, true),
        defect(Expected::Clean, "mosaic", "tiles of 4 px", 4.0, false),
    ]
}

/// A sign, turned and seen at an angle, with grain: a code, or tiles that are none.
fn sign(shot: &mut Shot, numbers: &mut Numbers, side: f32, is_code: bool) -> Option<Truth> {
    let code = QrCode::new(b"https://example.com/menu").ok()?;
    let count = code.width();
    let tiles: Vec<bool> = (0..count * count).map(|_| numbers.between(0.0, 1.0) < 0.5).collect();
    let is_dark = |u: f32, v: f32| {
        let inside = 0.0..count as f32;
        if !inside.contains(&u) || !inside.contains(&v) {
            return false;
        }
        let (column, row) = (u as usize, v as usize);
        if is_code { code[(column, row)] == Color::Dark } else { tiles[row * count + column] }
    };
    let extent = (count as f32 + 2.0 * QUIET) * side;
    // Turned by up to 20 degrees, a box of 1.3 times the side holds it.
    let room = (1.3 * extent).ceil();
    if room * 1.15 > shot.width.min(shot.height) as f32 {
        return None;
    }
    let place = shot.place(numbers, room / shot.width as f32, room / shot.height as f32);
    let (sin, cos) = numbers.between(-0.35, 0.35).sin_cos();
    let squeeze = numbers.between(0.8, 1.0);
    let tilt = numbers.between(-0.15, 0.15) / extent;
    let [white, black] = SIGNS[usize::from(numbers.between(0.0, 1.0) < 0.5)];
    let center = [place.x as f32 + room / 2.0, place.y as f32 + room / 2.0];
    // Sixteen samples a pixel, as a lens and a sensor would average them.
    let light = |x: usize, y: usize| -> Option<f32> {
        let mut sum = 0.0;
        for step in 0..16 {
            let (dx, dy) =
                (x as f32 + (step % 4) as f32 / 4.0 - center[0], y as f32 + (step / 4) as f32 / 4.0 - center[1]);
            let (across, down) = ((cos * dx + sin * dy) / squeeze, cos * dy - sin * dx);
            let depth = 1.0 + tilt * across;
            let [u, v] = [across, down].map(|at| at / depth / side + count as f32 / 2.0);
            let edge = -QUIET..count as f32 + QUIET;
            if !edge.contains(&u) || !edge.contains(&v) {
                return None;
            }
            sum += if is_dark(u, v) { black } else { white };
        }
        Some(sum / 16.0)
    };
    for frame in 0..shot.frames.len() {
        let mut grain = Numbers::of(&["sign", &frame.to_string()]);
        shot.paint(frame, place, |x, y, under| match light(x, y) {
            Some(light) => [(); 3].map(|()| light + 0.04 * light * grain.normal()),
            None => under,
        });
    }
    let half = (extent - 2.0 * QUIET * side) / 2.0;
    let region =
        Region::new((center[0] - half) as i32, (center[1] - half) as i32, (2.0 * half) as u32, (2.0 * half) as u32);
    Some(Truth::always(shot, Some(region)))
}
