//! Checksums of dropped files, for a package's history.

use twox_hash::XxHash3_128;
use wasm_bindgen::prelude::wasm_bindgen;

/// XXH3 with 128 bits, the kind that an ASC MHL calls `xxh128`.
#[wasm_bindgen]
pub struct Checksum(XxHash3_128);

#[wasm_bindgen]
impl Checksum {
    /// Of nothing yet.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)] // JavaScript has no Default.
    pub fn new() -> Checksum {
        Self(XxHash3_128::new())
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    /// In lower-case hexadecimal, as the history writes it.
    pub fn hex(&self) -> String {
        format!("{:032x}", self.0.finish_128())
    }
}
