//! One frame through a view into a picture file: what `convert` writes and what the page's snapshot is, byte for byte.

use std::io::Write;

use image::{ImageBuffer, Pixel};

use crate::color::{Cicp, ColorSpace, Display, Grade, Processor, View, ViewTransform};
use crate::error::Place;
use crate::exr::{self, Attribute, ByteSource, Header, Layer, LayerKind, Limits, Picture, Request};
use crate::frame::{Frame, Missing, Plane, Samples};
use crate::picture::LayerPicture;
use crate::{Error, Result};

/// What to make of a frame.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// What it is looked at through.
    pub transform: ViewTransform,
    /// Further views, each a picture to the right of the one before; for PNG only.
    pub beside: Vec<View>,
    /// What comes before the view, or in its place.
    pub grade: Grade,
    /// The layer's name, as [`exr::layers`] gives it; the default layer where none is named.
    pub layer: Option<String>,
    /// The space the numbers are in, where the file is not to be believed.
    pub from: Option<ColorSpace>,
    /// Codes of PNG files.
    pub bits: Bits,
}

impl Options {
    /// One for each picture of the output, from left to right.
    fn transforms(&self) -> Vec<ViewTransform> {
        let beside = self.beside.iter().map(|&view| ViewTransform { view, ..self.transform });
        std::iter::once(self.transform).chain(beside).collect()
    }
}

/// Bits of a PNG file's codes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Bits {
    /// 0 to 255.
    #[default]
    Eight,
    /// 0 to 65535.
    Sixteen,
}

/// A picture file, and what was not in the frame it was made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Converted {
    /// The file, whole.
    pub bytes: Vec<u8>,
    /// What was done, in one line.
    pub description: String,
    /// Areas that could not be read and are black.
    pub missing: Vec<Missing>,
}

/// A PNG of the frame's display window: RGB, tagged `sRGB` for that display and `cICP` 1-1-0 for Rec.709.
///
/// # Errors
/// If the frame cannot be decoded at all, the layer is unknown, or the picture passes a limit.
pub fn to_png<S: ByteSource + ?Sized>(
    source: &S,
    header: &Header,
    options: &Options,
    limits: &Limits,
) -> Result<Converted> {
    let loaded = Loaded::read(source, header, options, limits)?;
    let picture = loaded.picture(header)?;
    let transforms = options.transforms();
    let processors = transforms.iter().map(|transform| options.grade.processor(transform, &loaded.space));
    let processors = processors.collect::<Result<Vec<Processor>>>()?;
    let (size, codes) = match options.bits {
        Bits::Eight => {
            let picture = side_by_side(processors.iter().map(|processor| picture.to_rgb8(processor)).collect());
            (picture.dimensions(), picture.into_raw())
        }
        Bits::Sixteen => {
            let picture = side_by_side(processors.iter().map(|processor| picture.to_rgb16(processor)).collect());
            // PNG is big-endian.
            (picture.dimensions(), picture.into_raw().into_iter().flat_map(u16::to_be_bytes).collect())
        }
    };
    let description = loaded.describe(options);
    let bytes = write_png(size, &codes, options, &description)
        .map_err(|error| Error::malformed(Place::default(), format!("the PNG could not be made: {error}")))?;
    Ok(Converted { bytes, description, missing: loaded.frame.missing })
}

/// An EXR of the frame's display window: `R`, `G`, `B` as 32-bit display values, not cut to 0..1.
///
/// # Errors
/// As [`to_png`].
pub fn to_exr<S: ByteSource + ?Sized>(
    source: &S,
    header: &Header,
    options: &Options,
    limits: &Limits,
) -> Result<Converted> {
    if !options.beside.is_empty() {
        return Err(Error::spec("views side by side are for PNG", "Write each view to an EXR of its own"));
    }
    let loaded = Loaded::read(source, header, options, limits)?;
    let picture = loaded.picture(header)?;
    let processor = options.grade.processor(&options.transform, &loaded.space)?;
    let [r, g, b] = picture.to_planes(&processor);
    let planes = [("R", r), ("G", g), ("B", b)]
        .map(|(name, samples)| Plane { name: name.into(), samples: Samples::Float(samples) });
    let description = loaded.describe(options);
    let display = options.transform.display;
    let attributes = [
        Attribute::chromaticities(&display.chromaticities()),
        Attribute::text("colorInteropID", interop_id(display)),
        Attribute::text("comments", description.clone()),
    ];
    let window = picture.window();
    let bytes = exr::encode(&Picture {
        data_window: window,
        display_window: window,
        planes: &planes,
        attributes: &attributes,
    })?;
    Ok(Converted { bytes, description, missing: loaded.frame.missing })
}

/// The layer of that name; the first of that name where parts or views share it.
///
/// # Errors
/// With the names there are, if there is no such layer, or none at all that can be read.
pub fn find_layer(header: &Header, name: Option<&str>) -> Result<Layer> {
    let layers = exr::layers(header);
    let index = match name {
        Some(name) => layers.iter().position(|layer| layer.name == name).ok_or_else(|| {
            let known: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
            Error::spec(format!("no layer is called {name:?}"), format!("There are {}", known.join(", ")))
        })?,
        None => match exr::default_layer(header, &layers) {
            Some((index, _)) => index,
            None => {
                header.part(0)?.check_readable().map_err(|error| error.in_part(0))?;
                return Err(Error::malformed(Place::default(), "there is no layer to show"));
            }
        },
    };
    layers.into_iter().nth(index).ok_or_else(|| Error::malformed(Place::default(), "there is no layer to show"))
}

/// A decoded layer and what is known of it.
struct Loaded {
    layer: Layer,
    frame: Frame,
    space: ColorSpace,
}

impl Loaded {
    fn read<S: ByteSource + ?Sized>(source: &S, header: &Header, options: &Options, limits: &Limits) -> Result<Self> {
        let layer = find_layer(header, options.layer.as_deref())?;
        let window = header.part(layer.part)?.display_window;
        // Three floats a pixel is the most that any output holds at once, or the codes of its pictures twice.
        let bytes = window.area().saturating_mul(12).saturating_mul(1 + options.beside.len() as u64);
        if bytes > limits.frame_bytes {
            let what = format!("a picture of {window} needs {bytes} bytes, the limit is {}", limits.frame_bytes);
            return Err(Error::limit(what, ""));
        }
        let request = Request { part: layer.part, channels: layer.picture_channels(), bands: None };
        let frame = exr::decode(source, header, &request, limits)?;
        let space = options.from.unwrap_or(frame.color_space);
        Ok(Self { layer, frame, space })
    }

    fn picture(&self, header: &Header) -> Result<LayerPicture<'_>> {
        LayerPicture::new(&self.frame, header.part(self.layer.part)?, &self.layer)
    }

    fn describe(&self, options: &Options) -> String {
        match self.layer.kind {
            LayerKind::Color => {
                let transforms = options.transforms();
                let lines = transforms.iter().map(|transform| options.grade.describe(transform, &self.space));
                lines.collect::<Vec<_>>().join(" | ")
            }
            LayerKind::Data => format!("layer {}: numbers as they are, no colour transform", self.layer.name),
        }
    }
}

/// Pictures of one height from left to right; a single one as it is.
fn side_by_side<P: Pixel>(mut pictures: Vec<ImageBuffer<P, Vec<P::Subpixel>>>) -> ImageBuffer<P, Vec<P::Subpixel>> {
    if pictures.len() == 1
        && let Some(only) = pictures.pop()
    {
        return only;
    }
    let width = pictures.iter().map(ImageBuffer::width).sum();
    let height = pictures.iter().map(ImageBuffer::height).max().unwrap_or(0);
    let mut whole = ImageBuffer::new(width, height);
    let mut x = 0;
    for picture in &pictures {
        image::imageops::replace(&mut whole, picture, x, 0);
        x += i64::from(picture.width());
    }
    whole
}

/// The names of display-referred encodings (ASWF Color Interop Forum).
const fn interop_id(display: Display) -> &'static str {
    match display {
        Display::Rec709 => "g24_rec709_display",
        Display::Srgb => "srgb_rec709_display",
    }
}

fn write_png(
    (width, height): (u32, u32),
    codes: &[u8],
    options: &Options,
    description: &str,
) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::with_capacity(codes.len() / 2);
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(match options.bits {
        Bits::Eight => png::BitDepth::Eight,
        Bits::Sixteen => png::BitDepth::Sixteen,
    });
    encoder.set_compression(png::Compression::Fast);
    if options.transform.display == Display::Srgb {
        encoder.set_source_srgb(png::SrgbRenderingIntent::RelativeColorimetric);
    }
    encoder.add_itxt_chunk("Description".into(), description.into())?;
    encoder.add_text_chunk("Software".into(), concat!("blender-gsd ", env!("CARGO_PKG_VERSION")).into())?;
    let mut writer = encoder.write_header()?;
    if options.transform.display != Display::Srgb {
        writer.write_chunk(png::chunk::ChunkType(*b"cICP"), &Cicp::rgb(options.transform.display).to_bytes())?;
    }
    let mut stream = writer.stream_writer()?;
    stream.write_all(codes)?;
    stream.finish()?;
    writer.finish()?;
    Ok(bytes)
}
