//! What only a machine with files, processes and threads can do.

pub mod atomic;
pub mod blender;
pub mod clock;
pub mod composites;
pub mod config;
pub mod export;
pub mod farm;
pub mod ffmpeg;
pub mod ffprobe;
mod file;
pub mod frames;
pub mod grade;
pub mod journal;
pub mod manifest;
pub mod mhl;
pub mod models;
pub mod package;
pub mod period;
pub mod process;
pub mod project;
mod seen;
pub mod server;
pub mod statistics;
#[cfg_attr(target_os = "linux", path = "swap/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "swap/portable.rs")]
mod swap;
pub mod tag;
pub mod tool;
pub mod transform;
pub mod validate;

pub use file::FileSource;
