//! QR codes in a picture (ISO/IEC 18004), by the `rqrr` crate.
//!
//! Only a code that decodes, error correction included, counts: windows, tiles and crosswords have its corners now and then,
//! but never its check sums. A code too small, too steep or too noisy to be read by a telephone is not found.

use super::evidence::{Reading, ReadingKind};
use super::grey::Grey;
use crate::frame::Region;
use crate::par;

/// The picture is searched as it is, at a half and at a quarter of its size: averaging takes grain away from codes whose
/// modules are large enough to bear it.
const SCALES: usize = 3;
/// Black is what is darker than its surroundings within so many pixels: a sign in the shade is a code beside a bright sky,
/// too. The smaller ones are for modules of two and three pixels; a corner mark's heart of three modules must fit in.
const REACHES: [usize; 2] = [12, 30];
/// No side of a picture with a code in it is shorter: 21 modules of two pixels.
const SHORTEST: usize = 42;

/// Every code, with its box in pixels of `grey`.
pub(in crate::qc) fn find(grey: &Grey) -> Vec<Reading> {
    let mut smaller = vec![grey.halved()];
    smaller.extend(smaller.last().map(Grey::halved));
    let pictures = std::iter::once(grey).chain(&smaller).take(SCALES).enumerate();
    let is_large = |(_, picture): &(usize, &Grey)| picture.width.min(picture.height) >= SHORTEST;
    let searches = pictures.filter(is_large).flat_map(|picture| REACHES.map(|reach| (picture, reach))).collect();
    let readings = par::map_init(searches, || (), |(), ((scale, picture), reach)| search(picture, 1 << scale, reach));
    let mut found: Vec<Reading> = Vec::new();
    for reading in readings.into_iter().flatten() {
        if found.iter().all(|known| known.region.intersection(&reading.region).is_empty()) {
            found.push(reading);
        }
    }
    found
}

fn search(picture: &Grey, scale: i32, reach: usize) -> Vec<Reading> {
    let black = picture.darker_than_around(reach);
    let code = |x: usize, y: usize| if black[y * picture.width + x] { 0 } else { u8::MAX };
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(picture.width, picture.height, code);
    let grids = prepared.detect_grids().into_iter();
    grids
        .filter_map(|grid| {
            let (_, text) = grid.decode().ok()?;
            let corners = grid.bounds.map(|point| [point.x * scale, point.y * scale]);
            Some(Reading { kind: ReadingKind::QrCode, text, region: around(&corners), score: 1.0 })
        })
        .collect()
}

/// The box around four corners.
fn around(corners: &[[i32; 2]; 4]) -> Region {
    let bound = |axis: usize| {
        let values = corners.iter().map(|corner| corner[axis].max(0));
        (values.clone().min().unwrap_or(0), values.max().unwrap_or(0))
    };
    let ((left, right), (top, bottom)) = (bound(0), bound(1));
    Region::new(left, top, (right - left + 1) as u32, (bottom - top + 1) as u32)
}
