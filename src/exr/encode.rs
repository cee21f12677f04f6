//! [`Frame`](crate::frame::Frame) planes to an OpenEXR file: one part, scan lines, ZIP.

use super::attribute::{Attribute, AttributeValue};
use super::shuffle;
use crate::frame::{Plane, Region, SampleType};
use crate::platform::Deflater;
use crate::{Error, Result, par};

/// Scan lines of a ZIP block.
const BLOCK: usize = 16;

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

/// Attributes that describe how the file is stored, which is the writer's to say.
const OWN: [&str; 13] = [
    "channels",
    "compression",
    "dataWindow",
    "displayWindow",
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

/// The file, whole, ready to be stored under its name.
///
/// # Errors
/// If there is no plane, a plane does not cover the data window, or two have the same name.
pub fn encode(picture: &Picture<'_>) -> Result<Vec<u8>> {
    let planes = sorted(picture)?;
    let mut file = header(picture, &planes);
    let window = picture.data_window;
    let blocks: Vec<usize> = (0..window.height as usize).step_by(BLOCK).collect();
    let chunks = par::map_init(blocks, Scratch::default, |scratch, top| {
        let rows = BLOCK.min(window.height as usize - top);
        scratch.compress(&planes, window.width as usize, top, rows)
    });
    let mut offset = file.len() as u64 + 8 * chunks.len() as u64;
    for chunk in &chunks {
        file.extend(offset.to_le_bytes());
        offset += 8 + chunk.len() as u64;
    }
    file.reserve((offset - file.len() as u64) as usize);
    for (number, chunk) in chunks.iter().enumerate() {
        let y = window.y.wrapping_add((number * BLOCK) as i32);
        file.extend(y.to_le_bytes());
        file.extend((chunk.len() as i32).to_le_bytes());
        file.extend(chunk);
    }
    Ok(file)
}

fn sorted<'a>(picture: &Picture<'a>) -> Result<Vec<&'a Plane>> {
    let mut planes: Vec<&Plane> = picture.planes.iter().collect();
    planes.sort_by(|a, b| a.name.cmp(&b.name));
    if planes.is_empty() || picture.data_window.is_empty() {
        return Err(Error::spec("a picture without samples cannot be written", ""));
    }
    for plane in &planes {
        if plane.samples.len() as u64 != picture.data_window.area() {
            let what = format!("channel {:?} has {} samples", plane.name, plane.samples.len());
            return Err(Error::spec(what, format!("The data window has {}", picture.data_window.area())));
        }
    }
    if let Some(pair) = planes.windows(2).find(|pair| pair[0].name == pair[1].name) {
        return Err(Error::spec(format!("two channels are called {:?}", pair[0].name), ""));
    }
    Ok(planes)
}

/// *Layout*, "Header" and "Predefined Attributes".
fn header(picture: &Picture<'_>, planes: &[&Plane]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(20_000_630_u32.to_le_bytes());
    // Version 2; names over 31 bytes need bit 10.
    let long = planes.iter().map(|plane| &plane.name).chain(picture.attributes.iter().map(|a| &a.name));
    let long_names = long.into_iter().any(|name| name.len() > 31);
    bytes.extend((2_u32 | if long_names { 1 << 10 } else { 0 }).to_le_bytes());
    attribute(&mut bytes, "channels", "chlist", &channel_list(planes));
    attribute(&mut bytes, "compression", "compression", &[3]);
    attribute(&mut bytes, "dataWindow", "box2i", &corners(picture.data_window));
    attribute(&mut bytes, "displayWindow", "box2i", &corners(picture.display_window));
    attribute(&mut bytes, "lineOrder", "lineOrder", &[0]);
    attribute(&mut bytes, "pixelAspectRatio", "float", &1.0_f32.to_le_bytes());
    attribute(&mut bytes, "screenWindowCenter", "v2f", &[0; 8]);
    attribute(&mut bytes, "screenWindowWidth", "float", &1.0_f32.to_le_bytes());
    for extra in picture.attributes.iter().filter(|extra| !OWN.contains(&extra.name.as_str())) {
        attribute(&mut bytes, &extra.name, &extra.kind, &extra.value.to_bytes());
    }
    bytes.push(0);
    bytes
}

fn attribute(bytes: &mut Vec<u8>, name: &str, kind: &str, value: &[u8]) {
    for text in [name, kind] {
        bytes.extend(text.bytes());
        bytes.push(0);
    }
    bytes.extend((value.len() as i32).to_le_bytes());
    bytes.extend(value);
}

fn channel_list(planes: &[&Plane]) -> Vec<u8> {
    let mut list = Vec::new();
    for plane in planes {
        let code: i32 = match plane.samples.kind() {
            SampleType::Uint => 0,
            SampleType::Half => 1,
            SampleType::Float => 2,
        };
        list.extend(plane.name.bytes());
        list.push(0);
        for value in [code, 0, 1, 1] {
            list.extend(value.to_le_bytes());
        }
    }
    list.push(0);
    list
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
    fn compress(&mut self, planes: &[&Plane], width: usize, top: usize, rows: usize) -> Vec<u8> {
        self.raw.clear();
        for row in top..top + rows {
            for plane in planes {
                let row_bytes = width * plane.samples.kind().bytes();
                self.raw.extend(&plane.samples.bytes()[row * row_bytes..(row + 1) * row_bytes]);
            }
        }
        self.separated.resize(self.raw.len(), 0);
        shuffle::separate(&self.raw, &mut self.separated);
        shuffle::make_differences(&mut self.separated);
        let mut compressed = Vec::new();
        self.deflater.zlib(&self.separated, &mut compressed);
        if compressed.is_empty() || compressed.len() >= self.raw.len() { self.raw.clone() } else { compressed }
    }
}
