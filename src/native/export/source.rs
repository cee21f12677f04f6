//! A shot's frames: which there are, and each decoded once.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use crate::color::ColorSpace;
use crate::convert::find_layer;
use crate::exr::{self, Header, Layer, LayerKind, Limits, Part, Request};
use crate::frame::Frame;
use crate::native::FileSource;
use crate::native::config::Composites;
use crate::native::frames::SequenceFiles;
use crate::native::journal::Stamp;
use crate::{Error, Result};

/// Bytes of a decoded frame up to which the next one is decoded meanwhile; larger ones are held one at a time.
const DECODED_AHEAD: u64 = 64 << 20;

/// The frames that are delivered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Source {
    /// By number.
    pub(super) frames: Vec<SourceFrame>,
    /// Width and height of the picture.
    pub(super) size: [u32; 2],
    /// Whether the picture's layer has alpha.
    pub(super) has_alpha: bool,
    /// The space of the first frame's colour.
    pub(super) space: ColorSpace,
    /// The layer by name, where the settings name one.
    pub(super) layer: Option<String>,
    /// The space by hand, where the settings name one.
    pub(super) chosen: Option<ColorSpace>,
    /// Whether the composite has more frames than these.
    pub(super) is_part: bool,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SourceFrame {
    /// Its number in the delivery.
    pub(super) number: i32,
    /// Its file as it was when the delivery was planned.
    pub(super) stamp: Stamp,
}

impl Source {
    /// The frames of a composite from first to last, by the numbers in their names. `start` is the first frame the
    /// composite has, whatever is delivered of it.
    ///
    /// # Errors
    /// If one is missing or there twice, or the first cannot be looked at.
    pub(super) fn new(files: &SequenceFiles, range: [i32; 2], start: i32, settings: &Composites) -> Result<Self> {
        let found = files.sequence.range().unwrap_or_default();
        let is_numbered = !files.sequence.suffix.is_empty();
        let numbered = files.sequence.frames.iter().zip(&files.paths);
        let wanted = numbered.filter(|(frame, _)| (range[0]..=range[1]).contains(&frame.number));
        let mut frames: Vec<SourceFrame> = Vec::new();
        for (frame, path) in wanted {
            if frames.last().is_some_and(|last| last.number == frame.number) {
                let what = format!("two files stand for frame {}", frame.number);
                return Err(Error::spec(what, "Remove one of them").in_file(path.display()));
            }
            frames.push(SourceFrame { number: frame.number, stamp: Stamp::of(path)? });
        }
        check_complete(&frames, range, found, files)?;
        // A file without a number is the first frame; else numbers stay, unless they are to be changed.
        if !is_numbered || settings.renumber {
            for frame in &mut frames {
                frame.number = renumbered(frame.number, start, settings)?;
            }
        }
        let first = frames.first().ok_or_else(|| Error::spec("there is no frame to deliver", ""))?;
        let chosen = settings.color_space.as_deref().map(ColorSpace::from_choice).transpose()?;
        let facts = Facts::read(&first.stamp.path, settings.layer.as_deref())?;
        Ok(Self {
            size: facts.size,
            has_alpha: facts.layer.alpha.is_some(),
            space: chosen.map_or(facts.space, Ok)?,
            layer: settings.layer.clone(),
            chosen,
            is_part: frames.len() < files.sequence.frames.len(),
            frames,
        })
    }

    /// Frames that Blender has yet to render: R, G, B, A of that size, in that space.
    ///
    /// # Errors
    /// If the settings are unsound.
    pub(super) fn expected(
        paths: impl Iterator<Item = (i32, PathBuf)>,
        start: i32,
        size: [u32; 2],
        space: ColorSpace,
        settings: &Composites,
    ) -> Result<Self> {
        let frame = |(number, path)| {
            let number = if settings.renumber { renumbered(number, start, settings)? } else { number };
            Ok(SourceFrame { number, stamp: Stamp { path, bytes: 0, modified: 0 } })
        };
        let chosen = settings.color_space.as_deref().map(ColorSpace::from_choice).transpose()?;
        Ok(Self {
            frames: paths.map(frame).collect::<Result<_>>()?,
            size,
            has_alpha: true,
            space: chosen.unwrap_or(space),
            layer: settings.layer.clone(),
            chosen,
            is_part: false,
        })
    }

    /// First and last number in the delivery.
    pub(super) fn range(&self) -> [i32; 2] {
        let number = |frame: Option<&SourceFrame>| frame.map_or(0, |frame| frame.number);
        [number(self.frames.first()), number(self.frames.last())]
    }

    /// Starts to decode, on a thread of its own, one frame ahead where that takes little memory. Frames come in order.
    /// `wants_alpha` says whether anybody looks at it.
    pub(super) fn decode<'scope, 'env>(
        &'env self,
        wants_alpha: bool,
        scope: &'scope Scope<'scope, 'env>,
    ) -> Decoding<'scope> {
        let (done, results) = sync_channel(0);
        let (give_back, spares) = channel();
        let thread = scope.spawn(move || self.decode_all(wants_alpha, &done, &spares));
        Decoding { results, give_back, _thread: thread }
    }

    fn decode_all(&self, wants_alpha: bool, done: &SyncSender<Result<Decoded>>, spares: &Receiver<Frame>) {
        let (mut held, mut buffers) = (0, 0);
        for (index, at) in self.frames.iter().enumerate() {
            // The first frame tells how large they are; a second one is begun only where there is room.
            let is_room = buffers == 0 || (buffers == 1 && held <= DECODED_AHEAD);
            let buffer = if is_room { Some(Frame::default()) } else { spares.recv().ok() };
            let Some(buffer) = buffer else { return };
            buffers += usize::from(is_room);
            let decoded =
                self.decode_one(index, at, wants_alpha, buffer).map_err(|error| error.in_file(at.stamp.path.display()));
            held = decoded.as_ref().map_or(0, |decoded| decoded.frame.byte_size() as u64);
            let has_failed = decoded.is_err();
            if done.send(decoded).is_err() || has_failed {
                return;
            }
        }
    }

    fn decode_one(&self, index: usize, at: &SourceFrame, wants_alpha: bool, mut frame: Frame) -> Result<Decoded> {
        let limits = Limits::default();
        let source = FileSource::open(&at.stamp.path)?;
        let header = Header::read(&source, &limits)?;
        let mut layer = find_layer(&header, self.layer.as_deref())?;
        let window = header.part(layer.part)?.display_window;
        if [window.width, window.height] != self.size {
            let [width, height] = self.size;
            let what =
                format!("frame {} is {}x{}, the first is {width}x{height}", at.number, window.width, window.height);
            return Err(Error::spec(what, "Render the frames of a shot with one size"));
        }
        check_color(&layer)?;
        if !wants_alpha {
            layer.alpha = None;
        }
        let request = Request { part: layer.part, channels: layer.picture_channels(), bands: None };
        exr::decode_into(&source, &header, &request, &limits, &mut frame)?;
        if let Some(missing) = frame.missing.first() {
            let what =
                format!("frame {} is incomplete: {} cannot be read: {}", at.number, missing.region, missing.reason);
            return Err(
                Error::truncated(crate::error::Place::default(), what).with_next("Render or copy the frame again")
            );
        }
        let space = self.chosen.map_or_else(|| linear_space(header.part(layer.part)?), Ok)?;
        Ok(Decoded {
            index,
            number: at.number,
            path: at.stamp.path.clone(),
            header: Arc::new(header),
            layer,
            frame,
            space,
        })
    }
}

/// The number in the delivery of a frame whose composite begins at `start`.
fn renumbered(number: i32, start: i32, settings: &Composites) -> Result<i32> {
    let number = i64::from(number) - i64::from(start) + i64::from(settings.start_frame);
    i32::try_from(number).map_err(|_| Error::spec("frame numbers grow too large", "Change start_frame"))
}

/// Every frame from first to last is there, once.
fn check_complete(frames: &[SourceFrame], range: [i32; 2], found: [i32; 2], files: &SequenceFiles) -> Result<()> {
    let mut missing = Vec::new();
    let mut next = i64::from(range[0]);
    for number in frames.iter().map(|frame| i64::from(frame.number)).chain([i64::from(range[1]) + 1]) {
        match number - next {
            0 => {}
            1 => missing.push(next.to_string()),
            _ => missing.push(format!("{next} to {}", number - 1)),
        }
        next = number + 1;
    }
    if missing.is_empty() {
        return Ok(());
    }
    let word = if missing.len() == 1 && !missing[0].contains("to") { "frame" } else { "frames" };
    let verb = if word == "frame" { "is" } else { "are" };
    let what =
        format!("{word} {} {verb} missing: there are frames from {} to {}", missing.join(", "), found[0], found[1]);
    Err(Error::spec(what, "Render what is missing, or choose others with --frames").in_file(files.folder.display()))
}

fn check_color(layer: &Layer) -> Result<()> {
    if layer.kind == LayerKind::Color && layer.color[0] != layer.color[1] {
        return Ok(());
    }
    let what = format!("layer {:?} holds no colour", layer.name);
    Err(Error::spec(what, "Name the layer with the picture: `layer` under [composites] in gsd.toml"))
}

/// The space of a part's colours.
///
/// # Errors
/// If it says that they are no light.
fn linear_space(part: &Part) -> Result<ColorSpace> {
    match part.text("colorInteropID").filter(|id| ColorSpace::is_encoded_id(id)) {
        None => Ok(part.color_space()),
        Some(id) => Err(Error::spec(
            format!("colorInteropID says {id}: display values, where scene-linear light belongs"),
            "Render it before its view transform; if the tag is wrong, say what is there: `color_space` under \
             [composites] in gsd.toml",
        )),
    }
}

/// What a frame's header says.
struct Facts {
    size: [u32; 2],
    layer: Layer,
    space: Result<ColorSpace>,
}

impl Facts {
    fn read(path: &Path, layer: Option<&str>) -> Result<Self> {
        let read = || {
            let header = Header::read(&FileSource::open(path)?, &Limits::default())?;
            let layer = find_layer(&header, layer)?;
            check_color(&layer)?;
            let part = header.part(layer.part)?;
            let size = [part.display_window.width, part.display_window.height];
            Ok(Self { size, space: linear_space(part).map_err(|error| error.in_file(path.display())), layer })
        };
        read().map_err(|error: Error| error.in_file(path.display()))
    }
}

/// Frames as they come.
pub(super) struct Decoding<'scope> {
    results: Receiver<Result<Decoded>>,
    give_back: Sender<Frame>,
    _thread: ScopedJoinHandle<'scope, ()>,
}

impl Decoding<'_> {
    /// The next frame; `None` after the last.
    pub(super) fn next(&self) -> Option<Result<Decoded>> {
        self.results.recv().ok()
    }

    /// Returns a frame's memory for another.
    pub(super) fn give_back(&self, frame: Frame) {
        // The decoder may have no more to do.
        let _ = self.give_back.send(frame);
    }
}

/// A frame, decoded.
#[derive(Debug)]
pub(super) struct Decoded {
    /// Its place in the delivery, from 0.
    pub(super) index: usize,
    /// Its number in the delivery.
    pub(super) number: i32,
    pub(super) path: PathBuf,
    pub(super) header: Arc<Header>,
    /// The layer that is the picture; without its alpha where nobody looks at that.
    pub(super) layer: Layer,
    pub(super) frame: Frame,
    /// The space of its colour.
    pub(super) space: ColorSpace,
}
