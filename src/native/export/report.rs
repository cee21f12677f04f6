//! What became of a shot's export.

use std::path::PathBuf;

use serde::Serialize;

use super::plan::Output;
use super::{QualityReport, RenderReport};
use crate::editorial::ExportJob;
use crate::media::MediaInfo;
use crate::native::composites;
use crate::native::project::Project;

/// What became of one output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputState {
    /// Made, verified, in its place.
    Made,
    /// There already, and nothing has changed since.
    Kept,
    /// Not made; the problem says why.
    Failed,
    /// Would be made (a dry run).
    Planned,
}

/// One output of a shot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutputReport {
    /// The deliverable's name.
    pub format: String,
    /// What became of it.
    pub state: OutputState,
    /// The movie, or the first frame.
    pub path: PathBuf,
    /// How many files it has.
    pub files: usize,
    /// The tool's command line, where a tool makes it.
    pub command: Option<String>,
    /// Worth knowing.
    pub notes: Vec<String>,
    /// Why it is not made.
    pub problem: Option<String>,
    /// Working time in seconds.
    pub seconds: f64,
    /// What the headers say of a movie that was made now.
    #[serde(skip)]
    pub info: Option<MediaInfo>,
}

impl OutputReport {
    pub(super) fn new(output: &Output) -> Self {
        let paths = output.paths();
        Self {
            format: output.format.spec.name.to_string(),
            state: OutputState::Planned,
            path: paths.first().map(|path| path.to_path_buf()).unwrap_or_default(),
            files: paths.len(),
            command: None,
            notes: Vec::new(),
            problem: None,
            seconds: 0.0,
            info: None,
        }
    }
}

/// What became of one shot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShotExport {
    /// The job, with its status.
    pub job: ExportJob,
    /// The scene's output folder.
    pub folder: PathBuf,
    /// What Blender did, where the composite is a .blend and was rendered.
    pub rendering: Option<RenderReport>,
    /// One for each output; none where the job failed before.
    pub outputs: Vec<OutputReport>,
    /// What the quality control found; none where nothing was looked at.
    pub quality: Option<QualityReport>,
}

impl ShotExport {
    /// Nothing done yet.
    pub(super) fn begun(project: &Project, job: ExportJob) -> Self {
        let folder = project.output_folder(&job.scene_id);
        Self { job, folder, rendering: None, outputs: Vec::new(), quality: None }
    }

    /// How many times a job's frames are counted: once when they are rendered, once when they are passed.
    pub fn passes(job: &ExportJob) -> usize {
        1 + usize::from(composites::is_blend(&job.composite_path))
    }
}
