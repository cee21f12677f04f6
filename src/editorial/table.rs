//! The scene's shots as a table (CSV, RFC 4180), for shot tracking.

use super::timeline::Timeline;
use crate::qc::Severity;

const COLUMNS: [&str; 18] = [
    "scene",
    "shot",
    "first_frame",
    "last_frame",
    "cut_in",
    "cut_out",
    "handles",
    "cut_frames",
    "fps",
    "source_in",
    "source_out",
    "record_in",
    "record_out",
    "media",
    "file",
    "errors",
    "warnings",
    "infos",
];

/// One line a shot. Frames are inclusive; time codes of ends are those of the frame after the last.
pub fn csv(timeline: &Timeline) -> String {
    let mut text = line(COLUMNS.map(str::to_owned));
    for event in &timeline.events {
        let clip = &event.clip;
        let ([first, last], [cut_in, cut_out], [start, end]) = (clip.frames, clip.cut(), event.record);
        let found = |severity| clip.markers.iter().filter(|marker| marker.severity == severity).count().to_string();
        let media = clip.media.first();
        text += &line([
            timeline.name.clone(),
            clip.shot.to_string(),
            first.to_string(),
            last.to_string(),
            cut_in.to_string(),
            cut_out.to_string(),
            clip.handles.to_string(),
            clip.cut_length().to_string(),
            timeline.rate.to_string(),
            timeline.timecode(cut_in).to_string(),
            timeline.timecode(cut_out.saturating_add(1)).to_string(),
            timeline.record_timecode(start).to_string(),
            timeline.record_timecode(end).to_string(),
            media.map_or(String::new(), |media| media.format.clone()),
            media.map_or(String::new(), |media| media.path.clone()),
            found(Severity::Error),
            found(Severity::Warning),
            found(Severity::Info),
        ]);
    }
    text
}

fn line(cells: [String; 18]) -> String {
    let quote = |cell: String| match cell.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    };
    cells.map(quote).join(",") + "\r\n"
}
