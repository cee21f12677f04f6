//! The cut as a CMX3600 edit decision list, findings being locators.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::ShotId;
use super::timeline::{Timeline, one_line};

/// A reel's name has at most that many characters.
const REEL: usize = 8;

/// The cut. A `* LOC:` line has the place in the cut, by which Avid puts its locators; findings in the handles alone are not
/// part of the cut and are left out.
pub fn edl(timeline: &Timeline) -> String {
    let mut text = format!("TITLE: {}\nFCM: NON-DROP FRAME\n", one_line(&timeline.name));
    let mut reels = BTreeSet::new();
    for (number, event) in timeline.events.iter().enumerate() {
        let clip = &event.clip;
        let reel = reel(&clip.shot, number + 1, &mut reels);
        let ([first, last], [start, end]) = (clip.cut(), event.record);
        let source = [first, last.saturating_add(1)].map(|frame| timeline.timecode(frame));
        let record = [start, end].map(|frame| timeline.record_timecode(frame));
        let _ = writeln!(
            text,
            "\n{:03}  {reel:REEL$} V     C        {} {} {} {}",
            number + 1,
            source[0],
            source[1],
            record[0],
            record[1]
        );
        let _ = writeln!(text, "* FROM CLIP NAME:  {}", clip.shot);
        if let Some(media) = clip.media.first() {
            let _ = writeln!(text, "* FROM CLIP: {}", media.path);
        }
        for marker in clip.markers.iter().filter(|marker| marker.frame <= last && marker.last_frame >= first) {
            // What begins in a handle stands at the first frame that is seen.
            let place = timeline.record_timecode(start.saturating_add(first.abs_diff(marker.frame.max(first))));
            let _ = writeln!(text, "* LOC: {place} {:7} {}", marker.color(), marker.text);
        }
    }
    text
}

/// The last letters and digits of the shot's name, or the event's number where another shot has the same.
fn reel(shot: &ShotId, number: usize, taken: &mut BTreeSet<String>) -> String {
    let plain: Vec<char> = shot.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
    let name: String = plain[plain.len().saturating_sub(REEL)..].iter().collect::<String>().to_ascii_uppercase();
    let name = if taken.contains(&name) { format!("E{number:07}") } else { name };
    taken.insert(name.clone());
    name
}

#[cfg(test)]
mod tests {
    use super::edl;
    use crate::editorial::timeline::tests::scene;
    use crate::{Result, spec::FrameRate};

    #[test]
    fn events_have_their_time_codes_and_findings() -> Result<()> {
        let text = edl(&scene(FrameRate::FPS_24)?);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[3], "001  OT002001 V     C        00:00:41:17 00:00:42:17 01:00:00:00 01:00:01:00");
        assert_eq!(lines[7], "002  OT002002 V     C        00:00:42:01 00:00:42:09 01:00:01:06 01:00:01:14");
        assert_eq!(lines[10], "* LOC: 01:00:01:07 RED     a \"bad\" frame");
        Ok(())
    }

    #[test]
    fn what_begins_in_a_handle_stands_where_the_cut_begins() -> Result<()> {
        let mut timeline = scene(FrameRate::FPS_24)?;
        let markers = &mut timeline.events[1].clip.markers;
        (markers[0].frame, markers[0].last_frame) = (1003, 1009);
        assert!(edl(&timeline).contains("* LOC: 01:00:01:06 RED"), "{}", edl(&timeline));
        timeline.events[1].clip.markers[0].last_frame = 1008;
        assert!(!edl(&timeline).contains("LOC"), "it is over before the cut");
        Ok(())
    }
}
