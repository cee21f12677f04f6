//! The page's second module: what reads text in pictures. A worker of its own loads it, where there are models for it.
//!
//! It finds and reads, no more; what texts come to is judged where all findings are, in the module that runs the checks.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::js::{fault, value};
use crate::ocr::{MODELS, Ocr};
use crate::qc::{Grey, TextReader as _};

/// Runs when a worker instantiates the module: a panic then leaves its message in the console.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// Whether a file of that size may be one of the models; others need not be read.
#[wasm_bindgen(js_name = mayBeModel)]
pub fn may_be_model(bytes: f64) -> bool {
    MODELS.iter().any(|model| model.bytes as f64 == bytes)
}

/// The models, ready to read.
#[wasm_bindgen]
pub struct Reader(Ocr);

#[wasm_bindgen]
impl Reader {
    /// Finds the models among files by their checksums, and prepares them.
    ///
    /// # Errors
    /// If one is not among them.
    #[wasm_bindgen(constructor)]
    pub fn new(files: Vec<Uint8Array>) -> Result<Reader, JsValue> {
        let files = files.iter().map(Uint8Array::to_vec).collect();
        Ocr::of_files(files).map(Self).map_err(|error| fault(&error))
    }

    /// The lines of a grey picture, rows of 8-bit codes from the top: `[{kind, text, region: [x, y, width, height],
    /// score}]`.
    ///
    /// # Errors
    /// If the picture is not as large as it says, or the models fail on it.
    pub fn read(&self, width: usize, height: usize, codes: Vec<u8>) -> Result<JsValue, JsValue> {
        let picture = Grey::new(width, height, codes).map_err(|error| fault(&error))?;
        value(&self.0.read(&picture).map_err(|error| fault(&error))?)
    }
}
