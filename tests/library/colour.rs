//! Colour against OpenColorIO's values.

use blender_gsd::color::{ColorSpace, Display, View, ViewTransform, convert_to_rec709, convert_to_srgb};

/// Largest difference in linear light and in encoded values up to 1, and relative above. OpenColorIO's own 32-bit
/// arithmetic is off by up to 2^-22 of the largest component where large numbers cancel.
const TOLERANCE: f64 = 1e-5;
const REFERENCE_NOISE: f64 = 1.0 / 4_194_304.0;

struct Row {
    input: [f32; 3],
    linear: [f64; 3],
    srgb: [f64; 3],
    rec1886: [f64; 3],
}

fn rows() -> Vec<Row> {
    let golden = include_str!("../golden/vectors.csv").lines().skip(1);
    golden
        .map(|line| {
            let values: Vec<f64> = line.split(',').skip(1).map(|value| value.parse().unwrap()).collect();
            let triple = |at: usize| -> [f64; 3] { values[at..at + 3].try_into().unwrap() };
            let input = triple(0).map(|value| value as f32);
            Row { input, linear: triple(3), srgb: triple(6), rec1886: triple(9) }
        })
        .collect()
}

#[test]
fn untonemapped_views_match_opencolorio() {
    let rows = rows();
    assert!(rows.len() > 200);
    let mut planes: [Vec<f32>; 3] = std::array::from_fn(|c| rows.iter().map(|row| row.input[c]).collect());
    let mut for_srgb = planes.clone();
    convert_to_rec709(planes.each_mut().map(Vec::as_mut_slice), &ColorSpace::assumed()).unwrap();
    convert_to_srgb(for_srgb.each_mut().map(Vec::as_mut_slice), &ColorSpace::assumed()).unwrap();
    let mut worst = 0.0_f64;
    for (display, planes) in [(Display::Rec709, &planes), (Display::Srgb, &for_srgb)] {
        for (i, row) in rows.iter().enumerate() {
            let noise = row.input.iter().fold(0.0_f64, |m, v| m.max(v.abs().into())) * REFERENCE_NOISE;
            let expected = if display == Display::Srgb { row.srgb } else { row.rec1886 };
            for c in 0..3 {
                let found = f64::from(planes[c][i]);
                let light = (display.encoding().decode(found) - row.linear[c]).abs() - noise;
                assert!(
                    light <= TOLERANCE * row.linear[c].abs().max(1.0),
                    "{display:?} {:?}: light off by {light:e}",
                    row.input
                );
                // Near black the curve of BT.1886 is infinitely steep: there only light can be compared.
                if row.linear[c].abs() > 1e-4 + 1e3 * noise {
                    let off = (found - expected[c]).abs() / expected[c].abs().max(1.0);
                    worst = worst.max(off);
                    assert!(off <= TOLERANCE, "{display:?} {:?} became {found}, expected {}", row.input, expected[c]);
                }
            }
        }
    }
    println!("largest difference in encoded values: {worst:e}");
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
    assert_eq!(line, "ACEScg (assumed, the file does not say) → Rec.709, un-tone-mapped, exposure −0.5");
}
