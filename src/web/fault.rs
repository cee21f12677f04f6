//! Errors on their way to JavaScript: objects with fields, so that a card can say what, where and what next.

use wasm_bindgen::JsValue;

use crate::Error;

/// `{kind, what, place, next, message}`; all strings, `next` and `place` may be empty.
pub fn to_js(error: &Error) -> JsValue {
    crate::js::fault(error)
}
