//! What was found in a movie file, to be held against what was asked for.
//!
//! ffprobe tells most of it, as JSON ([`MediaInfo::parse`]). What the container says of colour it does not tell apart from
//! what the codec says, so the container's tags are read here ([`Movie::read`]). Where there is no ffprobe, the same facts
//! come from the file's own bytes ([`VideoTrack::read`]), with the places of its pictures.

pub(crate) mod bits;
pub(crate) mod boxes;
mod color;
pub(crate) mod h264;
mod movie;
mod probe;
pub(crate) mod prores;
pub(crate) mod samples;
mod times;
mod track;

pub use color::ColorTags;
pub use movie::Movie;
pub use track::{Picture, VideoTrack};

use std::collections::BTreeMap;

use serde::Serialize;

use crate::spec::{FrameRate, OUTPUT_FORMATS, OutputSpec};
use crate::timecode::Timecode;

/// The first video stream of a file, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MediaInfo {
    /// The demuxer's names, `mov,mp4,m4a,3gp,3g2,mj2`.
    pub container: String,
    /// `major_brand`: `qt  ` for QuickTime, `isom` and others for MP4; empty where there is none.
    pub brand: String,
    /// `prores`, `h264` …
    pub codec: String,
    /// The sample entry's four characters, `ap4h`, `avc1` …
    pub codec_tag: String,
    /// `4444`, `Standard`, `High` …; empty where the codec has none.
    pub profile: String,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Width of a pixel over its height, as a ratio; `None` where the file does not say.
    pub pixel_aspect: Option<[u32; 2]>,
    /// What the decoder makes, in ffmpeg's words: `yuv444p12le` for ProRes 4444 whatever its source was.
    pub pixel_format: String,
    /// Whether frames are whole (`progressive`), where the file says.
    pub field_order: String,
    /// The exact rate, if it is constant.
    pub frame_rate: Option<FrameRate>,
    /// Frames, as the container counts them.
    pub frame_count: Option<u64>,
    /// Length in seconds, as a ratio of ticks and ticks a second.
    pub duration: Option<[u64; 2]>,
    /// When the first frame is shown, in seconds.
    pub start_time: Option<f64>,
    /// Bytes of the file.
    pub bytes: Option<u64>,
    /// What the container says of colour (`colr`); empty until [`Movie::read`] has looked.
    pub container_color: ColorTags,
    /// Width and height as the container has them; `None` until [`Movie::read`] has looked, or where it has none.
    pub container_size: Option<[u32; 2]>,
    /// What the codec's own headers say of colour.
    pub codec_color: ColorTags,
    /// The first frame's time code as it is written, `00:00:41:17`, with `;` before the frames where it drops some.
    pub timecode: Option<String>,
    /// The name of the reel or tape.
    pub reel: Option<String>,
    /// Whether the index stands before the pictures (`faststart`); `None` until [`Movie::read`] has looked.
    pub is_fast_start: Option<bool>,
    /// The file's own metadata.
    pub tags: BTreeMap<String, String>,
    /// Sound streams beside the picture.
    pub audio_streams: usize,
}

impl MediaInfo {
    /// The film's deliverable of that codec and profile.
    pub fn deliverable(&self) -> Option<&'static OutputSpec> {
        let own = (self.codec.as_str(), self.profile.as_str());
        OUTPUT_FORMATS.iter().find(|spec| spec.format.is_movie() && spec.compression.probed() == Some(own))
    }

    /// Frames before the shot's `first`: one, a slate, where the time code says so.
    pub fn lead(&self, first: i32) -> usize {
        let before = self.frame_rate.map(|rate| Timecode::of_frame(first.saturating_sub(1), rate).to_string());
        usize::from(before.is_some() && before == self.timecode)
    }

    /// Whether the decoder makes alpha.
    pub fn has_alpha(&self) -> bool {
        ["yuva", "gbrap", "rgba", "bgra", "argb", "abgr", "ya"].iter().any(|start| self.pixel_format.starts_with(start))
    }
}
