//! The time of reports.

use crate::{Error, Result};

/// Now, or the time that `SOURCE_DATE_EPOCH` gives for repeatable output (reproducible-builds.org), as RFC 3339 in UTC
/// to the second.
///
/// # Errors
/// If `SOURCE_DATE_EPOCH` is set to something else than a number of seconds.
pub fn now() -> Result<String> {
    let seconds = match std::env::var_os("SOURCE_DATE_EPOCH").filter(|value| !value.is_empty()) {
        Some(value) => value.to_str().and_then(|text| text.trim().parse().ok()).ok_or_else(|| wrong(&value))?,
        None => jiff::Timestamp::now().as_second(),
    };
    match jiff::Timestamp::from_second(seconds) {
        Ok(time) => Ok(time.to_string()),
        Err(_) => Err(wrong(std::ffi::OsStr::new(&seconds.to_string()))),
    }
}

fn wrong(value: &std::ffi::OsStr) -> Error {
    Error::spec(format!("SOURCE_DATE_EPOCH is {value:?}"), "Set it to a number of seconds since 1970, or unset it")
}
