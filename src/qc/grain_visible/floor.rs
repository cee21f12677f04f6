//! The noise floor of a frame: how strong its grain is, as a function of light.
//!
//! Grain is everywhere, texture is not. So in each band of light the tiles with the least fine detail show the grain, and
//! over all bands their strength follows one law, sigma proportional to light to some power: 0 for noise added to linear
//! light, 1/2 for photons, 1 for grain in density. The law that most bands agree on is the floor. A band whose tiles are
//! all textured, or all lack grain, disagrees and is outvoted.

use super::super::survey::{Survey, Tile, Tone};
use crate::color::{exp2, log2};

/// Powers of light that grain is tried with.
const POWERS: [f32; 7] = [-0.25, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25];
/// Bands of light are this wide, in stops.
const BAND: f32 = 0.5;
/// Tiles that a band needs to have a say.
const FEWEST: usize = 8;
/// The tiles of a band that hold grain alone crowd within this width, in powers of two.
const CROWD: f32 = 0.3;
/// Of several crowds, the lowest that has this share of the largest shows the grain: texture crowds too, above it.
const LARGE: f32 = 0.6;
/// Bands agree when they differ by less, in powers of two.
const AGREEMENT: f32 = 0.35;
/// Light that is added to every tile's, so that black has a logarithm; scene-linear.
const DARK: f32 = 0.003;
/// Less fine detail than this, in display codes of 8 bits, is no grain at all; such tiles have no vote where the others hold grain.
const NONE: f32 = 0.12;
/// Tiles that crowd at their floor as much as this hold grain.
const SHARP: f32 = 0.55;
/// Distance from the floor within which tiles hold grain alone, in powers of two: what chance does to 256 pixels.
const CLOSE: f32 = 0.3;
/// Share of the tiles at the floor that may lie a little under it.
const UNDER: f32 = 0.12;
/// A floor that is none is lowered in steps of so much, in powers of two, at most so often.
const STEP: f32 = 0.15;
const MOST_STEPS: usize = 24;
/// Tiles that are looked at to find the floor; of larger frames, every so-manieth.
const MOST: usize = 12_000;
/// Display codes between which noise can be seen and measured.
const CODES: std::ops::Range<f32> = 8.0..247.0;

/// The grain of a frame: how strong it is at which light, and each tile held against it.
#[derive(Debug)]
pub(in crate::qc) struct Floor {
    law: Law,
    /// Tiles that could be measured.
    pub(in crate::qc) tiles: usize,
    /// By tile.
    pub(in crate::qc) graded: Vec<Graded>,
}

/// Sigma in linear light, proportional to light to some power.
#[derive(Debug, Clone, Copy)]
pub(in crate::qc) struct Law {
    power: f32,
    /// The logarithm (base 2) of sigma where the light is 1.
    level: f32,
    /// Share of the tiles that are as quiet as the floor: flat areas.
    flat_share: f32,
    /// How much the tiles near the floor crowd at it: 1 where all have grain and nothing else, 1/3 where their detail is
    /// of every strength, as that of texture is.
    sharpness: f32,
}

/// A tile held against the grain of the frame.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::qc) struct Graded {
    /// Its fine detail if it held grain alone, in the survey's signal, and in display codes of 8 bits.
    pub(in crate::qc) expected: f32,
    pub(in crate::qc) codes: f32,
    /// Its own fine detail, in shares of that.
    pub(in crate::qc) ratio: f32,
    /// Whether its light is one that noise can be measured in.
    pub(in crate::qc) measurable: bool,
}

/// One tile on logarithmic scales.
#[derive(Clone, Copy)]
struct Point {
    light: f32,
    sigma: f32,
    codes: f32,
}

impl Floor {
    /// `None` where there are too few tiles that noise can be measured in.
    pub(in crate::qc) fn of(survey: &Survey) -> Option<Self> {
        let usable: Vec<Point> = tiles(survey).filter_map(|(tile, energy)| point(survey, tile, energy)).collect();
        let step = usable.len().div_ceil(MOST).max(1);
        let all: Vec<Point> = usable.iter().copied().step_by(step).collect();
        let law = law(&all)?;
        Some(Self { law, tiles: usable.len(), graded: graded(survey, &law) })
    }

    pub(in crate::qc) fn flat_share(&self) -> f32 {
        self.law.flat_share
    }

    pub(in crate::qc) fn sharpness(&self) -> f32 {
        self.law.sharpness
    }

    /// The tiles that hold grain and little else.
    pub(in crate::qc) fn flat_tiles<'a>(&'a self, survey: &'a Survey) -> impl Iterator<Item = &'a Tile> {
        let is_flat = |(tile, graded): &(&Tile, &Graded)| {
            // Its own detail, too: there may be an edge in it, and none beside it.
            graded.is_flat() && tile.flat < 0.25 && tile.energy().sqrt() < 1.6 * graded.expected
        };
        survey.tiles.all.iter().zip(&self.graded).filter(is_flat).map(|(tile, _)| tile)
    }
}

impl Graded {
    /// Whether the tile holds grain and little else.
    pub(in crate::qc) fn is_flat(&self) -> bool {
        self.measurable && (0.5..1.6).contains(&self.ratio)
    }
}

fn law(all: &[Point]) -> Option<Law> {
    let law = Law::fit(all)?;
    // Areas without any grain have no vote, if what the others have is grain.
    let some: Vec<Point> = all.iter().copied().filter(|point| point.codes >= NONE).collect();
    let others =
        Law::fit(&some).map(|law| Law { flat_share: law.flat_share * some.len() as f32 / all.len() as f32, ..law });
    let is_grain = |other: &Law| other.sharpness >= SHARP;
    Some(others.filter(is_grain).unwrap_or(law))
}

impl Law {
    fn fit(points: &[Point]) -> Option<Self> {
        let bands = bands(points);
        let mut best: Option<(f32, f32, f32)> = None;
        for power in POWERS {
            let Some((votes, level)) = vote(&bands, power) else { continue };
            if best.is_none_or(|(most, ..)| votes > most) {
                best = Some((votes, power, level));
            }
        }
        let (_, power, level) = best?;
        let law = Self { power, level, flat_share: 0.0, sharpness: 0.0 }.lowered(points);
        let (close, around) = (law.count(points, -CLOSE..CLOSE), law.count(points, -3.0 * CLOSE..3.0 * CLOSE));
        Some(Self { flat_share: close / points.len().max(1) as f32, sharpness: close / around.max(1.0), ..law })
    }

    /// The same, but under all but a few: where many tiles lie a little under it, it was no floor but a texture that most
    /// of the frame has. A hole lies far under it.
    fn lowered(mut self, points: &[Point]) -> Self {
        for _ in 0..MOST_STEPS {
            let (close, under) = (self.count(points, -CLOSE..CLOSE), self.count(points, -1.1..-1.5 * CLOSE));
            if under <= UNDER * close {
                break;
            }
            self.level -= STEP;
        }
        self
    }

    /// Tiles whose distance from the floor is in a range.
    fn count(&self, points: &[Point], range: std::ops::Range<f32>) -> f32 {
        points.iter().filter(|point| range.contains(&self.distance(point))).count() as f32
    }

    /// How far over the floor a tile is, in powers of two.
    fn distance(&self, point: &Point) -> f32 {
        point.sigma - self.power * point.light - self.level
    }

    /// Sigma in the survey's signal at each step of the scale.
    fn table(&self, tone: &Tone) -> Vec<f32> {
        let sigma = |light: f32| exp2((self.level + self.power * log2(light + DARK)).clamp(-100.0, 100.0));
        tone.steps().iter().map(|step| sigma(step.light) * step.slope).collect()
    }
}

fn graded(survey: &Survey, law: &Law) -> Vec<Graded> {
    let tone = &survey.tone;
    let table = law.table(tone);
    let grade = |(tile, energy): (&Tile, f32)| {
        let (index, share) = tone.place(tile.mean);
        let (a, b) = (table[index], table[index + 1]);
        let expected = a + share * (b - a);
        let at = tone.at(tile.mean);
        Graded {
            expected,
            codes: expected * at.gain,
            ratio: energy.sqrt() / expected,
            measurable: CODES.contains(&at.code),
        }
    };
    tiles(survey).map(grade).collect()
}

/// Tiles with the energy of their quietest surroundings.
fn tiles(survey: &Survey) -> impl Iterator<Item = (&Tile, f32)> {
    survey.tiles.all.iter().zip(survey.tiles.energy.iter().copied())
}

fn point(survey: &Survey, tile: &Tile, energy: f32) -> Option<Point> {
    let at = survey.tone.at(tile.mean);
    let signal = energy.sqrt();
    let sigma = signal / at.slope;
    let is_usable = CODES.contains(&at.code) && tile.flat < 0.25 && sigma > 0.0 && sigma.is_finite();
    is_usable.then(|| Point {
        light: log2(at.light + DARK),
        sigma: log2(sigma.max(f32::MIN_POSITIVE)),
        codes: signal * at.gain,
    })
}

/// A band of light: its middle, the logarithm of its quiet tiles' sigma, and its weight.
struct Band {
    light: f32,
    floor: f32,
    weight: f32,
}

fn bands(points: &[Point]) -> Vec<Band> {
    let mut sorted: Vec<(i32, f32)> =
        points.iter().map(|point| ((point.light / BAND).floor() as i32, point.sigma - 0.5 * point.light)).collect();
    sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let bands = sorted.chunk_by(|a, b| a.0 == b.0).filter(|tiles| tiles.len() >= FEWEST);
    let band = |tiles: &[(i32, f32)]| {
        let light = (tiles[0].0 as f32 + 0.5) * BAND;
        let (floor, crowd) = lowest_crowd(tiles);
        // A large even area must not outvote everything else, nor texture what is even.
        let weight = (tiles.len() as f32).sqrt() * crowd;
        Band { light, floor: floor + 0.5 * light, weight }
    };
    bands.map(band).collect()
}

/// Where the tiles of a band crowd, and the share of them that is there. They are sorted by their second number.
fn lowest_crowd(tiles: &[(i32, f32)]) -> (f32, f32) {
    let mut counts = Vec::with_capacity(tiles.len());
    let mut end = 0;
    for (start, tile) in tiles.iter().enumerate() {
        while tiles.get(end).is_some_and(|other| other.1 <= tile.1 + CROWD) {
            end += 1;
        }
        counts.push(end - start);
    }
    let largest = counts.iter().copied().max().unwrap_or(0);
    let enough = (LARGE * largest as f32) as usize;
    let start = counts.iter().position(|&count| count >= enough).unwrap_or(0);
    // The lowest start has the crowd's rim in it; the fullest within one width has the crowd.
    let reach = start + counts[start];
    let fullest = (start..reach).max_by_key(|&at| (counts[at], std::cmp::Reverse(at))).unwrap_or(start);
    (tiles[fullest + counts[fullest] / 2].1, counts[fullest] as f32 / tiles.len() as f32)
}

/// How many bands stand behind the level that most of them agree on, and that level.
fn vote(bands: &[Band], power: f32) -> Option<(f32, f32)> {
    let level = |band: &Band| band.floor - power * band.light;
    let support = |at: f32| -> f32 {
        bands.iter().map(|band| band.weight * (1.0 - (level(band) - at).abs() / AGREEMENT).max(0.0)).sum()
    };
    let most = bands.iter().map(level).max_by(|a, b| support(*a).total_cmp(&support(*b)))?;
    // The mean of those that agree.
    let agree = || bands.iter().filter(|band| (level(band) - most).abs() < AGREEMENT);
    let weight: f32 = agree().map(|band| band.weight).sum();
    let mean = agree().map(|band| level(band) * band.weight).sum::<f32>() / weight;
    Some((support(mean), mean))
}
