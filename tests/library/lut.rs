//! `.cube` LUTs against OpenColorIO's values, and files that are not sound.

use std::sync::Arc;

use blender_gsd::Error;
use blender_gsd::color::{
    Cdl, ColorSpace, Display, Encoding, Grade, Lut, LutLimits, LutPlace, ShowLut, View, ViewTransform,
};

use super::{fixture, numbers};

fn lut(name: &str) -> Lut {
    Lut::from_cube(&fixture(&format!("lut/{name}")), name, &LutLimits::default()).unwrap()
}

fn read(text: &str) -> Result<Lut, Error> {
    Lut::from_cube(text.as_bytes(), "made.cube", &LutLimits::default())
}

#[test]
fn luts_match_opencolorio() {
    let mut worst = 0.0_f64;
    for line in include_str!("../golden/lut.csv").lines().skip(1) {
        let (name, values) = line.split_once(',').unwrap();
        let values = numbers(values);
        let found = lut(name).apply_pixel(std::array::from_fn(|c| values[c] as f32));
        for (found, expected) in found.into_iter().zip(&values[3..]) {
            let off = (f64::from(found) - expected).abs();
            assert!(off < 1e-5, "{line}: {found} is off by {off:e}");
            worst = worst.max(off);
        }
    }
    println!("LUTs against OpenColorIO: {worst:.1e}");
}

/// From ACEScg to display values, everything on the way: the show LUT in the view's place, and a look before it.
#[test]
fn graded_views_match_opencolorio() {
    let cdl = Cdl::new("", [1.2, 0.9, 1.05], [0.02, -0.03, 0.0], [1.1, 0.85, 1.3], 0.8).unwrap();
    let transform = ViewTransform { view: View::Aces2, display: Display::Rec709, exposure: 0.0 };
    let ways = [
        ("resolve_both.cube", LutPlace::InsteadOfView, 3, 1e-5),
        // What the view itself promises.
        ("look.cube", LutPlace::BeforeView, 6, 1e-4),
    ];
    for (name, place, column, tolerance) in ways {
        let show = ShowLut { lut: Arc::new(lut(name)), place };
        let grade = Grade { cdl: Some(cdl.clone()), lut: Some(show) };
        let processor = grade.processor(&transform, &ColorSpace::assumed()).unwrap();
        let mut worst = 0.0_f64;
        for line in include_str!("../golden/grade.csv").lines().skip(1) {
            let values = numbers(line);
            let found = processor.apply_pixel(std::array::from_fn(|c| values[c] as f32));
            for (found, expected) in found.into_iter().zip(&values[column..]) {
                // BT.1886 is infinitely steep at black: there the light is compared, as the views' own tests do.
                let [light, expected_light] =
                    [f64::from(found), *expected].map(|signal| Encoding::Bt1886.decode(signal));
                if place == LutPlace::BeforeView && expected_light.abs() < 1e-4 {
                    assert!((light - expected_light).abs() < 2e-6, "{name}: {line}: {found}");
                    continue;
                }
                let off = (f64::from(found) - expected).abs();
                assert!(off < tolerance, "{name}: {line}: {found} is off by {off:e}");
                worst = worst.max(off);
            }
        }
        println!("{name} after a CDL, {place:?}, against OpenColorIO: {worst:.1e}");
    }
}

#[test]
fn exposure_comes_first_and_the_line_says_everything() {
    let show = |place| Some(ShowLut { lut: Arc::new(lut("look.cube")), place });
    let cdl = Some(Cdl::new("sh010", [1.5; 3], [0.0; 3], [1.0; 3], 1.0).unwrap());
    let space = ColorSpace::assumed();
    let stop = ViewTransform { exposure: 1.0, ..ViewTransform::default() };
    for grade in [
        Grade { cdl: cdl.clone(), lut: show(LutPlace::InsteadOfView) },
        Grade { cdl: cdl.clone(), lut: show(LutPlace::BeforeView) },
        Grade { cdl, lut: None },
    ] {
        let brighter = grade.processor(&stop, &space).unwrap().apply_pixel([0.1, 0.2, 0.3]);
        let doubled = grade.processor(&ViewTransform::default(), &space).unwrap().apply_pixel([0.2, 0.4, 0.6]);
        assert!(brighter.iter().zip(doubled).all(|(a, b)| (a - b).abs() < 1e-5), "{brighter:?} {doubled:?}");
        let line = grade.describe(&stop, &space);
        let view = match &grade.lut {
            Some(ShowLut { place: LutPlace::InsteadOfView, .. }) => " → Rec.709, LUT look.cube, exposure +1",
            Some(_) => ", LUT look.cube → Rec.709, ACES 2.0 SDR 100 nit, exposure +1",
            None => " → Rec.709, ACES 2.0 SDR 100 nit, exposure +1",
        };
        let start = "ACEScg (assumed, the file does not say) → ACEScct, CDL sh010 (slope 1.5 1.5 1.5, offset 0 0 0, ";
        assert!(line.starts_with(start) && line.ends_with(view), "{line}");
    }
}

#[test]
fn no_grade_makes_a_number_that_is_not_finite() {
    let cdl = Cdl::new("", [f32::MAX, 0.0, 1e30], [f32::MIN, f32::MAX, 0.0], [1e30, 1e-30, 9.0], f32::MAX).unwrap();
    let huge = format!("LUT_1D_SIZE 2\n{0} {0} {0}\n-{0} -{0} -{0}\n", f32::MAX);
    let extremes = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 1.0, 0.0, 1e-45];
    for place in [LutPlace::InsteadOfView, LutPlace::BeforeView] {
        let show = ShowLut { lut: Arc::new(read(&huge).unwrap()), place };
        for grade in
            [Grade { cdl: Some(cdl.clone()), lut: Some(show.clone()) }, Grade { cdl: Some(cdl.clone()), lut: None }]
        {
            for view in View::ALL {
                let transform = ViewTransform { view, exposure: 64.0, ..ViewTransform::default() };
                let processor = grade.processor(&transform, &ColorSpace::assumed()).unwrap();
                for rgb in extremes.into_iter().flat_map(|r| extremes.map(|g| [r, g, 0.5])) {
                    let out = processor.apply_pixel(rgb);
                    assert!(out.iter().all(|v| v.is_finite()), "{view:?} {place:?}: {rgb:?} became {out:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (text, message) in [
        ("", "line 1: neither LUT_1D_SIZE nor LUT_3D_SIZE"),
        ("0 0 0\n", "line 1: neither LUT_1D_SIZE nor LUT_3D_SIZE"),
        ("TITLE \"a\"\nLUT_1D_SIZE 2\n0 0 0\n", "line 3: the file ends after 1 entries, LUT_1D_SIZE 2 make 2"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n1 1 1\n", "line 4: here is an entry too many"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1\n", "line 3: an entry holds 2 numbers, not 3"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 1 1\n", "line 3: an entry holds 4 numbers, not 3"),
        ("LUT_1D_SIZE 2\n0 0 0\n\n1 NaN 1\n", "line 4: an entry holds \"NaN\", which is not finite"),
        ("LUT_1D_SIZE 2\ninf 0 0\n1 1 1\n", "line 2: an entry holds \"inf\", which is not finite"),
        ("LUT_1D_SIZE 2\n0 0 1e39\n1 1 1\n", "line 2: an entry holds \"1e39\", which is not finite"),
        ("LUT_1D_SIZE 2\n0 0 0x1\n1 1 1\n", "line 2: an entry holds \"0x1\", which is no number"),
        ("LUT_1D_SIZE 2\n0 0 0\nTITLE \"a\"\n1 1 1\n", "line 3: \"TITLE\" stands among the entries"),
        ("LUT_1D_SIZE 2\nLUT_1D_SIZE 2\n", "line 2: LUT_1D_SIZE is said a second time"),
        ("LUT_1D_SIZE 1\n0 0 0\n", "line 1: LUT_1D_SIZE is \"1\". It is one whole number from 2 to 65536"),
        ("LUT_1D_SIZE 2 2\n", "line 1: LUT_1D_SIZE is \"2\""),
        ("LUT_3D_SIZE -4\n", "line 1: LUT_3D_SIZE is \"-4\". It is one whole number from 2 to 129"),
        ("LUT_3D_SIZE 99999999999999999999999\n", "line 1: LUT_3D_SIZE is \"99999999999999999999999\""),
        (
            "\nLUT_3D_SIZE 130\n",
            "line 2: LUT_3D_SIZE 130 is over the limit. LUT_3D_SIZE is a whole number from 2 to 129",
        ),
        ("LUT_1D_SIZE 65537\n", "line 1: LUT_1D_SIZE 65537 is over the limit"),
        (
            "LUT_IN_VIDEO_RANGE\nLUT_1D_SIZE 2\n",
            "line 1: \"LUT_IN_VIDEO_RANGE\" is no keyword of a .cube file that is read. The keywords are TITLE, LUT_1D_SIZE",
        ),
        (
            "LUT_1D_SIZE 2\nDOMAIN_MIN 0 0 1\n0 0 0\n1 1 1\n",
            "line 2: the domain from [0.0, 0.0, 1.0] to [1.0, 1.0, 1.0] does not run upwards",
        ),
        ("LUT_1D_SIZE 2\nDOMAIN_MAX 1 nan 1\n0 0 0\n1 1 1\n", "line 2: DOMAIN_MAX holds \"nan\""),
        (
            "LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 1 0\n0 0 0\n1 1 1\n",
            "line 2: the input range from 1 to 0 does not run upwards",
        ),
        (
            "LUT_1D_SIZE 2\nLUT_3D_INPUT_RANGE 0 1\n0 0 0\n1 1 1\n",
            "line 2: LUT_3D_INPUT_RANGE stands without LUT_3D_SIZE",
        ),
        (
            "LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 1\nDOMAIN_MIN 0 0 0\n0 0 0\n1 1 1\n",
            "line 3: DOMAIN_MIN and DOMAIN_MAX are for files with one table",
        ),
    ] {
        let error = read(text).expect_err(text).to_string();
        assert!(error.starts_with(message), "{text:?}: {error}");
    }
    let picture = vec![0x76; 100_000];
    let error = Lut::from_cube(&picture, "", &LutLimits::default()).unwrap_err().to_string();
    assert!(error.contains("this is no .cube file"), "{error}");
    let limits = LutLimits { file_bytes: 10, ..LutLimits::default() };
    assert!(matches!(Lut::from_cube(b"LUT_1D_SIZE 2", "", &limits), Err(Error::Limit(_))));
}

#[test]
fn odd_but_sound_files_are_read() {
    let sound =
        "\u{feff}# comment\r\n\tTITLE \"a b\"\r\n  LUT_1D_SIZE\t2\r\n\r\n-.5 +0 1e-1\r\n # here too\r\n1 1. 1E0";
    assert_eq!(read(sound).unwrap().apply_pixel([0.5, 0.5, 1.0]), [0.25, 0.5, 1.0]);
    // Latin-1 in a title.
    let title = b"TITLE \"caf\xe9\"\nLUT_1D_SIZE 2\n0 0 0\n1 1 1\n";
    assert!(Lut::from_cube(title, "", &LutLimits::default()).is_ok());
}

/// Damaged files are refused or read, and what is read makes finite values.
#[test]
fn no_damage_makes_a_panic() {
    let mut state = 0x1998_u64;
    let mut random = move |below: usize| {
        // Knuth's MMIX generator.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    const PIECES: [&str; 12] = [
        "nan",
        "-",
        "1e38",
        "\n",
        " ",
        "LUT_3D_SIZE 129\n",
        "LUT_1D_SIZE 65536\n",
        "DOMAIN_MIN 0 0 0\n",
        "#",
        "\0",
        "-1e38",
        "9",
    ];
    let mut read = 0;
    for name in ["resolve_both.cube", "iridas_1d.cube", "resolve_3d.cube"] {
        let sound = fixture(&format!("lut/{name}"));
        for _ in 0..1500 {
            let mut bytes = sound.clone();
            for _ in 0..1 + random(3) {
                let place = random(bytes.len());
                match random(4) {
                    0 => bytes[place] = random(256) as u8,
                    1 => bytes.truncate(place.max(1)),
                    2 => drop(bytes.splice(place..place, PIECES[random(PIECES.len())].bytes())),
                    _ => drop(bytes.drain(place..(place + random(40)).min(bytes.len()))),
                }
                if bytes.is_empty() {
                    bytes.push(b' ');
                }
            }
            if let Ok(lut) = Lut::from_cube(&bytes, "damaged.cube", &LutLimits::default()) {
                read += 1;
                for rgb in [[0.0; 3], [1.0; 3], [f32::NAN, 0.3, 1e30], [0.2, 0.9, -1e30]] {
                    assert!(lut.apply_pixel(rgb).iter().all(|value| value.is_finite()));
                }
            }
        }
    }
    println!("{read} of 4500 damaged LUTs were still LUTs");
}
