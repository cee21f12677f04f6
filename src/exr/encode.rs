//! [`Frame`](crate::frame::Frame) planes to an OpenEXR file: one part, scan lines, ZIP, ZIPS or no compression.

use std::io::{Cursor, Seek, SeekFrom, Write};

use super::attribute::{Attribute, AttributeValue};
use super::header::{Compression, MAGIC};
use super::shuffle;
use crate::frame::{Plane, Region, SampleType, Samples};
use crate::platform::Deflater;
use crate::{Error, Result, par};

/// What to write.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    /// Where the samples lie.
    pub data_window: Region,
    /// What is meant to be seen.
    pub display_window: Region,
    /// One for each channel, each covering the data window. They are written sorted by name, as the format asks.
    pub planes: &'a [Plane],
    /// Further attributes: chromaticities, frame rate, whatever came with the picture. Those the writer sets itself
    /// (windows, channels, compression, line order, aspect, screen window) are left out.
    pub attributes: &'a [Attribute],
}

/// What stands in a file before its samples, fit to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    data_window: Region,
    display_window: Region,
    channels: Vec<(String, SampleType)>,
    attributes: Vec<Attribute>,
    compression: Compression,
}

/// Attributes that describe how the file is stored, which is the writer's to say.
const OWN: [&str; 14] = [
    "channels",
    "compression",
    "dataWindow",
    "displayWindow",
    "dwaCompressionLevel",
    "lineOrder",
    "pixelAspectRatio",
    "screenWindowCenter",
    "screenWindowWidth",
    "tiles",
    "type",
    "chunkCount",
    "version",
    "name",
];

/// The file, whole, ready to be stored under its name: ZIP.
///
/// # Errors
/// If there is no plane, a plane does not cover the data window, or two have the same name.
pub fn encode(picture: &Picture<'_>) -> Result<Vec<u8>> {
    let mut planes: Vec<&Plane> = picture.planes.iter().collect();
    planes.sort_by(|a, b| a.name.cmp(&b.name));
    for plane in &planes {
        if plane.samples.len() as u64 != picture.data_window.area() {
            let what = format!("channel {:?} has {} samples", plane.name, plane.samples.len());
            return Err(Error::spec(what, format!("The data window has {}", picture.data_window.area())));
        }
    }
    let channels = planes.iter().map(|plane| (plane.name.clone(), plane.samples.kind())).collect();
    let windows = [picture.data_window, picture.display_window];
    let outline = Outline::new(windows, channels, picture.attributes.to_vec(), Compression::Zip)?;
    let samples: Vec<&Samples> = planes.iter().map(|plane| &plane.samples).collect();
    let mut writer = Writer::new(Cursor::new(Vec::new()), &outline)?;
    writer.write(&samples)?;
    writer.finish().map(Cursor::into_inner)
}

/// Writes a file a few rows at a time: no more of the picture need be in memory.
#[derive(Debug)]
pub struct Writer<W> {
    sink: W,
    /// Rows of a block.
    lines: usize,
    compresses: bool,
    width: usize,
    /// Where the first row lies.
    top: i32,
    height: usize,
    /// Rows that are written.
    rows: usize,
    /// Where the table of offsets begins, in bytes from the start of the file.
    table: u64,
    offsets: Vec<u64>,
    /// Where the next chunk begins, likewise.
    position: u64,
}

impl<W: Write + Seek> Writer<W> {
    /// Writes what stands before the samples.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn new(mut sink: W, outline: &Outline) -> Result<Self> {
        let head = outline.head();
        let height = outline.data_window.height as usize;
        let lines = outline.lines();
        let blocks = height.div_ceil(lines);
        let (table, position) = (head.len() as u64, (head.len() + 8 * blocks) as u64);
        put(&mut sink, &head)?;
        put(&mut sink, &vec![0; 8 * blocks])?;
        Ok(Self {
            sink,
            lines,
            compresses: outline.compression != Compression::None,
            width: outline.data_window.width as usize,
            top: outline.data_window.y,
            height,
            rows: 0,
            table,
            offsets: Vec::with_capacity(blocks),
            position,
        })
    }

    /// Writes the next rows: the samples of each channel in the order of the outline, whole blocks of rows but for the last.
    ///
    /// # Errors
    /// If the system refuses.
    ///
    /// # Panics
    /// If rows are cut elsewhere, or channels differ in length.
    pub fn write(&mut self, channels: &[&Samples]) -> Result<()> {
        let rows = channels.first().map_or(0, |samples| samples.len() / self.width);
        let is_whole = rows.is_multiple_of(self.lines) || self.rows + rows == self.height;
        assert!(is_whole && self.rows + rows <= self.height, "{rows} rows after {}", self.rows);
        assert!(channels.iter().all(|samples| samples.len() == rows * self.width), "rows of one width");
        let (width, lines, compresses) = (self.width, self.lines, self.compresses);
        let blocks: Vec<usize> = (0..rows).step_by(lines).collect();
        let chunks = par::map_init(blocks, Scratch::default, |scratch, top| {
            scratch.chunk(channels, width, top, lines.min(rows - top), compresses)
        });
        for (number, chunk) in chunks.iter().enumerate() {
            let y = self.top.wrapping_add((self.rows + number * lines) as i32);
            put(&mut self.sink, &y.to_le_bytes())?;
            put(&mut self.sink, &(chunk.len() as i32).to_le_bytes())?;
            put(&mut self.sink, chunk)?;
            self.offsets.push(self.position);
            self.position += 8 + chunk.len() as u64;
        }
        self.rows += rows;
        Ok(())
    }

    /// Writes the table of offsets; the file is whole then.
    ///
    /// # Errors
    /// If the system refuses.
    ///
    /// # Panics
    /// If rows are missing.
    pub fn finish(mut self) -> Result<W> {
        assert_eq!(self.rows, self.height, "every row is written");
        let table: Vec<u8> = self.offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect();
        self.sink.seek(SeekFrom::Start(self.table)).map_err(Error::unwritten)?;
        put(&mut self.sink, &table)?;
        self.sink.flush().map_err(Error::unwritten)?;
        Ok(self.sink)
    }
}

fn put(sink: &mut impl Write, bytes: &[u8]) -> Result<()> {
    sink.write_all(bytes).map_err(Error::unwritten)
}

impl Outline {
    /// `windows` are where the samples lie and what is meant to be seen; channels have names and types, sorted by name;
    /// attributes are as [`Picture::attributes`]; compression is none, ZIPS or ZIP.
    ///
    /// # Errors
    /// If there is no channel, two have one name, they are out of order, or the compression is another.
    pub fn new(
        [data_window, display_window]: [Region; 2],
        channels: Vec<(String, SampleType)>,
        attributes: Vec<Attribute>,
        compression: Compression,
    ) -> Result<Self> {
        if channels.is_empty() || data_window.is_empty() {
            return Err(Error::spec("a picture without samples cannot be written", ""));
        }
        if !matches!(compression, Compression::None | Compression::Zips | Compression::Zip) {
            let what = format!("{} compression is not written", compression.name());
            return Err(Error::spec(what, "There are NONE, ZIPS and ZIP"));
        }
        if let Some(pair) = channels.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
            let what = match pair[0].0 == pair[1].0 {
                true => format!("two channels are called {:?}", pair[0].0),
                false => format!("channel {:?} is out of order", pair[1].0),
            };
            return Err(Error::spec(what, "Channels are sorted by their names"));
        }
        Ok(Self { data_window, display_window, channels, attributes, compression })
    }

    /// Rows of a chunk.
    pub fn lines(&self) -> usize {
        self.compression.lines() as usize
    }

    /// *Layout*, "Header" and "Predefined Attributes".
    fn head(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(MAGIC.to_le_bytes());
        let names = self.channels.iter().map(|(name, _)| name).chain(self.attributes.iter().map(|a| &a.name));
        bytes.extend(version(names.map(String::as_str)).to_le_bytes());
        let code = match self.compression {
            Compression::None => 0,
            Compression::Zips => 2,
            _ => 3,
        };
        put_attribute(&mut bytes, "channels", "chlist", &self.channel_list());
        put_attribute(&mut bytes, "compression", "compression", &[code]);
        put_attribute(&mut bytes, "dataWindow", "box2i", &corners(self.data_window));
        put_attribute(&mut bytes, "displayWindow", "box2i", &corners(self.display_window));
        put_attribute(&mut bytes, "lineOrder", "lineOrder", &[0]);
        put_attribute(&mut bytes, "pixelAspectRatio", "float", &1.0_f32.to_le_bytes());
        put_attribute(&mut bytes, "screenWindowCenter", "v2f", &[0; 8]);
        put_attribute(&mut bytes, "screenWindowWidth", "float", &1.0_f32.to_le_bytes());
        for extra in self.attributes.iter().filter(|extra| !OWN.contains(&extra.name.as_str())) {
            put_attribute(&mut bytes, &extra.name, &extra.kind, &extra.value.to_bytes());
        }
        bytes.push(0);
        bytes
    }

    fn channel_list(&self) -> Vec<u8> {
        let mut list = Vec::new();
        for (name, kind) in &self.channels {
            let code: i32 = match kind {
                SampleType::Uint => 0,
                SampleType::Half => 1,
                SampleType::Float => 2,
            };
            list.extend(name.bytes());
            list.push(0);
            for value in [code, 0, 1, 1] {
                list.extend(value.to_le_bytes());
            }
        }
        list.push(0);
        list
    }
}

/// Version 2; names over 31 bytes need bit 10 (*Layout*, "Version Field").
pub(super) fn version<'a>(mut names: impl Iterator<Item = &'a str>) -> u32 {
    2 | if names.any(|name| name.len() > 31) { LONG_NAMES } else { 0 }
}

/// Bit 10 of the version field.
pub(super) const LONG_NAMES: u32 = 1 << 10;

/// An attribute as it stands in a header.
pub(super) fn put_attribute(bytes: &mut Vec<u8>, name: &str, kind: &str, value: &[u8]) {
    for text in [name, kind] {
        bytes.extend(text.bytes());
        bytes.push(0);
    }
    bytes.extend((value.len() as i32).to_le_bytes());
    bytes.extend(value);
}

fn corners(window: Region) -> Vec<u8> {
    let max = |end: i64| (end - 1).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
    let corners = [window.x, window.y, max(window.right()), max(window.bottom())];
    corners.into_iter().flat_map(i32::to_le_bytes).collect()
}

/// An attribute as OpenEXR names its type, for the values this program writes.
impl Attribute {
    /// A text.
    pub fn text(name: &str, text: impl Into<String>) -> Self {
        Self { name: name.into(), kind: "string".into(), value: AttributeValue::Text(text.into()) }
    }

    /// A ratio.
    pub fn rational(name: &str, top: i32, bottom: u32) -> Self {
        Self { name: name.into(), kind: "rational".into(), value: AttributeValue::Rational(top, bottom) }
    }

    /// Primaries and white.
    pub fn chromaticities(space: &crate::color::Chromaticities) -> Self {
        let values = space.flat().map(|value| value as f32).to_vec();
        Self { name: "chromaticities".into(), kind: "chromaticities".into(), value: AttributeValue::Floats(values) }
    }
}

/// Working memory of one thread.
struct Scratch {
    raw: Vec<u8>,
    separated: Vec<u8>,
    deflater: Deflater,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { raw: Vec::new(), separated: Vec::new(), deflater: Deflater::new() }
    }
}

impl Scratch {
    /// The chunk of `rows` lines from `top` on: compressed, or as it is where that is not larger.
    fn chunk(&mut self, channels: &[&Samples], width: usize, top: usize, rows: usize, compresses: bool) -> Vec<u8> {
        self.raw.clear();
        for row in top..top + rows {
            for samples in channels {
                let row_bytes = width * samples.kind().bytes();
                self.raw.extend(&samples.bytes()[row * row_bytes..(row + 1) * row_bytes]);
            }
        }
        if !compresses {
            return self.raw.clone();
        }
        self.separated.resize(self.raw.len(), 0);
        shuffle::separate(&self.raw, &mut self.separated);
        shuffle::make_differences(&mut self.separated);
        let mut compressed = Vec::new();
        self.deflater.zlib(&self.separated, &mut compressed);
        if compressed.is_empty() || compressed.len() >= self.raw.len() { self.raw.clone() } else { compressed }
    }
}
