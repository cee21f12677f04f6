//! The fuzz targets on the stable compiler: their seeds, the files that were kept, and seeded damage to both. The long hunt
//! is `make fuzz`.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::damage::Random;
use super::exr_reading::files_below;

// The fuzzer's programs call the rest of it.
#[allow(dead_code, unreachable_pub)]
#[path = "../../fuzz/src/lib.rs"]
mod targets;

/// Changed files for each target, and for the one that reads all rules of the period every time.
const CHANGES: usize = 3000;
const CHANGES_OF_RULES: usize = 100;
/// Larger seeds only make the fuzzer slow, and changes of files beyond the second number this test.
const LARGEST_SEED: u64 = 100 << 10;
const LARGEST_CHANGED: usize = 12 << 10;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where a target's corpus begins: as in scripts/fuzz.sh.
fn seeds(target: &str) -> Vec<PathBuf> {
    let listed = include_str!("../../fuzz/seeds.txt").lines().filter_map(|line| line.split_once(' '));
    let listed = listed.filter(|(name, _)| *name == target).map(|(_, place)| root().join(place));
    let own = [root().join("fuzz/seeds").join(target), root().join("tests/fixtures/fuzz").join(target)];
    let mut files: Vec<PathBuf> =
        own.into_iter().chain(listed).filter(|place| place.is_dir()).flat_map(|place| files_below(&place)).collect();
    files.retain(|path| fs::metadata(path).unwrap().len() < LARGEST_SEED);
    files.sort();
    files
}

#[test]
fn every_target_is_in_the_list() {
    let stems = fs::read_dir(root().join("fuzz/targets")).unwrap().map(|entry| entry.unwrap().path());
    let programs: BTreeSet<String> =
        stems.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let listed: BTreeSet<String> = targets::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(programs, listed);
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    for name in programs {
        assert!(manifest.contains(&format!("\nname = \"{name}\"\npath = \"targets/{name}.rs\"\n")), "{name}");
    }
}

#[test]
fn every_target_survives_its_seeds_and_damage_to_them() {
    std::thread::scope(|scope| {
        for (name, target) in targets::TARGETS {
            scope.spawn(move || replay(name, target));
        }
    });
}

fn replay(name: &str, target: targets::Target) {
    let seeds: Vec<(PathBuf, Vec<u8>)> =
        seeds(name).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    for (path, bytes) in &seeds {
        survive(name, target, bytes, path);
    }
    let small: Vec<_> = seeds.iter().filter(|(_, bytes)| bytes.len() <= LARGEST_CHANGED).collect();
    assert!(!small.is_empty(), "{name} has no small seed");
    let mut random = Random(0x5eed);
    for change in 0..if name == "rules" { CHANGES_OF_RULES } else { CHANGES } {
        let (path, bytes) = small[change % small.len()];
        let mut bytes = bytes.clone();
        random.damage(&mut bytes);
        survive(name, target, &bytes, path);
    }
}

/// The bytes that a target fails at are kept where they can be looked at.
fn survive(name: &str, target: targets::Target, bytes: &[u8], origin: &Path) {
    if catch_unwind(AssertUnwindSafe(|| target(bytes))).is_err() {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{name}"));
        fs::write(&kept, bytes).unwrap();
        panic!("{name} fails at a change of {}: keep {}", origin.display(), kept.display());
    }
}
