//! The page's half of the house: what crosses between JavaScript and the core.
//!
//! Two kinds of thread load this module. *Workers* hold [`WorkerFile`]s: they read slices of a dropped file, decode
//! bands, write snapshots and run the checks. The *main thread* holds one [`Viewer`]: it draws planes that workers sent,
//! straight from the typed arrays they arrived in, and puts numbers into words. JavaScript moves messages between them
//! and builds the page; it has no pixel arithmetic and no threshold.

mod analysis;
mod blob;
mod canvas2d;
mod catalog;
mod checksum;
mod gl;
mod layout;
mod locators;
mod look;
mod movie_run;
mod object;
mod probe;
mod qc_run;
mod sample;
mod shader;
mod viewer;
mod worker_file;

pub use analysis::Analysis;
pub use blob::BlobSource;
pub use catalog::{catalog, group_files};
pub use checksum::Checksum;
pub use locators::locators;
pub use movie_run::MovieRun;
pub use qc_run::{QcFinished, QcRun};
pub use viewer::Viewer;
pub use worker_file::WorkerFile;

use wasm_bindgen::prelude::wasm_bindgen;

/// Runs when a thread instantiates the module: a panic then leaves its message in the console.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}
