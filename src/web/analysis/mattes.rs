//! Cryptomatte under the pointer: which objects cover a pixel, whether their names are of the film's time, and the matte
//! of one of them as a picture.

use std::sync::OnceLock;

use js_sys::{Object, Uint8ClampedArray};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::exr::Cryptomatte;
use crate::frame::Region;
use crate::js::fault;
use crate::period::{Channel, Judge};
use crate::web::object::{set, to_js};
use crate::web::worker_file::WorkerFile;
use crate::{Error, Severity};

/// One object at a pixel.
#[derive(Serialize)]
struct ObjectFacts {
    /// The set, by place among the file's.
    set: usize,
    /// Its name.
    layer: String,
    id: u32,
    /// The manifest's, or the id in hexadecimal.
    name: String,
    /// 0 to 1.
    coverage: f32,
    /// What speaks against it in the film's year.
    verdicts: Vec<VerdictFacts>,
}

/// Why a name is out of its time.
#[derive(Serialize)]
struct VerdictFacts {
    severity: Severity,
    words: String,
    suggestion: String,
}

#[wasm_bindgen]
impl WorkerFile {
    /// The objects of every usable Cryptomatte at a pixel of the display window, most coverage first.
    ///
    /// # Errors
    /// If the pixel's chunk cannot be decoded.
    #[wasm_bindgen(js_name = objectsAt)]
    pub fn objects_at(&self, part: usize, x: i32, y: i32) -> Result<JsValue, JsValue> {
        let corner =
            self.header().parts.get(part).map_or([0, 0], |part| [part.display_window.x, part.display_window.y]);
        let at = [x.saturating_add(corner[0]), y.saturating_add(corner[1])];
        let mut found = Vec::new();
        for (set, matte) in self.mattes().iter().enumerate().filter(|(_, matte)| matte.unusable.is_none()) {
            let objects = matte.objects_at(self.source(), self.header(), at, self.limits());
            let objects = objects.map_err(|error| self.error(error))?;
            found.extend(objects.into_iter().map(|object| {
                let name = object.name.unwrap_or_else(|| format!("id {:08x}", object.id));
                let verdicts = verdicts(&name);
                ObjectFacts { set, layer: matte.name.clone(), id: object.id, name, coverage: object.coverage, verdicts }
            }));
        }
        to_js(&found)
    }

    /// The matte of one object, made smaller to at most `widest` columns: `{region, width, height, data}`, the data R, G,
    /// B, A with the coverage as alpha, the region from the display window's left top.
    ///
    /// # Errors
    /// If there is no such set, or it cannot be decoded.
    #[wasm_bindgen(js_name = matteImage)]
    pub fn matte_image(&self, part: usize, matte: usize, id: u32, widest: u32) -> Result<JsValue, JsValue> {
        let header = self.header();
        let part = header.parts.get(part).ok_or_else(|| fault(&Error::spec("there is no such part", "")))?;
        let (display, data) = (part.display_window, part.data_window);
        let sets = self.mattes();
        let wanted: &Cryptomatte = sets.get(matte).ok_or_else(|| fault(&Error::spec("there is no such matte", "")))?;
        let matte = wanted.matte(self.source(), header, id, data, self.limits()).map_err(|error| self.error(error))?;
        let ([width, height], pixels) = shrink(&matte.coverage, &matte.region, widest);
        let object = Object::new();
        set(&object, "width", &JsValue::from_f64(width.into()));
        set(&object, "height", &JsValue::from_f64(height.into()));
        set(&object, "region", &to_js(&matte.region.relative_to(&display))?);
        set(&object, "data", &Uint8ClampedArray::from(pixels.as_slice()));
        Ok(object.into())
    }
}

/// What the rule base says of a name, for the year that is built in.
fn verdicts(name: &str) -> Vec<VerdictFacts> {
    static JUDGE: OnceLock<Option<Judge>> = OnceLock::new();
    let Some(judge) = JUDGE.get_or_init(|| Judge::embedded().ok()) else { return Vec::new() };
    let facts = judge.name(name, Channel::Crypto).into_iter().map(|hit| VerdictFacts {
        severity: hit.severity,
        words: format!("{}, {}", hit.rule.what, hit.anachronism),
        suggestion: hit.rule.suggestion.clone(),
    });
    facts.collect()
}

/// Coverage averaged over squares of pixels, as the alpha of one colour.
fn shrink(coverage: &[f32], region: &Region, widest: u32) -> ([u32; 2], Vec<u8>) {
    const COLOR: [u8; 3] = [120, 220, 255];
    const DENSEST: f32 = 170.0;
    let step = region.width.div_ceil(widest.max(1)).max(1);
    let size = [region.width.div_ceil(step), region.height.div_ceil(step)];
    let mut pixels = Vec::with_capacity(size[0] as usize * size[1] as usize * 4);
    for y in 0..size[1] {
        for x in 0..size[0] {
            let rows = y * step..((y + 1) * step).min(region.height);
            let columns = (x * step) as usize..((x + 1) * step).min(region.width) as usize;
            let area = rows.len() * columns.len();
            let sum: f32 =
                rows.flat_map(|row| &coverage[row as usize * region.width as usize..][columns.clone()]).sum();
            pixels.extend(COLOR);
            pixels.push((sum / area.max(1) as f32 * DENSEST).clamp(0.0, DENSEST) as u8);
        }
    }
    (size, pixels)
}
