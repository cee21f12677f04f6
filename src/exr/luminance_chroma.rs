//! Luminance and subsampled chroma (*Technical Introduction to OpenEXR*, "Luminance/Chroma Images"), read as R, G and B.
//!
//! Such a part stores Y, and RY = (R - Y) / Y and BY = (B - Y) / Y for every second pixel of every second row. They are
//! offered as R, G, B, so that nobody else need know. What is missing of the chroma is interpolated, and colours that come
//! out too saturated are mended, as OpenEXR does (`ImfRgbaYca`, whose rounding to half floats after each step is kept too).

use half::f16;

use super::decode::{self, Request};
use super::header::{Channel, Header, Part};
use super::{ByteSource, Limits};
use crate::color::named;
use crate::frame::{Frame, Missing, Plane, Region, SampleType, Samples};
use crate::{Error, Result};

/// Half the filter's taps, those at whole distances 1, 3, 5, ...: the others meet rows and columns that hold no chroma.
const TAPS: [f32; 7] = [0.627_123, -0.186_077, 0.087_929, -0.043_159, 0.019_597, -0.007_540, 0.002_128];
/// Rows on either side that a row's colour depends on: the filter's reach, and one for the neighbours' saturation.
const REACH: i64 = 2 * TAPS.len() as i64;
/// Every how many pixels there is a sample of chroma.
const STEP: [i32; 2] = [2, 2];
const STORED: [&str; 3] = ["Y", "RY", "BY"];
const OFFERED: [&str; 3] = ["R", "G", "B"];

/// The channels that are offered of those that are `stored`: the same, but for R, G, B in the place of luminance and chroma.
pub(super) fn offered(stored: &[Channel]) -> Vec<Channel> {
    let [Some(luminance), Some(_), Some(_)] = stored_places(stored) else { return stored.to_vec() };
    let kind = stored[luminance].kind;
    let plain = stored.iter().filter(|channel| !STORED.contains(&channel.name.as_str()));
    let color = OFFERED.map(|name| Channel { name: name.into(), kind, perceptually_linear: false, sampling: [1, 1] });
    let mut channels: Vec<Channel> = plain.cloned().chain(color).collect();
    channels.sort_by(|a, b| a.name.cmp(&b.name));
    channels
}

/// Where Y, RY and BY are, if they are what they should be and nothing else has their colours' names.
fn stored_places(stored: &[Channel]) -> [Option<usize>; 3] {
    let place = |name: &str| stored.iter().position(|channel| channel.name == name);
    let places = STORED.map(place);
    let fits = |place: Option<usize>, sampling| {
        place.and_then(|place| stored.get(place)).is_some_and(|channel| {
            channel.sampling == sampling && matches!(channel.kind, SampleType::Half | SampleType::Float)
        })
    };
    let is_whole = fits(places[0], [1, 1]) && fits(places[1], STEP) && fits(places[2], STEP);
    match is_whole && OFFERED.iter().all(|name| place(name).is_none()) {
        true => places,
        false => [None; 3],
    }
}

/// Whether the part's channels are offered otherwise than they are stored.
pub(super) fn is_converted(part: &Part) -> bool {
    part.channels != part.stored
}

/// What keeps the part's subsampled channels from being read, if something does.
pub(super) fn obstacle(part: &Part) -> Option<String> {
    let channel = part.stored.iter().find(|channel| channel.sampling != [1, 1])?;
    let [x, y] = channel.sampling;
    if stored_places(&part.stored) == [None; 3]
        || part.stored.iter().any(|other| other.sampling != [1, 1] && !STORED.contains(&other.name.as_str()))
    {
        return Some(format!("channel {:?} is subsampled {x}x{y} and no chroma of a channel Y", channel.name));
    }
    let window = part.data_window;
    let is_even =
        window.x % 2 == 0 && window.y % 2 == 0 && window.width.is_multiple_of(2) && window.height.is_multiple_of(2);
    (part.tiles.is_some() || !is_even)
        .then(|| "chroma is subsampled 2x2, which needs scan lines and a data window of even numbers".to_owned())
}

/// As [`decode::decode_into`], for a part whose channels are offered otherwise than they are stored.
pub(super) fn decode_into<S: ByteSource + ?Sized>(
    source: &S,
    header: &Header,
    request: &Request,
    limits: &Limits,
    frame: &mut Frame,
) -> Result<()> {
    let part = header.part(request.part)?;
    let region = frame.data_window;
    let mut inner = header.clone();
    let as_stored = inner.parts.get_mut(request.part).ok_or_else(|| Error::spec("there is no such part", ""))?;
    as_stored.channels.clone_from(&part.stored);
    let rows = i64::from(region.y) - REACH..region.bottom() + REACH;
    let names: Vec<&str> = request.channels.iter().map(|&index| part.channels[index].name.as_str()).collect();
    let wants_color = names.iter().any(|name| OFFERED.contains(name));
    let plain = names.iter().copied().filter(|name| !OFFERED.contains(name));
    let wanted: Vec<&str> = plain.chain(STORED.into_iter().filter(|_| wants_color)).collect();
    let place = |name: &&str| part.stored.iter().position(|channel| channel.name == **name);
    let request = Request {
        part: request.part,
        channels: wanted.iter().filter_map(place).collect(),
        bands: Some(part.bands_of(rows)),
    };
    let mut raw = Frame::default();
    decode::decode_into(source, &inner, &request, limits, &mut raw)?;

    if wants_color {
        Conversion::new(&raw, part)?.write(region, &mut frame.planes);
    }
    for plane in frame.planes.iter_mut().filter(|plane| !OFFERED.contains(&plane.name.as_str())) {
        copy(&raw, &plane.name, region, &mut plane.samples);
    }
    let is_here = |missing: &Missing| {
        missing.region.bottom() > i64::from(region.y) && i64::from(missing.region.y) < region.bottom()
    };
    frame.missing = raw.missing.into_iter().filter(is_here).collect();
    Ok(())
}

/// Copies the rows of `region` of a plane that needs no conversion, halves to floats where floats are wanted.
fn copy(raw: &Frame, name: &str, region: Region, to: &mut Samples) {
    let Some(plane) = raw.plane(name) else { return };
    let start = (i64::from(region.y) - i64::from(raw.data_window.y)) as usize * region.width as usize;
    let mut row = vec![0.0; region.width as usize];
    let sample = to.kind().bytes();
    if plane.samples.kind() == to.kind() {
        let length = to.bytes().len();
        to.bytes_mut().copy_from_slice(&plane.samples.bytes()[start * sample..start * sample + length]);
        return;
    }
    for (number, output) in to.bytes_mut().chunks_exact_mut(row.len() * sample).enumerate() {
        plane.samples.read_f32(start + number * row.len(), &mut row);
        store(&row, output, sample);
    }
}

/// Puts numbers into rows of halves or floats.
fn store(row: &[f32], output: &mut [u8], sample: usize) {
    for (value, bytes) in row.iter().zip(output.chunks_exact_mut(sample)) {
        match sample {
            2 => bytes.copy_from_slice(&f16::from_f32(*value).to_ne_bytes()),
            _ => bytes.copy_from_slice(&value.to_ne_bytes()),
        }
    }
}

/// A stored picture on its way to R, G, B.
struct Conversion<'a> {
    raw: &'a Frame,
    luminance: &'a Samples,
    /// RY and BY of the even rows, with a number for every pixel.
    chroma: [Vec<f32>; 2],
    /// First and last row of the part.
    window: [i64; 2],
    /// Shares of R, G, B in luminance.
    weights: [f32; 3],
    is_half: bool,
}

/// One row, as R, G, B of each pixel.
type RgbRow = Vec<[f32; 3]>;

impl<'a> Conversion<'a> {
    fn new(raw: &'a Frame, part: &Part) -> Result<Self> {
        let samples = |name: &str| {
            let plane = raw.plane(name).map(|plane| &plane.samples);
            plane.ok_or_else(|| Error::spec(format!("there is no channel {name:?}"), ""))
        };
        let [luminance, ry, by] = [samples("Y")?, samples("RY")?, samples("BY")?];
        let is_half = luminance.kind() == SampleType::Half;
        let width = raw.data_window.width as usize;
        let chroma = [ry, by].map(|stored| across(stored, width, is_half));
        let window = [i64::from(part.data_window.y), part.data_window.bottom() - 1];
        Ok(Self { raw, luminance, chroma, window, weights: weights(part), is_half })
    }

    /// Writes the rows of `region` into those of the planes that are R, G or B.
    fn write(&self, region: Region, planes: &mut [Plane]) {
        let mut rows = [-1, 0].map(|above| self.row(i64::from(region.y) + above));
        let mut mended = RgbRow::new();
        let mut line = Vec::new();
        for place in 0..region.height as usize {
            let below = self.row(i64::from(region.y) + place as i64 + 1);
            let [above, row] = &rows;
            mended.clear();
            mended.extend((0..row.len()).map(|x| self.mend(x, [above, row, &below])));
            for plane in &mut *planes {
                let Some(component) = OFFERED.iter().position(|name| *name == plane.name) else { continue };
                let sample = plane.samples.kind().bytes();
                let length = mended.len() * sample;
                line.clear();
                line.extend(mended.iter().map(|rgb| rgb[component]));
                store(&line, &mut plane.samples.bytes_mut()[place * length..(place + 1) * length], sample);
            }
            let [_, row] = rows;
            rows = [row, below];
        }
    }

    /// What a step leaves of a number.
    fn round(&self, value: f32) -> f32 {
        round(value, self.is_half)
    }

    /// The row that stands for `y`: outside the picture the first one, or the last with chroma.
    fn clamped(&self, y: i64) -> usize {
        let [first, last] = self.window;
        let y = if y < first {
            first
        } else if y > last {
            last - 1
        } else {
            y
        };
        (y - i64::from(self.raw.data_window.y)) as usize
    }

    /// Row `y` as R, G, B, before the mending.
    fn row(&self, y: i64) -> RgbRow {
        let width = self.raw.data_window.width as usize;
        let mut luminance = vec![0.0; width];
        self.luminance.read_f32(self.clamped(y) * width, &mut luminance);
        let [ry, by] = self.chroma.each_ref().map(|plane| self.down(plane, y, width));
        luminance.iter().zip(ry.iter().zip(&by)).map(|(&y, (&ry, &by))| self.rgb(y, ry, by)).collect()
    }

    /// Chroma of row `y`, interpolated from the even rows around where it is odd.
    fn down(&self, plane: &[f32], y: i64, width: usize) -> Vec<f32> {
        let line = |y: i64| {
            let start = self.clamped(y) / 2 * width;
            &plane[start..start + width]
        };
        if y % 2 == 0 {
            return line(y).to_vec();
        }
        let lines: Vec<(&[f32], f32)> = taps().map(|(distance, tap)| (line(y + distance), tap)).collect();
        (0..width).map(|x| self.round(lines.iter().fold(0.0, |sum, (line, tap)| sum + line[x] * tap))).collect()
    }

    /// Without chroma, all three are the luminance exactly.
    fn rgb(&self, y: f32, ry: f32, by: f32) -> [f32; 3] {
        if ry == 0.0 && by == 0.0 {
            return [y; 3];
        }
        let [wr, wg, wb] = self.weights;
        let (r, b) = ((ry + 1.0) * y, (by + 1.0) * y);
        [r, (y - r * wr - b * wb) / wg, b].map(|value| self.round(value))
    }

    /// The colour at `x` of the middle row, less saturated where it stands out from its four diagonal neighbours.
    fn mend(&self, x: usize, [above, row, below]: [&RgbRow; 3]) -> [f32; 3] {
        let rgb = row[x];
        let (left, right) = (x.saturating_sub(1), (x + 1).min(row.len() - 1));
        let around =
            saturation(above[left]) + saturation(above[right]) + saturation(below[left]) + saturation(below[right]);
        let mean = (0.25 * around).min(1.0);
        let most = (1.0 - (1.0 - mean) * 0.25).min(1.0);
        let own = saturation(rgb);
        match own > mean && own > most {
            true => self.desaturate(rgb, most / own),
            false => rgb,
        }
    }

    fn desaturate(&self, rgb: [f32; 3], share: f32) -> [f32; 3] {
        let [wr, wg, wb] = self.weights;
        let luminance = |[r, g, b]: [f32; 3]| r * wr + g * wg + b * wb;
        let brightest = rgb[0].max(rgb[1].max(rgb[2]));
        let less = rgb.map(|value| self.round((brightest - (brightest - value) * share).max(0.0)));
        let (wanted, found) = (luminance(rgb), luminance(less));
        match found > 0.0 {
            true => less.map(|value| self.round(value * (wanted / found))),
            false => less,
        }
    }
}

/// Every even row with the pixels between its samples filled in; odd rows hold no chroma and are left out.
fn across(stored: &Samples, width: usize, is_half: bool) -> Vec<f32> {
    let mut row = vec![0.0; width];
    let mut filled = Vec::with_capacity(stored.len() / 2);
    for start in (0..stored.len()).step_by(2 * width) {
        stored.read_f32(start, &mut row);
        let at = |x: i64| row[if x < 0 { 0 } else { (x as usize).min(width - 2) }];
        filled.extend((0..width as i64).map(|x| match x % 2 {
            0 => row[x as usize],
            _ => round(taps().fold(0.0, |sum, (distance, tap)| sum + at(x + distance) * tap), is_half),
        }));
    }
    filled
}

/// The filter: distances from -13 to 13, each with its tap.
fn taps() -> impl Iterator<Item = (i64, f32)> {
    let distance = |place: usize| 2 * place as i64 + 1;
    let before = (0..TAPS.len()).rev().map(move |place| (-distance(place), TAPS[place]));
    before.chain((0..TAPS.len()).map(move |place| (distance(place), TAPS[place])))
}

fn round(value: f32, is_half: bool) -> f32 {
    if is_half { f16::from_f32(value).to_f32() } else { value }
}

/// 0 for grey, 1 where a component is 0.
fn saturation([r, g, b]: [f32; 3]) -> f32 {
    let (most, least) = (r.max(g.max(b)), r.min(g.min(b)));
    if most > 0.0 { 1.0 - least / most } else { 0.0 }
}

/// Shares of R, G, B in luminance, of the file's primaries; where it names none, Rec.709's, with which such files are written.
fn weights(part: &Part) -> [f32; 3] {
    let matrix = part.chromaticities().and_then(|found| found.rgb_to_xyz()).or_else(|| named::REC709.rgb_to_xyz());
    let [r, g, b] = matrix.map_or([0.0, 1.0, 0.0], |matrix| matrix.to_f32()[1]);
    let sum = r + g + b;
    [r / sum, g / sum, b / sum]
}
