//! Colour: where a picture's numbers come from, and what a display needs.
//!
//! Matrices are derived from chromaticities in 64-bit floats, with their sources cited; pixels are 32-bit floats.

mod aces1;
mod aces2;
mod block;
mod cdl;
mod chromaticities;
mod cicp;
mod encoding;
mod grade;
mod log;
mod lut;
mod math;
mod matrix;
#[cfg(feature = "web")]
pub(crate) mod numbers;
mod processor;
mod quantize;
#[cfg(target_arch = "x86_64")]
#[path = "simd/x86_64.rs"]
mod simd;
#[cfg(not(target_arch = "x86_64"))]
#[path = "simd/baseline.rs"]
mod simd;
mod space;
mod view;
pub mod ycbcr;

pub use cdl::Cdl;
pub use chromaticities::{Chromaticities, named};
pub use cicp::Cicp;
pub use encoding::Encoding;
pub use grade::{Grade, LutPlace, ShowLut};
pub use lut::{Lut, LutLimits};
pub use matrix::Matrix3;
pub use processor::{Processor, Row};
pub use quantize::{code_u8, code_u16};
pub use space::{ColorSpace, Origin};
pub use view::{Display, View, ViewTransform};

pub(crate) use block::Work;
pub(crate) use log::{from_acescct, to_acescct};
pub(crate) use math::{exp2, log2, pow};
pub(crate) use simd::dispatch;

use crate::Result;

/// Scene-linear pixels of `from` as Rec.709 display values (BT.1886), without a tone map.
///
/// `rgb` are three rows of the same length, changed in place. Values outside 0..1 stay outside.
///
/// # Errors
/// If the primaries of `from` span no colour volume.
pub fn convert_to_rec709(rgb: [&mut [f32]; 3], from: &ColorSpace) -> Result<()> {
    convert(rgb, from, Display::Rec709)
}

/// Scene-linear pixels of `from` as sRGB display values, without a tone map.
///
/// `rgb` are three rows of the same length, changed in place. Values outside 0..1 stay outside.
///
/// # Errors
/// If the primaries of `from` span no colour volume.
pub fn convert_to_srgb(rgb: [&mut [f32]; 3], from: &ColorSpace) -> Result<()> {
    convert(rgb, from, Display::Srgb)
}

fn convert(rgb: [&mut [f32]; 3], from: &ColorSpace, display: Display) -> Result<()> {
    ViewTransform { view: View::Untonemapped, display, exposure: 0.0 }.processor(from)?.apply(rgb);
    Ok(())
}
