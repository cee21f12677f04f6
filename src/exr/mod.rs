//! OpenEXR: bytes to [`Header`], bytes to [`Frame`](crate::frame::Frame), and back.
//!
//! The container (header, offset tables, chunks) is read here, so that only the chunks and channels asked for are
//! touched, limits are checked before anything is allocated, and a damaged file still yields the rows it has. ZIP, ZIPS,
//! PIZ and DWA are decoded here; RLE, PXR24 and B44 are the `exr` crate's.
//!
//! Source for everything about the format: "OpenEXR File Layout" and "Technical Introduction to OpenEXR"
//! (openexr.com), version 3.4, cited as *Layout* and *Introduction*.

// Samples are kept in memory as they stand in the file, which is little-endian.
const _: () = assert!(cfg!(target_endian = "little"), "only little-endian machines are supported");

mod attribute;
mod chunks;
mod codec;
pub mod cryptomatte;
mod decode;
mod dwa;
mod encode;
mod header;
mod huffman;
mod layers;
mod limits;
mod luminance_chroma;
mod parse;
mod piz;
mod plane;
mod restore;
mod retag;
mod shuffle;
mod source;

pub use attribute::{Attribute, AttributeValue};
pub use chunks::byte_range;
pub use cryptomatte::Cryptomatte;
pub use decode::{Request, decode, decode_float_into, decode_into};
pub use encode::{Outline, Picture, Writer, encode};
pub use header::{Channel, Compression, Header, Part, PartKind, TileDescription};
pub use layers::{Layer, LayerKind, default_layer, layers};
pub use limits::Limits;
pub use retag::{Retagged, retag};
pub use source::{ByteSource, out_of_range};
