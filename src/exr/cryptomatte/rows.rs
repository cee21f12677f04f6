//! The ranks' channels, decoded run by run: twelve float channels of a 4K frame are 340 MB, a run is a tenth.

use std::ops::Range;

use super::Rank;
use crate::exr::{ByteSource, Header, Limits, Part, Request, decode_into};
use crate::frame::{Frame, Missing, Plane, Region, Samples};
use crate::{Error, Result};

/// Bytes of all ranks that are held at once, as far as the file's chunks allow.
const RUN_BYTES: u64 = 32 << 20;
/// All ranks together may have so many times the bytes of a frame: they are not held at once, but time has a bound too.
const MOST_FRAMES: u64 = 8;

/// Coverage that rounding in a renderer can reach; more is no coverage.
const MOST_COVERAGE: f32 = 1.001;

/// A sample of coverage as it counts: nothing where it is not positive or not a number, at the most the whole pixel.
pub(super) fn counted(coverage: f32) -> f32 {
    if coverage > MOST_COVERAGE {
        1.0
    } else if coverage > 0.0 {
        coverage
    } else {
        0.0
    }
}

/// Reads the ranks of one set.
pub(super) struct RankReader<'a, S: ?Sized> {
    source: &'a S,
    header: &'a Header,
    limits: &'a Limits,
    /// The parts that hold ranks, each with the channels wanted of it and the rows decoded last.
    parts: Vec<PartRows>,
    /// For each rank, the place in `parts` and of both planes there.
    places: Vec<(usize, [usize; 2])>,
}

struct PartRows {
    number: usize,
    channels: Vec<usize>,
    frame: Frame,
}

/// One row of one rank.
pub(super) struct RankRow<'a> {
    /// The bits of the floats.
    pub(super) ids: &'a [u32],
    pub(super) coverages: &'a [f32],
}

impl<'a, S: ByteSource + ?Sized> RankReader<'a, S> {
    /// `ranks` were found in `header`: there is at least one, and all their parts share their windows.
    pub(super) fn new(source: &'a S, header: &'a Header, ranks: &[Rank], limits: &'a Limits) -> Self {
        let mut parts: Vec<PartRows> = Vec::new();
        let mut places = Vec::new();
        for rank in ranks {
            let slot = parts.iter().position(|part| part.number == rank.part).unwrap_or_else(|| {
                parts.push(PartRows { number: rank.part, channels: Vec::new(), frame: Frame::default() });
                parts.len() - 1
            });
            let channels = &mut parts[slot].channels;
            channels.extend([rank.id, rank.coverage]);
            places.push((slot, [channels.len() - 2, channels.len() - 1]));
        }
        Self { source, header, limits, parts, places }
    }

    /// Runs of rows to be read one after another, from top to bottom, that together hold `rows`.
    ///
    /// # Errors
    /// If the file claims more than is believed.
    pub(super) fn runs(&self, rows: Range<i64>) -> Result<Vec<Range<i64>>> {
        let part = self.first_part()?;
        let bands = part.bands_of(rows);
        let row_bytes = u64::from(part.data_window.width) * 8 * self.places.len() as u64;
        let (bytes, most) = (
            row_bytes.saturating_mul(part.data_window.height.into()),
            self.limits.frame_bytes.saturating_mul(MOST_FRAMES),
        );
        if bytes > most {
            let what = format!("the mattes of {} pixels need {bytes} bytes", part.data_window);
            return Err(Error::limit(what, format!("The limit is {most}")));
        }
        let band_rows = u64::from(part.band_region(0..1).height).max(1);
        let step = usize::try_from(RUN_BYTES / (row_bytes * band_rows).max(1)).unwrap_or(usize::MAX).max(1);
        let run = |first: usize| {
            let region = part.band_region(first..first.saturating_add(step).min(bands.end));
            i64::from(region.y)..region.bottom()
        };
        Ok(bands.clone().step_by(step).map(run).collect())
    }

    /// Where the samples of the ranks lie, and what of it is meant to be seen.
    pub(super) fn windows(&self) -> Result<(Region, Region)> {
        let part = self.first_part()?;
        Ok((part.data_window, part.display_window))
    }

    /// Decodes these rows of every rank, and perhaps some around them. What could not be decoded is zero, which is no
    /// coverage, and returned.
    pub(super) fn read(&mut self, rows: &Range<i64>) -> Result<Vec<Missing>> {
        let mut missing = Vec::new();
        for rows_of in &mut self.parts {
            let part = self.header.part(rows_of.number)?;
            let bands = part.bands_of(rows.clone());
            let region = part.band_region(bands.clone());
            let request = Request { part: rows_of.number, channels: rows_of.channels.clone(), bands: Some(bands) };
            match decode_into(self.source, self.header, &request, self.limits, &mut rows_of.frame) {
                Ok(()) => missing.append(&mut rows_of.frame.missing),
                // Nothing of the run can be read; the next one may be sound.
                Err(Error::Input(error)) => {
                    rows_of.frame.planes.clear();
                    missing.push(Missing { region, reason: error.to_string() });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(missing)
    }

    /// Row `y` of every rank that could be decoded, most coverage first.
    pub(super) fn row(&self, y: i64) -> impl Iterator<Item = RankRow<'_>> {
        self.places.iter().filter_map(move |&(slot, [id, coverage])| {
            let frame = &self.parts.get(slot)?.frame;
            let width = frame.data_window.width as usize;
            let start = usize::try_from(y - i64::from(frame.data_window.y)).ok()? * width;
            let ids = float_row(frame.planes.get(id)?, start, width)?;
            let coverages = float_row(frame.planes.get(coverage)?, start, width)?;
            Some(RankRow { ids: bytemuck::cast_slice(ids), coverages })
        })
    }

    fn first_part(&self) -> Result<&'a Part> {
        self.header.part(self.parts.first().map_or(0, |part| part.number))
    }
}

fn float_row(plane: &Plane, start: usize, width: usize) -> Option<&[f32]> {
    match &plane.samples {
        Samples::Float(samples) => samples.get(start..start + width),
        _ => None,
    }
}
