//! Chunks: which there are, which pixels they hold, and where they lie.
//!
//! A *band* is a row of chunks: one scan line block, or one row of tiles. Bands do not overlap and follow one another
//! down the data window, so they are what is handed to threads and workers.

use std::ops::Range;

use super::header::{Header, Levels, Part, PartKind};
use super::parse::Cursor;
use super::source::ByteSource;
use crate::error::Place;
use crate::frame::Region;
use crate::{Error, Result};

/// The number of entries in a part's offset table.
pub(super) fn count(part: &Part) -> Result<usize> {
    let window = part.data_window;
    let count = match part.tiles {
        None => u64::from(window.height.div_ceil(part.compression.lines())),
        Some(tiles) => {
            let across = level_sizes(window.width, tiles.round_up);
            let down = level_sizes(window.height, tiles.round_up);
            let (in_x, in_y) =
                (|w: u32| u64::from(w.div_ceil(tiles.width)), |h: u32| u64::from(h.div_ceil(tiles.height)));
            match tiles.levels {
                Levels::One => in_x(window.width) * in_y(window.height),
                Levels::MipMap => mip_levels(&across, &down).map(|(w, h)| in_x(w).saturating_mul(in_y(h))).sum(),
                Levels::RipMap => {
                    let x: u64 = across.into_iter().map(in_x).sum();
                    let y: u64 = down.into_iter().map(in_y).sum();
                    x.saturating_mul(y)
                }
            }
        }
    };
    // A longer table cannot lie in any file, and its bytes must be countable on a 32-bit machine.
    usize::try_from(count)
        .ok()
        .filter(|&count| count as u64 <= LARGEST_COUNT)
        .ok_or_else(|| Error::malformed(Place::default(), format!("{count} chunks are claimed")))
}

/// Chunks that a part may claim.
const LARGEST_COUNT: u64 = 1 << 28;

/// Sizes of the levels in one direction, from the full size down to 1 (*Introduction*, "Levels").
fn level_sizes(full: u32, round_up: bool) -> Vec<u32> {
    let mut sizes = vec![full];
    let mut size = full;
    while size > 1 {
        size = if round_up { size.div_ceil(2) } else { size / 2 };
        sizes.push(size);
    }
    sizes
}

/// Both sizes of each mip level; the shorter side stays at 1.
fn mip_levels(across: &[u32], down: &[u32]) -> impl Iterator<Item = (u32, u32)> {
    let size = |sizes: &[u32], level: usize| sizes.get(level).copied().unwrap_or(1);
    (0..across.len().max(down.len())).map(move |level| (size(across, level), size(down, level)))
}

/// Where one chunk of the full-size level belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Its entry in the part's offset table.
    pub(super) index: usize,
    /// Its pixels.
    pub(super) region: Region,
    /// What its own header must say: y, or tile x and y.
    pub(super) coordinates: Coordinates,
}

/// How a chunk names its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coordinates {
    /// The first line, in the coordinates of the data window.
    Line(i32),
    /// Tile column and row, from 0, in the full-size level.
    Tile(i32, i32),
}

/// The largest area a chunk of this part covers.
pub(super) fn largest_area(part: &Part) -> u64 {
    let window = part.data_window;
    match part.tiles {
        None => u64::from(window.width) * u64::from(part.compression.lines().min(window.height)),
        Some(tiles) => u64::from(tiles.width.min(window.width)) * u64::from(tiles.height.min(window.height)),
    }
}

impl Part {
    /// How many bands the full-size level has.
    pub fn band_count(&self) -> usize {
        self.data_window.height.div_ceil(self.band_height()) as usize
    }

    /// The rows of a run of bands, clipped to those there are.
    pub fn band_region(&self, bands: Range<usize>) -> Region {
        let window = self.data_window;
        let (height, total) = (u64::from(self.band_height()), u64::from(window.height));
        let top = (bands.start as u64).saturating_mul(height).min(total);
        let bottom = (bands.end as u64).saturating_mul(height).clamp(top, total);
        // The last row of the window fits i32, so a row inside does.
        Region::new(window.x, (i64::from(window.y) + top as i64) as i32, window.width, (bottom - top) as u32)
    }

    /// The bands that hold these rows, of those there are.
    pub(super) fn bands_of(&self, rows: Range<i64>) -> Range<usize> {
        let (top, height) = (i64::from(self.data_window.y), i64::from(self.band_height()));
        let count = self.band_count();
        let band = |row: i64| usize::try_from(row / height).unwrap_or(count).min(count);
        let first = band((rows.start - top).max(0));
        first..band((rows.end - top).max(0) + height - 1).max(first)
    }

    fn band_height(&self) -> u32 {
        self.tiles.map_or(self.compression.lines(), |tiles| tiles.height)
    }

    /// The chunks of one band, left to right.
    pub(super) fn band_chunks(&self, band: usize) -> Vec<Chunk> {
        let rows = self.band_region(band..band + 1);
        let Some(tiles) = self.tiles else {
            return vec![Chunk { index: band, region: rows, coordinates: Coordinates::Line(rows.y) }];
        };
        let columns = rows.width.div_ceil(tiles.width);
        let tile = |column: u32| {
            let left = u64::from(column) * u64::from(tiles.width);
            let width = u64::from(tiles.width).min(u64::from(rows.width) - left) as u32;
            Chunk {
                index: band * columns as usize + column as usize,
                region: Region { x: (i64::from(rows.x) + left as i64) as i32, width, ..rows },
                coordinates: Coordinates::Tile(column as i32, band as i32),
            }
        };
        (0..columns).map(tile).collect()
    }

    /// How many chunks the full-size level has; they come first in the offset table.
    fn full_size_chunks(&self) -> usize {
        self.chunks_per_band() * self.band_count()
    }

    fn chunks_per_band(&self) -> usize {
        self.tiles.map_or(1, |tiles| self.data_window.width.div_ceil(tiles.width) as usize)
    }
}

/// Offsets of the chunks of one part's full-size level; 0 where none is known.
#[derive(Debug, Clone)]
pub(super) struct Offsets(Vec<u64>);

impl Offsets {
    /// Reads the table, or as much of it as a truncated file has. Where entries are missing (a writer that was stopped
    /// leaves zeros) the chunks themselves are searched, as OpenEXR does.
    pub(super) fn read<S: ByteSource + ?Sized>(source: &S, header: &Header, number: usize) -> Result<Self> {
        let part = header.part(number)?;
        let count = part.full_size_chunks();
        let start = header.table_offset(number);
        let available = (source.len().saturating_sub(start) / 8).min(count as u64) as usize;
        if available < count {
            let what = format!("the file ends inside the offset table: {available} of {count} chunks");
            return Err(Error::truncated(Place::at(source.len()), what).in_part(number));
        }
        let mut scratch = Vec::new();
        let bytes = source.read(start..start + 8 * available as u64, &mut scratch)?;
        let (first, end) = (header.chunks_start(), source.len());
        let mut cursor = Cursor::new(bytes, start);
        let mut offsets = Vec::with_capacity(count);
        for _ in 0..count {
            let offset = cursor.u64()?;
            offsets.push(if (first..end).contains(&offset) { offset } else { 0 });
        }
        let mut offsets = Self(offsets);
        if offsets.0.contains(&0) {
            offsets.search(source, header, number);
        }
        Ok(offsets)
    }

    pub(super) fn get(&self, index: usize) -> Option<u64> {
        self.0.get(index).copied().filter(|&offset| offset != 0)
    }

    /// Where the chunks numbered `chunks` lie: from the first of them to the next chunk behind the last, or to `end`.
    fn span(&self, chunks: Range<usize>, end: u64) -> Option<Range<u64>> {
        let known = || self.0.iter().copied().filter(|&offset| offset != 0);
        let wanted = || self.0.get(chunks.clone()).into_iter().flatten().copied().filter(|&offset| offset != 0);
        let (first, last) = (wanted().min()?, wanted().max()?);
        Some(first..known().filter(|&offset| offset > last).min().unwrap_or(end))
    }

    /// Whether any chunk is known to be in the file.
    pub(super) fn any(&self) -> bool {
        self.0.iter().any(|&offset| offset != 0)
    }

    /// Walks over the chunks from the first on and notes those of this part that the table lacks.
    fn search<S: ByteSource + ?Sized>(&mut self, source: &S, header: &Header, number: usize) {
        let mut scratch = Vec::new();
        let mut at = header.chunks_start();
        let mut steps: usize = header.parts.iter().map(|part| part.chunk_count).sum();
        while steps > 0 && at < source.len() {
            steps -= 1;
            let window = at..(at + LONGEST_CHUNK_HEADER).min(source.len());
            let Ok(bytes) = source.read(window, &mut scratch) else { return };
            let Ok(found) = ChunkHeader::parse(&mut Cursor::new(bytes, at), header, number) else { return };
            if found.part == number
                && let Some(index) = header.parts.get(number).and_then(|part| index_of(part, &found))
                && let Some(entry) = self.0.get_mut(index)
                && *entry == 0
            {
                *entry = at;
            }
            let Some(next) = at.checked_add(found.total_bytes) else { return };
            at = next;
        }
    }
}

/// The bytes among which the chunks of those bands lie, for sources that are better read in few large pieces. Chunks of
/// other parts may lie between them. Empty where the file has none of them.
///
/// # Errors
/// If there is no such part, or the file ends inside its offset table.
pub fn byte_range<S: ByteSource + ?Sized>(
    source: &S,
    header: &Header,
    part: usize,
    bands: Range<usize>,
) -> Result<Range<u64>> {
    let per_band = header.part(part)?.chunks_per_band();
    let chunks = bands.start.saturating_mul(per_band)..bands.end.saturating_mul(per_band);
    let offsets = Offsets::read(source, header, part)?;
    let chunks = chunks.start.min(offsets.0.len())..chunks.end.min(offsets.0.len());
    Ok(offsets.span(chunks, source.len()).unwrap_or_default())
}

/// Part number, tile coordinates and level, three deep sizes.
const LONGEST_CHUNK_HEADER: u64 = 4 + 16 + 24;

/// What stands before a chunk's data (*Layout*, "Chunk layout").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ChunkHeader {
    pub(super) part: usize,
    pub(super) coordinates: Coordinates,
    full_size: bool,
    /// Where its data begins, in bytes from the start of the file.
    pub(super) data_start: u64,
    /// Its data in bytes.
    pub(super) data_bytes: u64,
    /// Header and data in bytes.
    total_bytes: u64,
}

impl ChunkHeader {
    /// `expected` is the part where the file has only one.
    pub(super) fn parse(cursor: &mut Cursor<'_>, header: &Header, expected: usize) -> Result<Self> {
        let (start, place) = (cursor.offset(), cursor.place());
        let part = if header.multi_part { cursor.i32()? as usize } else { expected };
        let kind = header
            .parts
            .get(part)
            .ok_or_else(|| Error::malformed(place.clone(), format!("a chunk names part {part}, which there is not")))?
            .kind;
        let (coordinates, full_size) = match kind {
            PartKind::ScanLine | PartKind::DeepScanLine => (Coordinates::Line(cursor.i32()?), true),
            PartKind::Tiled | PartKind::DeepTiled => {
                let [x, y, level_x, level_y] = cursor.many(Cursor::i32)?;
                (Coordinates::Tile(x, y), level_x == 0 && level_y == 0)
            }
        };
        let data_bytes = match kind {
            PartKind::ScanLine | PartKind::Tiled => {
                let size = cursor.i32()?;
                u64::try_from(size)
                    .map_err(|_| Error::malformed(place.clone(), format!("a chunk has the size {size}")))?
            }
            // Packed sample counts, packed samples, unpacked samples.
            PartKind::DeepScanLine | PartKind::DeepTiled => {
                let [counts, samples, _unpacked] = cursor.many(Cursor::u64)?;
                counts
                    .checked_add(samples)
                    .ok_or_else(|| Error::malformed(place.clone(), "a deep chunk's size overflows"))?
            }
        };
        let data_start = cursor.offset();
        let total_bytes = (data_start - start)
            .checked_add(data_bytes)
            .ok_or_else(|| Error::malformed(place, "a chunk's size overflows"))?;
        Ok(Self { part, coordinates, full_size, data_start, data_bytes, total_bytes })
    }

    /// Reads and checks the header that stands at `offset`.
    pub(super) fn read<S: ByteSource + ?Sized>(
        source: &S,
        header: &Header,
        part: usize,
        offset: u64,
        scratch: &mut Vec<u8>,
    ) -> Result<Self> {
        let window = offset..offset.saturating_add(LONGEST_CHUNK_HEADER).min(source.len());
        Self::parse(&mut Cursor::new(source.read(window, scratch)?, offset), header, part)
    }
}

/// The offset table entry that a chunk found in the file belongs to.
fn index_of(part: &Part, found: &ChunkHeader) -> Option<usize> {
    match found.coordinates {
        Coordinates::Line(y) => {
            let row = u64::try_from(i64::from(y) - i64::from(part.data_window.y)).ok()?;
            usize::try_from(row / u64::from(part.compression.lines())).ok()
        }
        Coordinates::Tile(x, y) if found.full_size => {
            let columns = part.data_window.width.div_ceil(part.tiles?.width) as usize;
            let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
            (x < columns).then(|| y.checked_mul(columns)?.checked_add(x))?
        }
        Coordinates::Tile(..) => None,
    }
}
