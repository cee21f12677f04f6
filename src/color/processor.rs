//! A view, made ready to run over rows.

use half::f16;

use super::aces1::Aces1;
use super::aces2::Aces2;
use super::block::{BLOCK, Lane, Work, each, for_each, mul};
use super::grade::GradeKernel;
use super::math::Bound;
#[cfg(feature = "web")]
use super::numbers::{Formula, Numbers, Table};
use super::{Encoding, Matrix3, code_u8, code_u16, simd};
use crate::widen::widen;

/// What a [`super::ViewTransform`] does to pixels of one source space, with every number worked out.
///
/// Build it once, use it for every row of every frame. It is total: NaN becomes 0, an infinity becomes the largest
/// finite number that the arithmetic carries, so every output is finite. Rows are worked on with the widest SIMD that the
/// machine has; the values are the same with any.
#[derive(Debug, Clone, PartialEq)]
pub struct Processor {
    /// What comes before the rendering; it leaves what the rendering takes.
    grade: Option<Box<GradeKernel>>,
    rendering: Rendering,
    encoding: Encoding,
}

/// From scene-linear source to display-linear target, exposure included.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rendering {
    /// A change of primaries.
    Untonemapped([[f32; 3]; 3]),
    /// ACES 1.3.
    Aces1(Box<Aces1>),
    /// ACES 2.0.
    Aces2(Box<Aces2>),
}

/// Beyond this, sums of three products could overflow.
pub(super) const LARGEST: f32 = f32::MAX / 1e6;

impl Processor {
    pub(super) fn new(rendering: Rendering, encoding: Encoding) -> Self {
        Self { grade: None, rendering, encoding }
    }

    /// The same after a grade.
    pub(super) fn with_grade(self, grade: GradeKernel) -> Self {
        Self { grade: Some(Box::new(grade)), ..self }
    }

    /// A change of primaries, then the display's encoding.
    pub fn untonemapped(matrix: &Matrix3, encoding: Encoding) -> Self {
        Self::new(Rendering::Untonemapped(matrix.to_f32()), encoding)
    }

    /// The matrix on linear light, row by row, where the view is nothing else.
    pub fn matrix(&self) -> Option<&[[f32; 3]; 3]> {
        match (&self.rendering, &self.grade) {
            (Rendering::Untonemapped(matrix), None) => Some(matrix),
            _ => None,
        }
    }

    /// The display's encoding; linear where a show LUT has encoded already.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Changes three rows of the same length from scene-linear to display values, not cut to 0..1.
    ///
    /// # Panics
    /// If the rows differ in length.
    pub fn apply(&self, [r, g, b]: [&mut [f32]; 3]) {
        assert!(r.len() == g.len() && g.len() == b.len(), "rows of one picture have one length");
        simd::dispatch(Rows { processor: self, r, g, b });
    }

    /// Three rows to interleaved 8-bit codes, `output.len()` being three times their length.
    ///
    /// # Panics
    /// If the lengths do not fit.
    pub fn codes_u8(&self, rgb: [Row<'_>; 3], output: &mut [u8]) {
        check_lengths(&rgb, output.len());
        simd::dispatch(Codes { processor: self, rgb, output, code: code_u8 });
    }

    /// Three rows to interleaved 16-bit codes, `output.len()` being three times their length.
    ///
    /// # Panics
    /// If the lengths do not fit.
    pub fn codes_u16(&self, rgb: [Row<'_>; 3], output: &mut [u16]) {
        check_lengths(&rgb, output.len());
        simd::dispatch(Codes { processor: self, rgb, output, code: code_u16 });
    }

    /// One pixel, the same numbers as [`Self::apply`].
    pub fn apply_pixel(&self, [mut r, mut g, mut b]: [f32; 3]) -> [f32; 3] {
        let pixel = std::slice::from_mut;
        self.apply([pixel(&mut r), pixel(&mut g), pixel(&mut b)]);
        [r, g, b]
    }

    /// The same rendering, without the encoding.
    #[cfg(feature = "web")]
    pub(crate) fn light(&self) -> Self {
        Self { encoding: Encoding::Linear, ..self.clone() }
    }

    /// What a shader needs to do the same.
    #[cfg(feature = "web")]
    pub(crate) fn numbers(&self) -> Numbers {
        match &self.rendering {
            Rendering::Untonemapped(matrix) => Numbers {
                formula: Formula::Untonemapped,
                matrices: vec![("matrix", *matrix)],
                scalars: Vec::new(),
                table: Table::default(),
            },
            Rendering::Aces1(aces) => aces.numbers(),
            Rendering::Aces2(aces) => aces.numbers(),
        }
    }

    #[inline(always)]
    fn apply_block(&self, rgb: &mut [Lane; 3]) {
        for_each(rgb, |v| each(v, finite));
        if let Some(grade) = &self.grade {
            grade.apply(rgb);
        }
        match &self.rendering {
            Rendering::Untonemapped(matrix) => for_each(rgb, |v| mul(matrix, v)),
            Rendering::Aces1(aces) => aces.render(rgb),
            Rendering::Aces2(aces) => aces.render(rgb),
        }
        for lane in rgb {
            self.encoding.encode_lane(lane);
        }
    }
}

fn check_lengths(rgb: &[Row<'_>; 3], output: usize) {
    let same = rgb.iter().all(|row| row.length() == rgb[0].length());
    assert!(same && output == rgb[0].length() * 3, "rows of one picture have one length, codes three times that");
}

/// A row of scene-linear samples, as a file has them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Row<'a> {
    /// 16-bit floats; they are widened a few at a time, in the nearest cache.
    Half(&'a [f16]),
    /// 32-bit floats.
    Float(&'a [f32]),
}

impl Row<'_> {
    fn length(&self) -> usize {
        match self {
            Self::Half(samples) => samples.len(),
            Self::Float(samples) => samples.len(),
        }
    }

    /// Fills `lane` with the samples from `start` on, which are there.
    #[inline(always)]
    fn read(&self, start: usize, lane: &mut [f32]) {
        let range = start..start + lane.len();
        match self {
            Self::Half(samples) => widen(&samples[range], lane),
            Self::Float(samples) => lane.copy_from_slice(&samples[range]),
        }
    }
}

/// Rows changed in place.
struct Rows<'a> {
    processor: &'a Processor,
    r: &'a mut [f32],
    g: &'a mut [f32],
    b: &'a mut [f32],
}

impl Work for Rows<'_> {
    #[inline(always)]
    fn run(self) {
        let rows = self.r.chunks_mut(BLOCK).zip(self.g.chunks_mut(BLOCK)).zip(self.b.chunks_mut(BLOCK));
        let mut lanes = [[0.0; BLOCK]; 3];
        for ((r, g), b) in rows {
            let length = r.len();
            for (lane, row) in lanes.iter_mut().zip([&*r, &*g, &*b]) {
                lane[..length].copy_from_slice(row);
            }
            self.processor.apply_block(&mut lanes);
            for (lane, row) in lanes.iter().zip([r, g, b]) {
                row.copy_from_slice(&lane[..length]);
            }
        }
    }
}

/// Rows to interleaved codes.
struct Codes<'a, T, F> {
    processor: &'a Processor,
    rgb: [Row<'a>; 3],
    output: &'a mut [T],
    code: F,
}

impl<T: Copy + Default, F: Fn(f32) -> T> Work for Codes<'_, T, F> {
    #[inline(always)]
    fn run(self) {
        let mut lanes = [[0.0; BLOCK]; 3];
        for (block, output) in self.output.chunks_mut(3 * BLOCK).enumerate() {
            let length = output.len() / 3;
            for (lane, row) in lanes.iter_mut().zip(&self.rgb) {
                row.read(block * BLOCK, &mut lane[..length]);
            }
            self.processor.apply_block(&mut lanes);
            let mut codes = [[T::default(); 3]; BLOCK];
            for (i, pixel) in codes.iter_mut().enumerate() {
                *pixel = [(self.code)(lanes[0][i]), (self.code)(lanes[1][i]), (self.code)(lanes[2][i])];
            }
            // A length that is known is copied without a call.
            match output.as_chunks_mut::<{ 3 * BLOCK }>() {
                ([whole], []) => whole.copy_from_slice(codes.as_flattened()),
                _ => output.copy_from_slice(&codes.as_flattened()[..3 * length]),
            }
        }
    }
}

/// NaN to 0, infinities and absurdities to the largest number the matrix bears.
#[inline(always)]
fn finite(value: f32) -> f32 {
    let number = if value.is_nan() { 0.0 } else { value };
    number.at_least(-LARGEST).at_most(LARGEST)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Processor, Rows};
    use crate::color::block::Work;
    use crate::color::{Cdl, ColorSpace, Display, Grade, Lut, LutLimits, LutPlace, ShowLut, View, ViewTransform};

    fn all() -> Vec<(String, Processor)> {
        let mut processors = Vec::new();
        for view in View::ALL {
            for display in Display::ALL {
                let transform = ViewTransform { view, display, exposure: 0.0 };
                let processor = transform.processor(&ColorSpace::assumed());
                processors.extend(processor.map(|processor| (transform.describe(&ColorSpace::assumed()), processor)));
            }
        }
        processors.extend(graded());
        processors
    }

    /// A correction and a LUT before a view.
    fn graded() -> Option<(String, Processor)> {
        let (file, limits) =
            (b"LUT_3D_SIZE 2\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n", LutLimits::default());
        let lut = ShowLut { lut: Arc::new(Lut::from_cube(file, "", &limits).ok()?), place: LutPlace::BeforeView };
        let cdl = Cdl::new("", [1.1, 0.9, 1.0], [0.01, 0.0, -0.02], [1.2, 0.8, 1.0], 1.3).ok()?;
        let grade = Grade { cdl: Some(cdl), lut: Some(lut) };
        let (transform, space) = (ViewTransform::default(), ColorSpace::assumed());
        Some((grade.describe(&transform, &space), grade.processor(&transform, &space).ok()?))
    }

    #[test]
    fn no_input_makes_a_number_that_is_not_finite() {
        let extremes =
            [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 65504.0, -65504.0, 1.0, 0.0, -0.0, 1e-45];
        for (name, processor) in all() {
            for r in extremes {
                for g in extremes {
                    for b in extremes {
                        let out = processor.apply_pixel([r, g, b]);
                        assert!(out.iter().all(|v| v.is_finite()), "{name}: {r} {g} {b} became {out:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_simd_width_every_length_and_every_pixel_alone_give_the_same_bits() {
        let inputs: Vec<[f32; 3]> =
            (0..997).map(|i| std::array::from_fn(|c| ((i * (c + 3)) % 131) as f32 * 0.07 - 1.5)).collect();
        let rows = || -> [Vec<f32>; 3] { std::array::from_fn(|c| inputs.iter().map(|rgb| rgb[c]).collect()) };
        for (name, processor) in all() {
            let (mut wide, mut plain) = (rows(), rows());
            processor.apply(wide.each_mut().map(Vec::as_mut_slice));
            let [r, g, b] = plain.each_mut().map(Vec::as_mut_slice);
            Rows { processor: &processor, r, g, b }.run();
            for (i, &rgb) in inputs.iter().enumerate() {
                let bits = |rows: &[Vec<f32>; 3]| -> [u32; 3] { std::array::from_fn(|c| rows[c][i].to_bits()) };
                assert_eq!(bits(&wide), bits(&plain), "{name}: {rgb:?}");
                assert_eq!(bits(&wide), processor.apply_pixel(rgb).map(f32::to_bits), "{name}: {rgb:?}");
            }
        }
    }

    #[test]
    fn grey_ramps_never_fall() {
        for (name, processor) in all() {
            let mut ramp: Vec<f32> = (0..=60_000).map(|i| i as f32 * 5e-4).collect();
            let (mut g, mut b) = (ramp.clone(), ramp.clone());
            processor.apply([&mut ramp, &mut g, &mut b]);
            // A hundredth of a 10-bit code is below what any arithmetic here promises.
            let falls = ramp.windows(2).position(|pair| pair[1] < pair[0] - 1e-5);
            assert_eq!(falls, None, "{name}");
        }
    }
}
