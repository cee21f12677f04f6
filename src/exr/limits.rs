//! How much a file may make us allocate.

/// Bounds that are checked before memory is asked for. A file can claim anything; these say what is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the header, all parts together. Cryptomatte manifests are the largest thing in real ones.
    pub header_bytes: u64,
    /// Parts of one file.
    pub parts: usize,
    /// Channels of one part.
    pub channels: usize,
    /// Bytes of all planes that one call decodes.
    pub frame_bytes: u64,
    /// Bytes of one uncompressed chunk, all channels.
    pub chunk_bytes: u64,
}

impl Default for Limits {
    /// Enough for 16K frames of an ordinary layer: 2 GiB of planes, 256 MiB a chunk, a header of 64 MiB with 1024
    /// parts of 4096 channels.
    fn default() -> Self {
        Self { header_bytes: 64 << 20, parts: 1024, channels: 4096, frame_bytes: 2 << 30, chunk_bytes: 256 << 20 }
    }
}
