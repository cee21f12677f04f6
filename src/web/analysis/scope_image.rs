//! Counts as pictures: R, G, B, A bytes, light on nothing, for a dark ground.

use js_sys::{Object, Uint8ClampedArray};
use wasm_bindgen::JsValue;

use super::scopes::{CHANNELS, COLUMNS, LEVELS, Scopes, tint};
use crate::web::object::set;

/// The traces of red, green, blue and luma.
const TRACES: [[u8; 3]; CHANNELS] = [[240, 104, 98], [104, 196, 124], [112, 156, 240], [222, 222, 222]];
/// Height of the histogram.
const HISTOGRAM: usize = 128;

impl Scopes {
    /// The picture of a scope with a note, such as how much lies outside of it.
    pub(super) fn image(&self, kind: &str) -> Option<JsValue> {
        let (width, height, data) = match kind {
            "waveform" => (COLUMNS, LEVELS, self.columns(&[3])),
            "parade" => (3 * COLUMNS, LEVELS, self.columns(&[0, 1, 2])),
            "vectorscope" => (LEVELS, LEVELS, self.vectorscope()),
            "histogram" => (LEVELS, HISTOGRAM, self.histogram()),
            _ => return None,
        };
        let object = Object::new();
        set(&object, "width", &JsValue::from_f64(width as f64));
        set(&object, "height", &JsValue::from_f64(height as f64));
        set(&object, "data", &Uint8ClampedArray::from(data.as_slice()));
        set(&object, "note", &JsValue::from_str(&self.note()));
        Some(object.into())
    }

    fn note(&self) -> String {
        let share = |count: u64| 100.0 * count as f64 / self.pixels.max(1) as f64;
        let part = |count: u64, words: &str| (count > 0).then(|| format!("{:.2} % {words}", share(count)));
        let parts: Vec<String> =
            [part(self.above, "above white"), part(self.below, "below black")].into_iter().flatten().collect();
        if parts.is_empty() { "all within black and white".into() } else { parts.join(", ") }
    }

    /// Waveforms side by side.
    fn columns(&self, channels: &[usize]) -> Vec<u8> {
        // A column whose pixels were spread evenly over a third of the levels is half bright.
        let usual = self.pixels as f32 / (COLUMNS * LEVELS / 3) as f32;
        let width = channels.len() * COLUMNS;
        let mut data = vec![0; width * LEVELS * 4];
        for (place, &channel) in channels.iter().enumerate() {
            for column in 0..COLUMNS {
                let counts = &self.levels[(channel * COLUMNS + column) * LEVELS..][..LEVELS];
                for (level, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                    let at = ((LEVELS - 1 - level) * width + place * COLUMNS + column) * 4;
                    paint(&mut data[at..at + 4], TRACES[channel], brightness(count, usual));
                }
            }
        }
        data
    }

    fn vectorscope(&self) -> Vec<u8> {
        let usual = self.pixels as f32 / 4000.0;
        let mut data = vec![0; LEVELS * LEVELS * 4];
        for (place, &count) in self.vectors.iter().enumerate().filter(|(_, count)| **count > 0) {
            let (cr, cb) = (place / LEVELS, place % LEVELS);
            let value = |cell: usize| cell as f32 / (LEVELS - 1) as f32 - 0.5;
            let color = tint(value(cb), value(cr)).map(|v| (v.clamp(0.0, 1.0) * 255.0) as u8);
            let at = ((LEVELS - 1 - cr) * LEVELS + cb) * 4;
            paint(&mut data[at..at + 4], color, brightness(count, usual));
        }
        data
    }

    /// Three curves that add up where they overlap. Heights are square roots: a plate's black would else hide the rest.
    fn histogram(&self) -> Vec<u8> {
        let mut counts = vec![[0_u64; LEVELS]; 3];
        for (channel, totals) in counts.iter_mut().enumerate() {
            for column in self.levels[channel * COLUMNS * LEVELS..][..COLUMNS * LEVELS].chunks_exact(LEVELS) {
                for (total, &count) in totals.iter_mut().zip(column) {
                    *total += u64::from(count);
                }
            }
        }
        // The ends hold all that is clipped; they may reach over the top.
        let inner = counts.iter().flat_map(|totals| &totals[1..LEVELS - 1]).copied().max().unwrap_or(0).max(1);
        let mut data = vec![0_u8; LEVELS * HISTOGRAM * 4];
        for (channel, totals) in counts.iter().enumerate() {
            for (level, &count) in totals.iter().enumerate() {
                let share = (count as f64 / inner as f64).sqrt().min(1.0);
                let tall = (share * HISTOGRAM as f64).ceil() as usize;
                for row in HISTOGRAM - tall..HISTOGRAM {
                    let at = (row * LEVELS + level) * 4;
                    for (byte, add) in data[at..at + 3].iter_mut().zip(TRACES[channel]) {
                        *byte = u8::saturating_add(*byte, add / 2);
                    }
                    data[at + 3] = 255;
                }
            }
        }
        data
    }
}

fn brightness(count: u32, usual: f32) -> f32 {
    const FAINTEST: f32 = 0.18;
    let share = 1.0 - (-(count as f32) / usual.max(1e-3) * 0.7).exp();
    FAINTEST + (1.0 - FAINTEST) * share
}

fn paint(pixel: &mut [u8], color: [u8; 3], brightness: f32) {
    pixel[..3].copy_from_slice(&color);
    pixel[3] = (brightness * 255.0) as u8;
}
