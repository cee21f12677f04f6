//! What will be made of a shot, before anything is: files, arguments, and what is there already.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Options;
use super::lettering::Lettering;
use super::master::MasterJob;
use super::source::Source;
use crate::color::{Cdl, ColorSpace, Display, Grade, LutPlace, Processor, ShowLut, View, ViewTransform};
use crate::deliverable::Deliverable;
use crate::editorial::{ExportJob, SceneId, ShotId};
use crate::exr::{Header, Limits};
use crate::native::FileSource;
use crate::native::composites::UNKNOWN;
use crate::native::config::{Format, Template, Token};
use crate::native::ffmpeg::{self, Encoding};
use crate::native::grade::{read_cdl, read_lut};
use crate::native::journal::{Finished, Stamp, read_finished};
use crate::native::project::Project;
use crate::spec::FrameRate;
use crate::timecode::Timecode;
use crate::{Error, Result, master};

/// One shot's export, thought through.
pub(super) struct Plan {
    pub(super) source: Source,
    pub(super) look: Look,
    pub(super) outputs: Vec<Output>,
}

/// One deliverable of a shot.
pub(super) struct Output {
    pub(super) format: Format,
    pub(super) kind: Kind,
    /// Everything but the frames that decides what is in the files.
    pub(super) recipe: String,
    /// The composite's frames, and the files of the look.
    pub(super) inputs: Vec<Stamp>,
    /// Where the journal is.
    pub(super) journal: JournalName,
}

/// How it is made.
pub(super) enum Kind {
    Movie { path: PathBuf, deliverable: Deliverable, start: Timecode, view: String, lettering: Option<Box<Lettering>> },
    Masters(MasterJob),
}

/// A journal's folder, and its name there, and the project's folder.
pub(super) struct JournalName {
    pub(super) root: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) name: String,
}

impl JournalName {
    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.jsonl", self.name))
    }
}

impl Plan {
    /// # Errors
    /// If the composite, the look or a format cannot be used.
    pub(super) fn new(project: &Project, job: &ExportJob, source: Source, options: &Options) -> Result<Self> {
        let look = Look::read(project, job, options)?;
        let inputs: Vec<Stamp> = source.frames.iter().map(|frame| frame.stamp.clone()).collect();
        let mut outputs = Vec::new();
        for spec in &job.outputs {
            let format = project.config.format(&spec.name)?;
            outputs.push(Output::new(project, job, &source, &look, &inputs, format, options)?);
        }
        check_places(&outputs)?;
        Ok(Self { source, look, outputs })
    }

    /// Whether anybody looks at alpha.
    pub(super) fn wants_alpha(&self) -> bool {
        let has_alpha =
            |kind: &Kind| matches!(kind, Kind::Movie { deliverable, .. } if deliverable.layout().has_alpha());
        self.outputs.iter().any(|output| has_alpha(&output.kind))
    }
}

impl Output {
    fn new(
        project: &Project,
        job: &ExportJob,
        source: &Source,
        look: &Look,
        frames: &[Stamp],
        format: &Format,
        options: &Options,
    ) -> Result<Self> {
        let (scene, shot) = (&job.scene_id, &job.shot_id);
        let folder = project.output_folder(scene);
        let place = |path: &Template, number| {
            folder.join(project.fill(path, [scene.as_str(), shot.as_str()], &format.spec.name, number))
        };
        let mut inputs = frames.to_vec();
        let mut name = format!("{shot}.{}", format.spec.name);
        let (kind, recipe) = if format.spec.format.is_movie() {
            inputs.extend(look.stamps.iter().cloned());
            let lettering = Lettering::new(project, job, (source, look), format, options)?;
            movie(place(&format.path, None), job, source, look, format, lettering)?
        } else {
            // A part of a sequence has a journal of its own: a farm makes several at once.
            if let Some([first, last]) = options.frames {
                name += &format!(".{first}-{last}");
            }
            let is_lone = source.frames.len() == 1 && options.frames.is_none();
            let path = if is_lone { format.path.without_frame() } else { format.path.clone() };
            let paths = source.frames.iter().map(|frame| (frame.number, place(&path, Some(frame.number)))).collect();
            let pattern = |path: &Template, number: &str| {
                let name = project.fill_with(path, [scene.as_str(), shot.as_str()], &format.spec.name, number);
                folder.join(name).to_string_lossy().into_owned()
            };
            let names = [pattern(&format.path, &UNKNOWN.to_string()), pattern(&format.path.without_frame(), "")];
            masters(paths, names, source, format)?
        };
        let journal = JournalName { root: project.root.clone(), folder: state_folder(project, scene), name };
        Ok(Self { format: format.clone(), kind, recipe, inputs, journal })
    }

    /// The files it will have.
    pub(super) fn paths(&self) -> Vec<&Path> {
        match &self.kind {
            Kind::Movie { path, .. } => vec![path],
            Kind::Masters(job) => job.paths.values().map(PathBuf::as_path).collect(),
        }
    }

    /// What ffmpeg is told to write to `path`.
    pub(super) fn arguments(&self, shot: &ShotId, path: &Path) -> Vec<std::ffi::OsString> {
        self.encoding(shot).map(|encoding| encoding.arguments(path)).unwrap_or_default()
    }

    /// What an encoder is to do; `None` for masters.
    pub(super) fn encoding<'a>(&'a self, shot: &'a ShotId) -> Option<Encoding<'a>> {
        let Kind::Movie { deliverable, start, view, .. } = &self.kind else { return None };
        Some(Encoding {
            spec: &self.format.spec,
            layout: deliverable.layout(),
            encoder: self.format.encoder,
            quality: self.format.quality,
            start: *start,
            reel: shot.as_str(),
            view,
        })
    }

    /// What is written onto a movie's frames.
    pub(super) fn lettering(&self) -> Option<&Lettering> {
        match &self.kind {
            Kind::Movie { lettering, .. } => lettering.as_deref(),
            Kind::Masters(_) => None,
        }
    }

    /// Frames in front of the first of the composite.
    pub(super) fn lead(&self) -> usize {
        self.lettering().map_or(0, Lettering::lead)
    }

    /// The files as an earlier run made them, if nothing has changed since.
    pub(super) fn current(&self) -> Result<Option<Finished>> {
        let finished = read_finished(&self.journal.root, &self.journal.path())?;
        let is_ours = |finished: &Finished| finished.files.iter().map(|stamp| stamp.path.as_path()).eq(self.paths());
        Ok(finished.filter(|finished| is_ours(finished) && finished.is_current(&self.recipe, &self.inputs)))
    }

    /// How much of a picture of another shape is cut off, in words; nothing where it is hardly a hundredth.
    pub(super) fn cut(&self, source: [u32; 2]) -> Option<String> {
        let ([width, height], [wide, high]) = (source, self.format.spec.resolution);
        let shape = |[width, height]: [u32; 2]| f64::from(width) / f64::from(height.max(1));
        let [from, to] = [shape(source), shape(self.format.spec.resolution)];
        let lost = 100.0 * (1.0 - (from / to).min(to / from));
        (lost >= 1.0).then(|| format!("{lost:.0} % of the picture are cut off: {width}x{height} fills {wide}x{high}"))
    }

    /// How the first frame becomes a master, in words; empty for movies.
    pub(super) fn way(&self, source: &Source) -> Result<String> {
        let (Kind::Masters(job), Some(first)) = (&self.kind, source.frames.first()) else { return Ok(String::new()) };
        let path = &first.stamp.path;
        if !first.stamp.is_current() {
            return Ok("rendered by Blender, then tagged or written anew".into());
        }
        let way = || {
            let header = Header::read(&FileSource::open(path)?, &Limits::default())?;
            Ok(master::way(&header, &job.wanted(first.number))?.describe())
        };
        way().map_err(|error: Error| error.in_file(path.display()))
    }
}

/// # Errors
/// If two outputs would be the same file.
fn check_places(outputs: &[Output]) -> Result<()> {
    let mut taken: BTreeMap<&Path, &str> = BTreeMap::new();
    for output in outputs {
        let name = output.format.spec.name.as_ref();
        for path in output.paths() {
            if let Some(other) = taken.insert(path, name) {
                let what = format!("formats {other} and {name} would both be {}", path.display());
                return Err(Error::spec(what, "Give each a `path` of its own under [formats] in gsd.toml"));
            }
        }
    }
    Ok(())
}

/// Where journals and locks of a scene are: beside its folder, not in it, for that is delivered.
pub(in crate::native) fn state_folder(project: &Project, scene: &SceneId) -> PathBuf {
    let folder = project.output_folder(scene);
    folder.parent().unwrap_or(Path::new("")).join(".blender-gsd").join(scene.as_str())
}

fn movie(
    path: PathBuf,
    job: &ExportJob,
    source: &Source,
    look: &Look,
    format: &Format,
    lettering: Option<Lettering>,
) -> Result<(Kind, String)> {
    let spec = &format.spec;
    let layout = ffmpeg::layout(spec.compression, source.has_alpha && format.alpha);
    let layout = layout.ok_or_else(|| Error::spec(format!("{} is no movie", spec.compression.name()), ""))?;
    let deliverable = Deliverable::new(source.size, spec.resolution, layout)?;
    let lead = lettering.as_ref().map_or(0, Lettering::lead);
    let start = Timecode::of_frame(source.range()[0].saturating_sub_unsigned(lead as u32), spec.frame_rate);
    let view = look.describe(&source.space);
    let Format { encoder, quality, .. } = *format;
    let encoding = Encoding { spec, layout, encoder, quality, start, reel: job.shot_id.as_str(), view: &view };
    #[derive(Serialize)]
    struct Recipe<'a> {
        source: [u32; 2],
        frames: [i32; 2],
        arguments: Vec<String>,
        /// What arguments do not say where ffmpeg only copies our frames: planes, size, rate and codec.
        #[serde(skip_serializing_if = "Option::is_none")]
        prores: Option<(&'a str, [u32; 2], FrameRate, &'a str)>,
        chosen_space: Option<&'a str>,
        layer: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        lettering: Option<&'a Lettering>,
    }
    let recipe = Recipe {
        source: source.size,
        frames: source.range(),
        arguments: texts(&encoding.arguments(Path::new(""))),
        prores: encoding.prores().map(|_| (layout.name(), spec.resolution, spec.frame_rate, spec.compression.name())),
        chosen_space: source.chosen.as_ref().map(ColorSpace::name),
        layer: source.layer.as_deref(),
        lettering: lettering.as_ref(),
    };
    let recipe = json(&recipe)?;
    Ok((Kind::Movie { path, deliverable, start, view, lettering: lettering.map(Box::new) }, recipe))
}

fn masters(
    paths: BTreeMap<i32, PathBuf>,
    names: [String; 2],
    source: &Source,
    format: &Format,
) -> Result<(Kind, String)> {
    let spec = &format.spec;
    #[derive(Serialize)]
    struct Recipe<'a> {
        spec: &'a crate::spec::OutputSpec,
        chosen_space: Option<&'a str>,
        layer: Option<&'a str>,
        shift: i64,
    }
    let first = source.frames.first();
    let recipe = Recipe {
        spec,
        chosen_space: source.chosen.as_ref().map(ColorSpace::name),
        layer: source.layer.as_deref(),
        // Numbers are in the tags: other numbers for the same files make other masters.
        shift: first.map_or(0, |frame| i64::from(frame.number)),
    };
    let recipe = json(&recipe)?;
    let (spec, layer, space) = (spec.clone(), source.layer.clone(), source.chosen);
    Ok((Kind::Masters(MasterJob { spec, layer, space, paths, names, recipe: recipe.clone() }), recipe))
}

/// Arguments as they can be stored and shown.
pub(super) fn texts(arguments: &[std::ffi::OsString]) -> Vec<String> {
    arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect()
}

fn json(recipe: &impl Serialize) -> Result<String> {
    serde_json::to_string(recipe).map_err(|error| Error::spec(format!("the recipe cannot be written: {error}"), ""))
}

/// What a shot is looked at through.
pub(in crate::native) struct Look {
    transform: ViewTransform,
    grade: Grade,
    /// The files it comes from.
    stamps: Vec<Stamp>,
}

impl Look {
    fn read(project: &Project, job: &ExportJob, options: &Options) -> Result<Self> {
        let view = options.view.unwrap_or(project.config.view.name);
        Self::of_shot(project, (&job.scene_id, &job.shot_id), view, Display::Rec709)
    }

    /// What the settings say of a shot, through that view for that display.
    ///
    /// # Errors
    /// If a file of the look cannot be read.
    pub(in crate::native) fn of_shot(
        project: &Project,
        (scene, shot): (&SceneId, &ShotId),
        view: View,
        display: Display,
    ) -> Result<Self> {
        let settings = &project.config.view;
        let fill = |template| project.root.join(project.fill(template, [scene.as_str(), shot.as_str()], "", None));
        let mut stamps = Vec::new();
        let mut lut = None;
        if let Some(path) = settings.lut.as_ref().map(fill) {
            let place = if settings.lut_before_view { LutPlace::BeforeView } else { LutPlace::InsteadOfView };
            lut = Some(ShowLut { lut: std::sync::Arc::new(read_lut(&path)?), place });
            stamps.push(Stamp::of(&path)?);
        }
        let mut cdl: Option<Cdl> = None;
        // Not every shot has a correction of its own; a file for all of them must be there.
        let for_each_shot = settings.cdl.as_ref().is_some_and(|template| template.has(Token::Shot));
        if let Some(path) = settings.cdl.as_ref().map(fill)
            && (path.exists() || !for_each_shot)
        {
            cdl = Some(read_cdl(&path)?);
            stamps.push(Stamp::of(&path)?);
        }
        let transform = ViewTransform { view, display, exposure: 0.0 };
        Ok(Self { transform, grade: Grade { cdl, lut }, stamps })
    }

    /// What display values are looked at through.
    pub(super) fn transform(&self) -> ViewTransform {
        self.transform
    }

    pub(super) fn describe(&self, space: &ColorSpace) -> String {
        self.grade.describe(&self.transform, space)
    }

    /// Every number worked out for pixels of that space.
    pub(in crate::native) fn processor(&self, space: &ColorSpace) -> Result<Processor> {
        self.grade.processor(&self.transform, space)
    }
}
