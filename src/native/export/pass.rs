//! The pass: each frame is decoded once, looked at by whoever wants to, and given to every writer.

use std::fs::{self, File};
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::thread::ScopedJoinHandle;
use std::time::Instant;

use super::master::{MasterWriter, Masters};
use super::movie::{MovieWriter, partial};
use super::plan::{Kind, Output, Plan, texts};
use super::source::Decoded;
use super::{Observer, OutputReport, OutputState, verify};
use crate::color::{ColorSpace, Processor};
use crate::editorial::ShotId;
use crate::media::MediaInfo;
use crate::native::clock;
use crate::native::ffmpeg::Ffmpeg;
use crate::native::journal::{Facts, Finished, Journal, Stamp};
use crate::picture::LayerPicture;
use crate::qc::{FrameObserved, Observation};
use crate::{Error, Result};

/// What every writer of one shot needs.
pub(super) struct Context<'a> {
    pub(super) shot: &'a ShotId,
    pub(super) plan: &'a Plan,
    /// Where there is a movie to be made.
    pub(super) ffmpeg: Option<&'a Ffmpeg>,
    pub(super) begun: Instant,
}

/// An output in the making.
pub(super) struct Making<'a> {
    output: &'a Output,
    writer: Writer<'a>,
}

enum Writer<'a> {
    /// The movie, and its journal with the lock, which goes last.
    Movie(Box<(MovieWriter<'a>, Journal)>),
    Masters(MasterWriter),
    /// It has failed; the others go on.
    Failed(Error),
}

impl<'a> Making<'a> {
    /// Locks the output and starts its writer.
    pub(super) fn start(context: &Context<'a>, output: &'a Output, is_forced: bool) -> Self {
        let writer = Self::writer(context, output, is_forced).unwrap_or_else(Writer::Failed);
        Self { output, writer }
    }

    fn writer(context: &Context<'a>, output: &'a Output, is_forced: bool) -> Result<Writer<'a>> {
        let mut journal = Journal::open(&output.journal.root, &output.journal.folder, &output.journal.name)?;
        if is_forced {
            journal.forget();
        }
        for folder in output.paths().into_iter().filter_map(|path| path.parent()) {
            fs::create_dir_all(folder).map_err(|error| Error::io("cannot be made", folder.display(), error))?;
        }
        match &output.kind {
            Kind::Masters(job) => Ok(Writer::Masters(MasterWriter::start(job.clone(), journal)?)),
            Kind::Movie { path, deliverable, .. } => {
                let ffmpeg = context.ffmpeg.ok_or_else(|| Error::tool("ffmpeg was not looked for", ""))?;
                let encoding = output.encoding(context.shot).ok_or_else(|| Error::spec("this is no movie", ""))?;
                let frames = context.plan.source.frames.len();
                let movie =
                    MovieWriter::start(ffmpeg, &encoding, &partial(path), deliverable, output.lettering(), frames)?;
                Ok(Writer::Movie(Box::new((movie, journal))))
            }
        }
    }

    fn frame(&mut self, decoded: &Decoded, picture: &LayerPicture<'_>, processor: &Processor) {
        let taken = match &mut self.writer {
            Writer::Movie(movie) => movie.0.frame(decoded, picture, processor),
            Writer::Masters(masters) => masters.frame(decoded),
            Writer::Failed(_) => Ok(()),
        };
        if let Err(error) = taken {
            self.fail(error);
        }
    }

    fn fail(&mut self, error: Error) {
        // What was written so far goes with its writer, before the lock does.
        self.writer = Writer::Failed(error);
    }

    fn has_failed(&self) -> bool {
        matches!(self.writer, Writer::Failed(_))
    }

    fn end(&mut self) {
        match &mut self.writer {
            Writer::Movie(movie) => movie.0.end(),
            Writer::Masters(masters) => masters.end(),
            Writer::Failed(_) => {}
        }
    }

    /// Waits for the writer, verifies what it made, and puts it in its place.
    fn settle(mut self, context: &Context<'_>) -> OutputReport {
        let mut report = OutputReport::new(self.output);
        let writer = std::mem::replace(&mut self.writer, Writer::Failed(Error::spec("it is settled", "")));
        let settled = match writer {
            Writer::Movie(movie) => self.settle_movie(context, (movie.1, movie.0)).map(|info| report.info = Some(info)),
            Writer::Masters(masters) => self.settle_masters(context, masters, &mut report),
            Writer::Failed(error) => Err(error),
        };
        report.notes.extend(self.output.cut(context.plan.source.size));
        report.seconds = context.begun.elapsed().as_secs_f64();
        match settled {
            Ok(()) => report.state = OutputState::Made,
            Err(error) => {
                let words = error.to_string();
                self.fail(error);
                report.state = OutputState::Failed;
                report.problem = Some(words);
            }
        }
        report
    }

    fn settle_movie(
        &self,
        context: &Context<'_>,
        // The movie goes first, while the output is still locked.
        (mut journal, mut movie): (Journal, MovieWriter<'_>),
    ) -> Result<MediaInfo> {
        let (samples, words) = movie.finish()?;
        let (Kind::Movie { path, view, .. }, Some(encoding)) = (&self.output.kind, self.output.encoding(context.shot))
        else {
            return Err(Error::spec("this is no movie", ""));
        };
        let ffmpeg = context.ffmpeg.ok_or_else(|| Error::tool("ffmpeg was not looked for", ""))?;
        let partial = partial(path);
        let frames = context.plan.source.frames.len() + self.output.lead();
        let verified = verify::movie(ffmpeg, &partial, &encoding, frames, &samples);
        let info = verified.map_err(|error| with_words(error, &words))?;
        let refused = |error| Error::io("cannot be put in its place", path.display(), error);
        File::open(&partial).and_then(|file| file.sync_all()).map_err(refused)?;
        fs::rename(&partial, path).map_err(refused)?;
        let mut arguments = texts(&encoding.arguments(path));
        arguments.pop();
        let facts = Facts {
            view: view.clone(),
            tool: match encoding.prores() {
                Some(_) => format!("blender-gsd {} (ProRes), ffmpeg {}", env!("CARGO_PKG_VERSION"), ffmpeg.version),
                None => format!("ffmpeg {}", ffmpeg.version),
            },
            arguments,
            seconds: context.begun.elapsed().as_secs_f64(),
            finished_at: clock::now()?,
        };
        let finished = self.finished(context, vec![Stamp::of(path)?], facts);
        journal.finish(finished, std::collections::BTreeMap::new())?;
        Ok(info)
    }

    fn settle_masters(
        &self,
        context: &Context<'_>,
        mut masters: MasterWriter,
        report: &mut OutputReport,
    ) -> Result<()> {
        let Masters { mut journal, frames, ways, removed } = masters.finish()?;
        report.notes.extend(ways.iter().cloned());
        report
            .notes
            .extend(removed.iter().map(|path| format!("removed, as it is no part of it any more: {}", path.display())));
        let facts = Facts {
            view: ways.join("; "),
            tool: concat!("blender-gsd ", env!("CARGO_PKG_VERSION")).into(),
            arguments: Vec::new(),
            seconds: context.begun.elapsed().as_secs_f64(),
            finished_at: clock::now()?,
        };
        let files = frames.values().map(|made| made.output.clone()).collect();
        journal.finish(self.finished(context, files, facts), frames)
    }

    fn finished(&self, context: &Context<'_>, files: Vec<Stamp>, facts: Facts) -> Finished {
        Finished {
            format: self.output.format.spec.name.to_string(),
            frames: context.plan.source.range(),
            lead: self.output.lead() as u32,
            is_part: context.plan.source.is_part,
            recipe: self.output.recipe.clone(),
            inputs: self.output.inputs.clone(),
            files,
            facts,
        }
    }
}

/// An encoder that ended well and has made nothing of use may have said why.
fn with_words(error: Error, words: &[String]) -> Error {
    if words.is_empty() {
        return error;
    }
    let fault = error.fault();
    let file = fault.place.to_string();
    let error = Error::tool(format!("{}; ffmpeg said: {}", fault.what, words.join(" | ")), fault.next.clone());
    if file.is_empty() { error } else { error.in_file(file) }
}

/// Runs the pass for all outputs at once. `watch` hears of every frame.
///
/// # Errors
/// If a frame cannot be decoded: then no output is made. What only one output suffers from is in its report.
pub(super) fn run(
    context: &Context<'_>,
    mut makings: Vec<Making<'_>>,
    observer: Option<&mut (dyn Observer + '_)>,
    watch: &dyn Fn(),
) -> Result<Vec<OutputReport>> {
    if let Err(error) = frames(context, &mut makings, observer, watch) {
        for making in &mut makings {
            making.fail(Error::spec("a frame could not be read", ""));
        }
        return Err(error);
    }
    makings.iter_mut().for_each(Making::end);
    // Encoders end at about the same time, and much of a verification is waiting for programs to start.
    std::thread::scope(|scope| {
        let settling: Vec<_> = makings.into_iter().map(|making| scope.spawn(|| making.settle(context))).collect();
        let ended = |thread: ScopedJoinHandle<'_, _>| thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok(settling.into_iter().map(ended).collect())
    })
}

fn frames(
    context: &Context<'_>,
    makings: &mut [Making<'_>],
    mut observer: Option<&mut (dyn Observer + '_)>,
    watch: &dyn Fn(),
) -> Result<()> {
    let Plan { source, look, .. } = context.plan;
    let wants_alpha = context.plan.wants_alpha() || observer.is_some();
    let mut last: Option<(ColorSpace, Processor)> = None;
    std::thread::scope(|scope| {
        let decoding = source.decode(wants_alpha, scope);
        while let Some(decoded) = decoding.next() {
            let decoded = decoded?;
            let part = decoded.header.part(decoded.layer.part)?;
            let picture = LayerPicture::new(&decoded.frame, part, &decoded.layer)?;
            // The numbers of a view take a while to work out, and frames of one shot have one space.
            let processor = match last.take() {
                Some((space, processor)) if space.chromaticities == decoded.space.chromaticities => processor,
                _ => look.processor(&decoded.space)?,
            };
            // Side by side: while a writer waits for its encoder, the checks have work.
            std::thread::scope(|scope| {
                let observing = observer.as_deref_mut().map(|observer| scope.spawn(|| observe(observer, &decoded)));
                for making in &mut *makings {
                    making.frame(&decoded, &picture, &processor);
                }
                observing.map_or(Ok(()), |thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
            })?;
            last = Some((decoded.space, processor));
            watch();
            decoding.give_back(decoded.frame);
            if makings.iter().all(Making::has_failed) && observer.is_none() {
                break;
            }
        }
        Ok(())
    })
}

fn observe(observer: &mut dyn Observer, decoded: &Decoded) -> Result<()> {
    let part = decoded.header.part(decoded.layer.part)?;
    let file: PathBuf = decoded.path.clone();
    let mattes = observer.observe_file(decoded.number, &file, &decoded.header);
    let seen = FrameObserved::Picture {
        header: &decoded.header,
        part,
        layer: &decoded.layer,
        frame: &decoded.frame,
        space: decoded.space,
        mattes: &mattes,
    };
    observer.observe(&Observation { file: &file.display().to_string(), number: decoded.number, seen });
    Ok(())
}
