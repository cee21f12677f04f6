//! What the numbers of every channel of a file are like.

use serde::Serialize;

use crate::exr::{self, ByteSource, Header, Limits, Part, Request};
use crate::frame::{Frame, Plane, Region, SampleType, Samples};
use crate::{Error, Result, par};

/// Samples that are held in memory at once, in bytes, as far as the file's chunks allow: bands are read in runs, so that
/// a file with a hundred channels needs no more than one with three.
const RUN_BYTES: u64 = 128 << 20;
/// Samples that are turned into floats at a time: what stays in the nearest cache.
const BLOCK: usize = 2048;

/// The numbers of one channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChannelStatistics {
    /// Number of the part.
    pub part: usize,
    /// Full name.
    pub channel: String,
    /// Smallest finite value; none where there is no finite value.
    pub min: Option<f64>,
    /// Largest finite value.
    pub max: Option<f64>,
    /// Mean of the finite values.
    pub mean: Option<f64>,
    /// Samples that are finite numbers.
    pub finite: u64,
    /// Samples that are not a number.
    pub nan: u64,
    /// Samples that are infinite, either sign.
    pub infinite: u64,
    /// Finite samples below zero.
    pub negative: u64,
}

/// The numbers of a whole file, and what of it could not be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Statistics {
    /// Part by part, in the order of their channels.
    pub channels: Vec<ChannelStatistics>,
    /// Areas and parts that are not in the numbers, in words.
    pub missing: Vec<String>,
}

/// Decodes every part of the file and counts.
///
/// Damaged areas and parts that cannot be decoded are left out and named; they do not make it fail.
pub fn of_file<S: ByteSource + ?Sized>(source: &S, header: &Header, limits: &Limits) -> Statistics {
    let mut statistics = Statistics::default();
    for (number, part) in header.parts.iter().enumerate() {
        match of_part(source, header, number, part, limits) {
            Ok((counts, missing)) => {
                let names = part.channels.iter().map(|channel| channel.name.as_str());
                let facts = names.zip(counts).map(|(name, counts)| counts.finish(number, name));
                statistics.channels.extend(facts);
                statistics.missing.extend(missing);
            }
            Err(error) => statistics.missing.push(error.in_part(number).to_string()),
        }
    }
    statistics
}

fn of_part<S: ByteSource + ?Sized>(
    source: &S,
    header: &Header,
    number: usize,
    part: &Part,
    limits: &Limits,
) -> Result<(Vec<Counts>, Vec<String>)> {
    part.check_readable()?;
    let band_bytes = part.band_region(0..1).area().saturating_mul(part.pixel_bytes() as u64).max(1);
    let run = usize::try_from(RUN_BYTES / band_bytes).unwrap_or(usize::MAX).max(1);
    let mut counts = vec![Counts::default(); part.channels.len()];
    let mut missing = Vec::new();
    let mut frame = Frame::default();
    for first in (0..part.band_count()).step_by(run) {
        let bands = first..first.saturating_add(run).min(part.band_count());
        let request =
            Request { part: number, channels: (0..part.channels.len()).collect(), bands: Some(bands.clone()) };
        match exr::decode_into(source, header, &request, limits, &mut frame) {
            Ok(()) => {
                let segments = segments(&frame);
                let jobs: Vec<&Plane> = frame.planes.iter().collect();
                let found = par::map_init(jobs, || (), |(), plane| Counts::of(plane, &segments));
                counts.iter_mut().zip(&found).for_each(|(all, run)| all.add(run));
                missing.extend(frame.missing.iter().map(|area| format!("{}: {}", area.region, area.reason)));
            }
            // Nothing of the run can be read; the next one may be sound.
            Err(Error::Input(error)) => missing.push(format!("{}: {error}", part.band_region(bands))),
            Err(error) => return Err(error),
        }
    }
    Ok((counts, missing))
}

/// The runs of samples that were read, as ranges over a plane.
fn segments(frame: &Frame) -> Vec<std::ops::Range<usize>> {
    let window = frame.data_window;
    let width = window.width as usize;
    if frame.missing.is_empty() {
        return std::iter::once(0..width * window.height as usize).collect();
    }
    let mut segments = Vec::new();
    for row in 0..window.height {
        let y = i64::from(window.y) + i64::from(row);
        let start = row as usize * width;
        let is_hit = |area: &&Region| i64::from(area.y) <= y && y < area.bottom();
        let mut holes: Vec<(usize, usize)> = (frame.missing.iter().map(|missing| &missing.region).filter(is_hit))
            .map(|area| {
                let column = |x: i64| (x - i64::from(window.x)).clamp(0, width as i64) as usize;
                (column(area.x.into()), column(area.right()))
            })
            .collect();
        holes.sort_unstable();
        let mut at = 0;
        for (from, to) in holes {
            if from > at {
                segments.push(start + at..start + from);
            }
            at = at.max(to);
        }
        if at < width {
            segments.push(start + at..start + width);
        }
    }
    segments
}

/// What is counted.
#[derive(Debug, Clone)]
struct Counts {
    min: f64,
    max: f64,
    sum: f64,
    finite: u64,
    nan: u64,
    infinite: u64,
    negative: u64,
}

impl Default for Counts {
    fn default() -> Self {
        Self { min: f64::INFINITY, max: f64::NEG_INFINITY, sum: 0.0, finite: 0, nan: 0, infinite: 0, negative: 0 }
    }
}

impl Counts {
    fn of(plane: &Plane, segments: &[std::ops::Range<usize>]) -> Self {
        let mut counts = Self::default();
        let mut buffer = [0.0_f32; BLOCK];
        for segment in segments {
            match &plane.samples {
                // Not through floats: ids must keep every digit.
                Samples::Uint(samples) => counts.integers(&samples[segment.clone()]),
                samples => {
                    for start in segment.clone().step_by(BLOCK) {
                        let block = &mut buffer[..BLOCK.min(segment.end - start)];
                        samples.read_f32(start, block);
                        counts.floats(block);
                    }
                }
            }
        }
        debug_assert!(plane.samples.kind() != SampleType::Uint || counts.nan + counts.infinite == 0);
        counts
    }

    fn integers(&mut self, samples: &[u32]) {
        let (Some(&min), Some(&max)) = (samples.iter().min(), samples.iter().max()) else { return };
        self.min = self.min.min(min.into());
        self.max = self.max.max(max.into());
        // 2^32 samples of 2^32 fit.
        self.sum += samples.iter().map(|&sample| u64::from(sample)).sum::<u64>() as f64;
        self.finite += samples.len() as u64;
    }

    fn floats(&mut self, block: &[f32]) {
        // Almost every block is clean; then these are plain loops that the compiler makes wide.
        if block.iter().fold(true, |clean, value| clean & value.is_finite()) {
            let (min, max) = block
                .iter()
                .fold((f32::INFINITY, f32::NEG_INFINITY), |(min, max), &value| (min.min(value), max.max(value)));
            self.min = self.min.min(min.into());
            self.max = self.max.max(max.into());
            self.sum += block.iter().map(|&value| f64::from(value)).sum::<f64>();
            self.finite += block.len() as u64;
            self.negative += block.iter().filter(|&&value| value < 0.0).count() as u64;
            return;
        }
        for &value in block {
            if value.is_nan() {
                self.nan += 1;
            } else if value.is_infinite() {
                self.infinite += 1;
            } else {
                self.min = self.min.min(value.into());
                self.max = self.max.max(value.into());
                self.sum += f64::from(value);
                self.finite += 1;
                self.negative += u64::from(value < 0.0);
            }
        }
    }

    fn add(&mut self, other: &Self) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum += other.sum;
        self.finite += other.finite;
        self.nan += other.nan;
        self.infinite += other.infinite;
        self.negative += other.negative;
    }

    fn finish(self, part: usize, channel: &str) -> ChannelStatistics {
        let if_any = |value: f64| (self.finite > 0).then_some(value);
        ChannelStatistics {
            part,
            channel: channel.to_owned(),
            min: if_any(self.min),
            max: if_any(self.max),
            mean: if_any(self.sum / self.finite as f64),
            finite: self.finite,
            nan: self.nan,
            infinite: self.infinite,
            negative: self.negative,
        }
    }
}
