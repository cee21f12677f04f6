//! Numbers of a few or of many pixels, and where the next one is that is no number.

use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::Analysis;
use crate::frame::Region;
use crate::web::look::Look;
use crate::web::object::{from_js, to_js};
use crate::web::probe::{number, signal, stops};

/// An area in words and numbers, each as red, green, blue.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AreaFacts {
    /// With samples.
    pixels: u64,
    min: Vec<String>,
    mean: Vec<String>,
    max: Vec<String>,
    /// Display values, of each pixel and then averaged.
    display: Vec<String>,
    /// Of the mean, from 18 % grey.
    stops: Option<String>,
    /// Samples that are no numbers; they are left out of the rest.
    non_finite: u64,
}

/// A pixel that holds something that is no number.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BadPixel {
    /// From the display window's left top.
    x: i64,
    y: i64,
    /// `NaN in G`
    what: String,
    /// Such pixels in the whole layer.
    count: u64,
    /// Which of them this is, from 1, in reading order.
    place: u64,
}

#[wasm_bindgen]
impl Analysis {
    /// What lies in a region of the display window; `null` where there are no samples.
    ///
    /// # Errors
    /// If the look or the region is none.
    pub fn area(&mut self, look: JsValue, region: JsValue) -> Result<JsValue, JsValue> {
        let look = self.look(look)?;
        let window = self.window(Some(from_js(region)?));
        to_js(&(!window.is_empty()).then(|| self.facts(&look, &window)))
    }

    /// The bad pixel after `x`, `y` (from the display window's left top) in reading order, or before it; it goes round at
    /// the end. `null` if every sample is a number.
    ///
    /// # Errors
    /// None in practice.
    #[wasm_bindgen(js_name = badPixel)]
    pub fn bad_pixel(&self, x: i32, y: i32, forward: bool) -> Result<JsValue, JsValue> {
        to_js(&self.find_bad([x, y], forward))
    }
}

impl Analysis {
    fn facts(&self, look: &Look, window: &Region) -> AreaFacts {
        let mut rows: [Vec<f32>; 3] = std::array::from_fn(|_| vec![0.0; window.width as usize]);
        let [mut low, mut high] = [[f32::INFINITY; 3], [f32::NEG_INFINITY; 3]];
        let (mut sum, mut counted, mut shown) = ([0.0_f64; 3], [0_u64; 3], [0.0_f64; 3]);
        for y in 0..window.height {
            for (c, row) in rows.iter_mut().enumerate() {
                self.read(self.color[c], window.y as u32 + y, window.x as u32, row);
                for &value in row.iter().filter(|value| value.is_finite()) {
                    (low[c], high[c]) = (low[c].min(value), high[c].max(value));
                    sum[c] += f64::from(value);
                    counted[c] += 1;
                }
            }
            look.light(rows.each_mut().map(Vec::as_mut_slice));
            look.signal(rows.each_mut().map(Vec::as_mut_slice));
            for (total, row) in shown.iter_mut().zip(&rows) {
                *total += row.iter().map(|&value| f64::from(value.clamp(0.0, 1.0))).sum::<f64>();
            }
        }
        let mean: [f32; 3] = std::array::from_fn(|c| (sum[c] / counted[c].max(1) as f64) as f32);
        let pixels = window.area();
        AreaFacts {
            pixels,
            min: low.map(number).into(),
            mean: mean.map(number).into(),
            max: high.map(number).into(),
            display: shown.map(|total| signal((total / pixels as f64) as f32)).into(),
            stops: look.scene_luminance(mean).and_then(stops),
            non_finite: 3 * pixels - counted.iter().sum::<u64>(),
        }
    }

    /// Rows are read one by one; a pixel is bad if any plane's sample is.
    fn find_bad(&self, [x, y]: [i32; 2], forward: bool) -> Option<BadPixel> {
        let data = self.frame.data_window;
        let width = u64::from(data.width);
        let display = self.frame.display_window;
        let from = |v: i32, display: i32, data: i32| i64::from(v) + i64::from(display) - i64::from(data);
        let start = from(y, display.y, data.y) * width as i64 + from(x, display.x, data.x);
        let mut found: Vec<u64> = Vec::new();
        let mut row = vec![0.0; data.width as usize];
        for line in 0..data.height {
            let before = found.len();
            for plane in 0..self.frame.planes.len() {
                self.read(plane, line, 0, &mut row);
                let bad = row.iter().enumerate().filter(|(_, value)| !value.is_finite());
                found.extend(bad.map(|(column, _)| u64::from(line) * width + column as u64));
            }
            found[before..].sort_unstable();
        }
        found.dedup();
        let place = if forward {
            found.iter().position(|&at| at as i64 > start).unwrap_or(0)
        } else {
            found.iter().rposition(|&at| (at as i64) < start).unwrap_or(found.len().saturating_sub(1))
        };
        let &at = found.get(place)?;
        let (column, line) = (at % width, at / width);
        Some(BadPixel {
            x: column as i64 + i64::from(data.x) - i64::from(display.x),
            y: line as i64 + i64::from(data.y) - i64::from(display.y),
            what: self.name_bad(at as usize),
            count: found.len() as u64,
            place: place as u64 + 1,
        })
    }

    fn name_bad(&self, at: usize) -> String {
        let words = self.frame.planes.iter().filter_map(|plane| {
            let value = plane.samples.get(at).filter(|value| !value.is_finite())?;
            Some(format!("{} in {}", number(value), plane.name))
        });
        words.collect::<Vec<_>>().join(", ")
    }
}
