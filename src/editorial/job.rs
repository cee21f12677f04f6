//! One shot's export: what is to be made of which composite, and how far it is.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{SceneId, ShotId};
use crate::spec::OutputSpec;

/// How far a job is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobStatus {
    /// Not begun.
    #[default]
    Pending,
    /// Being made.
    Running,
    /// Every file is made, verified and in its place.
    Complete,
    /// A file is missing; the job's problem says why.
    Failed,
}

/// One shot's export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportJob {
    /// The scene it belongs to.
    pub scene_id: SceneId,
    /// The shot.
    pub shot_id: ShotId,
    /// The first frame of a sequence, or a .blend.
    pub composite_path: PathBuf,
    /// First and last frame that are delivered, handles included, by the numbers in their names.
    pub frames: [i32; 2],
    /// Frames at either end that are not part of the cut.
    pub handles: u32,
    /// What is made of it.
    pub outputs: Vec<OutputSpec>,
    /// How far it is.
    pub status: JobStatus,
    /// Why it failed.
    pub problem: Option<String>,
}
