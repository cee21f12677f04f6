//! What becomes of each channel when a master is written anew.

use crate::color::named;
use crate::convert::find_layer;
use crate::error::Place;
use crate::exr::{Attribute, Header, Layer, LayerKind, Part, layers};
use crate::frame::{Region, SampleType};
use crate::{Error, Result};

use super::{Wanted, space_of};

/// Every channel of a composite, and what a master makes of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    /// Sorted by the name they get.
    pub(super) channels: Vec<Planned>,
    /// Channels that are turned together, by place in `channels`.
    pub(super) triples: Vec<Triple>,
    /// Where there are samples, and what is meant to be seen: of every part.
    pub(super) windows: [Region; 2],
}

/// One channel.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Planned {
    /// Its name in the master.
    pub(super) name: String,
    /// Its type in the master.
    pub(super) kind: SampleType,
    /// Part and place in [`Part::channels`] of the composite.
    pub(super) source: (usize, usize),
    /// Whether its samples may be mixed with their neighbours: light and coverage, not ids and distances.
    pub(super) is_smooth: bool,
}

/// Red, green and blue of a layer in another space, by place in [`Plan::channels`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Triple {
    pub(super) channels: [usize; 3],
    /// To linear AP1.
    pub(super) matrix: [[f64; 3]; 3],
}

impl Plan {
    /// # Errors
    /// If parts differ in their windows, two channels would get one name, or a space spans no colour volume.
    pub(super) fn new(header: &Header, wanted: &Wanted<'_>) -> Result<Self> {
        let picture = find_layer(header, wanted.layer)?;
        let windows = windows(header)?;
        let layers = layers(header);
        let mut channels = Vec::new();
        for (number, part) in header.parts.iter().enumerate() {
            for place in 0..part.channels.len() {
                channels.push(planned(header, &picture, &layers, (number, place), part, wanted));
            }
        }
        channels.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(pair) = channels.windows(2).find(|pair| pair[0].name == pair[1].name) {
            let what = format!("two channels would be called {:?}", pair[0].name);
            return Err(
                Error::malformed(Place::default(), what).with_next("Give the composite's layers names of their own")
            );
        }
        let triples = triples(header, &layers, &channels, wanted)?;
        Ok(Self { channels, triples, windows })
    }

    /// The attributes of all parts, but for colour and time, which are the master's own.
    pub(super) fn attributes(header: &Header) -> Vec<Attribute> {
        const DROPPED: [&str; 7] = [
            "acesImageContainerFlag",
            "adoptedNeutral",
            "chromaticities",
            "colorInteropID",
            "framesPerSecond",
            "timeCode",
            "preview",
        ];
        let mut kept: Vec<Attribute> = Vec::new();
        for attribute in header.parts.iter().flat_map(|part| &part.attributes) {
            let is_new = !kept.iter().any(|known| known.name == attribute.name);
            if is_new && !DROPPED.contains(&attribute.name.as_str()) {
                kept.push(attribute.clone());
            }
        }
        kept
    }
}

/// Every part's windows, which one part of the master will have.
fn windows(header: &Header) -> Result<[Region; 2]> {
    let first = header.part(0)?;
    let windows = [first.data_window, first.display_window];
    match header.parts.iter().position(|part| [part.data_window, part.display_window] != windows) {
        None => Ok(windows),
        Some(other) => {
            let what = "its windows are not those of the first part, so that one master cannot hold both";
            Err(Error::malformed(Place::default(), what).in_part(other).with_next("Render all layers with one size"))
        }
    }
}

fn planned(
    header: &Header,
    picture: &Layer,
    layers: &[Layer],
    source: (usize, usize),
    part: &Part,
    wanted: &Wanted<'_>,
) -> Planned {
    let (number, place) = source;
    let channel = &part.channels[place];
    let layer = layers.iter().find(|layer| layer.part == number && layer.channels.contains(&place));
    let is_smooth = channel.kind != SampleType::Uint
        && layer.is_some_and(|layer| {
            layer.kind == LayerKind::Color && (layer.color.contains(&place) || layer.alpha == Some(place))
        });
    let kind = match channel.kind {
        SampleType::Half if is_smooth => wanted.spec.depth,
        kind => kind,
    };
    Planned { name: name_of(header, picture, source, part), kind, source, is_smooth }
}

/// The picture's channels become R, G, B, A; those of other parts carry the part's name, if they do not already.
fn name_of(header: &Header, picture: &Layer, (number, place): (usize, usize), part: &Part) -> String {
    let own = &part.channels[place].name;
    if number == picture.part {
        if let Some(component) = picture.color.iter().position(|&index| index == place) {
            return ["R", "G", "B"][component].into();
        }
        if picture.alpha == Some(place) {
            return "A".into();
        }
    }
    let has_name = part.name.is_empty() || own.starts_with(&format!("{}.", part.name));
    if header.parts.len() == 1 || has_name { own.clone() } else { format!("{}.{own}", part.name) }
}

fn triples(header: &Header, layers: &[Layer], channels: &[Planned], wanted: &Wanted<'_>) -> Result<Vec<Triple>> {
    let mut triples = Vec::new();
    for layer in layers.iter().filter(|layer| layer.kind == LayerKind::Color && layer.color[0] != layer.color[1]) {
        let space = space_of(header.part(layer.part)?, wanted);
        if super::is_acescg(&space) {
            continue;
        }
        let matrix = space.chromaticities.matrix_to(&named::AP1);
        let matrix = matrix.ok_or_else(|| {
            Error::malformed(Place::default(), "the chromaticities span no colour volume").in_part(layer.part)
        })?;
        let find = |place: usize| channels.iter().position(|channel| channel.source == (layer.part, place));
        if let [Some(r), Some(g), Some(b)] = layer.color.map(find) {
            triples.push(Triple { channels: [r, g, b], matrix: matrix.0 });
        }
    }
    Ok(triples)
}
