//! What a package says about itself: metadata, conform files, the report, the history.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::Options;
use super::gather::ShotFiles;
use super::handoff::Handoff;
use super::made::Made;
use super::page;
use super::pictures::{findings, sheet};
use super::qc::Checked;
use crate::editorial::{
    self, DeliveredFile, EditorialPackage, Event, MhlCreator, MhlFile, ShotFacts, ShotId, Timeline,
};
use crate::exr::{Header, Limits};
use crate::inspect::inspect;
use crate::native::project::Project;
use crate::native::{FileSource, atomic, mhl};
use crate::spec::Container;
use crate::{Error, Result};

/// Everything that is known of a package.
pub(super) struct Description<'a> {
    pub(super) project: &'a Project,
    pub(super) options: &'a Options,
    pub(super) shots: BTreeMap<ShotId, ShotFiles>,
    pub(super) checked: Checked,
    pub(super) made: Made,
    pub(super) timeline: Timeline,
    pub(super) handoff: Handoff,
    /// The deliverables, in the package already.
    pub(super) delivered: Vec<MhlFile>,
    /// RFC 3339, UTC.
    pub(super) now: String,
}

impl Description<'_> {
    /// Writes all of it into the package's folder, the history last; `page` is the review page without data.
    pub(super) fn write(&self, folder: &Path, page: Option<&str>) -> Result<EditorialPackage> {
        let known: BTreeMap<&str, &MhlFile> = self.delivered.iter().map(|file| (file.path.as_str(), file)).collect();
        self.write_shots(folder, &known)?;
        let report = &self.checked.report;
        let about = json!({
            "generator": { "name": "blender-gsd", "version": env!("CARGO_PKG_VERSION") },
            "generated_at": self.now,
            "qc": { "summary": report.summary, "accepted_errors": self.options.accept_qc_errors },
        });
        let metadata = editorial::generate_scene_metadata(&self.timeline, self.handoff.scene.clone(), about);
        write_json(&folder.join("metadata/scene_metadata.json"), &metadata)?;
        sheet::write(folder, self)?;
        let pictures = findings::write(folder, self)?;
        let report = self.checked.delivered(&self.shots, &pictures).map_err(unwritable)?;
        write_json(&folder.join("qc_report.json"), &report)?;
        self.write_conform_files(folder)?;
        if let Some(page) = page {
            page::write(folder, page, self)?;
        }
        self.write_history(folder, &known)?;
        Ok(self.package(metadata, report))
    }

    fn write_shots(&self, folder: &Path, known: &BTreeMap<&str, &MhlFile>) -> Result<()> {
        let place = folder.join("metadata/shots");
        fs::create_dir_all(&place).map_err(|error| Error::io("cannot be made", place.display(), error))?;
        self.timeline.events.par_iter().try_for_each(|event| {
            let Some(files) = self.shots.get(&event.clip.shot) else { return Ok(()) };
            let facts = self.facts(folder, event, files, known)?;
            let metadata = editorial::generate_shot_metadata(&self.timeline, event, &facts);
            write_json(&place.join(format!("{}.json", event.clip.shot)), &metadata)
        })
    }

    fn facts(
        &self,
        folder: &Path,
        event: &Event,
        files: &ShotFiles,
        known: &BTreeMap<&str, &MhlFile>,
    ) -> Result<ShotFacts> {
        let shot = &event.clip.shot;
        let (name, bytes) = files.masters().first().map_or(("", 0), |file| (file.path.as_str(), file.bytes));
        let path = folder.join(name);
        let source = FileSource::open(&path)?;
        let header = Header::read(&source, &Limits::default()).map_err(|error| error.in_file(path.display()))?;
        let delivered = files.deliverables.iter().flat_map(|deliverable| {
            let kind = &deliverable.spec.name;
            deliverable.files.iter().filter_map(move |file| {
                let found = known.get(file.path.as_str())?;
                let xxh128 = format!("{:032x}", found.xxh128);
                Some(DeliveredFile { path: file.path.clone(), kind: kind.to_string(), bytes: found.bytes, xxh128 })
            })
        });
        let (exports, composite) = self.made.facts(shot, files, &self.project.root);
        Ok(ShotFacts {
            handoff: self.handoff.shots.get(shot).cloned().unwrap_or_default(),
            files: delivered.collect(),
            header: inspect(name, bytes, &header),
            status: self.checked.status(files),
            view: serde_json::to_value(&self.checked.report.view).map_err(unwritable)?,
            exports,
            composite,
        })
    }

    fn write_conform_files(&self, folder: &Path) -> Result<()> {
        let path = |extension: &str| folder.join(format!("{}.{extension}", self.options.scene));
        write_json(&path("otio"), &editorial::otio(&self.timeline))?;
        for (extension, text) in [
            ("edl", editorial::edl(&self.timeline)),
            ("ale", editorial::ale(&self.timeline)),
            ("csv", editorial::csv(&self.timeline)),
        ] {
            atomic::write(&path(extension), text.as_bytes())?;
        }
        Ok(())
    }

    /// The deliverables are hashed already; what was written since is small.
    fn write_history(&self, folder: &Path, known: &BTreeMap<&str, &MhlFile>) -> Result<()> {
        let files = mhl::hash_tree(folder, known)?;
        let creator = MhlCreator {
            date: self.now.clone(),
            host: gethostname::gethostname().to_string_lossy().into_owned(),
            version: env!("CARGO_PKG_VERSION").into(),
        };
        mhl::write_history(folder, self.options.scene.as_str(), &files, &creator)
    }

    fn package(&self, metadata: Value, qc_report: Value) -> EditorialPackage {
        let paths = |kind: Container| {
            let of = |(shot, files): (&ShotId, &ShotFiles)| Some((shot.clone(), files.first(kind)?.path.clone()));
            self.shots.iter().filter_map(of).collect()
        };
        EditorialPackage {
            scene_id: self.options.scene.clone(),
            shots: self.timeline.events.iter().map(|event| event.clip.shot.clone()).collect(),
            master_files: paths(Container::OpenExr),
            prores_files: paths(Container::QuickTime),
            preview_files: paths(Container::Mp4),
            metadata,
            qc_report,
        }
    }
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let refused = |error| Error::io("cannot be written", path.display(), error);
    atomic::write_with(path, |file| {
        let mut file = BufWriter::new(file);
        serde_json::to_writer_pretty(&mut file, value).map_err(|error| match error.is_io() {
            true => refused(error.into()),
            false => unwritable(error),
        })?;
        file.write_all(b"\n").and_then(|()| file.flush()).map_err(refused)
    })
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::spec(format!("the metadata cannot be written as JSON: {error}"), "")
}
