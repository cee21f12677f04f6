//! The editorial package: one folder with everything that editorial receives, and the proof that it is all there.
//!
//! It is built beside its place and renamed when it is whole. A run that was stopped goes on with what it finds there.

mod gather;
mod handoff;
mod place;
mod qc;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{FileSource, atomic, clock, mhl};
use crate::editorial::{
    self, Clip, DeliveredFile, EditorialPackage, Event, Marker, MhlCreator, MhlFile, SceneId, ShotFacts, ShotId,
    Timeline,
};
use crate::exr::{Header, Limits};
use crate::inspect::inspect;
use crate::qc::{QcReport, ShotReport, Status};
use crate::spec::FrameRate;
use crate::{Error, Result};
use gather::ShotFiles;
use handoff::Handoff;

/// What to package, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder that holds `output/`, `composites/` and `handoff/`.
    pub project: PathBuf,
    /// The scene.
    pub scene: SceneId,
    /// The folder that the package's own is put in.
    pub output: PathBuf,
    /// Frames at either end of each shot that are not part of the cut.
    pub handles: u32,
    /// Frames per second of the cut.
    pub rate: FrameRate,
    /// Why errors of the quality control are shipped all the same.
    pub accept_qc_errors: Option<String>,
    /// Whether a package that is there makes room for the new one.
    pub replace: bool,
    /// Whether files are linked rather than copied where the file system can.
    pub hard_links: bool,
}

/// How far a package is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Of this many bytes, some were put in their places.
    Placed(u64),
    /// Of the same bytes, some were hashed.
    Hashed(u64),
}

/// Makes the package of a scene, from deliverables that are there and have been checked. Gives its folder too.
///
/// `watch` hears of the bytes of each step: first of all that there are, then of each file.
///
/// # Errors
/// If something is missing, was changed after it was checked, has errors that nobody accepted, or cannot be written. What
/// was there before stays as it was; what is half done stays under a hidden name, for the next run to go on with.
pub fn create_editorial_package(
    options: &Options,
    total: impl FnOnce(u64),
    watch: impl Fn(Step) + Sync,
) -> Result<(EditorialPackage, PathBuf)> {
    let source = options.project.join("output/editorial").join(options.scene.as_str());
    let target = target(options, &source)?;
    let shots = gather::shots(&options.project, &source, &options.scene)?;
    let report = qc::read(&source.join("qc_report.json"))?;
    qc::check(&report, &shots, &source, options.accept_qc_errors.as_deref())?;
    let handoff = handoff::read(&options.project, &options.scene)?;
    let timeline = timeline(options, &shots, &report, &handoff)?;
    total(shots.values().flat_map(ShotFiles::all).map(|file| file.bytes).sum());

    let building = options.output.join(format!(".{}.blender-gsd-part", options.scene));
    let _lock = lock(&options.output.join(format!(".{}.blender-gsd-lock", options.scene)))?;
    fs::create_dir_all(&building).map_err(|error| Error::io("cannot be made", building.display(), error))?;
    let wanted = place::files(&shots, &building, options.hard_links, |bytes| watch(Step::Placed(bytes)))?;
    place::remove_others(&building, &wanted)?;
    let delivered = mhl::hash_tree(&building, |bytes| watch(Step::Hashed(bytes)))?;
    let now = clock::now()?;
    let package = describe(options, &building, &Described { shots, timeline, report, handoff, delivered, now })?;
    publish(&building, &target)?;
    Ok((package, target))
}

/// Where the package comes to lie.
fn target(options: &Options, source: &Path) -> Result<PathBuf> {
    let refused = |path: &Path| {
        let path = path.display().to_string();
        move |error| Error::io("cannot be opened", path, error)
    };
    if !source.is_dir() {
        let what = format!("scene {} has no deliverables", options.scene);
        return Err(Error::spec(what, "Export the scene first: `blender-gsd batch-export`").in_file(source.display()));
    }
    fs::create_dir_all(&options.output)
        .map_err(|error| Error::io("cannot be made", options.output.display(), error))?;
    let real_source = fs::canonicalize(source).map_err(refused(source))?;
    let real_output = fs::canonicalize(&options.output).map_err(refused(&options.output))?;
    let target = real_output.join(options.scene.as_str());
    if target.starts_with(&real_source) || real_source.starts_with(&target) {
        let what = "the package would lie in the folder that it is made from, or the other way round";
        return Err(Error::spec(what, "Give --output a folder elsewhere").in_file(target.display()));
    }
    if target.exists() && !options.replace {
        let what = "there is something of the package's name already";
        let next = "Replace it with --replace, or give --output another folder";
        return Err(Error::spec(what, next).in_file(target.display()));
    }
    if target.exists() && !target.join(mhl::FOLDER).is_dir() {
        let what = "what is there is no package and is not replaced";
        return Err(Error::spec(what, "Give --output another folder").in_file(target.display()));
    }
    Ok(target)
}

/// Keeps a second run away for as long as it lives.
fn lock(path: &Path) -> Result<File> {
    let refused = |error| Error::io("cannot be locked", path.display(), error);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(refused)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let what = "another run is making this package at this moment";
            Err(Error::spec(what, "Wait for it, or stop it").in_file(path.display()))
        }
        Err(TryLockError::Error(error)) => Err(refused(error)),
    }
}

fn timeline(
    options: &Options,
    shots: &BTreeMap<ShotId, ShotFiles>,
    report: &QcReport,
    handoff: &Handoff,
) -> Result<Timeline> {
    let clip = |(shot, files): (&ShotId, &ShotFiles)| {
        let issues = qc::of_shot(report, files).flat_map(|report: &ShotReport| &report.issues);
        Clip {
            shot: shot.clone(),
            frames: files.frames,
            handles: options.handles,
            record: handoff.record(shot),
            media: files.media(),
            markers: issues.map(Marker::of).collect(),
        }
    };
    let mut clips: Vec<Clip> = shots.iter().map(clip).collect();
    // The handoff's places make the cut's order; shots without one follow the shot before them by name.
    if clips.iter().all(|clip| clip.record.is_some()) {
        clips.sort_by_key(|clip| clip.record);
    }
    Timeline::new(options.scene.as_str(), options.rate, clips)
}

/// Everything that a package says about itself.
struct Described {
    shots: BTreeMap<ShotId, ShotFiles>,
    timeline: Timeline,
    report: QcReport,
    handoff: Handoff,
    delivered: Vec<MhlFile>,
    now: String,
}

/// Writes metadata, conform files, the report and the history.
fn describe(options: &Options, folder: &Path, from: &Described) -> Result<EditorialPackage> {
    let Described { shots, timeline, report, handoff, delivered, now } = from;
    let by_path: BTreeMap<&str, &MhlFile> = delivered.iter().map(|file| (file.path.as_str(), file)).collect();
    let metadata_folder = folder.join("metadata/shots");
    fs::create_dir_all(&metadata_folder)
        .map_err(|error| Error::io("cannot be made", metadata_folder.display(), error))?;
    for event in &timeline.events {
        let Some(files) = shots.get(&event.clip.shot) else { continue };
        let facts = facts(event, files, from, &by_path)?;
        let metadata = editorial::generate_shot_metadata(timeline, event, &facts);
        write_json(&metadata_folder.join(format!("{}.json", event.clip.shot)), &metadata)?;
    }
    let about = json!({
        "generator": { "name": "blender-gsd", "version": env!("CARGO_PKG_VERSION") },
        "generated_at": now,
        "qc": { "summary": report.summary, "accepted_errors": options.accept_qc_errors },
    });
    let metadata = editorial::generate_scene_metadata(timeline, handoff.scene.clone(), about);
    write_json(&folder.join("metadata/scene_metadata.json"), &metadata)?;
    let report = serde_json::to_value(report).map_err(unwritable)?;
    write_json(&folder.join("qc_report.json"), &report)?;
    let scene = &options.scene;
    write_json(&folder.join(format!("{scene}.otio")), &editorial::otio(timeline))?;
    atomic::write(&folder.join(format!("{scene}.edl")), editorial::edl(timeline).as_bytes())?;
    atomic::write(&folder.join(format!("{scene}.ale")), editorial::ale(timeline).as_bytes())?;
    atomic::write(&folder.join(format!("{scene}.csv")), editorial::csv(timeline).as_bytes())?;
    history(folder, scene, delivered, now)?;
    let paths = |path: fn(&ShotFiles) -> Option<&gather::File>| {
        let of = |(shot, files): (&ShotId, &ShotFiles)| Some((shot.clone(), path(files)?.target.clone()));
        shots.iter().filter_map(of).collect()
    };
    Ok(EditorialPackage {
        scene_id: scene.clone(),
        shots: timeline.events.iter().map(|event| event.clip.shot.clone()).collect(),
        master_files: paths(|files| files.masters.first()),
        prores_files: paths(|files| files.prores.first()),
        preview_files: paths(|files| files.preview.as_ref()),
        metadata,
        qc_report: report,
    })
}

fn facts(event: &Event, files: &ShotFiles, from: &Described, hashed: &BTreeMap<&str, &MhlFile>) -> Result<ShotFacts> {
    let path = files.masters.first().map(|file| file.source.as_path()).unwrap_or(Path::new(""));
    let source = FileSource::open(path)?;
    let header = Header::read(&source, &Limits::default()).map_err(|error| error.in_file(path.display()))?;
    let name = files.masters.first().map_or("", |file| file.target.as_str());
    let bytes = files.masters.first().map_or(0, |file| file.bytes);
    let delivered = files.all().filter_map(|file| {
        let found = hashed.get(file.target.as_str())?;
        let xxh128 = format!("{:032x}", found.xxh128);
        Some(DeliveredFile { path: file.target.clone(), kind: file.format, bytes: found.bytes, xxh128 })
    });
    let status = qc::of_shot(&from.report, files).map(|report| report.status).max().unwrap_or(Status::Pass);
    Ok(ShotFacts {
        handoff: from.handoff.shots.get(&event.clip.shot).cloned().unwrap_or_default(),
        files: delivered.collect(),
        header: inspect(name, bytes, &header),
        status,
        view: serde_json::to_value(&from.report.view).map_err(unwritable)?,
    })
}

/// The deliverables are hashed already; what was written since is small.
fn history(folder: &Path, scene: &SceneId, delivered: &[MhlFile], now: &str) -> Result<()> {
    let known: BTreeMap<&str, &MhlFile> = delivered.iter().map(|file| (file.path.as_str(), file)).collect();
    let files = mhl::hash_rest(folder, &known)?;
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim();
    let creator = MhlCreator {
        date: now.to_owned(),
        host: if host.is_empty() { "unknown".into() } else { host.to_owned() },
        version: env!("CARGO_PKG_VERSION").into(),
    };
    mhl::write_history(folder, scene.as_str(), &files, &creator)
}

/// Gives the finished package its name; the one that was there is taken away last.
fn publish(building: &Path, target: &Path) -> Result<()> {
    let refused = |error| Error::io("cannot be put in its place", target.display(), error);
    if !target.exists() {
        return fs::rename(building, target).map_err(refused);
    }
    let old = building.with_extension("blender-gsd-old");
    if old.exists() {
        fs::remove_dir_all(&old).map_err(refused)?;
    }
    fs::rename(target, &old).map_err(refused)?;
    if let Err(error) = fs::rename(building, target) {
        // The old package goes back to its name; there is nothing to be done where even that is refused.
        let _ = fs::rename(&old, target);
        return Err(refused(error));
    }
    fs::remove_dir_all(&old).map_err(|error| Error::io("the old package cannot be removed", old.display(), error))
}

fn write_json(path: &Path, value: &Value) -> Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(unwritable)?;
    atomic::write(path, (text + "\n").as_bytes())
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::spec(format!("the metadata cannot be written as JSON: {error}"), "")
}
