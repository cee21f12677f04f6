//! What movies' headers say, in the scene's report: sizes, rates and tags, as the export's own verification has read them.
//! Nothing is decoded for it; the pictures are looked at by `validate-output`.

use std::path::Path;

use super::plan::{Kind, Output, Plan, state_folder};
use super::quality::{self, QualityReport};
use super::{Options, OutputReport, OutputState};
use crate::Result;
use crate::color::ycbcr::Layout;
use crate::editorial::ExportJob;
use crate::media::MediaInfo;
use crate::native::ffprobe::Ffprobe;
use crate::native::project::Project;
use crate::native::{clock, period};
use crate::qc::{MovieOptions, MovieValidator, ReportContext, ShotReport};

/// Why the report has nothing on the pictures.
const UNSEEN: &str = "the export compared three of them with what it encoded; `validate-output` looks at them all";

/// Puts the facts of the job's movies into the shot's report: those that were made now, and after a new report on the
/// masters (`is_fresh`) those that were kept. `None` where there is nothing to put or no report.
///
/// # Errors
/// If a movie that was kept cannot be probed, or the report cannot be written.
pub(super) fn note(
    project: &Project,
    job: &ExportJob,
    plan: &Plan,
    (outputs, is_fresh): (&[OutputReport], bool),
    options: &Options,
) -> Result<Option<QualityReport>> {
    let mut parts = Vec::new();
    for report in outputs {
        let output = plan.outputs.iter().find(|output| output.format.spec.name == report.format);
        let Some((output, Kind::Movie { path, .. })) = output.map(|output| (output, &output.kind)) else { continue };
        let info = match (report.state, &report.info) {
            (OutputState::Made, Some(info)) => info.clone(),
            (OutputState::Kept, _) if is_fresh => Ffprobe::find(options.ffmpeg.as_deref())?.probe(path)?,
            _ => continue,
        };
        parts.push(part(job, plan, output, path, info));
    }
    let folder = project.output_folder(&job.scene_id);
    let place = folder.join("qc_report.json");
    let known = quality::read(&place).and_then(|known| known.shots.into_iter().find(|shot| quality::is_of(shot, job)));
    let Some(known) = known.filter(|_| !parts.is_empty()) else { return Ok(None) };
    for part in &mut parts {
        quality::make_relative(part, &folder)?;
    }
    let kept = parts.iter().fold(known, |known, part| known.without(part.kind()));
    let Some(shot) = ShotReport::merged([vec![kept], parts].concat()) else { return Ok(None) };
    let context = ReportContext {
        scene_id: job.scene_id.to_string(),
        generated_at: clock::now()?,
        transform: plan.look.transform(),
        period_year: period::judge(&project.root, None)?.year(),
    };
    let found = QualityReport::new(&place, &shot);
    quality::put(&place, &state_folder(project, &job.scene_id).join("qc_report.lock"), shot, context)?;
    Ok(Some(found))
}

/// The report on one movie.
fn part(job: &ExportJob, plan: &Plan, output: &Output, path: &Path, info: MediaInfo) -> ShotReport {
    let [first, _] = plan.source.range();
    let checks = MovieValidator::new(MovieOptions {
        shot_id: job.shot_id.to_string(),
        file: path.display().to_string(),
        spec: Some(output.format.spec.clone()),
        layout: Layout::of_pixel_format(&info.pixel_format).unwrap_or(Layout::ALL[0]),
        first,
        lead: output.lead(),
        masters: Some(plan.source.frames.len()),
        thresholds: Default::default(),
        info,
    });
    checks.finish_unseen(UNSEEN)
}
