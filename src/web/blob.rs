//! A dropped file as a [`ByteSource`], for workers: only there may a file be read without waiting for a promise.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

use super::object::words;
use crate::error::Place;
use crate::exr::ByteSource;
use crate::{Error, Result};

/// What is read beyond the bytes asked for, at first: chunks are asked for one after another, and each call to the browser
/// costs about as much as copying a megabyte; yet the first rows should soon be there.
const LEAST_AHEAD: u64 = 1 << 20;
/// The same for the slices that carry on where the last one ended: 30 MB take 80 ms in slices of 2 MB, 52 ms in slices of
/// 8 MB, and 34 ms in slices of 32 MB, which a worker then holds.
const MOST_AHEAD: u64 = 32 << 20;
/// The start of the file is kept: header and offset table are asked for again with every run of bands.
const HEAD: u64 = 256 << 10;

/// The bytes of a Blob, read in slices. They stay in JavaScript's memory until a chunk is copied out.
pub struct BlobSource {
    blob: Blob,
    length: u64,
    windows: Mutex<Windows>,
}

/// The slices that are held.
#[derive(Default)]
struct Windows {
    reader: Option<FileReaderSync>,
    head: Option<Window>,
    recent: Option<Window>,
    /// What was announced; from inside it, nothing beyond its end is read ahead.
    expected: Range<u64>,
}

/// One slice.
struct Window {
    range: Range<u64>,
    bytes: Uint8Array,
}

impl BlobSource {
    /// Reads nothing yet.
    pub fn new(blob: Blob) -> Self {
        // A length is a whole number under 2^53.
        let length = blob.size() as u64;
        Self { blob, length, windows: Mutex::default() }
    }

    /// Announces which bytes are going to be read, more or less in their order.
    pub(super) fn expect(&self, range: Range<u64>) {
        self.windows().expected = range;
    }

    /// Reads what was announced, or its beginning where that is too much to hold.
    ///
    /// # Errors
    /// If the browser cannot read the file.
    pub(super) fn read_ahead(&self) -> Result<()> {
        let mut windows = self.windows();
        let Windows { reader, recent, expected, .. } = &mut *windows;
        let range = expected.start..expected.end.min(expected.start + MOST_AHEAD);
        *recent = Some(self.fetch(reader, range)?);
        Ok(())
    }

    /// There is one thread; a poisoned lock only means that another job on it panicked.
    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fetch(&self, reader: &mut Option<FileReaderSync>, range: Range<u64>) -> Result<Window> {
        let start = range.start;
        let window = self.slice(reader, range).map_err(|error| {
            let what = format!("the browser could not read the file: {}", words(&error));
            Error::malformed(Place::at(start), what)
                .with_next("It may have been moved or changed since it was dropped: drop it again")
        })?;
        // A file that shrank since it was dropped gives fewer bytes than its size promised.
        if u64::from(window.bytes.length()) != window.range.end - start {
            return Err(Error::truncated(Place::at(start), "the file is shorter than when it was dropped"));
        }
        Ok(window)
    }

    fn slice(&self, reader: &mut Option<FileReaderSync>, range: Range<u64>) -> Result<Window, JsValue> {
        let reader = match reader {
            Some(reader) => reader,
            None => reader.insert(FileReaderSync::new()?),
        };
        let slice = self.blob.slice_with_f64_and_f64(range.start as f64, range.end as f64)?;
        let buffer: JsValue = reader.read_as_array_buffer(&slice)?.into();
        let bytes = Uint8Array::new(&buffer);
        Ok(Window { range, bytes })
    }
}

impl Window {
    /// Copies `range` out if all of it is here.
    fn copy(&self, range: &Range<u64>, output: &mut Vec<u8>) -> bool {
        let inside = self.range.start <= range.start && range.end <= self.range.end;
        if inside {
            let at = |offset: u64| (offset - self.range.start) as u32;
            output.resize((range.end - range.start) as usize, 0);
            self.bytes.subarray(at(range.start), at(range.end)).copy_to(output);
        }
        inside
    }
}

impl ByteSource for BlobSource {
    fn len(&self) -> u64 {
        self.length
    }

    fn read<'a>(&'a self, range: Range<u64>, scratch: &'a mut Vec<u8>) -> Result<&'a [u8]> {
        if range.start > range.end || range.end > self.length {
            let what = format!("bytes {} to {} are needed, the file ends at {}", range.start, range.end, self.length);
            return Err(Error::truncated(Place::at(range.start), what));
        }
        let mut windows = self.windows();
        let Windows { reader, head, recent, expected } = &mut *windows;
        for window in [&*head, &*recent].into_iter().flatten() {
            if window.copy(&range, scratch) {
                return Ok(scratch);
            }
        }
        let (slot, reach) = if range.end <= HEAD {
            (head, 0..HEAD)
        } else {
            // A chunk may lie across the end of the last slice.
            let carries_on =
                recent.as_ref().is_some_and(|last| last.range.contains(&range.start) || last.range.end == range.start);
            let ahead = range.start + if carries_on { MOST_AHEAD } else { LEAST_AHEAD };
            let end = if expected.contains(&range.start) { expected.end } else { self.length };
            (recent, range.start..ahead.min(end))
        };
        let wanted = reach.start..reach.end.max(range.end).min(self.length);
        let window = self.fetch(reader, wanted)?;
        window.copy(&range, scratch);
        *slot = Some(window);
        Ok(scratch)
    }
}
