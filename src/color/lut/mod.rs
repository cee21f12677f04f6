//! Show LUTs: one-dimensional curves, three-dimensional tables, or a curve (the shaper) before a table.
//!
//! Curves are interpolated linearly, tables tetrahedrally; values outside the domain get what its border has. The inputs
//! that a LUT of this film takes are ACEScct: see [`super::Grade`].

mod cube;
mod curve;
mod domain;
mod table;

use super::block::{BLOCK, Lane};
use crate::Result;
use crate::error::Error;
use curve::Curve;
use domain::Domain;
use table::Table;

/// A LUT, ready to be applied. Its numbers are checked: every output is finite.
#[derive(Debug, Clone, PartialEq)]
pub struct Lut {
    name: String,
    curve: Option<Curve>,
    table: Option<Table>,
}

/// How much a LUT file may make us allocate; checked before memory is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LutLimits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Entries of a curve.
    pub entries_1d: usize,
    /// Entries along one side of a table.
    pub side_3d: usize,
}

impl Default for LutLimits {
    /// A curve of 65536 entries, a table of 129^3 (which is 36 MB in memory), a file of 256 MiB: twice what such a table
    /// takes with every digit written out.
    fn default() -> Self {
        Self { file_bytes: 256 << 20, entries_1d: 65_536, side_3d: 129 }
    }
}

impl LutLimits {
    /// Whether a file of that many bytes may be read.
    ///
    /// # Errors
    /// If it may not.
    pub fn check_file(&self, bytes: u64) -> Result<()> {
        if bytes <= self.file_bytes {
            return Ok(());
        }
        let what = format!("a LUT file of {bytes} bytes is not read, the limit is {}", self.file_bytes);
        Err(Error::limit(what, "A table of 33 or 65 entries a side is enough for a show LUT"))
    }
}

impl Lut {
    /// A LUT out of a `.cube` file: the Iridas kind (Adobe, "Cube LUT Specification 1.0": one table, `DOMAIN_MIN` and
    /// `DOMAIN_MAX`) or the Resolve kind (a curve, a table or both, `LUT_1D_INPUT_RANGE` and `LUT_3D_INPUT_RANGE`).
    ///
    /// `name` is what reports call it: the file's name.
    ///
    /// # Errors
    /// With the line, if the file is no such LUT, contradicts itself, or holds a number that is not finite; if it passes
    /// a limit.
    pub fn from_cube(bytes: &[u8], name: &str, limits: &LutLimits) -> Result<Self> {
        let (curve, table) = cube::read(bytes, limits)?;
        Ok(Self { name: name.to_owned(), curve, table })
    }

    /// One pixel, the same numbers as in rows. NaN counts as the least value of the domain.
    pub fn apply_pixel(&self, rgb: [f32; 3]) -> [f32; 3] {
        let mut lanes = rgb.map(|value| [value; BLOCK]);
        self.apply(&mut lanes);
        lanes.map(|lane| lane[0])
    }

    #[inline(always)]
    pub(super) fn apply(&self, rgb: &mut [Lane; 3]) {
        if let Some(curve) = &self.curve {
            curve.apply(rgb);
        }
        if let Some(table) = &self.table {
            table.apply(rgb);
        }
    }
}

impl std::fmt::Display for Lut {
    /// `LUT show.cube`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LUT {}", self.name)
    }
}
