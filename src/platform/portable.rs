//! What any target has: one thread (the page's parallelism is several workers) and pure Rust codecs.

/// See [`crate::par::map_init`].
pub(crate) fn map_init<T, S, R>(items: Vec<T>, init: impl Fn() -> S, job: impl Fn(&mut S, T) -> R) -> Vec<R> {
    let mut state = init();
    items.into_iter().map(|item| job(&mut state, item)).collect()
}

pub(crate) use crate::inflate::Inflater;

/// Deflates to zlib streams; keep one per thread.
pub(crate) struct Deflater;

impl Deflater {
    pub(crate) fn new() -> Self {
        Self
    }

    /// `input` as a zlib stream in `output`, which is replaced.
    pub(crate) fn zlib(&mut self, input: &[u8], output: &mut Vec<u8>) {
        *output = miniz_oxide::deflate::compress_to_vec_zlib(input, 4);
    }
}
