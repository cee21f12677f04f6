//! The plate that is measured on: made by arithmetic, the same on every machine.
//!
//! What matters to a decoder is how well the picture compresses. A clean render is too easy and white noise too hard; a
//! scanned or degrained-and-regrained plate has film grain, which is blurred over neighbouring pixels and grows with
//! the light. Its amplitude here makes ZIP take away a quarter to a third, as it does from real plates.

mod picture;

use blender_gsd::color::named;
use blender_gsd::exr::{self, Attribute, Picture};
use blender_gsd::frame::Region;

pub(crate) use picture::{HEIGHT, Take, WIDTH, planes};

/// A ZIP file of half R, G, B in ACEScg at 24 frames per second, whole.
///
/// # Errors
/// None in practice: the picture is as it should be.
pub(crate) fn zip(width: u32, height: u32, take: Take) -> blender_gsd::Result<Vec<u8>> {
    let window = Region::new(0, 0, width, height);
    let planes = planes(width, height, take);
    let attributes = [
        Attribute::chromaticities(&named::AP1),
        Attribute::rational("framesPerSecond", 24, 1),
        Attribute::text("owner", "made by benches/plates"),
    ];
    exr::encode(&Picture { data_window: window, display_window: window, planes: &planes, attributes: &attributes })
}
