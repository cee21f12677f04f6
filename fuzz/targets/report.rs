//! `qc_report.json`: what can be read can be written, and read again as the same.
#![no_main]

use blender_gsd::qc::QcReport;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(report) = serde_json::from_slice::<QcReport>(bytes) else { return };
    let Ok(text) = serde_json::to_vec(&report) else { panic!("a report that was read cannot be written") };
    let Ok(again) = serde_json::from_slice::<QcReport>(&text) else { panic!("{}", String::from_utf8_lossy(&text)) };
    assert_eq!(report, again);
});
