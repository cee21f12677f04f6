//! Files as byte sources: read where and when asked, by many threads at once.

use std::fs::File;
use std::ops::Range;
use std::path::Path;

use crate::exr::ByteSource;
use crate::{Error, Result};

/// An open file.
#[derive(Debug)]
pub struct FileSource {
    file: File,
    name: String,
    length: u64,
}

impl FileSource {
    /// Opens `path` for reading.
    ///
    /// # Errors
    /// If the system refuses, or it is no regular file.
    pub fn open(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let refused = |error| Error::io("cannot be opened", &name, error);
        // Looked at before it is opened: opening a pipe waits for someone to write into it.
        if !std::fs::metadata(path).map_err(refused)?.is_file() {
            return Err(Error::wrong_kind("this is not a regular file").in_file(name));
        }
        Self::of(File::open(path).map_err(refused)?, name)
    }

    /// A file that is open already, called `name` in errors. Its length is what it has now.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn of(file: File, name: String) -> Result<Self> {
        let metadata = file.metadata().map_err(|error| Error::io("cannot be looked at", &name, error))?;
        Ok(Self { length: metadata.len(), file, name })
    }
}

impl ByteSource for FileSource {
    fn len(&self) -> u64 {
        self.length
    }

    fn read<'a>(&'a self, range: Range<u64>, scratch: &'a mut Vec<u8>) -> Result<&'a [u8]> {
        if range.start > range.end || range.end > self.length {
            return Err(crate::exr::out_of_range(&range, self.length));
        }
        scratch.resize((range.end - range.start) as usize, 0);
        read_exact_at(&self.file, scratch, range.start).map_err(|error| {
            Error::io(format!("bytes {} to {} cannot be read", range.start, range.end), &self.name, error)
        })?;
        Ok(scratch)
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> std::io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => {
                buffer = &mut buffer[read..];
                offset += read as u64;
            }
        }
    }
    Ok(())
}
