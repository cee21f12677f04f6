//! The package that editorial is given.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{SceneId, ShotId};

/// A finished package: which shots it holds, and where their files are below its folder.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EditorialPackage {
    /// The scene.
    pub scene_id: SceneId,
    /// Its shots, in the order of the cut.
    pub shots: Vec<ShotId>,
    /// The master of each shot; of a sequence, its first frame.
    pub master_files: BTreeMap<ShotId, String>,
    /// The movie of each shot to cut with.
    pub prores_files: BTreeMap<ShotId, String>,
    /// The movie of each shot to look at.
    pub preview_files: BTreeMap<ShotId, String>,
    /// What `metadata/scene_metadata.json` holds.
    pub metadata: Value,
    /// What `qc_report.json` holds.
    pub qc_report: Value,
}
