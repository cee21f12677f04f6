//! The colour appearance model of ACES 2: lightness J, colourfulness M and hue h, after Hellwig 2022 with the
//! simplifications of the Academy's rendering ("Technical details", docs.acescentral.com).
//!
//! Used here, in 64-bit floats, to build tables; the renderer has the same model in 32-bit floats, block by block.

use crate::color::Chromaticities;
use crate::color::Matrix3;

/// Luminance of the reference white in cd/m2, of the adapting field, and of the background: the Academy's viewing
/// conditions.
pub(super) const REFERENCE_LUMINANCE: f64 = 100.0;
const ADAPTING_LUMINANCE: f64 = 100.0;
const BACKGROUND: f64 = 20.0;
/// The exponential non-linearity c and the chromatic factor N_c of the "dim" surround (CIE 248, table 1).
const SURROUND_C: f64 = 0.59;
const SURROUND_NC: f64 = 0.9;
/// Exponent and offset of the cone response (CIE 248, 5.3), for responses normalised to 1 where CAM16 has 400.
pub(super) const CONE_EXPONENT: f64 = 0.42;
pub(super) const CONE_OFFSET: f64 = 27.13;
/// The largest response the inverse believes; it has no value at 1.
pub(super) const LARGEST_RESPONSE: f64 = 0.99;
const CONE_SCALE: f64 = 400.0;

/// The primaries that span CAM16's cone space as the Academy rounds them.
const CAM16: Chromaticities =
    Chromaticities { red: [0.8336, 0.1735], green: [2.3854, -1.4659], blue: [0.087, -0.125], white: [0.333, 0.333] };

/// The model for the RGB space of one set of primaries.
#[derive(Debug, Clone)]
pub(super) struct Cam {
    /// Linear RGB (1 is reference white) to adapted cone responses before compression.
    pub(super) rgb_to_cone: Matrix3,
    /// The way back.
    pub(super) cone_to_rgb: Matrix3,
    /// Compressed cone responses to achromatic response A (white is 1), a and b.
    pub(super) cone_to_aab: Matrix3,
    /// The way back.
    pub(super) aab_to_cone: Matrix3,
    /// Luminance-level adaptation factor over the reference luminance.
    pub(super) adaptation: f64,
    /// The achromatic response of reference white.
    pub(super) white_response: f64,
}

/// The exponent between achromatic response and lightness.
pub(super) fn lightness_exponent() -> f64 {
    SURROUND_C * (1.48 + (BACKGROUND / REFERENCE_LUMINANCE).sqrt())
}

/// A cone's response to light, an odd function.
pub(super) fn compress_cone(light: f64) -> f64 {
    let power = light.abs().powf(CONE_EXPONENT);
    (power / (CONE_OFFSET + power)).copysign(light)
}

/// The light that makes a cone's response.
pub(super) fn expand_cone(response: f64) -> f64 {
    let limited = response.abs().min(LARGEST_RESPONSE);
    (CONE_OFFSET * limited / (1.0 - limited)).powf(1.0 / CONE_EXPONENT).copysign(response)
}

impl Cam {
    /// `None` where the primaries span no colour volume.
    pub(super) fn new(space: &Chromaticities) -> Option<Self> {
        let to_xyz = space.rgb_to_xyz()?;
        let to_lms = CAM16.rgb_to_xyz()?.inverse()?;
        let white_xyz = to_xyz.apply([REFERENCE_LUMINANCE; 3]);
        let white_lms = to_lms.apply(white_xyz);

        // CIE 248, 5.2
        let k = 1.0 / (5.0 * ADAPTING_LUMINANCE + 1.0);
        let k4 = k.powi(4);
        let level =
            0.2 * k4 * (5.0 * ADAPTING_LUMINANCE) + 0.1 * (1.0 - k4).powi(2) * (5.0 * ADAPTING_LUMINANCE).cbrt();
        let adaptation = level / REFERENCE_LUMINANCE;

        // Complete adaptation to the space's own white.
        let gain: [f64; 3] = std::array::from_fn(|i| adaptation * white_xyz[1] / white_lms[i]);
        let rgb_to_lms = to_lms * to_xyz * Matrix3::diagonal([REFERENCE_LUMINANCE; 3]);
        let rgb_to_cone = Matrix3::diagonal(gain) * rgb_to_lms;

        let adapted_white: [f64; 3] = std::array::from_fn(|i| compress_cone(gain[i] * white_lms[i]));
        // Hellwig 2022: the achromatic response without noise term, and the opponent axes.
        let achromatic = [2.0, 1.0, 1.0 / 20.0].map(|weight| weight * CONE_SCALE);
        let of_white: f64 = achromatic.iter().zip(adapted_white).map(|(a, w)| a * w).sum();
        let chromatic = 43.0 * SURROUND_NC * CONE_SCALE;
        let cone_to_aab = Matrix3([
            achromatic.map(|weight| weight / of_white),
            [1.0, -12.0 / 11.0, 1.0 / 11.0].map(|weight| weight * chromatic),
            [1.0 / 9.0, 1.0 / 9.0, -2.0 / 9.0].map(|weight| weight * chromatic),
        ]);
        Some(Self {
            cone_to_rgb: rgb_to_cone.inverse()?,
            rgb_to_cone,
            aab_to_cone: cone_to_aab.inverse()?,
            cone_to_aab,
            adaptation,
            white_response: compress_cone(level),
        })
    }

    /// Linear RGB to achromatic response, a and b.
    pub(super) fn aab(&self, rgb: [f64; 3]) -> [f64; 3] {
        self.cone_to_aab.apply(self.rgb_to_cone.apply(rgb).map(compress_cone))
    }

    /// Linear RGB to J, M and h in degrees; black where the achromatic response is not positive.
    pub(super) fn jmh(&self, rgb: [f64; 3]) -> [f64; 3] {
        let [response, a, b] = self.aab(rgb);
        if response <= 0.0 {
            return [0.0; 3];
        }
        [to_lightness(response), a.hypot(b), b.atan2(a).to_degrees().rem_euclid(360.0)]
    }

    /// J, M and h in degrees to linear RGB.
    pub(super) fn rgb(&self, [j, m, h]: [f64; 3]) -> [f64; 3] {
        let (sin, cos) = h.to_radians().sin_cos();
        let cone = self.aab_to_cone.apply([to_response(j), m * cos, m * sin]);
        self.cone_to_rgb.apply(cone.map(expand_cone))
    }

    /// The lightness of a neutral of that luminance in cd/m2.
    pub(super) fn lightness_of(&self, luminance: f64) -> f64 {
        to_lightness(compress_cone(luminance * self.adaptation) / self.white_response)
    }
}

/// Achromatic response to lightness, both positive.
fn to_lightness(response: f64) -> f64 {
    100.0 * response.powf(lightness_exponent())
}

/// Lightness to achromatic response, both positive.
pub(super) fn to_response(lightness: f64) -> f64 {
    (lightness / 100.0).powf(1.0 / lightness_exponent())
}
