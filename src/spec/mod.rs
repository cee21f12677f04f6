//! What was asked for: the deliverables and their rates.

mod codec;
mod rate;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use codec::{Codec, Container};
pub use rate::FrameRate;

use crate::color::{Chromaticities, named};
use crate::frame::SampleType;
use crate::{Error, Result};

/// The space a deliverable's values are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeliveryColor {
    /// Scene-linear with AP1 primaries.
    #[serde(rename = "ACEScg")]
    AcesCg,
    /// Display values for a Rec.709 monitor (BT.1886), tagged 1-1-1.
    Rec709,
}

impl DeliveryColor {
    /// The name in specs and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AcesCg => "ACEScg",
            Self::Rec709 => "Rec709",
        }
    }

    /// Its primaries and white.
    pub const fn chromaticities(self) -> Chromaticities {
        match self {
            Self::AcesCg => named::AP1,
            Self::Rec709 => named::REC709,
        }
    }
}

/// One deliverable: what is to be made of a composite, and what a delivered file is checked against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutputSpec {
    /// Its name in commands, settings and reports.
    pub name: Cow<'static, str>,
    /// What it is stored in.
    pub format: Container,
    /// Width and height in pixels.
    pub resolution: [u32; 2],
    /// Frames per second.
    pub frame_rate: FrameRate,
    /// The space its values are in.
    pub color_space: DeliveryColor,
    /// How it is compressed.
    pub compression: Codec,
    /// The least type of an EXR's colour samples: a composite's floats stay floats. Movies have their codec's.
    pub depth: SampleType,
    /// Further facts for the file's own metadata, by name.
    pub metadata: BTreeMap<String, String>,
}

impl OutputSpec {
    const fn new(name: &'static str, format: Container, resolution: [u32; 2], compression: Codec) -> Self {
        let color_space = if format.is_movie() { DeliveryColor::Rec709 } else { DeliveryColor::AcesCg };
        Self {
            name: Cow::Borrowed(name),
            format,
            resolution,
            frame_rate: FrameRate::FPS_24,
            color_space,
            compression,
            depth: SampleType::Half,
            metadata: BTreeMap::new(),
        }
    }

    /// Whether it can be made at all.
    ///
    /// # Errors
    /// Naming what does not fit together, and what would.
    pub fn check(&self) -> Result<()> {
        let refuse = |what: String, next: String| Err(Error::spec(format!("format {:?}: {what}", self.name), next));
        let Self { format, compression, resolution: [width, height], .. } = self;
        if !compression.fits(*format) {
            let fitting = Codec::ALL.into_iter().filter(|codec| codec.fits(*format));
            let fitting: Vec<&str> = fitting.map(Codec::name).collect();
            let what = format!("{} cannot be stored in {}", compression.name(), format.name());
            return refuse(what, format!("{} takes {}", format.name(), fitting.join(", ")));
        }
        if ![*width, *height].iter().all(|side| (1..=LONGEST_SIDE).contains(side)) {
            return refuse(
                format!("{width}x{height} is no picture size"),
                format!("A side has 1 to {LONGEST_SIDE} pixels"),
            );
        }
        if *compression == Codec::H264High && [*width, *height].iter().any(|side| side % 2 == 1) {
            return refuse(format!("4:2:0 cannot have {width}x{height}"), "Give an even width and height".into());
        }
        if format.is_movie() != (self.color_space == DeliveryColor::Rec709) {
            let what = format!("{} is not stored in {}", self.color_space.name(), format.name());
            return refuse(what, "EXR holds ACEScg, movies hold Rec709".into());
        }
        if let Some(name) = self.metadata.keys().find(|name| name.is_empty() || name.contains(['=', '\0'])) {
            return refuse(format!("{name:?} is no name for metadata"), "Leave '=' out of it".into());
        }
        if self.depth == SampleType::Uint {
            return refuse("colour is not stored in integers".into(), "The depth is half or float".into());
        }
        Ok(())
    }
}

/// The longest side of a picture, in pixels.
const LONGEST_SIDE: u32 = 65_535;

/// The deliverables of the film.
pub static OUTPUT_FORMATS: [OutputSpec; 4] = [
    OutputSpec::new("master_exr", Container::OpenExr, [4096, 1716], Codec::ExrZip),
    OutputSpec::new("prores_4444", Container::QuickTime, [4096, 1716], Codec::ProRes4444),
    OutputSpec::new("prores_422", Container::QuickTime, [2048, 858], Codec::ProRes422),
    OutputSpec::new("preview_h264", Container::Mp4, [1920, 804], Codec::H264High),
];

/// Short names that commands take beside the full ones.
const ALIASES: [(&str, &str); 4] =
    [("exr", "master_exr"), ("prores", "prores_4444"), ("prores422", "prores_422"), ("preview", "preview_h264")];

/// The full name of a deliverable that may be named shortly.
pub fn full_name(name: &str) -> &str {
    ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, full)| full)
}

/// The deliverable of that name or short name.
///
/// # Errors
/// With the names there are, if it is none of them.
pub fn output_format(name: &str) -> Result<&'static OutputSpec> {
    let full = full_name(name);
    OUTPUT_FORMATS.iter().find(|spec| spec.name == full).ok_or_else(|| {
        let known: Vec<&str> =
            OUTPUT_FORMATS.iter().map(|s| s.name.as_ref()).chain(ALIASES.iter().map(|(a, _)| *a)).collect();
        Error::spec(format!("no format is called {name:?}"), format!("There are {}", known.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::{Codec, Container, DeliveryColor, OUTPUT_FORMATS, OutputSpec, output_format};

    #[test]
    fn the_films_formats_can_be_made_and_nonsense_cannot() {
        for spec in &OUTPUT_FORMATS {
            assert!(spec.check().is_ok(), "{}", spec.name);
        }
        let [master, _, prores, preview] = OUTPUT_FORMATS.clone();
        let wrong = [
            OutputSpec { compression: Codec::H264High, ..master.clone() },
            OutputSpec { format: Container::Mp4, ..prores.clone() },
            OutputSpec { resolution: [1920, 803], ..preview },
            OutputSpec { resolution: [0, 858], ..prores },
            OutputSpec { color_space: DeliveryColor::Rec709, ..master },
        ];
        for spec in wrong {
            assert!(spec.check().is_err(), "{spec:?}");
        }
    }

    #[test]
    fn short_names_lead_to_the_deliverable_and_wrong_ones_list_what_there_is() {
        assert!(output_format("prores").is_ok_and(|spec| spec.name == "prores_4444"));
        let error = output_format("dnxhd").map_err(|error| error.to_string());
        assert!(error.is_err_and(|text| text.contains("preview_h264") && text.contains("exr")));
    }
}
