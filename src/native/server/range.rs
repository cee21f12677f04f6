//! Byte ranges (RFC 9110, 14): what lets a browser seek in a movie and the page read a file in pieces.

use std::ops::Range;

use axum::http::request::Parts;
use axum::http::{Method, header};

/// The one range a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Requested {
    /// From the first byte to the second, both inside; to the end where there is no second.
    From(u64, Option<u64>),
    /// So many bytes at the end.
    Last(u64),
}

/// What a request asks for. Whatever is not one plain range may be answered with the whole file, and is.
pub(super) fn requested(request: &Parts) -> Option<Requested> {
    let headers = &request.headers;
    // There are no validators that If-Range could hold against.
    if request.method != Method::GET || headers.contains_key(header::IF_RANGE) {
        return None;
    }
    parse(headers.get(header::RANGE)?.to_str().ok()?)
}

fn parse(text: &str) -> Option<Requested> {
    let (unit, set) = text.split_once('=')?;
    let (first, last) = set.trim().split_once('-')?;
    let number = |text: &str| match text.bytes().all(|digit| digit.is_ascii_digit()) {
        true => text.parse::<u64>().ok(),
        false => None,
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    match (first, last) {
        ("", last) => Some(Requested::Last(number(last)?)),
        (first, "") => Some(Requested::From(number(first)?, None)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Requested::From(first, Some(last)))
        }
    }
}

impl Requested {
    /// The range in a file of that length; `None` if there is no byte of it.
    pub(super) fn within(self, length: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::From(first, last) => first..last.map_or(length, |last| last.saturating_add(1).min(length)),
            Self::Last(count) => length.saturating_sub(count)..length,
        };
        (range.start < range.end).then_some(range)
    }
}

#[cfg(test)]
mod tests {
    use super::{Requested, parse};

    #[test]
    fn ranges_are_read_and_cut_to_the_file() {
        let within = |text, length| parse(text).and_then(|range: Requested| range.within(length));
        assert_eq!(within("bytes=0-0", 10), Some(0..1));
        assert_eq!(within("bytes=4-", 10), Some(4..10));
        assert_eq!(within("bytes=-3", 10), Some(7..10));
        assert_eq!(within("bytes=-30", 10), Some(0..10));
        assert_eq!(within("bytes=5-18446744073709551615", 10), Some(5..10));
        for nothing in ["bytes=10-", "bytes=-0"] {
            assert!(parse(nothing).is_some_and(|range| range.within(10).is_none()), "{nothing}");
        }
        for other in
            ["", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=0-1,3-4", "lines=0-1", "bytes=+1-2", "bytes=a-"]
        {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
