//! What a chunk claims of its own sizes, held against what its planes have room for, before any memory is taken for it.

use super::super::plane::Plane;
use super::rules::Scheme;

/// The counters, eight bytes each (OpenEXR, `internal_dwa_compressor.h`, `DataSizesSingle`).
#[derive(Debug, Clone, Copy)]
pub(super) struct Counters {
    pub(super) version: u64,
    /// Bytes of the sections as they are stored: what is kept, coefficients, first coefficients, runs.
    packed: [usize; 4],
    /// Bytes of what is kept.
    pub(super) unknown: usize,
    /// Bytes of the runs, and of what they stand for.
    pub(super) runs: usize,
    pub(super) unrolled: usize,
    /// Coefficients and marks of zeros; first coefficients.
    pub(super) ac: usize,
    pub(super) dc: usize,
    /// Whether the coefficients are deflated instead of in a Huffman code.
    pub(super) is_ac_deflated: bool,
}

/// The most that planes have room for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Room {
    unknown: usize,
    unrolled: usize,
    blocks: usize,
}

impl Room {
    pub(super) fn new(schemes: &[Scheme], planes: &[Plane]) -> Self {
        schemes.iter().zip(planes).fold(Self::default(), |room, (scheme, plane)| match scheme {
            Scheme::Unknown => Self { unknown: room.unknown + 2 * plane.length(), ..room },
            Scheme::Rle => Self { unrolled: room.unrolled + 2 * plane.length(), ..room },
            Scheme::Cosine => Self { blocks: room.blocks + plane.width.div_ceil(8) * plane.height.div_ceil(8), ..room },
        })
    }
}

impl Counters {
    /// Takes them from the front of a chunk; `None` where it is too short, or they are more than memory could have.
    pub(super) fn read(rest: &mut &[u8]) -> Option<Self> {
        let mut next = || {
            let (bytes, after) = rest.split_first_chunk()?;
            *rest = after;
            Some(u64::from_le_bytes(*bytes))
        };
        let version = next()?;
        let mut size = || usize::try_from(next()?).ok();
        let [unknown, unknown_packed, ac_packed, dc_packed, rle_packed] = [size()?, size()?, size()?, size()?, size()?];
        let [runs, unrolled, ac, dc] = [size()?, size()?, size()?, size()?];
        let is_ac_deflated = size()? != 0;
        let packed = [unknown_packed, ac_packed, dc_packed, rle_packed];
        Some(Self { version, packed, unknown, runs, unrolled, ac, dc, is_ac_deflated })
    }

    /// # Errors
    /// If they claim more than there is room for.
    pub(super) fn check(&self, room: &Room) -> Result<(), &'static str> {
        let is_within = self.unknown <= room.unknown
            && self.unrolled <= room.unrolled
            // A count stands before 127 bytes or fewer.
            && self.runs <= 2 * room.unrolled
            // Of a block's 64 coefficients one stands apart.
            && self.ac <= 63 * room.blocks
            && self.dc <= room.blocks;
        if is_within { Ok(()) } else { Err("it claims to hold more than there is room for") }
    }

    /// The sections, in the order of [`Self::packed`]; `None` if they end early.
    pub(super) fn sections<'a>(&self, mut rest: &'a [u8]) -> Option<[&'a [u8]; 4]> {
        let mut sections = [[].as_slice(); 4];
        for (section, length) in sections.iter_mut().zip(self.packed) {
            (*section, rest) = rest.split_at_checked(length)?;
        }
        Some(sections)
    }
}
