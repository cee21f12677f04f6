//! Layers laid over plates as they should be, and in all the ways they should not, for `layer_edges_invisible`.
//!
//! Foreground, background and matte are known: the foreground is the plate upside down at another exposure, so that both
//! have the same grain; the matte is drawn at four times the size, made small and blurred a little, and goes along as
//! alpha. Whether a defect can be seen at all is decided by what it changes, not by what the check says.

use blender_gsd::frame::Region;
use blender_gsd::qc::CheckId;

use super::grain::{SIDE, detail};
use super::{Defect, Expected, Numbers, Shot, Truth};

pub(super) fn defects() -> Vec<Defect> {
    let visible = [
        ("double premultiply", "whole", Fault::DoublePremultiply(1.0)),
        ("not premultiplied", "whole", Fault::NotPremultiplied),
        ("black matte", "1 px inside", Fault::Matted { inside: 1.0, level: 0.0 }),
        ("black matte", "2 px inside", Fault::Matted { inside: 2.0, level: 0.0 }),
        ("white halo", "at the edge", Fault::Halo(1.0)),
        ("white halo", "half", Fault::Halo(0.5)),
        ("white halo", "1.5 px inside", Fault::Matted { inside: 1.5, level: 1.0 }),
        ("shifted matte", "2 px", Fault::Shifted(2.0)),
        ("shifted hold-out", "2 px", Fault::HoldOut(2.0)),
        ("hard cut-out", "threshold", Fault::Hard { in_file: false }),
        ("hard cut-out", "the matte too", Fault::Hard { in_file: true }),
        ("over-soft", "7 px", Fault::Soft { sigma: 2.6, in_file: false }),
        ("empty line", "1 px", Fault::EmptyLine),
    ];
    let measured = [
        ("grain step", "none inside", Fault::NoGrain),
        ("grain step", "three times inside", Fault::MoreGrain),
        ("double premultiply", "half", Fault::DoublePremultiply(0.5)),
        ("double premultiply", "three quarters", Fault::DoublePremultiply(0.75)),
        ("shifted matte", "0.7 px", Fault::Shifted(0.7)),
        ("shifted matte", "1.2 px", Fault::Shifted(1.2)),
        ("over-soft", "4.7 px", Fault::Soft { sigma: 1.5, in_file: false }),
        ("over-soft", "7 px, the matte too", Fault::Soft { sigma: 2.6, in_file: true }),
        // All round but for two dark places: hardly a halo less.
        ("specular outline", "3 px, between two lamps", Fault::Rim { width: 3.0, lamps: 2 }),
        ("cut-out without a matte", "no grain inside", Fault::Blind),
    ];
    let clean = [
        ("layer", "as it should be", Fault::None),
        ("layer", "again", Fault::None),
        ("layer", "and again", Fault::None),
        ("rim light", "2 px, one side", Fault::Rim { width: 2.0, lamps: 1 }),
        ("rim light", "4 px, one side", Fault::Rim { width: 4.0, lamps: 1 }),
        ("light wrap", "6 px", Fault::Wrap),
        ("glow over all", "8 px", Fault::Glow),
        ("soft layer", "out of focus", Fault::Defocused),
        ("soft picture", "all of it", Fault::Blurred),
        ("sharpened picture", "all of it", Fault::Sharpened),
    ];
    let rows = |list: &[(&'static str, &'static str, Fault)], expected| {
        list.iter().map(move |&(name, strength, fault)| defect(name, strength, fault, expected)).collect::<Vec<_>>()
    };
    [rows(&visible, Expected::Found), rows(&measured, Expected::Measured), rows(&clean, Expected::Clean)]
        .into_iter()
        .flatten()
        .collect()
}

/// What is done wrong, or only looks like it.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// How much of the second premultiplication.
    DoublePremultiply(f32),
    NotPremultiplied,
    /// The layer's light comes from a picture on a ground of that level, cut so many pixels too wide.
    Matted {
        inside: f32,
        level: f32,
    },
    /// How much of a white ground is left at the edge.
    Halo(f32),
    /// The layer is cut with a matte so many pixels beside the one in the file.
    Shifted(f32),
    /// The hole in the background is.
    HoldOut(f32),
    Hard {
        in_file: bool,
    },
    Soft {
        sigma: f32,
        in_file: bool,
    },
    Rim {
        width: f32,
        lamps: u8,
    },
    Wrap,
    Glow,
    Defocused,
    /// The layer was degrained.
    NoGrain,
    MoreGrain,
    /// A column of the matte is empty.
    EmptyLine,
    /// Cut hard, degrained, and no matte in the file.
    Blind,
    Blurred,
    Sharpened,
}

impl Fault {
    /// Whether the change at the edge does not tell how visible it is.
    fn is_seen_elsewhere(self) -> bool {
        matches!(self, Self::Hard { in_file: true } | Self::NoGrain | Self::MoreGrain | Self::EmptyLine)
    }
}

impl Fault {
    fn is_of_grain(self) -> bool {
        matches!(self, Self::NoGrain | Self::MoreGrain | Self::Blind)
    }
}

/// The box of the empty pixels in the middle column of a matte that are full on both sides.
fn empty_line(matte: &Map) -> Region {
    let whole = matte.region();
    let column = whole.x as usize + whole.width as usize / 2;
    let rows = matte.samples.chunks_exact(matte.width).zip(0..);
    let empty = rows.filter(|(row, _)| row[column - 1] > 0.98 && row[column] == 0.0 && row[column + 1] > 0.98);
    empty.fold(Region::default(), |all, (_, y)| all.union(&Region::new(column as i32, y, 1, 1)))
}

/// Change at the edge, as a share of the light there, from which a fault is clearly visible.
const VISIBLE: f32 = 0.1;

fn defect(name: &'static str, strength: &'static str, fault: Fault, expected: Expected) -> Defect {
    Defect {
        check: CheckId::LayerEdgesInvisible,
        name,
        strength,
        expected,
        inject: Box::new(move |shot, numbers| inject(shot, numbers, fault, expected)),
    }
}

fn inject(shot: &mut Shot, numbers: &mut Numbers, fault: Fault, expected: Expected) -> Option<Truth> {
    // Edges are judged frame by frame: a few kinds show that sequences come to one finding.
    if shot.frames.len() > 1 && !matches!(fault, Fault::None | Fault::Halo(_)) {
        return None;
    }
    // Only where grain was added, and there was none before, it is known what the picture is without.
    let needs_grain = matches!(fault, Fault::NoGrain | Fault::MoreGrain | Fault::Blind | Fault::Defocused);
    if needs_grain && (shot.clean.is_empty() || shot.name.contains("GoldenGate")) {
        return None;
    }
    let hard = draw([shot.width, shot.height], numbers);
    let sigma = numbers.between(0.8, 1.2);
    let gain = [0.5, 0.75, 1.4, 2.0][numbers.bits() as usize % 4];
    let angle = numbers.between(0.0, std::f32::consts::TAU);
    let mut change = 0.0;
    let mut region = Region::default();
    let frames = shot.frames.len();
    for (place, pixels) in shot.frames.iter_mut().enumerate() {
        let behind = pixels.rgb.clone().map(|samples| Map { width: shot.width, samples });
        let without_grain = shot.clean.get(place).cloned();
        let without_grain = without_grain.map(|rgb| rgb.map(|samples| Map { width: shot.width, samples }));
        let front = behind.each_ref().map(|plane| plane.upside_down(gain));
        let layers = Layers {
            smooth: without_grain.map_or_else(|| front.clone(), |rgb| rgb.each_ref().map(|p| p.upside_down(gain))),
            front,
            behind,
            alpha: hard.blurred(sigma).cut(),
            hard: hard.clone(),
            sigma,
            angle,
        };
        let meant = over(&layers.front, &layers.alpha, &layers.behind);
        let (made, matte) = layers.compose(fault);
        change += visible(&meant, &made, &layers.alpha) / frames as f32;
        region = layers.alpha.region();
        if fault == Fault::EmptyLine {
            region = empty_line(&matte);
        }
        if fault.is_of_grain() && !layers.shows_grain() {
            return None;
        }
        pixels.rgb = made.map(|plane| plane.samples);
        pixels.alpha = (fault != Fault::Blind).then_some(matte.samples);
    }
    // What is as it should be changes nothing; a defect that nobody sees is no test.
    let is_test = expected != Expected::Found || change >= VISIBLE || fault.is_seen_elsewhere();
    is_test.then(|| Truth::always(shot, Some(region)))
}

/// One plane of samples, row by row.
#[derive(Clone)]
struct Map {
    width: usize,
    samples: Vec<f32>,
}

type Rgb = [Map; 3];

/// What a composite is made from.
struct Layers {
    front: Rgb,
    /// The front before grain was added to it.
    smooth: Rgb,
    behind: Rgb,
    alpha: Map,
    /// The matte before it was made soft.
    hard: Map,
    sigma: f32,
    /// Where the light comes from, and where things are shifted to.
    angle: f32,
}

impl Layers {
    /// The composite with that fault, and the matte that goes into the file with it.
    fn compose(&self, fault: Fault) -> (Rgb, Map) {
        let Self { front, smooth, behind, alpha, hard, sigma, angle } = self;
        let (front, behind) = (front.clone(), behind.clone());
        let plain = |front: &Rgb| (over(front, alpha, &behind), alpha.clone());
        let to = |distance: f32| [distance * angle.cos(), distance * angle.sin()];
        match fault {
            Fault::None => plain(&front),
            Fault::DoublePremultiply(share) => {
                plain(&front.map(|plane| plane.with(alpha, |light, a| light * (1.0 - share * (1.0 - a)))))
            }
            Fault::NotPremultiplied => {
                let front = front.map(|plane| plane.with(alpha, |light, a| if a > 0.0 { light } else { 0.0 }));
                let behind = behind.clone().map(|plane| plane.with(alpha, |light, a| light * (1.0 - a)));
                (add(front, &behind), alpha.clone())
            }
            Fault::Matted { inside, level } => {
                let inner = hard.eroded(inside).blurred(*sigma);
                plain(&front.map(|plane| plane.with(&inner, |light, a| light * a + level * (1.0 - a))))
            }
            Fault::Halo(share) => {
                plain(&front.map(|plane| plane.with(alpha, |light, a| light + share * (1.0 - a) * (1.0 - light))))
            }
            Fault::Shifted(distance) => (over(&front, &alpha.moved(to(distance)), &behind), alpha.clone()),
            Fault::HoldOut(distance) => {
                let hole = alpha.moved(to(distance));
                let front = front.map(|plane| plane.with(alpha, |light, a| light * a));
                (
                    add(front, &behind.clone().map(|plane| plane.with(&hole, |light, a| light * (1.0 - a)))),
                    alpha.clone(),
                )
            }
            Fault::Hard { in_file } => {
                let cut = Map { samples: alpha.samples.iter().map(|&a| a.round()).collect(), ..*alpha };
                (over(&front, &cut, &behind), if in_file { cut } else { alpha.clone() })
            }
            Fault::Soft { sigma, in_file } => {
                let soft = alpha.blurred(sigma).cut();
                (over(&front, &soft, &behind), if in_file { soft } else { alpha.clone() })
            }
            Fault::Rim { width, lamps } => {
                let rim = self.rim(width, lamps);
                plain(&front.map(|plane| plane.with(&rim, |light, rim| light + rim)))
            }
            Fault::Wrap => {
                let wrapped =
                    behind.each_ref().map(|plane| plane.with(alpha, |light, a| light * (1.0 - a)).blurred(6.0));
                let wrapped = wrapped.map(|plane| plane.with(alpha, |light, a| 0.6 * light * a));
                plain(&add(front, &wrapped))
            }
            Fault::Glow => {
                let done = over(&front, alpha, &behind);
                let glow = done.each_ref().map(|plane| plane.blurred(8.0).scaled(0.15));
                (add(done.map(|plane| plane.scaled(0.85)), &glow), alpha.clone())
            }
            Fault::Defocused => {
                // The lens makes the layer soft, not its grain.
                let soft = alpha.blurred(2.4).cut();
                let grain = std::array::from_fn(|c| front[c].with(&smooth[c], |light, smooth| light - smooth));
                let blurred = smooth.each_ref().map(|plane| plane.blurred(2.4));
                (over(&add(blurred, &grain), &soft, &behind), soft)
            }
            Fault::NoGrain => plain(smooth),
            Fault::MoreGrain => plain(&std::array::from_fn(|c| {
                front[c].with(&smooth[c], |light, smooth| smooth + 3.0 * (light - smooth))
            })),
            Fault::EmptyLine => {
                let region = alpha.region();
                let column = region.x as usize + region.width as usize / 2;
                let mut split = alpha.clone();
                split.samples.iter_mut().skip(column).step_by(split.width).for_each(|sample| *sample = 0.0);
                (over(&front, &split, &behind), split)
            }
            Fault::Blind => {
                let cut = Map { samples: alpha.samples.iter().map(|&a| a.round()).collect(), ..*alpha };
                (over(smooth, &cut, &behind), cut)
            }
            Fault::Blurred => (over(&front, alpha, &behind).map(|plane| plane.blurred(1.4)), alpha.clone()),
            Fault::Sharpened => {
                let done = over(&front, alpha, &behind);
                let less = done.each_ref().map(|plane| plane.blurred(1.2).scaled(-0.4));
                (add(done.map(|plane| plane.scaled(1.4)), &less), alpha.clone())
            }
        }
    }

    /// Whether grain can be seen on both sides of the edge: most blocks there have light, and hardly anything but grain.
    fn shows_grain(&self) -> bool {
        let (width, height) = (self.alpha.width, self.alpha.samples.len() / self.alpha.width);
        let near = self.alpha.blurred(16.0);
        let mut sides = [[0, 0]; 2];
        for top in (SIDE..height - 2 * SIDE).step_by(SIDE) {
            for left in (SIDE..width - 2 * SIDE).step_by(SIDE) {
                let at = top * width + left;
                let (side, is_near) = match self.alpha.samples[at] {
                    a if a > 0.999 => (0, near.samples[at] < 0.98),
                    a if a < 0.001 => (1, near.samples[at] > 0.02),
                    _ => continue,
                };
                // The background is the front turned by half a turn, at another exposure.
                let (left, top) = match side {
                    0 => (left, top),
                    _ => (width - SIDE - left, height - SIDE - top),
                };
                let [with, without] = [&self.front, &self.smooth].map(|rgb| detail(&rgb[1].samples, width, left, top));
                let is_lit = self.front[1].samples[top * width + left] > 0.015;
                let [all, plain] = &mut sides[side];
                *all += usize::from(is_near);
                *plain += usize::from(is_near && is_lit && without < 0.5 * with);
            }
        }
        sides.into_iter().all(|[all, plain]| plain >= 24 && 2 * plain >= all)
    }

    /// Light along the inner side of the edge, where it faces the lamp, or one of two lamps on opposite sides.
    fn rim(&self, width: f32, lamps: u8) -> Map {
        let near = self.hard.blurred(width);
        let slope = self.hard.blurred(3.0);
        let (x, y) = (self.angle.cos(), self.angle.sin());
        let at = |i: usize| {
            let w = slope.width;
            let sample = |i: usize| slope.samples.get(i).copied().unwrap_or(0.0);
            let (dx, dy) = (sample(i + 1) - sample(i.saturating_sub(1)), sample(i + w) - sample(i.saturating_sub(w)));
            let facing = (dx * x + dy * y) / (dx * dx + dy * dy).sqrt().max(1e-6);
            let facing = if lamps == 1 { facing.clamp(0.0, 1.0) } else { facing.abs() };
            // The matte cuts it, as it cuts the layer.
            0.8 * facing * (2.0 * (1.0 - near.samples[i])).clamp(0.0, 1.0)
        };
        Map { width: near.width, samples: (0..near.samples.len()).map(at).collect() }
    }
}

/// `aF + (1-a)B`.
fn over(front: &Rgb, alpha: &Map, behind: &Rgb) -> Rgb {
    std::array::from_fn(|c| {
        let samples = front[c].samples.iter().zip(&behind[c].samples).zip(&alpha.samples);
        Map { width: alpha.width, samples: samples.map(|((f, b), a)| a * f + (1.0 - a) * b).collect() }
    })
}

fn add(mut a: Rgb, b: &Rgb) -> Rgb {
    for (to, from) in a.iter_mut().zip(b) {
        to.samples.iter_mut().zip(&from.samples).for_each(|(to, from)| *to += from);
    }
    a
}

/// Mean change where the matte is neither full nor empty, as a share of the light there.
fn visible(meant: &Rgb, made: &Rgb, alpha: &Map) -> f32 {
    let light = |rgb: &Rgb, i: usize| 0.27 * rgb[0].samples[i] + 0.67 * rgb[1].samples[i] + 0.06 * rgb[2].samples[i];
    let edge: Vec<usize> = (0..alpha.samples.len()).filter(|&i| (0.02..0.98).contains(&alpha.samples[i])).collect();
    let change = |&i: &usize| (light(made, i) - light(meant, i)).abs() / (light(meant, i).max(0.0) + 0.02);
    edge.iter().map(change).sum::<f32>() / edge.len().max(1) as f32
}

impl Map {
    fn with(&self, other: &Self, mix: impl Fn(f32, f32) -> f32) -> Self {
        let samples = self.samples.iter().zip(&other.samples).map(|(&a, &b)| mix(a, b)).collect();
        Self { width: self.width, samples }
    }

    fn scaled(self, factor: f32) -> Self {
        Self { samples: self.samples.into_iter().map(|sample| sample * factor).collect(), ..self }
    }

    /// Turned by half a turn, so that neighbours are others and grain is the same.
    fn upside_down(&self, gain: f32) -> Self {
        Self { width: self.width, samples: self.samples.iter().rev().map(|sample| sample * gain).collect() }
    }

    /// Values that only rounding keeps from being none or all of it.
    fn cut(self) -> Self {
        let cut = |sample: f32| {
            if sample < 1e-3 {
                0.0
            } else if sample > 0.999 {
                1.0
            } else {
                sample
            }
        };
        Self { samples: self.samples.into_iter().map(cut).collect(), ..self }
    }

    fn blurred(&self, sigma: f32) -> Self {
        let reach = (3.5 * sigma).ceil() as i32;
        let kernel: Vec<f32> = (-reach..=reach).map(|i| (-((i * i) as f32) / (2.0 * sigma * sigma)).exp()).collect();
        let sum: f32 = kernel.iter().sum();
        let (width, height) = (self.width as i32, (self.samples.len() / self.width) as i32);
        let mut across = vec![0.0; self.samples.len()];
        for (from, to) in self.samples.chunks_exact(self.width).zip(across.chunks_exact_mut(self.width)) {
            let ends = |x: i32| from[x.clamp(0, width - 1) as usize];
            let padded: Vec<f32> = (-reach..width + reach).map(ends).collect();
            for (to, window) in to.iter_mut().zip(padded.windows(kernel.len())) {
                *to = window.iter().zip(&kernel).map(|(sample, k)| sample * k / sum).sum();
            }
        }
        let mut samples = vec![0.0; across.len()];
        for (y, to) in (0..height).zip(samples.chunks_exact_mut(self.width)) {
            for (step, k) in (-reach..).zip(&kernel) {
                let row = (y + step).clamp(0, height - 1) as usize * self.width;
                let from = &across[row..row + self.width];
                to.iter_mut().zip(from).for_each(|(to, from)| *to += k / sum * from);
            }
        }
        Self { width: self.width, samples }
    }

    /// Smaller by so many pixels: what is nearer than that to the outside is outside.
    fn eroded(&self, distance: f32) -> Self {
        let reach = distance.ceil() as i32;
        let (width, height) = (self.width as i32, (self.samples.len() / self.width) as i32);
        let disc: Vec<(i32, i32)> = (-reach..=reach)
            .flat_map(|y| (-reach..=reach).map(move |x| (x, y)))
            .filter(|&(x, y)| ((x * x + y * y) as f32) <= distance * distance)
            .collect();
        let at = |x: i32, y: i32| self.samples[(y.clamp(0, height - 1) * width + x.clamp(0, width - 1)) as usize];
        let least = |i: i32| disc.iter().map(|(x, y)| at(i % width + x, i / width + y)).fold(1.0, f32::min);
        Self { width: self.width, samples: (0..width * height).map(least).collect() }
    }

    fn moved(&self, [dx, dy]: [f32; 2]) -> Self {
        let (width, height) = (self.width as i32, (self.samples.len() / self.width) as i32);
        let at = |x: i32, y: i32| self.samples[(y.clamp(0, height - 1) * width + x.clamp(0, width - 1)) as usize];
        let sample = |i: i32| {
            let (x, y) = ((i % width) as f32 - dx, (i / width) as f32 - dy);
            let (column, row) = (x.floor(), y.floor());
            let (u, v) = (x - column, y - row);
            let (column, row) = (column as i32, row as i32);
            let line = |row: i32| at(column, row) * (1.0 - u) + at(column + 1, row) * u;
            line(row) * (1.0 - v) + line(row + 1) * v
        };
        Self { width: self.width, samples: (0..width * height).map(sample).collect() }
    }

    /// The box around everything that is not quite empty.
    fn region(&self) -> Region {
        let covered = self.samples.iter().enumerate().filter(|&(_, &sample)| sample > 0.05).map(|(i, _)| i);
        covered.fold(Region::default(), |all, i| {
            all.union(&Region::new((i % self.width) as i32, (i / self.width) as i32, 1, 1))
        })
    }
}

/// A shape somewhere in the picture, drawn with four by four points a pixel.
fn draw([width, height]: [usize; 2], numbers: &mut Numbers) -> Map {
    let (w, h) = (width as f32, height as f32);
    let radius = numbers.between(0.14, 0.34) * w.min(h);
    let (x, y) = (numbers.between(0.35, 0.65) * w, numbers.between(0.35, 0.65) * h);
    let waves: [[f32; 2]; 5] =
        std::array::from_fn(|_| [numbers.between(-0.12, 0.12), numbers.between(0.0, std::f32::consts::TAU)]);
    let corners = (3 + numbers.bits() % 4) as f32;
    let kind = numbers.bits() % 4;
    let is_inside = |px: f32, py: f32| {
        let (dx, dy) = (px - x, py - y);
        if dx.abs().max(dy.abs()) > 2.0 * radius {
            return false;
        }
        let (angle, distance) = (dy.atan2(dx), (dx * dx + dy * dy).sqrt());
        let limit = match kind {
            // A cloud, a star, a polygon, a figure that stands on the lower edge.
            0 => {
                1.0 + waves
                    .iter()
                    .zip(1..)
                    .map(|([size, phase], n)| size * (n as f32 * angle + phase).cos())
                    .sum::<f32>()
            }
            1 => 0.75 + 0.25 * ((corners + 1.0) * angle + waves[0][1]).cos(),
            2 => {
                let step = std::f32::consts::TAU / corners;
                0.9 * (step / 2.0).cos() / ((angle + waves[0][1]).rem_euclid(step) - step / 2.0).cos()
            }
            _ => {
                let head = dx * dx + (dy + 0.75 * radius).powi(2) < (0.28 * radius).powi(2);
                let body = dx.abs() < radius * (0.38 + 0.12 * (2.0 * dy / radius).sin()) && dy > -0.5 * radius;
                return head || body;
            }
        };
        distance < limit * radius
    };
    let points = [0.125, 0.375, 0.625, 0.875];
    let pixel = |i: usize| {
        let (left, top) = ((i % width) as f32, (i / width) as f32);
        let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(u, v)| is_inside(left + u, top + v));
        if corners.iter().all(|corner| *corner == corners[0]) {
            return if corners[0] { 1.0 } else { 0.0 };
        }
        let inside = points.iter().flat_map(|v| points.iter().map(move |u| (u, v)));
        inside.filter(|(u, v)| is_inside(left + **u, top + **v)).count() as f32 / 16.0
    };
    Map { width, samples: (0..width * height).map(pixel).collect() }
}
