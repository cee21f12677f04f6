use super::{Show, decoded};
use blender_gsd::color::named;
use blender_gsd::exr::{self, Attribute, Picture};
use blender_gsd::frame::{Plane, Region, Samples};

/// Side of a patch in pixels: whole blocks of every codec.
const PATCH: usize = 16;
/// Patches in a row, and rows.
const GRID: usize = 16;
const SIDE: usize = PATCH * GRID;

/// Inputs and what OpenColorIO makes of them for Rec.709 through a view, whose values begin at `column`.
fn golden(column: usize) -> Vec<[[f64; 3]; 2]> {
    let table = include_str!("../../golden/vectors.csv");
    let rows = table.lines().skip(1).map(|line| {
        let numbers: Vec<f64> = line.split(',').skip(1).map(|value| value.parse().unwrap()).collect();
        [0, column].map(|start| [numbers[start], numbers[start + 1], numbers[start + 2]])
    });
    rows.collect()
}

/// A frame of patches, one for each input.
fn chart(inputs: &[[[f64; 3]; 2]]) -> Vec<u8> {
    assert!(inputs.len() <= GRID * GRID);
    let mut planes: [Vec<f32>; 3] = Default::default();
    for (y, x) in (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (y, x))) {
        let patch = y / PATCH * GRID + x / PATCH;
        let rgb = inputs.get(patch).map_or([0.18; 3], |row| row[0]);
        planes.iter_mut().zip(rgb).for_each(|(plane, value)| plane.push(value as f32));
    }
    let [r, g, b] = planes.map(Samples::Float);
    let planes = [("R", r), ("G", g), ("B", b)].map(|(name, samples)| Plane { name: name.into(), samples });
    let window = Region::new(0, 0, SIDE as u32, SIDE as u32);
    let attributes = [Attribute::chromaticities(&named::AP1)];
    exr::encode(&Picture { data_window: window, display_window: window, planes: &planes, attributes: &attributes })
        .unwrap()
}

/// BT.709-6, items 3.2 to 3.4: narrow range codes of that many bits, not rounded.
fn codes([r, g, b]: [f64; 3], bits: u32) -> [f64; 3] {
    let scale = f64::from(1 << (bits - 8));
    let [r, g, b] = [r, g, b].map(|value| value.clamp(0.0, 1.0));
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    [(219.0 * y + 16.0) * scale, (224.0 * (b - y) / 1.8556 + 128.0) * scale, (224.0 * (r - y) / 1.5748 + 128.0) * scale]
}

/// The mean of the middle of a patch in one plane, whose samples are every `step` pixels.
fn mean(plane: &[u16], patch: usize, step: [usize; 2]) -> f64 {
    let width = SIDE / step[0];
    let [across, down] = step.map(|step| PATCH / step);
    let (left, top) = (patch % GRID * across, patch / GRID * down);
    let inside = (down / 4..down * 3 / 4).flat_map(|y| (across / 4..across * 3 / 4).map(move |x| (x, y)));
    let samples: Vec<f64> = inside.map(|(x, y)| f64::from(plane[(top + y) * width + left + x])).collect();
    samples.iter().sum::<f64>() / samples.len() as f64
}

struct Case {
    path: &'static str,
    pixel_format: &'static str,
    bits: u32,
    /// Pixels for one sample of chroma, across and down.
    chroma: [usize; 2],
    /// How far luma and chroma may be off, in codes of 8 bits: what rounding and the codec leave.
    limit: f64,
}

const CASES: [Case; 3] = [
    Case { path: "prores/S1_prores4444.mov", pixel_format: "yuv444p12le", bits: 12, chroma: [1, 1], limit: 0.6 },
    Case { path: "prores/S1_prores422.mov", pixel_format: "yuv422p10le", bits: 10, chroma: [2, 1], limit: 0.6 },
    Case { path: "preview/S1_preview.mp4", pixel_format: "yuv420p", bits: 8, chroma: [2, 2], limit: 1.5 },
];

fn compare(view: &str, column: usize) {
    let sizes = ["master_exr", "prores_4444", "prores_422", "preview_h264"];
    let settings: String = sizes.map(|name| format!("[formats.{name}]\nresolution = [{SIDE}, {SIDE}]\n")).concat();
    let show = Show::new(&settings);
    let golden = golden(column);
    std::fs::create_dir_all(show.path("composites/SCN-002/S1")).unwrap();
    std::fs::write(show.path("composites/SCN-002/S1/S1.1001.exr"), chart(&golden)).unwrap();
    show.batch("prores,prores422,preview", &["--view", view]);
    for case in &CASES {
        let chroma = SIDE / case.chroma[0] * (SIDE / case.chroma[1]);
        let frames = decoded(&show.output(case.path), case.pixel_format, SIDE * SIDE + 2 * chroma);
        let (luma, rest) = frames[0].split_at(SIDE * SIDE);
        let planes = [luma, &rest[..chroma], &rest[chroma..]];
        let unit = f64::from(1 << (case.bits - 8));
        let mut worst = 0.0_f64;
        for (patch, [input, expected]) in golden.iter().enumerate() {
            let expected = codes(*expected, case.bits);
            for (plane, name) in ["Y'", "Cb", "Cr"].into_iter().enumerate() {
                let step = if plane == 0 { [1, 1] } else { case.chroma };
                let found = mean(planes[plane], patch, step);
                let off = (found - expected[plane]).abs() / unit;
                worst = worst.max(off);
                let what =
                    format!("{} {view} {input:?}: {name} is {found}, OpenColorIO {}", case.path, expected[plane]);
                assert!(off <= case.limit, "{what}");
            }
        }
        println!("{view} {}: off by {worst:.3} codes of 8 bits at the most", case.path);
    }
}

#[test]
#[ignore = "open: chroma of small saturated patches is off by more than its limit in 4:2:2 and H.264"]
fn aces_2_is_opencolorios() {
    compare("aces-2.0", 18);
}

#[test]
#[ignore = "open: chroma of small saturated patches is off by more than its limit in 4:2:2 and H.264"]
fn untonemapped_is_opencolorios() {
    compare("untonemapped", 9);
}
