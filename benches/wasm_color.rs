//! The page's colour without the page: `scripts/bench.sh` compiles this for WebAssembly with the page's own settings, and
//! benches/wasm_color.mjs measures it in V8 beside OpenColorIO's native figure of the same run.

#[path = "plates/picture.rs"]
mod plates;

use std::cell::RefCell;

use blender_gsd::color::{ColorSpace, Display, Processor, Row, View, ViewTransform};
use blender_gsd::frame::Samples;
use half::f16;

struct Bench {
    planes: [Vec<f16>; 3],
    processor: Processor,
    codes: Vec<u16>,
}

thread_local! {
    static BENCH: RefCell<Option<Bench>> = const { RefCell::new(None) };
}

/// Makes the plate and the view of this number in [`View::ALL`], on Rec.709; how many pixels there are, 0 if it failed.
// SAFETY: no other function of this name is linked into this file, which is nothing but the bench.
#[unsafe(no_mangle)]
pub extern "C" fn prepare(view: usize) -> usize {
    let Some(&view) = View::ALL.get(view) else { return 0 };
    let transform = ViewTransform { view, display: Display::Rec709, exposure: 0.0 };
    let Ok(processor) = transform.processor(&ColorSpace::assumed()) else { return 0 };
    let planes = plates::planes(plates::WIDTH, plates::HEIGHT, plates::Take::STILL).map(|plane| match plane.samples {
        Samples::Half(samples) => samples,
        Samples::Float(_) | Samples::Uint(_) => Vec::new(),
    });
    let pixels = planes[0].len();
    let codes = vec![0; 3 * pixels];
    BENCH.set(Some(Bench { planes, processor, codes }));
    pixels
}

/// Renders the plate to 16-bit codes; where they are.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn render() -> *const u16 {
    BENCH.with_borrow_mut(|bench| {
        let Some(Bench { planes, processor, codes }) = bench else { return std::ptr::null() };
        let width = plates::WIDTH as usize;
        for (y, row) in codes.chunks_exact_mut(3 * width).enumerate() {
            let [r, g, b] = planes.each_ref().map(|plane| Row::Half(&plane[y * width..][..width]));
            processor.codes_u16([r, g, b], row);
        }
        codes.as_ptr()
    })
}
