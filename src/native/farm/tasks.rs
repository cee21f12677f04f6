//! The steps of a job and the tasks of each, before anybody thinks of how a template says it.

use super::{Options, can_be_packaged};
use crate::editorial::ExportJob;
use crate::native::project::Project;
use crate::{Error, Result};

/// Values that a task parameter may have at most (Open Job Description 2023-09, 3.4.1).
const TASKS: usize = 1024;
/// Steps of a job at most (1.1).
const STEPS: usize = 100;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) name: String,
    /// Steps that must be done before, by name.
    pub(super) after: Vec<String>,
    /// What a worker must have.
    pub(super) needs: Needs,
    /// The program's arguments, in which [`SHOT`] and [`FRAMES`] stand for the task's own.
    pub(super) arguments: Vec<String>,
    /// Whether the exit code 1, which says that errors were found, is no failure.
    pub(super) may_find: bool,
    /// Shot and frames of each task; none where the step is one task.
    pub(super) tasks: Vec<Task>,
}

/// Processors, and memory in MiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Needs {
    pub(super) processors: u32,
    pub(super) memory: u32,
}

/// One task of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) shot: String,
    /// As `--frames` takes them; none where the whole shot is meant.
    pub(super) frames: Option<String>,
}

/// The task's shot.
pub(super) const SHOT: &str = "{{Task.Param.Shot}}";
/// The task's frames.
pub(super) const FRAMES: &str = "{{Task.Param.Frames}}";
/// The project's folder on the worker.
pub(super) const PROJECT: &str = "{{Param.Project}}";
/// The folder of packages, below the project's.
pub(super) const PACKAGES: &str = "{{Param.Project}}/{{Param.Packages}}";

/// Copies frames or writes them anew: one at a time, a few in memory.
const MASTER: Needs = Needs { processors: 2, memory: 2048 };
/// Encoders take what they get.
const ENCODE: Needs = Needs { processors: 4, memory: 4096 };
/// Decodes, or hashes.
const READ: Needs = Needs { processors: 2, memory: 2048 };

/// The steps of these jobs.
///
/// # Errors
/// If there are more tasks than a job may have.
pub(super) fn steps(project: &Project, options: &Options, jobs: &[ExportJob]) -> Result<Vec<Step>> {
    let names = |is_movie: bool| {
        let outputs = jobs.first().map_or(&[][..], |job| &job.outputs);
        let names =
            outputs.iter().filter(|output| output.format.is_movie() == is_movie).map(|output| output.name.as_ref());
        names.collect::<Vec<&str>>().join(",")
    };
    let mut steps = Vec::new();
    let mut after = Vec::new();
    if !names(false).is_empty() {
        let arguments = export(options, &names(false), true);
        after = split("Master", &after, MASTER, &arguments, chunks(jobs, options.chunk), &mut steps);
    }
    if !names(true).is_empty() {
        let arguments = export(options, &names(true), false);
        let tasks = jobs.iter().map(|job| Task { shot: job.shot_id.to_string(), frames: None }).collect();
        after = split("Encode", &after, ENCODE, &arguments, tasks, &mut steps);
    }
    let qc = Step { may_find: options.accept_qc_errors.is_some(), ..one("QC", after, qc(project, options)) };
    let after = vec![qc.name.clone()];
    steps.push(qc);
    if can_be_packaged(jobs) {
        steps.push(one("Package", after, package(options)));
    }
    if steps.len() > STEPS {
        let what = format!("the job has {} steps, {STEPS} are allowed", steps.len());
        return Err(Error::limit(what, "Make larger chunks with --chunk, or divide the scene"));
    }
    Ok(steps)
}

/// Parts of each shot; a single frame is named without its number only where the whole shot is asked for.
fn chunks(jobs: &[ExportJob], chunk: u32) -> Vec<Task> {
    let parts = |job: &ExportJob| {
        let [first, last] = job.frames;
        let shot = job.shot_id.to_string();
        let starts = (i64::from(first)..=i64::from(last)).step_by(chunk.max(1) as usize);
        let part = move |start: i64| {
            let end = (start + i64::from(chunk.max(1)) - 1).min(i64::from(last));
            let frames = if first == last { "all".to_owned() } else { format!("{start}-{end}") };
            Task { shot: shot.clone(), frames: Some(frames) }
        };
        starts.map(part).collect::<Vec<Task>>()
    };
    jobs.iter().flat_map(parts).collect()
}

/// As many steps of one kind as its tasks need; gives their names.
fn split(
    name: &str,
    after: &[String],
    needs: Needs,
    arguments: &[String],
    tasks: Vec<Task>,
    steps: &mut Vec<Step>,
) -> Vec<String> {
    let mut names = Vec::new();
    for (place, tasks) in tasks.chunks(TASKS).enumerate() {
        let name = if place == 0 { name.to_owned() } else { format!("{name}-{}", place + 1) };
        names.push(name.clone());
        let (after, arguments) = (after.to_vec(), arguments.to_vec());
        steps.push(Step { name, after, needs, arguments, may_find: false, tasks: tasks.to_vec() });
    }
    names
}

fn one(name: &str, after: Vec<String>, arguments: Vec<String>) -> Step {
    Step { name: name.to_owned(), after, needs: READ, arguments, may_find: false, tasks: Vec::new() }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn export(options: &Options, formats: &str, in_parts: bool) -> Vec<String> {
    let scene = options.scene.as_str();
    let mut arguments =
        words(&["export-editorial", "--project", PROJECT, "--scene", scene, "--shot", SHOT, "--format", formats]);
    if in_parts {
        // A part is the frames that are said, and no more.
        arguments.extend(words(&["--frames", FRAMES, "--handles", "0"]));
    }
    arguments
}

fn qc(project: &Project, options: &Options) -> Vec<String> {
    let folder = project.output_folder(&options.scene);
    let below = folder.strip_prefix(&project.root).unwrap_or(&folder).to_string_lossy().replace('\\', "/");
    let folder = format!("{PROJECT}/{below}");
    let report = format!("{folder}/qc_report.json");
    words(&["validate-output", "--project", PROJECT, "--path", &folder, "--report", &report])
}

fn package(options: &Options) -> Vec<String> {
    let scene = options.scene.as_str();
    let fixed = ["create-package", "--project", PROJECT, "--scene", scene, "--output", PACKAGES];
    let mut arguments = words(&fixed);
    arguments.extend(words(&["--no-export", "--replace"]));
    if let Some(reason) = &options.accept_qc_errors {
        arguments.extend(words(&["--accept-qc-errors", &literal(reason)]));
    }
    arguments
}

/// Text in which nothing is filled in: two brackets would open or close a place for a value, and there is no escape for them.
fn literal(text: &str) -> String {
    text.replace("{{", "{ {").replace("}}", "} }")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{ExportJob, TASKS, Task, chunks, split};
    use crate::Result;
    use crate::editorial::JobStatus;

    fn job(shot: &str, frames: [i32; 2]) -> Result<ExportJob> {
        Ok(ExportJob {
            scene_id: "SCN-002".parse()?,
            shot_id: shot.parse()?,
            composite_path: PathBuf::new(),
            frames,
            handles: 0,
            outputs: Vec::new(),
            status: JobStatus::Pending,
            problem: None,
        })
    }

    #[test]
    fn chunks_hold_every_frame_once() -> Result<()> {
        let jobs = [job("S1", [1001, 1025])?, job("S2", [-3, 3])?, job("S3", [1001, 1001])?];
        let tasks = chunks(&jobs, 10);
        let frames: Vec<&str> = tasks.iter().filter_map(|task| task.frames.as_deref()).collect();
        assert_eq!(frames, ["1001-1010", "1011-1020", "1021-1025", "-3-3", "all"]);
        assert_eq!(tasks[3].shot, "S2");
        Ok(())
    }

    #[test]
    fn more_tasks_than_a_step_may_have_make_more_steps() {
        let tasks = vec![Task { shot: "S".into(), frames: None }; TASKS + 1];
        let mut steps = Vec::new();
        let names = split("Encode", &["Master".into()], super::ENCODE, &[], tasks, &mut steps);
        assert_eq!(names, ["Encode", "Encode-2"]);
        assert_eq!((steps[0].tasks.len(), steps[1].tasks.len()), (TASKS, 1));
        assert!(steps.iter().all(|step| step.after == ["Master"]));
    }
}
