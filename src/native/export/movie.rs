//! One movie: frames are made into planes, these into ProRes if that is what it is, and what became of them goes into
//! ffmpeg's pipe, two at a time.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::lettering::Lettering;
use super::samples::Samples;
use super::source::Decoded;
use crate::color::Processor;
use crate::deliverable::Deliverable;
use crate::native::ffmpeg::{Encoding, Ffmpeg};
use crate::native::process::Process;
use crate::picture::LayerPicture;
use crate::{Error, Result, prores};

/// Frames between us and the encoder: one being made, one on its way. The pipe and the encoder hold more.
const BUFFERS: usize = 2;
/// An encoder that takes nothing for so long has hung.
const PATIENCE: Duration = Duration::from_secs(300);

/// A movie in the making.
pub(super) struct MovieWriter<'a> {
    deliverable: &'a Deliverable,
    lettering: Option<&'a Lettering>,
    /// Where ffmpeg gets frames of ProRes and not their planes.
    prores: Option<ProRes>,
    work: Option<SyncSender<Work>>,
    spares: Receiver<Vec<u8>>,
    thread: Option<JoinHandle<Result<Vec<String>>>>,
    samples: Option<Samples>,
    /// The file in the making.
    path: PathBuf,
}

/// Our own encoder, and the planes that it gets.
struct ProRes {
    encoder: prores::Encoder,
    stream: prores::Stream,
    planes: Vec<u8>,
}

enum Work {
    /// What comes before it, and the frame.
    Frame(Vec<u8>, Vec<u8>),
    /// Nothing comes any more, and everything came.
    End,
}

impl<'a> MovieWriter<'a> {
    /// Starts ffmpeg, which is to write `encoding` to `path`; `frames` will come, and a slate before them if `lettering` has
    /// one.
    ///
    /// # Errors
    /// If it cannot be started.
    pub(super) fn start(
        ffmpeg: &Ffmpeg,
        encoding: &Encoding<'_>,
        path: &Path,
        deliverable: &'a Deliverable,
        lettering: Option<&'a Lettering>,
        frames: usize,
    ) -> Result<Self> {
        let prores = match encoding.prores() {
            Some((settings, stream)) => {
                Some(ProRes { encoder: prores::Encoder::new(settings)?, stream, planes: Vec::new() })
            }
            None => None,
        };
        let mut command = ffmpeg.command();
        command.args(encoding.arguments(path)).stdin(Stdio::piped());
        let process = Process::spawn(&mut command, PATIENCE)?;
        let stdin = process.take_stdin().ok_or_else(|| Error::tool("ffmpeg has no stdin", ""))?;
        let (work, todo) = sync_channel(BUFFERS);
        let (give_back, spares) = channel();
        for _ in 0..BUFFERS {
            // The receiver is in our hands.
            let _ = give_back.send(Vec::new());
        }
        let thread = thread::spawn(move || {
            let fed = feed(&process, stdin, &todo, |buffer| {
                let _ = give_back.send(buffer);
            });
            // What the encoder says of itself explains a broken pipe.
            match fed {
                Ok(true) => process.finish(),
                Ok(false) => Ok(Vec::new()),
                Err(error) => process.finish().and(Err(Error::unwritten(error))),
            }
        });
        let lead = lettering.map_or(0, Lettering::lead);
        let samples = Some(Samples::new(deliverable.layout(), deliverable.size(), lead, frames));
        let (work, thread, path) = (Some(work), Some(thread), path.to_owned());
        Ok(Self { deliverable, lettering, prores, work, spares, thread, samples, path })
    }

    /// Makes the planes of a frame and passes them on; waits while the encoder is behind.
    ///
    /// # Errors
    /// If the encoder has failed.
    pub(super) fn frame(&mut self, decoded: &Decoded, picture: &LayerPicture<'_>, processor: &Processor) -> Result<()> {
        let Self { deliverable, lettering, .. } = *self;
        let lead = lettering.map_or(0, Lettering::lead);
        if let Some(lettering) = lettering.filter(|_| lead > 0 && decoded.index == 0) {
            self.make(0, |planes| lettering.draw_slate(deliverable, picture, processor, planes))?;
        }
        self.make(lead + decoded.index, |planes| {
            let overlay = lettering.map(|lettering| lettering.overlay(deliverable.size(), decoded.number));
            deliverable.render_under(picture, processor, &overlay.unwrap_or_default(), planes);
            Ok(())
        })
    }

    /// The frame at that place of the movie, on its way as soon as there is room.
    fn make(&mut self, place: usize, fill: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<()> {
        let Ok(mut buffer) = self.spares.recv() else { return self.finish().map(|_| ()) };
        let planes = self.prores.as_mut().map_or(&mut buffer, |prores| &mut prores.planes);
        planes.resize(self.deliverable.frame_bytes(), 0);
        fill(planes)?;
        if let Some(samples) = &mut self.samples {
            samples.take(place, planes);
        }
        let mut head = Vec::new();
        if let Some(ProRes { encoder, stream, planes }) = &mut self.prores {
            encoder.encode(planes, &mut buffer);
            head = stream.before(buffer.len());
        }
        let is_taken = self.work.as_ref().is_some_and(|work| work.send(Work::Frame(head, buffer)).is_ok());
        if is_taken { Ok(()) } else { self.finish().map(|_| ()) }
    }

    /// Says that everything came: the encoder has [`PATIENCE`] for what is left, and for putting the index in front.
    pub(super) fn end(&mut self) {
        if let Some(work) = self.work.take() {
            let _ = work.send(Work::End);
        }
    }

    /// Waits for the encoder's end: what was sent, and what the encoder had to say.
    ///
    /// # Errors
    /// If it has failed, or not everything came.
    pub(super) fn finish(&mut self) -> Result<(Samples, Vec<String>)> {
        self.end();
        match (self.thread.take().map(JoinHandle::join), self.samples.take()) {
            (Some(Ok(words)), Some(samples)) => Ok((samples, words?)),
            _ => Err(Error::tool("the encoder's writer ended early", "")),
        }
    }
}

impl Drop for MovieWriter<'_> {
    /// Without [`Work::End`] the encoder is killed, not brought to an end that looks whole. What did not get its final name
    /// is taken away.
    fn drop(&mut self) {
        drop(self.work.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Writes frames into the pipe until the end; `Ok(false)` if they stop coming before.
fn feed(
    process: &Process,
    mut stdin: ChildStdin,
    todo: &Receiver<Work>,
    give_back: impl Fn(Vec<u8>),
) -> std::io::Result<bool> {
    let pulse = process.pulse();
    pulse.rest();
    while let Ok(work) = todo.recv() {
        pulse.beat();
        match work {
            Work::Frame(head, frame) => {
                stdin.write_all(&head)?;
                // In pieces: a slow encoder takes seconds for a frame, and every piece is progress.
                for piece in frame.chunks(1 << 20) {
                    stdin.write_all(piece)?;
                    pulse.beat();
                }
                give_back(frame);
            }
            Work::End => return Ok(true),
        }
        pulse.rest();
    }
    Ok(false)
}

/// The name under which a movie is written until it is whole: hidden, in the folder it will be in.
pub(super) fn partial(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.part"))
}
