//! Primaries and white points, and the matrices that follow from them.

use super::Matrix3;

/// CIE 1931 x, y of the primaries and the white of an RGB space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chromaticities {
    /// x, y of the red primary.
    pub red: [f64; 2],
    /// x, y of the green primary.
    pub green: [f64; 2],
    /// x, y of the blue primary.
    pub blue: [f64; 2],
    /// x, y of white (equal R, G and B).
    pub white: [f64; 2],
}

/// The RGB spaces that have a name.
pub mod named {
    use super::Chromaticities;

    /// The ACES white point, near D60: SMPTE ST 2065-1, 4.1.
    const ACES_WHITE: [f64; 2] = [0.32168, 0.33767];
    /// D65 as the video standards round it: ITU-R BT.709-6, table 1, item 1.4.
    const D65: [f64; 2] = [0.3127, 0.3290];

    /// ACES2065-1: SMPTE ST 2065-1, 4.1.
    pub const AP0: Chromaticities = Chromaticities {
        red: [0.73470, 0.26530],
        green: [0.00000, 1.00000],
        blue: [0.00010, -0.07700],
        white: ACES_WHITE,
    };
    /// ACEScg: AMPAS S-2014-004, 4.1.
    pub const AP1: Chromaticities =
        Chromaticities { red: [0.713, 0.293], green: [0.165, 0.830], blue: [0.128, 0.044], white: ACES_WHITE };
    /// Rec.709 and sRGB: ITU-R BT.709-6, table 1, item 1.3.
    pub const REC709: Chromaticities =
        Chromaticities { red: [0.64, 0.33], green: [0.30, 0.60], blue: [0.15, 0.06], white: D65 };
    /// Rec.2020: ITU-R BT.2020-2, table 3.
    pub const REC2020: Chromaticities =
        Chromaticities { red: [0.708, 0.292], green: [0.170, 0.797], blue: [0.131, 0.046], white: D65 };
    /// P3 with D65 white: SMPTE EG 432-1.
    pub const P3_D65: Chromaticities =
        Chromaticities { red: [0.680, 0.320], green: [0.265, 0.690], blue: [0.150, 0.060], white: D65 };
    /// CIE XYZ relative to D65, as OpenEXR's colour interop recommendation names it.
    pub const XYZ_D65: Chromaticities =
        Chromaticities { red: [1.0, 0.0], green: [0.0, 1.0], blue: [0.0, 0.0], white: D65 };
    /// CIE XYZ relative to the equal-energy white.
    pub const XYZ_E: Chromaticities =
        Chromaticities { red: [1.0, 0.0], green: [0.0, 1.0], blue: [0.0, 0.0], white: [1.0 / 3.0, 1.0 / 3.0] };

    /// Every space above with the name a report gives it.
    pub const ALL: [(Chromaticities, &str); 7] = [
        (AP1, "ACEScg"),
        (AP0, "ACES2065-1"),
        (REC709, "linear Rec.709"),
        (REC2020, "linear Rec.2020"),
        (P3_D65, "linear P3-D65"),
        (XYZ_D65, "CIE XYZ (D65)"),
        (XYZ_E, "CIE XYZ (E)"),
    ];
}

/// How far two spaces' coordinates may differ and still be the same one: files carry them as 32-bit floats, and
/// writers round them.
const SAME: f64 = 1e-4;

impl Chromaticities {
    /// The name of the space, if it has one.
    pub fn name(&self) -> Option<&'static str> {
        named::ALL.iter().find(|(space, _)| self.distance(space) <= SAME).map(|&(_, name)| name)
    }

    /// The largest difference of any coordinate.
    pub fn distance(&self, other: &Self) -> f64 {
        let differences = self.flat().into_iter().zip(other.flat()).map(|(a, b)| (a - b).abs());
        differences.fold(0.0, |worst, d| if d > worst || d.is_nan() { d } else { worst })
    }

    /// The matrix from RGB to CIE XYZ in which white has Y = 1 (SMPTE RP 177, 3.3); `None` where the primaries lie on
    /// a line or white has no luminance.
    pub fn rgb_to_xyz(&self) -> Option<Matrix3> {
        let column = |[x, y]: [f64; 2]| [x, y, 1.0 - x - y];
        let [red, green, blue] = [self.red, self.green, self.blue].map(column);
        let primaries = Matrix3(std::array::from_fn(|row| [red[row], green[row], blue[row]]));
        let scale = primaries.inverse()?.apply(self.white_xyz()?);
        Some(primaries * Matrix3::diagonal(scale))
    }

    /// The matrix from linear RGB of this space to linear RGB of `target`, white to white.
    ///
    /// Differing white points are adapted with the Bradford transform (ICC.1:2022, annex E; the same that
    /// OpenColorIO's ACES configurations use). `None` where either space spans no colour volume.
    pub fn matrix_to(&self, target: &Self) -> Option<Matrix3> {
        let adaptation = bradford(self.white_xyz()?, target.white_xyz()?)?;
        Some(target.rgb_to_xyz()?.inverse()? * adaptation * self.rgb_to_xyz()?)
    }

    /// White as XYZ with Y = 1.
    fn white_xyz(&self) -> Option<[f64; 3]> {
        let [x, y] = self.white;
        let white = [x / y, 1.0, (1.0 - x - y) / y];
        white.iter().all(|value| value.is_finite()).then_some(white)
    }

    /// Red x, y, green x, y, blue x, y, white x, y: the order of the OpenEXR attribute.
    pub fn flat(&self) -> [f64; 8] {
        let [r, g, b, w] = [self.red, self.green, self.blue, self.white];
        [r[0], r[1], g[0], g[1], b[0], b[1], w[0], w[1]]
    }

    /// From the order of the OpenEXR attribute.
    pub const fn from_flat(v: [f64; 8]) -> Self {
        Self { red: [v[0], v[1]], green: [v[2], v[3]], blue: [v[4], v[5]], white: [v[6], v[7]] }
    }
}

/// Adapts XYZ from one white to another; identity where they are the same.
fn bradford(from: [f64; 3], to: [f64; 3]) -> Option<Matrix3> {
    if from == to {
        return Some(Matrix3::IDENTITY);
    }
    // Lam's cone response matrix: ICC.1:2022, annex E.
    const CONE: Matrix3 = Matrix3([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]);
    let (from, to) = (CONE.apply(from), CONE.apply(to));
    let scale = Matrix3::diagonal(std::array::from_fn(|i| to[i] / from[i]));
    Some(CONE.inverse()? * scale * CONE)
}

#[cfg(test)]
mod tests {
    use super::named::{ALL, AP1, REC709, XYZ_E};
    use super::{Chromaticities, Matrix3};

    fn assert_close(found: Option<Matrix3>, expected: [[f64; 3]; 3], tolerance: f64) {
        let off = found.map(|m| {
            let pairs = m.0.into_iter().flatten().zip(expected.into_iter().flatten());
            pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        });
        assert!(off.is_some_and(|off| off <= tolerance), "{found:?} is off by {off:?}");
    }

    #[test]
    fn acescg_to_xyz_is_the_published_matrix() {
        // AMPAS S-2014-004, 4.5 (TRA1), printed with ten digits.
        let published = [
            [0.6624541811, 0.1340042065, 0.1561876870],
            [0.2722287168, 0.6740817658, 0.0536895174],
            [-0.0055746495, 0.0040607335, 1.0103391003],
        ];
        assert_close(AP1.rgb_to_xyz(), published, 1e-9);
    }

    #[test]
    fn rec709_luminance_weights_are_the_published_ones() {
        // ITU-R BT.709-6, item 3.2, printed with four digits.
        let weights = REC709.rgb_to_xyz().map(|m| m.0[1]);
        let expected = [0.2126, 0.7152, 0.0722];
        assert!(weights.is_some_and(|w| w.iter().zip(expected).all(|(a, b)| (a - b).abs() < 5e-5)), "{weights:?}");
    }

    #[test]
    fn xyz_is_itself_and_white_stays_white() {
        assert_close(XYZ_E.rgb_to_xyz(), Matrix3::IDENTITY.0, 1e-12);
        for (space, name) in ALL {
            let white = space.matrix_to(&REC709).map(|m| m.apply([1.0; 3]));
            assert!(white.is_some_and(|w| w.iter().all(|v| (v - 1.0).abs() < 1e-12)), "{name}: {white:?}");
        }
    }

    #[test]
    fn primaries_on_a_line_have_no_matrix() {
        let flat = Chromaticities { blue: REC709.red, ..REC709 };
        assert_eq!(flat.rgb_to_xyz(), None);
        let nan = Chromaticities { white: [f64::NAN, 0.3], ..REC709 };
        assert_eq!(nan.matrix_to(&REC709), None);
        assert_eq!(nan.name(), None);
    }
}
