//! Pictures in memory: planar, samples in the file's own type, windows as OpenEXR defines them.

mod plane;
mod region;
pub mod resample;

pub use plane::{Plane, SampleType, Samples};
pub use region::Region;

use crate::color::ColorSpace;

/// One decoded picture.
///
/// Every plane covers `data_window`, row by row from the top left, without padding.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frame {
    /// Where the samples lie, in the coordinates of the display window.
    pub data_window: Region,
    /// The picture as it is meant to be seen; pixels outside the data window are black.
    pub display_window: Region,
    /// One per channel that was asked for, in the order asked.
    pub planes: Vec<Plane>,
    /// The space the colour planes are in, and how that is known.
    pub color_space: ColorSpace,
    /// Areas of the data window that could not be read; their samples are zero.
    pub missing: Vec<Missing>,
}

/// An area of the data window that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// In the coordinates of the display window.
    pub region: Region,
    /// The chunk's own trouble, in words.
    pub reason: String,
}

impl Frame {
    /// The plane of that full channel name.
    pub fn plane(&self, name: &str) -> Option<&Plane> {
        self.planes.iter().find(|plane| plane.name == name)
    }

    /// Bytes of all planes.
    pub fn byte_size(&self) -> usize {
        self.planes.iter().map(|plane| plane.samples.bytes().len()).sum()
    }
}
