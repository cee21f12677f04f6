use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A program that `scripts/setup-FOLDER.sh` has put into `target/FOLDER/bin`. Without it a test passes, and says so; in CI
/// it fails.
pub(crate) fn peer(folder: &str, name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join(folder).join("bin").join(name);
    if path.is_file() {
        return Some(path);
    }
    let missing = format!("{name} is not there; scripts/setup-{folder}.sh installs it");
    assert!(std::env::var_os("CI").is_none_or(|ci| ci.is_empty()), "{missing}");
    // Past the harness, which would keep the words of a test that passes.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {missing}");
    None
}
