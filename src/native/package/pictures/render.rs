//! One delivered frame as a small display picture: what a reviewer sees, in sRGB.

use std::path::Path;
use std::time::Duration;

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

use crate::color::{Display, Row, code_u8};
use crate::convert::find_layer;
use crate::editorial::{SceneId, ShotId};
use crate::exr::{self, Header, Limits, Request};
use crate::frame::Frame;
use crate::frame::resample::{Filter, Fit, Resampler};
use crate::native::export::Look;
use crate::native::ffmpeg::Ffmpeg;
use crate::native::ffprobe::as_input;
use crate::native::project::Project;
use crate::native::{FileSource, atomic, process};
use crate::picture::LayerPicture;
use crate::{Error, Result};

/// What JPEG keeps, of 100: a box's edge stays an edge.
const QUALITY: u8 = 88;
/// One frame out of a movie does not take longer.
const PATIENCE: Duration = Duration::from_secs(120);

/// A picture, and the size of what it was made of.
#[derive(Debug, Clone)]
pub(super) struct Small {
    pub(super) image: RgbImage,
    /// Width and height of the display window, or of the movie.
    pub(super) source: [u32; 2],
}

/// The master at `path`, through the shot's view, at most `width` pixels wide.
///
/// # Errors
/// If it cannot be read.
pub(super) fn master(path: &Path, project: &Project, names: (&SceneId, &ShotId), width: u32) -> Result<Small> {
    let picture = || {
        let limits = Limits::default();
        let source = FileSource::open(path)?;
        let header = Header::read(&source, &limits)?;
        let layer = find_layer(&header, None)?;
        let mut frame = Frame::default();
        let request = Request { part: layer.part, channels: layer.picture_channels(), bands: None };
        exr::decode_into(&source, &header, &request, &limits, &mut frame)?;
        let picture = LayerPicture::new(&frame, header.part(layer.part)?, &layer)?;
        let processor =
            Look::of_shot(project, names, project.config.view.name, Display::Srgb)?.processor(&frame.color_space)?;
        let window = picture.window();
        let source = [window.width, window.height];
        let [columns, rows] = fitted(source, width);
        let resampler = Resampler::new(source, [columns, rows], Fit::Squeeze, Filter::Triangle)?;
        let mut image = RgbImage::new(columns, rows);
        let mut lines = image.chunks_exact_mut(columns as usize * 3);
        resampler.run::<3>(
            0..rows as usize,
            |y, rgb| picture.read_row(y as u32, rgb),
            |_, rgb| {
                let Some(codes) = lines.next() else { return };
                match picture.is_light() {
                    true => processor.codes_u8(rgb.map(Row::Float), codes),
                    false => plain(rgb, codes),
                }
            },
        );
        Ok(Small { image, source })
    };
    picture().map_err(|error: Error| error.in_file(path.display()))
}

/// Numbers that are no light, as they are.
fn plain([r, g, b]: [&[f32]; 3], codes: &mut [u8]) {
    for (((pixel, &r), &g), &b) in codes.as_chunks_mut().0.iter_mut().zip(r).zip(g).zip(b) {
        *pixel = [code_u8(r), code_u8(g), code_u8(b)];
    }
}

/// Frame number `index` (from 0) of a movie of that size, at most `width` pixels wide.
///
/// # Errors
/// If ffmpeg cannot decode it.
pub(super) fn movie(ffmpeg: &Ffmpeg, path: &Path, index: u32, source: [u32; 2], width: u32) -> Result<Small> {
    let [columns, rows] = fitted(source, width);
    let filter = format!("select=eq(n\\,{index}),scale={columns}:{rows}");
    let mut command = ffmpeg.command();
    command.arg("-i").arg(as_input(path)).args(["-vf", &filter, "-frames:v", "1"]);
    command.args(["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]);
    let wanted = u64::from(columns) * u64::from(rows) * 3;
    let codes = process::output(&mut command, wanted + 1, PATIENCE)?;
    let image = RgbImage::from_raw(columns, rows, codes).filter(|image| image.len() as u64 == wanted);
    let what = || Error::tool(format!("ffmpeg gave no frame {index}"), "Check the movie").in_file(path.display());
    Ok(Small { image: image.ok_or_else(what)?, source })
}

/// The size that is left of `source` where no more than `width` columns are wanted.
fn fitted([width, height]: [u32; 2], most: u32) -> [u32; 2] {
    if width <= most {
        return [width.max(1), height.max(1)];
    }
    let height = (u64::from(height) * u64::from(most) + u64::from(width) / 2) / u64::from(width);
    [most, (height as u32).max(1)]
}

/// Writes a picture as JPEG, whole or not at all.
///
/// # Errors
/// If the system refuses.
pub(super) fn write(path: &Path, image: &RgbImage) -> Result<()> {
    let mut bytes = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(image);
    encoded.map_err(|error| Error::spec(format!("a picture cannot be made: {error}"), "").in_file(path.display()))?;
    atomic::write(path, &bytes)
}

#[cfg(test)]
mod tests {
    use super::fitted;

    #[test]
    fn pictures_keep_their_shape_and_do_not_grow() {
        assert_eq!(fitted([4096, 1716], 480), [480, 201]);
        assert_eq!(fitted([192, 80], 480), [192, 80]);
        assert_eq!(fitted([100_000, 1], 480), [480, 1]);
    }
}
