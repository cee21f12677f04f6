//! The page's Rust inside a real browser: colours, reading through a Blob, drawing. `make test-browser` runs it.
//!
//! Everything runs in a dedicated worker, where files may be read; drawing is compared in `tests/e2e`.

#![cfg(all(target_arch = "wasm32", feature = "web"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use blender_gsd::color::{ColorSpace, Display, View, ViewTransform};
use blender_gsd::web::WorkerFile;
use js_sys::{Array, Float32Array, Reflect, Uint8Array, Uint16Array, Uint32Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Blob;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Fixtures that cover the codecs; their planes' checksums are OpenEXR's own (see `fixtures/README.md`). DWA is not among
/// them: its cosines and powers are the target's own, and round differently here in the last bit of some halves.
const FIXTURES: [(&str, &[u8]); 7] = [
    ("compression/zip_half.exr", include_bytes!("fixtures/compression/zip_half.exr")),
    ("compression/zips_float.exr", include_bytes!("fixtures/compression/zips_float.exr")),
    ("compression/piz_half.exr", include_bytes!("fixtures/compression/piz_half.exr")),
    ("compression/pxr24_float.exr", include_bytes!("fixtures/compression/pxr24_float.exr")),
    ("compression/rle_half.exr", include_bytes!("fixtures/compression/rle_half.exr")),
    ("compression/tiled_zip.exr", include_bytes!("fixtures/compression/tiled_zip.exr")),
    ("compression/two_parts.exr", include_bytes!("fixtures/compression/two_parts.exr")),
];

fn open(bytes: &[u8]) -> Result<WorkerFile, JsValue> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    WorkerFile::new(Blob::new_with_u8_array_sequence(&parts).unwrap(), "test.exr".into())
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

fn list(object: &JsValue, key: &str) -> Vec<JsValue> {
    get(object, key).unchecked_into::<Array>().to_vec()
}

/// The bytes of a typed array.
fn bytes_of(array: &JsValue) -> Vec<u8> {
    if let Some(array) = array.dyn_ref::<Uint16Array>() {
        return array.to_vec().into_iter().flat_map(u16::to_le_bytes).collect();
    }
    if let Some(array) = array.dyn_ref::<Uint32Array>() {
        return array.to_vec().into_iter().flat_map(u32::to_le_bytes).collect();
    }
    let array: &Float32Array = array.unchecked_ref();
    array.to_vec().into_iter().flat_map(f32::to_le_bytes).collect()
}

/// A view and the first of its three columns in the golden table, counted from the inputs.
const GOLDEN: [(View, Display, usize); 6] = [
    (View::Untonemapped, Display::Srgb, 6),
    (View::Untonemapped, Display::Rec709, 9),
    (View::Aces1, Display::Rec709, 12),
    (View::Aces1, Display::Srgb, 15),
    (View::Aces2, Display::Rec709, 18),
    (View::Aces2, Display::Srgb, 21),
];

#[wasm_bindgen_test]
fn colours_are_opencolorios() {
    let rows: Vec<Vec<f64>> = include_str!("golden/vectors.csv")
        .lines()
        .skip(1)
        .map(|line| line.split(',').skip(1).map(|value| value.parse().unwrap()).collect())
        .collect();
    assert!(rows.len() > 200);
    for (view, display, column) in GOLDEN {
        let mut found: [Vec<f32>; 3] = std::array::from_fn(|c| rows.iter().map(|row| row[c] as f32).collect());
        let transform = ViewTransform { view, display, exposure: 0.0 };
        transform.processor(&ColorSpace::assumed()).unwrap().apply(found.each_mut().map(Vec::as_mut_slice));
        for (i, row) in rows.iter().enumerate() {
            // Large numbers cancel in OpenColorIO's own arithmetic; what is left is compared in tests/library/colour.rs.
            if row[..3].iter().any(|value| value.abs() > 1e3) {
                continue;
            }
            for c in 0..3 {
                let (found, expected) = (f64::from(found[c][i]), row[column + c]);
                let [light, expected_light] = [found, expected].map(|signal| transform.encoding().decode(signal));
                // Near black the curve of BT.1886 is infinitely steep: there, light is compared.
                let (off, limit) = if expected_light.abs() <= 1e-4 {
                    ((light - expected_light).abs(), 2e-6)
                } else {
                    ((found - expected).abs() / expected.abs().max(1.0), 1e-4)
                };
                assert!(off <= limit, "{view:?} on {display:?}, row {i}: {found}, expected {expected}");
            }
        }
    }
}

#[wasm_bindgen_test]
fn planes_through_a_blob_have_the_bits_that_openexr_reads() {
    let golden = include_str!("golden/openexr_planes.csv");
    let mut compared = 0;
    for (name, bytes) in FIXTURES {
        let mut file = open(bytes).unwrap();
        let inspection = file.inspection().unwrap();
        for (number, part) in list(&inspection, "parts").iter().enumerate() {
            let names: Vec<String> =
                list(part, "channels").iter().map(|c| get(c, "name").as_string().unwrap()).collect();
            let bands = get(part, "bands").as_f64().unwrap() as usize;
            let mut planes = vec![Vec::new(); names.len()];
            // A band at a time, as the page does.
            for band in 0..bands {
                let piece = file.decode(number, (0..names.len()).collect(), band, band + 1).unwrap();
                assert!(list(&piece, "missing").is_empty(), "{name}");
                for (plane, rows) in planes.iter_mut().zip(list(&piece, "planes")) {
                    plane.extend(bytes_of(&get(&rows, "data")));
                }
            }
            for (channel, plane) in names.iter().zip(planes) {
                let start = format!("{name},{number},{channel},");
                let row =
                    golden.lines().find(|row| row.starts_with(&start)).unwrap_or_else(|| panic!("no row {start}"));
                assert!(row.ends_with(&format!("{:08x}", crc32fast::hash(&plane))), "{row}");
                compared += 1;
            }
        }
    }
    assert!(compared > 20, "only {compared} planes were compared");
}

#[wasm_bindgen_test]
fn a_snapshot_is_a_png() {
    let file = open(FIXTURES[0].1).unwrap();
    let request = js_sys::JSON::parse(r#"{"view":"aces-2.0","display":"srgb","exposure":0.5,"layer":0}"#).unwrap();
    let snapshot = file.snapshot(request).unwrap();
    let bytes = get(&snapshot, "bytes").unchecked_into::<Uint8Array>().to_vec();
    assert_eq!(bytes[..8], *b"\x89PNG\r\n\x1a\n");
}

#[wasm_bindgen_test]
fn the_sample_that_warms_the_decoder_decodes() {
    let piece = WorkerFile::sample().unwrap().decode(0, vec![0, 1, 2], 0, usize::MAX).unwrap();
    assert!(list(&piece, "missing").is_empty());
    assert_eq!(list(&piece, "planes").len(), 3);
}

#[wasm_bindgen_test]
fn errors_are_objects_with_words() {
    let Err(error) = open(b"no picture at all") else { panic!("that is no picture") };
    assert_eq!(get(&error, "kind").as_string().unwrap(), "input");
    assert_eq!(get(&error, "place").as_string().unwrap(), "test.exr");
    assert!(get(&error, "what").as_string().unwrap().contains("not an OpenEXR file"));
}

#[wasm_bindgen_test]
fn a_file_that_ends_early_gives_its_first_bands() {
    let whole = FIXTURES[0].1;
    let mut file = open(&whole[..whole.len() * 7 / 10]).unwrap();
    let piece = file.decode(0, vec![0], 0, usize::MAX).unwrap();
    assert!(!list(&piece, "missing").is_empty());
    assert_eq!(list(&piece, "planes").len(), 1);
}
