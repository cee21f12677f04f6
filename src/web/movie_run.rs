//! The checks over a dropped movie: its boxes are read here, its pictures are decoded by the browser, and what comes out,
//! the file's own codes, comes back here.

use std::collections::BTreeSet;

use js_sys::{Object, Uint8Array};
use serde::Deserialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Blob;

use super::blob::BlobSource;
use super::object::{from_js, set, to_js};
use crate::color::ycbcr::Layout;
use crate::color::{Display, View, ViewTransform};
use crate::js::fault;
use crate::media::VideoTrack;
use crate::period::Judge;
use crate::qc::{
    MovieOptions, MovieValidator, QcReport, ReportContext, ShotReport, Thresholds, movie_frame_bytes, unreadable_movie,
};
use crate::{Error, Result};

/// Bytes of a decoded frame at the most: 8K in 4:4:4 of 16 bits.
const LARGEST_FRAME: usize = 256 << 20;

/// What browsers call planes of ours (WebCodecs, `VideoPixelFormat`).
const FORMATS: [(&str, &str); 9] = [
    ("I420", "yuv420p"),
    ("I422", "yuv422p"),
    ("I444", "yuv444p"),
    ("I420P10", "yuv420p10le"),
    ("I422P10", "yuv422p10le"),
    ("I444P10", "yuv444p10le"),
    ("I420P12", "yuv420p12le"),
    ("I422P12", "yuv422p12le"),
    ("I444P12", "yuv444p12le"),
];
/// The same as I420 but for Cb and Cr, which take turns.
const INTERLEAVED: (&str, &str) = ("NV12", "yuv420p");

/// A movie that is being checked. Pictures are handed out in the order of decoding, frames come in the order they are shown.
#[wasm_bindgen]
pub struct MovieRun {
    shot: String,
    name: String,
    context: ReportContext,
    /// Why it cannot be read, else what it is.
    opened: Result<Opened, String>,
}

/// What is known of a movie that can be read.
struct Opened {
    source: BlobSource,
    track: VideoTrack,
    /// `None` where its codes have no planes of ours.
    layout: Option<Layout>,
    validator: MovieValidator,
    /// When those pictures would be shown that the file's edit leaves out.
    hidden: BTreeSet<i64>,
    planes: Vec<u8>,
}

/// What the checks are told beforehand.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MovieRequest {
    /// The shot, or the stem of the file's name.
    shot: String,
    /// RFC 3339, UTC: the core has no clock.
    generated_at: String,
    view: View,
    display: Display,
    /// The number of the shot's first frame, where it is known.
    #[serde(default)]
    first: Option<i32>,
}

#[wasm_bindgen]
impl MovieRun {
    /// `{shot, generatedAt, view, display, first?}`. A file that is no movie becomes a finding, not an error.
    ///
    /// # Errors
    /// If a name is unknown.
    #[wasm_bindgen(constructor)]
    pub fn new(blob: Blob, name: String, request: JsValue) -> Result<MovieRun, JsValue> {
        let request: MovieRequest = from_js(request)?;
        let judge = Judge::embedded().map_err(|error| fault(&error))?;
        let context = ReportContext {
            scene_id: request.shot.clone(),
            generated_at: request.generated_at.clone(),
            transform: ViewTransform { view: request.view, display: request.display, exposure: 0.0 },
            period_year: judge.year(),
        };
        let opened = Opened::new(blob, &name, &request).map_err(|error| error.to_string());
        Ok(Self { shot: request.shot, name, context, opened })
    }

    /// `{codec, configuration, size, pictures, rate, undecodable}`: what a decoder is told, `rate` as `[24, 1]` or null, and
    /// in words why none need be asked, or null.
    pub fn plan(&self) -> JsValue {
        let object = Object::new();
        let text = |text: &str| JsValue::from_str(text);
        match &self.opened {
            Err(why) => set(&object, "undecodable", &text(why)),
            Ok(Opened { track, .. }) => {
                let pair = |pair: [u32; 2]| js_sys::Array::from_iter(pair.map(JsValue::from)).into();
                set(&object, "codec", &text(&track.codec));
                set(&object, "configuration", &Uint8Array::from(track.configuration.as_slice()));
                set(&object, "size", &pair(track.info.size));
                set(&object, "pictures", &JsValue::from(track.pictures.len() as u32));
                let rate = track.info.frame_rate.map(|rate| pair([rate.numerator, rate.denominator]));
                set(&object, "rate", &rate.unwrap_or(JsValue::NULL));
                set(&object, "undecodable", &self.undecodable().map_or(JsValue::NULL, |why| text(&why)));
            }
        }
        object.into()
    }

    /// A coded picture: `{data, timestamp, isKey}`.
    ///
    /// # Errors
    /// If the file ends before it does, or the browser cannot read it.
    pub fn picture(&self, place: usize) -> Result<JsValue, JsValue> {
        let Opened { source, track, .. } = self.opened()?;
        let mut scratch = Vec::new();
        let data = track.picture(source, place, &mut scratch).map_err(|error| fault(&error))?;
        let object = Object::new();
        set(&object, "data", &Uint8Array::from(data));
        if let Some(picture) = track.pictures.get(place) {
            // Ticks where microseconds are expected: only their order matters to a decoder.
            set(&object, "timestamp", &JsValue::from_f64(picture.shown_at as f64));
            set(&object, "isKey", &JsValue::from_bool(picture.is_key));
        }
        Ok(object.into())
    }

    /// Whether frames of that format, as the browser calls it, have the codes of the file.
    pub fn takes(&self, format: &str) -> bool {
        self.opened.as_ref().is_ok_and(|opened| opened.layout.is_some_and(|layout| has_codes(format, layout)))
    }

    /// Lets the checks see the planes of the next frame: rows from the top without padding, of a format that
    /// [`Self::takes`] knows.
    ///
    /// # Errors
    /// If they are not as many as the header's size asks for.
    pub fn observe(&mut self, timestamp: f64, format: &str, planes: &[u8]) -> Result<(), JsValue> {
        let Ok(opened) = &mut self.opened else { return Ok(()) };
        opened.observe(timestamp as i64, format, planes).map_err(|error| fault(&error))
    }

    /// The report, in the shape of `qc_report.json`. `problem` is what kept the rest of the file from being decoded.
    ///
    /// # Errors
    /// None in practice.
    pub fn finish(self, problem: Option<String>) -> Result<JsValue, JsValue> {
        self.report(|validator| validator.finish(problem.as_deref()))
    }

    /// The report where no frame could be looked at, and `why`.
    ///
    /// # Errors
    /// None in practice.
    #[wasm_bindgen(js_name = finishUnseen)]
    pub fn finish_unseen(self, why: &str) -> Result<JsValue, JsValue> {
        self.report(|validator| validator.finish_unseen(why))
    }
}

impl MovieRun {
    fn opened(&self) -> Result<&Opened, JsValue> {
        self.opened.as_ref().map_err(|why| fault(&Error::spec(why.clone(), "")))
    }

    fn report(self, finish: impl FnOnce(MovieValidator) -> ShotReport) -> Result<JsValue, JsValue> {
        let shot = match self.opened {
            Ok(opened) => finish(opened.validator),
            Err(why) => unreadable_movie(self.shot, &self.name, &why),
        };
        to_js(&QcReport::new(vec![shot], 1, self.context))
    }

    fn undecodable(&self) -> Option<String> {
        let Ok(Opened { track, layout, .. }) = &self.opened else { return None };
        let next = "`blender-gsd validate-output` looks at all of it";
        match (track.info.codec.as_str(), layout) {
            ("h264", Some(_)) => None,
            ("h264", None) => Some(format!("the page has no planes for {}; {next}", track.info.pixel_format)),
            ("prores", _) => Some(format!("browsers do not decode ProRes; {next}")),
            (codec, _) => Some(format!("the page decodes H.264 and not {codec}; {next}")),
        }
    }
}

impl Opened {
    fn new(blob: Blob, name: &str, request: &MovieRequest) -> Result<Self> {
        let source = BlobSource::new(blob);
        let track = VideoTrack::read(&source)?;
        let info = &track.info;
        let layout = Layout::of_pixel_format(&info.pixel_format).ok();
        if let Some(layout) = layout {
            movie_frame_bytes(info, layout, LARGEST_FRAME)?;
        }
        let validator = MovieValidator::new(MovieOptions {
            shot_id: request.shot.clone(),
            file: name.to_owned(),
            spec: info.deliverable().cloned(),
            layout: layout.unwrap_or(Layout::ALL[0]),
            first: request.first.unwrap_or(1),
            lead: request.first.map_or(0, |first| info.lead(first)),
            masters: None,
            thresholds: Thresholds::default(),
            info: info.clone(),
        });
        let hidden = track.pictures.iter().filter(|picture| !picture.is_shown).map(|picture| picture.shown_at);
        Ok(Self { hidden: hidden.collect(), source, layout, validator, planes: Vec::new(), track })
    }

    fn observe(&mut self, shown_at: i64, format: &str, planes: &[u8]) -> Result<()> {
        let Some(layout) = self.layout.filter(|&layout| has_codes(format, layout)) else {
            return Err(Error::spec(format!("frames of {format} are not taken"), ""));
        };
        let size = self.track.info.size.map(|side| side as usize);
        if planes.len() != layout.frame_bytes(size) {
            return Err(Error::spec("frames are not of the size that the header says", ""));
        }
        if self.hidden.contains(&shown_at) {
            return Ok(());
        }
        if format == INTERLEAVED.0 {
            separate(planes, layout, size, &mut self.planes);
            self.validator.observe(&self.planes, None);
        } else {
            self.validator.observe(planes, None);
        }
        Ok(())
    }
}

fn has_codes(format: &str, layout: Layout) -> bool {
    FORMATS.iter().chain([&INTERLEAVED]).any(|&(name, own)| name == format && own == layout.name())
}

/// Cb and Cr that take turns as planes of their own.
fn separate(interleaved: &[u8], layout: Layout, size: [usize; 2], planes: &mut Vec<u8>) {
    let [luma, ..] = layout.plane_sizes(size).map(|[width, height]| width * height);
    let (luma, chroma) = interleaved.split_at(luma.min(interleaved.len()));
    planes.clear();
    planes.extend_from_slice(luma);
    for first in [0, 1] {
        planes.extend(chroma.iter().skip(first).step_by(2));
    }
}
