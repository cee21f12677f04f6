//! The page that is built into the binary.

use axum::http::StatusCode;

use super::answer::{Answer, content_type};

/// Names under www/ and their bytes, sorted by name; made by `build.rs`.
static WWW: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/www.rs"));

/// What the page cannot do without, which is built apart.
const WEB_ASSEMBLY: &str = "pkg/blender_gsd_bg.wasm";
const INDEX: &str = "index.html";

/// In the page's place where it was not there when the binary was built.
const NOT_BUILT: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <title>The review page is not built</title>\n<h1>The review page is not built into this binary</h1>\n\
    <p>Type <code>make web</code>, build the binary again and start it again; <code>make serve</code> does all three.</p>\n";

/// Whether the page can be served.
pub(super) fn is_built() -> bool {
    find(INDEX).is_some() && find(WEB_ASSEMBLY).is_some()
}

/// The page's file of that name; the page itself for none.
pub(super) fn answer(segments: &[Vec<u8>]) -> Answer {
    let joined = segments.join(&b'/');
    let name = match std::str::from_utf8(&joined) {
        Ok("") => INDEX,
        Ok(name) => name,
        Err(_) => return Answer::not_found(),
    };
    if name == INDEX && !is_built() {
        return Answer::new(StatusCode::SERVICE_UNAVAILABLE, content_type(INDEX.as_bytes()), NOT_BUILT);
    }
    match find(name) {
        Some(bytes) => Answer::new(StatusCode::OK, content_type(name.as_bytes()), bytes),
        None => Answer::not_found(),
    }
}

/// The page's file of that name, if it was there when the binary was built.
pub(in crate::native) fn find(name: &str) -> Option<&'static [u8]> {
    let place = WWW.binary_search_by_key(&name, |(name, _)| name).ok()?;
    WWW.get(place).map(|(_, bytes)| *bytes)
}

#[cfg(test)]
mod tests {
    use super::WWW;

    #[test]
    fn the_table_can_be_searched_by_halves() {
        assert!(WWW.is_sorted_by(|(a, _), (b, _)| a < b));
        assert!(WWW.iter().all(|(name, _)| !name.split('/').any(|part| part.starts_with('.'))));
    }
}
