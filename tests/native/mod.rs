//! The built binary, and pictures made up for it.

/// Outputs appear whole or not at all.
mod atomic;
/// Blender: set up, rendering, everything that can be wrong with a composite.
mod blender;
/// `convert`: codes, tags, floats, refusals.
mod convert;
/// Cargo.lock against deny.toml.
mod dependencies;
/// README and docs/ against what is there.
mod documents;
/// `export-editorial`, `batch-export`, `init`: from composites to deliverables.
mod export;
/// `farm-job`: the template, and the whole job run by openjd.
mod farm;
/// `convert --cdl --lut`: the files, their places, their troubles.
mod grade;
/// Names of files that try to be something else.
mod hostile;
/// `inspect`: facts, statistics, manifests.
mod inspect;
/// `models`: what reads text, and what the report says without it.
mod models;
/// `validate-output` on movies: sound ones, and ffmpeg's spoils.
mod movies;
/// `create-package`, `verify-package`: the tree, other readers, refusals.
mod package;
/// `no_modern_elements`: names with pixels, names without, what must be there.
mod period;
/// What ffprobe finds in movies.
mod probe;
/// ProRes: what ffmpeg decodes it to, and how it stands beside ffmpeg's own.
mod prores;
/// `qc_report.json`: the names others build on.
mod report;
/// `serve`: what it answers, and above all what it does not.
mod serve;
/// `tag`: what other programs read before and after.
mod tag;
/// `validate-output`: every finding in its place, every trouble told.
mod validate;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use blender_gsd::color::named;
use blender_gsd::exr::{self, Attribute, Picture};
use blender_gsd::frame::{Plane, Region, Samples};
use half::f16;

/// The program, in a known environment.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blender-gsd"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "SOURCE_DATE_EPOCH"] {
        command.env_remove(name);
    }
    command
}

/// Whether the long tests are wanted too: `make test-all`.
fn is_slow() -> bool {
    std::env::var_os("GSD_SLOW").is_some_and(|value| !value.is_empty())
}

/// What the program answers to these arguments.
fn run<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Answer {
    Answer::of(program().args(arguments).output().unwrap())
}

/// What a run came to.
#[derive(Debug)]
struct Answer {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Answer {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let answer = Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) };
        assert!(!answer.stderr.contains("panicked"), "{answer:?}");
        answer
    }

    #[track_caller]
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// It could not be done, said in the two lines of the contract.
    #[track_caller]
    fn assert_refused(&self, what: &str) {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        let mut lines = self.stderr.lines();
        let error = lines.next().unwrap_or_default();
        assert!(error.starts_with("error: ") && error.contains(what), "{self:?}");
        assert!(lines.all(|line| line.starts_with("next: ")), "{self:?}");
    }
}

/// A made-up frame.
struct Made {
    display: Region,
    data: Region,
    attributes: Vec<Attribute>,
    /// Scene-linear R, G, B at a pixel of the data window, from its own corner.
    pixel: Box<dyn Fn(u32, u32) -> [f32; 3]>,
}

impl Made {
    /// A tagged master of that size, but for its pixels: grain around a middle grey.
    fn new(width: u32, height: u32) -> Self {
        let window = Region::new(0, 0, width, height);
        let attributes = vec![
            Attribute::chromaticities(&named::AP1),
            Attribute::text("colorInteropID", "lin_ap1_scene"),
            Attribute::rational("framesPerSecond", 24, 1),
        ];
        Self { display: window, data: window, attributes, pixel: Box::new(grain) }
    }

    fn with_pixels(mut self, pixel: impl Fn(u32, u32) -> [f32; 3] + 'static) -> Self {
        self.pixel = Box::new(pixel);
        self
    }

    fn with_windows(mut self, display: Region, data: Region) -> Self {
        (self.display, self.data) = (display, data);
        self
    }

    /// With an attribute in the place of the one of its name.
    fn with(mut self, attribute: Attribute) -> Self {
        self.attributes.retain(|known| known.name != attribute.name);
        self.attributes.push(attribute);
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.attributes.retain(|known| known.name != name);
        self
    }

    /// The file.
    fn bytes(&self) -> Vec<u8> {
        let (width, height) = (self.data.width, self.data.height);
        let mut planes: [Vec<f16>; 3] = Default::default();
        for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
            for (plane, value) in planes.iter_mut().zip((self.pixel)(x, y)) {
                plane.push(f16::from_f32(value));
            }
        }
        let [r, g, b] = planes.map(Samples::Half);
        let planes = [("R", r), ("G", g), ("B", b)].map(|(name, samples)| Plane { name: name.into(), samples });
        let picture = Picture {
            data_window: self.data,
            display_window: self.display,
            planes: &planes,
            attributes: &self.attributes,
        };
        exr::encode(&picture).unwrap()
    }

    fn write(&self, path: impl AsRef<Path>) {
        std::fs::write(path, self.bytes()).unwrap();
    }
}

/// Numbers without a pattern, the same every time.
fn grain(x: u32, y: u32) -> [f32; 3] {
    let mut state = u64::from(x) << 32 | u64::from(y);
    std::array::from_fn(|_| {
        // SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        0.16 + 0.04 * ((z ^ (z >> 31)) >> 40) as f32 / (1 << 24) as f32
    })
}

/// Names in a folder, sorted.
fn names_in(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A temporary folder.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}
