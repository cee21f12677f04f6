//! What a file says about itself, as data: for `inspect`, for the page's metadata, for other programs.

use serde::Serialize;

use crate::exr::cryptomatte::Survey;
use crate::exr::{self, Cryptomatte, Header, Layer, Part};
use crate::frame::{Region, SampleType};

/// Everything a header holds, in words and numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inspection {
    /// Name as the user gave it.
    pub file: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Whether it is a multi-part file.
    pub multi_part: bool,
    /// One for each part.
    pub parts: Vec<PartFacts>,
    /// Every layer, part by part.
    pub layers: Vec<Layer>,
    /// The layer to show first, by place in `layers`.
    pub default_layer: Option<usize>,
    /// Why that layer.
    pub default_layer_reason: Option<String>,
    /// Every set of mattes.
    pub cryptomattes: Vec<CryptomatteFacts>,
}

/// The facts of one set of mattes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CryptomatteFacts {
    /// What the header says.
    #[serde(flatten)]
    pub set: Cryptomatte,
    /// Who is in the picture; none where the pixels were not looked at.
    #[serde(flatten)]
    pub survey: Option<Survey>,
}

/// The facts of one part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartFacts {
    /// Its name, often empty.
    pub name: String,
    /// View of a stereo pair.
    pub view: Option<String>,
    /// `scanlineimage`, `tiledimage`, `deepscanline`, `deeptile`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// In OpenEXR's words.
    pub compression: &'static str,
    /// Where there are samples.
    pub data_window: Region,
    /// What is meant to be seen.
    pub display_window: Region,
    /// Width of a pixel over its height.
    pub pixel_aspect: f32,
    /// In the file's order.
    pub channels: Vec<ChannelFacts>,
    /// What is stored in their place, where that is something else: luminance and chroma.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored_channels: Option<Vec<ChannelFacts>>,
    /// The space of its colours.
    pub color_space: ColorFacts,
    /// Numerator and denominator.
    pub frames_per_second: Option<[i64; 2]>,
    /// `hh:mm:ss:ff`
    pub time_code: Option<String>,
    /// Rows of chunks.
    pub bands: usize,
    /// Why its pixels cannot be read, if so.
    pub unreadable: Option<String>,
    /// Every attribute as text.
    pub attributes: Vec<AttributeFacts>,
}

/// The facts of one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelFacts {
    /// Full name.
    pub name: String,
    /// Type of its samples.
    #[serde(rename = "type")]
    pub kind: SampleType,
    /// Every how many pixels there is a sample, across and down.
    pub sampling: [i32; 2],
}

/// A colour space and how it is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColorFacts {
    /// Its name.
    pub name: String,
    /// How it is known, in words.
    pub origin: String,
    /// Whether it is a guess.
    pub assumed: bool,
    /// Red x, y, green x, y, blue x, y, white x, y.
    pub chromaticities: [f64; 8],
}

/// One attribute as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttributeFacts {
    /// Its name.
    pub name: String,
    /// The name of its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its value as text, cut where it is long.
    pub value: String,
}

/// Longer values (manifests, mostly) are cut to this many characters.
const LONGEST_VALUE: usize = 2000;

/// The facts of a header; `file` and `bytes` are what the caller knows of it.
pub fn inspect(file: &str, bytes: u64, header: &Header) -> Inspection {
    let layers = exr::layers(header);
    let default = exr::default_layer(header, &layers);
    let mattes = Cryptomatte::sets(header).into_iter();
    Inspection {
        file: file.to_owned(),
        bytes,
        multi_part: header.multi_part,
        parts: header.parts.iter().map(part_facts).collect(),
        default_layer: default.map(|(index, _)| index),
        default_layer_reason: default.map(|(_, reason)| reason.to_owned()),
        layers,
        cryptomattes: mattes.map(|set| CryptomatteFacts { set, survey: None }).collect(),
    }
}

fn part_facts(part: &Part) -> PartFacts {
    let space = part.color_space();
    let channel = |channel: &exr::Channel| ChannelFacts {
        name: channel.name.clone(),
        kind: channel.kind,
        sampling: channel.sampling,
    };
    PartFacts {
        name: part.name.clone(),
        view: part.view.clone(),
        kind: part.kind.name(),
        compression: part.compression.name(),
        data_window: part.data_window,
        display_window: part.display_window,
        pixel_aspect: part.pixel_aspect,
        channels: part.channels.iter().map(channel).collect(),
        stored_channels: (part.stored != part.channels).then(|| part.stored.iter().map(channel).collect()),
        color_space: ColorFacts {
            name: space.name().to_owned(),
            origin: space.origin.words().to_owned(),
            assumed: space.origin == crate::color::Origin::Assumed,
            chromaticities: space.chromaticities.flat(),
        },
        frames_per_second: part.frames_per_second().map(|(top, bottom)| [top.into(), bottom.into()]),
        time_code: part.time_code(),
        bands: part.band_count(),
        unreadable: part.check_readable().err().map(|error| error.to_string()),
        attributes: part.attributes.iter().map(attribute_facts).collect(),
    }
}

fn attribute_facts(attribute: &exr::Attribute) -> AttributeFacts {
    let mut value = attribute.value.to_string();
    if let Some((cut, _)) = value.char_indices().nth(LONGEST_VALUE) {
        value.truncate(cut);
        value.push('…');
    }
    AttributeFacts { name: attribute.name.clone(), kind: attribute.kind.clone(), value }
}
