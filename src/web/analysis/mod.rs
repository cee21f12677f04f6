//! A frame held by a worker and asked about: scopes, areas, bad pixels, mattes, what changed against another frame.
//!
//! It is decoded once and stays as the file has it, so that every answer comes from the exact samples through the exact
//! transform, never from what a canvas shows.

mod area;
mod compare;
mod mattes;
mod scope_image;
mod scopes;

pub(super) use scopes::Graticule;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::look::{Isolate, Look, LookRequest};
use super::object::from_js;
use super::worker_file::WorkerFile;
use crate::Error;
use crate::exr::{self, Request};
use crate::frame::{Frame, Region};
use crate::js::fault;
use scopes::Scopes;

/// One layer of one frame.
#[wasm_bindgen]
pub struct Analysis {
    frame: Frame,
    /// Red, green, blue, by place in the frame's planes.
    color: [usize; 3],
    scopes: Option<Scopes>,
}

#[wasm_bindgen]
impl Analysis {
    /// Decodes the channels of a part; `color` are places among `channels`.
    ///
    /// # Errors
    /// If it cannot be decoded, passes a limit, or a place is wrong.
    #[wasm_bindgen(constructor)]
    pub fn new(file: &mut WorkerFile, part: usize, channels: Vec<usize>, color: &[usize]) -> Result<Analysis, JsValue> {
        let color = <[usize; 3]>::try_from(color).ok().filter(|color| color.iter().all(|&c| c < channels.len()));
        let color = color.ok_or_else(|| fault(&Error::spec("the layer has no three colour channels", "")))?;
        let name = file.name().to_owned();
        let (source, header, limits, _) = file.parts();
        let mut frame = Frame::default();
        exr::decode_into(source, header, &Request { part, channels, bands: None }, limits, &mut frame)
            .map_err(|error| fault(&error.in_file(&name)))?;
        Ok(Self { frame, color, scopes: None })
    }

    /// Begins the scopes anew, for the display window or for `region` of it (pixels from its left top).
    ///
    /// # Errors
    /// If the look is none.
    #[wasm_bindgen(js_name = beginScopes)]
    pub fn begin_scopes(&mut self, look: JsValue, region: JsValue) -> Result<(), JsValue> {
        let look = self.look(look)?;
        let window = self.window(from_js(region)?);
        self.scopes = Some(Scopes::new(look, window));
        Ok(())
    }

    /// Lets the scopes see some more pixels; whether they have seen all.
    #[wasm_bindgen(js_name = stepScopes)]
    pub fn step_scopes(&mut self, pixels: usize) -> bool {
        match &mut self.scopes {
            Some(scopes) => scopes.step(&self.frame, self.color, pixels),
            None => true,
        }
    }

    /// A scope as it stands: `{width, height, data, note}`; `kind` is `histogram`, `waveform`, `parade` or `vectorscope`.
    ///
    /// # Errors
    /// If no scopes were begun, or there is none of that kind.
    #[wasm_bindgen(js_name = scopeImage)]
    pub fn scope_image(&self, kind: &str) -> Result<JsValue, JsValue> {
        let image = self.scopes.as_ref().and_then(|scopes| scopes.image(kind));
        image.ok_or_else(|| fault(&Error::spec(format!("there is no scope {kind:?}"), "")))
    }
}

impl Analysis {
    /// The look without what hides channels or paints over the picture.
    fn look(&mut self, request: JsValue) -> Result<Look, JsValue> {
        let request: LookRequest = from_js(request)?;
        let plain = LookRequest { isolate: Isolate::Color, clipping: false, false_color: false, ..request };
        Look::new(&plain).map_err(|error| fault(&error))
    }

    /// A region of the display window, or all of it, as far as there are samples; from the data window's left top.
    fn window(&self, region: Option<Region>) -> Region {
        let Frame { data_window: data, display_window: display, .. } = &self.frame;
        let wanted = region.map_or(*display, |region| Region {
            x: region.x.saturating_add(display.x),
            y: region.y.saturating_add(display.y),
            ..region
        });
        data.intersection(&wanted).relative_to(data)
    }

    /// Some samples of a row of one plane as floats; `y` and `x` from the data window's left top.
    fn read(&self, plane: usize, y: u32, x: u32, output: &mut [f32]) {
        read_row(&self.frame, plane, y, x, output);
    }
}

/// The same for a frame. The rows of a region that [`Analysis::window`] gave are always there.
fn read_row(frame: &Frame, plane: usize, y: u32, x: u32, output: &mut [f32]) {
    let start = y as usize * frame.data_window.width as usize + x as usize;
    if let Some(plane) = frame.planes.get(plane) {
        plane.samples.read_f32(start, output);
    }
}
