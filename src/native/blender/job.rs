//! What Blender is asked to do: checked here, handed over as JSON.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::RenderRequest;
use crate::frame::SampleType;
use crate::spec::{Codec, Container, OutputSpec};
use crate::{Error, Result};

/// Frames that Blender can count to, either way (`MAXFRAME` of its sources).
const LAST_FRAME: i32 = 1_048_574;
/// Pixels of the shortest side that Blender can be set to.
const SHORTEST_SIDE: u32 = 4;

/// What the driver does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Mode {
    /// Say which frames it has.
    Survey,
    /// Set the scene up and say what came of it.
    Configure,
    /// And render.
    Render,
}

/// A job as the driver reads it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Job {
    mode: Mode,
    blend: String,
    frames: [i32; 2],
    folder: Option<String>,
    spec: Option<Spec>,
}

#[derive(Debug, Clone, Serialize)]
struct Spec {
    name: String,
    format: &'static str,
    resolution: [u32; 2],
    /// Frames, and the seconds they take.
    frame_rate: [u32; 2],
    color_space: &'static str,
    compression: &'static str,
    /// Bits of a component.
    depth: u8,
}

impl Job {
    /// What can be known to be wrong before Blender is started is an error here.
    pub(super) fn new(request: &RenderRequest, mode: Mode) -> Result<Self> {
        let [first, last] = request.frames;
        if first > last || first < -LAST_FRAME || last > LAST_FRAME {
            let next = format!("Frames go from a first to a last, between -{LAST_FRAME} and {LAST_FRAME}");
            return Err(Error::spec(format!("there are no frames {first} to {last}"), next));
        }
        let folder = Some(text(&request.folder)?);
        let spec = Some(Spec::new(&request.spec, mode)?);
        Ok(Self { mode, frames: request.frames, folder, spec, ..Self::survey(&request.blend)? })
    }

    /// To find out what there is to render.
    pub(super) fn survey(blend: &Path) -> Result<Self> {
        if !blend.is_file() {
            return Err(Error::spec("there is no such composite", "Give a .blend file").in_file(blend.display()));
        }
        Ok(Self { mode: Mode::Survey, blend: text(blend)?, frames: [0, 0], folder: None, spec: None })
    }

    /// The composite, for messages.
    pub(super) fn blend(&self) -> &str {
        &self.blend
    }

    /// How many frames it has.
    pub(super) fn frame_count(&self) -> usize {
        let [first, last] = self.frames;
        (i64::from(last) - i64::from(first) + 1) as usize
    }

    /// The driver's argument. `mark` begins the lines that are for us.
    pub(super) fn to_json(&self, mark: &str) -> Result<String> {
        #[derive(Serialize)]
        struct Marked<'a> {
            mark: &'a str,
            #[serde(flatten)]
            job: &'a Job,
        }
        serde_json::to_string(&Marked { mark, job: self })
            .map_err(|error| Error::spec(format!("the job cannot be written as JSON: {error}"), ""))
    }
}

impl Spec {
    fn new(spec: &OutputSpec, mode: Mode) -> Result<Self> {
        spec.check()?;
        let refuse = |what: String, next: String| Err(Error::spec(format!("format {:?}: {what}", spec.name), next));
        if spec.resolution.iter().any(|&side| side < SHORTEST_SIDE) {
            let [width, height] = spec.resolution;
            return refuse(
                format!("{width}x{height} cannot be rendered"),
                format!("Blender's sides have {SHORTEST_SIDE} pixels and up"),
            );
        }
        if spec.frame_rate.numerator == 0 || spec.frame_rate.denominator == 0 {
            return refuse(format!("{} is no frame rate", spec.frame_rate), "Give a ratio above 0".into());
        }
        // Frames for a movie's encoder are EXR of the movie's size and rate, without loss.
        let (format, compression) = match (mode, spec.format.is_movie()) {
            (Mode::Render, true) => (Container::OpenExr, Codec::ExrZip),
            _ => (spec.format, spec.compression),
        };
        let depth = match (compression, spec.depth) {
            (Codec::H264High, _) => 8,
            (compression, _) if !compression.fits(Container::OpenExr) => 10,
            (_, SampleType::Float) => 32,
            _ => 16,
        };
        Ok(Self {
            name: spec.name.to_string(),
            format: format.name(),
            resolution: spec.resolution,
            frame_rate: [spec.frame_rate.numerator, spec.frame_rate.denominator],
            color_space: spec.color_space.name(),
            compression: compression.name(),
            depth,
        })
    }
}

/// An absolute path as JSON can carry it: Blender is not started in this folder.
fn text(path: &Path) -> Result<String> {
    let absolute = std::path::absolute(path).map_err(|error| Error::io("cannot be found", path.display(), error))?;
    absolute.into_os_string().into_string().map_err(|name| {
        let what = "the path is not Unicode, and cannot be told to Blender";
        Error::spec(what, "Rename the file or its folder").in_file(PathBuf::from(name).display())
    })
}
