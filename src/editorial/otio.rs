//! The cut as OpenTimelineIO's JSON (`.otio`): clips with every deliverable as a media reference, gaps, markers.

use serde_json::{Map, Value, json};

use super::timeline::{Clip, Event, Marker, Media, Timeline, hour};
use crate::spec::FrameRate;

/// The cut. Media are named relative to the package's folder; the one to cut with is active.
pub fn otio(timeline: &Timeline) -> Value {
    let rate = timeline.rate;
    let mut children = Vec::new();
    let mut end = 0;
    for Event { record: [start, after], clip } in &timeline.events {
        if *start > end {
            children.push(gap(start - end, rate));
        }
        children.push(clip_json(clip, rate));
        end = *after;
    }
    let track = json!({
        "OTIO_SCHEMA": "Track.1", "name": "V1", "kind": "Video", "children": children,
        "source_range": null, "effects": [], "markers": [], "enabled": true, "metadata": {},
    });
    json!({
        "OTIO_SCHEMA": "Timeline.1", "name": timeline.name, "metadata": {},
        "global_start_time": time(i64::from(hour(rate)), rate),
        "tracks": {
            "OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": [track],
            "source_range": null, "effects": [], "markers": [], "enabled": true, "metadata": {},
        },
    })
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
    let available = range(clip.frames[0], clip.length(), rate);
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
