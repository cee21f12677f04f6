//! A finished master, read back: it must be one, and hold what its composite holds.

use std::path::Path;

use crate::color::named;
use crate::convert::find_layer;
use crate::error::Place;
use crate::exr::{self, ByteSource, Header, Limits, Request};
use crate::frame::{Frame, Region};
use crate::master::{Wanted, Way, way};
use crate::native::FileSource;
use crate::{Error, Result};

/// Every how many pixels one is compared.
const STEP: usize = 61;
/// Bytes that are compared at a time.
const PIECE: u64 = 4 << 20;

/// Holds the master at `output` against its composite at `input`.
///
/// # Errors
/// Saying what differs.
pub(super) fn check(input: &Path, output: &Path, wanted: &Wanted<'_>) -> Result<()> {
    let verify = || {
        let (before, after) = (File::open(input)?, File::open(output)?);
        // The master itself is plain: its own layers and tags are to be believed.
        let plain = Wanted { layer: None, space: None, ..*wanted };
        match way(&after.header, &plain)? {
            Way::AsItIs => {}
            other => return Err(wrong(format!("it is no master yet: it would be {}", other.describe()))),
        }
        match way(&before.header, wanted)? {
            Way::AsItIs | Way::Retag(_) => same_chunks(&before, &after),
            Way::Rewrite(_) => same_picture(&before, &after, wanted),
        }
    };
    verify().map_err(|error: Error| error.in_file(output.display()))
}

fn wrong(what: impl Into<String>) -> Error {
    Error::malformed(Place::default(), what).with_next("Look at the disk, and export it again")
}

struct File {
    source: FileSource,
    header: Header,
}

impl File {
    fn open(path: &Path) -> Result<Self> {
        let source = FileSource::open(path)?;
        let header = Header::read(&source, &Limits::default()).map_err(|error| error.in_file(path.display()))?;
        Ok(Self { source, header })
    }

    fn picture(&self, layer: Option<&str>) -> Result<Frame> {
        let layer = find_layer(&self.header, layer)?;
        let request = Request { part: layer.part, channels: layer.picture_channels(), bands: None };
        let frame = exr::decode(&self.source, &self.header, &request, &Limits::default())?;
        match frame.missing.first() {
            Some(missing) => Err(wrong(format!("{} cannot be read back: {}", missing.region, missing.reason))),
            None => Ok(frame),
        }
    }
}

/// Whatever stands before them, the bytes of all chunks are the same.
fn same_chunks(before: &File, after: &File) -> Result<()> {
    let [start, other_start] = [before, after].map(|file| file.header.chunks_start());
    let [length, other_length] = [(before, start), (after, other_start)].map(|(file, start)| file.source.len() - start);
    if length != other_length {
        return Err(wrong(format!("its chunks have {other_length} bytes, those of the composite {length}")));
    }
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for at in (0..length).step_by(PIECE as usize) {
        let piece = PIECE.min(length - at);
        let a = before.source.read(start + at..start + at + piece, &mut a)?;
        if a != after.source.read(other_start + at..other_start + at + piece, &mut b)? {
            return Err(wrong(format!("its pixels differ from the composite's after byte {at} of the chunks")));
        }
    }
    Ok(())
}

/// Pixels here and there are the composite's in linear AP1; where the size changed, the picture can be read at least.
fn same_picture(before: &File, after: &File, wanted: &Wanted<'_>) -> Result<()> {
    let (old, new) = (before.picture(wanted.layer)?, after.picture(None)?);
    if [old.data_window, old.display_window] != [new.data_window, new.display_window] {
        return Ok(());
    }
    let space = wanted.space.unwrap_or(old.color_space);
    let matrix =
        space.chromaticities.matrix_to(&named::AP1).ok_or_else(|| wrong("its space spans no colour volume"))?;
    for index in (0..new.data_window.area() as usize).step_by(STEP) {
        let pixel = |frame: &Frame| -> Option<[f64; 3]> {
            let mut rgb = [0.0; 3];
            for (value, plane) in rgb.iter_mut().zip(&frame.planes) {
                *value = f64::from(plane.samples.get(index)?);
            }
            Some(rgb)
        };
        let (Some(from), Some(is)) = (pixel(&old), pixel(&new)) else { continue };
        let should = matrix.apply(from);
        let largest = from.into_iter().chain(should).fold(0.0, |most: f64, value| most.max(value.abs()));
        let is_near = |(should, is): (f64, f64)| {
            // A half has eleven bits, and nothing beyond 65504. What is not a number stays so.
            !should.is_finite()
                || !is.is_finite()
                || (should.clamp(-65504.0, 65504.0) - is).abs() <= largest / 1024.0 + 1e-6
        };
        if !should.into_iter().zip(is).all(is_near) {
            let width = new.data_window.width as usize;
            let Region { x, y, .. } = new.data_window;
            let place = [i64::from(x) + (index % width) as i64, i64::from(y) + (index / width) as i64];
            return Err(wrong(format!("the pixel at {}, {} is {is:?}, not {should:?}", place[0], place[1])));
        }
    }
    Ok(())
}
