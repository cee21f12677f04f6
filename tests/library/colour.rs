//! Colour against OpenColorIO's values.

use blender_gsd::color::{ColorSpace, Display, View, ViewTransform, convert_to_rec709, convert_to_srgb};

/// A view and the columns of the golden table that hold its values: the first of three, counted from the inputs.
pub(super) struct Golden {
    pub(super) view: View,
    pub(super) display: Display,
    column: usize,
    /// Largest difference of an encoded value up to 1, relative above.
    encoded: f64,
    /// Largest difference in linear light, likewise.
    light: f64,
}

/// What is promised against OpenColorIO: 1e-5 for the plain change of primaries, 1e-4 encoded for the renderings, whose
/// reference carries noise of its own (its default optimisation differs from these values by 2e-4 and 5e-5).
pub(super) const GOLDEN: [Golden; 6] = [
    Golden { view: View::Untonemapped, display: Display::Srgb, column: 6, encoded: 1e-5, light: 1e-5 },
    Golden { view: View::Untonemapped, display: Display::Rec709, column: 9, encoded: 1e-5, light: 1e-5 },
    Golden { view: View::Aces1, display: Display::Rec709, column: 12, encoded: 1e-4, light: 2e-4 },
    Golden { view: View::Aces1, display: Display::Srgb, column: 15, encoded: 1e-4, light: 2e-4 },
    Golden { view: View::Aces2, display: Display::Rec709, column: 18, encoded: 1e-4, light: 2e-4 },
    Golden { view: View::Aces2, display: Display::Srgb, column: 21, encoded: 1e-4, light: 2e-4 },
];

/// OpenColorIO's 32-bit arithmetic, matrix after matrix, is off by up to 2^-21 of the largest component where large numbers
/// cancel.
const REFERENCE_NOISE: f64 = 1.0 / 2_097_152.0;
/// Light under which encoded values are not compared (the curve of BT.1886 is infinitely steep at black), and the largest
/// difference in light there. Where they meet, that difference is 1e-4 of the signal.
const NEAR_BLACK: f64 = 2.7e-4;
const NEAR_BLACK_LIGHT: f64 = 2e-6;

/// Rows of the golden table as numbers: inputs first.
fn rows(table: &str) -> Vec<Vec<f64>> {
    let rows = table.lines().skip(1);
    rows.map(|line| line.split(',').skip(1).map(|value| value.parse().unwrap()).collect()).collect()
}

/// Every colour of a golden table.
fn compare_rows(golden: &Golden, rows: &[Vec<f64>]) {
    let inputs: Vec<[f32; 3]> = rows.iter().map(|row| std::array::from_fn(|c| row[c] as f32)).collect();
    let beyond = compare(golden, &inputs, |i| std::array::from_fn(|c| rows[i][golden.column + c]));
    assert_eq!(beyond, 0, "{:?} on {:?}", golden.view, golden.display);
}

/// Every colour of ACEScg against OpenColorIO's value, with the limits above and of one code of 10 bits. How many are beyond;
/// they are printed.
pub(super) fn compare(golden: &Golden, inputs: &[[f32; 3]], expected: impl Fn(usize) -> [f64; 3]) -> usize {
    let Golden { view, display, .. } = *golden;
    let mut planes: [Vec<f32>; 3] = std::array::from_fn(|c| inputs.iter().map(|input| input[c]).collect());
    let transform = ViewTransform { view, display, exposure: 0.0 };
    transform.processor(&ColorSpace::assumed()).unwrap().apply(planes.each_mut().map(Vec::as_mut_slice));
    let (mut worst_encoded, mut worst_light, mut worst_code, mut beyond) = (0.0_f64, 0.0_f64, 0, 0);
    for (i, input) in inputs.iter().enumerate() {
        let largest = input.iter().fold(0.0_f64, |m, v| m.max(f64::from(v.abs())));
        let noise = if view == View::Untonemapped { largest * REFERENCE_NOISE } else { 0.0 };
        for (plane, expected) in planes.iter().zip(expected(i)) {
            let found = f64::from(plane[i]);
            let [light, expected_light] = [found, expected].map(|signal| transform.encoding().decode(signal));
            let off = ((light - expected_light).abs() - noise) / expected_light.abs().max(1.0);
            let near_black = expected_light.abs() <= NEAR_BLACK + 1e3 * noise;
            let limit = if near_black { NEAR_BLACK_LIGHT.max(noise) } else { golden.light };
            let what = || format!("{view:?} on {display:?}: {:?} became {found}, expected {expected}", input);
            if off > limit {
                beyond += 1;
                println!("{}: light off by {off:e}", what());
            }
            worst_light = worst_light.max(off);
            if !near_black {
                // What the reference's noise in light comes to in the signal, by the slope of a power of 1/2.4.
                let slack = noise * expected.abs() / (2.4 * expected_light.abs());
                let off = ((found - expected).abs() - slack) / expected.abs().max(1.0);
                if off > golden.encoded {
                    beyond += 1;
                    println!("{}: off by {off:e}", what());
                }
                worst_encoded = worst_encoded.max(off);
            }
            let code = |signal: f64| (signal.clamp(0.0, 1.0) * 1023.0).round() as i32;
            let off = (code(found) - code(expected)).abs();
            if off > 1 {
                beyond += 1;
                println!("{}: {off} codes of 10 bits", what());
            }
            worst_code = worst_code.max(off);
        }
    }
    println!(
        "{view:?} on {display:?}: encoded {worst_encoded:.1e}, light {worst_light:.1e}, {worst_code} codes of 10 bits"
    );
    beyond
}

#[test]
fn views_match_opencolorio() {
    let rows = rows(include_str!("../golden/vectors.csv"));
    assert!(rows.len() > 200);
    GOLDEN.iter().for_each(|golden| compare_rows(golden, &rows));
}

#[test]
fn views_match_opencolorio_on_the_whole_table() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/vectors_dev.csv");
    let Ok(table) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let rows = rows(&table);
    GOLDEN.iter().for_each(|golden| compare_rows(golden, &rows));
}

#[test]
fn the_two_conversions_are_the_untonemapped_views() {
    let input = [0.3_f32, 0.5, 0.1];
    for display in Display::ALL {
        let mut rgb = input.map(|v| [v]);
        let rows = rgb.each_mut().map(|row| row.as_mut_slice());
        match display {
            Display::Rec709 => convert_to_rec709(rows, &ColorSpace::assumed()).unwrap(),
            Display::Srgb => convert_to_srgb(rows, &ColorSpace::assumed()).unwrap(),
        }
        let transform = ViewTransform { view: View::Untonemapped, display, exposure: 0.0 };
        let expected = transform.processor(&ColorSpace::assumed()).unwrap().apply_pixel(input);
        assert_eq!(rgb.map(|[v]| v), expected);
    }
}

#[test]
fn exposure_is_in_stops_and_bounded() {
    let transform = |exposure| ViewTransform { view: View::Untonemapped, display: Display::Rec709, exposure };
    let one = transform(0.0).processor(&ColorSpace::assumed()).unwrap().apply_pixel([0.4; 3]);
    let two = transform(1.0).processor(&ColorSpace::assumed()).unwrap().apply_pixel([0.2; 3]);
    for (a, b) in one.into_iter().zip(two) {
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
    assert!(transform(f32::NAN).processor(&ColorSpace::assumed()).is_err());
    assert!(transform(65.0).processor(&ColorSpace::assumed()).is_err());
}

#[test]
fn the_line_that_says_what_is_done_says_guesses() {
    let transform = ViewTransform { exposure: -0.5, ..ViewTransform::default() };
    let line = transform.describe(&ColorSpace::assumed());
    assert_eq!(line, "ACEScg (assumed, the file does not say) → Rec.709, ACES 2.0 SDR 100 nit, exposure −0.5");
}
