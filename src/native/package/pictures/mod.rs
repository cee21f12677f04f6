//! Pictures of a package: thumbnails, contact sheets, findings.

pub(super) mod findings;
mod font;
mod render;
pub(super) mod sheet;
