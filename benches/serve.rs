//! Our side of `scripts/bench.sh`: started once, then asked over standard input, one line a question, one line of JSON
//! an answer, so that neither start-up nor loading counts.
//!
//! | question | answer |
//! |---|---|
//! | `plate FILE` | writes the plate; its size in bytes |
//! | `plates FOLDER N WIDTH HEIGHT` | writes N plates as a shot, `plate.1001.exr` and so on; their size in bytes |
//! | `decode ours FILE N` | decodes FILE to 32-bit float planes N times; milliseconds of each |
//! | `decode half FILE N` | the same, the planes left in the file's own type |
//! | `decode exr FILE N` | the same with the `exr` crate |
//! | `dump DECODER FILE OUT` | writes the float planes R, G, B to OUT, machine byte order |
//! | `render VIEW FILE N` | R, G, B of FILE to 16-bit Rec.709 codes N times; milliseconds of each |
//! | `resize WIDTH HEIGHT FILE N` | R, G, B of FILE as 32-bit floats of another size N times, triangle filter; milliseconds of each |
//! | `dump-render VIEW FILE OUT` | writes those codes to OUT, interleaved, machine byte order |
//!
//! The number of threads is `RAYON_NUM_THREADS`.

mod plates;

use std::error::Error;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use blender_gsd::color::{Display, Processor, View, ViewTransform};
use blender_gsd::exr::{self as ours, Header, Limits, Request};
use blender_gsd::frame::Frame;
use blender_gsd::frame::resample::{Filter, Fit, Resampler};
use blender_gsd::native::FileSource;
use blender_gsd::picture::LayerPicture;
use exr::prelude::{FlatSamples, ReadChannels as _, ReadLayers as _, read};
use half::slice::HalfFloatSliceExt as _;
use plates::Take;

/// Strength of the grain of plates that are encoded: 1.5 % of full scale at middle grey after the view, a fine-grained stock.
/// (That of plates that are only decoded matters to ZIP alone.)
const MOVING_GRAIN: f32 = 0.03;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut server = Server::default();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split('\t').collect();
        let answer = match server.answer(&words) {
            Ok(answer) => answer,
            Err(error) => serde_json::json!({ "error": error.to_string() }),
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

/// What is kept from one question to the next.
#[derive(Default)]
struct Server {
    /// Output memory, used again as a batch or a player does.
    frame: Frame,
    floats: [Vec<f32>; 3],
    codes: Vec<u16>,
    rows: Vec<f32>,
    /// The file that was rendered last, and its picture.
    rendering: Option<(PathBuf, Rendering)>,
}

impl Server {
    fn answer(&mut self, words: &[&str]) -> Outcome<serde_json::Value> {
        let answer = match *words {
            ["plate", file] => {
                let bytes = plates::zip(plates::WIDTH, plates::HEIGHT, Take::STILL)?;
                std::fs::write(file, &bytes)?;
                bytes.len().into()
            }
            ["plates", folder, count, width, height] => {
                let mut total = 0;
                for time in 0..count.parse()? {
                    let bytes = plates::zip(width.parse()?, height.parse()?, Take { time, grain: MOVING_GRAIN })?;
                    total += bytes.len();
                    std::fs::write(Path::new(folder).join(format!("plate.{}.exr", 1001 + time)), bytes)?;
                }
                total.into()
            }
            ["decode", decoder, file, count] => {
                let decoder = Decoder::named(decoder)?;
                times(count, || self.decode(decoder, Path::new(file)))?
            }
            ["dump", decoder, file, out] => {
                self.decode(Decoder::named(decoder)?, Path::new(file))?;
                let bytes = self.float_bytes(Decoder::named(decoder)?);
                std::fs::write(out, bytes)?;
                true.into()
            }
            ["render", view, file, count] => {
                let mut codes = std::mem::take(&mut self.codes);
                let picture = self.rendering(Path::new(file))?;
                let processor = picture.processor(view)?;
                let taken = times(count, || picture.codes(&processor, &mut codes))?;
                self.codes = codes;
                taken
            }
            ["dump-render", view, file, out] => {
                let picture = self.rendering(Path::new(file))?;
                let mut codes = Vec::new();
                picture.codes(&picture.processor(view)?, &mut codes)?;
                std::fs::write(out, bytemuck::cast_slice::<u16, u8>(&codes))?;
                true.into()
            }
            ["resize", width, height, file, count] => {
                let target = [width.parse()?, height.parse()?];
                let mut rows = std::mem::take(&mut self.rows);
                let picture = self.rendering(Path::new(file))?;
                let taken = times(count, || picture.resize(target, &mut rows))?;
                self.rows = rows;
                taken
            }
            _ => return Err(format!("not understood: {words:?}").into()),
        };
        Ok(answer)
    }

    /// What the decoder has left, plane by plane.
    fn float_bytes(&self, decoder: Decoder) -> Vec<u8> {
        match decoder {
            Decoder::Crate => self.floats.iter().flat_map(|plane| bytemuck::cast_slice(plane)).copied().collect(),
            Decoder::Half | Decoder::Ours => {
                self.frame.planes.iter().flat_map(|plane| plane.samples.bytes()).copied().collect()
            }
        }
    }

    fn decode(&mut self, decoder: Decoder, file: &Path) -> Outcome<()> {
        match decoder {
            Decoder::Half => self.decode_ours(file, ours::decode_into),
            Decoder::Ours => self.decode_ours(file, ours::decode_float_into),
            Decoder::Crate => self.decode_crate(file),
        }
    }

    fn decode_ours(&mut self, file: &Path, decode: DecodeInto) -> Outcome<()> {
        let (source, limits) = (FileSource::open(file)?, Limits::default());
        let header = Header::read(&source, &limits)?;
        let request = Request { part: 0, channels: rgb(&header)?, bands: None };
        decode(&source, &header, &request, &limits, &mut self.frame)?;
        Ok(())
    }

    fn rendering(&mut self, file: &Path) -> Outcome<&Rendering> {
        let held = match self.rendering.take() {
            Some(held) if held.0 == file => held,
            _ => (file.to_owned(), Rendering::open(file)?),
        };
        Ok(&self.rendering.insert(held).1)
    }

    /// By whole planes, then converted: faster than the crate's way of asking for every pixel as floats.
    fn decode_crate(&mut self, file: &Path) -> Outcome<()> {
        let reader =
            read().no_deep_data().largest_resolution_level().all_channels().first_valid_layer().all_attributes();
        let reader =
            if std::env::var("RAYON_NUM_THREADS").as_deref() == Ok("1") { reader.non_parallel() } else { reader };
        let image = reader.from_file(file)?;
        for (name, floats) in ["R", "G", "B"].into_iter().zip(&mut self.floats) {
            let channel = image.layer_data.channel_data.list.iter().find(|channel| channel.name.eq(name));
            let channel = channel.ok_or_else(|| format!("there is no channel {name}"))?;
            floats.resize(channel.sample_data.len(), 0.0);
            match &channel.sample_data {
                FlatSamples::F16(samples) => samples.convert_to_f32_slice(floats),
                FlatSamples::F32(samples) => floats.copy_from_slice(samples),
                FlatSamples::U32(_) => return Err("integers are no colour".into()),
            }
        }
        Ok(())
    }
}

/// [`ours::decode_into`] or [`ours::decode_float_into`].
type DecodeInto = fn(&FileSource, &Header, &Request, &Limits, &mut Frame) -> blender_gsd::Result<()>;

/// Who decodes, and to what.
#[derive(Clone, Copy)]
enum Decoder {
    /// We, to 32-bit floats.
    Ours,
    /// We, to the file's own type.
    Half,
    /// The `exr` crate, to 32-bit floats.
    Crate,
}

impl Decoder {
    fn named(name: &str) -> Outcome<Self> {
        match name {
            "ours" => Ok(Self::Ours),
            "half" => Ok(Self::Half),
            "exr" => Ok(Self::Crate),
            _ => Err(format!("there is no decoder {name:?}").into()),
        }
    }
}

/// A decoded picture and the view it is rendered through.
struct Rendering {
    header: Header,
    frame: Frame,
}

impl Rendering {
    fn open(file: &Path) -> Outcome<Self> {
        let (source, limits) = (FileSource::open(file)?, Limits::default());
        let header = Header::read(&source, &limits)?;
        let request = Request { part: 0, channels: rgb(&header)?, bands: None };
        let frame = ours::decode(&source, &header, &request, &limits)?;
        Ok(Self { header, frame })
    }

    fn processor(&self, view: &str) -> Outcome<Processor> {
        let view = View::ALL.into_iter().find(|known| known.id() == view).ok_or_else(|| format!("no view {view:?}"))?;
        let transform = ViewTransform { view, display: Display::Rec709, exposure: 0.0 };
        Ok(transform.processor(&self.frame.color_space)?)
    }

    /// Leaves the picture in `codes`, as OpenColorIO is given memory to leave it in.
    fn codes(&self, processor: &Processor, codes: &mut Vec<u16>) -> Outcome<()> {
        let layers = ours::layers(&self.header);
        let (index, _) = ours::default_layer(&self.header, &layers).ok_or("there is no picture")?;
        let picture = LayerPicture::new(&self.frame, self.header.part(0)?, &layers[index])?;
        codes.resize(3 * picture.window().area() as usize, 0);
        picture.write_rgb16(processor, codes);
        Ok(())
    }

    /// Leaves the picture's rows of another size in `output`, R, G, B of each in turn.
    fn resize(&self, target: [u32; 2], output: &mut Vec<f32>) -> Outcome<()> {
        let window = self.frame.display_window;
        let resampler = Resampler::new([window.width, window.height], target, Fit::Squeeze, Filter::Triangle)?;
        let width = window.width as usize;
        output.resize(3 * target[0] as usize * target[1] as usize, 0.0);
        let mut rows = output.chunks_exact_mut(target[0] as usize);
        let read = |y: usize, channels: [&mut [f32]; 3]| {
            for (plane, channel) in self.frame.planes.iter().zip(channels) {
                plane.samples.read_f32(y * width, channel);
            }
        };
        resampler.run(0..target[1] as usize, read, |_, channels| {
            for (channel, row) in channels.into_iter().zip(&mut rows) {
                row.copy_from_slice(channel);
            }
        });
        Ok(())
    }
}

/// R, G and B by their places in the first part.
fn rgb(header: &Header) -> Outcome<Vec<usize>> {
    let channels = &header.part(0)?.channels;
    let place = |name: &str| channels.iter().position(|channel| channel.name == name);
    ["R", "G", "B"]
        .into_iter()
        .map(|name| place(name).ok_or_else(|| format!("there is no channel {name}").into()))
        .collect()
}

/// Milliseconds of each of `count` runs.
fn times(count: &str, mut work: impl FnMut() -> Outcome<()>) -> Outcome<serde_json::Value> {
    let mut times = Vec::new();
    for _ in 0..count.parse::<usize>()? {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(times.into())
}
