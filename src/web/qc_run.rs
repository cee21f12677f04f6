//! The checks over dropped frames, one call a frame, so that the page can show how far they are and stop them.

use std::sync::Arc;

use serde::Deserialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::fault;
use super::object::{from_js, to_js};
use super::worker_file::WorkerFile;
use crate::Result;
use crate::color::{ColorSpace, Display, View, ViewTransform};
use crate::exr::cryptomatte::Labels;
use crate::exr::{self, Cryptomatte, Request};
use crate::period::Judge;
use crate::qc::{
    self, FrameEvidence, FrameObserved, MatteNames, Observation, QcReport, ReportContext, TextSearch, Validator,
    ValidatorOptions,
};
use crate::{convert, spec};

/// The deliverable that a lone EXR file is held against, as on the command line.
const DEFAULT_FORMAT: &str = "master_exr";

/// Why the page does not read text: what runs the models is not among what it loads.
const NO_TEXT: &str =
    "text was not looked for: the page does not read it; `blender-gsd validate-output` does, with its models";

/// Checks that are under way. Frames are observed in the order of their numbers.
#[wasm_bindgen]
pub struct QcRun {
    validator: Validator,
    context: ReportContext,
    choice: Option<ColorSpace>,
}

/// What the checks are told beforehand.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QcRequest {
    /// The shot, or the stem of the file's name.
    shot: String,
    /// Whether the file names carry frame numbers.
    is_sequence: bool,
    /// RFC 3339, UTC: the core has no clock.
    generated_at: String,
    view: View,
    display: Display,
    /// A colour space chosen by hand.
    #[serde(default)]
    space: Option<String>,
}

#[wasm_bindgen]
impl QcRun {
    /// `{shot, isSequence, generatedAt, view, display, space?}`
    ///
    /// # Errors
    /// If a name is unknown.
    #[wasm_bindgen(constructor)]
    pub fn new(request: JsValue) -> Result<QcRun, JsValue> {
        let request: QcRequest = from_js(request)?;
        let format = spec::output_format(DEFAULT_FORMAT).map_err(|error| fault::to_js(&error))?;
        let judge = Arc::new(Judge::embedded().map_err(|error| fault::to_js(&error))?);
        let choice = request.space.as_deref().map(ColorSpace::from_choice).transpose();
        let transform = ViewTransform { view: request.view, display: request.display, exposure: 0.0 };
        let options = ValidatorOptions {
            shot_id: request.shot.clone(),
            spec: Some(format.clone()),
            is_sequence: request.is_sequence,
            transform,
            judge: Some(Arc::clone(&judge)),
            text: TextSearch::Without(NO_TEXT.to_owned()),
            ..ValidatorOptions::default()
        };
        Ok(Self {
            validator: Validator::new(options),
            context: ReportContext {
                scene_id: request.shot,
                generated_at: request.generated_at,
                transform,
                period_year: judge.year(),
            },
            choice: choice.map_err(|error| fault::to_js(&error))?,
        })
    }

    /// Lets the checks see one frame. A frame that cannot be decoded becomes a finding, not an error.
    pub fn observe(&mut self, file: &mut WorkerFile, number: i32) {
        let name = file.name().to_owned();
        let seen = self.observe_picture(file, &name, number);
        if let Err(error) = seen {
            self.unreadable(&name, number, &error.to_string());
        }
    }

    /// Notes a file whose header already could not be read. A finding names its file itself: `why` loses it.
    pub fn unreadable(&mut self, name: &str, number: i32, why: &str) {
        let why = why.strip_prefix(name).map_or(why, |rest| rest.trim_start_matches([',', ':', ' ']));
        self.validator.observe(&Observation { file: name, number, seen: FrameObserved::Unreadable(why) });
    }

    /// The report, in the shape of `qc_report.json`.
    ///
    /// # Errors
    /// None in practice.
    pub fn finish(self) -> Result<JsValue, JsValue> {
        let frames = self.validator.frames();
        to_js(&QcReport::new(vec![self.validator.finish()], frames, self.context))
    }
}

impl QcRun {
    fn observe_picture(&mut self, file: &mut WorkerFile, name: &str, number: i32) -> Result<()> {
        let (source, header, limits, frame) = file.parts();
        let layer = convert::find_layer(header, None)?;
        let part = header.part(layer.part)?;
        let request = Request { part: layer.part, channels: qc::observed_channels(part, &layer), bands: None };
        exr::decode_into(source, header, &request, limits, frame)?;
        let space = self.choice.unwrap_or(frame.color_space);
        let (names, labels): (_, Vec<_>) =
            Cryptomatte::sets(header).iter().map(|set| MatteNames::of_set(set, source, header, limits)).unzip();
        let mattes: Vec<Labels> = labels.into_iter().flatten().collect();
        let seen = FrameObserved::Picture { header, part, layer: &layer, frame, space, mattes: &mattes };
        self.validator.observe(&Observation { file: name, number, seen });
        self.validator.observe_evidence(number, name, &FrameEvidence { mattes: names, ..FrameEvidence::default() });
        Ok(())
    }
}
