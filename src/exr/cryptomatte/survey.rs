//! How much of a picture each object covers, and where.

use std::collections::HashMap;

use serde::{Serialize, Serializer};

use super::Cryptomatte;
use super::labels::{Labels, RowsOfRuns};
use super::rows::{RankReader, RankRow, counted};
use crate::exr::{ByteSource, Header, Limits};
use crate::frame::Region;
use crate::{Error, Result, par};

/// Rows that one job walks.
const BAND: usize = 32;
/// More objects than this are refused: such ids are no ids but what filtering made of them.
const MOST_OBJECTS: usize = 1 << 20;
/// Share of the coverage whose ids the manifest may lack before that is told: a stray id is a renderer's, many are not.
const UNNAMED: f64 = 0.01;

/// Every object in the display window.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Survey {
    /// Most coverage first.
    pub objects: Vec<MatteObject>,
    /// What makes the numbers doubtful, in words.
    pub doubts: Vec<String>,
}

/// What is known of one object in one picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MatteObject {
    /// The bits of its id.
    #[serde(serialize_with = "hexadecimal")]
    pub id: u32,
    /// Its name, if the manifest has one.
    pub name: Option<String>,
    /// Its coverage in pixels of the display window, summed over all ranks.
    pub coverage: f64,
    /// The same as a share of the display window, 0 to 1.
    pub share: f64,
    /// Pixels of the display window that it touches at all.
    pub pixels: u64,
    /// The box around those, in the coordinates of the display window.
    pub region: Region,
}

impl Cryptomatte {
    /// Decodes the ranks run by run and sums up. Areas that cannot be read count as empty and are told.
    ///
    /// # Errors
    /// If the set is unusable, or passes a limit.
    pub fn survey<S: ByteSource + ?Sized>(&self, source: &S, header: &Header, limits: &Limits) -> Result<Survey> {
        Ok(self.walk(source, header, limits, false)?.0)
    }

    /// The same, and everything needed to look at many mattes; no [`Labels`] where they would be too large.
    ///
    /// # Errors
    /// As [`Self::survey`].
    pub fn survey_with_labels<S: ByteSource + ?Sized>(
        &self,
        source: &S,
        header: &Header,
        limits: &Limits,
    ) -> Result<(Survey, Option<Labels>)> {
        self.walk(source, header, limits, true)
    }

    fn walk<S: ByteSource + ?Sized>(
        &self,
        source: &S,
        header: &Header,
        limits: &Limits,
        with_labels: bool,
    ) -> Result<(Survey, Option<Labels>)> {
        let mut reader = RankReader::new(source, header, self.usable_ranks()?, limits);
        let (data, display) = reader.windows()?;
        let seen = data.intersection(&display);
        let columns = (i64::from(seen.x) - i64::from(data.x)) as usize..(seen.right() - i64::from(data.x)) as usize;
        let mut total = Tally::default();
        let mut labels = with_labels.then(RowsOfRuns::default);
        let mut doubts = Vec::new();
        if !seen.is_empty() {
            for run in reader.runs(i64::from(seen.y)..seen.bottom())? {
                let missing = reader.read(&run)?;
                doubts.extend(missing.iter().map(|area| format!("{}: {}", area.region, area.reason)));
                let rows = run.start.max(seen.y.into())..run.end.min(seen.bottom());
                let jobs = rows.clone().step_by(BAND).map(|y| y..(y + BAND as i64).min(rows.end)).collect();
                let bands = par::map_init(
                    jobs,
                    || (),
                    |(), rows: std::ops::Range<i64>| {
                        let mut tally = Tally::default();
                        let mut runs = RowsOfRuns::default();
                        for y in rows {
                            tally.add_row(y, data.x, columns.clone(), reader.row(y));
                            if with_labels {
                                runs.add_row(reader.row(y));
                            }
                        }
                        (tally, runs)
                    },
                );
                // In order: sums do not depend on who was first.
                for (band, runs) in bands {
                    total.add(band)?;
                    labels = labels.and_then(|mut all| all.append(runs).then_some(all));
                }
            }
        }
        let survey = self.sum_up(total, display, doubts);
        let top = (i64::from(seen.y) - i64::from(data.y)).max(0) as usize;
        let labels = labels.map(|rows| Labels::new(data, top, rows, survey.objects.clone()));
        Ok((survey, labels))
    }

    fn sum_up(&self, total: Tally, display: Region, mut doubts: Vec<String>) -> Survey {
        // Several names with one hash are rare; the first in the alphabet then stands for all.
        let mut names: HashMap<u32, &str> = HashMap::with_capacity(self.names.len());
        for (name, id) in &self.names {
            names.entry(*id).or_insert(name);
        }
        let area = display.area().max(1) as f64;
        let object = |entry: Entry| MatteObject {
            id: entry.id,
            name: names.get(&entry.id).map(|&name| name.to_owned()),
            coverage: entry.coverage,
            share: entry.coverage / area,
            pixels: entry.pixels,
            region: entry.region,
        };
        let mut objects: Vec<MatteObject> = total.entries.into_iter().map(object).collect();
        objects.sort_by(|a, b| b.coverage.total_cmp(&a.coverage).then(a.id.cmp(&b.id)));
        let sum = |objects: &mut dyn Iterator<Item = &MatteObject>| objects.map(|object| object.coverage).sum::<f64>();
        let all = sum(&mut objects.iter());
        let unnamed = sum(&mut objects.iter().filter(|object| object.name.is_none()));
        if !names.is_empty() && unnamed > UNNAMED * all {
            doubts.push(format!(
                "{:.1} % of the coverage has ids that the manifest lacks: were the mattes resized, blurred or compressed \
                 with loss?",
                100.0 * unnamed / all
            ));
        }
        Survey { objects, doubts }
    }
}

/// Coverage of every id, in the order they were met.
#[derive(Default)]
struct Tally {
    entries: Vec<Entry>,
    places: HashMap<u32, usize>,
}

#[derive(Clone, Copy)]
struct Entry {
    id: u32,
    coverage: f64,
    pixels: u64,
    region: Region,
}

impl Tally {
    /// Adds the samples in `columns` of row `y`; the first sample of a row lies at `left`.
    fn add_row<'a>(
        &mut self,
        y: i64,
        left: i32,
        columns: std::ops::Range<usize>,
        ranks: impl Iterator<Item = RankRow<'a>>,
    ) {
        let mut above: Vec<&[u32]> = Vec::new();
        for RankRow { ids, coverages } in ranks {
            let (ids, coverages) = (&ids[columns.clone()], &coverages[columns.clone()]);
            // Neighbours mostly show the same object, whose place need not be looked up again.
            let mut last = (0, 0);
            for (column, (&id, &coverage)) in ids.iter().zip(coverages).enumerate() {
                let coverage = counted(coverage);
                // Id 0 is nobody.
                if id == 0 || coverage == 0.0 || self.entries.len() > MOST_OBJECTS {
                    continue;
                }
                if last.0 != id {
                    last = (id, self.place(id));
                }
                let Some(entry) = self.entries.get_mut(last.1) else { continue };
                entry.coverage += f64::from(coverage);
                if above.iter().all(|ids| ids[column] != id) {
                    entry.pixels += 1;
                    entry.include(left + (columns.start + column) as i32, y as i32);
                }
            }
            above.push(ids);
        }
    }

    fn place(&mut self, id: u32) -> usize {
        *self.places.entry(id).or_insert_with(|| {
            self.entries.push(Entry { id, coverage: 0.0, pixels: 0, region: Region::default() });
            self.entries.len() - 1
        })
    }

    fn add(&mut self, other: Self) -> Result<()> {
        for entry in other.entries {
            let place = self.place(entry.id);
            if self.entries.len() > MOST_OBJECTS {
                let what = format!("there are more than {MOST_OBJECTS} ids in the mattes");
                return Err(Error::limit(what, "Ids that were filtered or compressed with loss look like that"));
            }
            if let Some(mine) = self.entries.get_mut(place) {
                mine.coverage += entry.coverage;
                mine.pixels += entry.pixels;
                mine.region = mine.region.union(&entry.region);
            }
        }
        Ok(())
    }
}

impl Entry {
    /// Grows the box to the pixel; rows come from top to bottom.
    fn include(&mut self, x: i32, y: i32) {
        if !self.region.contains_pixel(x, y) {
            self.region = self.region.union(&Region::new(x, y, 1, 1));
        }
    }
}

fn hexadecimal<S: Serializer>(id: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{id:08x}"))
}
