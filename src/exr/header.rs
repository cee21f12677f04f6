//! Headers: what a file says about itself before any pixel.

use super::attribute::{Attribute, AttributeValue, time_code_fields, time_code_text};
use super::parse::Cursor;
use super::source::ByteSource;
use super::{Limits, chunks, luminance_chroma};
use crate::color::{Chromaticities, ColorSpace, Origin, named};
use crate::error::{Feature, InputCause, Place};
use crate::frame::{Region, SampleType};
use crate::{Error, Result};

/// *Layout*, "Magic Number".
pub(super) const MAGIC: u32 = 20_000_630;
/// *Layout*, "Version Field": the one file format version there is.
const VERSION: u32 = 2;
/// Version field, bit 9: one tiled part.
const SINGLE_TILED: u32 = 1 << 9;
/// Version field, bit 11: there are deep parts.
const NON_IMAGE: u32 = 1 << 11;
/// Version field, bit 12: more than one part may follow.
pub(super) const MULTI_PART: u32 = 1 << 12;
/// Names have at most 255 bytes (31 without the long-name bit; nobody is helped by refusing longer ones then).
pub(super) const LONGEST_NAME: usize = 255;
/// What is read first; most headers fit.
const FIRST_READ: u64 = 64 << 10;

/// Everything a file says before its pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// One for each part, at least one.
    pub parts: Vec<Part>,
    /// Whether chunks carry the number of their part.
    pub multi_part: bool,
    /// Where the offset tables begin, in bytes from the start of the file.
    pub(super) tables: u64,
}

/// One picture of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// `name`, empty in most single-part files.
    pub name: String,
    /// `view` of a stereo pair, if said.
    pub view: Option<String>,
    /// Scan lines or tiles, flat or deep.
    pub kind: PartKind,
    /// What can be asked for, by name. Luminance and chroma are offered as R, G, B.
    pub channels: Vec<Channel>,
    /// What is in the file, in its order, which is by name.
    pub stored: Vec<Channel>,
    /// How chunks are compressed.
    pub compression: Compression,
    /// Where there are samples.
    pub data_window: Region,
    /// What is meant to be seen.
    pub display_window: Region,
    /// Width of a pixel over its height.
    pub pixel_aspect: f32,
    /// Tile size and levels, for tiled parts.
    pub tiles: Option<TileDescription>,
    /// Entries of its offset table.
    pub chunk_count: usize,
    /// Every attribute but the channel list, in the file's order.
    pub attributes: Vec<Attribute>,
}

/// One channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Full name, `layer.R`.
    pub name: String,
    /// Type of its samples.
    pub kind: SampleType,
    /// Whether equal steps look equal (`pLinear`); B44 treats such channels differently.
    pub perceptually_linear: bool,
    /// Every how many pixels there is a sample, across and down.
    pub sampling: [i32; 2],
}

/// How a part is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// Blocks of scan lines.
    ScanLine,
    /// Tiles, perhaps with smaller levels.
    Tiled,
    /// Several samples per pixel, in scan lines.
    DeepScanLine,
    /// Several samples per pixel, in tiles.
    DeepTiled,
}

/// How chunks are compressed (*Layout*, "compression").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// As they are.
    None,
    /// Run lengths, a line a chunk.
    Rle,
    /// zlib, a line a chunk.
    Zips,
    /// zlib, 16 lines a chunk.
    Zip,
    /// Wavelets and Huffman codes, 32 lines a chunk.
    Piz,
    /// zlib on 24-bit floats, 16 lines a chunk.
    Pxr24,
    /// 4x4 blocks, lossy, 32 lines a chunk.
    B44,
    /// The same with flat blocks shortened.
    B44a,
    /// DCT, lossy, 32 lines a chunk.
    Dwaa,
    /// DCT, lossy, 256 lines a chunk.
    Dwab,
    /// High-throughput JPEG 2000, 256 lines a chunk.
    Htj2k256,
    /// High-throughput JPEG 2000, 32 lines a chunk.
    Htj2k32,
    /// A number that no known version defines.
    Unknown(u8),
}

/// Tiles and their levels (*Layout*, "tiledesc").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileDescription {
    /// Width of a tile in pixels.
    pub width: u32,
    /// Height of a tile in pixels.
    pub height: u32,
    /// One level, mip-map or rip-map.
    pub levels: Levels,
    /// Whether sizes of smaller levels are rounded up.
    pub round_up: bool,
}

/// Which levels of resolution a tiled part has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Levels {
    /// Only the full size.
    One,
    /// Halved in both directions together.
    MipMap,
    /// Halved in each direction on its own.
    RipMap,
}

impl Compression {
    const fn from_code(code: u8) -> Self {
        match code {
            0 => Self::None,
            1 => Self::Rle,
            2 => Self::Zips,
            3 => Self::Zip,
            4 => Self::Piz,
            5 => Self::Pxr24,
            6 => Self::B44,
            7 => Self::B44a,
            8 => Self::Dwaa,
            9 => Self::Dwab,
            10 => Self::Htj2k256,
            11 => Self::Htj2k32,
            other => Self::Unknown(other),
        }
    }

    /// Scan lines of one chunk.
    pub const fn lines(self) -> u32 {
        match self {
            Self::None | Self::Rle | Self::Zips | Self::Unknown(_) => 1,
            Self::Zip | Self::Pxr24 => 16,
            Self::Piz | Self::B44 | Self::B44a | Self::Dwaa | Self::Htj2k32 => 32,
            Self::Dwab | Self::Htj2k256 => 256,
        }
    }

    /// The name in OpenEXR's own words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Rle => "RLE",
            Self::Zips => "ZIPS",
            Self::Zip => "ZIP",
            Self::Piz => "PIZ",
            Self::Pxr24 => "PXR24",
            Self::B44 => "B44",
            Self::B44a => "B44A",
            Self::Dwaa => "DWAA",
            Self::Dwab => "DWAB",
            Self::Htj2k256 => "HTJ2K256",
            Self::Htj2k32 => "HTJ2K32",
            Self::Unknown(_) => "unknown",
        }
    }
}

impl PartKind {
    /// The name in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ScanLine => "scanlineimage",
            Self::Tiled => "tiledimage",
            Self::DeepScanLine => "deepscanline",
            Self::DeepTiled => "deeptile",
        }
    }
}

impl Header {
    /// Reads as much of the file as the header needs.
    ///
    /// # Errors
    /// If it is not an OpenEXR file, is damaged, or passes a limit.
    pub fn read<S: ByteSource + ?Sized>(source: &S, limits: &Limits) -> Result<Self> {
        let mut scratch = Vec::new();
        let mut length = FIRST_READ.min(source.len());
        loop {
            match Self::parse(source.read(0..length, &mut scratch)?, limits) {
                Err(Error::Input(error)) if error.cause == InputCause::Truncated && length < source.len() => {
                    if length >= limits.header_bytes {
                        return Err(Error::limit(
                            format!("the header is larger than {} bytes", limits.header_bytes),
                            "Raise the limit if the file is to be trusted",
                        ));
                    }
                    length = (length * 4).min(source.len()).min(limits.header_bytes);
                }
                result => return result,
            }
        }
    }

    /// Parses the header at the start of `bytes`; what follows it is not looked at.
    ///
    /// # Errors
    /// With the cause [`InputCause::Truncated`] if there are too few bytes.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self> {
        let mut cursor = Cursor::new(bytes, 0);
        match cursor.u32() {
            Ok(MAGIC) => {}
            _ => return Err(Error::wrong_kind("this is not an OpenEXR file")),
        }
        let field = cursor.u32()?;
        if field & 0xff != VERSION {
            let what = format!("the file has format version {}, only {VERSION} is known", field & 0xff);
            return Err(Error::unsupported(Feature::Version, Place::at(4), what));
        }
        let multi_part = field & MULTI_PART != 0;
        let mut parts = Vec::new();
        loop {
            if parts.len() >= limits.parts {
                return Err(Error::limit(format!("the file has more than {} parts", limits.parts), ""));
            }
            let number = parts.len();
            let part = RawPart::parse(&mut cursor).and_then(|raw| raw.finish(field, limits));
            parts.push(part.map_err(|error| error.in_part(number))?);
            if !multi_part {
                break;
            }
            // An empty header ends the list.
            let mut ahead = cursor.clone();
            if ahead.u8()? == 0 {
                cursor = ahead;
                break;
            }
        }
        Ok(Self { parts, multi_part, tables: cursor.offset() })
    }

    /// The part of that number.
    ///
    /// # Errors
    /// If there is none.
    pub fn part(&self, number: usize) -> Result<&Part> {
        self.parts.get(number).ok_or_else(|| {
            Error::spec(
                format!("there is no part {number}"),
                format!("The file has parts 0 to {}", self.parts.len() - 1),
            )
        })
    }

    /// Where the offset table of a part begins, in bytes from the start of the file.
    pub(super) fn table_offset(&self, part: usize) -> u64 {
        let before: u64 = self.parts[..part].iter().map(|part| part.chunk_count as u64).sum();
        self.tables + before * 8
    }

    /// Where the first chunk lies at the earliest, in bytes from the start of the file.
    pub(crate) fn chunks_start(&self) -> u64 {
        self.table_offset(self.parts.len())
    }
}

impl Part {
    /// The attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&AttributeValue> {
        self.attributes.iter().find(|attribute| attribute.name == name).map(|attribute| &attribute.value)
    }

    /// The text of a string attribute.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.attribute(name)? {
            AttributeValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// `framesPerSecond` as numerator and denominator.
    pub fn frames_per_second(&self) -> Option<(i32, u32)> {
        match self.attribute("framesPerSecond")? {
            AttributeValue::Rational(top, bottom) => Some((*top, *bottom)),
            _ => None,
        }
    }

    /// `timeCode` as `hh:mm:ss:ff`.
    pub fn time_code(&self) -> Option<String> {
        match self.attribute("timeCode")? {
            AttributeValue::TimeCode(time, _) => Some(time_code_text(*time)),
            _ => None,
        }
    }

    /// `timeCode` as hours, minutes, seconds and frames.
    pub fn time_code_fields(&self) -> Option<[u32; 4]> {
        match self.attribute("timeCode")? {
            AttributeValue::TimeCode(time, _) => Some(time_code_fields(*time)),
            _ => None,
        }
    }

    /// `chromaticities`, if there are any.
    pub fn chromaticities(&self) -> Option<Chromaticities> {
        match self.attribute("chromaticities")? {
            AttributeValue::Floats(values) => {
                let values: [f32; 8] = values.as_slice().try_into().ok()?;
                Some(Chromaticities::from_flat(values.map(f64::from)))
            }
            _ => None,
        }
    }

    /// Whether `acesImageContainerFlag` claims SMPTE ST 2065-4.
    pub fn is_aces_container(&self) -> bool {
        matches!(self.attribute("acesImageContainerFlag"), Some(AttributeValue::Int(1)))
    }

    /// The space of the colour channels: what the file says most precisely, or ACEScg, assumed.
    pub fn color_space(&self) -> ColorSpace {
        if let Some(space) = self.text("colorInteropID").and_then(ColorSpace::from_interop_id) {
            return space;
        }
        if let Some(chromaticities) = self.chromaticities() {
            return ColorSpace { chromaticities, origin: Origin::Chromaticities };
        }
        if self.is_aces_container() {
            return ColorSpace { chromaticities: named::AP0, origin: Origin::AcesContainer };
        }
        ColorSpace::assumed()
    }

    /// Bytes of one pixel, all channels; of subsampled ones as if they were not.
    pub fn pixel_bytes(&self) -> usize {
        self.stored.iter().map(|channel| channel.kind.bytes()).sum()
    }

    /// Whether its pixels can be decoded.
    ///
    /// # Errors
    /// Naming the feature that stands in the way.
    pub fn check_readable(&self) -> Result<()> {
        let refuse = |feature, what: String| Err(Error::unsupported(feature, Place::default(), what));
        if matches!(self.kind, PartKind::DeepScanLine | PartKind::DeepTiled) {
            return refuse(Feature::Deep, "deep data is not read: flatten it in the renderer or the compositor".into());
        }
        match self.compression {
            Compression::Htj2k256 | Compression::Htj2k32 => {
                return refuse(
                    Feature::Htj2k,
                    format!("{} compression is not read: write the file with ZIP", self.compression.name()),
                );
            }
            Compression::Unknown(code) => {
                return refuse(
                    Feature::Compression,
                    format!("compression number {code} is not known: write the file with ZIP"),
                );
            }
            _ => {}
        }
        match luminance_chroma::obstacle(self) {
            Some(what) => refuse(Feature::Subsampled, format!("{what}, which is not read: write the file as RGB")),
            None => Ok(()),
        }
    }
}

/// A part's header as it stands in the file.
struct RawPart {
    attributes: Vec<Attribute>,
    channels: Option<Vec<Channel>>,
    place: Place,
}

impl RawPart {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Self> {
        let mut raw = Self { attributes: Vec::new(), channels: None, place: cursor.place() };
        loop {
            let name = cursor.text(LONGEST_NAME)?;
            if name.is_empty() {
                return Ok(raw);
            }
            let kind = cursor.text(LONGEST_NAME)?;
            let place = cursor.place();
            let size = cursor.i32()?;
            let size = usize::try_from(size).map_err(|_| {
                Error::malformed(place.clone(), format!("attribute {name:?} has the negative size {size}"))
            })?;
            let start = cursor.offset();
            let left = cursor.remaining();
            let bytes = cursor.take(size).map_err(|_| {
                Error::truncated(place, format!("attribute {name:?} claims {size} bytes, the file has {left} more"))
            })?;
            if kind == "chlist" && name == "channels" {
                raw.channels = Some(parse_channels(bytes, start)?);
            } else {
                let value = AttributeValue::parse(&kind, bytes);
                raw.attributes.push(Attribute { name, kind, value });
            }
        }
    }

    fn finish(mut self, field: u32, limits: &Limits) -> Result<Part> {
        let channels = self.channels.take().ok_or_else(|| self.missing("channels"))?;
        if channels.is_empty() {
            return Err(Error::malformed(self.place.clone(), "there is not a single channel"));
        }
        if channels.len() > limits.channels {
            return Err(Error::limit(
                format!("a part has {} channels, the limit is {}", channels.len(), limits.channels),
                "",
            ));
        }
        let kind = self.kind(field)?;
        let tiles = match kind {
            PartKind::Tiled | PartKind::DeepTiled => Some(self.tiles()?),
            PartKind::ScanLine | PartKind::DeepScanLine => None,
        };
        let mut part = Part {
            name: self.text("name").unwrap_or_default(),
            view: self.text("view"),
            kind,
            channels: luminance_chroma::offered(&channels),
            stored: channels,
            compression: self.compression()?,
            data_window: self.window("dataWindow")?,
            display_window: self.window("displayWindow")?,
            pixel_aspect: match self.get("pixelAspectRatio") {
                Some(AttributeValue::Float(aspect)) => *aspect,
                _ => 1.0,
            },
            tiles,
            chunk_count: 0,
            attributes: std::mem::take(&mut self.attributes),
        };
        part.chunk_count = chunks::count(&part)?;
        Ok(part)
    }

    fn kind(&self, field: u32) -> Result<PartKind> {
        match self.text("type").as_deref() {
            // In single-part files the version field decides, `type` is optional and sometimes wrong.
            _ if field & (MULTI_PART | NON_IMAGE) == 0 && field & SINGLE_TILED != 0 => Ok(PartKind::Tiled),
            _ if field & (MULTI_PART | NON_IMAGE) == 0 => Ok(PartKind::ScanLine),
            Some("scanlineimage") => Ok(PartKind::ScanLine),
            Some("tiledimage") => Ok(PartKind::Tiled),
            Some("deepscanline") => Ok(PartKind::DeepScanLine),
            Some("deeptile") => Ok(PartKind::DeepTiled),
            Some(other) => Err(Error::malformed(self.place.clone(), format!("the part's type {other:?} is not known"))),
            None => Err(self.missing("type")),
        }
    }

    fn compression(&self) -> Result<Compression> {
        match self.get("compression") {
            Some(AttributeValue::Code(code)) => Ok(Compression::from_code(*code)),
            _ => Err(self.missing("compression")),
        }
    }

    fn window(&self, name: &str) -> Result<Region> {
        let Some(AttributeValue::Ints(values)) = self.get(name) else {
            return Err(self.missing(name));
        };
        let [x0, y0, x1, y1] = values.as_slice().try_into().map_err(|_| self.missing(name))?;
        Region::from_corners([x0, y0], [x1, y1]).ok_or_else(|| {
            Error::malformed(self.place.clone(), format!("{name} from {x0}, {y0} to {x1}, {y1} holds no picture"))
        })
    }

    /// *Layout*, "tiledesc": x size, y size, then level mode + 16 * rounding mode.
    fn tiles(&self) -> Result<TileDescription> {
        let Some(AttributeValue::Bytes(bytes)) = self.get("tiles") else {
            return Err(self.missing("tiles"));
        };
        let mut cursor = Cursor::new(bytes, 0);
        let (width, height, mode) = (cursor.u32()?, cursor.u32()?, cursor.u8()?);
        let levels = match mode & 0xf {
            0 => Levels::One,
            1 => Levels::MipMap,
            2 => Levels::RipMap,
            other => return Err(Error::malformed(self.place.clone(), format!("level mode {other} is not known"))),
        };
        let largest = i32::MAX as u32;
        if !(1..=largest).contains(&width) || !(1..=largest).contains(&height) {
            return Err(Error::malformed(self.place.clone(), format!("tiles of {width}x{height} pixels")));
        }
        Ok(TileDescription { width, height, levels, round_up: mode >> 4 == 1 })
    }

    fn get(&self, name: &str) -> Option<&AttributeValue> {
        self.attributes.iter().find(|attribute| attribute.name == name).map(|attribute| &attribute.value)
    }

    fn text(&self, name: &str) -> Option<String> {
        match self.get(name)? {
            AttributeValue::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn missing(&self, name: &str) -> Error {
        Error::malformed(self.place.clone(), format!("the header has no usable {name:?}"))
    }
}

/// *Layout*, "chlist": name, pixel type, linearity, reserved, x and y sampling; an empty name ends the list.
fn parse_channels(bytes: &[u8], start: u64) -> Result<Vec<Channel>> {
    let mut cursor = Cursor::new(bytes, start);
    let mut channels = Vec::new();
    loop {
        let name = cursor.text(LONGEST_NAME)?;
        if name.is_empty() {
            return Ok(channels);
        }
        let place = cursor.place();
        let kind = match cursor.i32()? {
            0 => SampleType::Uint,
            1 => SampleType::Half,
            2 => SampleType::Float,
            other => {
                return Err(Error::malformed(place, format!("channel {name:?} has the unknown pixel type {other}")));
            }
        };
        let [linear, _reserved @ ..] = cursor.array::<4>()?;
        let sampling = cursor.many(Cursor::i32)?;
        if sampling.iter().any(|&step| step < 1) {
            return Err(Error::malformed(place, format!("channel {name:?} has the sampling {sampling:?}")));
        }
        channels.push(Channel { name, kind, perceptually_linear: linear == 1, sampling });
    }
}
