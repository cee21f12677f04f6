//! Writing a master anew, as few rows at a time as the composite's own chunks allow.

use std::io::{Seek, Write};
use std::ops::Range;

use half::f16;
use half::slice::HalfFloatSliceExt;

use super::channels::{Plan, Planned, Triple};
use super::{Wanted, color_tags, compression, metadata, time_tags};
use crate::error::Place;
use crate::exr::{self, ByteSource, Header, Limits, Outline, Request, Writer};
use crate::frame::resample::{Filter, Fit, Resampler};
use crate::frame::{Frame, Region, SampleType, Samples};
use crate::{Error, Result, par};

/// Rows that are in memory at once, at the least: enough for every thread to have a block.
const ROWS: usize = 128;
/// The largest finite half.
const LARGEST_HALF: f32 = 65504.0;

/// Writes the master of the frame in `source` to `sink`: every channel, colour in linear AP1, at the format's size.
///
/// Light and coverage are resampled; ids, depths and vectors are taken from the nearest pixel. Colour keeps its precision or
/// gets the format's, whichever is finer; finite values beyond the range of a half become its largest.
///
/// # Errors
/// If a row cannot be read, no master can hold the channels, or the system refuses to write.
pub fn rewrite<S: ByteSource + ?Sized, W: Write + Seek>(
    source: &S,
    header: &Header,
    wanted: &Wanted<'_>,
    limits: &Limits,
    sink: W,
) -> Result<W> {
    let plan = Plan::new(header, wanted)?;
    let [data, display] = plan.windows;
    let [width, height] = wanted.spec.resolution;
    let reader = Reader { source, header, limits, plan: &plan };
    let keeps_size = [display.width, display.height] == [width, height];
    let windows = if keeps_size { [data, display] } else { [Region::new(0, 0, width, height); 2] };
    let outline = outline(header, &plan, windows, wanted)?;
    let mut writer = Writer::new(sink, &outline)?;
    if keeps_size {
        let rows = rows_at_once(header, outline.lines());
        for top in (0..data.height as usize).step_by(rows) {
            let samples = reader.rows(top..(top + rows).min(data.height as usize))?;
            writer.write(&convert(samples, &plan).iter().collect::<Vec<_>>())?;
        }
    } else {
        let resampler = Resampler::new([display.width, display.height], [width, height], Fit::Crop, Filter::Triangle)?;
        let samples = resize(reader.rows(0..data.height as usize)?, &plan, &resampler);
        writer.write(&convert(samples, &plan).iter().collect::<Vec<_>>())?;
    }
    writer.finish()
}

fn outline(header: &Header, plan: &Plan, windows: [Region; 2], wanted: &Wanted<'_>) -> Result<Outline> {
    let channels = plan.channels.iter().map(|channel| (channel.name.clone(), channel.kind)).collect();
    let mut attributes = color_tags(true);
    attributes.extend(time_tags(wanted));
    attributes.extend(metadata(wanted));
    let kept = Plan::attributes(header).into_iter();
    let kept: Vec<_> = kept.filter(|kept| !attributes.iter().any(|own| own.name == kept.name)).collect();
    attributes.extend(kept);
    Outline::new(windows, channels, attributes, compression(wanted.spec))
}

/// A number of rows that cuts neither the blocks that are written nor, if they are not absurd, the chunks that are read.
fn rows_at_once(header: &Header, lines: usize) -> usize {
    let chunk = |part: &exr::Part| part.band_region(0..1).height.max(1) as usize;
    let tallest = header.parts.iter().map(chunk).max().unwrap_or(1);
    let fitting = lines * tallest / greatest_common_divisor(lines, tallest);
    ROWS.div_ceil(fitting) * fitting
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

struct Reader<'a, S: ?Sized> {
    source: &'a S,
    header: &'a Header,
    limits: &'a Limits,
    plan: &'a Plan,
}

impl<S: ByteSource + ?Sized> Reader<'_, S> {
    /// The samples of every channel in the plan's order, in rows counted from the data window's top.
    fn rows(&self, rows: Range<usize>) -> Result<Vec<Samples>> {
        let mut samples: Vec<Option<Samples>> = self.plan.channels.iter().map(|_| None).collect();
        for (number, part) in self.header.parts.iter().enumerate() {
            let places: Vec<usize> = (0..part.channels.len()).collect();
            let chunk = part.band_region(0..1).height.max(1) as usize;
            let bands = rows.start / chunk..rows.end.div_ceil(chunk);
            let first = bands.start * chunk;
            let request = Request { part: number, channels: places, bands: Some(bands) };
            let mut frame = Frame::default();
            exr::decode_into(self.source, self.header, &request, self.limits, &mut frame)?;
            if let Some(missing) = frame.missing.first() {
                let what = format!("rows cannot be read: {}", missing.reason);
                return Err(Error::malformed(Place::default(), what).in_part(number));
            }
            let width = frame.data_window.width as usize;
            let cut = (rows.start - first) * width..(rows.end - first) * width;
            for (place, plane) in frame.planes.into_iter().enumerate() {
                if let Some(index) = self.plan.channels.iter().position(|channel| channel.source == (number, place)) {
                    samples[index] = Some(part_of(plane.samples, cut.clone()));
                }
            }
        }
        let complete: Option<Vec<Samples>> = samples.into_iter().collect();
        complete.ok_or_else(|| Error::malformed(Place::default(), "a channel was not decoded"))
    }
}

/// A run of samples; all of them without a copy.
fn part_of(samples: Samples, range: Range<usize>) -> Samples {
    if range == (0..samples.len()) {
        return samples;
    }
    match samples {
        Samples::Uint(samples) => Samples::Uint(samples[range].to_vec()),
        Samples::Half(samples) => Samples::Half(samples[range].to_vec()),
        Samples::Float(samples) => Samples::Float(samples[range].to_vec()),
    }
}

/// Turns colour to AP1, and gives every channel its type.
fn convert(mut samples: Vec<Samples>, plan: &Plan) -> Vec<Samples> {
    for Triple { channels, matrix } in &plan.triples {
        let mut rgb = channels.map(|channel| samples[channel].to_f32());
        turn(&mut rgb, matrix);
        for (channel, values) in channels.iter().zip(rgb) {
            samples[*channel] = Samples::Float(values);
        }
    }
    let typed = |(samples, channel): (Samples, &Planned)| match (channel.kind, &samples) {
        (SampleType::Half, Samples::Float(values)) => Samples::Half(to_half(values)),
        (SampleType::Float, Samples::Half(_)) => Samples::Float(samples.to_f32()),
        _ => samples,
    };
    samples.into_iter().zip(&plan.channels).map(typed).collect()
}

/// NaN and infinity stay what they are: a fault is to be found, not hidden.
fn turn([r, g, b]: &mut [Vec<f32>; 3], matrix: &[[f64; 3]; 3]) {
    let m = matrix.map(|row| row.map(|value| value as f32));
    for ((r, g), b) in r.iter_mut().zip(g).zip(b) {
        let v = [*r, *g, *b];
        let dot = |row: [f32; 3]| row[0] * v[0] + row[1] * v[1] + row[2] * v[2];
        (*r, *g, *b) = (dot(m[0]), dot(m[1]), dot(m[2]));
    }
}

fn to_half(values: &[f32]) -> Vec<f16> {
    let inside = |&value: &f32| if value.is_finite() { value.clamp(-LARGEST_HALF, LARGEST_HALF) } else { value };
    let values: Vec<f32> = values.iter().map(inside).collect();
    let mut halves = vec![f16::ZERO; values.len()];
    halves.convert_from_f32_slice(&values);
    halves
}

/// Every channel at the target's size; black where the data window has no samples.
fn resize(samples: Vec<Samples>, plan: &Plan, resampler: &Resampler) -> Vec<Samples> {
    let nearest = resampler.nearest();
    let jobs: Vec<(Samples, &Planned)> = samples.into_iter().zip(&plan.channels).collect();
    par::map_init(
        jobs,
        || (),
        |(), (samples, channel)| match channel.is_smooth {
            true => smooth(&samples, plan.windows, resampler),
            false => pick(&samples, plan.windows, &nearest),
        },
    )
}

fn smooth(samples: &Samples, [data, display]: [Region; 2], resampler: &Resampler) -> Samples {
    let [width, height] = resampler.target_size();
    let mut target = vec![0.0; width * height];
    let read = |y: usize, [row]: [&mut [f32]; 1]| {
        let line = Region::new(display.x, (i64::from(display.y) + y as i64) as i32, display.width, 1);
        let shared = line.intersection(&data);
        row.fill(0.0);
        if !shared.is_empty() {
            let skip = (shared.x - display.x) as usize;
            let start = (shared.y - data.y) as usize * data.width as usize + (shared.x - data.x) as usize;
            samples.read_f32(start, &mut row[skip..skip + shared.width as usize]);
        }
    };
    resampler.run::<1>(0..height, read, |y, [row]| target[y * width..(y + 1) * width].copy_from_slice(row));
    Samples::Float(target)
}

fn pick(samples: &Samples, windows: [Region; 2], nearest: &[Vec<Option<usize>>; 2]) -> Samples {
    match samples {
        Samples::Uint(samples) => Samples::Uint(picked(samples, windows, nearest)),
        Samples::Half(samples) => Samples::Half(picked(samples, windows, nearest)),
        Samples::Float(samples) => Samples::Float(picked(samples, windows, nearest)),
    }
}

fn picked<T: Copy + Default>(
    samples: &[T],
    [data, display]: [Region; 2],
    [columns, rows]: &[Vec<Option<usize>>; 2],
) -> Vec<T> {
    let place = |origin: i32, inside: i32, length: u32, index: Option<usize>| -> Option<usize> {
        let place = i64::from(origin) + index? as i64 - i64::from(inside);
        usize::try_from(place).ok().filter(|&place| place < length as usize)
    };
    let columns: Vec<_> = columns.iter().map(|&column| place(display.x, data.x, data.width, column)).collect();
    let mut target = Vec::with_capacity(columns.len() * rows.len());
    for &row in rows {
        let row = place(display.y, data.y, data.height, row);
        target.extend(columns.iter().map(|&column| match (row, column) {
            (Some(row), Some(column)) => samples[row * data.width as usize + column],
            _ => T::default(),
        }));
    }
    target
}
