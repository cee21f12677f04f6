//! A scene as a cut: its shots one after another on one track, with the media that stand for each.

use std::collections::BTreeSet;

use super::ShotId;
use crate::qc::{QcIssue, Severity};
use crate::spec::FrameRate;
use crate::timecode::Timecode;
use crate::{Error, Result};

/// A scene's cut, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The scene.
    pub name: String,
    /// Frames per second of everything in it.
    pub rate: FrameRate,
    /// The shots where they lie; there may be gaps between them.
    pub events: Vec<Event>,
}

/// A shot in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// First frame in the cut and the one after the last, counted from the cut's start.
    pub record: [u32; 2],
    /// What lies there.
    pub clip: Clip,
}

/// A shot as it is delivered.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// The shot.
    pub shot: ShotId,
    /// First and last frame of its files, handles included.
    pub frames: [i32; 2],
    /// Frames at either end that are not part of the cut.
    pub handles: u32,
    /// Where it begins in the cut, in frames; else where the shot before it ends.
    pub record: Option<u32>,
    /// Its files, the one to cut with first.
    pub media: Vec<Media>,
    /// What the quality control found.
    pub markers: Vec<Marker>,
}

/// One deliverable of a shot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// The deliverable's name, `prores_4444`.
    pub format: String,
    /// Its path below the package, with `/`; of a sequence, that of its folder and first frame.
    pub path: String,
    /// How the frames of a sequence are called; none for one file.
    pub numbered: Option<Numbered>,
    /// Width and height in pixels, where they are known.
    pub size: Option<[u32; 2]>,
    /// Frames before the shot's first: a slate.
    pub lead: u32,
}

/// Names of a sequence's frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// Before the number.
    pub prefix: String,
    /// After the number.
    pub suffix: String,
    /// Digits of the number, filled up with zeros.
    pub digits: usize,
}

/// A finding in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Where it is, by the number of the frame.
    pub frame: i32,
    /// The last frame it holds for.
    pub last_frame: i32,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, one line.
    pub text: String,
}

impl Marker {
    /// The marker of a finding.
    pub fn of(issue: &QcIssue) -> Self {
        let text = format!("{}: {}", issue.check.name(), issue.description);
        Self {
            frame: issue.frame,
            last_frame: issue.last_frame.unwrap_or(issue.frame),
            severity: issue.severity,
            text: one_line(&text),
        }
    }

    /// The colour of locators: red must be mended, yellow looked at, cyan known.
    pub const fn color(&self) -> &'static str {
        match self.severity {
            Severity::Error => "RED",
            Severity::Warning => "YELLOW",
            Severity::Info => "CYAN",
        }
    }
}

/// Text for formats in which a line break or a tab ends something.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

impl Clip {
    /// First and last frame of the cut part.
    pub fn cut(&self) -> [i32; 2] {
        let [first, last] = self.frames;
        [first.saturating_add_unsigned(self.handles), last.saturating_sub_unsigned(self.handles)]
    }

    /// Frames of the files.
    pub fn length(&self) -> u32 {
        frames_in(self.frames)
    }

    /// Frames in the cut.
    pub fn cut_length(&self) -> u32 {
        frames_in(self.cut())
    }
}

/// Frames from the first to the last.
fn frames_in([first, last]: [i32; 2]) -> u32 {
    u32::try_from(i64::from(last) - i64::from(first) + 1).unwrap_or_default()
}

impl Timeline {
    /// Puts the clips in their places. Where none says where it begins, each begins where the one before it ends.
    ///
    /// # Errors
    /// If a shot is there twice, has no frame left between its handles, or begins before the one before it ends; or if the
    /// cut is longer than the day that time code counts.
    pub fn new(name: impl Into<String>, rate: FrameRate, clips: Vec<Clip>) -> Result<Self> {
        let mut seen = BTreeSet::new();
        let mut events = Vec::with_capacity(clips.len());
        let mut end = 0;
        for clip in clips {
            let shot = &clip.shot;
            if !seen.insert(shot.as_str().to_ascii_lowercase()) {
                let next = "Give each shot a name of its own; upper and lower case are not enough to tell them apart";
                return Err(Error::spec(format!("two shots are called {shot}"), next));
            }
            let length = clip.cut_length();
            if length == 0 {
                let [first, last] = clip.frames;
                let what =
                    format!("shot {shot}: frames {first} to {last} have nothing between handles of {}", clip.handles);
                return Err(Error::spec(what, "Give the number of handle frames that the shot really has"));
            }
            let start = clip.record.unwrap_or(end);
            if start < end {
                let what =
                    format!("shot {shot} begins at frame {start} of the cut, before the one before it ends at {end}");
                return Err(Error::spec(what, "Mend `cut.record_in` in its handoff file"));
            }
            let too_long = || Error::limit(format!("shot {shot} ends after 23 hours of cut"), "Cut the scene in parts");
            end = start.checked_add(length).filter(|&end| end <= 23 * hour(rate)).ok_or_else(too_long)?;
            events.push(Event { record: [start, end], clip });
        }
        Ok(Self { name: name.into(), rate, events })
    }

    /// The time code of a place in the cut, which begins at one hour, as reels do.
    pub fn record_timecode(&self, frame: u32) -> Timecode {
        Timecode::of_frame(i32::try_from(hour(self.rate) + frame).unwrap_or(i32::MAX), self.rate)
    }

    /// The time code of a shot's frame.
    pub fn timecode(&self, frame: i32) -> Timecode {
        Timecode::of_frame(frame, self.rate)
    }
}

/// Frames that an hour of time code counts.
pub(super) fn hour(rate: FrameRate) -> u32 {
    rate.counted().max(1) * 3600
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Clip, Marker, Media, Numbered, Timeline};
    use crate::editorial::ShotId;
    use crate::qc::Severity;
    use crate::spec::FrameRate;
    use crate::{Error, Result};

    pub(in crate::editorial) fn clip(shot: &str, frames: [i32; 2], handles: u32) -> Result<Clip> {
        let shot: ShotId = shot.parse()?;
        let numbered = Numbered { prefix: format!("{shot}_master."), suffix: ".exr".into(), digits: 4 };
        let media = vec![
            Media {
                format: "prores_4444".into(),
                path: format!("prores/{shot}_prores4444.mov"),
                numbered: None,
                size: Some([4096, 1716]),
                lead: 0,
            },
            Media {
                format: "master_exr".into(),
                path: format!("masters/{shot}_master.{:04}.exr", frames[0]),
                numbered: Some(numbered),
                size: Some([4096, 1716]),
                lead: 0,
            },
        ];
        Ok(Clip { shot, frames, handles, record: None, media, markers: Vec::new() })
    }

    pub(in crate::editorial) fn scene(rate: FrameRate) -> Result<Timeline> {
        let mut second = clip("SHOT-002-002", [1001, 1024], 8)?;
        second.record = Some(30);
        second.markers =
            vec![Marker { frame: 1010, last_frame: 1011, severity: Severity::Error, text: "a \"bad\" frame".into() }];
        Timeline::new("SCN-002", rate, vec![clip("SHOT-002-001", [1001, 1024], 0)?, second])
    }

    #[test]
    fn shots_lie_where_they_say_or_one_after_another() -> Result<()> {
        let timeline = scene(FrameRate::FPS_24)?;
        let records: Vec<[u32; 2]> = timeline.events.iter().map(|event| event.record).collect();
        assert_eq!(records, [[0, 24], [30, 38]]);
        assert_eq!(timeline.events[1].clip.cut(), [1009, 1016]);
        assert_eq!(timeline.record_timecode(30).to_string(), "01:00:01:06");
        Ok(())
    }

    #[test]
    fn what_cannot_be_cut_is_refused() -> Result<()> {
        let refused = |clips: Vec<Clip>| match Timeline::new("S", FrameRate::FPS_24, clips) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        let (a, b) = (clip("a", [1, 9], 0)?, clip("A", [1, 9], 0)?);
        assert!(refused(vec![a.clone(), b]).contains("two shots are called A"));
        assert!(refused(vec![clip("a", [1, 8], 4)?]).contains("nothing between handles"));
        assert!(refused(vec![a.clone(), Clip { record: Some(8), ..clip("b", [1, 9], 0)? }]).contains("before"));
        let late = Timeline::new("S", FrameRate::FPS_24, vec![Clip { record: Some(u32::MAX), ..a }]);
        assert!(matches!(late, Err(Error::Limit(_))));
        Ok(())
    }
}
