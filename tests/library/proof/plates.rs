//! The plates: pieces of real pictures, as they are and with grain added, and pictures made by arithmetic.
//!
//! Real ones come from the shared corpus where it is there, else from the demo's frames, which are the same pictures at
//! half the size.

use std::path::{Path, PathBuf};

use blender_gsd::convert::find_layer;
use blender_gsd::exr::{self, Header, Limits, Request};
use blender_gsd::frame::Frame;

use super::{Numbers, Pixels, Shot};

/// A plate that is made when its turn comes, so that only a few are in memory at a time.
pub(super) struct Plate {
    name: String,
    source: Source,
    size: [usize; 2],
    grain: Option<Grain>,
    /// Frames, and by how many pixels the picture moves from one to the next.
    frames: usize,
    pan: [f32; 2],
}

/// What is in the picture.
#[derive(Clone)]
enum Source {
    /// A piece of a file, from this share of its width and height on.
    File(PathBuf, [f32; 2]),
    /// A made-up street, seen from elsewhere for every number.
    Street(u32),
    /// A made-up room with soft light: large smooth areas.
    Room(u32),
}

/// Film grain, made anew for every frame.
#[derive(Clone, Copy)]
struct Grain {
    /// Standard deviation in scene-linear light where the light is 0.18.
    sigma: f32,
    /// How it grows: sigma is proportional to light to this power.
    power: f32,
    /// Standard deviation of the blur that gives it its size, in pixels.
    size: f32,
    /// Share that is common to the three layers, 0 to 1.
    common: f32,
}

/// Every plate of the proof.
pub(super) fn all() -> Vec<Plate> {
    let mut plates = Vec::new();
    let still = |name: String, source: Source, size: [usize; 2], grain: Option<Grain>| Plate {
        name,
        source,
        size,
        grain,
        frames: 1,
        pan: [0.0; 2],
    };
    for (index, (path, corner, has_grain)) in pieces().into_iter().enumerate() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (source, size) = (Source::File(path, corner), [560, 380]);
        if has_grain {
            plates.push(still(format!("{name}-{index}"), source.clone(), size, None));
        }
        plates.push(still(format!("{name}-{index}+grain"), source, size, Some(GRAINS[index % GRAINS.len()])));
    }
    for (index, &grain) in GRAINS.iter().enumerate() {
        let number = index as u32;
        plates.push(still(format!("street-{index}"), Source::Street(number), [640, 360], Some(grain)));
        plates.push(still(format!("room-{index}"), Source::Room(number), [512, 400], Some(grain)));
    }
    let sequences = [("static", [0.0, 0.0]), ("slow pan", [0.7, 0.2]), ("fast pan", [6.0, 1.5])];
    for (index, (move_name, pan)) in sequences.into_iter().enumerate() {
        let [street, room] = [Source::Street(index as u32 + 20), Source::Room(index as u32 + 30)];
        for (name, source) in [("street", street), ("room", room)] {
            plates.push(Plate {
                name: format!("{name}, {move_name}"),
                source,
                size: [480, 320],
                grain: Some(GRAINS[(2 * index + 1) % GRAINS.len()]),
                frames: 6,
                pan,
            });
        }
    }
    plates
}

/// From fine and weak to coarse and strong.
const GRAINS: [Grain; 6] = [
    Grain { sigma: 0.004, power: 0.5, size: 0.5, common: 0.3 },
    Grain { sigma: 0.006, power: 1.0, size: 1.0, common: 0.0 },
    Grain { sigma: 0.009, power: 0.7, size: 0.8, common: 0.5 },
    Grain { sigma: 0.005, power: 0.3, size: 0.7, common: 0.2 },
    Grain { sigma: 0.012, power: 0.6, size: 1.4, common: 0.4 },
    Grain { sigma: 0.008, power: 1.0, size: 0.0, common: 0.6 },
];

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus")
}

/// Whether the shared corpus is there.
pub(super) fn has_corpus() -> bool {
    corpus().is_dir()
}

/// Pieces of real pictures, and whether their own noise can be seen.
fn pieces() -> Vec<(PathBuf, [f32; 2], bool)> {
    let corpus = corpus();
    let known = [
        ("Tiles/GoldenGate.exr", [0.1, 0.05], true),
        ("Tiles/GoldenGate.exr", [0.5, 0.5], true),
        ("ScanLines/Desk.exr", [0.05, 0.45], true),
        ("MultiView/Adjuster.exr", [0.1, 0.2], true),
        ("Chromaticities/Rec709.exr", [0.0, 0.0], true),
        ("ScanLines/CandleGlass.exr", [0.35, 0.3], false),
    ];
    if has_corpus() {
        return known.into_iter().map(|(name, at, grain)| (corpus.join(name), at, grain)).collect();
    }
    println!("The shared corpus is not there: the proof uses the demo's frames only.");
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/demo/composites/SCN-002");
    vec![
        (demo.join("SHOT-002-002/SHOT-002-002_comp.1001.exr"), [0.0, 0.0], true),
        (demo.join("SHOT-002-003/SHOT-002-003_comp.1001.exr"), [0.0, 0.0], false),
    ]
}

impl Plate {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn make(&self) -> Shot {
        let file = match &self.source {
            Source::File(path, corner) => Some((read(path), *corner)),
            Source::Street(_) | Source::Room(_) => None,
        };
        let [width, height] = match &file {
            Some((frame, _)) => {
                let window = frame.data_window;
                [self.size[0].min(window.width as usize), self.size[1].min(window.height as usize)]
            }
            None => self.size,
        };
        let (mut frames, mut clean) = (Vec::new(), Vec::new());
        for place in 0..self.frames {
            let moved = self.pan.map(|step| step * place as f32);
            let mut rgb = match (&self.source, &file) {
                (_, Some((frame, corner))) => piece(frame, *corner, [width, height]),
                (Source::Room(number), None) => draw([width, height], moved, |x, y| room(*number, x, y)),
                (Source::Street(number), _) => draw([width, height], moved, |x, y| street(*number, x, y)),
                (Source::File(..), None) => unreachable!("files were read above"),
            };
            if let Some(grain) = &self.grain {
                clean.push(rgb.clone());
                grain.add(&mut rgb, width, &mut Numbers(self.name.len() as u64 * 31 + place as u64));
            }
            frames.push(Pixels { rgb, alpha: None, more: Vec::new() });
        }
        Shot { name: self.name.clone(), width, height, frames, clean }
    }
}

fn read(path: &Path) -> Frame {
    let bytes = std::fs::read(path).unwrap();
    let header = Header::parse(&bytes, &Limits::default()).unwrap();
    let layer = find_layer(&header, None).unwrap();
    let request = Request { part: layer.part, channels: layer.color.to_vec(), bands: None };
    exr::decode(bytes.as_slice(), &header, &request, &Limits::default()).unwrap()
}

fn piece(frame: &Frame, corner: [f32; 2], [width, height]: [usize; 2]) -> [Vec<f32>; 3] {
    let [whole_width, whole_height] = [frame.data_window.width as usize, frame.data_window.height as usize];
    let left = ((whole_width - width) as f32 * corner[0] / 0.5).min((whole_width - width) as f32) as usize;
    let top = ((whole_height - height) as f32 * corner[1] / 0.5).min((whole_height - height) as f32) as usize;
    std::array::from_fn(|channel| {
        let mut samples = vec![0.0; width * height];
        for (y, row) in samples.chunks_exact_mut(width).enumerate() {
            frame.planes[channel].samples.read_f32((top + y) * whole_width + left, row);
        }
        samples
    })
}

fn draw(size: [usize; 2], [dx, dy]: [f32; 2], scene: impl Fn(f32, f32) -> [f32; 3]) -> [Vec<f32>; 3] {
    let [width, height] = size;
    let mut rgb: [Vec<f32>; 3] = std::array::from_fn(|_| Vec::with_capacity(width * height));
    for y in 0..height {
        for x in 0..width {
            // Two by two points a pixel, as a lens and a filter soften edges.
            let mut sum = [0.0; 3];
            for (i, j) in [(0.2, 0.3), (0.9, 0.1), (0.1, 0.8), (0.7, 0.9)] {
                let point = scene(x as f32 + dx + i, y as f32 + dy + j);
                sum = std::array::from_fn(|c| sum[c] + 0.25 * point[c]);
            }
            for (plane, value) in rgb.iter_mut().zip(sum) {
                plane.push(value);
            }
        }
    }
    rgb
}

/// A number between 0 and 1 for a place (the finalizer of `MurmurHash3`).
fn hash(x: i32, y: i32, seed: u32) -> f32 {
    let mut h =
        (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca77) ^ seed.wrapping_mul(0xc2b2_ae3d);
    h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    ((h ^ (h >> 16)) >> 8) as f32 / (1 << 24) as f32
}

/// Smooth noise, 0 to 1, with features about one unit wide.
fn clouds(x: f32, y: f32, seed: u32) -> f32 {
    let (column, row) = (x.floor(), y.floor());
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (u, v) = (ease(x - column), ease(y - row));
    let at = |i, j| hash(column as i32 + i, row as i32 + j, seed);
    let (top, bottom) = (at(0, 0) + u * (at(1, 0) - at(0, 0)), at(0, 1) + u * (at(1, 1) - at(0, 1)));
    top + v * (bottom - top)
}

/// House fronts with windows under a sky, a road with texture, lamps far over white; x, y in pixels.
fn street(number: u32, x: f32, y: f32) -> [f32; 3] {
    let x = x + 137.0 * number as f32;
    let glow = (y / 150.0).clamp(0.0, 1.2) * (0.4 + 0.5 * hash(number as i32, 0, 4));
    let mut rgb = [0.08 + 0.5 * glow, 0.11 + 0.4 * glow, 0.2 + 0.3 * glow];
    let house = (x / 118.0).floor();
    let roof = 60.0 + 90.0 * hash(house as i32, 3, number);
    if y > roof {
        let tint = hash(house as i32, 5, number);
        let wall = 0.04 + 0.16 * tint + 0.02 * clouds(x / 30.0, y / 30.0, 8) + 0.01 * clouds(x / 3.0, y / 3.0, 9);
        rgb = [wall * 1.1, wall, wall * 0.85];
        let (u, v) = (x / 24.0, (y - roof) / 34.0);
        let (inside_u, inside_v) = (u - u.floor(), v - v.floor());
        if (0.25..0.75).contains(&inside_u) && (0.25..0.8).contains(&inside_v) {
            let lit = hash(u as i32, v as i32, number + 9) > 0.7;
            rgb = if lit { [1.3 - inside_v, 0.9 - 0.6 * inside_v, 0.35] } else { [0.012, 0.015, 0.02] };
        }
    }
    if y > 270.0 {
        let road = 0.03 + 0.02 * clouds(x / 4.0, y / 2.0, 11) + 0.01 * clouds(x / 40.0, y / 10.0, 12);
        rgb = [road, road, road * 1.1];
    }
    let lamp = (x / 170.0).floor();
    let (lamp_x, lamp_y) = ((lamp + 0.5) * 170.0, 190.0 + 40.0 * hash(lamp as i32, 1, number));
    let far = (x - lamp_x) * (x - lamp_x) + (y - lamp_y) * (y - lamp_y);
    let halo = 14.0 / (1.0 + far / 12.0);
    [rgb[0] + halo, rgb[1] + 0.75 * halo, rgb[2] + 0.4 * halo]
}

/// Walls in soft light, a table, a round shade, cloth with a fine texture; x, y in pixels.
fn room(number: u32, x: f32, y: f32) -> [f32; 3] {
    let x = x + 61.0 * number as f32;
    let light = 0.05 + 0.5 * (-((x - 300.0) * (x - 300.0) + (y - 120.0) * (y - 120.0)) / 60_000.0).exp();
    let light = light * (0.9 + 0.2 * clouds(x / 200.0, y / 200.0, number));
    let mut rgb = [light, light * 0.9, light * 0.7];
    if y > 250.0 + 0.1 * x - 40.0 {
        let cloth = 0.6 + 0.25 * clouds(x / 2.5, y / 2.5, 31) + 0.15 * clouds(x / 12.0, y / 12.0, 32);
        rgb = [light * cloth * 0.5, light * cloth * 0.35, light * cloth * 0.3];
    }
    if x > 60.0 && x < 130.0 {
        rgb = [light * 0.08, light * 0.09, light * 0.12];
    }
    let ball = ((x - 380.0) * (x - 380.0) + (y - 220.0) * (y - 220.0)).sqrt() / 60.0;
    if ball < 1.0 {
        let shade = (1.0 - ball * ball).sqrt() * 0.8 + 0.05;
        rgb = [light * shade * 1.6, light * shade * 0.6, light * shade * 0.4];
    }
    rgb
}

impl Grain {
    fn add(&self, rgb: &mut [Vec<f32>; 3], width: usize, numbers: &mut Numbers) {
        let length = rgb[0].len();
        let shared = self.field(length, width, numbers);
        for plane in rgb {
            let own = self.field(length, width, numbers);
            let (a, b) = (self.common.sqrt(), (1.0 - self.common).sqrt());
            for ((value, own), shared) in plane.iter_mut().zip(own).zip(&shared) {
                let light = (value.max(0.0) + 0.002) / 0.182;
                *value += (a * shared + b * own) * self.sigma * light.powf(self.power);
            }
        }
    }

    /// Normal numbers, blurred, standard deviation 1.
    fn field(&self, length: usize, width: usize, numbers: &mut Numbers) -> Vec<f32> {
        let mut field: Vec<f32> = (0..length).map(|_| numbers.normal()).collect();
        if self.size <= 0.0 {
            return field;
        }
        let reach = (3.0 * self.size).ceil() as i32;
        let kernel: Vec<f32> =
            (-reach..=reach).map(|i| (-((i * i) as f32) / (2.0 * self.size * self.size)).exp()).collect();
        let norm = kernel.iter().map(|k| k * k).sum::<f32>().sqrt();
        let height = length / width;
        let blur = |from: &[f32], at: &dyn Fn(usize, i32) -> usize| -> Vec<f32> {
            let sum = |i: usize| kernel.iter().zip(-reach..).map(|(k, step)| k * from[at(i, step)]).sum::<f32>();
            (0..length).map(|i| sum(i) / norm).collect()
        };
        // Round the edges, so that no place has less of it.
        field =
            blur(&field, &|i, step| i / width * width + (i % width + width).wrapping_add_signed(step as isize) % width);
        blur(&field, &|i, step| (i / width + height).wrapping_add_signed(step as isize) % height * width + i % width)
    }
}
