//! Answers and the headers that all of them carry.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

/// What the page may do: load its own parts, run its own WebAssembly, and talk to nobody else. That no request leaves
/// the machine is the browser's promise then, not ours.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     worker-src 'self' blob:; connect-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; \
     style-src 'self'; frame-ancestors 'none'";

/// On every answer, whatever it is.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    // Asked again every time: a page must never be half an old build.
    (header::CACHE_CONTROL, "no-cache"),
];

/// Ends of names and what they stand for.
const TYPES: [(&str, &str); 16] = [
    ("aces", "image/x-exr"),
    ("css", "text/css; charset=utf-8"),
    ("exr", "image/x-exr"),
    ("html", "text/html; charset=utf-8"),
    ("ico", "image/x-icon"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("mov", "video/quicktime"),
    ("mp4", "video/mp4"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("woff2", "font/woff2"),
];

/// A status, a body and what is special about them.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) content_type: &'static str,
    pub(super) body: Body,
    /// Bytes of the body, sent with HEAD as well.
    pub(super) length: u64,
    pub(super) extra: Vec<(HeaderName, String)>,
}

impl Answer {
    pub(super) fn new(status: StatusCode, content_type: &'static str, bytes: impl Into<axum::body::Bytes>) -> Self {
        let bytes = bytes.into();
        let length = bytes.len() as u64;
        Self { status, content_type, body: bytes.into(), length, extra: Vec::new() }
    }

    pub(super) fn text(status: StatusCode, text: &'static str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", text)
    }

    pub(super) fn not_found() -> Self {
        Self::text(StatusCode::NOT_FOUND, "There is nothing here.\n")
    }

    pub(super) fn failed() -> Self {
        Self::text(StatusCode::INTERNAL_SERVER_ERROR, "The file could not be read.\n")
    }
}

/// The type of a file by its name.
pub(super) fn content_type(name: &[u8]) -> &'static str {
    let end = name.iter().rposition(|&byte| byte == b'.').map_or(&[][..], |dot| &name[dot + 1..]);
    let known = TYPES.iter().find(|(known, _)| end.eq_ignore_ascii_case(known.as_bytes()));
    known.map_or("application/octet-stream", |(_, content_type)| content_type)
}

/// The refusal of a request that must not be answered, if it is one.
pub(super) fn admit(request: &Parts, port: u16) -> Option<Answer> {
    let names_us = |host: &str| {
        let name = match host.rsplit_once(':') {
            Some((name, digits)) if digits.parse() == Ok(port) => name,
            // The port of http can be left out. `[::1]` ends in a number that is none.
            _ if port == 80 => host,
            _ => return false,
        };
        ["localhost", "127.0.0.1", "[::1]"].iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    let mut hosts = request.headers.get_all(header::HOST).iter();
    let is_ours = matches!((hosts.next(), hosts.next()), (Some(host), None) if host.to_str().is_ok_and(names_us));
    if !is_ours || !request.uri.authority().is_none_or(|authority| names_us(authority.as_str())) {
        // A name that someone pointed at this machine: DNS rebinding.
        return Some(Answer::text(StatusCode::FORBIDDEN, "This server answers to localhost only.\n"));
    }
    if !matches!(request.method, Method::GET | Method::HEAD) {
        let mut answer = Answer::text(StatusCode::METHOD_NOT_ALLOWED, "Files can be read here, and nothing else.\n");
        answer.extra.push((header::ALLOW, "GET, HEAD".into()));
        return Some(answer);
    }
    None
}

/// The answer as it is sent.
pub(super) fn with_headers(answer: Answer, method: &Method) -> Response {
    let body = if method == Method::HEAD { Body::empty() } else { answer.body };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    headers.insert(header::CONTENT_LENGTH, answer.length.into());
    for (name, value) in answer.extra {
        // Made of numbers and fixed words; were it not, the answer would do without it.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    response
}
