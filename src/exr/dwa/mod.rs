//! DWA, lossy: colours by blocks of 8 x 8 through a cosine transform, alpha in runs, the rest deflated. DWAA has 32 lines a
//! chunk, DWAB 256.
//!
//! A chunk is eleven counters, the rules by which its channels are told apart, and four sections: what is kept as it is, the
//! blocks' coefficients but the first, the first ones, and the runs. Written from *Introduction*, "DWAA/DWAB", and from OpenEXR's
//! `internal_dwa_*.h`, which define the format in fact: its sums are made in the order of its AVX code, so that every bit is
//! the same.

mod blocks;
mod cosine;
mod counters;
mod linear;
mod rules;

use std::ops::Range;

use super::header::Channel;
use super::huffman;
use super::plane::Plane;
use super::restore::Restored;
use crate::error::Place;
use crate::frame::SampleType;
use crate::platform::Inflater;
use crate::{Error, Result};

use blocks::{Blocks, Coefficients};
use counters::{Counters, Room};
use rules::{Classes, Rule, Scheme};

/// Working memory of one thread.
#[derive(Default)]
pub(super) struct Unpacked {
    /// The chunk's samples, plane by plane.
    bytes: Vec<u8>,
    /// A section, inflated.
    section: Vec<u8>,
    /// A section's runs, written out.
    runs: Vec<u8>,
    /// The coefficients of all blocks but their first, and the first ones.
    ac: Vec<u16>,
    dc: Vec<u16>,
    code: huffman::Code,
}

impl Unpacked {
    /// Unpacks a chunk of those planes, which are of those channels.
    ///
    /// # Errors
    /// If it is damaged, or claims more than the planes have room for.
    pub(super) fn unpack(
        &mut self,
        data: &[u8],
        channels: &[Channel],
        planes: &[Plane],
        inflater: &mut Inflater,
    ) -> Result<()> {
        let mut rest = data;
        let counters = Counters::read(&mut rest).ok_or_else(|| damaged("it is too short for its counters"))?;
        let rules = if counters.version < 2 { rules::legacy() } else { Rule::read_all(&mut rest).map_err(damaged)? };
        let classes = Classes::new(channels, &rules);
        counters.check(&Room::new(&classes.schemes, planes)).map_err(damaged)?;
        let [unknown, ac, dc, rle] = counters.sections(rest).ok_or_else(|| damaged("its sections are cut off"))?;
        let ranges = ranges(planes);
        self.bytes.clear();
        self.bytes.resize(ranges.last().map_or(0, |range| range.end), 0);
        self.keep(unknown, &counters, &classes.schemes, &ranges, inflater).map_err(damaged)?;
        self.unroll(rle, &counters, &classes.schemes, channels, &ranges, inflater).map_err(damaged)?;
        self.read_coefficients([ac, dc], &counters, inflater).map_err(damaged)?;
        self.transform(&classes, channels, planes, &ranges).map_err(damaged)
    }

    /// Fills `output` with so many bytes from word `start` on, in the order of a file.
    pub(super) fn read(&self, start: usize, output: &mut [u8]) {
        output.copy_from_slice(&self.bytes[2 * start..][..output.len()]);
    }

    /// The channels that were only deflated, one after another.
    fn keep(
        &mut self,
        packed: &[u8],
        counters: &Counters,
        schemes: &[Scheme],
        ranges: &[Range<usize>],
        inflater: &mut Inflater,
    ) -> Result<(), &'static str> {
        inflate(packed, counters.unknown, &mut self.section, inflater)?;
        let mut rest = self.section.as_slice();
        for (range, _) in ranges.iter().zip(schemes).filter(|(_, scheme)| **scheme == Scheme::Unknown) {
            let (own, others) = rest.split_at_checked(range.len()).ok_or("a channel is cut off")?;
            self.bytes[range.clone()].copy_from_slice(own);
            rest = others;
        }
        Ok(())
    }

    /// The channels in runs: of each all first bytes of its samples, then all second ones, and so on.
    fn unroll(
        &mut self,
        packed: &[u8],
        counters: &Counters,
        schemes: &[Scheme],
        channels: &[Channel],
        ranges: &[Range<usize>],
        inflater: &mut Inflater,
    ) -> Result<(), &'static str> {
        inflate(packed, counters.runs, &mut self.section, inflater)?;
        self.runs.clear();
        unroll(&self.section, counters.unrolled, &mut self.runs)?;
        let mut rest = self.runs.as_slice();
        for ((range, channel), _) in
            ranges.iter().zip(channels).zip(schemes).filter(|(_, scheme)| **scheme == Scheme::Rle)
        {
            let (own, others) = rest.split_at_checked(range.len()).ok_or("a channel in runs is cut off")?;
            let bytes = channel.kind.bytes();
            let samples = self.bytes[range.clone()].chunks_exact_mut(bytes);
            let count = samples.len();
            for (place, sample) in samples.enumerate() {
                for (byte, plane) in sample.iter_mut().zip(own.chunks_exact(count)) {
                    *byte = plane[place];
                }
            }
            rest = others;
        }
        Ok(())
    }

    fn read_coefficients(
        &mut self,
        [ac, dc]: [&[u8]; 2],
        counters: &Counters,
        inflater: &mut Inflater,
    ) -> Result<(), &'static str> {
        self.ac.clear();
        self.ac.resize(counters.ac, 0);
        if counters.is_ac_deflated {
            inflater.zlib(ac, bytemuck::cast_slice_mut(&mut self.ac))?;
        } else {
            self.code.decode(ac, &mut self.ac)?;
        }
        inflate(dc, 2 * counters.dc, &mut self.section, inflater)?;
        self.dc.clear();
        self.dc.resize(counters.dc, 0);
        Restored::new(&self.section).take(bytemuck::cast_slice_mut(&mut self.dc));
        Ok(())
    }

    /// From coefficients to samples: colours of three channels first, then the channels that stand alone.
    fn transform(
        &mut self,
        classes: &Classes,
        channels: &[Channel],
        planes: &[Plane],
        ranges: &[Range<usize>],
    ) -> Result<(), &'static str> {
        let mut coefficients = Coefficients { ac: &self.ac, dc: &self.dc };
        let mut outputs = apart(&mut self.bytes, ranges);
        for color in &classes.colors {
            let outputs = outputs.get_disjoint_mut(*color).map_err(|_| "a channel is in a colour twice")?;
            Blocks {
                size: planes[color[0]],
                coefficients: &mut coefficients,
                outputs: outputs.map(|output| &mut **output),
                are_floats: color.map(|channel| channels[channel].kind == SampleType::Float),
                linear: Some(linear::table()),
            }
            .decode()?;
        }
        let is_alone = |place: &usize| classes.schemes[*place] == Scheme::Cosine && !classes.is_in_color(*place);
        for place in (0..channels.len()).filter(is_alone) {
            Blocks {
                size: planes[place],
                coefficients: &mut coefficients,
                outputs: [&mut *outputs[place]],
                are_floats: [channels[place].kind == SampleType::Float],
                linear: (!channels[place].perceptually_linear).then(linear::table),
            }
            .decode()?;
        }
        Ok(())
    }
}

/// Where each plane's bytes are.
fn ranges(planes: &[Plane]) -> Vec<Range<usize>> {
    let mut end = 0;
    let ranges = planes.iter().map(|plane| {
        let start = end;
        end += 2 * plane.length();
        start..end
    });
    ranges.collect()
}

/// The planes' bytes, which follow one another.
fn apart<'a>(mut bytes: &'a mut [u8], ranges: &[Range<usize>]) -> Vec<&'a mut [u8]> {
    let planes = ranges.iter().map(|range| {
        let (own, others) = std::mem::take(&mut bytes).split_at_mut(range.len());
        bytes = others;
        own
    });
    planes.collect()
}

/// Puts the `length` bytes that a section holds into `output`; there may be no section where there are none.
fn inflate(packed: &[u8], length: usize, output: &mut Vec<u8>, inflater: &mut Inflater) -> Result<(), &'static str> {
    output.clear();
    output.resize(length, 0);
    if length == 0 { Ok(()) } else { inflater.zlib(packed, output) }
}

/// Writes runs out: a count of 0 to 127 and the byte that is there once more than that, or one below 0 and as many bytes as
/// they are.
fn unroll(mut packed: &[u8], length: usize, output: &mut Vec<u8>) -> Result<(), &'static str> {
    let cut_off = "a run is cut off";
    while let Some((&count, rest)) = packed.split_first() {
        let count = i8::from_ne_bytes([count]);
        let taken = if count < 0 { usize::from(count.unsigned_abs()) } else { 1 };
        let (bytes, rest) = rest.split_at_checked(taken).ok_or(cut_off)?;
        match usize::try_from(count) {
            Ok(count) => output.resize(output.len() + count + 1, bytes[0]),
            Err(_) => output.extend_from_slice(bytes),
        }
        if output.len() > length {
            return Err("the runs are longer than they say");
        }
        packed = rest;
    }
    if output.len() == length { Ok(()) } else { Err(cut_off) }
}

fn damaged(what: &'static str) -> Error {
    Error::malformed(Place::default(), format!("the DWA chunk is damaged: {what}"))
}
