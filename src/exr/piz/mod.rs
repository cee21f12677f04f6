//! PIZ: the words of a chunk through a table that leaves out unused ones, a wavelet, and a Huffman code.
//!
//! A chunk is the plane of each channel, one after another, of 16-bit words: one for each half, two (the low one first) for
//! each 32-bit sample, whose wavelets are apart. Written from *Technical Introduction to OpenEXR*, "PIZ", and from
//! OpenEXR's `ImfPizCompressor.cpp`, `ImfWav.cpp` and `ImfHuf.cpp`, which define the format in fact.

mod wavelet;

use super::huffman;
use super::plane::Plane;
use crate::error::Place;
use crate::{Error, Result};

/// Bytes of the map that has a bit for every 16-bit word.
const BITMAP: usize = 1 << 13;

/// Working memory of one thread.
#[derive(Debug, Default)]
pub(super) struct Unpacked {
    words: Vec<u16>,
    /// The word that each of the chunk's numbers stands for.
    table: Vec<u16>,
    code: huffman::Code,
}

impl Unpacked {
    /// Unpacks a chunk of those planes.
    ///
    /// # Errors
    /// If it is damaged.
    pub(super) fn unpack(&mut self, data: &[u8], planes: impl Iterator<Item = Plane> + Clone) -> Result<()> {
        let mut rest = data;
        let highest = self.read_table(&mut rest).ok_or_else(|| damaged("its table of words is cut off or too long"))?;
        let length = take(&mut rest, 4).and_then(|bytes| Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize));
        let packed = length.and_then(|length| rest.get(..length)).ok_or_else(|| damaged("its code is cut off"))?;
        self.words.clear();
        self.words.resize(planes.clone().map(Plane::length).sum(), 0);
        self.code.decode(packed, &mut self.words).map_err(damaged)?;
        let mut words = self.words.as_mut_slice();
        for plane in planes {
            let (own, others) = std::mem::take(&mut words).split_at_mut(plane.length());
            words = others;
            wavelet::decode(own, plane, highest);
        }
        Ok(())
    }

    /// Fills `output` with so many bytes from word `start` on, in the order of a file.
    pub(super) fn read(&self, start: usize, output: &mut [u8]) {
        let words = self.words.get(start..).unwrap_or_default();
        for (output, &number) in output.as_chunks_mut().0.iter_mut().zip(words) {
            // The table has a word for every number there can be.
            *output = self.table[usize::from(number)].to_le_bytes();
        }
    }

    /// Reads which words there are; the highest number that stands for one.
    fn read_table(&mut self, rest: &mut &[u8]) -> Option<u16> {
        let mut limit = || Some(usize::from(u16::from_le_bytes(take(rest, 2)?.try_into().ok()?)));
        let (first, last) = (limit()?, limit()?);
        let mut bitmap = [0; BITMAP];
        if first <= last {
            bitmap.get_mut(first..=last)?.copy_from_slice(take(rest, last - first + 1)?);
        }
        // Nought is always there.
        bitmap[0] |= 1;
        self.table.clear();
        let is_used = |word: &u16| bitmap[usize::from(word >> 3)] & (1 << (word & 7)) != 0;
        self.table.extend((0..=u16::MAX).filter(is_used));
        let highest = self.table.len() - 1;
        self.table.resize(1 << 16, 0);
        u16::try_from(highest).ok()
    }
}

/// The next bytes, so many.
fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (bytes, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(bytes)
}

fn damaged(what: &'static str) -> Error {
    Error::malformed(Place::default(), format!("the PIZ chunk is damaged: {what}"))
}
