//! The proof of the checks: defects of known place and size, injected one at a time into plates, next to the clean
//! plate.
//!
//! For every check, defect and strength the table says how many injected defects were found (recall), how many findings
//! the same check had on the clean plates (per frame), and how well the region that was reported fits the defect (IoU).
//! `cargo test proof -- --nocapture` prints it; `docs/QC.md` keeps it. Near misses are changes that are no defect: they
//! must stay without a finding of their check.
//!
//! To add rows: a module beside these with a list of [`Defect`]s, and its name in [`defects`].

mod color_space;
mod grain;
mod layer_edges;
mod levels;
mod plates;
mod qr;
mod score;
mod sign;
mod text;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use blender_gsd::exr::{self, Attribute, Header, Limits, Picture};
use blender_gsd::frame::{Frame, Plane, Region, Samples};
use blender_gsd::period::Judge;
use blender_gsd::qc::{
    CheckId, FrameObserved, Observation, QcIssue, Severity, ShotReport, TextSearch, Validator, ValidatorOptions,
};
use half::f16;

use score::Table;

/// Every defect and near miss.
fn defects() -> Vec<Defect> {
    [color_space::defects(), levels::defects(), grain::defects(), layer_edges::defects(), qr::defects()]
        .into_iter()
        .flatten()
        .collect()
}

/// A change to a plate that a check must find, or must not mind.
struct Defect {
    check: CheckId,
    /// What was done, in a few words: the same for all strengths.
    name: &'static str,
    /// How much of it.
    strength: &'static str,
    /// What the check must make of it.
    expected: Expected,
    /// Does it to the shot, and says where; `None` where the plate does not allow it.
    inject: Box<Inject>,
}

type Inject = dyn Fn(&mut Shot, &mut Numbers) -> Option<Truth> + Sync;

/// What a check must make of a change.
#[derive(Clone, Copy, PartialEq)]
enum Expected {
    /// Clearly visible: nearly all must be found.
    Found,
    /// Hard to see: measured, not demanded.
    Measured,
    /// No defect: nothing must be found.
    Clean,
}

/// Where a defect is.
struct Truth {
    /// First and last frame that has it, by place in the shot.
    frames: [usize; 2],
    /// Its box; none where it is in the whole frame.
    region: Option<Region>,
}

impl Truth {
    /// In all frames of the shot.
    fn always(shot: &Shot, region: Option<Region>) -> Self {
        Self { frames: [0, shot.frames.len() - 1], region }
    }
}

/// Frames in memory, scene-linear ACEScg.
#[derive(Clone)]
struct Shot {
    name: String,
    width: usize,
    height: usize,
    frames: Vec<Pixels>,
    /// Red, green and blue before grain was added to them, where it was.
    clean: Vec<[Vec<f32>; 3]>,
}

/// One frame's samples, row by row.
#[derive(Clone)]
struct Pixels {
    rgb: [Vec<f32>; 3],
    alpha: Option<Vec<f32>>,
    /// Further channels, whatever a defect needs.
    more: Vec<Plane>,
}

impl Shot {
    /// Changes the pixels of a box in one frame; `change` gets x, y and R, G, B.
    fn paint(&mut self, frame: usize, region: Region, mut change: impl FnMut(usize, usize, [f32; 3]) -> [f32; 3]) {
        let Some(pixels) = self.frames.get_mut(frame) else { return };
        for y in region.y as usize..(region.y as usize + region.height as usize).min(self.height) {
            for x in region.x as usize..(region.x as usize + region.width as usize).min(self.width) {
                let at = y * self.width + x;
                let [r, g, b] = &mut pixels.rgb;
                [r[at], g[at], b[at]] = change(x, y, [r[at], g[at], b[at]]);
            }
        }
    }

    /// The whole picture.
    fn area(&self) -> Region {
        Region::new(0, 0, self.width as u32, self.height as u32)
    }

    /// A box somewhere inside, of these shares of the picture's sides.
    fn place(&self, numbers: &mut Numbers, wide: f32, high: f32) -> Region {
        let (width, height) = (self.width as f32 * wide, self.height as f32 * high);
        let x = numbers.between(0.05, 0.95 - wide) * self.width as f32;
        let y = numbers.between(0.05, 0.95 - high) * self.height as f32;
        Region::new(x as i32, y as i32, width as u32, height as u32)
    }

    /// What all checks say of it.
    fn validate(&self, text: &TextSearch) -> ShotReport {
        let is_sequence = self.frames.len() > 1;
        let mut validator = Validator::new(ValidatorOptions {
            shot_id: self.name.clone(),
            is_sequence,
            judge: Judge::embedded().ok().map(Arc::new),
            text: text.clone(),
            ..ValidatorOptions::default()
        });
        let header = self.header();
        let layers = exr::layers(&header);
        let (index, _) = exr::default_layer(&header, &layers).unwrap();
        for (place, pixels) in self.frames.iter().enumerate() {
            let frame = pixels.frame(&header);
            let seen = FrameObserved::Picture {
                header: &header,
                part: &header.parts[0],
                layer: &layers[index],
                frame: &frame,
                space: frame.color_space,
                mattes: &[],
            };
            let file = format!("{}.{}.exr", self.name, FIRST + place as i32);
            validator.observe(&Observation { file: &file, number: FIRST + place as i32, seen });
        }
        validator.finish()
    }

    /// As a file with these channels has it.
    fn header(&self) -> Header {
        let length = self.width * self.height;
        let channels = self.frames[0].planes();
        let empty = |plane: Plane| Plane { samples: Samples::zeros(plane.samples.kind(), length), ..plane };
        let planes: Vec<Plane> = channels.into_iter().map(empty).collect();
        let attributes = [
            Attribute::chromaticities(&blender_gsd::color::named::AP1),
            Attribute::text("colorInteropID", "lin_ap1_scene"),
            Attribute::rational("framesPerSecond", 24, 1),
        ];
        let (data_window, display_window) = (self.area(), self.area());
        let bytes = exr::encode(&Picture { data_window, display_window, planes: &planes, attributes: &attributes });
        Header::parse(&bytes.unwrap(), &Limits::default()).unwrap()
    }
}

/// The number of a shot's first frame.
const FIRST: i32 = 1001;

impl Pixels {
    /// As halves: what a composite is delivered in.
    fn planes(&self) -> Vec<Plane> {
        let half = |name: &str, samples: &Vec<f32>| Plane {
            name: name.to_owned(),
            samples: Samples::Half(samples.iter().map(|&sample| f16::from_f32(sample)).collect()),
        };
        let mut planes: Vec<Plane> =
            ["R", "G", "B"].iter().zip(&self.rgb).map(|(name, samples)| half(name, samples)).collect();
        planes.extend(self.alpha.as_ref().map(|alpha| half("A", alpha)));
        planes.extend(self.more.iter().cloned());
        planes
    }

    fn frame(&self, header: &Header) -> Frame {
        let part = &header.parts[0];
        Frame {
            data_window: part.data_window,
            display_window: part.display_window,
            planes: self.planes(),
            color_space: part.color_space(),
            missing: Vec::new(),
        }
    }
}

/// Random numbers, the same every time: `SplitMix64` (Steele, Lea, Flood 2014).
struct Numbers(u64);

impl Numbers {
    /// Others for other names (FNV-1a).
    fn of(names: &[&str]) -> Self {
        let bytes = names.iter().flat_map(|name| name.bytes());
        Self(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)))
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * (self.bits() >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// Nearly normal, mean 0, standard deviation 1: the sum of eight bytes.
    fn normal(&mut self) -> f32 {
        let sum: u32 = self.bits().to_le_bytes().iter().map(|&byte| u32::from(byte)).sum();
        // Variance 8 (256^2 - 1) / 12.
        (sum as f32 - 1020.0) / 209.0
    }
}

/// A finding that someone would be asked to look at.
fn counts(issue: &QcIssue, check: CheckId) -> bool {
    issue.check == check && issue.severity != Severity::Info
}

#[test]
fn proof() {
    run(defects(), plates::all(), &TextSearch::default());
}

/// Proves the checks by these defects on every one of these plates: prints the table, and holds it against what is demanded.
fn run(mut defects: Vec<Defect>, mut plates: Vec<plates::Plate>, text: &TextSearch) {
    let only = |name: &str| std::env::var(name).unwrap_or_default();
    plates.retain(|plate| plate.name().contains(&only("PROOF_PLATE")));
    defects.retain(|defect| {
        format!("{} {} {}", defect.check.name(), defect.name, defect.strength).contains(&only("PROOF_DEFECT"))
    });
    let (table, next) = (Mutex::new(Table::default()), AtomicUsize::new(0));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(plate) = plates.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let rows = prove(&plate.make(), &defects, text);
                    table.lock().unwrap().extend(rows);
                }
            });
        }
    });
    let table = table.into_inner().unwrap();
    println!("{table}");
    table.assert_limits(!plates::has_corpus());
}

/// Everything about one plate.
fn prove(plate: &Shot, defects: &[Defect], text: &TextSearch) -> Table {
    let mut table = Table::default();
    let clean = plate.validate(text);
    table.clean(plate, &clean);
    for defect in defects {
        let mut numbers = Numbers::of(&[&plate.name, defect.name, defect.strength]);
        let mut shot = plate.clone();
        if let Some(truth) = (defect.inject)(&mut shot, &mut numbers) {
            table.defect(plate, defect, &truth, &clean, &shot.validate(text));
        }
    }
    table
}
