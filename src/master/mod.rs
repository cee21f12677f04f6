//! A composite's frame to an EXR master: as it is where it is to spec already, with tags where only tags are missing, else
//! written anew with every channel it has.
//!
//! To spec is: the size, ACEScg, the compression, scan lines, plain R, G, B. Tags are `chromaticities`, `colorInteropID`,
//! `framesPerSecond`, `timeCode` (the frame's number) and what the format's own metadata asks for.

mod channels;
mod rewrite;

pub use rewrite::rewrite;

use crate::color::{ColorSpace, named};
use crate::convert::find_layer;
use crate::error::Place;
use crate::exr::{Attribute, AttributeValue, Compression, Header, LayerKind, Part, PartKind, layers};
use crate::spec::{Codec, OutputSpec};
use crate::timecode::Timecode;
use crate::{Error, Result};

/// What a frame's master is to be.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The deliverable.
    pub spec: &'a OutputSpec,
    /// The frame's number in the delivery.
    pub number: i32,
    /// The layer that is the picture; the default layer where none is named.
    pub layer: Option<&'a str>,
    /// The space of the composite's colour, where its files are not to be believed.
    pub space: Option<ColorSpace>,
}

/// How a frame becomes a master.
#[derive(Debug, Clone, PartialEq)]
pub enum Way {
    /// It is one: every byte stays.
    AsItIs,
    /// Its headers get these attributes, one list for each part; every chunk stays.
    Retag(Vec<Vec<Attribute>>),
    /// It is written anew, for these reasons.
    Rewrite(Vec<String>),
}

impl Way {
    /// What is done, in words.
    pub fn describe(&self) -> String {
        match self {
            Self::AsItIs => "copied as it is".into(),
            Self::Retag(parts) => {
                let mut names: Vec<&str> = parts.iter().flatten().map(|attribute| attribute.name.as_str()).collect();
                names.sort_unstable();
                names.dedup();
                format!("copied, tagged with {}", names.join(", "))
            }
            Self::Rewrite(reasons) => format!("written anew: {}", reasons.join(", ")),
        }
    }
}

/// How the frame with this header becomes a master.
///
/// # Errors
/// If it cannot: deep or otherwise unreadable parts, no colour, tags that contradict each other or the format.
pub fn way(header: &Header, wanted: &Wanted<'_>) -> Result<Way> {
    let layer = find_layer(header, wanted.layer)?;
    let part = header.part(layer.part)?;
    if layer.kind != LayerKind::Color || layer.color[0] == layer.color[1] {
        let what = format!("layer {:?} holds no colour", layer.name);
        return Err(Error::spec(what, "Name the layer with the picture: `layer` under [composites] in gsd.toml"));
    }
    for (number, part) in header.parts.iter().enumerate() {
        part.check_readable().map_err(|error| error.in_part(number))?;
        check_tags(part, wanted).map_err(|error| error.in_part(number))?;
    }
    let reasons = reasons(header, part, &layer.color, wanted);
    if !reasons.is_empty() {
        return Ok(Way::Rewrite(reasons));
    }
    let tags: Vec<Vec<Attribute>> = (0..header.parts.len()).map(|part| missing_tags(header, part, wanted)).collect();
    Ok(if tags.iter().all(Vec::is_empty) { Way::AsItIs } else { Way::Retag(tags) })
}

/// The space of a part's colour.
fn space_of(part: &Part, wanted: &Wanted<'_>) -> ColorSpace {
    wanted.space.unwrap_or_else(|| part.color_space())
}

fn is_acescg(space: &ColorSpace) -> bool {
    space.chromaticities.name() == named::AP1.name()
}

/// What keeps the file from being a master as it is.
fn reasons(header: &Header, part: &Part, color: &[usize; 3], wanted: &Wanted<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    let (window, [width, height]) = (part.display_window, wanted.spec.resolution);
    if [window.width, window.height] != [width, height] {
        reasons.push(format!("{}x{} becomes {width}x{height}", window.width, window.height));
    }
    if let Some(other) = header.parts.iter().map(|part| space_of(part, wanted)).find(|space| !is_acescg(space)) {
        reasons.push(format!("{other} becomes ACEScg"));
    }
    let compression = compression(wanted.spec);
    if let Some(other) = header.parts.iter().find(|part| part.compression != compression) {
        reasons.push(format!("{} becomes {}", other.compression.name(), compression.name()));
    }
    if header.parts.iter().any(|part| part.kind != PartKind::ScanLine) {
        reasons.push("tiles become scan lines".into());
    }
    if header.parts.iter().any(|part| part.stored != part.channels) {
        reasons.push("luminance and chroma become R, G, B".into());
    }
    let names = color.map(|index| part.channels.get(index).map(|channel| channel.name.as_str()).unwrap_or_default());
    if names != ["R", "G", "B"] {
        reasons.push(format!("{} become R, G, B", names.join(", ")));
    }
    reasons
}

/// The compression that a format asks for.
pub(crate) fn compression(spec: &OutputSpec) -> Compression {
    match spec.compression {
        Codec::ExrNone => Compression::None,
        Codec::ExrZips => Compression::Zips,
        _ => Compression::Zip,
    }
}

/// What cannot be mended, because nobody knows which tag is right.
fn check_tags(part: &Part, wanted: &Wanted<'_>) -> Result<()> {
    let refuse = |what: String, next: &str| Err(Error::malformed(Place::default(), what).with_next(next));
    if (part.pixel_aspect - 1.0).abs() > 1e-3 || part.pixel_aspect.is_nan() {
        let what = format!("pixels are not square (the aspect ratio is {})", part.pixel_aspect);
        return refuse(what, "Render the composite with square pixels");
    }
    let said = part.text("colorInteropID").and_then(ColorSpace::from_interop_id);
    if let (None, Some(said), Some(chromaticities)) = (wanted.space, said, part.chromaticities())
        && said.chromaticities.distance(&chromaticities) > 1e-3
    {
        let what = format!("colorInteropID says {}, chromaticities say otherwise", said.name());
        return refuse(what, "Mend the tags, or set `color_space` under [composites] in gsd.toml");
    }
    if let Some((top, bottom)) = part.frames_per_second()
        && !wanted.spec.frame_rate.is(top, bottom)
    {
        let what = format!("the frame says {top}/{bottom} frames a second, the format {}", wanted.spec.frame_rate);
        return refuse(what, "Mend framesPerSecond, or set `frame_rate` for the format in gsd.toml");
    }
    Ok(())
}

/// Tags of one part that are not there, or not right.
fn missing_tags(header: &Header, number: usize, wanted: &Wanted<'_>) -> Vec<Attribute> {
    let Some(part) = header.parts.get(number) else { return Vec::new() };
    let is_color = layers(header).iter().any(|layer| layer.part == number && layer.kind == LayerKind::Color);
    let mut tags = color_tags(is_color);
    tags.retain(|tag| match tag.name.as_str() {
        "chromaticities" => part.chromaticities().is_none_or(|space| space.name() != named::AP1.name()),
        _ => part.attribute(&tag.name) != Some(&tag.value),
    });
    tags.extend(time_tags(wanted).into_iter().filter(|tag| match (&tag.value, part.attribute(&tag.name)) {
        // 24/1 and 48/2 are one rate; user data of a time code is nobody's business.
        (AttributeValue::Rational(..), Some(_)) => part.frames_per_second().is_none(),
        (AttributeValue::TimeCode(time, _), Some(AttributeValue::TimeCode(found, _))) => time != found,
        _ => true,
    }));
    if number == 0 {
        tags.extend(metadata(wanted).into_iter().filter(|tag| part.attribute(&tag.name) != Some(&tag.value)));
    }
    tags
}

/// Chromaticities are shared by all parts of a file; the name of the space is for parts that hold colour.
fn color_tags(is_color: bool) -> Vec<Attribute> {
    let mut tags = vec![Attribute::chromaticities(&named::AP1)];
    if is_color {
        tags.push(Attribute::text("colorInteropID", "lin_ap1_scene"));
    }
    tags
}

fn time_tags(wanted: &Wanted<'_>) -> Vec<Attribute> {
    let rate = wanted.spec.frame_rate;
    let top = i32::try_from(rate.numerator).unwrap_or(i32::MAX);
    let mut tags = vec![Attribute::rational("framesPerSecond", top, rate.denominator)];
    if let Some(value) = Timecode::of_frame(wanted.number, rate).to_exr() {
        tags.push(Attribute { name: "timeCode".into(), kind: "timecode".into(), value });
    }
    tags
}

fn metadata(wanted: &Wanted<'_>) -> Vec<Attribute> {
    wanted.spec.metadata.iter().map(|(name, text)| Attribute::text(name, text)).collect()
}
