//! Burn-ins: words in six places of every frame.

use serde::Serialize;

use super::font::Typeface;
use crate::frame::Region;
use crate::native::config::{BurnIn, Caption, Token};
use crate::overlay::{Overlay, Paint};

/// Letters, as part of the frame's height: read from a few metres, and still small beside a face.
const LETTERS: f32 = 1.0 / 32.0;
/// From the frame's edge, as part of its height: within the action-safe area of 93 % (SMPTE ST 2046-1).
const MARGIN: f32 = 0.035;
/// Not the whole white: it is not to be the brightest thing in the picture.
const WHITE: [f32; 3] = [0.85; 3];
/// The dark behind the letters, for bright pictures.
const SHADE: Paint = Paint::Flat { rgb: [0.0; 3], opacity: 0.45 };

/// The words of one movie, with places that only a frame fills.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Captions([[Caption; 3]; 2]);

impl Captions {
    /// Those of the settings, filled with what is the same for all frames.
    pub(super) fn new(of: &BurnIn, fill: impl Fn(&Caption) -> Caption) -> Self {
        let top = [&of.top_left, &of.top_center, &of.top_right];
        let bottom = [&of.bottom_left, &of.bottom_center, &of.bottom_right];
        Self([top.map(&fill), bottom.map(&fill)])
    }

    /// The marks on a frame of that size, in pixels.
    pub(super) fn overlay(&self, typeface: &Typeface, size: [usize; 2], value: impl Fn(Token) -> String) -> Overlay {
        let [width, height] = size.map(|side| side as f32);
        let letters = (height * LETTERS).round().max(1.0) as u32;
        let margin = (height * MARGIN).round() as i32;
        let free = (width as i32 - 2 * margin).max(1) as u32;
        let mut overlay = Overlay::default();
        for (row, captions) in self.0.iter().enumerate() {
            for (place, caption) in captions.iter().enumerate() {
                let text = caption.fill(&value);
                if text.trim().is_empty() {
                    continue;
                }
                let (text, letters) = typeface.fitted(&text, letters, free);
                let own = typeface.width(&text, letters) as i32;
                let left = [margin, (width as i32 - own) / 2, width as i32 - margin - own][place];
                let top = [margin, height as i32 - margin - letters as i32][row];
                let around = (letters / 4) as i32;
                let shaded = [own, letters as i32].map(|side| (side + 2 * around) as u32);
                overlay.push(Region::new(left - around, top - around, shaded[0], shaded[1]), SHADE);
                typeface.draw(&mut overlay, &text, [left, top], letters, WHITE);
            }
        }
        overlay
    }
}
