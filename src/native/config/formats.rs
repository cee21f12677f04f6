//! The deliverables of a project: the film's four, changed or joined by what `[formats]` says.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::template::{Template, Token};
use crate::frame::SampleType;
use crate::native::ffmpeg::ProResEncoder;
use crate::prores::check_quantiser;
use crate::spec::{Codec, Container, DeliveryColor, FrameRate, OUTPUT_FORMATS, OutputSpec, full_name};
use crate::{Error, Result};

/// A deliverable and where it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Format {
    /// What it is.
    pub spec: OutputSpec,
    /// Its files, under the scene's output folder.
    pub path: Template,
    /// The encoder's quality where it is not the one measured for it: the quantiser of ProRes, the rate factor of H.264.
    pub quality: Option<u32>,
    /// Who makes ProRes.
    pub encoder: ProResEncoder,
    /// Whether alpha is kept where the codec has it and the composite too.
    pub alpha: bool,
    /// Whether a movie begins with a slate.
    pub slate: bool,
    /// Whether there are words on a movie's frames.
    pub burn_in: bool,
}

/// Where the film's deliverables go.
const PATHS: [(&str, &str); 4] = [
    ("master_exr", "masters/{name}_master.{frame}.exr"),
    ("prores_4444", "prores/{name}_prores4444.mov"),
    ("prores_422", "prores/{name}_prores422.mov"),
    ("preview_h264", "preview/{name}_preview.mp4"),
];

/// One table under `[formats]`; what is left out is the film's, or that of the format it is `like`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Changes {
    like: Option<String>,
    format: Option<Container>,
    resolution: Option<[u32; 2]>,
    #[serde(deserialize_with = "optional_rate")]
    frame_rate: Option<FrameRate>,
    color_space: Option<DeliveryColor>,
    compression: Option<Codec>,
    depth: Option<SampleType>,
    metadata: BTreeMap<String, String>,
    path: Option<Template>,
    quality: Option<u32>,
    encoder: Option<ProResEncoder>,
    alpha: Option<bool>,
    slate: Option<bool>,
    burn_in: Option<bool>,
}

/// A rate as a whole number, or as `"24000/1001"`.
pub(super) fn optional_rate<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<FrameRate>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a rate is a whole number or a ratio such as \"24000/1001\"")]
    enum Written {
        Whole(u32),
        Ratio(String),
    }
    let text = match Written::deserialize(deserializer)? {
        Written::Whole(rate) => rate.to_string(),
        Written::Ratio(text) => text,
    };
    FrameRate::parse(&text).map(Some).map_err(serde::de::Error::custom)
}

/// The film's deliverables.
pub(super) fn films() -> Vec<Format> {
    let path = |name: &str| PATHS.iter().find(|(known, _)| *known == name).map_or("", |(_, path)| path);
    let format = |spec: &OutputSpec| Format {
        spec: spec.clone(),
        path: Template::literal(path(&spec.name)),
        quality: None,
        encoder: ProResEncoder::default(),
        alpha: true,
        slate: false,
        burn_in: false,
    };
    OUTPUT_FORMATS.iter().map(format).collect()
}

/// The deliverables of a project: the film's first, then its own by name.
///
/// # Errors
/// If a new one says too little, or one cannot be made.
pub(super) fn all(changes: &BTreeMap<String, Changes>, rate: Option<FrameRate>) -> Result<Vec<Format>> {
    let mut formats = films();
    if let Some(rate) = rate {
        formats.iter_mut().for_each(|format| format.spec.frame_rate = rate);
    }
    // The film's own first, so that a new format is like what the project makes of them.
    let is_film = |name: &str| OUTPUT_FORMATS.iter().any(|spec| spec.name == full_name(name));
    let (films, own): (Vec<_>, Vec<_>) = changes.iter().partition(|(name, _)| is_film(name));
    for (name, changes) in films.into_iter().chain(own) {
        let name = full_name(name);
        let known = |name: &str| formats.iter().position(|format| format.spec.name == name);
        let place = known(name);
        let base = place.or(changes.like.as_deref().and_then(|like| known(full_name(like))));
        let Some(base) = base else {
            let there: Vec<&str> = formats.iter().map(|format| format.spec.name.as_ref()).collect();
            let what = format!("format {name:?} is new, and does not say which one it is like");
            return Err(Error::spec(what, format!("Set `like` to one of {}", there.join(", "))));
        };
        let format = changes.apply(name, &formats[base])?;
        match place {
            Some(place) => formats[place] = format,
            None => formats.push(format),
        }
    }
    Ok(formats)
}

impl Changes {
    fn apply(&self, name: &str, base: &Format) -> Result<Format> {
        crate::editorial::check_name("format", name)?;
        let is_new = base.spec.name != name;
        let mut spec = OutputSpec { name: name.to_owned().into(), ..base.spec.clone() };
        spec.format = self.format.unwrap_or(spec.format);
        spec.resolution = self.resolution.unwrap_or(spec.resolution);
        spec.frame_rate = self.frame_rate.unwrap_or(spec.frame_rate);
        spec.color_space = self.color_space.unwrap_or(spec.color_space);
        spec.compression = self.compression.unwrap_or(spec.compression);
        spec.depth = self.depth.unwrap_or(spec.depth);
        spec.metadata.extend(self.metadata.clone());
        spec.check()?;
        let path = match &self.path {
            Some(path) => path.clone(),
            // Two formats must not write one file.
            None if is_new => Template::parse(&new_path(spec.format))?,
            None => base.path.clone(),
        };
        check_path(name, &path, spec.format)?;
        let alpha = self.alpha.unwrap_or(base.alpha);
        let [slate, burn_in] = [self.slate.unwrap_or(base.slate), self.burn_in.unwrap_or(base.burn_in)];
        if (slate || burn_in) && !spec.format.is_movie() {
            let what = format!("format {name:?}: masters have neither slate nor burn-ins");
            return Err(Error::spec(what, "Give them to a movie"));
        }
        if self.encoder.is_some() && spec.compression.prores().is_none() {
            let what = format!("format {name:?}: {} has no choice of encoders", spec.compression.name());
            return Err(Error::spec(what, "Leave out `encoder`: it is about ProRes"));
        }
        let encoder = self.encoder.unwrap_or(base.encoder);
        let is_prores = spec.compression.prores().is_some();
        // A quantiser is no rate factor.
        let inherited = base.quality.filter(|_| base.spec.compression.prores().is_some() == is_prores);
        let quality = self.quality.or(inherited);
        if let Some(quality) = quality.filter(|_| is_prores) {
            check_quantiser(quality, encoder.coarsest())?;
        }
        Ok(Format { spec, path, quality, encoder, alpha, slate, burn_in })
    }
}

fn new_path(container: Container) -> String {
    match container {
        Container::OpenExr => "masters/{name}_{format}.{frame}.exr".into(),
        Container::QuickTime => "prores/{name}_{format}.mov".into(),
        Container::Mp4 => "preview/{name}_{format}.mp4".into(),
    }
}

/// A file stays in its scene's folder, and every shot has its own.
fn check_path(name: &str, path: &Template, container: Container) -> Result<()> {
    let refuse = |what: &str, next: &str| Err(Error::spec(format!("the path of format {name:?} {what}"), next));
    let text = path.to_string();
    if !super::stays_inside(&text) {
        return refuse("leads out of the scene's folder", "Give one that goes down from there, without `..`");
    }
    if !path.has(Token::Name) && !path.has(Token::Shot) {
        return refuse("is the same for all shots", "Put {name} or {shot} into it");
    }
    if container.is_movie() == path.has(Token::Frame) {
        return refuse("fits another container", "EXR wants {frame} in it, a movie does not");
    }
    if !text.ends_with(&format!(".{}", container.extension())) {
        return refuse("ends in something else", &format!("Let it end in .{}", container.extension()));
    }
    Ok(())
}
