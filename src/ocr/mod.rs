//! Lines of text in a picture: found and read by the models of PP-OCRv4, which `rten` runs, here and in WebAssembly alike.
//!
//! The detector says of every pixel how likely it belongs to text (DB: Liao et al., "Real-time Scene Text Detection with
//! Differentiable Binarization", AAAI 2020); connected pixels become a box, cut out upright; the recognizer reads it letter
//! by letter (CTC: Graves et al., 2006). The models are data that the user installs; docs/PERIOD.md says how, and how well
//! they read.

mod boxes;
mod ctc;
mod models;
mod strip;

use rten::{Model, ModelOptions, OpRegistry, RunError, Value, op_registry};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use crate::qc::{Grey, Reading, ReadingKind, TextReader};
use crate::{Error, Result};
use boxes::TextBox;
use ctc::Alphabet;
pub use models::{MODELS, ModelFile};

/// Text is looked for in a picture at most so wide and high, larger ones are halved: 4K at half its size, where the smallest
/// text that an audience can read is still ten pixels high. It is read at the picture's own size.
const LARGEST: usize = 2048;
/// The detector's pyramid halves a picture five times.
const STRIDE: usize = 32;
/// Lines read in one picture, the likeliest first: a wall of posters has some dozens.
const MOST_LINES: usize = 200;
/// Readings less sure than this are noise, 0 to 1.
const LEAST_SCORE: f32 = 0.5;

/// The two models, ready.
#[derive(Debug)]
pub struct Ocr {
    detector: Model,
    recognizer: Model,
    alphabet: Alphabet,
}

impl Ocr {
    /// Prepares the models out of files that a person chose: they are known by their checksums, not by names or order.
    ///
    /// # Errors
    /// [`Error::Spec`] if one of [`MODELS`] is not among them.
    pub fn of_files(files: Vec<Vec<u8>>) -> Result<Self> {
        let [detector, recognizer] = models::among(files)?;
        Self::new(detector, recognizer)
    }

    /// Prepares the models from the bytes of their `.onnx` files.
    ///
    /// # Errors
    /// [`Error::Spec`] if one is no model that `rten` can run, or the recognizer does not bring its alphabet.
    pub fn new(detector: Vec<u8>, recognizer: Vec<u8>) -> Result<Self> {
        let load = |name: &str, bytes| {
            let refused = |error| Error::spec(format!("the {name} model cannot be used: {error}"), REINSTALL);
            ModelOptions::with_ops(operators()).load(bytes).map_err(refused)
        };
        let (detector, recognizer) = (load("detection", detector)?, load("recognition", recognizer)?);
        let alphabet = recognizer.metadata().get("character").map(Alphabet::of_lines);
        let alphabet =
            alphabet.ok_or_else(|| Error::spec("the recognition model does not say its letters", REINSTALL))?;
        Ok(Self { detector, recognizer, alphabet })
    }

    /// Boxes that are likely to hold a line of text, in pixels of `picture`.
    fn detect(&self, picture: &Grey) -> Result<Vec<TextBox>> {
        let (mut smaller, mut scale) = (None, 1.0);
        let is_large = |picture: &Grey| picture.width.max(picture.height) > LARGEST;
        while is_large(smaller.as_ref().unwrap_or(picture)) {
            smaller = Some(smaller.as_ref().unwrap_or(picture).halved());
            scale *= 2.0;
        }
        let small = smaller.as_ref().unwrap_or(picture);
        let [width, height] = [small.width, small.height].map(|side| side.next_multiple_of(STRIDE));
        let mut plane = vec![0.0; width * height];
        for (row, codes) in plane.chunks_exact_mut(width).zip(small.codes.chunks_exact(small.width)) {
            row.iter_mut().zip(codes).for_each(|(sample, &code)| *sample = strip::sample(f32::from(code)));
        }
        let likely = run(&self.detector, &plane, [width, height])?;
        let likely: NdTensor<f32, 4> = likely.try_into().map_err(|_| unlike("detection"))?;
        let [_, _, rows, columns] = likely.shape();
        if [columns, rows] != [width, height] {
            return Err(unlike("detection"));
        }
        let mut boxes = boxes::find(&likely.to_vec(), width, [small.width, small.height]);
        boxes.sort_by(|a, b| b.score.total_cmp(&a.score));
        boxes.truncate(MOST_LINES);
        Ok(boxes.into_iter().map(|found| found.scaled(scale)).collect())
    }

    /// What a box says and how sure that is, 0 to 1.
    fn recognize(&self, picture: &Grey, place: &TextBox) -> Result<(String, f32)> {
        let strip = strip::cut(picture, place);
        let letters = run(&self.recognizer, &strip.samples, [strip.width, strip::HEIGHT])?;
        let letters: NdTensor<f32, 3> = letters.try_into().map_err(|_| unlike("recognition"))?;
        let [_, _, classes] = letters.shape();
        if classes != self.alphabet.classes() {
            return Err(unlike("recognition"));
        }
        Ok(self.alphabet.read(&letters.to_vec()))
    }
}

/// What the two models are made of; the code of all others is left out of the program.
fn operators() -> OpRegistry {
    op_registry!(
        Add,
        AveragePool,
        BatchNormalization,
        Cast,
        Clip,
        Concat,
        Conv,
        ConvTranspose,
        Div,
        GlobalAveragePool,
        HardSigmoid,
        MatMul,
        Mul,
        Pow,
        ReduceMean,
        Relu,
        Reshape,
        Resize,
        Shape,
        Sigmoid,
        Slice,
        Softmax,
        Sqrt,
        Squeeze,
        Sub,
        Transpose
    )
}

const REINSTALL: &str = "Install the models again: `blender-gsd models install`";

/// One picture through a model that wants three equal channels.
fn run(model: &Model, plane: &[f32], [width, height]: [usize; 2]) -> Result<Value> {
    let input = NdTensor::from_data([1, 3, height, width], plane.repeat(3));
    model.run_one(input.view().into(), None).map_err(|error: RunError| {
        Error::spec(format!("a model for text failed on a picture of {width}x{height}: {error}"), REINSTALL)
    })
}

fn unlike(name: &str) -> Error {
    Error::spec(format!("the {name} model answers in another shape than PP-OCRv4"), REINSTALL)
}

impl TextReader for Ocr {
    fn read(&self, picture: &Grey) -> Result<Vec<Reading>> {
        let mut readings = Vec::new();
        if picture.codes.is_empty() {
            return Ok(readings);
        }
        for found in self.detect(picture)? {
            let mut best = (String::new(), 0.0);
            for place in found.ways_to_read() {
                let read = self.recognize(picture, &place)?;
                best = if read.1 > best.1 { read } else { best };
            }
            let (text, score) = best;
            if score >= LEAST_SCORE && !text.trim().is_empty() {
                let region = found.bounds([picture.width, picture.height]);
                readings.push(Reading { kind: ReadingKind::Text, text, region, score: f64::from(score) });
            }
        }
        Ok(readings)
    }
}
