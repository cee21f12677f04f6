//! From a file through a view into a file.

use std::path::Path;

use super::{FileSource, atomic};
use crate::convert::{self, Bits, Options};
use crate::exr::{Header, Limits};
use crate::frame::Missing;
use crate::{Error, Result};

/// Kinds of file that can be written, by their names' ends.
const KINDS: [(&str, Kind); 2] = [("png", Kind::Png), ("exr", Kind::Exr)];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Png,
    Exr,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// What was done, in one line.
    pub description: String,
    /// Areas of the input that could not be read and are black.
    pub missing: Vec<Missing>,
    /// Size of the output in bytes.
    pub bytes: u64,
}

/// Converts the frame in `input` and puts the result at `output`, whole or not at all. `bits` is for PNG only, where
/// `None` means 8.
///
/// # Errors
/// If the output is no PNG or EXR name, is the input itself or cannot be written, or the input cannot be converted.
pub fn convert_file(input: &Path, output: &Path, options: &Options, bits: Option<Bits>) -> Result<Written> {
    let kind = kind_of(output)?;
    if kind == Kind::Exr && bits.is_some() {
        return Err(Error::spec(
            "--bits is for PNG: an EXR output holds 32-bit floats",
            "Leave --bits away, or write a .png",
        ));
    }
    let options = Options { bits: bits.unwrap_or_default(), ..options.clone() };
    let source = FileSource::open(input)?;
    if is_same_file(input, output) {
        let error = Error::spec("the output is the input itself", "Give the output another name");
        return Err(error.in_file(output.display()));
    }
    atomic::destination(output)?;
    let limits = Limits::default();
    let in_input = |error: Error| error.in_file(input.display());
    let header = Header::read(&source, &limits).map_err(in_input)?;
    let converted = match kind {
        Kind::Png => convert::to_png(&source, &header, &options, &limits),
        Kind::Exr => convert::to_exr(&source, &header, &options, &limits),
    };
    let converted = converted.map_err(in_input)?;
    atomic::write(output, &converted.bytes)?;
    Ok(Written { description: converted.description, missing: converted.missing, bytes: converted.bytes.len() as u64 })
}

fn kind_of(output: &Path) -> Result<Kind> {
    let extension = output.extension().unwrap_or_default();
    let found = KINDS.iter().find(|(known, _)| extension.eq_ignore_ascii_case(known));
    found.map(|&(_, kind)| kind).ok_or_else(|| {
        let known: Vec<String> = KINDS.iter().map(|(known, _)| format!(".{known}")).collect();
        let what = "the output's name does not say which kind of file to write";
        Error::spec(what, format!("Let it end in {}", known.join(" or "))).in_file(output.display())
    })
}

/// Whether both names lead to one file, through links of either sort.
fn is_same_file(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(a), Ok(b)) = (std::fs::metadata(a), std::fs::metadata(b)) {
        use std::os::unix::fs::MetadataExt;
        return (a.dev(), a.ino()) == (b.dev(), b.ino());
    }
    matches!((std::fs::canonicalize(a), std::fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}
