//! Movies: what ffmpeg is told, so that it encodes the planes or keeps the frames it is given, and touches no colour.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use super::process;
use super::tool::Tool;
use crate::color::ycbcr::Layout;
use crate::spec::{Codec, Container, OutputSpec};
use crate::timecode::Timecode;
use crate::{Result, prores};

/// ffmpeg as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ffmpeg {
    /// Where it is.
    pub program: PathBuf,
    /// What it calls itself, `5.1.9-0+deb12u1`.
    pub version: String,
}

impl Ffmpeg {
    /// The one that is named, else the one of the environment.
    ///
    /// # Errors
    /// If there is none, or it does not say what it is.
    pub fn find(named: Option<&Path>) -> Result<Self> {
        let program = Tool::FFMPEG.find(named)?;
        let mut command = process::command(&program);
        let answer = process::output(command.arg("-version"), 1 << 20, Duration::from_secs(60))?;
        let text = String::from_utf8_lossy(&answer);
        let version = text.strip_prefix("ffmpeg version ").and_then(|rest| rest.split_whitespace().next());
        match version {
            Some(version) => Ok(Self { program, version: version.to_owned() }),
            None => Err(crate::Error::tool("this is not ffmpeg", Tool::FFMPEG.hint).in_file(program.display())),
        }
    }

    /// ffmpeg with nothing but errors on stderr, and no terminal to ask.
    pub fn command(&self) -> Command {
        let mut command = process::command(&self.program);
        command.args(["-hide_banner", "-nostdin", "-loglevel", "error"]).env("AV_LOG_FORCE_NOCOLOR", "1");
        let [name, value] = KEPT_MEMORY;
        if std::env::var_os(name).is_none() {
            command.env(name, value);
        }
        command
    }
}

/// What makes glibc keep large blocks for the next frame instead of giving them back. Without it the system clears 42 MB
/// anew for every frame of 4096x1716 in 4:4:4: a tenth of the encoder's processor time. Other libraries do not read it.
const KEPT_MEMORY: [&str; 2] =
    ["GLIBC_TUNABLES", "glibc.malloc.mmap_threshold=268435456:glibc.malloc.trim_threshold=536870912"];

/// What one encoder is to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoding<'a> {
    /// The deliverable.
    pub spec: &'a OutputSpec,
    /// The planes it gets.
    pub layout: Layout,
    /// Who makes ProRes of them.
    pub encoder: ProResEncoder,
    /// The quality where it is not the one measured.
    pub quality: Option<u32>,
    /// The first frame's time code.
    pub start: Timecode,
    /// The name of the reel: the shot's.
    pub reel: &'a str,
    /// What the picture was looked at through, in words.
    pub view: &'a str,
}

/// Who makes ProRes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProResEncoder {
    /// We do, and ffmpeg puts the frames into the movie: [`prores`].
    #[default]
    Own,
    /// ffmpeg's own, for those who would rather have what the whole world has.
    ProresKs,
}

impl ProResEncoder {
    /// Its coarsest quantiser.
    pub const fn coarsest(self) -> u32 {
        match self {
            Self::Own => prores::COARSEST,
            Self::ProresKs => 64,
        }
    }
}

/// The planes an encoder gets: its own pixel format, so that nothing converts between ours and its.
pub fn layout(codec: Codec, has_alpha: bool) -> Option<Layout> {
    let name = match codec {
        Codec::ExrNone | Codec::ExrZips | Codec::ExrZip => return None,
        Codec::ProRes4444Xq | Codec::ProRes4444 if has_alpha => "yuva444p10le",
        Codec::ProRes4444Xq | Codec::ProRes4444 => "yuv444p10le",
        Codec::ProRes422Hq | Codec::ProRes422 | Codec::ProRes422Lt | Codec::ProRes422Proxy => "yuv422p10le",
        Codec::H264High => "yuv420p",
    };
    Layout::named(name).ok()
}

/// The planes that ffmpeg's decoder makes of them: those of ProRes 4444 have twelve bits, whatever went in.
pub fn decoded_layout(codec: Codec, has_alpha: bool) -> Option<Layout> {
    match codec {
        Codec::ProRes4444Xq | Codec::ProRes4444 if has_alpha => Layout::named("yuva444p12le").ok(),
        Codec::ProRes4444Xq | Codec::ProRes4444 => Layout::named("yuv444p12le").ok(),
        _ => layout(codec, has_alpha),
    }
}

/// The muxers of containers that hold movies.
const fn muxer(container: Container) -> &'static str {
    match container {
        Container::Mp4 => "mp4",
        Container::QuickTime | Container::OpenExr => "mov",
    }
}

impl Encoding<'_> {
    /// How frames become ProRes before ffmpeg gets them; `None` where it gets their planes.
    pub fn prores(&self) -> Option<(prores::Settings, prores::Stream)> {
        let entry = self.spec.compression.prores().filter(|_| self.encoder == ProResEncoder::Own)?;
        let settings = prores::Settings {
            layout: self.layout,
            size: self.spec.resolution.map(|side| side as usize),
            quantiser: self.quality(),
            frame_rate: self.spec.frame_rate,
        };
        Some((settings, prores::Stream::new(&settings, entry)))
    }

    /// ffmpeg's arguments: from stdin, raw planes or frames of ProRes, to the movie at `output`.
    ///
    /// The tags of planes stand before the input, where they describe the frames themselves: as options of the encoder they
    /// would reach the container, and with prores_ks not the pictures' headers. The pixel format is the encoder's own, so
    /// ffmpeg inserts no scaler.
    pub fn arguments(&self, output: &Path) -> Vec<OsString> {
        let mut arguments: Vec<String> = Vec::new();
        let mut add = |words: &str| arguments.extend(words.split(' ').map(str::to_owned));
        match self.prores() {
            // Frames say what they are, and ffmpeg need not decode one to find out.
            Some(_) => add("-nofind_stream_info -f mov -i pipe:0 -map 0:v:0 -map_metadata -1 -c:v copy"),
            None => {
                let [width, height] = self.spec.resolution;
                add(&format!("-f rawvideo -pixel_format {} -video_size {width}x{height}", self.layout.name()));
                add(&format!("-framerate {}", self.spec.frame_rate));
                add("-color_range tv -color_primaries bt709 -color_trc bt709 -colorspace bt709");
                add("-i pipe:0 -map 0:v:0 -map_metadata -1");
                add(&self.codec());
                // Square pixels, said and not left to be guessed; the filter touches none of them.
                add("-vf setsar=1");
            }
        }
        add(&format!("-timecode {}", self.start));
        let mut metadata = |target: &str, name: &str, value: &str| {
            arguments.extend([target.to_owned(), format!("{name}={value}")]);
        };
        if let Some((settings, _)) = self.prores() {
            // Where QuickTime keeps the name of the one who compressed it, in 31 letters.
            metadata("-metadata:s:v:0", "encoder", &format!("blender-gsd, quantiser {}", settings.quantiser));
        }
        metadata("-metadata:s:v:0", "reel_name", self.reel);
        metadata("-metadata", "title", self.reel);
        metadata("-metadata", "comment", self.view);
        for (name, value) in &self.spec.metadata {
            metadata("-metadata", name, value);
        }
        // The index in front: players start at once, and editorial's tools read one place of the file only.
        arguments.extend(["-movflags", "+faststart", "-f", muxer(self.spec.format), "-y"].map(str::to_owned));
        let mut arguments: Vec<OsString> = arguments.into_iter().map(OsString::from).collect();
        arguments.push(super::ffprobe::as_input(output).into());
        arguments
    }

    /// The quantiser of ProRes, the rate factor of H.264.
    pub fn quality(&self) -> u32 {
        self.quality.unwrap_or(default_quality(self.spec.compression, self.encoder))
    }

    fn codec(&self) -> String {
        let quality = self.quality();
        // The flat matrix keeps grain, and more decibels for a byte than those of the profiles.
        let prores = |profile: &str| {
            format!("-c:v prores_ks -profile:v {profile} -vendor apl0 -quant_mat default -q:v {quality}")
        };
        match self.spec.compression {
            Codec::ProRes4444Xq => prores("4444xq"),
            Codec::ProRes4444 => prores("4444"),
            Codec::ProRes422Hq => prores("hq"),
            Codec::ProRes422 => prores("standard"),
            Codec::ProRes422Lt => prores("lt"),
            Codec::ProRes422Proxy => prores("proxy"),
            // A key frame every half second, at most two frames between references, every group closed: a player that is
            // dragged to a frame decodes a dozen at the most.
            Codec::H264High => format!(
                "-c:v libx264 -profile:v high -preset veryfast -crf {quality} -g {} -bf 2 -flags +cgop",
                self.spec.frame_rate.counted().div_ceil(2).max(1)
            ),
            Codec::ExrNone | Codec::ExrZips | Codec::ExrZip => String::new(),
        }
    }
}

/// Measured on grain, see docs/EXPORT.md. ProRes: the coarsest quantiser at which a movie is no larger and no worse than what
/// `prores_ks` makes by itself at the profile's data rate; its own, which rounds all coefficients down, needs a finer one.
/// A fixed quantiser spares it the search for one, which takes nine tenths of its time. H.264: on grain, veryfast has what
/// medium has, in half the time.
const fn default_quality(codec: Codec, encoder: ProResEncoder) -> u32 {
    let [own, prores_ks] = match codec {
        Codec::ProRes4444Xq => [6, 5],
        Codec::ProRes4444 => [11, 8],
        Codec::ProRes422Hq => [7, 5],
        Codec::ProRes422 => [10, 7],
        Codec::ProRes422Lt => [13, 9],
        Codec::ProRes422Proxy => [22, 15],
        Codec::H264High => [23, 23],
        Codec::ExrNone | Codec::ExrZips | Codec::ExrZip => [0, 0],
    };
    match encoder {
        ProResEncoder::Own => own,
        ProResEncoder::ProresKs => prores_ks,
    }
}
