//! What `metadata/` holds: the facts of a shot and of its scene, laid over what the handoff says.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::timeline::{Event, Timeline};
use crate::inspect::Inspection;
use crate::qc::Status;

/// The version of both shapes; it grows when a field changes its meaning.
const SCHEMA_VERSION: u32 = 1;

/// What is known of a shot beside its place in the cut.
#[derive(Debug, Clone, PartialEq)]
pub struct ShotFacts {
    /// What the handoff says of it; an empty map where there is none.
    pub handoff: Map<String, Value>,
    /// Its delivered files.
    pub files: Vec<DeliveredFile>,
    /// What the header of the first master says.
    pub header: Inspection,
    /// The verdict of the quality control.
    pub status: Status,
    /// The view that display values were looked at through.
    pub view: Value,
    /// How each deliverable came about: tool, arguments, view, time. Empty where nobody noted it.
    pub exports: Vec<Value>,
    /// What they were made of, where that was noted.
    pub composite: Option<Value>,
}

/// A delivered file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveredFile {
    /// Below the package, with `/`.
    pub path: String,
    /// The deliverable it is, `master_exr`.
    pub kind: String,
    /// Its length.
    pub bytes: u64,
    /// XXH3, 128 bit, in lower-case hexadecimal.
    pub xxh128: String,
}

/// A shot's metadata. Every field of the handoff is kept; where one has the name of a fact that was found here and says
/// something else, the fact stands in its place and the handoff's value goes below `handoff`.
pub fn generate_shot_metadata(timeline: &Timeline, event: &Event, facts: &ShotFacts) -> Value {
    let clip = &event.clip;
    let [cut_in, cut_out] = clip.cut();
    let timecode = |frame: i32| timeline.timecode(frame).to_string();
    let found = json!({
        "schema_version": SCHEMA_VERSION,
        "shot_id": clip.shot,
        "scene_id": timeline.name,
        "frame_range": clip.frames,
        "cut_range": [cut_in, cut_out],
        "handles": clip.handles,
        "frame_rate": timeline.rate,
        "timecode": { "start": timecode(clip.frames[0]), "cut_in": timecode(cut_in), "cut_out": timecode(cut_out) },
        "record": event.record.map(|frame| timeline.record_timecode(frame).to_string()),
        "files": facts.files,
        "exr": facts.header.parts,
        "view": facts.view,
        "composite": facts.composite,
        "exports": facts.exports,
        "qc": { "status": facts.status, "findings": clip.markers.len() },
    });
    Value::Object(lay_over(facts.handoff.clone(), found))
}

/// A scene's metadata, over what the handoff says of it.
pub fn generate_scene_metadata(timeline: &Timeline, handoff: Map<String, Value>, about: Value) -> Value {
    let shots = timeline.events.iter().map(|event| {
        json!({
            "shot_id": event.clip.shot,
            "frame_range": event.clip.frames,
            "handles": event.clip.handles,
            "record": event.record.map(|frame| timeline.record_timecode(frame).to_string()),
            "metadata": format!("metadata/shots/{}.json", event.clip.shot),
        })
    });
    let found = json!({
        "schema_version": SCHEMA_VERSION,
        "scene_id": timeline.name,
        "frame_rate": timeline.rate,
        "shots": shots.collect::<Vec<_>>(),
    });
    let mut merged = lay_over(handoff, found);
    if let Value::Object(about) = about {
        merged = lay_over(merged, Value::Object(about));
    }
    Value::Object(merged)
}

/// `found` over `handoff`; what it covers goes below `handoff`.
fn lay_over(mut handoff: Map<String, Value>, found: Value) -> Map<String, Value> {
    let Value::Object(found) = found else { return handoff };
    let mut covered = Map::new();
    for (name, value) in found {
        if let Some(old) = handoff.insert(name.clone(), value.clone())
            && old != value
        {
            covered.insert(name, old);
        }
    }
    if !covered.is_empty() {
        match handoff.get_mut("handoff") {
            Some(Value::Object(known)) => known.extend(covered),
            Some(other) => {
                covered.insert("handoff".into(), other.take());
                *other = Value::Object(covered);
            }
            None => {
                handoff.insert("handoff".into(), Value::Object(covered));
            }
        }
    }
    handoff
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::lay_over;

    #[test]
    fn nothing_that_the_handoff_says_is_lost() {
        let handoff = |value: Value| value.as_object().cloned().unwrap_or_else(Map::new);
        let found = json!({ "shot_id": "a", "handles": 8 });
        let merged = lay_over(handoff(json!({ "seed": 7, "handles": 4, "shot_id": "a" })), found.clone());
        assert_eq!(
            Value::Object(merged),
            json!({ "seed": 7, "shot_id": "a", "handles": 8, "handoff": { "handles": 4 } })
        );
        let merged = lay_over(handoff(json!({ "handles": 4, "handoff": "a note" })), found);
        assert_eq!(merged.get("handoff"), Some(&json!({ "handles": 4, "handoff": "a note" })));
    }
}
