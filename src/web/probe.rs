//! One pixel in numbers and words: what is in the file, scene-linear, on the display, in codes.

use half::f16;
use serde::{Deserialize, Serialize};

use super::look::Look;
use crate::color::code_u8;
use crate::frame::SampleType;

/// One sample as it lies in a plane.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct RawSample {
    /// Full channel name.
    name: String,
    #[serde(rename = "type")]
    kind: SampleType,
    /// The half's 16 bits, or the number.
    raw: f64,
}

/// A pixel, ready to be shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PixelFacts {
    /// Channel, value and, for halves, bits: as in the file.
    file: Vec<SampleFacts>,
    /// Scene-linear R, G, B and A where there is one.
    linear: Vec<String>,
    /// Display R', G', B', not cut.
    display: Vec<String>,
    /// 8-bit codes.
    codes: [u8; 3],
    /// Distance from 18 % grey in stops, where the pixel has light.
    stops: Option<String>,
    /// In words, where the pixel is not an ordinary one.
    notes: Vec<String>,
}

/// One channel's value in the file.
#[derive(Debug, Serialize)]
struct SampleFacts {
    name: String,
    value: String,
    /// `0x3c00`
    bits: String,
}

impl RawSample {
    fn value(&self) -> f32 {
        match self.kind {
            SampleType::Half => f16::from_bits(self.raw as u16).to_f32(),
            SampleType::Float | SampleType::Uint => self.raw as f32,
        }
    }

    fn facts(&self) -> SampleFacts {
        let (value, bits) = match self.kind {
            SampleType::Half => (number(self.value()), format!("0x{:04x}", self.raw as u16)),
            SampleType::Float => (number(self.raw as f32), format!("0x{:08x}", (self.raw as f32).to_bits())),
            SampleType::Uint => (format!("{}", self.raw as u32), format!("0x{:08x}", self.raw as u32)),
        };
        SampleFacts { name: self.name.clone(), value, bits }
    }
}

/// `color` and `alpha` are places in `samples`.
pub(super) fn pixel(look: &Look, samples: &[RawSample], color: [usize; 3], alpha: Option<usize>) -> Option<PixelFacts> {
    let value = |index: usize| samples.get(index).map(RawSample::value);
    let [r, g, b] = color;
    let rgb = [value(r)?, value(g)?, value(b)?];
    let a = alpha.and_then(value);
    let display = look.pixel(rgb, a.unwrap_or(1.0));
    Some(PixelFacts {
        file: samples.iter().map(RawSample::facts).collect(),
        linear: rgb.into_iter().chain(a).map(number).collect(),
        display: display.into_iter().map(signal).collect(),
        codes: display.map(code_u8),
        stops: look.scene_luminance(rgb).and_then(stops),
        notes: notes(rgb, display),
    })
}

fn notes(rgb: [f32; 3], display: [f32; 3]) -> Vec<String> {
    let mut notes = Vec::new();
    if rgb.iter().any(|value| value.is_nan()) {
        notes.push("not a number, shown as 0".to_owned());
    }
    if rgb.iter().any(|value| value.is_infinite()) {
        notes.push("infinite, shown as white or black".to_owned());
    }
    if rgb.iter().any(|&value| value < 0.0) {
        notes.push("negative in the file".to_owned());
    }
    if display.iter().any(|&value| value > 1.0) {
        notes.push("above display white, cut".to_owned());
    }
    if display.iter().any(|&value| value < 0.0) {
        notes.push("below display black, cut".to_owned());
    }
    notes
}

/// Stops from 18 % grey, signed, to a tenth.
pub(super) fn stops(luminance: f32) -> Option<String> {
    let stops = (luminance / 0.18).log2();
    stops.is_finite().then(|| if stops < 0.0 { format!("−{:.1}", -stops) } else { format!("+{stops:.1}") })
}

/// A display value to three places, always of the same width where it is ordinary.
pub(super) fn signal(value: f32) -> String {
    if value.abs() < 1000.0 { format!("{value:.3}").replace('-', "−") } else { number(value) }
}

/// A scene value with the digits that a half can tell apart.
pub(super) fn number(value: f32) -> String {
    let magnitude = value.abs();
    let text = if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        (if value > 0.0 { "+Inf" } else { "-Inf" }).to_owned()
    } else if magnitude == 0.0 {
        "0".to_owned()
    } else if magnitude >= 10_000.0 {
        format!("{value:.0}")
    } else if magnitude >= 100.0 {
        format!("{value:.1}")
    } else if magnitude >= 1.0 {
        format!("{value:.3}")
    } else if magnitude >= 1e-4 {
        format!("{value:.4}")
    } else {
        format!("{value:.2e}")
    };
    text.replace('-', "−")
}
