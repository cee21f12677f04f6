//! What there is to choose from, with the names the page shows, and how dropped files form sequences.

use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::analysis::Graticule;
use super::look::{Band, FALSE_COLORS, Isolate, LEGEND, LegendEntry};
use super::object::to_js;
use crate::color::{ColorSpace, Display, View};
use crate::sequence;

/// One choice of a menu.
#[derive(Serialize)]
struct Choice {
    id: &'static str,
    label: &'static str,
}

/// Every menu, limit and step of the page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Catalog {
    version: &'static str,
    views: Vec<Choice>,
    displays: Vec<Choice>,
    spaces: Vec<Choice>,
    isolations: Vec<Choice>,
    legend: &'static [LegendEntry],
    false_colors: &'static [Band],
    scopes: Graticule,
    exposure: Dial,
    gamma: Dial,
    offset: Dial,
    /// Bytes of decoded frames that the page keeps before it lets the oldest go.
    memory_budget: f64,
    /// Bytes of planes that one message from a worker carries: an upload of that size stays far under a frame's time.
    message_bytes: u32,
}

/// A number that the user turns.
#[derive(Serialize)]
struct Dial {
    min: f32,
    max: f32,
    step: f32,
    neutral: f32,
}

/// Menus, limits and steps, as one object.
///
/// # Errors
/// None in practice: the values are constants.
#[wasm_bindgen]
pub fn catalog() -> Result<JsValue, JsValue> {
    let spaces =
        ColorSpace::choices().filter_map(|id| Some(Choice { id, label: ColorSpace::from_choice(id).ok()?.name() }));
    to_js(&Catalog {
        version: env!("CARGO_PKG_VERSION"),
        views: View::ALL.into_iter().map(|view| Choice { id: view.id(), label: view.label() }).collect(),
        displays: Display::ALL.into_iter().map(|display| Choice { id: display.id(), label: display.label() }).collect(),
        spaces: spaces.collect(),
        isolations: Isolate::ALL.into_iter().map(|i| Choice { id: i.id(), label: i.label() }).collect(),
        legend: &LEGEND,
        false_colors: &FALSE_COLORS,
        scopes: Graticule::new(),
        exposure: Dial { min: -16.0, max: 16.0, step: 0.5, neutral: 0.0 },
        gamma: Dial { min: 0.1, max: 5.0, step: 0.1, neutral: 1.0 },
        offset: Dial { min: -1.0, max: 1.0, step: 0.01, neutral: 0.0 },
        memory_budget: 768.0 * 1024.0 * 1024.0,
        message_bytes: 1 << 20,
    })
}

/// A sequence as the browser list shows it.
#[derive(Serialize)]
struct SequenceFacts<'a> {
    stem: &'a str,
    range: Option<[i32; 2]>,
    /// Runs of missing numbers.
    gaps: Vec<[i32; 2]>,
    /// How many numbers are missing.
    missing: i64,
    frames: Vec<FrameFacts<'a>>,
}

/// One file of a sequence.
#[derive(Serialize)]
struct FrameFacts<'a> {
    number: i32,
    name: &'a str,
}

/// Groups file names (with their folders) into sequences.
///
/// # Errors
/// None in practice: names are strings.
#[wasm_bindgen(js_name = groupFiles)]
pub fn group_files(names: Vec<String>) -> Result<JsValue, JsValue> {
    let sequences = sequence::group(&names);
    let facts: Vec<SequenceFacts<'_>> = sequences.iter().map(sequence_facts).collect();
    to_js(&facts)
}

fn sequence_facts(sequence: &sequence::Sequence) -> SequenceFacts<'_> {
    let gaps = sequence.gaps();
    SequenceFacts {
        stem: sequence.stem(),
        range: sequence.range(),
        missing: gaps.iter().map(|[first, last]| i64::from(*last) - i64::from(*first) + 1).sum(),
        gaps,
        frames: sequence.frames.iter().map(|frame| FrameFacts { number: frame.number, name: &frame.name }).collect(),
    }
}
