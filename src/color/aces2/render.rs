//! The rendering itself, a block of pixels at a time in 32-bit floats.
//!
//! Every stage is a loop that the compiler makes SIMD of; only the look-up by hue goes pixel by pixel.

#![allow(clippy::needless_range_loop, reason = "several lanes are walked side by side, and so they vectorise")]

use super::cam::to_response;
use super::gamut::Focus;
use super::segments::{Segment, Segments};
use super::tonescale::Tonescale;
use crate::color::block::{BLOCK, Lane, each, for_each, map, mul};
use crate::color::math::{Bound, angle_degrees, log10, pow};

/// Every constant of the rendering, worked out for one source space and one display.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Renderer {
    /// Linear source RGB to AP1.
    pub(super) source_to_ap1: [[f32; 3]; 3],
    /// AP1 to adapted cone responses.
    pub(super) ap1_to_cone: [[f32; 3]; 3],
    pub(super) cone_to_aab: [[f32; 3]; 3],
    pub(super) aab_to_cone: [[f32; 3]; 3],
    /// Cone responses to linear display RGB.
    pub(super) cone_to_display: [[f32; 3]; 3],
    pub(super) largest_input: f32,
    /// Luminance-level adaptation, and the response of white.
    pub(super) adaptation: f32,
    pub(super) white_response: f32,
    /// Exponent from achromatic response to lightness.
    pub(super) lightness_exponent: f32,
    /// The way back.
    pub(super) response_exponent: f32,
    pub(super) tone: Tone,
    pub(super) chroma: Chroma,
    pub(super) gamut: Gamut,
    pub(super) segments: Segments,
}

/// The tone curve's constants, see [`super::tonescale`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tone {
    pub(super) contrast: f32,
    pub(super) toe: f32,
    pub(super) shoulder: f32,
    pub(super) scale: f32,
}

/// The chroma compression's constants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Chroma {
    pub(super) saturation: f32,
    pub(super) saturation_threshold: f32,
    pub(super) compression: f32,
    pub(super) scale: f32,
}

/// The gamut compression's constants, see [`super::gamut`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gamut {
    /// Lightness of the display's white, and the achromatic response that goes with it.
    pub(super) white_j: f32,
    pub(super) white_response: f32,
    pub(super) mid_j: f32,
    pub(super) focus_distance: f32,
    pub(super) lower_gamma_inverse: f32,
}

impl Renderer {
    /// Changes a block from linear source RGB to linear display RGB, 0 .. 1.
    ///
    /// Many short loops rather than one long: the power functions are chains of dependent operations, and a processor
    /// only works on several pixels' chains at once if the loop around them is short enough to look ahead in.
    #[inline(always)]
    pub(super) fn render(&self, rgb: &mut [Lane; 3]) {
        self.to_cones(rgb);
        let opponent = self.opponent(rgb);
        let hue = hue_of(&opponent);
        let by_hue = self.look_up(&hue);
        let toned = self.tone(&opponent.response);
        let lightness = map(&toned, |toned| 100.0 * pow(toned, self.lightness_exponent));
        let colourfulness = self.compress_chroma(&opponent, &toned, &lightness, &by_hue.reach_m);
        let (lightness, colourfulness) =
            self.gamut.compress(&lightness, &colourfulness, &by_hue, self.response_exponent);
        self.to_display(&lightness, &colourfulness, &opponent, rgb);
    }

    /// Linear source RGB to compressed cone responses.
    #[inline(always)]
    fn to_cones(&self, rgb: &mut [Lane; 3]) {
        for_each(rgb, |source| {
            let ap1 = mul(&self.source_to_ap1, source);
            mul(&self.ap1_to_cone, each(ap1, |v| v.at_least(0.0).at_most(self.largest_input)))
        });
        for lane in rgb {
            *lane = map(lane, compress_cone);
        }
    }

    /// Cone responses to achromatic response, colourfulness and the direction of hue.
    #[inline(always)]
    fn opponent(&self, [r, g, b]: &[Lane; 3]) -> Opponent {
        let mut seen =
            Opponent { response: [0.0; BLOCK], colourfulness: [0.0; BLOCK], cos: [0.0; BLOCK], sin: [0.0; BLOCK] };
        for i in 0..BLOCK {
            let [response, a, b] = mul(&self.cone_to_aab, [r[i], g[i], b[i]]);
            let m = (a * a + b * b).sqrt();
            // Nothing darker than black has a colour.
            let colourfulness = if response > 0.0 { m } else { 0.0 };
            let inverse = 1.0 / m.at_least(f32::MIN_POSITIVE);
            seen.response[i] = response.at_least(0.0);
            seen.colourfulness[i] = colourfulness;
            seen.cos[i] = if colourfulness > 0.0 { a * inverse } else { 1.0 };
            seen.sin[i] = if colourfulness > 0.0 { b * inverse } else { 0.0 };
        }
        seen
    }

    /// Interpolates the tables.
    #[inline(always)]
    fn look_up(&self, hue: &Lane) -> ByHue {
        let mut by_hue = ByHue {
            reach_m: [0.0; BLOCK],
            cusp_j: [0.0; BLOCK],
            cusp_m: [0.0; BLOCK],
            upper_gamma_inverse: [0.0; BLOCK],
        };
        for i in 0..BLOCK {
            let Segment { from, value, slope } = self.segments.at(hue[i]);
            let t = hue[i] - from;
            by_hue.reach_m[i] = value[0] + slope[0] * t;
            by_hue.cusp_j[i] = value[1] + slope[1] * t;
            by_hue.cusp_m[i] = value[2] + slope[2] * t;
            by_hue.upper_gamma_inverse[i] = value[3] + slope[3] * t;
        }
        by_hue
    }

    /// The tone curve on achromatic response: to luminance, through the curve, and back.
    #[inline(always)]
    fn tone(&self, response: &Lane) -> Lane {
        let luminance = map(response, |a| expand_positive(self.white_response * a) * (1.0 / self.adaptation));
        let toned = map(&luminance, |y| {
            let curve = self.tone.scale * pow(y / (y + self.tone.shoulder), self.tone.contrast);
            (curve * curve / (curve + self.tone.toe)).at_least(0.0) * 100.0
        });
        map(&toned, |y| compress_positive(y * self.adaptation) * (1.0 / self.white_response))
    }

    /// Brings colourfulness along with the tone curve. Responses stand for lightness to the power that the model uses
    /// here, which saves two powers.
    #[inline(always)]
    fn compress_chroma(&self, seen: &Opponent, toned: &Lane, lightness: &Lane, reach_m: &Lane) -> Lane {
        let mut compressed = [0.0; BLOCK];
        for i in 0..BLOCK {
            let n = lightness[i] * (1.0 / self.gamut.white_j);
            let sn = (1.0 - n).at_least(0.0);
            let norm = chroma_norm(seen.cos[i], seen.sin[i]) * self.chroma.scale;
            let inverse = 1.0 / norm;
            let limit = toned[i] * (1.0 / self.gamut.white_response) * reach_m[i] * inverse;
            let m = seen.colourfulness[i];
            let scaled = m * (toned[i] / seen.response[i].at_least(f32::MIN_POSITIVE)) * inverse;
            let expand = (n * n + self.chroma.saturation_threshold).sqrt();
            let expanded = limit - toe(limit - scaled, limit - 0.001, sn * self.chroma.saturation, expand);
            let inner = toe(expanded, limit, n * self.chroma.compression, sn) * norm;
            compressed[i] = if m > 0.0 { inner } else { 0.0 };
        }
        compressed
    }

    /// Lightness, colourfulness and hue to linear display RGB.
    #[inline(always)]
    fn to_display(&self, lightness: &Lane, colourfulness: &Lane, seen: &Opponent, rgb: &mut [Lane; 3]) {
        let response = map(lightness, |j| pow(j * 0.01, self.response_exponent));
        let [r, g, b] = &mut *rgb;
        for i in 0..BLOCK {
            let (a_axis, b_axis) = (colourfulness[i] * seen.cos[i], colourfulness[i] * seen.sin[i]);
            [r[i], g[i], b[i]] = mul(&self.aab_to_cone, [response[i], a_axis, b_axis]);
        }
        for lane in &mut *rgb {
            *lane = map(lane, expand_cone);
        }
        for_each(rgb, |cone| each(mul(&self.cone_to_display, cone), |v| v.at_least(0.0).at_most(1.0)));
    }
}

impl Tone {
    pub(super) fn new(tone: &Tonescale) -> Self {
        Self {
            contrast: tone.contrast as f32,
            toe: tone.toe as f32,
            shoulder: tone.shoulder as f32,
            scale: tone.scale as f32,
        }
    }
}

impl Chroma {
    /// The Academy's constants, for a peak in cd/m2 and its logarithm over 100.
    pub(super) fn new(peak: f64, log_peak: f64) -> Self {
        Self {
            compression: (2.4 + 2.4 * 3.3 * log_peak) as f32,
            saturation: (1.3 - 1.3 * 0.69 * log_peak).max(0.2) as f32,
            saturation_threshold: (0.5 / peak) as f32,
            scale: ((0.03379 * peak).powf(0.30596) - 0.45135) as f32,
        }
    }
}

/// What a block looks like before the tone curve.
struct Opponent {
    response: Lane,
    colourfulness: Lane,
    cos: Lane,
    sin: Lane,
}

/// The tables' values for each pixel.
struct ByHue {
    reach_m: Lane,
    cusp_j: Lane,
    cusp_m: Lane,
    upper_gamma_inverse: Lane,
}

#[inline(always)]
fn hue_of(seen: &Opponent) -> Lane {
    let mut hue = [0.0; BLOCK];
    for i in 0..BLOCK {
        hue[i] = angle_degrees(seen.sin[i], seen.cos[i]);
    }
    hue
}

impl Gamut {
    pub(super) fn new(focus: &Focus) -> Self {
        Self {
            white_j: focus.white_j as f32,
            white_response: to_response(focus.white_j) as f32,
            mid_j: focus.mid_j as f32,
            focus_distance: focus.distance as f32,
            lower_gamma_inverse: focus.lower_gamma_inverse as f32,
        }
    }

    /// J and M moved along a line towards the focus until they lie inside the display's hull.
    #[inline(always)]
    fn compress(&self, j: &Lane, m: &Lane, hue: &ByHue, response_exponent: f32) -> (Lane, Lane) {
        let (mut axis_j, mut slope, mut cusp_axis_j) = ([0.0; BLOCK], [0.0; BLOCK], [0.0; BLOCK]);
        for i in 0..BLOCK {
            let focus_j = self.focus_j(hue.cusp_j[i]);
            let gain = self.slope_gain(j[i], hue.cusp_j[i]);
            let axis = self.axis_intersection(j[i], m[i], focus_j, gain);
            let direction = if axis < focus_j { axis } else { self.white_j - axis };
            axis_j[i] = axis;
            slope[i] = direction * (axis - focus_j) / (focus_j * gain);
            cusp_axis_j[i] = self.axis_intersection(hue.cusp_j[i], hue.cusp_m[i], focus_j, gain);
        }
        let (mut lower, mut upper, mut reach) = ([0.0; BLOCK], [0.0; BLOCK], [0.0; BLOCK]);
        for i in 0..BLOCK {
            let hull = Hull {
                gamma_inverse: self.lower_gamma_inverse,
                j: hue.cusp_j[i],
                m: hue.cusp_m[i],
                reference_j: cusp_axis_j[i],
            };
            lower[i] = hull.meets_line(axis_j[i], slope[i]);
        }
        for i in 0..BLOCK {
            // The upper hull is a lower one upside down.
            let hull = Hull {
                gamma_inverse: hue.upper_gamma_inverse[i],
                j: self.white_j - hue.cusp_j[i],
                m: hue.cusp_m[i],
                reference_j: self.white_j - cusp_axis_j[i],
            };
            upper[i] = hull.meets_line(self.white_j - axis_j[i], -slope[i]);
        }
        for i in 0..BLOCK {
            let hull = Hull {
                gamma_inverse: response_exponent,
                j: self.white_j,
                m: hue.reach_m[i],
                reference_j: self.white_j,
            };
            reach[i] = hull.meets_line(axis_j[i], slope[i]);
        }
        let (mut inner_j, mut inner_m) = ([0.0; BLOCK], [0.0; BLOCK]);
        for i in 0..BLOCK {
            let boundary = smooth_minimum(lower[i], upper[i], hue.cusp_m[i]);
            let inner = remap(m[i], boundary, reach[i]);
            // Black, white and neutrals are on the axis; and where the hull has no width, so is everything.
            let on_axis = (j[i] <= 0.0) | (m[i] <= 0.0) | (j[i] > self.white_j) | (boundary <= 0.0);
            inner_j[i] = if on_axis { j[i].at_least(0.0) } else { axis_j[i] + inner * slope[i] };
            inner_m[i] = if on_axis { 0.0 } else { inner };
        }
        (inner_j, inner_m)
    }

    #[inline(always)]
    fn focus_j(&self, cusp_j: f32) -> f32 {
        let t = (1.3 - cusp_j * (1.0 / self.white_j)).at_most(1.0);
        cusp_j + (self.mid_j - cusp_j) * t
    }

    #[inline(always)]
    fn slope_gain(&self, j: f32, cusp_j: f32) -> f32 {
        let gain = self.white_j * self.focus_distance;
        let threshold = cusp_j + (self.white_j - cusp_j) * 0.3;
        let adjustment = log10((self.white_j - threshold) / (self.white_j - j).at_least(0.0001));
        if j > threshold { gain * (adjustment * adjustment + 1.0) } else { gain }
    }

    #[inline(always)]
    fn axis_intersection(&self, j: f32, m: f32, focus_j: f32, gain: f32) -> f32 {
        let scaled = m / gain;
        let a = scaled / focus_j;
        let below = j < focus_j;
        let b = if below { 1.0 - scaled } else { -(1.0 + scaled + self.white_j * a) };
        let c = if below { -j } else { self.white_j * scaled + j };
        let root = (b * b - 4.0 * a * c).at_least(0.0).sqrt();
        -2.0 * c / (if below { b + root } else { b - root })
    }
}

#[inline(always)]
fn compress_positive(light: f32) -> f32 {
    let power = pow(light, 0.42);
    power / (27.13 + power)
}

#[inline(always)]
fn compress_cone(light: f32) -> f32 {
    compress_positive(light.abs()).copysign(light)
}

#[inline(always)]
fn expand_positive(response: f32) -> f32 {
    let limited = response.at_most(0.99);
    pow(27.13 * limited / (1.0 - limited), 1.0 / 0.42)
}

#[inline(always)]
fn expand_cone(response: f32) -> f32 {
    expand_positive(response.abs()).copysign(response)
}

/// How much colourfulness a hue bears: a Fourier series of the hue with the Academy's weights.
#[inline(always)]
fn chroma_norm(cos: f32, sin: f32) -> f32 {
    let (cos2, sin2) = (2.0 * cos * cos - 1.0, 2.0 * cos * sin);
    let (cos3, sin3) = (4.0 * cos * cos * cos - 3.0 * cos, 3.0 * sin - 4.0 * sin * sin * sin);
    11.34072 * cos + 16.46899 * cos2 + 7.88380 * cos3 + 14.66441 * sin - 6.37224 * sin2 + 9.19364 * sin3 + 77.12896
}

/// A hyperbolic toe below `limit`.
#[inline(always)]
fn toe(x: f32, limit: f32, k1: f32, k2: f32) -> f32 {
    let k2 = k2.at_least(0.001);
    let k1 = (k1 * k1 + k2 * k2).sqrt();
    let k3 = (limit + k1) / (limit + k2);
    let b = k3 * x - k1;
    let bent = 0.5 * (b + (b * b + 4.0 * k2 * k3 * x).at_least(0.0).sqrt());
    if x > limit { x } else { bent }
}

/// A boundary J = j (M / m)^gamma.
struct Hull {
    gamma_inverse: f32,
    j: f32,
    m: f32,
    reference_j: f32,
}

impl Hull {
    /// The colourfulness where the line from (0, `axis_j`) meets it, nearly.
    #[inline(always)]
    fn meets_line(&self, axis_j: f32, slope: f32) -> f32 {
        let shifted = self.reference_j * pow((axis_j / self.reference_j).at_least(0.0), self.gamma_inverse);
        shifted * self.m / (self.j - slope * self.m)
    }
}

#[inline(always)]
fn smooth_minimum(a: f32, b: f32, scale: f32) -> f32 {
    let width = 0.12 * scale;
    let h = (width - (a - b).abs()).at_least(0.0) / width;
    a.at_most(b) - h * h * h * width * (1.0 / 6.0)
}

/// Colourfulness between threshold and reach brought between threshold and boundary.
#[inline(always)]
fn remap(m: f32, boundary: f32, reach: f32) -> f32 {
    let proportion = (boundary / reach).at_least(0.75);
    let threshold = proportion * boundary;
    let (over, inner, outer) = (m - threshold, boundary - threshold, reach - threshold);
    let scale = outer / (outer / inner - 1.0);
    let x = over / scale;
    let squeezed = threshold + scale * x / (1.0 + x);
    if m <= threshold || proportion >= 1.0 { m } else { squeezed }
}
