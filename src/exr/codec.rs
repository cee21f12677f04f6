//! One chunk: compressed bytes to rows of samples.

use std::panic::{AssertUnwindSafe, catch_unwind};

use exr::compression::Compression as Codec;
use exr::meta::attribute::{ChannelDescription, IntegerBounds, LineOrder, SampleType as CrateSampleType, Text};
use exr::meta::{BlockDescription, header::Header as CrateHeader};
use exr::prelude::Vec2;

use super::header::{Compression, Part};
use super::shuffle;
use crate::error::Place;
use crate::frame::{Region, SampleType};
use crate::platform::Inflater;
use crate::{Error, Result};

/// Working memory of one thread.
pub(super) struct Scratch {
    raw: Vec<u8>,
    inflater: Inflater,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { raw: Vec::new(), inflater: Inflater::new() }
    }
}

/// What it takes to decode the chunks of one part.
pub(super) struct Decoder<'a> {
    part: &'a Part,
    /// Channels to write, in the order of the targets: where each begins in a row of one pixel's width, and its size.
    wanted: Vec<Slot>,
    /// For the compressions that the `exr` crate decodes.
    foreign: Option<Foreign>,
}

/// Where one channel lies in the rows of a chunk: a row holds all samples of the first channel, then of the next.
#[derive(Clone, Copy)]
struct Slot {
    /// Bytes per pixel of the channels before it.
    before: usize,
    /// Bytes of a sample.
    bytes: usize,
}

/// The rows of one plane that a chunk writes to.
pub(super) struct Target<'a> {
    /// Rows of the band, full width of the data window, machine byte order.
    pub(super) rows: &'a mut [u8],
}

impl<'a> Decoder<'a> {
    /// For those channels of `part`, which is readable.
    pub(super) fn new(part: &'a Part, channels: &[usize]) -> Result<Self> {
        let slot = |&index: &usize| Slot {
            before: part.channels[..index].iter().map(|channel| channel.kind.bytes()).sum(),
            bytes: part.channels[index].kind.bytes(),
        };
        let foreign = Foreign::codec(part.compression).map(|codec| Foreign::new(part, codec)).transpose()?;
        Ok(Self { part, wanted: channels.iter().map(slot).collect(), foreign })
    }

    /// Decodes `data`, the chunk of `region`, into `targets`, whose rows begin with the region's first.
    pub(super) fn decode(
        &self,
        data: &[u8],
        region: Region,
        scratch: &mut Scratch,
        targets: &mut [Target<'_>],
    ) -> Result<()> {
        let length = region.area() as usize * self.part.pixel_bytes();
        // Writers store a chunk as it is when compression does not make it smaller.
        if data.len() == length {
            self.scatter(region, targets, |start, row| row.copy_from_slice(&data[start..start + row.len()]));
            return Ok(());
        }
        match &self.foreign {
            Some(foreign) => {
                let bytes = foreign.decode(data, region)?;
                if bytes.len() != length {
                    return Err(Error::malformed(Place::default(), "the chunk decodes to a wrong length"));
                }
                self.scatter(region, targets, |start, row| row.copy_from_slice(&bytes[start..start + row.len()]));
            }
            None => {
                let Scratch { raw, inflater } = scratch;
                raw.resize(length, 0);
                self.inflate(data, raw, inflater)?;
                let (even, odd) = raw.split_at(length.div_ceil(2));
                self.scatter(region, targets, |start, row| shuffle::interleave(even, odd, start / 2, row));
            }
        }
        Ok(())
    }

    fn inflate(&self, data: &[u8], raw: &mut [u8], inflater: &mut Inflater) -> Result<()> {
        if self.part.compression == Compression::None {
            let what = format!("an uncompressed chunk has {} bytes instead of {}", data.len(), raw.len());
            return Err(Error::malformed(Place::default(), what));
        }
        inflater.zlib(data, raw).map_err(|what| Error::malformed(Place::default(), what))?;
        shuffle::undo_differences(raw);
        Ok(())
    }

    /// Calls `copy` with the place in the chunk and the target of every wanted channel's every row.
    fn scatter(&self, region: Region, targets: &mut [Target<'_>], copy: impl Fn(usize, &mut [u8])) {
        let (width, full_width) = (region.width as usize, self.part.data_window.width as usize);
        let left = (i64::from(region.x) - i64::from(self.part.data_window.x)) as usize;
        let row_bytes = width * self.part.pixel_bytes();
        for row in 0..region.height as usize {
            for (slot, target) in self.wanted.iter().zip(&mut *targets) {
                let to = (row * full_width + left) * slot.bytes;
                let from = row * row_bytes + slot.before * width;
                copy(from, &mut target.rows[to..to + width * slot.bytes]);
            }
        }
    }
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
            Compression::Piz => Some(Codec::PIZ),
            Compression::Pxr24 => Some(Codec::PXR24),
            Compression::B44 => Some(Codec::B44),
            Compression::B44a => Some(Codec::B44A),
            Compression::Dwaa => Some(Codec::DWAA(None)),
            Compression::Dwab => Some(Codec::DWAB(None)),
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
            ChannelDescription::new(name, kind, channel.perceptually_linear)
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

    /// The samples of a chunk, in the machine's byte order.
    ///
    /// The crate promises no panic, but a damaged file has been seen to raise one; it must not take a batch down.
    fn decode(&self, data: &[u8], region: Region) -> Result<Vec<u8>> {
        let section = IntegerBounds::new(
            Vec2(region.x, region.y),
            Vec2(region.width as usize, region.height as usize),
        );
        let decode = || self.codec.decompress_image_section_from_le(&self.header, data.to_vec(), section, false);
        match catch_unwind(AssertUnwindSafe(decode)) {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(error)) => Err(Error::malformed(Place::default(), error.to_string())),
            Err(_) => Err(Error::malformed(Place::default(), "the chunk is damaged beyond decoding")),
        }
    }
}
