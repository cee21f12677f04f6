//! Where bytes come from: a slice, a file, a Blob.

use std::ops::Range;

use crate::error::Place;
use crate::{Error, Result};

/// Random access to the bytes of one file.
pub trait ByteSource: Sync {
    /// The length of the file in bytes.
    fn len(&self) -> u64;

    /// Whether the file has no byte.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of `range`: borrowed where they lie in memory already, otherwise read into `scratch`.
    ///
    /// # Errors
    /// If the range does not lie inside the file, or the system refuses.
    fn read<'a>(&'a self, range: Range<u64>, scratch: &'a mut Vec<u8>) -> Result<&'a [u8]>;
}

impl ByteSource for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read<'a>(&'a self, range: Range<u64>, _scratch: &'a mut Vec<u8>) -> Result<&'a [u8]> {
        let (start, end) = (usize::try_from(range.start), usize::try_from(range.end));
        let bytes = start.ok().zip(end.ok()).and_then(|(start, end)| self.get(start..end));
        bytes.ok_or_else(|| out_of_range(&range, <[u8]>::len(self) as u64))
    }
}

impl ByteSource for Vec<u8> {
    fn len(&self) -> u64 {
        ByteSource::len(self.as_slice())
    }

    fn read<'a>(&'a self, range: Range<u64>, scratch: &'a mut Vec<u8>) -> Result<&'a [u8]> {
        self.as_slice().read(range, scratch)
    }
}

/// The error for a range that does not lie inside a file of `length` bytes.
pub fn out_of_range(range: &Range<u64>, length: u64) -> Error {
    let what = format!("bytes {} to {} are needed, the file ends at {length}", range.start, range.end);
    Error::truncated(Place::at(range.start), what)
}
