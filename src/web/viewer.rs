//! The picture on the page: one canvas, one look, one layer's planes.

use js_sys::Object;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlCanvasElement;

use super::canvas2d::PlainCanvas;
use super::gl::GlCanvas;
use super::layout::{PictureRequest, Placement};
use super::look::{Look, LookRequest};
use super::object::{from_js, to_js};
use super::probe::{self, RawSample};
use crate::js::fault;
use crate::{Error, Result};

/// How the canvas is drawn on.
enum Backend {
    Gl(GlCanvas),
    Plain(PlainCanvas),
}

/// What the main thread holds of this module.
#[wasm_bindgen]
pub struct Viewer {
    backend: Backend,
    look: Option<Look>,
}

#[wasm_bindgen]
impl Viewer {
    /// Takes hold of a canvas. `renderer` is `webgl2` or `2d`; `largest_tile` bounds textures in pixels (0: the device's
    /// own limit), for tests.
    ///
    /// # Errors
    /// If the browser gives no such context.
    #[wasm_bindgen(constructor)]
    pub fn new(canvas: &HtmlCanvasElement, renderer: &str, largest_tile: u32) -> Result<Viewer, JsValue> {
        let backend = match renderer {
            "2d" => PlainCanvas::new(canvas).map(Backend::Plain),
            _ => GlCanvas::new(canvas, largest_tile).map(Backend::Gl),
        };
        Ok(Self { backend: backend.map_err(js)?, look: None })
    }

    /// `webgl2` or `2d`.
    #[wasm_bindgen(getter)]
    pub fn renderer(&self) -> String {
        match self.backend {
            Backend::Gl(_) => "webgl2".into(),
            Backend::Plain(_) => "2d".into(),
        }
    }

    /// Whether a draw takes the processor that decodes: then there should be few while it does.
    #[wasm_bindgen(getter, js_name = isSoftware)]
    pub fn is_software(&self) -> bool {
        match &self.backend {
            Backend::Gl(canvas) => canvas.is_software(),
            Backend::Plain(_) => true,
        }
    }

    /// How many textures each plane is cut into.
    #[wasm_bindgen(getter, js_name = tileCount)]
    pub fn tile_count(&self) -> usize {
        match &self.backend {
            Backend::Gl(canvas) => canvas.tile_count(),
            Backend::Plain(_) => 1,
        }
    }

    /// Makes room for a picture: `{dataWindow, displayWindow, planes: [type …], color: [r, g, b], alpha?}`.
    ///
    /// # Errors
    /// If the GPU has no room for it.
    pub fn begin(&mut self, request: JsValue) -> Result<(), JsValue> {
        let request: PictureRequest = from_js(request)?;
        request.check_budget().map_err(js)?;
        match &mut self.backend {
            Backend::Gl(canvas) => canvas.begin(request).map_err(js),
            Backend::Plain(canvas) => {
                canvas.begin(request);
                Ok(())
            }
        }
    }

    /// Marks the uploads so far.
    #[wasm_bindgen(js_name = setFence)]
    pub fn set_fence(&self) {
        if let Backend::Gl(canvas) = &self.backend {
            canvas.set_fence();
        }
    }

    /// Whether the uploads before the mark have arrived. Asked too early, more uploads would fill the way to the GPU, and
    /// the page would stand still until there is room.
    #[wasm_bindgen(js_name = fencePassed)]
    pub fn fence_passed(&self) -> bool {
        match &self.backend {
            Backend::Gl(canvas) => canvas.fence_passed(),
            Backend::Plain(_) => true,
        }
    }

    /// Whether the GPU took everything it was given. It waits for the GPU: ask when the picture is complete.
    ///
    /// # Errors
    /// In words, if it did not.
    pub fn check(&self) -> Result<(), JsValue> {
        match &self.backend {
            Backend::Gl(canvas) => canvas.check().map_err(js),
            Backend::Plain(_) => Ok(()),
        }
    }

    /// Takes the picture away.
    pub fn clear(&mut self) {
        match &mut self.backend {
            Backend::Gl(canvas) => canvas.clear(),
            Backend::Plain(canvas) => canvas.clear(),
        }
    }

    /// Rows of a plane, from `y` below the data window's top, from a `Uint16Array` of halves or a `Float32Array`.
    ///
    /// # Errors
    /// If there is no such plane, or the GPU refuses.
    pub fn upload(&mut self, plane: usize, y: u32, rows: u32, samples: &Object) -> Result<(), JsValue> {
        match &mut self.backend {
            Backend::Gl(canvas) => canvas.upload(plane, y, rows, samples).map_err(js),
            Backend::Plain(canvas) => canvas.upload(plane, y, rows, samples).map_err(js),
        }
    }

    /// Sets how the picture is looked at and returns what that is, in words: `{truth, aids}`, `aids` telling whether
    /// anything is in force that snapshots leave out.
    ///
    /// # Errors
    /// If a number is out of range or the colour space spans no volume; the look before stays.
    #[wasm_bindgen(js_name = setLook)]
    pub fn set_look(&mut self, request: JsValue) -> Result<JsValue, JsValue> {
        let look = Look::new(&from_js::<LookRequest>(request)?).map_err(js)?;
        let words = Object::new();
        super::object::set(&words, "truth", &JsValue::from_str(look.description()));
        super::object::set(&words, "aids", &JsValue::from_bool(look.has_aids()));
        self.look = Some(look);
        Ok(words.into())
    }

    /// Draws the canvas anew; `placement` is `{left, top, scaleX, scaleY, smooth, surround}`.
    ///
    /// # Errors
    /// If the browser cannot show it.
    pub fn draw(&self, placement: JsValue) -> Result<(), JsValue> {
        let placement: Placement = from_js(placement)?;
        let Some(look) = &self.look else { return Ok(()) };
        match &self.backend {
            Backend::Gl(canvas) => canvas.draw(look, &placement).map_err(js),
            Backend::Plain(canvas) => canvas.draw(look, &placement).map_err(js),
        }
    }

    /// One pixel in numbers and words. `samples` are `{name, type, raw}`, `color` and `alpha` places among them.
    ///
    /// # Errors
    /// If no look is set or a place is wrong.
    pub fn probe(&self, samples: JsValue, color: &[usize], alpha: Option<usize>) -> Result<JsValue, JsValue> {
        let samples: Vec<RawSample> = from_js(samples)?;
        let facts = self.look.as_ref().zip(<[usize; 3]>::try_from(color).ok());
        let facts = facts.and_then(|(look, color)| probe::pixel(look, &samples, color, alpha));
        to_js(&facts.ok_or_else(|| js(Error::spec("there is nothing to probe", "")))?)
    }
}

fn js(error: Error) -> JsValue {
    fault(&error)
}
