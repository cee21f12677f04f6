//! One chunk: compressed bytes to rows of samples.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use exr::compression::Compression as Codec;
use exr::meta::attribute::{
    ChannelDescription, ChannelList, IntegerBounds, LineOrder, SampleType as CrateSampleType, Text,
};
use exr::meta::{BlockDescription, header::Header as CrateHeader};
use exr::prelude::Vec2;
use half::f16;

use super::dwa;
use super::header::{Channel, Compression, Part};
use super::piz;
use super::plane::Plane;
use super::restore::Restored;
use crate::error::Place;
use crate::frame::{Region, SampleType};
use crate::platform::Inflater;
use crate::widen::widen;
use crate::{Error, Result};

/// Working memory of one thread.
#[derive(Default)]
pub(super) struct Scratch {
    raw: Vec<u8>,
    /// Half samples of a row that is wanted as floats.
    row: Vec<f16>,
    inflater: Inflater,
    piz: piz::Unpacked,
    dwa: dwa::Unpacked,
}

/// What it takes to decode the chunks of one part.
pub(super) struct Decoder<'a> {
    part: &'a Part,
    /// For each channel of the part, the target it is wanted in.
    places: Vec<Option<usize>>,
    /// For the compressions that the `exr` crate decodes.
    foreign: Option<Foreign>,
}

/// The rows of one plane that a chunk writes to.
pub(super) struct Target<'a> {
    /// What is wanted: the stored type, or floats where halves are stored.
    pub(super) kind: SampleType,
    /// Rows of the band, full width of the data window.
    pub(super) rows: &'a mut [u8],
}

impl<'a> Decoder<'a> {
    /// For those channels of `part`, which is readable.
    pub(super) fn new(part: &'a Part, channels: &[usize]) -> Result<Self> {
        let place = |index| channels.iter().position(|&wanted| wanted == index);
        let foreign = Foreign::codec(part.compression).map(|codec| Foreign::new(part, codec)).transpose()?;
        Ok(Self { part, places: (0..part.channels.len()).map(place).collect(), foreign })
    }

    /// Decodes `data`, the chunk of `region`, into `targets`, whose rows begin with the region's first.
    pub(super) fn decode(
        &self,
        data: &[u8],
        region: Region,
        scratch: &mut Scratch,
        targets: &mut [Target<'_>],
    ) -> Result<()> {
        let length = self.chunk_bytes(region);
        // Writers store a chunk as it is when compression does not make it smaller.
        if data.len() == length {
            self.scatter(data, region, &mut scratch.row, targets);
            return Ok(());
        }
        match (&self.foreign, self.part.compression) {
            (Some(foreign), _) => {
                let bytes = foreign.decode(data, region, length)?;
                if bytes.len() != length {
                    return Err(Error::malformed(Place::default(), "the chunk decodes to a wrong length"));
                }
                self.scatter(&bytes, region, &mut scratch.row, targets);
            }
            (None, Compression::Piz) => {
                let Scratch { piz, row, .. } = scratch;
                piz.unpack(data, self.planes(region))?;
                self.gather(|start, stored| piz.read(start, stored), region, row, targets);
            }
            (None, Compression::Dwaa | Compression::Dwab) => {
                let Scratch { dwa, row, inflater, .. } = scratch;
                let planes: Vec<Plane> = self.planes(region).collect();
                dwa.unpack(data, &self.part.channels, &planes, inflater)?;
                self.gather(|start, stored| dwa.read(start, stored), region, row, targets);
            }
            (None, _) => {
                let Scratch { raw, row, inflater, .. } = scratch;
                raw.resize(length, 0);
                self.inflate(data, raw, inflater)?;
                self.restore(raw, region, row, targets);
            }
        }
        Ok(())
    }

    fn inflate(&self, data: &[u8], raw: &mut [u8], inflater: &mut Inflater) -> Result<()> {
        if self.part.compression == Compression::None {
            let what = format!("an uncompressed chunk has {} bytes instead of {}", data.len(), raw.len());
            return Err(Error::malformed(Place::default(), what));
        }
        inflater.zlib(data, raw).map_err(|what| Error::malformed(Place::default(), what))
    }

    /// Brings an inflated chunk's bytes in order, the wanted channels straight into their rows.
    fn restore(&self, raw: &[u8], region: Region, row: &mut Vec<f16>, targets: &mut [Target<'_>]) {
        let mut restored = Restored::new(raw);
        self.for_each_row(region, targets, |channel, length, target| match target {
            Some(target) => put(row, &self.part.channels[channel], target, |stored| restored.take(stored)),
            None => restored.skip(length),
        });
    }

    /// Copies the wanted channels of an unpacked chunk, plane by plane as it is: `read` gives the bytes from a word on.
    fn gather(&self, read: impl Fn(usize, &mut [u8]), region: Region, row: &mut Vec<f16>, targets: &mut [Target<'_>]) {
        let mut starts: Vec<usize> = Vec::new();
        self.planes(region).fold(0, |start, plane| {
            starts.push(start);
            start + plane.length()
        });
        self.for_each_row(region, targets, |channel, length, target| {
            let start = starts[channel];
            starts[channel] += length / 2;
            if let Some(target) = target {
                put(row, &self.part.channels[channel], target, |stored| read(start, stored));
            }
        });
    }

    /// Copies the wanted channels of a chunk whose bytes are in order.
    fn scatter(&self, bytes: &[u8], region: Region, row: &mut Vec<f16>, targets: &mut [Target<'_>]) {
        let mut rest = bytes;
        self.for_each_row(region, targets, |channel, length, target| {
            let (from, after) = rest.split_at(length);
            rest = after;
            if let Some(target) = target {
                put(row, &self.part.channels[channel], target, |stored| stored.copy_from_slice(from));
            }
        });
    }

    /// The decoded bytes of the chunk of `region`.
    fn chunk_bytes(&self, region: Region) -> usize {
        self.planes(region).map(|plane| plane.length() * 2).sum()
    }

    /// What each channel has in the chunk of `region`.
    fn planes(&self, region: Region) -> impl Iterator<Item = Plane> + Clone {
        self.part.channels.iter().map(move |channel| {
            let [across, down] = channel.sampling;
            let height = (i64::from(region.y)..region.bottom()).filter(|y| y % i64::from(down) == 0).count();
            Plane { width: region.width as usize / across as usize, height, words: channel.kind.bytes() / 2 }
        })
    }

    /// Calls `each` for every row of every channel that the chunk has, in its order: with the channel's place, the stored
    /// bytes' number, and where the samples are wanted, if they are: their type and the row's pixels.
    fn for_each_row(
        &self,
        region: Region,
        targets: &mut [Target<'_>],
        mut each: impl FnMut(usize, usize, Option<(SampleType, &mut [u8])>),
    ) {
        let window = self.part.data_window;
        let (width, full_width) = (region.width as usize, window.width as usize);
        let left = (i64::from(region.x) - i64::from(window.x)) as usize;
        for row in 0..region.height as usize {
            for (index, (channel, place)) in self.part.channels.iter().zip(&self.places).enumerate() {
                let [across, down] = channel.sampling;
                if (i64::from(region.y) + row as i64) % i64::from(down) != 0 {
                    continue;
                }
                let target = place.and_then(|place| targets.get_mut(place)).map(|target| {
                    let sample = target.kind.bytes();
                    let start = (row * full_width + left) * sample;
                    (target.kind, &mut target.rows[start..start + width * sample])
                });
                each(index, width / across as usize * channel.kind.bytes(), target);
            }
        }
    }
}

/// Brings a stored row to where it is wanted: `fill` writes its bytes.
fn put(row: &mut Vec<f16>, channel: &Channel, target: (SampleType, &mut [u8]), fill: impl FnOnce(&mut [u8])) {
    let (wanted, to) = target;
    match channel.sampling {
        [1, _] if wanted == channel.kind => fill(to),
        [1, _] => widen_row(row, to, fill),
        [step, _] => spread_row(step as usize, channel.kind.bytes(), to, fill),
    }
}

/// Fills the front of a row and moves its samples to every `step`th pixel; what is between them is of no meaning.
fn spread_row(step: usize, sample: usize, to: &mut [u8], fill: impl FnOnce(&mut [u8])) {
    let count = to.len() / sample / step;
    fill(&mut to[..count * sample]);
    for place in (1..count).rev() {
        to.copy_within(place * sample..(place + 1) * sample, place * step * sample);
    }
}

/// Bytes of so many blocks: 3 of a flat one, else 14 (*Layout*, "B44"; the third byte tells).
fn b44_length(data: &[u8], blocks: usize) -> usize {
    (0..blocks).fold(0, |at, _| at + if data.get(at + 2).is_some_and(|&byte| byte >= 13 << 2) { 3 } else { 14 })
}

/// Fills a row of halves and turns it into the floats of `to`.
fn widen_row(row: &mut Vec<f16>, to: &mut [u8], fill: impl FnOnce(&mut [u8])) {
    let floats: &mut [f32] = bytemuck::cast_slice_mut(to);
    row.resize(floats.len(), f16::ZERO);
    fill(bytemuck::cast_slice_mut(row));
    widen(row, floats);
}

/// The `exr` crate's codec for one part.
struct Foreign {
    codec: Codec,
    header: CrateHeader,
}

impl Foreign {
    /// The crate's codec, for compressions that are not decoded here.
    fn codec(compression: Compression) -> Option<Codec> {
        match compression {
            Compression::Rle => Some(Codec::RLE),
            Compression::Pxr24 => Some(Codec::PXR24),
            Compression::B44 => Some(Codec::B44),
            Compression::B44a => Some(Codec::B44A),
            _ => None,
        }
    }

    /// A header as the crate wants it, with what its codecs look at: channels, windows and block size.
    fn new(part: &Part, codec: Codec) -> Result<Self> {
        let channels = part.channels.iter().map(|channel| {
            let kind = match channel.kind {
                SampleType::Uint => CrateSampleType::U32,
                SampleType::Half => CrateSampleType::F16,
                SampleType::Float => CrateSampleType::F32,
            };
            let name = Text::new_or_none(&channel.name).unwrap_or_else(|| Text::from("?"));
            let [across, down] = channel.sampling.map(|step| step as usize);
            let description = ChannelDescription::new(name, kind, channel.perceptually_linear);
            ChannelDescription { sampling: Vec2(across, down), ..description }
        });
        let blocks = match part.tiles {
            None => BlockDescription::ScanLines,
            Some(tiles) => BlockDescription::Tiles(exr::meta::attribute::TileDescription {
                tile_size: Vec2(tiles.width as usize, tiles.height as usize),
                level_mode: exr::meta::attribute::LevelMode::Singular,
                rounding_mode: exr::math::RoundingMode::Down,
            }),
        };
        let window = part.data_window;
        let size = Vec2(window.width as usize, window.height as usize);
        let header = CrateHeader::new(Text::from("part"), size, channels.collect())
            .with_encoding(codec, blocks, LineOrder::Increasing)
            .with_position(Vec2(window.x, window.y));
        Ok(Self { codec, header })
    }

    /// The samples of a chunk, `length` bytes in the machine's byte order.
    ///
    /// The crate promises no panic, but a damaged file has been seen to raise one; it must not take a batch down.
    fn decode(&self, data: &[u8], region: Region, length: usize) -> Result<Vec<u8>> {
        let section = IntegerBounds::new(Vec2(region.x, region.y), Vec2(region.width as usize, region.height as usize));
        let is_b44 = matches!(self.codec, Codec::B44 | Codec::B44A);
        if is_b44 && self.header.channels.list.iter().any(|channel| channel.sampling != Vec2(1, 1)) {
            return self.decode_planes(data, region);
        }
        let header = self.header_of(region, length);
        self.decompress(&header, data, section)
    }

    fn decompress(&self, header: &CrateHeader, data: &[u8], section: IntegerBounds) -> Result<Vec<u8>> {
        let decode = || self.codec.decompress_image_section_from_le(header, data.to_vec(), section, false);
        match catch_unwind(AssertUnwindSafe(decode)) {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(error)) => Err(Error::malformed(Place::default(), error.to_string())),
            Err(_) => Err(Error::malformed(Place::default(), "the chunk is damaged beyond decoding")),
        }
    }

    /// B44 stores a chunk plane by plane, of which the crate takes subsampled ones for larger than they are: each is given to
    /// it as a picture of its own, and their rows are brought together here.
    fn decode_planes(&self, data: &[u8], region: Region) -> Result<Vec<u8>> {
        let mut rest = data;
        let mut planes = Vec::new();
        for channel in &self.header.channels.list {
            let Vec2(across, down) = channel.sampling;
            let [width, height] = [region.width as usize / across, region.height as usize / down];
            let mut header = self.header.clone();
            let description = ChannelDescription { sampling: Vec2(1, 1), ..channel.clone() };
            header.channels = ChannelList::new(std::iter::once(description).collect());
            let section = IntegerBounds::new(Vec2(region.x, region.y), Vec2(width, height));
            let row = width * channel.sample_type.bytes_per_sample();
            let length = match channel.sample_type {
                CrateSampleType::F16 => b44_length(rest, width.div_ceil(4) * height.div_ceil(4)),
                _ => row * height,
            };
            let (plane, after) = rest.split_at(length.min(rest.len()));
            planes.push((self.decompress(&header, plane, section)?, row, down));
            rest = after;
        }
        let mut rows: Vec<_> =
            planes.iter().map(|(plane, row, down)| (plane.chunks_exact(*row), *down as i64)).collect();
        let mut bytes = Vec::with_capacity(planes.iter().map(|(plane, ..)| plane.len()).sum());
        for y in i64::from(region.y)..region.bottom() {
            for (rows, _) in rows.iter_mut().filter(|(_, down)| y % down == 0) {
                bytes.extend_from_slice(rows.next().unwrap_or_default());
            }
        }
        Ok(bytes)
    }

    /// The crate reckons a chunk's length from its area; of subsampled channels, lines have different lengths.
    fn header_of(&self, region: Region, length: usize) -> Cow<'_, CrateHeader> {
        let bytes_per_pixel = length / (region.area() as usize).max(1);
        if bytes_per_pixel == self.header.channels.bytes_per_pixel {
            return Cow::Borrowed(&self.header);
        }
        let mut header = self.header.clone();
        header.channels.bytes_per_pixel = bytes_per_pixel;
        Cow::Owned(header)
    }
}
