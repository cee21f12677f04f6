//! Errors on their way to JavaScript: objects with fields, so that a card can say what, where and what next.

use wasm_bindgen::JsValue;

use super::object::set;
use crate::Error;

/// `{kind, what, place, next, message}`; all strings, `next` and `place` may be empty.
pub fn to_js(error: &Error) -> JsValue {
    let fault = error.fault();
    let what = match error {
        // The system's answer belongs to what happened.
        Error::Io { source, .. } => format!("{}: {source}", fault.what),
        _ => fault.what.clone(),
    };
    let object = js_sys::Object::new();
    for (key, text) in [
        ("kind", error.kind()),
        ("what", &what),
        ("place", &fault.place.to_string()),
        ("next", &fault.next),
        ("message", &error.to_string()),
    ] {
        set(&object, key, &JsValue::from_str(text));
    }
    object.into()
}
