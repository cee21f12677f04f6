//! What Blender's numbers are in, from its answer.

use serde::Deserialize;

use crate::color::{Chromaticities, ColorSpace, Matrix3, Origin, named};
use crate::{Error, Result};

/// Blender's answer: see `driver/gsd_colour.py`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct WorkingSpace {
    /// The space's name in Blender's OpenColorIO configuration.
    name: Option<String>,
    /// Its interop name, from Blender 5 on.
    interop_id: Option<String>,
    /// From its RGB to CIE XYZ with white at D65, row by row.
    to_xyz_d65: Option<[[f64; 3]; 3]>,
}

/// How far two matrices to XYZ may differ and still be those of one space: Blender computes in 32-bit floats, and
/// configurations print matrices and white points with four digits and up. The named spaces differ by a tenth and more.
const SAME: f64 = 2e-3;

/// What common configurations call their scene-linear space, for those that lack the role by which Blender could measure it.
const NAMES: [(&str, Chromaticities); 8] = [
    ("ACES - ACEScg", named::AP1),
    ("ACEScg", named::AP1),
    ("lin_ap1", named::AP1),
    ("ACES - ACES2065-1", named::AP0),
    ("ACES2065-1", named::AP0),
    ("Utility - Linear - sRGB", named::REC709),
    ("Utility - Linear - Rec.709", named::REC709),
    ("lin_rec709", named::REC709),
];

impl WorkingSpace {
    /// The space: by its interop name, else as measured, else by its name.
    ///
    /// # Errors
    /// If Blender could not tell.
    pub(super) fn color_space(&self) -> Result<ColorSpace> {
        let by_id = || Some(ColorSpace::from_interop_id(self.interop_id.as_deref()?)?.chromaticities);
        let measured = || identify(&Matrix3(self.to_xyz_d65?));
        let by_name = || {
            let name = self.name.as_deref()?;
            NAMES.iter().find(|(known, _)| *known == name).map(|&(_, chromaticities)| chromaticities)
        };
        let chromaticities = by_id().or_else(measured).or_else(by_name).ok_or_else(|| {
            let what = match &self.name {
                Some(name) => format!("Blender works in {name:?}, and cannot tell which primaries that has"),
                None => "Blender cannot tell which space it works in".to_owned(),
            };
            Error::tool(what, "Give its OpenColorIO configuration the role aces_interchange, or unset OCIO")
        })?;
        Ok(ColorSpace { chromaticities, origin: Origin::Renderer })
    }
}

/// The named space with that matrix, else the primaries and white that the matrix itself tells.
fn identify(to_xyz: &Matrix3) -> Option<Chromaticities> {
    let numbers = || to_xyz.0.into_iter().flatten();
    if !numbers().all(f64::is_finite) {
        return None;
    }
    let difference = |space: &Chromaticities| {
        let known = to_xyz_d65(space)?.0.into_iter().flatten();
        Some(known.zip(numbers()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max))
    };
    let known = named::ALL.iter().find(|(space, _)| difference(space).is_some_and(|off| off < SAME));
    if let Some(&(space, _)) = known {
        return Some(space);
    }
    let xy = |xyz: [f64; 3]| {
        let sum = xyz[0] + xyz[1] + xyz[2];
        [xyz[0] / sum, xyz[1] / sum]
    };
    let [red, green, blue] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|rgb| xy(to_xyz.apply(rgb)));
    let space = Chromaticities { red, green, blue, white: xy(to_xyz.apply([1.0; 3])) };
    // A space without a volume cannot be converted from.
    space.matrix_to(&named::AP1).map(|_| space)
}

/// From a space's RGB to CIE XYZ, its white adapted to D65.
fn to_xyz_d65(space: &Chromaticities) -> Option<Matrix3> {
    Some(named::REC709.rgb_to_xyz()? * space.matrix_to(&named::REC709)?)
}

#[cfg(test)]
mod tests {
    use super::{WorkingSpace, to_xyz_d65};
    use crate::color::{Chromaticities, named};

    fn answer(name: Option<&str>, id: Option<&str>, to_xyz_d65: Option<[[f64; 3]; 3]>) -> Option<Chromaticities> {
        let answer = WorkingSpace { name: name.map(Into::into), interop_id: id.map(Into::into), to_xyz_d65 };
        answer.color_space().ok().map(|space| space.chromaticities)
    }

    /// As Blender 3.4.1 answers with its own configuration.
    const BLENDER_34: [[f64; 3]; 3] = [
        [0.412_456_423_044, 0.357_576_519_251, 0.180_437_952_280],
        [0.212_672_963_738, 0.715_152_680_874, 0.072_175_435_722],
        [0.019_333_899_021, 0.119_191_832_840, 0.950_304_567_814],
    ];

    #[test]
    fn a_named_space_is_known_by_its_numbers() {
        assert_eq!(answer(Some("Linear"), None, Some(BLENDER_34)), Some(named::REC709));
        for (space, name) in named::ALL {
            let found = answer(None, None, to_xyz_d65(&space).map(|matrix| matrix.0));
            // XYZ is the same whatever white it had before that was adapted.
            assert_eq!(found.and_then(|found| to_xyz_d65(&found)), to_xyz_d65(&space), "{name}");
        }
    }

    #[test]
    fn any_other_space_is_what_its_matrix_says() {
        let wide = Chromaticities { red: [0.75, 0.28], ..named::REC2020 };
        let found = answer(Some("wide"), None, to_xyz_d65(&wide).map(|matrix| matrix.0));
        assert!(found.is_some_and(|found| found.distance(&wide) < 1e-9), "{found:?}");
    }

    #[test]
    fn the_interop_name_comes_first_and_the_plain_name_last() {
        assert_eq!(answer(Some("ACEScg"), Some("lin_ap1_scene"), Some(BLENDER_34)), Some(named::AP1));
        assert_eq!(answer(Some("ACES - ACEScg"), None, None), Some(named::AP1));
        assert_eq!(answer(Some("something"), Some("something"), None), None);
        assert_eq!(answer(None, None, Some([[f64::NAN; 3]; 3])), None);
        assert_eq!(answer(None, None, Some([[1.0; 3]; 3])), None);
    }
}
