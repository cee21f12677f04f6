//! Hashing files in the formats of histories.

use std::fs::File;
use std::hash::Hasher as _;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha512};
use twox_hash::{XxHash3_64, XxHash3_128, XxHash64};

use super::c4;
use crate::{Error, Result};

/// Bytes read at once: they stay in the cache while they are hashed.
const BUFFER: usize = 1 << 20;

/// A format that is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// XXH3, 128 bit.
    Xxh128,
    /// XXH3, 64 bit.
    Xxh3,
    /// XXH64.
    Xxh64,
    /// SHA-512 as a C4 identifier.
    C4,
}

impl Format {
    /// The format by its element's name in a manifest.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "xxh128" => Some(Self::Xxh128),
            "xxh3" => Some(Self::Xxh3),
            "xxh64" => Some(Self::Xxh64),
            "c4" => Some(Self::C4),
            _ => None,
        }
    }
}

enum State {
    Xxh128(Box<XxHash3_128>),
    Xxh3(Box<XxHash3_64>),
    Xxh64(XxHash64),
    C4(Box<Sha512>),
}

impl State {
    fn new(format: Format) -> Self {
        match format {
            Format::Xxh128 => Self::Xxh128(Box::new(XxHash3_128::new())),
            Format::Xxh3 => Self::Xxh3(Box::new(XxHash3_64::new())),
            Format::Xxh64 => Self::Xxh64(XxHash64::with_seed(0)),
            Format::C4 => Self::C4(Box::new(Sha512::new())),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Xxh128(state) => state.write(bytes),
            Self::Xxh3(state) => state.write(bytes),
            Self::Xxh64(state) => state.write(bytes),
            Self::C4(state) => state.update(bytes),
        }
    }

    fn finish(self) -> String {
        match self {
            Self::Xxh128(state) => format!("{:032x}", state.finish_128()),
            Self::Xxh3(state) => format!("{:016x}", state.finish()),
            Self::Xxh64(state) => format!("{:016x}", state.finish()),
            Self::C4(state) => c4::from_digest(state.finalize().into()),
        }
    }
}

/// The hashes of a file, in one pass. `watch` hears of the bytes that were read.
///
/// # Errors
/// If it cannot be read.
pub(super) fn file(path: &Path, formats: &[Format], watch: &(impl Fn(u64) + Sync)) -> Result<Vec<String>> {
    let refused = |error| Error::io("cannot be read", path.display(), error);
    let mut file = File::open(path).map_err(refused)?;
    let mut states: Vec<State> = formats.iter().map(|&format| State::new(format)).collect();
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(refused(error)),
        };
        let bytes = buffer.get(..read).unwrap_or_default();
        states.iter_mut().for_each(|state| state.update(bytes));
        watch(read as u64);
    }
    Ok(states.into_iter().map(State::finish).collect())
}
