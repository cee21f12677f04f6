//! The installed models under `/models/`, so that the page reads text without asking for them.

use axum::http::StatusCode;

use super::answer::{Answer, content_type};
use super::folder::Folder;
use super::range::Requested;
use crate::native::models::{self, MODELS};

/// Their names for `index.json`, none where they are not all there; else the file of that name. The page looks at their
/// checksums itself.
pub(super) fn answer(segments: &[Vec<u8>], range: Option<Requested>) -> Answer {
    let [name] = segments else { return Answer::not_found() };
    if name == b"index.json" {
        return index();
    }
    let is_model = MODELS.iter().any(|model| model.name.as_bytes() == name);
    match models::folder().and_then(|folder| Folder::open(&folder)) {
        Ok(folder) if is_model => folder.answer(segments, range),
        _ => Answer::not_found(),
    }
}

fn index() -> Answer {
    let is_there = |folder: &std::path::Path| MODELS.iter().all(|model| folder.join(model.name).is_file());
    let names = match models::folder() {
        Ok(folder) if is_there(&folder) => MODELS.map(|model| model.name).to_vec(),
        _ => Vec::new(),
    };
    match serde_json::to_vec(&names) {
        Ok(json) => Answer::new(StatusCode::OK, content_type(b".json"), json),
        Err(_) => Answer::failed(),
    }
}
