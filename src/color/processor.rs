//! A view, made ready to run over rows.

use super::{Encoding, Matrix3};

/// What a [`super::ViewTransform`] does to pixels of one source space, with every number worked out.
///
/// Build it once, use it for every row of every frame. It is total: NaN becomes 0, an infinity becomes the largest
/// finite number that the arithmetic carries, so every output is finite.
#[derive(Debug, Clone, PartialEq)]
pub struct Processor {
    /// Scene-linear source to display-linear target, exposure included.
    matrix: [[f32; 3]; 3],
    encoding: Encoding,
}

/// Beyond this, sums of three products could overflow.
const LARGEST: f32 = f32::MAX / 1e6;

impl Processor {
    /// From a matrix on linear light and the display's encoding.
    pub fn new(matrix: &Matrix3, encoding: Encoding) -> Self {
        Self { matrix: matrix.to_f32(), encoding }
    }

    /// The matrix on linear light, row by row.
    pub fn matrix(&self) -> &[[f32; 3]; 3] {
        &self.matrix
    }

    /// The display's encoding.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Changes three rows of the same length from scene-linear to display values, not cut to 0..1.
    ///
    /// # Panics
    /// If the rows differ in length.
    pub fn apply(&self, [red, green, blue]: [&mut [f32]; 3]) {
        assert!(red.len() == green.len() && green.len() == blue.len(), "rows of one picture have one length");
        for ((r, g), b) in red.iter_mut().zip(&mut *green).zip(&mut *blue) {
            [*r, *g, *b] = self.light([*r, *g, *b]);
        }
        for row in [red, green, blue] {
            self.encoding.encode_row(row);
        }
    }

    /// One pixel, the same numbers as [`Self::apply`].
    pub fn apply_pixel(&self, rgb: [f32; 3]) -> [f32; 3] {
        self.light(rgb).map(|light| self.encoding.encode(light))
    }

    /// Scene-linear to display-linear.
    #[inline(always)]
    fn light(&self, rgb: [f32; 3]) -> [f32; 3] {
        let [r, g, b] = rgb.map(finite);
        self.matrix.map(|row| row[0] * r + row[1] * g + row[2] * b)
    }
}

/// NaN to 0, infinities and absurdities to the largest number the matrix bears.
#[inline(always)]
fn finite(value: f32) -> f32 {
    let number = if value.is_nan() { 0.0 } else { value };
    number.clamp(-LARGEST, LARGEST)
}

#[cfg(test)]
mod tests {
    use super::Processor;
    use crate::color::{ColorSpace, Display, View, ViewTransform};

    fn processor(display: Display) -> crate::Result<Processor> {
        ViewTransform { view: View::Untonemapped, display, exposure: 0.0 }.processor(&ColorSpace::assumed())
    }

    #[test]
    fn no_input_makes_a_number_that_is_not_finite() -> crate::Result<()> {
        let extremes = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 65504.0, 0.0, -0.0, 1e-45];
        for display in Display::ALL {
            let processor = processor(display)?;
            for r in extremes {
                for g in extremes {
                    for b in extremes {
                        let out = processor.apply_pixel([r, g, b]);
                        assert!(out.iter().all(|v| v.is_finite()), "{r} {g} {b} became {out:?}");
                    }
                }
            }
        }
        Ok(())
    }

    #[test]
    fn a_row_and_a_pixel_get_the_same_bits() -> crate::Result<()> {
        let processor = processor(Display::Srgb)?;
        let inputs: Vec<[f32; 3]> =
            (0..997).map(|i| std::array::from_fn(|c| ((i * (c + 3)) % 131) as f32 * 0.07 - 1.5)).collect();
        let mut rows: [Vec<f32>; 3] = std::array::from_fn(|c| inputs.iter().map(|rgb| rgb[c]).collect());
        processor.apply(rows.each_mut().map(Vec::as_mut_slice));
        for (i, &rgb) in inputs.iter().enumerate() {
            let expected = processor.apply_pixel(rgb);
            let found: [f32; 3] = std::array::from_fn(|c| rows[c][i]);
            assert_eq!(found.map(f32::to_bits), expected.map(f32::to_bits), "{rgb:?}");
        }
        Ok(())
    }
}
