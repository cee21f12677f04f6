//! Containers and codecs: what a deliverable is stored in, and how it is compressed.

use serde::{Deserialize, Serialize};

/// What a deliverable is stored in, in Blender's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Container {
    /// One file a frame.
    #[serde(rename = "OPEN_EXR")]
    OpenExr,
    /// One .mov.
    #[serde(rename = "QUICKTIME")]
    QuickTime,
    /// One .mp4.
    #[serde(rename = "FFMPEG")]
    Mp4,
}

impl Container {
    /// Every container there is.
    pub const ALL: [Self; 3] = [Self::OpenExr, Self::QuickTime, Self::Mp4];

    /// The name in specs and settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenExr => "OPEN_EXR",
            Self::QuickTime => "QUICKTIME",
            Self::Mp4 => "FFMPEG",
        }
    }

    /// The end of its files' names, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::OpenExr => "exr",
            Self::QuickTime => "mov",
            Self::Mp4 => "mp4",
        }
    }

    /// Whether one file holds all frames.
    pub const fn is_movie(self) -> bool {
        !matches!(self, Self::OpenExr)
    }
}

/// How a deliverable is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Codec {
    /// EXR, not compressed.
    #[serde(rename = "NONE")]
    ExrNone,
    /// EXR, zlib, a line a chunk.
    #[serde(rename = "ZIPS")]
    ExrZips,
    /// EXR, zlib, 16 lines a chunk.
    #[serde(rename = "ZIP")]
    ExrZip,
    /// Apple ProRes 4444 XQ: 4:4:4, alpha where the picture has it.
    #[serde(rename = "prores_4444_xq")]
    ProRes4444Xq,
    /// Apple ProRes 4444: 4:4:4, alpha where the picture has it.
    #[serde(rename = "prores_4444")]
    ProRes4444,
    /// Apple ProRes 422 HQ.
    #[serde(rename = "prores_422_hq")]
    ProRes422Hq,
    /// Apple ProRes 422.
    #[serde(rename = "prores_422")]
    ProRes422,
    /// Apple ProRes 422 LT.
    #[serde(rename = "prores_422_lt")]
    ProRes422Lt,
    /// Apple ProRes 422 Proxy.
    #[serde(rename = "prores_422_proxy")]
    ProRes422Proxy,
    /// H.264, High profile, 4:2:0, 8 bits.
    #[serde(rename = "h264_high")]
    H264High,
}

impl Codec {
    /// Every codec there is.
    pub const ALL: [Self; 10] = [
        Self::ExrNone,
        Self::ExrZips,
        Self::ExrZip,
        Self::ProRes4444Xq,
        Self::ProRes4444,
        Self::ProRes422Hq,
        Self::ProRes422,
        Self::ProRes422Lt,
        Self::ProRes422Proxy,
        Self::H264High,
    ];

    /// The name in specs and settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExrNone => "NONE",
            Self::ExrZips => "ZIPS",
            Self::ExrZip => "ZIP",
            Self::ProRes4444Xq => "prores_4444_xq",
            Self::ProRes4444 => "prores_4444",
            Self::ProRes422Hq => "prores_422_hq",
            Self::ProRes422 => "prores_422",
            Self::ProRes422Lt => "prores_422_lt",
            Self::ProRes422Proxy => "prores_422_proxy",
            Self::H264High => "h264_high",
        }
    }

    /// Whether files of that container can hold it.
    pub const fn fits(self, container: Container) -> bool {
        match self {
            Self::ExrNone | Self::ExrZips | Self::ExrZip => matches!(container, Container::OpenExr),
            Self::H264High => container.is_movie(),
            _ => matches!(container, Container::QuickTime),
        }
    }

    /// The four letters by which QuickTime knows a kind of ProRes; `None` for other codecs.
    pub const fn prores(self) -> Option<[u8; 4]> {
        match self {
            Self::ProRes4444Xq => Some(*b"ap4x"),
            Self::ProRes4444 => Some(*b"ap4h"),
            Self::ProRes422Hq => Some(*b"apch"),
            Self::ProRes422 => Some(*b"apcn"),
            Self::ProRes422Lt => Some(*b"apcs"),
            Self::ProRes422Proxy => Some(*b"apco"),
            Self::ExrNone | Self::ExrZips | Self::ExrZip | Self::H264High => None,
        }
    }

    /// What ffprobe calls codec and profile; `None` for EXR.
    pub const fn probed(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::ExrNone | Self::ExrZips | Self::ExrZip => None,
            Self::ProRes4444Xq => Some(("prores", "XQ")),
            Self::ProRes4444 => Some(("prores", "4444")),
            Self::ProRes422Hq => Some(("prores", "HQ")),
            Self::ProRes422 => Some(("prores", "Standard")),
            Self::ProRes422Lt => Some(("prores", "LT")),
            Self::ProRes422Proxy => Some(("prores", "Proxy")),
            Self::H264High => Some(("h264", "High")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Codec, Container};

    #[test]
    fn names_in_settings_are_the_names_in_code() {
        let json = |value: serde_json::Result<String>| value.unwrap_or_default();
        for codec in Codec::ALL {
            assert_eq!(json(serde_json::to_string(&codec)), format!("{:?}", codec.name()));
        }
        for container in Container::ALL {
            assert_eq!(json(serde_json::to_string(&container)), format!("{:?}", container.name()));
        }
    }
}
