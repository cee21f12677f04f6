//! The headers of a .blend and of its blocks.

use std::io::{Read, Seek};

use super::stream::Stream;
use crate::error::{Feature, Place};
use crate::{Error, Result};

/// What the first bytes say of all others.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileHeader {
    /// Bytes of a pointer: 4 or 8.
    pub(super) pointer: usize,
    pub(super) is_big_endian: bool,
    /// Major and minor.
    pub(super) version: [u16; 2],
    /// Whether blocks may be longer than 2 GiB (Blender 5): their headers have other fields.
    has_long_blocks: bool,
}

/// What stands before a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct BlockHeader {
    /// `DATA`, `DNA1`, `ENDB`, or two letters and zeros for a datablock.
    pub(super) code: [u8; 4],
    /// Bytes that follow.
    pub(super) length: u64,
    /// Where it lay in Blender's memory: what pointers to it hold.
    pub(super) address: u64,
    /// Number of its structure in the description.
    pub(super) structure: usize,
}

impl FileHeader {
    pub(super) fn read<R: Read + Seek>(stream: &mut Stream<R>) -> Result<Self> {
        let magic: [u8; 7] = stream.array().map_err(|_| no_blend())?;
        if &magic != b"BLENDER" {
            return Err(no_blend());
        }
        // "_v279" of old, "17-01v0500" since Blender 5: the header's length, the pointers, the format's version.
        match stream.array()? {
            [pointer @ (b'_' | b'-'), order @ (b'v' | b'V')] => {
                let version = number(&stream.array::<3>()?)?;
                let pointer = if pointer == b'_' { 4 } else { 8 };
                Ok(Self {
                    pointer,
                    is_big_endian: order == b'V',
                    version: [version / 100, version % 100],
                    has_long_blocks: false,
                })
            }
            [b'1', b'7'] => {
                let [b'-', b'0', b'1', order @ (b'v' | b'V')] = stream.array()? else { return Err(newer()) };
                let version = number(&stream.array::<4>()?)?;
                Ok(Self {
                    pointer: 8,
                    is_big_endian: order == b'V',
                    version: [version / 100, version % 100],
                    has_long_blocks: true,
                })
            }
            _ => Err(newer()),
        }
    }

    /// A pointer as it stands in the file.
    pub(super) fn pointer_at(&self, bytes: &[u8]) -> Option<u64> {
        match self.pointer {
            4 => bytes.get(..4).map(|bytes| self.u32(bytes).into()),
            _ => bytes.get(..8).map(|bytes| self.u64(bytes)),
        }
    }

    pub(super) fn u16(&self, bytes: &[u8]) -> u16 {
        let bytes = std::array::from_fn(|i| bytes.get(i).copied().unwrap_or_default());
        if self.is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    pub(super) fn u32(&self, bytes: &[u8]) -> u32 {
        let bytes = std::array::from_fn(|i| bytes.get(i).copied().unwrap_or_default());
        if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }

    fn u64(&self, bytes: &[u8]) -> u64 {
        let bytes = std::array::from_fn(|i| bytes.get(i).copied().unwrap_or_default());
        if self.is_big_endian { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) }
    }
}

impl BlockHeader {
    pub(super) fn read<R: Read + Seek>(stream: &mut Stream<R>, file: &FileHeader) -> Result<Self> {
        let code = stream.array()?;
        let place = stream.position();
        let (length, address, structure) = match (file.has_long_blocks, file.pointer) {
            (true, _) => {
                let fields: [u8; 28] = stream.array()?;
                (file.u64(&fields[12..]), file.u64(&fields[4..]), file.u32(&fields))
            }
            (false, 4) => {
                let fields: [u8; 16] = stream.array()?;
                (signed(file.u32(&fields)), file.u32(&fields[4..]).into(), file.u32(&fields[8..]))
            }
            (false, _) => {
                let fields: [u8; 20] = stream.array()?;
                (signed(file.u32(&fields)), file.u64(&fields[4..]), file.u32(&fields[12..]))
            }
        };
        if length > i64::MAX as u64 {
            return Err(Error::malformed(Place::at(place), "a block of the .blend has a negative length"));
        }
        Ok(Self { code, length, address, structure: structure as usize })
    }
}

/// Lengths are signed in the file; a negative one becomes too large to be true.
fn signed(length: u32) -> u64 {
    i64::from(length as i32) as u64
}

fn number(digits: &[u8]) -> Result<u16> {
    let text = std::str::from_utf8(digits).ok();
    text.and_then(|text| text.parse().ok()).ok_or_else(|| Error::malformed(Place::at(9), "the .blend has no version"))
}

fn no_blend() -> Error {
    Error::wrong_kind("this is no .blend: it does not start with BLENDER")
}

fn newer() -> Error {
    let what = "the .blend has a newer file format than is known";
    Error::unsupported(Feature::Version, Place::at(7), what).with_next("Save it with Blender 2.8 to 5.0")
}
