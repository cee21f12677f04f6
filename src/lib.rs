//! The final output stage for *MSG 1998*: exact pictures, quality control and editorial delivery.
//!
//! One core and two fronts. The core (everything but `native`, `cli`, `web`, `web_text` and `js`) names no path-opening,
//! process, clock, environment or JavaScript value; what it needs from outside is an argument. The command line (`native`,
//! `cli`) gives it files, processes and threads; the page gives it Blobs, workers and a canvas (`web`), and in a module of
//! its own the models that read text (`web_text`). The fronts never see each other.
//!
//! Direction of dependencies: `color` <- `frame` <- `exr` <- `media`; {`color`, `spec`} <- `prores`; {`color`, `frame`, `spec`,
//! `media`, `period`} <- `qc` <- {`ocr`, `editorial`}; all of these <- `native` <- `cli`, all but `ocr` and `prores` <- `web`,
//! and `ocr` <- `web_text`.
//!
//! This file holds every feature gate of the crate, each for a whole module.

pub mod blend;
pub mod color;
pub mod convert;
pub mod deliverable;
pub mod editorial;
pub mod error;
pub mod exr;
pub mod frame;
pub mod inflate;
pub mod inspect;
pub mod master;
pub mod media;
pub mod overlay;
pub mod par;
pub mod period;
pub mod picture;
pub mod prores;
pub mod qc;
pub mod sequence;
mod severity;
pub mod spec;
pub mod tag;
pub mod timecode;
mod widen;

#[cfg(feature = "native")]
#[path = "platform/native.rs"]
mod platform;
#[cfg(not(feature = "native"))]
#[path = "platform/portable.rs"]
mod platform;

#[cfg(feature = "text")]
pub mod ocr;
#[cfg(feature = "web-text")]
pub mod web_text;

#[cfg(feature = "native")]
pub mod cli;
#[cfg(feature = "native")]
pub mod native;

#[cfg(any(feature = "web", feature = "web-text"))]
mod js;
#[cfg(feature = "web")]
pub mod web;

pub use error::{Error, Result};
pub use severity::Severity;
