//! The checks over dropped frames, one call a frame, so that the page can show how far they are and stop them.

use std::sync::Arc;

use js_sys::{Object, Uint8Array};
use serde::Deserialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::object::{from_js, set, to_js};
use super::worker_file::WorkerFile;
use crate::color::{ColorSpace, Display, View, ViewTransform};
use crate::exr::cryptomatte::Labels;
use crate::exr::{self, Cryptomatte, Request};
use crate::js::fault;
use crate::period::Judge;
use crate::qc::{
    self, FrameEvidence, FrameObserved, MatteNames, Observation, Observed, QcReport, ReportContext, TextSearch, Unread,
    Validator, ValidatorOptions,
};
use crate::{Error, Result, convert, spec};

/// The deliverable that a lone EXR file is held against, as on the command line.
const DEFAULT_FORMAT: &str = "master_exr";

/// Who reads the text in the pictures.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "camelCase")]
enum TextPlan {
    /// The worker that has the models.
    Worker,
    /// Nobody: there are no models.
    NoModels,
    /// Nobody: the page is one file, without what runs the models.
    OneFile,
}

impl TextPlan {
    fn search(self) -> TextSearch {
        let why = match self {
            Self::Worker => return TextSearch::Later,
            Self::NoModels => "no models are chosen; `blender-gsd models install` brings them",
            Self::OneFile => "the page in one file does not read it; `blender-gsd serve` and `validate-output` do",
        };
        TextSearch::Without(format!("text was not looked for: {why}"))
    }
}

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
    text: TextPlan,
}

#[wasm_bindgen]
impl QcRun {
    /// `{shot, isSequence, generatedAt, view, display, space?, text}`; `text` is `worker`, `noModels` or `oneFile`.
    ///
    /// # Errors
    /// If a name is unknown.
    #[wasm_bindgen(constructor)]
    pub fn new(request: JsValue) -> Result<QcRun, JsValue> {
        let request: QcRequest = from_js(request)?;
        let format = spec::output_format(DEFAULT_FORMAT).map_err(|error| fault(&error))?;
        let judge = Arc::new(Judge::embedded().map_err(|error| fault(&error))?);
        let choice = request.space.as_deref().map(ColorSpace::from_choice).transpose();
        let transform = ViewTransform { view: request.view, display: request.display, exposure: 0.0 };
        let options = ValidatorOptions {
            shot_id: request.shot.clone(),
            spec: Some(format.clone()),
            is_sequence: request.is_sequence,
            transform,
            judge: Some(Arc::clone(&judge)),
            text: request.text.search(),
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
            choice: choice.map_err(|error| fault(&error))?,
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

    /// The grey picture of the frame that was observed last, where its text is to be read: `{number, width, height,
    /// codes}`, else nothing.
    pub fn unread(&mut self) -> JsValue {
        let Some(Unread { number, picture }) = self.validator.take_unread() else { return JsValue::UNDEFINED };
        let object = Object::new();
        set(&object, "number", &JsValue::from(number));
        set(&object, "width", &JsValue::from(picture.width));
        set(&object, "height", &JsValue::from(picture.height));
        set(&object, "codes", &Uint8Array::from(picture.codes.as_slice()));
        object.into()
    }

    /// No more frames come.
    pub fn finish(self) -> QcFinished {
        QcFinished { frames: self.validator.frames(), observed: self.validator.close(), context: self.context }
    }
}

/// Checks that have seen all frames; texts of pictures may still come.
#[wasm_bindgen]
pub struct QcFinished {
    observed: Observed,
    frames: usize,
    context: ReportContext,
}

#[wasm_bindgen]
impl QcFinished {
    /// Takes the lines that the worker read in a picture.
    ///
    /// # Errors
    /// If they are no lines.
    pub fn read(&mut self, number: i32, lines: JsValue) -> Result<(), JsValue> {
        self.observed.read(number, Ok(from_js(lines)?));
        Ok(())
    }

    /// Notes that a picture could not be read, and why.
    #[wasm_bindgen(js_name = notRead)]
    pub fn not_read(&mut self, number: i32, why: String) {
        self.observed.read(number, Err(Error::tool(why, "")));
    }

    /// The report, in the shape of `qc_report.json`.
    ///
    /// # Errors
    /// None in practice.
    pub fn report(&self) -> Result<JsValue, JsValue> {
        to_js(&QcReport::new(vec![self.observed.report()], self.frames, self.context.clone()))
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
