//! The bytes of a .blend, unpacked as they are read.

use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::error::Place;
use crate::{Error, Result};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// A file, read from its beginning to its end.
pub(super) struct Stream<R: Read> {
    source: Source<R>,
    /// Bytes that were read or skipped, unpacked.
    position: u64,
    most: u64,
}

enum Source<R: Read> {
    Plain(BufReader<R>),
    Gzip(Box<flate2::read::MultiGzDecoder<BufReader<R>>>),
    Zstd(Box<ZstdFrames<BufReader<R>>>),
}

impl<R: Read + Seek> Stream<R> {
    /// Looks how the file is packed.
    pub(super) fn open(reader: R, most: u64) -> Result<Self> {
        let mut reader = BufReader::new(reader);
        let mut magic = Vec::with_capacity(4);
        reader.by_ref().take(4).read_to_end(&mut magic).map_err(|error| unreadable(error, 0))?;
        reader.seek(SeekFrom::Start(0)).map_err(|error| unreadable(error, 0))?;
        let source = match magic.as_slice() {
            [first, second, ..] if [*first, *second] == GZIP => {
                Source::Gzip(Box::new(flate2::read::MultiGzDecoder::new(reader)))
            }
            magic if magic == ZSTD => Source::Zstd(Box::new(ZstdFrames::new(reader))),
            _ => Source::Plain(reader),
        };
        Ok(Self { source, position: 0, most })
    }

    /// How many bytes were read or skipped.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// The next bytes; they come before memory for them does, so that a wrong length costs nothing.
    pub(super) fn take(&mut self, length: u64) -> Result<Vec<u8>> {
        self.advance(length)?;
        let mut bytes = Vec::new();
        let read = self
            .source
            .reader()
            .take(length)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(error, self.position))?;
        if (read as u64) < length { Err(self.truncated()) } else { Ok(bytes) }
    }

    /// The next bytes, as many as there are places for.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.advance(N as u64)?;
        let mut bytes = [0; N];
        match self.source.reader().read_exact(&mut bytes) {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(self.truncated()),
            Err(error) => Err(unreadable(error, self.position)),
        }
    }

    /// Leaves bytes out; in a file that is not packed, without reading them.
    pub(super) fn skip(&mut self, length: u64) -> Result<()> {
        self.advance(length)?;
        let skipped = match (&mut self.source, i64::try_from(length)) {
            (Source::Plain(reader), Ok(offset)) => reader.seek_relative(offset).map(|()| length),
            (source, _) => std::io::copy(&mut source.reader().take(length), &mut std::io::sink()),
        };
        match skipped {
            Ok(skipped) if skipped == length => Ok(()),
            Ok(_) => Err(self.truncated()),
            Err(error) => Err(unreadable(error, self.position)),
        }
    }

    fn advance(&mut self, length: u64) -> Result<()> {
        let position = self.position.checked_add(length).filter(|&position| position <= self.most);
        let too_large = || {
            Error::limit(format!("the .blend unpacks to more than {} bytes", self.most), "Save it again with Blender")
        };
        self.position = position.ok_or_else(too_large)?;
        Ok(())
    }

    fn truncated(&self) -> Error {
        Error::truncated(Place::at(self.position), "the .blend ends before its last block")
    }
}

impl<R: Read> Source<R> {
    fn reader(&mut self) -> &mut dyn Read {
        match self {
            Self::Plain(reader) => reader,
            Self::Gzip(reader) => reader,
            Self::Zstd(reader) => reader,
        }
    }
}

fn unreadable(error: std::io::Error, position: u64) -> Error {
    match error.kind() {
        // What the decoders say of damaged data.
        ErrorKind::Other | ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
            Error::malformed(Place::at(position), format!("the .blend cannot be unpacked: {error}"))
        }
        _ => Error::io("cannot be read", "", error),
    }
}

/// The frames of a zstd file one after another: Blender writes many, and a table of them in a frame to be skipped.
struct ZstdFrames<R> {
    reader: R,
    decoder: FrameDecoder,
    is_within_frame: bool,
}

impl<R: BufRead> ZstdFrames<R> {
    fn new(reader: R) -> Self {
        Self { reader, decoder: FrameDecoder::new(), is_within_frame: false }
    }

    /// Goes to the next frame with data; `false` at the end of the file.
    fn next_frame(&mut self) -> std::io::Result<bool> {
        while !self.reader.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.reader) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    std::io::copy(&mut self.reader.by_ref().take(length.into()), &mut std::io::sink())?;
                }
                Err(error) => return Err(std::io::Error::other(error)),
            }
        }
        Ok(false)
    }
}

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if self.is_within_frame && self.decoder.can_collect() > 0 {
                return self.decoder.read(buffer);
            }
            if self.is_within_frame && !self.decoder.is_finished() {
                let blocks = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.reader, blocks).map_err(std::io::Error::other)?;
                continue;
            }
            self.is_within_frame = self.next_frame()?;
            if !self.is_within_frame {
                return Ok(0);
            }
        }
    }
}
