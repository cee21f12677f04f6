//! Layers: the channels that belong together, and which of them a viewer wants first.

use serde::{Deserialize, Serialize};

use super::attribute::{Attribute, AttributeValue};
use super::header::{Header, Part};

/// Channels of one part that form a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// Number of the part.
    pub part: usize,
    /// Channel prefix, or the part's name, or `RGB` where there is neither.
    pub name: String,
    /// View of a stereo pair, if said.
    pub view: Option<String>,
    /// Whether a colour transform makes sense.
    pub kind: LayerKind,
    /// Red, green, blue, by place in [`Part::channels`]; one channel thrice where there is only one.
    pub color: [usize; 3],
    /// Alpha, by place in [`Part::channels`].
    pub alpha: Option<usize>,
    /// Every channel of the layer, by place in [`Part::channels`].
    pub channels: Vec<usize>,
}

/// What a layer's numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LayerKind {
    /// Scene-linear light.
    Color,
    /// Distances, vectors, ids, coverage: shown as they are.
    Data,
}

impl Layer {
    /// The channels a picture of it needs, each once: red, green, blue, alpha.
    pub fn picture_channels(&self) -> Vec<usize> {
        let mut channels = Vec::with_capacity(4);
        for index in self.color.into_iter().chain(self.alpha) {
            if !channels.contains(&index) {
                channels.push(index);
            }
        }
        channels
    }
}

/// Every layer of a file, part by part, in the order of their channels.
pub fn layers(header: &Header) -> Vec<Layer> {
    let mut layers: Vec<Layer> =
        header.parts.iter().enumerate().flat_map(|(number, part)| part_layers(number, part)).collect();
    // Mattes may be called anything: the metadata of any part says what.
    let mattes: Vec<&str> = header.parts.iter().flat_map(matte_names).collect();
    for layer in layers.iter_mut().filter(|layer| mattes.iter().any(|name| is_rank_of(&layer.name, name))) {
        layer.kind = LayerKind::Data;
    }
    layers
}

/// The layer to show first, and why, in words; `None` where no part can be read.
///
/// The rule: the plain R, G, B of the first part that has them; else what Blender's compositor made; else a layer whose
/// name says it is the whole picture; else the first with three colours; else the first.
pub fn default_layer(header: &Header, layers: &[Layer]) -> Option<(usize, &'static str)> {
    let readable = |layer: &Layer| header.parts[layer.part].check_readable().is_ok();
    let candidates: Vec<usize> = (0..layers.len()).filter(|&i| readable(&layers[i])).collect();
    let find = |test: &dyn Fn(&Layer) -> bool| candidates.iter().copied().find(|&i| test(&layers[i]));
    let color = |layer: &Layer| layer.kind == LayerKind::Color;
    // A file of Blender's has the layers that went into it, too, each with its own `Combined`.
    let is_composite = |layer: &Layer| layer.name.eq_ignore_ascii_case("Composite.Combined");
    let is_picture = |layer: &Layer| {
        let name = layer.name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        ["rgba", "rgb", "beauty", "combined", "composite", "c"].contains(&name.as_str())
    };
    find(&|l| color(l) && header.parts[l.part].channels[l.color[0]].name == "R")
        .map(|i| (i, "it has the file's plain R, G, B"))
        .or_else(|| find(&|l| color(l) && is_composite(l)).map(|i| (i, "it is the compositor's result")))
        .or_else(|| find(&|l| color(l) && is_picture(l)).map(|i| (i, "its name says it is the whole picture")))
        .or_else(|| find(&color).map(|i| (i, "it is the first with three colours")))
        .or_else(|| candidates.first().map(|&i| (i, "no layer has three colours, it is the first")))
}

fn part_layers(number: usize, part: &Part) -> Vec<Layer> {
    let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
    for (index, channel) in part.channels.iter().enumerate() {
        let prefix = channel.name.rsplit_once('.').map_or("", |(prefix, _)| prefix);
        match groups.iter_mut().find(|(known, _)| *known == prefix) {
            Some((_, indices)) => indices.push(index),
            None => groups.push((prefix, vec![index])),
        }
    }
    groups.into_iter().map(|(prefix, indices)| layer(number, part, prefix, indices)).collect()
}

fn layer(number: usize, part: &Part, prefix: &str, channels: Vec<usize>) -> Layer {
    let component = |index: usize| {
        let name = part.channels[index].name.as_str();
        name.rsplit_once('.').map_or(name, |(_, component)| component)
    };
    let find = |names: &[&str]| {
        channels.iter().copied().find(|&index| names.iter().any(|name| component(index).eq_ignore_ascii_case(name)))
    };
    let triple = |r: &[&str], g: &[&str], b: &[&str]| Some([find(r)?, find(g)?, find(b)?]);
    let rgb = triple(&["R", "red"], &["G", "green"], &["B", "blue"]);
    let gray = find(&["Y", "luminance"]).filter(|_| channels.len() <= 2);
    let first = |n: usize| channels[n.min(channels.len() - 1)];
    let color = rgb
        .or_else(|| triple(&["X"], &["Y"], &["Z"]))
        .or_else(|| gray.map(|index| [index; 3]))
        .unwrap_or_else(|| if channels.len() < 3 { [channels[0]; 3] } else { [first(0), first(1), first(2)] });
    let is_data = is_data_name(prefix) || is_data_name(&part.name) || part.text("colorInteropID") == Some("data");
    let kind = if (rgb.is_some() || gray.is_some()) && !is_data { LayerKind::Color } else { LayerKind::Data };
    let name = match (prefix, part.name.as_str()) {
        ("", "") => plain_name(&channels, component),
        ("", name) => name.to_owned(),
        (prefix, _) => prefix.to_owned(),
    };
    let view = part.view.clone().or_else(|| stereo_view(part, prefix));
    Layer { part: number, name, view, kind, color, alpha: find(&["A", "alpha"]), channels }
}

/// The view of a layer in a part that holds several: the last prefix but the channel's own name that is a view, or the
/// first view where there is none (*Introduction*, "Multi-view").
fn stereo_view(part: &Part, prefix: &str) -> Option<String> {
    let Some(AttributeValue::Texts(views)) = part.attribute("multiView") else { return None };
    let named = prefix.rsplit('.').find(|segment| views.iter().any(|view| view == segment));
    if named.is_none() && prefix.is_empty() { views.first().cloned() } else { named.map(str::to_owned) }
}

/// `RGBA` for channels without any name of their own, or their names where they are others.
fn plain_name<'a>(channels: &[usize], component: impl Fn(usize) -> &'a str) -> String {
    let has = |name: &str| channels.iter().any(|&index| component(index) == name);
    match (has("R") && has("G") && has("B"), has("A")) {
        (true, true) => "RGBA".into(),
        (true, false) => "RGB".into(),
        _ => channels.iter().map(|&index| component(index)).collect::<Vec<_>>().join(", "),
    }
}

/// The sets of mattes that a part's metadata declares (Cryptomatte specification, "Metadata").
fn matte_names(part: &Part) -> impl Iterator<Item = &str> {
    let is_name =
        |attribute: &&Attribute| attribute.name.starts_with("cryptomatte/") && attribute.name.ends_with("/name");
    part.attributes.iter().filter(is_name).filter_map(|attribute| match &attribute.value {
        AttributeValue::Text(name) => Some(name.as_str()),
        _ => None,
    })
}

/// Whether a layer is that set's preview or holds two of its ranks: `name`, `name00`, `name01` …
fn is_rank_of(layer: &str, set: &str) -> bool {
    let number = layer.strip_prefix(set);
    number.is_some_and(|digits| digits.is_empty() || (digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit())))
}

/// Whether a layer's name says that its three channels are no light: by its last word (`world_position`, `Denoising
/// Normal`), or as a whole where it is short.
fn is_data_name(name: &str) -> bool {
    const WORDS: [&str; 18] = [
        "normal", "normals", "position", "vector", "vectors", "depth", "uv", "uvs", "mist", "indexob", "indexma",
        "index", "id", "motion", "velocity", "mask", "matte", "mattes",
    ];
    const NAMES: [&str; 7] = ["n", "p", "z", "pref", "st", "uvmap", "motionvector"];
    let name = name.to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit());
    let word = last.rsplit([' ', '_', '-']).next().unwrap_or_default();
    name.contains("crypto") || WORDS.contains(&word) || NAMES.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::{is_data_name, is_rank_of};

    #[test]
    fn names_tell_numbers_from_light() {
        let data = [
            "Normal",
            "street.Denoising Normal",
            "world_position",
            "street.Object Index",
            "IndexOB",
            "object-id",
            "N",
            "P",
            "left.uv",
            "CryptoAsset01",
            "motionvector",
            "mask02",
            "street.Mist",
        ];
        for name in data {
            assert!(is_data_name(name), "{name}");
        }
        let light = [
            "",
            "street.Combined",
            "Diffuse Color",
            "Ambient Occlusion",
            "depth of field plate",
            "motion blur beauty",
            "position light",
            "street.Denoising Albedo",
            "AO",
            "paint",
            "grid",
        ];
        for name in light {
            assert!(!is_data_name(name), "{name}");
        }
        assert!(is_rank_of("ids", "ids") && is_rank_of("ids00", "ids") && is_rank_of("street.ids12", "street.ids"));
        assert!(!is_rank_of("ids0", "ids") && !is_rank_of("ids0a", "ids") && !is_rank_of("idsets00", "ids"));
    }
}
