//! Little-endian reading with a place for every error.

use crate::error::Place;
use crate::{Error, Result};

/// Walks over bytes that begin at `start` of the file.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    start: u64,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], start: u64) -> Self {
        Self { bytes, at: 0, start }
    }

    /// Offset in the file of the next byte.
    pub(super) fn offset(&self) -> u64 {
        self.start + self.at as u64
    }

    pub(super) fn place(&self) -> Place {
        Place::at(self.offset())
    }

    pub(super) fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let bytes = self.at.checked_add(length).and_then(|end| self.bytes.get(self.at..end));
        let bytes = bytes.ok_or_else(|| {
            Error::truncated(self.place(), format!("{length} bytes are needed, {} are left", self.remaining()))
        })?;
        self.at += length;
        Ok(bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Result<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn i32(&mut self) -> Result<i32> {
        self.array().map(i32::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn f32(&mut self) -> Result<f32> {
        self.array().map(f32::from_le_bytes)
    }

    pub(super) fn f64(&mut self) -> Result<f64> {
        self.array().map(f64::from_le_bytes)
    }

    /// `N` values in a row.
    pub(super) fn many<T: Copy + Default, const N: usize>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<[T; N]> {
        let mut values = [T::default(); N];
        for value in &mut values {
            *value = one(self)?;
        }
        Ok(values)
    }

    /// Text up to a zero byte, which is passed over. Bytes that are not UTF-8 are replaced.
    pub(super) fn text(&mut self, longest: usize) -> Result<String> {
        let window = &self.bytes[self.at..];
        let window = &window[..window.len().min(longest + 1)];
        let Some(length) = window.iter().position(|&byte| byte == 0) else {
            let error = if window.len() > longest {
                Error::malformed(self.place(), format!("a name is longer than {longest} bytes"))
            } else {
                Error::truncated(self.place(), "the file ends inside a name")
            };
            return Err(error);
        };
        let text = String::from_utf8_lossy(&window[..length]).into_owned();
        self.at += length + 1;
        Ok(text)
    }
}
