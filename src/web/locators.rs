//! A reviewer's notes as locators in the cut, by the same writers that make a package's conform files.

use serde::Deserialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::object::from_js;
use crate::editorial::{self, Clip, Marker, ShotId, Timeline};
use crate::js::fault;
use crate::spec::FrameRate;
use crate::{Error, Result, Severity};

/// What was written about which shots.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NotesRequest {
    name: String,
    /// `24`, `24000/1001`
    rate: String,
    /// In the order of the cut.
    shots: Vec<NotedShot>,
}

/// A shot and its notes.
#[derive(Deserialize)]
struct NotedShot {
    name: String,
    frames: [i32; 2],
    notes: Vec<Note>,
}

/// A note at a frame.
#[derive(Deserialize)]
struct Note {
    frame: i32,
    text: String,
}

/// The notes as a CMX3600 EDL (`edl`) or an OpenTimelineIO timeline (`otio`): `{name, rate, shots: [{name, frames, notes:
/// [{frame, text}]}]}`.
///
/// # Errors
/// If a name, a rate or a range is none, or there is no such format.
#[wasm_bindgen]
pub fn locators(request: JsValue, format: &str) -> Result<String, JsValue> {
    let request: NotesRequest = from_js(request)?;
    let timeline = timeline(request).map_err(|error| fault(&error))?;
    match format {
        "edl" => Ok(editorial::edl(&timeline)),
        "otio" => serde_json::to_string_pretty(&editorial::otio(&timeline))
            .map_err(|error| fault(&Error::spec(error.to_string(), ""))),
        other => Err(fault(&Error::spec(format!("notes are not written as {other:?}"), "Ask for edl or otio"))),
    }
}

fn timeline(request: NotesRequest) -> Result<Timeline> {
    let clips = request.shots.into_iter().map(clip).collect::<Result<_>>()?;
    Timeline::new(request.name, FrameRate::parse(&request.rate)?, clips)
}

fn clip(shot: NotedShot) -> Result<Clip> {
    // A dropped file may be called anything, a clip in an edit may not.
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' };
    let name: String = shot.name.chars().map(plain).collect();
    let marker = |note: Note| Marker {
        frame: note.frame,
        last_frame: note.frame,
        severity: Severity::Warning,
        text: note.text.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    Ok(Clip {
        shot: name.parse::<ShotId>()?,
        frames: shot.frames,
        handles: 0,
        record: None,
        media: Vec::new(),
        markers: shot.notes.into_iter().map(marker).collect(),
    })
}
