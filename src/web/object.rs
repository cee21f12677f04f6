//! Small helpers for plain JavaScript objects.

use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};

use crate::Error;
use crate::js::fault;
pub(super) use crate::js::{set, value as to_js};

/// A value that JavaScript sends: it is ours, so a mismatch is a fault of the page.
pub(super) fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value)
        .map_err(|error| fault(&Error::spec(format!("the page asked for something odd: {error}"), "")))
}

/// A browser's refusal, in its own words.
pub(super) fn words(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| "the browser gives no reason".into()),
    }
}
