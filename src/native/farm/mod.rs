//! A scene's delivery as a job for a render farm: an Open Job Description template (`jobtemplate-2023-09`).
//!
//! Master -> encode -> quality control -> package. Masters are made in chunks of frames, movies by shot; every task is one of
//! this program's own commands, keeps what an earlier run of it has made, and may be run twice.

mod tasks;
mod template;
mod yaml;

use std::path::PathBuf;

use crate::editorial::{ExportJob, JobStatus, SceneId};
use crate::native::export::{self, create_export_jobs};
use crate::native::project::Project;
use crate::spec::Container;
use crate::{Error, Result};

/// What a job is to do, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The scene.
    pub scene: SceneId,
    /// Names of deliverables, as `batch-export` takes them.
    pub formats: Vec<String>,
    /// Frames of one task that makes masters; 0 is taken for 1.
    pub chunk: u32,
    /// The folder that the job's file will lie in, from which the project's folder is named where it lies below.
    pub folder: PathBuf,
    /// The folder of packages, below the project's.
    pub packages: String,
    /// Why errors of the quality control are shipped all the same.
    pub accept_qc_errors: Option<String>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FarmJob {
    /// The template, YAML.
    pub template: String,
    /// Its steps by name, and the tasks of each.
    pub steps: Vec<(String, usize)>,
}

/// Kinds of deliverable that a package has of every shot.
const PACKAGED: [Container; 3] = [Container::OpenExr, Container::QuickTime, Container::Mp4];

/// Makes the job of a scene.
///
/// # Errors
/// If a shot cannot be exported, or there are more tasks than a job may have.
pub fn farm_job(project: &Project, options: &Options) -> Result<FarmJob> {
    let found = create_export_jobs(project, &options.scene, &options.formats, &export::Options::default())?;
    if let Some(error) = found.refused.into_iter().next() {
        return Err(error);
    }
    if let Some(job) = found.jobs.iter().find(|job| job.status == JobStatus::Failed) {
        let what =
            format!("shot {} cannot be exported: {}", job.shot_id, job.problem.as_deref().unwrap_or("it failed"));
        return Err(Error::spec(what, "Mend it first, or take the shot out of the scene"));
    }
    let steps = tasks::steps(project, options, &found.jobs)?;
    let job = template::template(project, options, &steps);
    let counts = steps.iter().map(|step| (step.name.clone(), step.tasks.len().max(1))).collect();
    Ok(FarmJob { template: yaml::document(&job), steps: counts })
}

/// Whether every shot has all that a package needs.
fn can_be_packaged(jobs: &[ExportJob]) -> bool {
    let has = |job: &ExportJob, kind| job.outputs.iter().any(|output| output.format == kind);
    jobs.iter().all(|job| PACKAGED.iter().all(|&kind| has(job, kind)))
}
