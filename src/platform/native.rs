//! What the command line has: threads and libdeflate.

use rayon::prelude::*;

/// See [`crate::par::map_init`].
pub(crate) fn map_init<T, S, R>(
    items: Vec<T>,
    init: impl Fn() -> S + Sync + Send,
    job: impl Fn(&mut S, T) -> R + Sync + Send,
) -> Vec<R>
where
    T: Send,
    R: Send,
{
    items.into_par_iter().map_init(init, job).collect()
}

/// Inflates zlib streams; keep one per thread.
pub(crate) struct Inflater(libdeflater::Decompressor);

impl Default for Inflater {
    fn default() -> Self {
        Self(libdeflater::Decompressor::new())
    }
}

impl Inflater {
    /// Fills `output` exactly from the zlib stream `input`; otherwise says what is wrong with it.
    pub(crate) fn zlib(&mut self, input: &[u8], output: &mut [u8]) -> Result<(), &'static str> {
        match self.0.zlib_decompress(input, output) {
            Ok(length) if length == output.len() => Ok(()),
            Ok(_) => Err("the zlib stream is shorter than the chunk"),
            Err(libdeflater::DecompressionError::BadData) => Err("the zlib stream is damaged"),
            Err(libdeflater::DecompressionError::InsufficientSpace) => Err("the zlib stream is longer than the chunk"),
        }
    }
}

/// Deflates to zlib streams; keep one per thread.
pub(crate) struct Deflater(libdeflater::Compressor);

impl Deflater {
    /// Level 4 is what OpenEXR itself writes by default.
    pub(crate) fn new() -> Self {
        let level = libdeflater::CompressionLvl::new(4).unwrap_or_default();
        Self(libdeflater::Compressor::new(level))
    }

    /// `input` as a zlib stream in `output`, which is replaced.
    pub(crate) fn zlib(&mut self, input: &[u8], output: &mut Vec<u8>) {
        output.resize(self.0.zlib_compress_bound(input.len()), 0);
        // The bound makes "insufficient space", the only error there is, impossible; 0 bytes would mean "store raw".
        let length = self.0.zlib_compress(input, output).unwrap_or(0);
        output.truncate(length);
    }
}
