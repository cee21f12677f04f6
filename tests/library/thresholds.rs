//! The quality control's limits stand in two more places: the documentation, and what `init` writes.

use blender_gsd::native::config;
use blender_gsd::qc::Thresholds;

#[test]
fn every_threshold_is_documented_as_it_is() {
    let document = include_str!("../../docs/QC.md");
    for threshold in Thresholds::ALL {
        let [low, high] = threshold.range;
        let (name, unit, meaning) = (threshold.name, threshold.unit, threshold.meaning);
        let row = format!("| `{name}` | {} | {unit} | {low}, {high} | {meaning} |\n", threshold.default);
        assert!(document.contains(&row), "docs/QC.md has no row\n{row}");
    }
}

#[test]
fn every_threshold_is_in_what_init_writes() {
    let defaults =
        Thresholds::ALL.iter().map(|known| format!("#: {} = {:?} # {}", known.name, known.default, known.unit));
    let (_, table) = config::EXAMPLE.split_once("[qc]\n").unwrap();
    assert_eq!(table.lines().collect::<Vec<_>>(), defaults.collect::<Vec<_>>());
}
