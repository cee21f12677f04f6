//! Bytes to [`Frame`].

use std::ops::Range;

use super::chunks::{Chunk, ChunkHeader, Offsets, largest_area};
use super::codec::{self, Decoder, Target};
use super::header::{Header, Part};
use super::source::out_of_range;
use super::{ByteSource, Limits, luminance_chroma};
use crate::error::Place;
use crate::frame::{Frame, Missing, Plane, Region, SampleType, Samples};
use crate::{Error, Result, par};

/// What to decode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Number of the part.
    pub part: usize,
    /// Channels by their place in [`Part::channels`], each once, in the order the planes are wanted.
    pub channels: Vec<usize>,
    /// Bands (rows of chunks) to decode, or all. The frame's data window is then their rows.
    pub bands: Option<Range<usize>>,
}

/// Decodes what `request` names, touching no other chunk.
///
/// A damaged or truncated file yields the rows that are there; [`Frame::missing`] names the rest.
///
/// # Errors
/// If the part uses a feature that is not read, passes a limit, or not a single chunk of it can be decoded.
pub fn decode<S: ByteSource + ?Sized>(
    source: &S,
    header: &Header,
    request: &Request,
    limits: &Limits,
) -> Result<Frame> {
    let mut frame = Frame::default();
    decode_into(source, header, request, limits, &mut frame)?;
    Ok(frame)
}

/// The same into a frame that is there already, whose memory is used again where the sizes fit: fresh pages cost as much
/// as half the decoding.
///
/// # Errors
/// As [`decode`]; the frame's contents are then of no use.
pub fn decode_into<S: ByteSource + ?Sized>(
    source: &S,
    header: &Header,
    request: &Request,
    limits: &Limits,
    frame: &mut Frame,
) -> Result<()> {
    decode_as(source, header, request, limits, frame, |stored| stored)
}

/// The same with half samples widened to 32-bit floats while they are in the cache, for arithmetic on whole planes.
///
/// # Errors
/// As [`decode`].
pub fn decode_float_into<S: ByteSource + ?Sized>(
    source: &S,
    header: &Header,
    request: &Request,
    limits: &Limits,
    frame: &mut Frame,
) -> Result<()> {
    let widen = |stored| if stored == SampleType::Half { SampleType::Float } else { stored };
    decode_as(source, header, request, limits, frame, widen)
}

/// `wanted` gives the type that samples of a stored type are wanted in.
fn decode_as<S: ByteSource + ?Sized>(
    source: &S,
    header: &Header,
    request: &Request,
    limits: &Limits,
    frame: &mut Frame,
    wanted: impl Fn(SampleType) -> SampleType,
) -> Result<()> {
    let part = header.part(request.part)?;
    part.check_readable().map_err(|error| error.in_part(request.part))?;
    let bands = request.bands.clone().unwrap_or(0..part.band_count());
    let bands = bands.start.min(part.band_count())..bands.end.min(part.band_count());
    let region = part.band_region(bands.clone());
    check_limits(part, request, region, limits, &wanted)?;
    if luminance_chroma::is_converted(part) {
        prepare(frame, part, request, region, &wanted)?;
        return luminance_chroma::decode_into(source, header, request, limits, frame);
    }
    let offsets = Offsets::read(source, header, request.part)?;
    if !offsets.any() {
        return Err(Error::truncated(Place::default(), "not a single chunk is in the file").in_part(request.part));
    }
    prepare(frame, part, request, region, &wanted)?;

    let decoder = Decoder::new(part, &request.channels)?;
    let jobs = split(frame, part, bands);
    let job_count = jobs.len();
    let results = par::map_init(jobs, Scratch::default, |scratch, mut job| {
        let mut missing = Vec::new();
        for chunk in part.band_chunks(job.band) {
            let place = ChunkPlace { header, part: request.part, offset: offsets.get(chunk.index), limits };
            let Scratch { head, compressed, decoding } = scratch;
            let result = place
                .read(source, &chunk, head, compressed)
                .and_then(|data| decoder.decode(data, chunk.region, decoding, &mut job.targets));
            if let Err(error) = result {
                clear(part, chunk.region, &mut job.targets);
                missing.push((chunk.region, error.in_part(request.part).in_chunk(chunk.index)));
            }
        }
        missing
    });
    finish(frame, results.into_iter().flatten().collect(), job_count)
}

fn check_limits(
    part: &Part,
    request: &Request,
    region: Region,
    limits: &Limits,
    wanted: impl Fn(SampleType) -> SampleType,
) -> Result<()> {
    if let Some(wrong) = request.channels.iter().find(|&&index| index >= part.channels.len()) {
        return Err(Error::spec(
            format!("there is no channel {wrong}"),
            format!("The part has {}", part.channels.len()),
        ));
    }
    if (1..request.channels.len()).any(|i| request.channels[..i].contains(&request.channels[i])) {
        return Err(Error::spec("a channel is asked for twice", "Ask for each once"));
    }
    let pixel: usize = request.channels.iter().map(|&index| wanted(part.channels[index].kind).bytes()).sum();
    let planes = region.area().saturating_mul(pixel as u64);
    if planes > limits.frame_bytes {
        return Err(Error::limit(
            format!(
                "{} channels of {region} pixels need {planes} bytes, the limit is {}",
                request.channels.len(),
                limits.frame_bytes
            ),
            "Ask for fewer channels, or raise the limit",
        ));
    }
    let chunk = largest_area(part).saturating_mul(part.pixel_bytes() as u64);
    if chunk > limits.chunk_bytes {
        let what = format!("one chunk of all channels needs {chunk} bytes, the limit is {}", limits.chunk_bytes);
        return Err(Error::limit(what, "Write the file with a smaller compression block or fewer channels"));
    }
    Ok(())
}

/// Gives the frame its windows and planes, keeping planes that have the right type and size.
fn prepare(
    frame: &mut Frame,
    part: &Part,
    request: &Request,
    region: Region,
    wanted: impl Fn(SampleType) -> SampleType,
) -> Result<()> {
    frame.data_window = region;
    frame.display_window = part.display_window;
    frame.color_space = part.color_space();
    frame.missing.clear();
    let length = usize::try_from(region.area())
        .map_err(|_| Error::limit(format!("{region} pixels do not fit this machine's memory"), ""))?;
    let mut old: Vec<Plane> = std::mem::take(&mut frame.planes);
    for &index in &request.channels {
        let channel = &part.channels[index];
        let kind = wanted(channel.kind);
        let fits = |plane: &Plane| plane.samples.kind() == kind && plane.samples.len() == length;
        let samples = match old.iter().position(fits) {
            Some(place) => old.swap_remove(place).samples,
            None => Samples::zeros(kind, length),
        };
        frame.planes.push(Plane { name: channel.name.clone(), samples });
    }
    Ok(())
}

/// One band and the rows of each plane that belong to it.
struct Job<'a> {
    band: usize,
    targets: Vec<Target<'a>>,
}

/// Cuts the planes into bands that can be written side by side.
fn split<'a>(frame: &'a mut Frame, part: &Part, bands: Range<usize>) -> Vec<Job<'a>> {
    let width = frame.data_window.width as usize;
    let mut rest: Vec<(SampleType, &mut [u8])> =
        frame.planes.iter_mut().map(|plane| (plane.samples.kind(), plane.samples.bytes_mut())).collect();
    bands
        .map(|band| {
            let rows = part.band_region(band..band + 1).height as usize;
            let targets = rest.iter_mut().map(|(kind, bytes)| {
                let (head, tail) = std::mem::take(bytes).split_at_mut(rows * width * kind.bytes());
                *bytes = tail;
                Target { kind: *kind, rows: head }
            });
            Job { band, targets: targets.collect() }
        })
        .collect()
}

/// Working memory of one thread.
#[derive(Default)]
struct Scratch {
    /// A chunk's own header, where it is not in memory already.
    head: Vec<u8>,
    /// A chunk's data, likewise.
    compressed: Vec<u8>,
    decoding: codec::Scratch,
}

/// Where a chunk should be.
struct ChunkPlace<'a> {
    header: &'a Header,
    part: usize,
    offset: Option<u64>,
    limits: &'a Limits,
}

impl ChunkPlace<'_> {
    /// The data of `chunk`, its header checked against what it should be.
    fn read<'s, S: ByteSource + ?Sized>(
        &self,
        source: &'s S,
        chunk: &Chunk,
        head: &'s mut Vec<u8>,
        compressed: &'s mut Vec<u8>,
    ) -> Result<&'s [u8]> {
        let missing = || Error::truncated(Place::default(), "the chunk is not in the file");
        let offset = self.offset.ok_or_else(missing)?;
        let found = ChunkHeader::read(source, self.header, self.part, offset, head)?;
        if found.part != self.part || found.coordinates != chunk.coordinates {
            return Err(Error::malformed(Place::at(offset), "the chunk found here belongs elsewhere"));
        }
        let range = found.data_start..found.data_start.saturating_add(found.data_bytes);
        if range.end > source.len() {
            return Err(out_of_range(&range, source.len()));
        }
        if found.data_bytes > self.limits.chunk_bytes {
            return Err(Error::malformed(Place::at(offset), format!("a chunk claims {} bytes", found.data_bytes)));
        }
        source.read(range, compressed)
    }
}

/// Zeroes the pixels of a chunk that could not be decoded: the memory may hold an older frame, or half a chunk.
fn clear(part: &Part, region: Region, targets: &mut [Target<'_>]) {
    let full_width = part.data_window.width as usize;
    let left = (i64::from(region.x) - i64::from(part.data_window.x)) as usize;
    for target in targets {
        let row_bytes = target.rows.len() / region.height.max(1) as usize;
        let sample = row_bytes / full_width;
        for row in target.rows.chunks_exact_mut(row_bytes) {
            row[left * sample..(left + region.width as usize) * sample].fill(0);
        }
    }
}

/// Notes what is missing; neighbouring chunks become one area with the first one's trouble.
fn finish(frame: &mut Frame, failures: Vec<(Region, Error)>, bands: usize) -> Result<()> {
    let lost: u64 = failures.iter().map(|(region, _)| region.area()).sum();
    if bands > 0 && lost >= frame.data_window.area() {
        // All is lost: the first chunk's trouble is the file's.
        return match failures.into_iter().next() {
            Some((_, error)) => Err(error),
            None => Ok(()),
        };
    }
    for (region, error) in failures {
        let reason = error.to_string();
        let follows = |last: &Missing| {
            last.region.x == region.x
                && last.region.width == region.width
                && last.region.bottom() == i64::from(region.y)
        };
        match frame.missing.last_mut() {
            Some(last) if follows(last) => last.region.height += region.height,
            _ => frame.missing.push(Missing { region, reason }),
        }
    }
    Ok(())
}
