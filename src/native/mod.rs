//! What only a machine with files, processes and threads can do.

mod file;

pub use file::FileSource;
