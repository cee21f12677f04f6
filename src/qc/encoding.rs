//! Numbers that are no light, in a frame that says it is scene-linear: what a logarithmic encoding or a display's codes leave.
//!
//! Log encodings put black at 0.07 to 0.1 and everything a camera sees about 1 or under, so that no channel of any pixel is
//! dark and none is bright. In light a shadow, or one channel of a saturated colour, is always darker; what stays in there
//! is fog or snow: rare enough for a warning. Codes of 8 bits are multiples of 1/255, and light is not. Sources: AMPAS
//! S-2016-001 (ACEScct: black 0.0729), Arri Log C (0.0928), Kodak Cineon (95/1023).

use crate::exr::{Layer, Part};
use crate::frame::{Frame, Plane};

/// Rows and columns of samples that are looked at, at the most.
const GRID: usize = 192;
/// Samples that a statement needs.
const FEWEST: usize = 1024;
/// Where log encodings have their black, less its grain.
const LOG_BLACK: f32 = 0.04;
/// Where the middle of a picture is in them, day or night, and where no highlight is over.
const LOG_MIDDLE: std::ops::Range<f32> = 0.06..0.65;
const LOG_WHITE: f32 = 1.15;
/// Brightest over darkest: less is a wall, of which nothing can be said; more does not fit between black and white there.
const LOG_RANGE: std::ops::Range<f32> = 1.8..16.0;
/// Share of the samples that must be codes, as far as a half float can say, and how many different ones.
const CODED: f64 = 0.98;
const NEAR_CODE: f32 = 0.07;
const FEWEST_CODES: usize = 12;

/// What the numbers of a frame are instead of light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// A logarithm of it.
    Log,
    /// A display's codes over 255.
    Codes,
}

/// What samples all over the frame look like; `None` where they can be light.
pub(super) fn told(frame: &Frame, layer: &Layer, part: &Part) -> Option<Encoding> {
    let plane = |index: usize| -> Option<&Plane> { frame.plane(&part.channels.get(index)?.name) };
    let [r, g, b] = layer.color;
    let planes = [plane(r)?, plane(g)?, plane(b)?];
    let size = [frame.data_window.width as usize, frame.data_window.height as usize];
    let [step_x, step_y] = size.map(|side| side.div_ceil(GRID).max(1));
    let places = (step_y / 2..size[1])
        .step_by(step_y)
        .flat_map(|y| (step_x / 2..size[0]).step_by(step_x).map(move |x| y * size[0] + x));
    let pixel = |place: usize| {
        Some([planes[0].samples.get(place)?, planes[1].samples.get(place)?, planes[2].samples.get(place)?])
    };
    let pixels: Vec<[f32; 3]> = places.filter_map(pixel).filter(|rgb| rgb.iter().all(|v| v.is_finite())).collect();
    if pixels.len() < FEWEST {
        return None;
    }
    match () {
        () if are_codes(&pixels) => Some(Encoding::Codes),
        () if are_log(&pixels) => Some(Encoding::Log),
        () => None,
    }
}

fn are_codes(pixels: &[[f32; 3]]) -> bool {
    let mut seen = [false; 256];
    let mut near = 0_usize;
    for &value in pixels.iter().flatten() {
        let code = value * 255.0;
        if (0.0..255.5).contains(&code) && (code - code.round()).abs() < NEAR_CODE {
            near += 1;
            seen[code.round() as usize] = true;
        }
    }
    near as f64 >= CODED * (3 * pixels.len()) as f64 && seen.iter().filter(|&&seen| seen).count() >= FEWEST_CODES
}

fn are_log(pixels: &[[f32; 3]]) -> bool {
    let by = |of: fn(&[f32; 3]) -> f32, share: f64| {
        let mut values: Vec<f32> = pixels.iter().map(of).collect();
        let place = (share * (values.len() - 1) as f64) as usize;
        *values.select_nth_unstable_by(place, f32::total_cmp).1
    };
    let darkest: fn(&[f32; 3]) -> f32 = |rgb| rgb[0].min(rgb[1]).min(rgb[2]);
    let brightest: fn(&[f32; 3]) -> f32 = |rgb| rgb[0].max(rgb[1]).max(rgb[2]);
    let low = by(darkest, 0.005);
    let high = by(brightest, 0.995);
    low >= LOG_BLACK
        && high <= LOG_WHITE
        && LOG_RANGE.contains(&(high / low))
        && LOG_MIDDLE.contains(&by(|rgb| rgb[1], 0.5))
}
