//! What the driver tells, line by line.

use std::path::PathBuf;

use serde::Deserialize;

use super::space::WorkingSpace;
use crate::Error;
use crate::error::Place;

/// A line of the driver's.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(super) enum Event {
    /// Blender runs.
    Started { version: String },
    /// Something a person should know.
    Note { text: String },
    /// The file is open: its own first and last frame.
    Scene { frames: [i32; 2] },
    /// It is set up.
    Ready { working_space: WorkingSpace, settings: serde_json::Value },
    /// How far it is, in Blender's words.
    Status { text: String },
    /// A frame is on the disk.
    Frame { frame: i32, path: PathBuf },
    /// It cannot be done.
    Error(Refusal),
    /// All is done.
    Done,
}

/// Why it cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Refusal {
    kind: String,
    text: String,
    #[serde(default)]
    next: String,
}

impl Refusal {
    pub(super) fn into_error(self) -> Error {
        let error = match self.kind.as_str() {
            // The file is not what it should be.
            "file" => Error::wrong_kind(self.text),
            "missing" => Error::malformed(Place::default(), self.text),
            _ => Error::tool(self.text, ""),
        };
        error.with_next(self.next)
    }
}

impl Event {
    /// The event in a line, if it is one of the driver's: `mark` and JSON. Blender may have printed half a line before it.
    pub(super) fn parse(line: &str, mark: &str) -> Option<Self> {
        let (_, json) = line.split_once(mark)?;
        serde_json::from_str(json.trim()).ok()
    }

    /// Blender's own report of how far it is, up to 4.x: `Fra:1001 Mem:… | Time:… | … | Sample 1/4`.
    pub(super) fn parse_status(line: &str) -> Option<Self> {
        line.starts_with("Fra:").then(|| Self::Status { text: line.to_owned() })
    }
}

/// The part of a frame that a status tells to be done: `Sample 3/16`, `Rendered 5/20 Tiles`, `Tile 3-12`.
pub(super) fn fraction(status: &str) -> Option<f32> {
    let last = status.rsplit('|').next()?.trim();
    let ratio = last.split([' ', ',']).find_map(|word| {
        let (done, total) = word.split_once('/')?;
        Some((done.parse::<u32>().ok()?, total.parse::<u32>().ok()?))
    });
    let (done, total) = ratio.filter(|&(done, total)| done <= total && total > 0)?;
    Some(done as f32 / total as f32)
}

#[cfg(test)]
mod tests {
    use super::{Event, fraction};

    #[test]
    fn an_event_is_found_behind_half_a_line_of_blender() {
        let line = r#"Fra:1001 Mem:9.44Mmark-7 {"event": "frame", "frame": 1001, "path": "/a/frame.1001.exr"}"#;
        let expected = Event::Frame { frame: 1001, path: "/a/frame.1001.exr".into() };
        assert_eq!(Event::parse(line, "mark-7"), Some(expected));
        assert_eq!(Event::parse(line, "mark-8"), None);
        assert_eq!(Event::parse("mark-7 {\"event\": \"frame\"", "mark-7"), None);
    }

    #[test]
    fn status_lines_of_both_ages_tell_the_part_that_is_done() {
        // As Blender 3.4.1 and 5.0.1 print them.
        let old = "Fra:1001 Mem:25.59M (Peak 25.59M) | Time:00:00.14 | Remaining:00:00.28 | Mem:16.33M, Peak:16.33M | \
                   SCN-002, street | Sample 1/4";
        assert_eq!(fraction(old), Some(0.25));
        assert_eq!(fraction("Remaining: 00:00.61 | Mem: 27M | Sample 3/4"), Some(0.75));
        assert_eq!(fraction("Rendered 5/20 Tiles, Sample 2/8"), Some(0.25));
        assert_eq!(fraction("Mem: 27M | Finished"), None);
        assert_eq!(fraction("Sample 5/4"), None);
        assert_eq!(fraction("Sample 0/0"), None);
    }
}
