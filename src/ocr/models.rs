//! The files that the models are in, known by their bytes.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// A file that must be there, byte by byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ModelFile {
    /// Its name in the package that has it, and in folders.
    pub name: &'static str,
    /// What it does.
    pub task: &'static str,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: &'static str,
}

/// All of them: the detector and the recognizer of PP-OCRv4 (Apache-2.0).
pub const MODELS: [ModelFile; 2] = [
    ModelFile {
        name: "ch_PP-OCRv4_det_infer.onnx",
        task: "finds lines of text",
        bytes: 4_745_517,
        sha256: "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9",
    },
    ModelFile {
        name: "ch_PP-OCRv4_rec_infer.onnx",
        task: "reads a line",
        bytes: 10_857_958,
        sha256: "48fc40f24f6d2a207a2b1091d3437eb3cc3eb6b676dc3ef9c37384005483683b",
    },
];

impl ModelFile {
    /// Whether these are its bytes, and not one of them is another.
    pub fn is(&self, bytes: &[u8]) -> bool {
        let sum = || Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        bytes.len() as u64 == self.bytes && sum() == self.sha256
    }
}

/// Finds the models among files, whatever those are called, in the order of [`MODELS`].
///
/// # Errors
/// [`Error::Spec`] if one is not among them.
pub(super) fn among(mut files: Vec<Vec<u8>>) -> Result<[Vec<u8>; 2]> {
    let mut take = |model: &ModelFile| {
        let place = files.iter().position(|file| model.is(file));
        place.map(|place| files.swap_remove(place)).ok_or_else(|| {
            let what = format!("{}, which {}, is not among these files, or is damaged", model.name, model.task);
            Error::spec(what, CHOOSE)
        })
    };
    let [detector, recognizer] = &MODELS;
    Ok([take(detector)?, take(recognizer)?])
}

const CHOOSE: &str = "Choose both .onnx files; `blender-gsd models install` brings them, and says where they are";

#[cfg(test)]
mod tests {
    use super::{MODELS, among};

    #[test]
    fn files_that_are_no_models_are_told_by_name() {
        let error =
            among(vec![vec![0; 10], vec![0; MODELS[0].bytes as usize]]).map(|_| ()).map_err(|error| error.to_string());
        let Err(error) = error else { unreachable!("zeros are no model") };
        assert!(error.contains(MODELS[0].name) && error.contains("models install"), "{error}");
    }
}
