//! ASC CDL against OpenColorIO's values, its files, and files that are not sound.

use blender_gsd::Error;
use blender_gsd::color::Cdl;

use super::{fixture, numbers};

fn read(text: &str, id: Option<&str>) -> Result<Cdl, Error> {
    Cdl::from_xml(text.as_bytes(), id)
}

#[test]
fn corrections_match_opencolorio() {
    let (mut worst, mut clamped) = (0.0_f64, 0);
    for line in include_str!("../golden/cdl.csv").lines().skip(1) {
        let values = numbers(line);
        let three = |from: usize| std::array::from_fn(|c| values[from + c] as f32);
        let cdl = Cdl::new("", three(0), three(3), three(6), values[9] as f32).unwrap();
        let found = cdl.apply_pixel(three(10)).map(f64::from);
        for (found, expected) in found.into_iter().zip(&values[13..16]) {
            let off = (found - expected).abs() / expected.abs().max(1.0);
            assert!(off < 1e-5, "{line}: {found}, not {expected}: off by {off:e}");
            worst = worst.max(off);
        }
        // The ASC's own formula cuts to 0..1 twice; wherever it does not, the two are one.
        if values[13..16] == values[16..19] {
            clamped += 1;
        }
    }
    assert!(clamped > 100, "{clamped}");
    println!("CDL against OpenColorIO, not clamped: {worst:.1e}; {clamped} pixels are the same clamped");
}

#[test]
fn all_three_kinds_of_file_are_read() {
    let expected = Cdl::new("SHOT-002-001", [1.1, 1.0, 0.9], [0.01, 0.0, -0.01], [1.0, 1.05, 1.0], 0.9).unwrap();
    for (name, id) in
        [("one.cc", None), ("one.cc", Some("SHOT-002-001")), ("shot.cdl", None), ("show.ccc", Some("SHOT-002-001"))]
    {
        assert_eq!(Cdl::from_xml(&fixture(&format!("cdl/{name}")), id).unwrap(), expected, "{name}");
    }
    let show = fixture("cdl/show.ccc");
    let neutral = Cdl::from_xml(&show, Some("SHOT-002-003")).unwrap();
    assert_eq!(neutral, Cdl::new("SHOT-002-003", [1.0; 3], [0.0; 3], [1.0; 3], 1.0).unwrap());
    assert_eq!(neutral.apply_pixel([1.4, -0.1, 0.3]), [1.4, -0.1, 0.3]);
}

#[test]
fn the_wrong_id_gets_the_right_ones() {
    let show = fixture("cdl/show.ccc");
    let error = Cdl::from_xml(&show, Some("SHOT-9")).unwrap_err().to_string();
    assert!(error.contains("\"SHOT-9\"") && error.contains("There are \"SHOT-002-001\", \"SHOT-002-002\""), "{error}");
    let error = Cdl::from_xml(&show, None).unwrap_err().to_string();
    assert!(error.contains("holds 3 corrections") && error.contains("\"SHOT-002-003\""), "{error}");
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let with = |inside: &str| format!("<ColorCorrection id=\"a\">\n<SOPNode>\n{inside}\n</SOPNode></ColorCorrection>");
    for (text, message) in [
        (String::new(), "line 1: this is no well-formed XML"),
        ("<ColorCorrection>".into(), "line 1: this is no well-formed XML"),
        ("<html/>".into(), "line 1: <html> is at the top. ASC CDL files have ColorDecisionList"),
        ("<ColorCorrectionCollection/>".into(), "the file holds no ColorCorrection"),
        (with("<Slope>1 1</Slope>"), "line 3: Slope holds 2 numbers, not 3"),
        (with("<Slope>1 1 one</Slope>"), "line 3: Slope holds \"one\", which is no number"),
        (with("<Slope>1 1 1</Slope>\n<Slope>1 1 1</Slope>"), "line 4: there is a second Slope"),
        (with("<Slope>1 1 -1</Slope>"), "line 1: correction \"a\": slope -1 is out of range. It is a number from 0"),
        (with("<Power>1 1 0</Power>"), "line 1: correction \"a\": power 0 is out of range. It is a number over 0"),
        (with("<Offset>1 nan 0</Offset>"), "line 1: correction \"a\": offset NaN is out of range"),
        ("<!DOCTYPE a [<!ENTITY b \"c\">]><ColorCorrection/>".into(), "line 1: this is no well-formed XML"),
    ] {
        let error = read(&text, None).expect_err(&text).to_string();
        assert!(error.starts_with(message), "{text:?}: {error}");
    }
    assert!(matches!(Cdl::from_xml(&vec![b' '; 17 << 20], None), Err(Error::Limit(_))));
    assert!(Cdl::from_xml(b"\xff\xfe<\0", None).unwrap_err().to_string().contains("not UTF-8"));
    // Deep, and many.
    assert!(read(&"<a>".repeat(300_000), None).is_err());
    assert!(read(&format!("<ColorDecisionList>{}</ColorDecisionList>", "<a/>".repeat(1_000_001)), None).is_err());
}

/// Damaged files are refused or read.
#[test]
fn no_damage_makes_a_panic() {
    let sound = fixture("cdl/show.ccc");
    for (place, with) in (0..sound.len()).flat_map(|place| b"<>\"0&\xff".iter().map(move |with| (place, *with))) {
        let mut bytes = sound.clone();
        bytes[place] = with;
        if let Ok(cdl) = Cdl::from_xml(&bytes, Some("SHOT-002-001")) {
            assert!(cdl.apply_pixel([0.4, 1.2, -0.3]).iter().all(|value| value.is_finite()));
        }
        let _ = Cdl::from_xml(&sound[..place], None);
    }
}
