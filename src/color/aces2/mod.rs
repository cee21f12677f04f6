//! The ACES 2.0 output transform for SDR: 100 nit, limited to Rec.709.
//!
//! Built from the Academy's published algorithm (docs.acescentral.com, "Output Transforms: technical details"; CTL
//! `Lib.Academy.OutputTransform`, version a2): tables are derived here, in 64-bit floats, with its search steps and
//! tolerances; no value is taken from a baked table. The rendering is in [`render`].

mod cam;
mod gamut;
#[cfg(feature = "web")]
mod numbers;
mod render;
mod segments;
mod tables;
mod tonescale;

use std::sync::LazyLock;

use cam::Cam;
use gamut::Focus;
use render::{Chroma, Gamut, Renderer, Tone};
use segments::Segments;
use tonescale::Tonescale;

use super::block::Lane;
use super::{Matrix3, named};

/// Peak luminance of the display in cd/m2.
const PEAK: f64 = 100.0;

/// From AP1. Working out the tables takes longer than converting a small picture, or than a frame of a dragged exposure.
static FROM_AP1: LazyLock<Option<Renderer>> = LazyLock::new(Renderer::from_ap1);

/// The transform from one source space to linear Rec.709.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Aces2(Renderer);

impl Aces2 {
    /// From linear RGB by way of `source_to_ap1`. `None` where a space spanned no colour volume, which none does.
    pub(super) fn new(source_to_ap1: &Matrix3) -> Option<Self> {
        let known = FROM_AP1.clone()?;
        Some(Self(Renderer { source_to_ap1: source_to_ap1.to_f32(), ..known }))
    }

    /// Changes a block from linear source RGB to linear display RGB, 0 to 1.
    #[inline(always)]
    pub(super) fn render(&self, rgb: &mut [Lane; 3]) {
        self.0.render(rgb);
    }
}

impl Renderer {
    fn from_ap1() -> Option<Self> {
        // The scene is seen in AP0, whose white is AP1's; what is brought into the display's gamut is AP1.
        let scene = Cam::new(&named::AP0)?;
        let reach = Cam::new(&named::AP1)?;
        let limit = Cam::new(&named::REC709)?;
        let tone = Tonescale::new(PEAK);
        let white_j = scene.lightness_of(PEAK);
        let focus = Focus::new(white_j, scene.lightness_of(tone.mid_grey * 100.0), tone.log_peak);
        let cusps = tables::cusps(&reach, &limit, PEAK, tone.largest_input, &focus);
        let ap1_to_ap0 = named::AP0.rgb_to_xyz()?.inverse()? * named::AP1.rgb_to_xyz()?;
        Some(Self {
            source_to_ap1: Matrix3::IDENTITY.to_f32(),
            ap1_to_cone: (scene.rgb_to_cone * ap1_to_ap0).to_f32(),
            cone_to_aab: scene.cone_to_aab.to_f32(),
            aab_to_cone: limit.aab_to_cone.to_f32(),
            cone_to_display: limit.cone_to_rgb.to_f32(),
            largest_input: tone.largest_input as f32,
            adaptation: scene.adaptation as f32,
            white_response: scene.white_response as f32,
            lightness_exponent: cam::lightness_exponent() as f32,
            response_exponent: (1.0 / cam::lightness_exponent()) as f32,
            tone: Tone::new(&tone),
            chroma: Chroma::new(PEAK, tone.log_peak),
            gamut: Gamut::new(&focus),
            segments: Segments::new(&tables::reach(&reach, white_j), &cusps),
        })
    }
}
