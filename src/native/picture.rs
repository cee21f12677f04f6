//! The picture of an OpenEXR file: the layer that it shows first.

use std::path::Path;

use super::FileSource;
use crate::Result;
use crate::convert::find_layer;
use crate::exr::{self, Header, Layer, Limits, Request};
use crate::frame::Frame;

/// Decodes the channels of the picture at `path` into `frame`, whose memory is used again where it fits.
///
/// # Errors
/// If it cannot be read, or has no picture.
pub(super) fn read_into(path: &Path, frame: &mut Frame) -> Result<(Header, Layer)> {
    let limits = Limits::default();
    let source = FileSource::open(path)?;
    let header = Header::read(&source, &limits)?;
    let layer = find_layer(&header, None)?;
    let request = Request { part: layer.part, channels: layer.picture_channels(), bands: None };
    exr::decode_into(&source, &header, &request, &limits, frame)?;
    Ok((header, layer))
}
