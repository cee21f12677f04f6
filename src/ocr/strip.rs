//! A line of text, cut out of the picture and laid level, as the recognizer wants it.

use super::boxes::TextBox;
use crate::qc::Grey;

/// Rows of a strip.
pub(super) const HEIGHT: usize = 48;
/// Columns of a strip; shorter lines are filled up with grey, longer ones squeezed.
const WIDTHS: [usize; 2] = [320, 2048];
/// The recognizer halves a strip's width three times.
const STRIDE: usize = 8;

/// Samples as the models want them, row by row.
pub(super) struct Strip {
    pub(super) width: usize,
    pub(super) samples: Vec<f32>,
}

/// A code of 8 bits as the models want it, -1 to 1.
pub(super) fn sample(code: f32) -> f32 {
    code / 127.5 - 1.0
}

/// Cuts out a box.
pub(super) fn cut(picture: &Grey, place: &TextBox) -> Strip {
    let [half_length, half_height] = place.half.map(|side| side.max(0.5));
    let columns = (HEIGHT as f32 * half_length / half_height).ceil().clamp(1.0, WIDTHS[1] as f32) as usize;
    let width = columns.next_multiple_of(STRIDE).max(WIDTHS[0]);
    let mut samples = vec![0.0; width * HEIGHT];
    let steps = [2.0 * half_length / columns as f32, 2.0 * half_height / HEIGHT as f32];
    // As many points a sample as there are pixels in it, so that grain is averaged and no stroke is missed.
    let points = steps.map(|step| step.ceil().max(1.0) as usize);
    let [cos, sin] = place.along;
    for (y, row) in samples.chunks_exact_mut(width).enumerate() {
        for (x, sample_out) in row.iter_mut().take(columns).enumerate() {
            let mut sum = 0.0;
            for j in 0..points[1] {
                for i in 0..points[0] {
                    let u = (x as f32 + (i as f32 + 0.5) / points[0] as f32) * steps[0] - half_length;
                    let v = (y as f32 + (j as f32 + 0.5) / points[1] as f32) * steps[1] - half_height;
                    sum += at(picture, place.center[0] + cos * u - sin * v, place.center[1] + sin * u + cos * v);
                }
            }
            *sample_out = sample(sum / (points[0] * points[1]) as f32);
        }
    }
    Strip { width, samples }
}

/// The code at a place between pixels, by the four around it; the picture's edge goes on outside.
fn at(picture: &Grey, x: f32, y: f32) -> f32 {
    let (x, y) = (x - 0.5, y - 0.5);
    let [column, row] = [x.floor(), y.floor()];
    let within = |at: f32, size: usize| at.clamp(0.0, size.saturating_sub(1) as f32) as usize;
    let code = |i: f32, j: f32| {
        let place = within(row + j, picture.height) * picture.width + within(column + i, picture.width);
        picture.codes.get(place).copied().map_or(0.0, f32::from)
    };
    let (u, v) = (x - column, y - row);
    let (upper, lower) =
        (code(0.0, 0.0) * (1.0 - u) + code(1.0, 0.0) * u, code(0.0, 1.0) * (1.0 - u) + code(1.0, 1.0) * u);
    upper * (1.0 - v) + lower * v
}

#[cfg(test)]
mod tests {
    use super::{HEIGHT, TextBox, cut, sample};
    use crate::qc::Grey;

    #[test]
    fn a_turned_box_is_laid_level() {
        // A ramp along the diagonal: level strips along it have columns of one value.
        let codes = (0..100 * 100).map(|at| (at % 100 + at / 100) as u8).collect();
        let picture = Grey { width: 100, height: 100, codes };
        let along = [std::f32::consts::FRAC_1_SQRT_2; 2];
        let place = TextBox { center: [50.0, 50.0], along, half: [20.0, 5.0], score: 1.0 };
        let strip = cut(&picture, &place);
        assert_eq!((strip.width, strip.samples.len()), (320, 320 * HEIGHT));
        let columns = 4 * HEIGHT;
        for (column, ramp) in [(0, -1.0), (columns / 2, 0.0), (columns - 1, 1.0_f32)] {
            let wanted = sample(99.0 + ramp * 20.0 * std::f32::consts::SQRT_2);
            for row in [0, HEIGHT / 2, HEIGHT - 1] {
                let found = strip.samples[row * strip.width + column];
                assert!((found - wanted).abs() < 0.01, "{column} {row}: {found} {wanted}");
            }
        }
        assert_eq!(strip.samples[columns], 0.0);
    }
}
