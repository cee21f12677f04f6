//! QR codes on signs in the street, for `no_modern_elements`.

use blender_gsd::qc::CheckId;
use qrcode::{Color, QrCode};

use super::sign::Sign;
use super::{Defect, Expected, Numbers, Shot, Truth};

/// Modules of white around a code (ISO/IEC 18004, 9.1).
const QUIET: f32 = 4.0;

pub(super) fn defects() -> Vec<Defect> {
    let defect = |expected, name, strength, side: f32, is_code| Defect {
        check: CheckId::NoModernElements,
        name,
        strength,
        expected,
        inject: Box::new(move |shot: &mut Shot, numbers: &mut Numbers| code(shot, numbers, side, is_code)),
    };
    vec![
        defect(Expected::Measured, "QR code", "modules of 2 px", 2.0, true),
        defect(Expected::Measured, "QR code", "modules of 2.5 px", 2.5, true),
        defect(Expected::Found, "QR code", "modules of 4 px", 4.0, true),
        defect(Expected::Found, "QR code", "modules of 6 px", 6.0, true),
        defect(Expected::Clean, "mosaic", "tiles of 4 px", 4.0, false),
    ]
}

/// A sign with a code, or with tiles that are none; `side` is a module's, in pixels.
fn code(shot: &mut Shot, numbers: &mut Numbers, side: f32, is_code: bool) -> Option<Truth> {
    let code = QrCode::new(b"https://example.com/menu").ok()?;
    let count = code.width();
    let tiles: Vec<bool> = (0..count * count).map(|_| numbers.between(0.0, 1.0) < 0.5).collect();
    let ink = |across: f32, down: f32| {
        let [u, v] = [across, down].map(|at| at / side + count as f32 / 2.0);
        let inside = 0.0..count as f32;
        if !inside.contains(&u) || !inside.contains(&v) {
            return false;
        }
        let (column, row) = (u as usize, v as usize);
        if is_code { code[(column, row)] == Color::Dark } else { tiles[row * count + column] }
    };
    let [content, board] = [count as f32, count as f32 + 2.0 * QUIET].map(|modules| [modules * side; 2]);
    Sign { board, content, ink: &ink }.put_up(shot, numbers)
}
