//! The JSON that ffprobe prints.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{ColorTags, MediaInfo};
use crate::error::Place;
use crate::spec::FrameRate;
use crate::{Error, Result};

impl MediaInfo {
    /// Reads what `ffprobe -of json -show_format -show_streams -show_frames` prints; of the frames, the first that is a
    /// picture has the codec's own colour tags.
    ///
    /// # Errors
    /// If it is no such JSON, or the file has no video.
    pub fn parse(json: &[u8]) -> Result<Self> {
        let probed: Probed = serde_json::from_slice(json).map_err(|error| {
            Error::malformed(Place::default(), format!("ffprobe's answer cannot be understood: {error}"))
        })?;
        let is_cover = |stream: &Stream| stream.disposition.get("attached_pic") == Some(&1);
        let video = probed.streams.iter().find(|stream| stream.codec_type == "video" && !is_cover(stream));
        let Some(video) = video else { return Err(Error::wrong_kind("there is no video in this file")) };
        let frame = probed.frames.iter().find(|frame| frame.media_type == "video");
        Ok(Self {
            container: probed.format.format_name,
            brand: probed.format.tags.get("major_brand").cloned().unwrap_or_default(),
            codec: video.codec_name.clone(),
            codec_tag: video.codec_tag_string.clone(),
            profile: video.profile.clone(),
            size: [video.width, video.height],
            pixel_aspect: video.sample_aspect_ratio.as_deref().and_then(|text| ratio(text, ':')),
            pixel_format: video.pix_fmt.clone(),
            field_order: video.field_order.clone(),
            frame_rate: video.rate(),
            frame_count: video.nb_frames.as_deref().and_then(|text| text.parse().ok()),
            duration: video.duration(),
            start_time: video.start_time.as_deref().and_then(|text| text.parse().ok()),
            bytes: probed.format.size.as_deref().and_then(|text| text.parse().ok()),
            container_color: ColorTags::default(),
            container_size: None,
            codec_color: frame.map(Frame::color).unwrap_or_default(),
            timecode: named(&probed.streams, &probed.format.tags, "timecode"),
            reel: named(&probed.streams, &probed.format.tags, "reel_name"),
            is_fast_start: None,
            tags: probed.format.tags,
            audio_streams: probed.streams.iter().filter(|stream| stream.codec_type == "audio").count(),
        })
    }
}

/// A fact that stands with one of the streams, or with the file.
fn named(streams: &[Stream], file: &BTreeMap<String, String>, name: &str) -> Option<String> {
    streams.iter().map(|stream| &stream.tags).chain([file]).find_map(|tags| tags.get(name)).cloned()
}

fn ratio(text: &str, separator: char) -> Option<[u32; 2]> {
    let (top, bottom) = text.split_once(separator)?;
    let ratio = [top.parse().ok()?, bottom.parse().ok()?];
    (ratio[0] > 0 && ratio[1] > 0).then_some(ratio)
}

#[derive(Debug, Deserialize)]
struct Probed {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
    #[serde(default)]
    frames: Vec<Frame>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Stream {
    codec_type: String,
    codec_name: String,
    codec_tag_string: String,
    profile: String,
    width: u32,
    height: u32,
    sample_aspect_ratio: Option<String>,
    pix_fmt: String,
    field_order: String,
    r_frame_rate: Option<String>,
    avg_frame_rate: Option<String>,
    time_base: Option<String>,
    duration_ts: Option<u64>,
    start_time: Option<String>,
    nb_frames: Option<String>,
    disposition: BTreeMap<String, i64>,
    tags: BTreeMap<String, String>,
}

impl Stream {
    /// The rate that its shortest frame and its mean frame agree on.
    fn rate(&self) -> Option<FrameRate> {
        let rate = |text: &Option<String>| {
            let [numerator, denominator] = ratio(text.as_deref()?, '/')?;
            Some(FrameRate { numerator, denominator })
        };
        let (shortest, mean) = (rate(&self.r_frame_rate)?, rate(&self.avg_frame_rate)?);
        shortest.is(i32::try_from(mean.numerator).ok()?, mean.denominator).then_some(shortest)
    }

    /// Ticks times the time base.
    fn duration(&self) -> Option<[u64; 2]> {
        let [top, bottom] = ratio(self.time_base.as_deref()?, '/')?;
        Some([self.duration_ts?.checked_mul(top.into())?, bottom.into()])
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Format {
    format_name: String,
    size: Option<String>,
    tags: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Frame {
    media_type: String,
    color_primaries: String,
    color_transfer: String,
    color_space: String,
    color_range: String,
}

impl Frame {
    fn color(&self) -> ColorTags {
        ColorTags::from_names(&self.color_primaries, &self.color_transfer, &self.color_space, &self.color_range)
    }
}

#[cfg(test)]
mod tests {
    use crate::media::{ColorTags, MediaInfo};
    use crate::spec::FrameRate;

    const JSON: &str = r#"{
        "frames": [{ "media_type": "video", "color_range": "tv", "color_space": "bt709", "color_primaries": "bt709",
            "color_transfer": "bt709", "side_data_list": [] }],
        "streams": [
            { "codec_type": "audio", "codec_name": "pcm_s24le" },
            { "codec_type": "video", "codec_name": "prores", "profile": "4444", "codec_tag_string": "ap4h", "width": 256,
              "height": 108, "sample_aspect_ratio": "1:1", "pix_fmt": "yuva444p12le", "field_order": "progressive",
              "r_frame_rate": "24000/1001", "avg_frame_rate": "24000/1001", "time_base": "1/24000", "duration_ts": 12012,
              "start_time": "0.000000", "nb_frames": "12", "disposition": { "default": 1, "attached_pic": 0 } },
            { "codec_type": "data", "tags": { "reel_name": "SHOT-002-001", "timecode": "00:00:41:17" } }
        ],
        "format": { "format_name": "mov,mp4", "size": "180199", "tags": { "major_brand": "qt  ", "comment": "a view" } }
    }"#;

    #[test]
    fn what_ffprobe_says_is_understood() {
        let info = MediaInfo::parse(JSON.as_bytes()).unwrap_or_else(|error| unreachable!("{error}"));
        assert_eq!((info.codec.as_str(), info.profile.as_str(), info.size), ("prores", "4444", [256, 108]));
        assert_eq!(info.frame_rate, Some(FrameRate { numerator: 24000, denominator: 1001 }));
        assert_eq!((info.frame_count, info.duration, info.bytes), (Some(12), Some([12012, 24000]), Some(180_199)));
        assert_eq!((info.timecode.as_deref(), info.reel.as_deref()), (Some("00:00:41:17"), Some("SHOT-002-001")));
        assert_eq!(info.codec_color, ColorTags::REC709);
        assert_eq!(info.codec_color.to_string(), "1-1-1 narrow range");
        assert_eq!((info.audio_streams, info.has_alpha()), (1, true));
        assert_eq!(info.tags.get("comment").map(String::as_str), Some("a view"));
    }

    #[test]
    fn a_rate_that_varies_is_none_and_what_is_not_said_is_not_invented() {
        let varying = JSON.replacen("\"avg_frame_rate\": \"24000/1001\"", "\"avg_frame_rate\": \"23/1\"", 1);
        assert_eq!(MediaInfo::parse(varying.as_bytes()).ok().map(|info| info.frame_rate), Some(None));
        let bare = MediaInfo::parse(br#"{"streams":[{"codec_type":"video"}]}"#);
        let bare = bare.unwrap_or_else(|error| unreachable!("{error}"));
        assert_eq!((bare.frame_count, bare.timecode.as_deref(), bare.pixel_aspect), (None, None, None));
        assert_eq!(bare.codec_color, ColorTags::default());
        assert_eq!(bare.codec_color.to_string(), "2-2-2");
    }

    #[test]
    fn other_files_are_refused() {
        for json in ["", "[]", r#"{"streams":[]}"#, r#"{"streams":[{"codec_type":"audio"}]}"#] {
            assert!(MediaInfo::parse(json.as_bytes()).is_err(), "{json}");
        }
    }
}
