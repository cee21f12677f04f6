//! Damage to good files, and files that crashed other readers: an error or a partial picture, within the memory that the
//! limits promise.

use std::path::{Path, PathBuf};

use blender_gsd::Result;
use blender_gsd::exr::{self, Cryptomatte, Header, Limits, Request};
use blender_gsd::frame::Frame;

use super::exr_reading::files_below;
use super::fixture;

/// Numbers that are the same every time, for damage.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self, below: usize) -> usize {
        // xorshift64*, Vigna 2016.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below.max(1)
    }

    /// One to four blows: bits, bytes, runs, pieces moved, taken out or cut off.
    pub(super) fn damage(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..1 + self.next(4) {
            // Half of them hit the header, where a byte does most.
            let reach = if self.next(2) == 0 { bytes.len().min(600) } else { bytes.len() };
            let at = self.next(reach);
            let end = (at + 1 + self.next(16)).min(bytes.len());
            match self.next(6) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.next(8),
                1 if at < bytes.len() => bytes[at] = [0, 0xff, 0x7f, 0x80][self.next(4)],
                2 => bytes[at..end].fill(self.next(256) as u8),
                3 => {
                    let piece = bytes[at..end].to_vec();
                    let to = self.next(bytes.len());
                    bytes.splice(to..to, piece);
                }
                4 => drop(bytes.drain(at..end)),
                _ => bytes.truncate(at.max(1)),
            }
        }
    }
}

/// What a frame may take here, and what decoding it may take beside.
const LIMITS: Limits =
    Limits { header_bytes: 1 << 20, parts: 16, channels: 256, frame_bytes: 64 << 20, chunk_bytes: 16 << 20 };
const BESIDE: u64 = 64 << 20;

/// Good files, one of every way to store pixels.
const GOOD: [&str; 20] = [
    "compression/no_half.exr",
    "compression/zip_half.exr",
    "compression/zip_float.exr",
    "compression/zips_half.exr",
    "compression/zips_float.exr",
    "compression/piz_half.exr",
    "compression/piz_float.exr",
    "compression/rle_half.exr",
    "compression/rle_float.exr",
    "compression/pxr24_half.exr",
    "compression/pxr24_float.exr",
    "compression/b44_half.exr",
    "compression/b44a_half.exr",
    "compression/dwaa_half.exr",
    "compression/dwab_half.exr",
    "compression/dwab_float.exr",
    "compression/tiled_zip.exr",
    "compression/two_parts.exr",
    "cryptomatte/multipart.exr",
    "openexr/Rec709_YC.exr",
];
const CHANGES: usize = 10_000;

/// Everything that is read of a file: every part's pixels, every matte.
fn read(bytes: &[u8]) -> Result<Vec<Frame>> {
    let header = Header::read(bytes, &LIMITS)?;
    let requests = header.parts.iter().enumerate();
    let frames = requests.map(|(part, facts)| {
        let request = Request { part, channels: (0..facts.channels.len()).collect(), bands: None };
        exr::decode(bytes, &header, &request, &LIMITS)
    });
    let frames = frames.collect::<Result<Vec<Frame>>>();
    for set in Cryptomatte::sets(&header) {
        let _ = set.survey(bytes, &header, &LIMITS);
    }
    frames
}

/// Reads `bytes`, and holds what that took against the limits.
fn within_bounds(bytes: &[u8], what: &str) {
    let before = memory::resident();
    memory::forget_the_peak();
    let outcome = read(bytes);
    let taken = memory::peak().saturating_sub(before);
    assert!(taken <= LIMITS.frame_bytes + BESIDE, "{what} took {} MiB", taken >> 20);
    if let Err(error) = outcome {
        assert!(!error.fault().what.is_empty(), "{what}");
    }
}

/// A process's memory as Linux tells it, in bytes.
mod memory {
    fn status(name: &str) -> u64 {
        let text = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        let kilobytes: String = line.chars().filter(char::is_ascii_digit).collect();
        kilobytes.parse::<u64>().unwrap() << 10
    }

    pub(super) fn resident() -> u64 {
        status("VmRSS:")
    }

    /// The most there was since [`forget_the_peak`], or ever where that cannot be forgotten.
    pub(super) fn peak() -> u64 {
        status("VmHWM:")
    }

    pub(super) fn forget_the_peak() {
        // "5" resets it: proc_pid_clear_refs(5).
        let _ = std::fs::write("/proc/self/clear_refs", "5");
    }
}

/// Runs one of the tests below, which are ignored otherwise, in a process that has no other tests in it and two gigabytes of
/// address space: whoever asks for more than the limits allow is ended by that.
fn alone(test: &str) {
    if !cfg!(target_os = "linux") {
        println!("skipped: only Linux tells how much memory was taken");
        return;
    }
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "ulimit -v 2097152; exec \"$@\"", "sh"]).arg(std::env::current_exe().unwrap());
    // Panics that are caught print a stack otherwise, which takes longer than all the rest.
    command.env("RUST_BACKTRACE", "0");
    command.args(["--ignored", "--exact", "--nocapture", "--test-threads=1", &format!("library::damage::{test}")]);
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success() && said.contains("1 passed"), "{}: {said}", output.status);
    print!("{said}");
}

#[test]
fn ten_thousand_changes_of_good_files_stay_within_their_limits() {
    alone("changes_of_good_files");
}

#[test]
#[ignore = "in a process of its own, by the test above"]
fn changes_of_good_files() {
    let good = GOOD.map(|name| (name, fixture(name)));
    let mut random = Random(0x5eed);
    for change in 0..CHANGES {
        let (name, bytes) = &good[change % good.len()];
        let mut bytes = bytes.clone();
        random.damage(&mut bytes);
        within_bounds(&bytes, &format!("change {change}, of {name},"));
    }
}

/// The project's own copies are few; where the public collection lies beside the checkout, all of it is read.
fn damaged() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let collection = root.join("../shared/corpus/Damaged");
    files_below(&if collection.is_dir() { collection } else { root.join("tests/fixtures/damaged") })
}

#[test]
fn files_that_crashed_other_readers_stay_within_their_limits() {
    alone("damaged_files");
}

#[test]
#[ignore = "in a process of its own, by the test above"]
fn damaged_files() {
    for path in damaged() {
        within_bounds(&std::fs::read(&path).unwrap(), &path.display().to_string());
    }
}
