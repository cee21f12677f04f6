//! The matte of one object, and the objects of one pixel.

use serde::Serialize;

use super::Cryptomatte;
use super::rows::{RankReader, counted};
use crate::exr::{ByteSource, Header, Limits};
use crate::frame::Region;
use crate::{Error, Result, par};

/// Rows that one job fills.
const BAND: usize = 32;

/// The coverage of one object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matte {
    /// Where the samples lie, in the coordinates of the display window.
    pub region: Region,
    /// 0 to 1, row by row from the top left, without padding.
    pub coverage: Vec<f32>,
}

/// One object at a pixel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObjectAt {
    /// The bits of its id.
    pub id: u32,
    /// Its name, if the manifest has one.
    pub name: Option<String>,
    /// How much of the pixel it covers, 0 to 1.
    pub coverage: f32,
}

impl Cryptomatte {
    /// The matte of the object with that id where `within` and the data window overlap: give the object's box, and
    /// nothing else is decoded.
    ///
    /// # Errors
    /// If the set is unusable, or the matte passes a limit.
    pub fn matte<S: ByteSource + ?Sized>(
        &self,
        source: &S,
        header: &Header,
        id: u32,
        within: Region,
        limits: &Limits,
    ) -> Result<Matte> {
        let mut reader = RankReader::new(source, header, self.usable_ranks()?, limits);
        let (data, _) = reader.windows()?;
        let region = data.intersection(&within);
        if region.area().saturating_mul(4) > limits.frame_bytes {
            let what = format!("a matte of {region} pixels needs {} bytes", region.area().saturating_mul(4));
            return Err(Error::limit(what, format!("The limit is {}", limits.frame_bytes)));
        }
        let mut coverage = vec![0.0; region.area() as usize];
        if region.is_empty() {
            return Ok(Matte { region, coverage });
        }
        let width = region.width as usize;
        let left = (i64::from(region.x) - i64::from(data.x)) as usize;
        for run in reader.runs(i64::from(region.y)..region.bottom())? {
            reader.read(&run)?;
            let rows = run.start.max(region.y.into())..run.end.min(region.bottom());
            let place = |y: i64| (y - i64::from(region.y)) as usize * width;
            let part = &mut coverage[place(rows.start)..place(rows.end)];
            let jobs = rows.step_by(BAND).zip(part.chunks_mut(BAND * width)).collect();
            par::map_init(
                jobs,
                || (),
                |(), (top, rows): (i64, &mut [f32])| {
                    for (y, row) in (top..).zip(rows.chunks_exact_mut(width)) {
                        for rank in reader.row(y) {
                            let (ids, coverages) = (&rank.ids[left..], &rank.coverages[left..]);
                            add_matching(row, ids, coverages, id);
                        }
                    }
                },
            );
        }
        Ok(Matte { region, coverage })
    }

    /// Every object that covers the pixel `x`, `y` of the display window's coordinates, most coverage first; none where
    /// there are no samples.
    ///
    /// # Errors
    /// If the set is unusable, or the pixel's chunk cannot be decoded.
    pub fn objects_at<S: ByteSource + ?Sized>(
        &self,
        source: &S,
        header: &Header,
        [x, y]: [i32; 2],
        limits: &Limits,
    ) -> Result<Vec<ObjectAt>> {
        let mut reader = RankReader::new(source, header, self.usable_ranks()?, limits);
        let (data, _) = reader.windows()?;
        if !data.contains_pixel(x, y) {
            return Ok(Vec::new());
        }
        let y = i64::from(y);
        reader.read(&(y..y + 1))?;
        let column = (i64::from(x) - i64::from(data.x)) as usize;
        let mut objects: Vec<ObjectAt> = Vec::new();
        for rank in reader.row(y) {
            let (id, coverage) = (rank.ids[column], counted(rank.coverages[column]));
            if id == 0 || coverage == 0.0 {
                continue;
            }
            match objects.iter_mut().find(|object| object.id == id) {
                Some(object) => object.coverage += coverage,
                None => objects.push(ObjectAt { id, name: self.name_of(id).map(str::to_owned), coverage }),
            }
        }
        objects.sort_by(|a, b| b.coverage.total_cmp(&a.coverage));
        Ok(objects)
    }
}

/// Adds the coverage of every sample that has the id.
fn add_matching(row: &mut [f32], ids: &[u32], coverages: &[f32], id: u32) {
    for ((to, &found), &coverage) in row.iter_mut().zip(ids).zip(coverages) {
        *to += if found == id { counted(coverage) } else { 0.0 };
    }
}
