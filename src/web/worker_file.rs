//! A dropped file in a worker.

use std::cell::OnceCell;

use half::f16;
use js_sys::{Array, Float32Array, Object, Uint8Array, Uint16Array, Uint32Array};
use serde::Deserialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Blob;

use super::blob::BlobSource;
use super::object::{from_js, set, to_js};
use crate::color::{ColorSpace, Display, View, ViewTransform};
use crate::exr::{self, Cryptomatte, Header, Limits, Request};
use crate::frame::{Frame, Plane, Samples};
use crate::js::fault;
use crate::{Error, Result, convert, inspect};

/// A file whose header is read. Reading works in workers only.
#[wasm_bindgen]
pub struct WorkerFile {
    name: String,
    source: BlobSource,
    header: Header,
    limits: Limits,
    /// Its memory is used again by the next run of bands.
    frame: Frame,
    /// Read when first asked for: manifests can be long.
    mattes: OnceCell<Vec<Cryptomatte>>,
}

/// What a snapshot is made with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SnapshotRequest {
    view: View,
    display: Display,
    exposure: f32,
    /// By place in the inspection's layers.
    layer: usize,
    #[serde(default)]
    space: Option<String>,
    #[serde(default)]
    sixteen: bool,
}

#[wasm_bindgen]
impl WorkerFile {
    /// Reads the header of a `File` or `Blob`.
    ///
    /// # Errors
    /// If it is no OpenEXR file, is damaged, or passes a limit.
    #[wasm_bindgen(constructor)]
    pub fn new(blob: Blob, name: String) -> Result<WorkerFile, JsValue> {
        let source = BlobSource::new(blob);
        let limits = Limits::default();
        let header = Header::read(&source, &limits).map_err(|error| fault(&error.in_file(&name)))?;
        Ok(Self { name, source, header, limits, frame: Frame::default(), mattes: OnceCell::new() })
    }

    /// Everything the header says, as `blender-gsd inspect --json` prints it.
    ///
    /// # Errors
    /// None in practice.
    pub fn inspection(&self) -> Result<JsValue, JsValue> {
        to_js(&inspect::inspect(&self.name, exr::ByteSource::len(&self.source), &self.header))
    }

    /// How many bands of a part fit `bytes` of those channels, at least 1.
    #[wasm_bindgen(js_name = bandsPerMessage)]
    pub fn bands_per_message(&self, part: usize, channels: &[usize], bytes: u32) -> usize {
        let Some(part) = self.header.parts.get(part) else { return 1 };
        let pixel: usize = channels.iter().filter_map(|&index| part.channels.get(index)).map(|c| c.kind.bytes()).sum();
        let band = part.band_region(0..1).area().saturating_mul(pixel as u64).max(1);
        (u64::from(bytes) / band).clamp(1, 1 << 20) as usize
    }

    /// Announces that those bands are going to be decoded, so that their bytes are read in few slices.
    pub fn expect(&self, part: usize, first: usize, end: usize) {
        // Where the offsets cannot be read, decoding will say so.
        let range = exr::byte_range(&self.source, &self.header, part, first..end).unwrap_or_default();
        self.source.expect(range);
    }

    /// Reads what was announced, or as much of it as is read at once: the frame that will be wanted next.
    ///
    /// # Errors
    /// If the browser cannot read the file.
    #[wasm_bindgen(js_name = readAhead)]
    pub fn read_ahead(&self) -> Result<(), JsValue> {
        self.source.read_ahead().map_err(|error| self.error(error))
    }

    /// Decodes the bands from `first` up to but not including `end`: `{y, rows, planes: [{type, data, texture}],
    /// missing: [{region, reason}]}`. `y` counts from the data window's top. `data` has the file's own samples (halves as
    /// their bits), `texture` what is uploaded: the same array but for integers.
    ///
    /// # Errors
    /// If nothing of it can be decoded.
    pub fn decode(&mut self, part: usize, channels: Vec<usize>, first: usize, end: usize) -> Result<JsValue, JsValue> {
        let request = Request { part, channels, bands: Some(first..end) };
        exr::decode_into(&self.source, &self.header, &request, &self.limits, &mut self.frame)
            .map_err(|error| self.error(error))?;
        let window = self.frame.data_window;
        let top = self.header.parts.get(part).map_or(window.y, |part| part.data_window.y);
        let object = Object::new();
        set(&object, "y", &JsValue::from_f64((i64::from(window.y) - i64::from(top)) as f64));
        set(&object, "rows", &JsValue::from_f64(window.height.into()));
        set(&object, "planes", &self.frame.planes.iter().map(plane_object).collect::<Array>());
        set(&object, "missing", &self.missing()?.into());
        Ok(object.into())
    }

    /// Says what is missing of bands that could not be decoded at all, in the shape of [`Self::decode`]'s `missing`.
    #[wasm_bindgen(js_name = bandRegion)]
    pub fn band_region(&self, part: usize, first: usize, end: usize) -> Result<JsValue, JsValue> {
        let part = self.header.part(part).map_err(|error| self.error(error))?;
        to_js(&part.band_region(first..end))
    }

    /// A PNG of the display window, the bytes that `blender-gsd convert` writes: `{bytes, description, missing}`.
    ///
    /// # Errors
    /// If the frame cannot be decoded, or passes a limit.
    pub fn snapshot(&self, request: JsValue) -> Result<JsValue, JsValue> {
        let request: SnapshotRequest = from_js(request)?;
        let options = self.options(&request).map_err(|error| self.error(error))?;
        let png =
            convert::to_png(&self.source, &self.header, &options, &self.limits).map_err(|error| self.error(error))?;
        let object = Object::new();
        set(&object, "bytes", &Uint8Array::from(png.bytes.as_slice()));
        set(&object, "description", &JsValue::from_str(&png.description));
        set(&object, "missing", &JsValue::from_f64(png.missing.len() as f64));
        Ok(object.into())
    }
}

impl WorkerFile {
    /// As the user knows the file.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    pub(super) fn source(&self) -> &BlobSource {
        &self.source
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Every set of mattes in the file.
    pub(super) fn mattes(&self) -> &[Cryptomatte] {
        self.mattes.get_or_init(|| Cryptomatte::sets(&self.header))
    }

    /// What decoding takes, borrowed side by side.
    pub(super) fn parts(&mut self) -> (&BlobSource, &Header, &Limits, &mut Frame) {
        (&self.source, &self.header, &self.limits, &mut self.frame)
    }

    /// The error with the file's name, as JavaScript gets it.
    pub(super) fn error(&self, error: Error) -> JsValue {
        fault(&error.in_file(&self.name))
    }

    fn missing(&self) -> Result<Array, JsValue> {
        self.frame
            .missing
            .iter()
            .map(|missing| {
                let object = Object::new();
                set(&object, "region", &to_js(&missing.region)?);
                set(&object, "reason", &JsValue::from_str(&missing.reason));
                Ok(JsValue::from(object))
            })
            .collect()
    }

    fn options(&self, request: &SnapshotRequest) -> Result<convert::Options> {
        let layers = exr::layers(&self.header);
        let layer =
            layers.get(request.layer).ok_or_else(|| Error::spec(format!("there is no layer {}", request.layer), ""))?;
        // Layers are found by name there; a second of the same name (another view) would silently be the first.
        if convert::find_layer(&self.header, Some(&layer.name))? != *layer {
            let what = format!("another layer is called {:?} too, a snapshot cannot name this one", layer.name);
            return Err(Error::spec(what, "Choose the first layer of that name"));
        }
        Ok(convert::Options {
            transform: ViewTransform { view: request.view, display: request.display, exposure: request.exposure },
            layer: Some(layer.name.clone()),
            from: request.space.as_deref().map(ColorSpace::from_choice).transpose()?,
            bits: if request.sixteen { convert::Bits::Sixteen } else { convert::Bits::Eight },
            ..convert::Options::default()
        })
    }
}

/// `{type, data, texture}`; the arrays are copies outside wasm's memory, so that they can be transferred.
fn plane_object(plane: &Plane) -> JsValue {
    let object = Object::new();
    let (data, texture): (JsValue, JsValue) = match &plane.samples {
        Samples::Half(samples) => {
            let array = JsValue::from(Uint16Array::from(bytemuck::cast_slice::<f16, u16>(samples)));
            (array.clone(), array)
        }
        Samples::Float(samples) => {
            let array = JsValue::from(Float32Array::from(samples.as_slice()));
            (array.clone(), array)
        }
        Samples::Uint(samples) => {
            let floats = Float32Array::from(plane.samples.to_f32().as_slice());
            (Uint32Array::from(samples.as_slice()).into(), floats.into())
        }
    };
    set(&object, "type", &JsValue::from_str(plane.samples.kind().name()));
    set(&object, "data", &data);
    set(&object, "texture", &texture);
    object.into()
}
