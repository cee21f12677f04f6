//! The editorial package: one folder with everything that editorial receives, and the proof that it is all there.
//!
//! It is built beside its place and gets its name when it is whole. A run that was stopped goes on with what it finds there.

mod describe;
mod gather;
mod handoff;
mod made;
mod missing;
mod page;
mod pictures;
mod place;
mod publish;
mod qc;

use std::fs;
use std::path::PathBuf;

use super::clock;
use super::project::Project;
use crate::editorial::{Clip, EditorialPackage, Marker, SceneId, ShotId, Timeline};
use crate::qc::{QcIssue, ShotReport};
use crate::spec::{Container, FrameRate};
use crate::{Error, Result};
use describe::Description;
use gather::ShotFiles;
use handoff::Handoff;
use missing::Ready;
use publish::Places;

/// What to package, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The scene.
    pub scene: SceneId,
    /// The folder that the package's own is put in.
    pub output: PathBuf,
    /// Whether deliverables that are missing are exported, and what was not checked is; otherwise they are refused.
    pub export: bool,
    /// Frames at either end of each shot that are not part of the cut; where `None`, what the handoff says of the shot, or
    /// the settings of all.
    pub handles: Option<u32>,
    /// Frames per second of the cut; where `None`, those of the masters.
    pub rate: Option<FrameRate>,
    /// Why errors of the quality control are shipped all the same.
    pub accept_qc_errors: Option<String>,
    /// Whether a package that is there makes room for the new one.
    pub replace: bool,
    /// Whether files are linked rather than copied where the file system can.
    pub hard_links: bool,
    /// Shots that are exported at once.
    pub jobs: usize,
    /// The review page to put the package into; where `None`, the one that is built in.
    pub review_page: Option<PathBuf>,
    /// Where ffmpeg is.
    pub ffmpeg: Option<PathBuf>,
    /// Where Blender is.
    pub blender: Option<PathBuf>,
}

/// How far a package is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// So many frames are going to be exported.
    Exporting(usize),
    /// So many frames are going to be checked.
    Checking(usize),
    /// So many frames more are done with.
    Frames(usize),
    /// So many bytes are going to be put in their places and hashed.
    Placing(u64),
    /// So many bytes more are.
    Bytes(u64),
    /// Something worth knowing about a shot.
    Note(&'a ShotId, &'a str),
    /// Something that the package lacks.
    Warning(&'a str),
}

/// Hears of steps, from several threads at once.
pub type Watch<'a> = &'a (dyn Fn(Step<'_>) + Sync);

const NO_PAGE: &str = "the package has no review.html: the page is not built into this program (`make review-html`, then build again, \
    or name one with --review-page)";

/// Makes the package of a scene from its deliverables. Gives its folder too.
///
/// # Errors
/// If something is missing and cannot be made, was changed after it was checked, has errors that nobody accepted, or cannot
/// be written. What was there before stays as it was; what is half done stays under a hidden name, for the next run to go
/// on with.
pub fn create_editorial_package(
    project: &Project,
    options: &Options,
    watch: Watch<'_>,
) -> Result<(EditorialPackage, PathBuf)> {
    let source = project.output_folder(&options.scene);
    let places = Places::take(&options.output, &options.scene, &source, options.replace)?;
    // Before anything is made, which may take hours.
    let handoff = handoff::read(&project.root, &options.scene)?;
    let page = page::template(options.review_page.as_deref())?;
    let ready = missing::make(project, options, &source, watch)?;
    ready.checked.passes(&ready.shots, options.accept_qc_errors.as_deref())?;
    if page.is_none() {
        watch(Step::Warning(NO_PAGE));
    }
    let timeline = timeline(project, options, &ready, &handoff)?;
    let Ready { shots, checked, made } = ready;

    let bytes: u64 = shots.values().flat_map(ShotFiles::all).map(|file| file.bytes).sum();
    watch(Step::Placing(bytes.saturating_mul(2)));
    let building = &places.building;
    fs::create_dir_all(building).map_err(|error| Error::io("cannot be made", building.display(), error))?;
    let delivered = place::files(&shots, [&source, building], options.hard_links, watch)?;
    place::remove_others(building, &delivered)?;
    let now = clock::now()?;
    let description = Description { project, options, shots, checked, made, timeline, handoff, delivered, now };
    let package = description.write(building, page.as_deref())?;
    places.publish()?;
    Ok((package, places.target))
}

/// The marker of a finding, at the frame that the cut knows it by.
fn marker(issue: &QcIssue, files: &ShotFiles) -> Marker {
    let marker = Marker::of(issue);
    Marker { frame: files.number(marker.frame), last_frame: files.number(marker.last_frame), ..marker }
}

fn timeline(
    project: &Project,
    options: &Options,
    Ready { shots, checked, made }: &Ready,
    handoff: &Handoff,
) -> Result<Timeline> {
    let masters = project.config.formats.iter().find(|format| format.spec.format == Container::OpenExr);
    let rate = options.rate.or(masters.map(|format| format.spec.frame_rate)).unwrap_or(FrameRate::FPS_24);
    let handles = project.config.composites.handles;
    let clip = |(shot, files): (&ShotId, &ShotFiles)| {
        let issues = checked.of_shot(files).flat_map(|report: &ShotReport| &report.issues);
        Clip {
            shot: shot.clone(),
            frames: files.frames,
            handles: options.handles.or_else(|| handoff.handles(shot)).unwrap_or(handles),
            record: handoff.record(shot),
            media: files.media(|format| made.lead(shot, format)),
            markers: issues.map(|issue| marker(issue, files)).collect(),
        }
    };
    let mut clips: Vec<Clip> = shots.iter().map(clip).collect();
    // The handoff's places make the cut's order; shots without one follow the shot before them by name.
    if clips.iter().all(|clip| clip.record.is_some()) {
        clips.sort_by_key(|clip| clip.record);
    }
    Timeline::new(options.scene.as_str(), rate, clips)
}
