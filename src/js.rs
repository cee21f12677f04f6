//! Values and errors on their way to JavaScript, as both modules of the page send them.

use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::Error;

/// Sets a property; plain objects never refuse.
pub(crate) fn set(object: &js_sys::Object, key: &str, value: &JsValue) {
    let _ = js_sys::Reflect::set(object, &JsValue::from_str(key), value);
}

/// A value as plain objects, arrays, strings and numbers.
pub(crate) fn value<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(|error| fault(&Error::spec(error.to_string(), "")))
}

/// An error as an object with fields, so that a card can say what, where and what next: `{kind, what, place, next,
/// message}`; all strings, `next` and `place` may be empty.
pub(crate) fn fault(error: &Error) -> JsValue {
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
