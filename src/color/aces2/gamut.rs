//! Geometry of the gamut mapping in the plane of one hue: focus lines, hull boundaries and their intersections.
//!
//! "Gamut mapping", docs.acescentral.com. Generic over nothing: 64-bit floats for building tables. The renderer repeats
//! the same formulas in 32-bit floats without branches.

/// How much the cusp is rounded, and how much it is pushed out to make up for that.
pub(super) const SMOOTH_CUSPS: f64 = 0.12;
pub(super) const SMOOTH_M: f64 = 0.27;
/// Where between cusp and mid grey the focus lies.
pub(super) const CUSP_MID_BLEND: f64 = 1.3;
/// From how far between cusp and white on the lines flatten.
pub(super) const FOCUS_GAIN_BLEND: f64 = 0.3;
/// Distance of the focus point, and how it grows with the peak.
const FOCUS_DISTANCE: f64 = 1.35;
const FOCUS_DISTANCE_SCALING: f64 = 1.75;

/// What holds for all hues of one display.
#[derive(Debug, Clone, Copy)]
pub(super) struct Focus {
    /// Lightness of the display's peak.
    pub(super) white_j: f64,
    /// Lightness of mid grey.
    pub(super) mid_j: f64,
    /// Distance of the focus point.
    pub(super) distance: f64,
    /// 1 / gamma of the lower hull.
    pub(super) lower_gamma_inverse: f64,
}

impl Focus {
    pub(super) fn new(white_j: f64, mid_j: f64, log_peak: f64) -> Self {
        Self {
            white_j,
            mid_j,
            distance: FOCUS_DISTANCE + FOCUS_DISTANCE * FOCUS_DISTANCE_SCALING * log_peak,
            lower_gamma_inverse: 1.0 / (1.14 + 0.07 * log_peak),
        }
    }

    /// The lightness on the neutral axis that lines of a hue aim at.
    pub(super) fn focus_j(&self, cusp_j: f64) -> f64 {
        let t = (CUSP_MID_BLEND - cusp_j / self.white_j).min(1.0);
        cusp_j + (self.mid_j - cusp_j) * t
    }

    /// The lightness above which lines flatten.
    pub(super) fn flattens_from(&self, cusp_j: f64) -> f64 {
        cusp_j + (self.white_j - cusp_j) * FOCUS_GAIN_BLEND
    }

    /// The gain of lines through `j`.
    pub(super) fn slope_gain(&self, j: f64, cusp_j: f64) -> f64 {
        let gain = self.white_j * self.distance;
        let threshold = self.flattens_from(cusp_j);
        if j <= threshold {
            return gain;
        }
        let adjustment = ((self.white_j - threshold) / (self.white_j - j).max(0.0001)).log10();
        gain * (adjustment * adjustment + 1.0)
    }

    /// Where the line through (`j`, `m`) meets the neutral axis.
    pub(super) fn axis_intersection(&self, j: f64, m: f64, focus_j: f64, gain: f64) -> f64 {
        let scaled = m / gain;
        let a = scaled / focus_j;
        let (b, c) = if j < focus_j {
            (1.0 - scaled, -j)
        } else {
            (-(1.0 + scaled + self.white_j * a), self.white_j * scaled + j)
        };
        let root = (b * b - 4.0 * a * c).sqrt();
        -2.0 * c / if j < focus_j { b + root } else { b - root }
    }

    /// The slope of the line that meets the neutral axis there.
    pub(super) fn slope(&self, axis_j: f64, focus_j: f64, gain: f64) -> f64 {
        let direction = if axis_j < focus_j { axis_j } else { self.white_j - axis_j };
        direction * (axis_j - focus_j) / (focus_j * gain)
    }

    /// The colourfulness at which the line leaves the display's hull.
    pub(super) fn boundary(
        &self,
        cusp: [f64; 2],
        upper_gamma_inverse: f64,
        axis_j: f64,
        slope: f64,
        cusp_axis_j: f64,
    ) -> f64 {
        let [cusp_j, cusp_m] = cusp;
        let lower = line_meets_hull(axis_j, slope, self.lower_gamma_inverse, cusp_j, cusp_m, cusp_axis_j);
        // The upper hull is the lower one upside down.
        let flip = |j: f64| self.white_j - j;
        let upper = line_meets_hull(flip(axis_j), -slope, upper_gamma_inverse, flip(cusp_j), cusp_m, flip(cusp_axis_j));
        smooth_minimum(lower, upper, cusp_m)
    }
}

/// The colourfulness where the line from (0, `axis_j`) meets a hull J = `j` (M / `m`)^gamma, nearly: the line is taken
/// to the hull's straight form first.
fn line_meets_hull(axis_j: f64, slope: f64, gamma_inverse: f64, j: f64, m: f64, reference_j: f64) -> f64 {
    let shifted = reference_j * (axis_j / reference_j).powf(gamma_inverse);
    shifted * m / (j - slope * m)
}

/// A minimum without a corner, cubic within [`SMOOTH_CUSPS`] of `scale`.
fn smooth_minimum(a: f64, b: f64, scale: f64) -> f64 {
    let width = SMOOTH_CUSPS * scale;
    let h = (width - (a - b).abs()).max(0.0) / width;
    a.min(b) - h * h * h * width / 6.0
}
