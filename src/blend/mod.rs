//! .blend files: the names of what is in them, without Blender.
//!
//! A .blend is a dump of Blender's structures, block by block, with a description of all structures (the *SDNA*) at its
//! end. Only the blocks of datablocks are kept while reading, and of their data only what holds text: memory stays small
//! however large the file is. Since 3.0 files may be compressed with zstd, before that with gzip.
//!
//! Source: Blender's `doc/blender_file_format` ("Mystery of the Blend", "BlendFileReader") and, for the block headers of
//! Blender 5, `source/blender/blenloader/BLO_core_bhead.hh`. Read and tried: 2.8 to 5.0.

mod block;
mod datablock;
mod sdna;
mod stream;

use std::io::{Read, Seek};

use serde::Serialize;

pub use datablock::Kind;

use crate::error::Place;
use crate::{Error, Result};
use block::{BlockHeader, FileHeader};
use datablock::{Raw, interpret};
use sdna::Sdna;
use stream::Stream;

/// How much of a file is read.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Datablocks; large productions have some ten thousand.
    pub datablocks: usize,
    /// Bytes of text bodies and structures that are kept.
    pub kept_bytes: u64,
    /// Bytes of the description of structures; Blender 5 has about 0.2 MB.
    pub sdna_bytes: u64,
    /// Bytes of the file once it is unpacked.
    pub unpacked_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { datablocks: 1 << 20, kept_bytes: 512 << 20, sdna_bytes: 64 << 20, unpacked_bytes: 64 << 30 }
    }
}

/// What a .blend holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blend {
    /// Version of the Blender that wrote it, major and minor: 3, 4.
    pub version: [u16; 2],
    /// Everything with a name, in the file's order.
    pub datablocks: Vec<Datablock>,
}

/// One thing with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Datablock {
    /// What it is.
    pub kind: Kind,
    /// Its name, without the two letters of its kind.
    pub name: String,
    /// The file it stands for: an image's, a library's, a font's; as written there, `//` for the .blend's own folder.
    pub path: Option<String>,
    /// What is written in it: the lines of a text, the letters of a text object.
    pub text: Option<String>,
    /// The file it is linked from, as written there.
    pub library: Option<String>,
    /// Whether renders show it, as far as it says so itself: an object can be switched off.
    pub is_rendered: bool,
}

impl Blend {
    /// The files that things are linked from, each once, as written there.
    pub fn libraries(&self) -> impl Iterator<Item = &str> {
        let libraries = self.datablocks.iter().filter(|datablock| datablock.kind == Kind::Library);
        libraries.filter_map(|library| library.path.as_deref())
    }
}

/// Longer structures of datablocks do not exist: the largest, a scene's, has some kilobytes.
const LONGEST_STRUCTURE: u64 = 1 << 20;

/// Reads a .blend.
///
/// # Errors
/// [`Error::Input`] if it is none, ends early or contradicts itself, [`Error::Limit`] past a limit, [`Error::Io`] if the
/// system refuses.
pub fn read<R: Read + Seek>(reader: R, limits: &Limits) -> Result<Blend> {
    let mut stream = Stream::open(reader, limits.unpacked_bytes)?;
    let header = FileHeader::read(&mut stream)?;
    let mut raw: Vec<Raw> = Vec::new();
    let mut kept = 0;
    loop {
        let block = BlockHeader::read(&mut stream, &header)?;
        match &block.code {
            b"ENDB" => {
                return Err(Error::malformed(
                    Place::at(stream.position()),
                    "the .blend does not describe its structures",
                ));
            }
            b"DNA1" => {
                if block.length > limits.sdna_bytes {
                    return Err(too_large("the description of its structures", block.length));
                }
                let sdna = Sdna::parse(&stream.take(block.length)?, &header)?;
                return Ok(Blend { version: header.version, datablocks: interpret(&raw, &sdna, &header) });
            }
            // Data belong to the datablock before them. Only texts' are of interest, and those are short.
            b"DATA" => match raw.last_mut().filter(|raw| raw.keeps_data() && block.length <= LONGEST_STRUCTURE) {
                Some(owner) if kept + block.length <= limits.kept_bytes => {
                    kept += block.length;
                    owner.data.push((block.address, block.structure, stream.take(block.length)?));
                }
                _ => stream.skip(block.length)?,
            },
            &[first, second, 0, 0] if block.length <= LONGEST_STRUCTURE => {
                kept += block.length;
                if raw.len() == limits.datablocks || kept > limits.kept_bytes {
                    return Err(Error::limit(
                        "the .blend has more datablocks than are read",
                        "Split the scene, or raise the limit",
                    ));
                }
                let bytes = stream.take(block.length)?;
                let (code, address) = ([first, second], block.address);
                raw.push(Raw { code, address, structure: block.structure, bytes, data: Vec::new() });
            }
            _ => stream.skip(block.length)?,
        }
    }
}

fn too_large(what: &str, bytes: u64) -> Error {
    Error::limit(format!("the .blend's block with {what} has {bytes} bytes"), "Save it again with Blender")
}
