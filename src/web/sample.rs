//! A picture of our own making: decoding it while the page waits for a file makes the browser compile the decoder well,
//! which otherwise happens while the first frame is decoded, at twice the time.

use half::f16;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Blob;

use super::worker_file::WorkerFile;
use crate::exr::{Picture, encode};
use crate::frame::{Plane, Region, Samples};
use crate::js::fault;

/// Large enough that its loops count as busy, small enough to be decoded in a few milliseconds.
const SIZE: [u32; 2] = [512, 128];

#[wasm_bindgen]
impl WorkerFile {
    /// A ramp with grain: R, G, B as halves, ZIP.
    ///
    /// # Errors
    /// If the browser refuses a Blob.
    pub fn sample() -> Result<WorkerFile, JsValue> {
        let window = Region::new(0, 0, SIZE[0], SIZE[1]);
        let planes = ["R", "G", "B"].map(|name| Plane { name: name.into(), samples: Samples::Half(grain()) });
        let picture = Picture { data_window: window, display_window: window, planes: &planes, attributes: &[] };
        let bytes = encode(&picture).map_err(|error| fault(&error))?;
        let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
        WorkerFile::new(Blob::new_with_u8_array_sequence(&parts)?, "sample.exr".into())
    }
}

fn grain() -> Vec<f16> {
    let mut state = 1_u32;
    let mut noise = || {
        // Numerical Recipes' generator; its high bits are good enough.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as f32 / 4096.0
    };
    (0..SIZE[0] * SIZE[1]).map(|i| f16::from_f32((i % SIZE[0]) as f32 / SIZE[0] as f32 + noise())).collect()
}
