//! A rendering's numbers for a renderer elsewhere: the page's shader, which takes every constant from here.

use super::{Chromaticities, ColorSpace, Matrix3, Processor, ViewTransform};
use crate::Result;

/// Which formulas the numbers belong to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) enum Formula {
    /// A matrix.
    #[default]
    Untonemapped,
    /// `aces1`
    Aces1,
    /// `aces2::render`
    Aces2,
}

/// Numbers that are looked up, as a small picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Table {
    pub(crate) width: usize,
    /// Row by row.
    pub(crate) texels: Vec<[f32; 4]>,
}

/// Everything that a rendering has worked out, by the name it has in the core.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Numbers {
    pub(crate) formula: Formula,
    /// Row by row.
    pub(crate) matrices: Vec<(&'static str, [[f32; 3]; 3])>,
    pub(crate) scalars: Vec<(&'static str, f32)>,
    /// Empty where the rendering has none.
    pub(crate) table: Table,
}

impl ViewTransform {
    /// As [`Self::processor`], from one of the same view and display: the tables of ACES 2.0 take longer to make than a
    /// frame of a dragged exposure may.
    ///
    /// # Errors
    /// As [`Self::processor`].
    pub(crate) fn processor_like(&self, known: &Processor, from: &ColorSpace) -> Result<Processor> {
        let gain = Matrix3::diagonal([f64::from(self.exposure).exp2(); 3]);
        let source_to = |target: &Chromaticities| Some(from.chromaticities.matrix_to(target)? * gain);
        let in_range = self.exposure.abs() <= 64.0;
        match in_range.then(|| known.with_source(source_to)).flatten() {
            Some(processor) => Ok(processor),
            // A plain matrix; or what cannot be done, which is said there.
            None => self.processor(from),
        }
    }
}
