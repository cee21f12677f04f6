//! The native integration tests, one binary: it links once, and its tests run side by side.
//!
//! No test measures time, and none writes beside its input: what is written goes into temporary folders.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

/// The core through its public API, against values from other programs.
mod library;
/// The command line and what is below it: files, folders, the server, through the built binary.
mod native;
/// Programs that are held against ours.
mod peer;
