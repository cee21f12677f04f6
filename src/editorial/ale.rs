//! The scene's clips as an Avid Log Exchange: tab-delimited Heading, Column and Data.

use std::fmt::Write as _;

use super::timeline::Timeline;
use crate::spec::FrameRate;

const COLUMNS: [&str; 11] =
    ["Name", "Tape", "Start", "End", "Duration", "Tracks", "FPS", "Image Size", "Source File", "Scene", "Handles"];

/// Every shot's clip as it is delivered, handles and slate included. `End` is the frame after the last, as Avid counts.
pub fn ale(timeline: &Timeline) -> String {
    let size = |of: &super::Clip| of.media.first().and_then(|media| media.size);
    let largest = timeline.events.iter().filter_map(|event| size(&event.clip)).max();
    let fps = fps(timeline.rate);
    let mut text = format!(
        "Heading\nFIELD_DELIM\tTABS\nVIDEO_FORMAT\t{}\nAUDIO_FORMAT\t48khz\nFPS\t{fps}\n\nColumn\n{}\n\nData\n",
        video_format(largest),
        COLUMNS.join("\t"),
    );
    for event in &timeline.events {
        let clip = &event.clip;
        let lead = clip.media.first().map_or(0, |media| media.lead);
        let (first, last) = (clip.frames[0].saturating_sub_unsigned(lead), clip.frames[1]);
        let duration = i32::try_from(clip.length().saturating_add(lead)).unwrap_or(i32::MAX);
        let [start, end, duration] = [first, last.saturating_add(1), duration].map(|frame| timeline.timecode(frame));
        let image = size(clip).map_or(String::new(), |[width, height]| format!("{width}x{height}"));
        let file = clip.media.first().map_or("", |media| media.path.as_str());
        let _ = writeln!(
            text,
            "{0}\t{0}\t{start}\t{end}\t{duration}\tV\t{fps}\t{image}\t{file}\t{1}\t{2}",
            clip.shot, timeline.name, clip.handles
        );
    }
    text
}

/// The project format that Avid knows; everything else, and everything above HD, is custom.
fn video_format(size: Option<[u32; 2]>) -> &'static str {
    match size {
        Some([1920, 1080]) => "1080",
        Some([1280, 720]) => "720",
        Some([720, 576]) => "PAL",
        Some([720, 486]) => "NTSC",
        _ => "CUSTOM",
    }
}

/// The rate as Avid writes it: `24`, `23.976`.
fn fps(rate: FrameRate) -> String {
    let text = format!("{:.3}", rate.as_f64());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{fps, video_format};
    use crate::spec::FrameRate;

    #[test]
    fn rates_and_formats_are_written_as_avid_does() {
        let rate = |numerator, denominator| fps(FrameRate { numerator, denominator });
        assert_eq!([rate(24, 1), rate(24000, 1001), rate(30000, 1001)], ["24", "23.976", "29.97"]);
        assert_eq!(video_format(Some([4096, 1716])), "CUSTOM");
        assert_eq!(video_format(Some([1920, 1080])), "1080");
        assert_eq!(video_format(None), "CUSTOM");
    }
}
