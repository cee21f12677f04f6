//! Small helpers for plain JavaScript objects.

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};

use super::fault;
use crate::Error;

/// Sets a property; plain objects never refuse.
pub(super) fn set(object: &js_sys::Object, key: &str, value: &JsValue) {
    let _ = js_sys::Reflect::set(object, &JsValue::from_str(key), value);
}

/// A value as plain objects, arrays, strings and numbers.
pub(super) fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(|error| fault::to_js(&Error::spec(error.to_string(), "")))
}

/// The other way round; what JavaScript sends is ours, so a mismatch is a fault of the page.
pub(super) fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value)
        .map_err(|error| fault::to_js(&Error::spec(format!("the page asked for something odd: {error}"), "")))
}

/// A browser's refusal, in its own words.
pub(super) fn words(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| "the browser gives no reason".into()),
    }
}
