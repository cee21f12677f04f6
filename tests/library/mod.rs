//! The core through its public API, against values from other programs.

mod blend;
mod cdl;
mod colour;
mod convert;
mod cryptomatte;
mod damage;
mod exr_reading;
mod fuzz;
mod late_text;
mod lut;
mod opencolorio;
mod openexr;
mod period;
mod proof;
mod resample;
mod thresholds;
mod ycbcr;

/// The bytes of a file under `tests/fixtures`.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The numbers of a golden table's line.
fn numbers(line: &str) -> Vec<f64> {
    line.split(',').map(|value| value.parse().unwrap()).collect()
}
