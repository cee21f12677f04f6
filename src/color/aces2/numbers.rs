//! What the page's shader needs of this rendering.

use super::Aces2;
use super::cam::{CONE_EXPONENT, CONE_OFFSET, LARGEST_RESPONSE};
use super::gamut::{CUSP_MID_BLEND, FOCUS_GAIN_BLEND, SMOOTH_CUSPS};
use crate::color::numbers::{Formula, Numbers};

impl Aces2 {
    /// The table has a row for each degree of hue, see [`super::segments::Segments::texels`].
    pub(in crate::color) fn numbers(&self) -> Numbers {
        let Self(renderer) = self;
        let (tone, chroma, gamut) = (&renderer.tone, &renderer.chroma, &renderer.gamut);
        Numbers {
            formula: Formula::Aces2,
            matrices: vec![
                ("source_to_ap1", renderer.source_to_ap1),
                ("ap1_to_cone", renderer.ap1_to_cone),
                ("cone_to_aab", renderer.cone_to_aab),
                ("aab_to_cone", renderer.aab_to_cone),
                ("cone_to_display", renderer.cone_to_display),
            ],
            scalars: vec![
                ("largest_input", renderer.largest_input),
                ("adaptation", renderer.adaptation),
                ("white_response", renderer.white_response),
                ("lightness_exponent", renderer.lightness_exponent),
                ("response_exponent", renderer.response_exponent),
                ("cone_exponent", CONE_EXPONENT as f32),
                ("cone_inverse_exponent", (1.0 / CONE_EXPONENT) as f32),
                ("cone_offset", CONE_OFFSET as f32),
                ("largest_response", LARGEST_RESPONSE as f32),
                ("tone_contrast", tone.contrast),
                ("tone_toe", tone.toe),
                ("tone_shoulder", tone.shoulder),
                ("tone_scale", tone.scale),
                ("chroma_saturation", chroma.saturation),
                ("chroma_saturation_threshold", chroma.saturation_threshold),
                ("chroma_compression", chroma.compression),
                ("chroma_scale", chroma.scale),
                ("white_j", gamut.white_j),
                ("display_white_response", gamut.white_response),
                ("mid_j", gamut.mid_j),
                ("focus_distance", gamut.focus_distance),
                ("lower_gamma_inverse", gamut.lower_gamma_inverse),
                ("cusp_mid_blend", CUSP_MID_BLEND as f32),
                ("focus_gain_blend", FOCUS_GAIN_BLEND as f32),
                ("smooth_cusps", SMOOTH_CUSPS as f32),
            ],
            table: renderer.segments.texels(),
        }
    }
}
