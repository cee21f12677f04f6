//! What editorial is given: scenes and shots by their names, and the jobs that make their files.

mod ids;
mod job;

pub use ids::{SceneId, ShotId, check_name};
pub use job::{ExportJob, JobStatus};
