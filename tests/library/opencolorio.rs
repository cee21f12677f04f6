//! Whole frames and a million colours against OpenColorIO itself, no step of it optimised.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use blender_gsd::color::{Display, View};
use blender_gsd::exr::{self, Header, Limits, Request};

use super::colour::{GOLDEN, compare};
use super::fixture;
use crate::peer::peer;

/// The film's configuration, and the one before it, which has ACES 1.3. Their displays differ under black.
const ACES2: &str = "ocio://cg-config-v4.0.0_aces-v2.0_ocio-v2.5";
const ACES1: &str = "ocio://cg-config-v2.1.0_aces-v1.3_ocio-v2.3";

/// OpenColorIO's built-in configuration that has the view, its display and its name there.
fn names(view: View, display: Display) -> [&'static str; 3] {
    let (config, name) = match view {
        View::Untonemapped => (ACES2, "Un-tone-mapped"),
        View::Aces1 => (ACES1, "ACES 1.0 - SDR Video"),
        View::Aces2 => (ACES2, "ACES 2.0 - SDR 100 nits (Rec.709)"),
    };
    let display = match display {
        Display::Rec709 => "Rec.1886 Rec.709 - Display",
        Display::Srgb => "sRGB - Display",
    };
    [config, display, name]
}

/// What OpenColorIO makes of `pixels`; nothing if it is not installed.
fn render(pixels: &[[f32; 3]], view: View, display: Display) -> Option<Vec<[f32; 3]>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/library/opencolorio.py");
    let mut command = Command::new(peer("opencolorio", "python")?);
    command.arg(script).args(names(view, display)).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It reads everything before it writes anything.
    child.stdin.take().unwrap().write_all(bytemuck::cast_slice(pixels)).unwrap();
    let mut answer = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut answer).unwrap();
    assert!(child.wait().unwrap().success(), "OpenColorIO gave up on {view:?}, {display:?}");
    Some(bytemuck::pod_collect_to_vec(&answer))
}

fn agree(pixels: &[[f32; 3]], allowed: usize) {
    for golden in &GOLDEN {
        let Some(expected) = render(pixels, golden.view, golden.display) else { return };
        assert_eq!(expected.len(), pixels.len());
        let beyond = compare(golden, pixels, |i| expected[i].map(f64::from));
        assert!(beyond <= allowed, "{beyond} values of {:?} on {:?}", golden.view, golden.display);
    }
}

/// R, G, B of every pixel.
fn frame(name: &str) -> Vec<[f32; 3]> {
    let (bytes, limits) = (fixture(name), Limits::default());
    let header = Header::read(bytes.as_slice(), &limits).unwrap();
    let channel = |wanted: &str| header.parts[0].channels.iter().position(|channel| channel.name == wanted).unwrap();
    let request = Request { part: 0, channels: ["R", "G", "B"].map(channel).to_vec(), bands: None };
    let frame = exr::decode(bytes.as_slice(), &header, &request, &limits).unwrap();
    let planes = ["R", "G", "B"].map(|name| frame.plane(name).unwrap().samples.to_f32());
    (0..planes[0].len()).map(|i| planes.each_ref().map(|plane| plane[i])).collect()
}

#[test]
fn whole_frames_are_opencolorios() {
    for shot in ["SHOT-002-001/SHOT-002-001", "SHOT-002-002/SHOT-002-002", "SHOT-002-003/SHOT-002-003"] {
        agree(&frame(&format!("demo/composites/SCN-002/{shot}_comp.1001.exr")), 0);
    }
}

/// Values, of a million colours' three, in which the 32-bit noise of both sides may pass the limits: where a very bright
/// colour has next to nothing of one primary.
const NOISY: usize = 30;

/// Half of them within the gamut's cone from far under to far over white, the rest with negative components.
#[test]
fn a_million_colours_are_opencolorios() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        // Marsaglia's xorshift.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1 << 24) as f32
    };
    let pixels: Vec<[f32; 3]> = (0..1_000_000)
        .map(|i| {
            let light = (random() * 26.0 - 14.0).exp2();
            std::array::from_fn(|_| light * if i % 2 == 0 { random() } else { random() * 1.25 - 0.25 })
        })
        .collect();
    agree(&pixels, NOISY);
}
