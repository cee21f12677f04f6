//! The mattes that a frame brings along: its alpha, mask channels, objects of its Cryptomatte.

use crate::exr::cryptomatte::Labels;
use crate::exr::{Layer, Part};
use crate::frame::{Frame, Plane, Region};

/// One layer's coverage.
#[derive(Clone)]
pub(super) struct Matte<'a> {
    /// As the file calls it.
    pub(super) name: String,
    coverage: Coverage<'a>,
    /// Everything outside of it is empty or full; in the data window.
    pub(super) area: Region,
    /// Whether coverage is known to be the layer's own: a mask channel may just as well be the background's.
    pub(super) is_own: bool,
}

#[derive(Clone, Copy)]
enum Coverage<'a> {
    Plane { plane: &'a Plane, width: usize },
    Object { labels: &'a Labels, id: u32 },
}

/// Channels that are looked at, at the most; more are named as not tested.
const MOST_CHANNELS: usize = 8;
/// Objects of Cryptomatte that are looked at, the largest first.
const MOST_OBJECTS: usize = 16;
/// Smaller objects, as a share of the frame, have too little contour.
const SMALLEST_OBJECT: f64 = 0.0005;

impl<'a> Matte<'a> {
    /// Coverage 0 to 1 from `x`, `y` of the data window on.
    pub(super) fn read(&self, x: usize, y: usize, output: &mut [f32]) {
        match self.coverage {
            Coverage::Plane { plane, width } => plane.samples.read_f32(y * width + x, output),
            Coverage::Object { labels, id } => labels.read(x, y, id, output),
        }
    }
}

/// The channels of a layer's part that checks look at, by place in [`Part::channels`]: its picture, and the mattes beside it.
pub fn observed_channels(part: &Part, layer: &Layer) -> Vec<usize> {
    let mut channels = layer.picture_channels();
    for index in matte_channels(part, layer) {
        if !channels.contains(&index) {
            channels.push(index);
        }
    }
    channels
}

/// The channels of a part that hold mattes, by place in [`Part::channels`].
fn matte_channels(part: &Part, layer: &Layer) -> Vec<usize> {
    let names: Vec<&str> = part.channels.iter().map(|channel| channel.name.as_str()).collect();
    let is_color = |index: usize| layer.color.contains(&index) || Some(index) == layer.alpha;
    let others = (0..names.len()).filter(|&index| !is_color(index) && is_matte(names[index], &names));
    layer.alpha.into_iter().chain(others).take(MOST_CHANNELS).collect()
}

/// Whether a channel's name says that it is one layer's coverage; `all` are the channels beside it.
fn is_matte(name: &str, all: &[&str]) -> bool {
    let lower = name.to_ascii_lowercase();
    let (layer, component) = name.rsplit_once('.').unwrap_or(("", name));
    if lower.contains("crypto") {
        return false;
    }
    if ["a", "alpha"].contains(&component.to_ascii_lowercase().as_str()) || is_word_inside(&lower, &["mask", "matte"]) {
        return true;
    }
    // `fg.R` beside `fg.G` and `fg.B` is the foreground's light.
    let has = |component: &str| all.iter().any(|other| other.rsplit_once('.') == Some((layer, component)));
    let is_light = has("R") && has("G") && has("B");
    let planes = ["bg", "mg", "fg", "background", "midground", "foreground", "roto", "holdout"];
    !is_light && lower.split(['.', '_', '-', ' ']).any(|word| planes.contains(&word))
}

fn is_word_inside(name: &str, words: &[&str]) -> bool {
    words.iter().any(|word| name.contains(word))
}

/// Every matte that is at hand.
pub(super) fn mattes<'a>(frame: &'a Frame, part: &Part, layer: &Layer, labels: &'a [Labels]) -> Vec<Matte<'a>> {
    let width = frame.data_window.width as usize;
    let whole = Region::new(0, 0, frame.data_window.width, frame.data_window.height);
    let plane = |index: usize| {
        let plane = frame.plane(&part.channels.get(index)?.name)?;
        let is_own = layer.alpha == Some(index);
        Some(Matte { name: plane.name.clone(), coverage: Coverage::Plane { plane, width }, area: whole, is_own })
    };
    let mut mattes: Vec<Matte<'a>> = matte_channels(part, layer).into_iter().filter_map(plane).collect();
    // The first set only: sets of one file cut the same picture, objects before materials.
    for labels in labels.iter().filter(|labels| labels.region() == frame.data_window).take(1) {
        let objects = labels.objects().iter().filter(|object| object.share >= SMALLEST_OBJECT);
        mattes.extend(objects.take(MOST_OBJECTS).map(|object| Matte {
            name: object.name.clone().unwrap_or_else(|| format!("{:08x}", object.id)),
            coverage: Coverage::Object { labels, id: object.id },
            area: object.region.relative_to(&frame.data_window).intersection(&whole),
            is_own: false,
        }));
    }
    mattes
}

#[cfg(test)]
mod tests {
    use super::is_matte;

    #[test]
    fn names_tell_mattes_from_colours() {
        let all = ["R", "G", "B", "A", "fg.R", "fg.G", "fg.B", "fg.A", "FG", "mask.R", "mask.G", "mask.B", "bg_mask"];
        let mattes: Vec<&str> = all.into_iter().filter(|name| is_matte(name, &all)).collect();
        assert_eq!(mattes, ["A", "fg.A", "FG", "mask.R", "mask.G", "mask.B", "bg_mask"]);
        for name in ["Z", "diffuse.B", "CryptoMatte00.A", "bgcolor.R", "normals.X", "CryptoMask.A"] {
            assert!(!is_matte(name, &all), "{name}");
        }
        for name in ["whitebarmask.left.mask", "char.matte.G", "MG.Y", "left.alpha"] {
            assert!(is_matte(name, &all), "{name}");
        }
    }
}
