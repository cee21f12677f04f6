//! Request paths: from bytes on the wire to names, or to nothing.

/// The decoded segments of a request path; none for `/`. A trailing slash is an empty last segment.
///
/// `None` for every path that could mean another place than it seems to: `.` and `..`, separators and control
/// characters hidden in escapes, hidden files, empty segments, broken escapes.
pub(super) fn segments(path: &str) -> Option<Vec<Vec<u8>>> {
    let path = path.strip_prefix('/')?;
    if path.is_empty() {
        return Some(Vec::new());
    }
    let mut segments = Vec::new();
    let mut rest = path.split('/').peekable();
    while let Some(text) = rest.next() {
        let segment = decode(text)?;
        let is_last = rest.peek().is_none();
        let is_plain = !segment.iter().any(|byte| matches!(byte, b'/' | b'\\' | 0..=0x1f | 0x7f));
        if !is_plain || segment.starts_with(b".") || (segment.is_empty() && !is_last) {
            return None;
        }
        segments.push(segment);
    }
    Some(segments)
}

/// Percent escapes to bytes (RFC 3986, 2.1).
fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            // from_str_radix would take a sign.
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    Some(bytes)
}

/// Bytes to a segment of a path (RFC 3986, 2.3: everything but the unreserved characters is escaped).
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{encode, segments};

    #[test]
    fn escapes_are_undone_once() {
        assert_eq!(segments("/files/a%20b/%2525"), Some(vec![b"files".to_vec(), b"a b".to_vec(), b"%25".to_vec()]));
        assert_eq!(segments("/"), Some(vec![]));
        assert_eq!(segments("/files/"), Some(vec![b"files".to_vec(), vec![]]));
    }

    #[test]
    fn paths_with_a_second_meaning_are_none() {
        let bad = [
            "",
            "x",
            "/..",
            "/a/../b",
            "/%2e%2e/b",
            "/a%2fb",
            "/a%5cb",
            "/a%00",
            "/a\\b",
            "//a",
            "/a//b",
            "/.git",
            "/%2Egit",
            "/%",
            "/%4",
            "/%zz",
            "/%+1",
            "/a/./b",
            "/a%0ab",
        ];
        for path in bad {
            assert_eq!(segments(path), None, "{path}");
        }
    }

    #[test]
    fn every_byte_comes_back() {
        let bytes: Vec<u8> = (b' '..=0xff).filter(|b| !b"/\\.\x7f".contains(b)).collect();
        assert_eq!(segments(&format!("/{}", encode(&bytes))), Some(vec![bytes]));
    }
}
