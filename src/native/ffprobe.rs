//! Asking ffprobe what is in a movie.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::tool::Tool;
use super::{FileSource, process};
use crate::Result;
use crate::media::{ColorTags, MediaInfo, Movie};

/// ffprobe, which comes with ffmpeg.
pub const FFPROBE: Tool = Tool {
    name: "ffprobe",
    variable: "FFPROBE",
    hint: "Install ffmpeg, ffprobe comes with it (`scripts/setup-media.sh` does), or name it with FFPROBE",
};

/// Bytes of an answer: a few thousand are usual.
const LONGEST_ANSWER: u64 = 16 << 20;
/// It reads headers and a few pictures.
const PATIENCE: Duration = Duration::from_secs(120);

/// ffprobe as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ffprobe(PathBuf);

impl Ffprobe {
    /// The one beside the `ffmpeg` in use, else the one of the environment.
    ///
    /// # Errors
    /// If there is none.
    pub fn find(ffmpeg: Option<&Path>) -> Result<Self> {
        let name = Path::new(FFPROBE.name).with_extension(std::env::consts::EXE_EXTENSION);
        let beside = ffmpeg.map(|ffmpeg| ffmpeg.with_file_name(name)).filter(|path| path.is_file());
        beside.map_or_else(|| FFPROBE.find(None), Ok).map(Self)
    }

    /// What is in the movie at `path`: what ffprobe says, and what its boxes say where it is QuickTime or MP4.
    ///
    /// # Errors
    /// If it cannot be read or has no video.
    pub fn probe(&self, path: &Path) -> Result<MediaInfo> {
        let in_file = |error: crate::Error| error.in_file(path.display());
        // Opened first: its own errors are plainer than ffprobe's.
        let source = FileSource::open(path)?;
        let mut info = self.ask(path, 2).map_err(in_file)?;
        if info.codec_color == ColorTags::default() {
            // More than one of a time code or of sound may lie before the first picture.
            info = self.ask(path, 8).map_err(in_file)?;
        }
        if info.container.split(',').any(|name| name == "mov" || name == "mp4") {
            let movie = Movie::read(&source).map_err(in_file)?;
            info.container_color = movie.color;
            info.container_size = Some(movie.size).filter(|size| !size.contains(&0));
            info.is_fast_start = Some(movie.is_fast_start);
            // Where the codec says nothing, ffprobe gives the container's word for the codec's.
            info.codec_color = movie.codec_color.unwrap_or(info.codec_color);
        }
        Ok(info)
    }

    /// What it says of the file and of the pictures among its first packets, which have the codec's own tags.
    fn ask(&self, path: &Path, packets: u32) -> Result<MediaInfo> {
        let mut command = process::command(&self.0);
        command.args(["-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_frames"]);
        // On one thread: with more it would decode pictures that nobody asks for.
        command.args(["-threads", "1", "-read_intervals", &format!("%+#{packets}"), "-i"]).arg(as_input(path));
        MediaInfo::parse(&process::output(&mut command, LONGEST_ANSWER, PATIENCE)?)
    }
}

/// A path as ffmpeg and ffprobe take it: one with a colon in it would be taken for a protocol, one with a leading dash for
/// an option.
pub fn as_input(path: &Path) -> PathBuf {
    let mut input = std::ffi::OsString::from("file:");
    input.push(path);
    input.into()
}
