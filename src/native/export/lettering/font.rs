//! Lines of text as stencils: how much of each pixel the letters cover.

use ab_glyph::{Font as _, FontRef, GlyphId, PxScaleFont, ScaleFont as _, point};

use crate::frame::Region;
use crate::overlay::{Overlay, Paint};
use crate::{Error, Result};

/// DejaVu Sans Mono, Latin letters only; its licence lies beside it. All figures have one width, so that a running time code
/// stands still.
const FONT: &[u8] = include_bytes!("DejaVuSansMono.ttf");

/// What stands for a letter that the font does not have.
const UNKNOWN: char = '?';

/// A typeface, ready to set lines.
#[derive(Debug, Clone)]
pub(super) struct Typeface(FontRef<'static>);

impl Typeface {
    /// # Errors
    /// If the font is not one, which a test sees to.
    pub(super) fn load() -> Result<Self> {
        let font = FontRef::try_from_slice(FONT);
        font.map(Self).map_err(|_| Error::spec("the font of slates and burn-ins cannot be read", ""))
    }

    /// Width in pixels of a line of that height.
    pub(super) fn width(&self, text: &str, height: u32) -> u32 {
        let font = self.scaled(height);
        let advance: f32 = text.chars().map(|letter| font.h_advance(self.glyph(letter))).sum();
        advance.ceil() as u32
    }

    /// Draws a line with its top left at `place`, from ascenders to descenders `height` pixels high.
    pub(super) fn draw(&self, overlay: &mut Overlay, text: &str, place: [i32; 2], height: u32, rgb: [f32; 3]) {
        let [width, rows] = [self.width(text, height) as usize, height as usize];
        let mut shares = vec![0_u8; width * rows];
        let font = self.scaled(height);
        let mut start = 0.0;
        for letter in text.chars() {
            let glyph = self.glyph(letter);
            let placed = glyph.with_scale_and_position(font.scale(), point(start, font.ascent()));
            start += font.h_advance(glyph);
            let Some(outline) = self.0.outline_glyph(placed) else { continue };
            let bounds = outline.px_bounds();
            let [left, top] = [bounds.min.x as i32, bounds.min.y as i32];
            outline.draw(|x, y, share| {
                let [x, y] = [left + x as i32, top + y as i32].map(|at| usize::try_from(at).unwrap_or(usize::MAX));
                if x < width && y < rows {
                    let cell = &mut shares[y * width + x];
                    *cell = cell.saturating_add((share * 255.0).round() as u8);
                }
            });
        }
        let region = Region::new(place[0], place[1], width as u32, height);
        overlay.push(region, Paint::Stencil { rgb, shares });
    }

    /// The line that fits into `width`: smaller, by a third at the most, and then shortened.
    pub(super) fn fitted(&self, text: &str, height: u32, width: u32) -> (String, u32) {
        let mut height = height.max(1);
        let least = (height * 2 / 3).max(1);
        while height > least && self.width(text, height) > width {
            height -= 1;
        }
        let mut text = text.to_owned();
        while self.width(&text, height) > width && text.chars().count() > 1 {
            let kept = text.chars().count().saturating_sub(2);
            text = text.chars().take(kept).chain(['…']).collect();
        }
        (text, height)
    }

    /// How far below the top of a line of that height one of smaller letters begins, for both to stand on one base line.
    pub(super) fn drop(&self, height: u32, letters: u32) -> i32 {
        (self.scaled(height).ascent() - self.scaled(letters).ascent()).round() as i32
    }

    fn glyph(&self, letter: char) -> GlyphId {
        let found = self.0.glyph_id(letter);
        if found == GlyphId(0) { self.0.glyph_id(UNKNOWN) } else { found }
    }

    fn scaled(&self, height: u32) -> PxScaleFont<&FontRef<'static>> {
        self.0.as_scaled(height as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::Typeface;

    #[test]
    fn long_lines_become_smaller_and_then_shorter() {
        let font = Typeface::load().unwrap_or_else(|error| unreachable!("{error}"));
        assert_eq!(font.fitted("SHOT-002-001", 30, 10_000), ("SHOT-002-001".to_owned(), 30));
        let width = font.width("SHOT-002-001", 30);
        let (text, height) = font.fitted("SHOT-002-001", 30, width * 4 / 5);
        assert_eq!(text, "SHOT-002-001");
        assert!((20..30).contains(&height), "{height}");
        let (text, height) = font.fitted("SHOT-002-001", 30, width / 3);
        assert_eq!((text.as_str(), height), ("SHOT…", 20));
        assert_eq!(font.fitted("SHOT", 0, 0).1, 1);
        // A letter that the font lacks is as wide as any.
        assert_eq!(font.width("日", 30), font.width("?", 30));
    }
}
