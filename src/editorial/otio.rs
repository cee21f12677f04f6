//! The cut as OpenTimelineIO's JSON (`.otio`): clips with every deliverable as a media reference, gaps, markers.

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::timeline::{Clip, Event, Marker, Media, Timeline, hour};
use crate::spec::FrameRate;

/// The cut. Media are named relative to the package's folder; the one to cut with is active. Clips are made one at a time,
/// while they are written: a long scene need not lie in memory as JSON.
pub fn otio(timeline: &Timeline) -> impl Serialize {
    OtioTimeline {
        schema: "Timeline.1",
        name: &timeline.name,
        metadata: json!({}),
        global_start_time: time(i64::from(hour(timeline.rate)), timeline.rate),
        tracks: Composition::new("Stack.1", "tracks", [Composition::new("Track.1", "V1", Clips(timeline))]),
    }
}

#[derive(Serialize)]
struct OtioTimeline<'a, Tracks> {
    #[serde(rename = "OTIO_SCHEMA")]
    schema: &'static str,
    name: &'a str,
    metadata: Value,
    global_start_time: Value,
    tracks: Tracks,
}

/// A stack, or a track, which has a kind.
#[derive(Serialize)]
struct Composition<Children> {
    #[serde(rename = "OTIO_SCHEMA")]
    schema: &'static str,
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    children: Children,
    source_range: Value,
    effects: [Value; 0],
    markers: [Value; 0],
    enabled: bool,
    metadata: Value,
}

impl<Children> Composition<Children> {
    fn new(schema: &'static str, name: &'static str, children: Children) -> Self {
        let kind = (schema == "Track.1").then_some("Video");
        let (source_range, metadata) = (Value::Null, json!({}));
        Self { schema, name, kind, children, source_range, effects: [], markers: [], enabled: true, metadata }
    }
}

/// The clips of a cut, and gaps where it has none.
struct Clips<'a>(&'a Timeline);

impl Serialize for Clips<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(timeline) = self;
        let mut children = serializer.serialize_seq(None)?;
        let mut end = 0;
        for Event { record: [start, after], clip } in &timeline.events {
            if *start > end {
                children.serialize_element(&gap(start - end, timeline.rate))?;
            }
            children.serialize_element(&clip_json(clip, timeline.rate))?;
            end = *after;
        }
        children.end()
    }
}

fn gap(length: u32, rate: FrameRate) -> Value {
    json!({
        "OTIO_SCHEMA": "Gap.1", "name": "", "source_range": range(0, length, rate),
        "effects": [], "markers": [], "enabled": true, "metadata": {},
    })
}

fn clip_json(clip: &Clip, rate: FrameRate) -> Value {
    let reference = |media: &Media| (media.format.clone(), media_json(media, clip, rate));
    let references: Map<String, Value> = clip.media.iter().map(reference).collect();
    let [first, _] = clip.cut();
    json!({
        "OTIO_SCHEMA": "Clip.2", "name": clip.shot, "source_range": range(first, clip.cut_length(), rate),
        "media_references": references,
        "active_media_reference_key": clip.media.first().map_or("", |media| media.format.as_str()),
        "markers": clip.markers.iter().map(|marker| marker_json(marker, rate)).collect::<Vec<_>>(),
        "effects": [], "enabled": true, "metadata": { "blender-gsd": { "handles": clip.handles } },
    })
}

fn media_json(media: &Media, clip: &Clip, rate: FrameRate) -> Value {
    let first = clip.frames[0].saturating_sub_unsigned(media.lead);
    let available = range(first, clip.length().saturating_add(media.lead), rate);
    let Some(numbered) = &media.numbered else {
        return json!({
            "OTIO_SCHEMA": "ExternalReference.1", "name": clip.shot, "target_url": media.path,
            "available_range": available, "available_image_bounds": null, "metadata": {},
        });
    };
    let folder = media.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    json!({
        "OTIO_SCHEMA": "ImageSequenceReference.1", "name": clip.shot, "target_url_base": folder,
        "name_prefix": numbered.prefix, "name_suffix": numbered.suffix, "frame_zero_padding": numbered.digits,
        "start_frame": clip.frames[0], "frame_step": 1, "rate": rate.as_f64(), "missing_frame_policy": "error",
        "available_range": available, "available_image_bounds": null, "metadata": {},
    })
}

fn marker_json(marker: &Marker, rate: FrameRate) -> Value {
    let length = u32::try_from(i64::from(marker.last_frame) - i64::from(marker.frame) + 1).unwrap_or(1);
    json!({
        "OTIO_SCHEMA": "Marker.2", "name": marker.text, "comment": "", "color": marker.color(),
        "marked_range": range(marker.frame, length, rate),
        "metadata": { "blender-gsd": { "severity": marker.severity } },
    })
}

fn range(start: i32, length: u32, rate: FrameRate) -> Value {
    json!({
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": time(start.into(), rate), "duration": time(length.into(), rate),
    })
}

fn time(frames: i64, rate: FrameRate) -> Value {
    json!({ "OTIO_SCHEMA": "RationalTime.1", "rate": rate.as_f64(), "value": frames as f64 })
}
