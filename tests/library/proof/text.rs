//! Lettering on signs in the street, for `no_modern_elements`: what 1998 did not have, and what it had.
//!
//! `scripts/setup-models.sh` puts the models where this looks; without them it says so and proves nothing.

use std::path::Path;
use std::sync::Arc;

use ab_glyph::{Font, FontRef, GlyphId, ScaleFont};
use blender_gsd::native::models;
use blender_gsd::qc::{CheckId, TextSearch};

use super::sign::Sign;
use super::{Defect, Expected, Numbers, Shot, Truth, plates, run};

/// What no sign could say.
const LATER: [&str; 12] = [
    "646-555-0172",
    "(347) 555-0110",
    "© 2011 ACME",
    "EST. 2009",
    "@JOESDELI",
    "#ILOVENY",
    "VISIT.NYC",
    "FACEBOOK",
    "YOUTUBE.COM",
    "VERIZON",
    "FREE WIFI",
    "GHK-4821",
];
/// What signs did say.
const THEN: [&str; 12] = [
    "DELI GROCERY",
    "OPEN 24 HOURS",
    "212-555-0187",
    "SINCE 1998",
    "ONE WAY",
    "2 FOR $1.50",
    "Joe's Pizza",
    "DONT WALK",
    "W 34 ST",
    "LIQUORS",
    "NO STANDING",
    "MetroCard",
];
/// One plate in so many: reading takes its time.
const PLATES: usize = 3;
/// Rows of the drawing of a capital letter, whatever its size in the picture.
const CAPITAL: f32 = 80.0;

fn defects() -> Vec<Defect> {
    let defect = |expected, name, strength, height: f32, is_light, lines: &'static [&'static str]| Defect {
        check: CheckId::NoModernElements,
        name,
        strength,
        expected,
        inject: Box::new(move |shot: &mut Shot, numbers: &mut Numbers| {
            let line = lines[(numbers.between(0.0, 1.0) * lines.len() as f32) as usize % lines.len()];
            lettering(shot, numbers, line, height, is_light)
        }),
    };
    vec![
        defect(Expected::Measured, "text of later years", "capitals of 10 px", 10.0, false, &LATER),
        defect(Expected::Measured, "text of later years", "capitals of 14 px", 14.0, true, &LATER),
        defect(Expected::Measured, "text of later years", "capitals of 20 px", 20.0, false, &LATER),
        defect(Expected::Measured, "text of later years", "capitals of 28 px", 28.0, true, &LATER),
        defect(Expected::Measured, "text of later years", "capitals of 40 px", 40.0, false, &LATER),
        defect(Expected::Clean, "text of the time", "capitals of 10 px", 10.0, true, &THEN),
        defect(Expected::Clean, "text of the time", "capitals of 20 px", 20.0, true, &THEN),
        defect(Expected::Clean, "text of the time", "capitals of 28 px", 28.0, false, &THEN),
    ]
}

/// Puts up a sign with one line, dark on light or light on dark.
fn lettering(shot: &mut Shot, numbers: &mut Numbers, line: &str, height: f32, is_light: bool) -> Option<Truth> {
    let drawing = Drawing::of(line, numbers.between(0.0, 1.0) < 0.5);
    let scale = height / CAPITAL;
    let content = [drawing.width as f32 * scale, drawing.rows.len() as f32 * scale];
    let board = content.map(|side| side + 1.6 * height);
    let ink = |across: f32, down: f32| {
        let [column, row] =
            [across / scale + drawing.width as f32 / 2.0, down / scale + drawing.rows.len() as f32 / 2.0];
        let row = if row < 0.0 { None } else { drawing.rows.get(row as usize) };
        let is_ink = column >= 0.0 && row.and_then(|row| row.get(column as usize)).is_some_and(|&ink| ink);
        is_ink != is_light
    };
    Sign { board, content, ink: &ink }.put_up(shot, numbers)
}

/// A line, black on white, capitals [`CAPITAL`] rows high.
struct Drawing {
    width: usize,
    rows: Vec<Vec<bool>>,
}

impl Drawing {
    fn of(line: &str, has_serifs: bool) -> Self {
        let name = if has_serifs { "fonts/DejaVuSerif-Bold.subset.ttf" } else { "fonts/DejaVuSans-Bold.subset.ttf" };
        let bytes = super::super::fixture(name);
        let font = FontRef::try_from_slice(&bytes).unwrap();
        let capital = |font: &FontRef<'_>, size: f32| {
            let outline = font.outline_glyph(font.glyph_id('H').with_scale(size)).unwrap();
            outline.px_bounds().height()
        };
        let size = 100.0 * CAPITAL / capital(&font, 100.0);
        let scaled = font.as_scaled(size);
        let (mut at, mut last): (f32, Option<GlyphId>) = (0.0, None);
        let glyphs: Vec<_> = line
            .chars()
            .map(|letter| {
                let id = font.glyph_id(letter);
                at += last.map_or(0.0, |last| scaled.kern(last, id));
                let glyph = id.with_scale_and_position(size, ab_glyph::point(at, scaled.ascent()));
                at += scaled.h_advance(id);
                last = Some(id);
                glyph
            })
            .collect();
        let width = at.ceil() as usize;
        let mut rows = vec![vec![false; width]; scaled.height().ceil() as usize];
        for outline in glyphs.into_iter().filter_map(|glyph| font.outline_glyph(glyph)) {
            let corner = outline.px_bounds().min;
            outline.draw(|x, y, cover| {
                let [column, row] = [corner.x as i32 + x as i32, corner.y as i32 + y as i32];
                let row = usize::try_from(row).ok().and_then(|row| rows.get_mut(row));
                if let Some(pixel) = row.and_then(|row| row.get_mut(usize::try_from(column).ok()?)) {
                    *pixel |= cover >= 0.5;
                }
            });
        }
        // From the tops of the capitals to the ends of the tails.
        rows.retain(|row| row.contains(&true));
        Self { width, rows }
    }
}

#[test]
fn proof_of_text() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/models");
    match models::load(&folder) {
        Ok(reader) => {
            let plates = plates::all().into_iter().step_by(PLATES).collect();
            run(defects(), plates, &TextSearch::With(Arc::new(reader)));
        }
        Err(error) => println!("SKIPPED, the reading of text is not proved: {error}"),
    }
}
