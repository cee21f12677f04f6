//! Reconstruction filters. None has a negative weight.

/// How the samples around a place are weighed.
///
/// Every weight is 0 or more, so that no result lies outside the samples it is made of: film plates hold highlights a
/// thousand times as bright as what is beside them, and a filter with negative lobes (Lanczos, Catmull-Rom, Mitchell)
/// rings black around each of them, by several per cent of the *highlight*. The price is some sharpness: at the
/// target's Nyquist frequency the responses are sinc^n(1/2), n being 1, 2 and 4.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Filter {
    /// The mean of the samples under the target pixel: sharpest (0.64 at Nyquist), and lets the most aliasing through
    /// (0.30 at one and a half times Nyquist).
    Box,
    /// A tent as wide as two target pixels: 0.41 at Nyquist, as a Mitchell filter has, and 0.09 at one and a half times.
    /// What deliverables are made with.
    #[default]
    Triangle,
    /// The cubic B-spline, as wide as four: 0.16 at Nyquist, 0.01 beyond. It never aliases visibly, and softens grain.
    CubicBSpline,
}

impl Filter {
    /// How far it reaches to either side, in target pixels (in source pixels when enlarging).
    pub(super) const fn radius(self) -> f64 {
        match self {
            Self::Box => 0.5,
            Self::Triangle => 1.0,
            Self::CubicBSpline => 2.0,
        }
    }

    /// The weight at that distance, not scaled to any sum.
    pub(super) fn weight(self, distance: f64) -> f64 {
        let x = distance.abs();
        match self {
            Self::Box if x <= 0.5 => 1.0,
            Self::Triangle if x < 1.0 => 1.0 - x,
            Self::CubicBSpline if x < 1.0 => (4.0 + x * x * (3.0 * x - 6.0)) / 6.0,
            Self::CubicBSpline if x < 2.0 => (2.0 - x).powi(3) / 6.0,
            _ => 0.0,
        }
    }
}
