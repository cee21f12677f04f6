use super::{Show, decoded};
use blender_gsd::color::named;
use blender_gsd::exr::{self, Attribute, Picture};
use blender_gsd::frame::{Plane, Region, Samples};

/// Patches in a row, and rows.
const GRID: usize = 16;

/// The view in use, and the column of the golden table at which its values for Rec.709 begin.
const ACES_2: (&str, usize) = ("aces-2.0", 18);
const UNTONEMAPPED: (&str, usize) = ("untonemapped", 9);

/// Inputs and what OpenColorIO makes of them, whose values begin at `column`.
fn golden(column: usize) -> Vec<[[f64; 3]; 2]> {
    let table = include_str!("../../golden/vectors.csv");
    let rows = table.lines().skip(1).map(|line| {
        let numbers: Vec<f64> = line.split(',').skip(1).map(|value| value.parse().unwrap()).collect();
        [0, column].map(|start| [numbers[start], numbers[start + 1], numbers[start + 2]])
    });
    let mut rows: Vec<_> = rows.collect();
    assert!(rows.len() <= GRID * GRID);
    let first = rows[0];
    rows.resize(GRID * GRID, first);
    rows
}

/// A frame of square patches, one for each input, `patch` pixels wide.
fn chart(golden: &[[[f64; 3]; 2]], patch: usize) -> Vec<u8> {
    let side = patch * GRID;
    let mut planes: [Vec<f32>; 3] = Default::default();
    for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
        let rgb = golden[y / patch * GRID + x / patch][0];
        planes.iter_mut().zip(rgb).for_each(|(plane, value)| plane.push(value as f32));
    }
    let [r, g, b] = planes.map(Samples::Float);
    let planes = [("R", r), ("G", g), ("B", b)].map(|(name, samples)| Plane { name: name.into(), samples });
    let window = Region::new(0, 0, side as u32, side as u32);
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

struct Movie {
    path: &'static str,
    pixel_format: &'static str,
    bits: u32,
    /// Pixels for one sample of chroma, across and down.
    chroma: [usize; 2],
    /// By how many codes of 8 bits the flat middle of a patch may be off: half a code of rounding in 8 bits, and half a step
    /// of the quantiser of a block's mean (measured: 0.37, 0.38, 0.51).
    flat: f64,
    /// And every single sample, edges among them, at the finest quantiser (measured: 0.8, 1.7, 4.0).
    everywhere: f64,
}

const MOVIES: [Movie; 3] = [
    Movie {
        path: "prores/S1_prores4444.mov",
        pixel_format: "yuv444p12le",
        bits: 12,
        chroma: [1, 1],
        flat: 0.5,
        everywhere: 1.5,
    },
    Movie {
        path: "prores/S1_prores422.mov",
        pixel_format: "yuv422p10le",
        bits: 10,
        chroma: [2, 1],
        flat: 0.5,
        everywhere: 2.5,
    },
    Movie {
        path: "preview/S1_preview.mp4",
        pixel_format: "yuv420p",
        bits: 8,
        chroma: [2, 2],
        flat: 0.75,
        everywhere: 5.0,
    },
];

/// The planes of the movie's only frame: their codes and their widths.
fn planes(show: &Show, movie: &Movie, side: usize) -> [(Vec<u16>, usize); 3] {
    let [across, down] = movie.chroma.map(|step| side / step);
    let codes = decoded(&show.output(movie.path), movie.pixel_format, side * side + 2 * across * down).remove(0);
    let (luma, chroma) = codes.split_at(side * side);
    let (cb, cr) = chroma.split_at(across * down);
    [(luma.to_vec(), side), (cb.to_vec(), across), (cr.to_vec(), across)]
}

/// The three movies of the chart.
fn export((view, column): (&str, usize), patch: usize, qualities: [Option<u32>; 3]) -> (Show, Vec<[[f64; 3]; 2]>) {
    let side = patch * GRID;
    let table = |(name, quality): (&str, Option<u32>)| {
        let quality = quality.map(|quality| format!("quality = {quality}\n")).unwrap_or_default();
        format!("[formats.{name}]\nresolution = [{side}, {side}]\n{quality}")
    };
    let names = ["prores_4444", "prores_422", "preview_h264"];
    let show = Show::new(&names.into_iter().zip(qualities).map(table).collect::<String>());
    let golden = golden(column);
    std::fs::create_dir_all(show.path("composites/SCN-002/S1")).unwrap();
    std::fs::write(show.path("composites/SCN-002/S1/S1.1001.exr"), chart(&golden, patch)).unwrap();
    show.batch("prores,prores422,preview", &["--view", view]);
    (show, golden)
}

/// Patches of whole blocks with flat blocks in their middle, where nothing is left but the colour: the encoders as they are
/// delivered.
fn flat_patches_are_opencolorios(view: (&str, usize)) {
    const PATCH: usize = 64;
    let (show, golden) = export(view, PATCH, [None; 3]);
    for movie in &MOVIES {
        let planes = planes(&show, movie, PATCH * GRID);
        let mut worst = 0.0_f64;
        for (patch, [input, expected]) in golden.iter().enumerate() {
            let expected = codes(*expected, movie.bits);
            for (plane, name) in ["Y'", "Cb", "Cr"].into_iter().enumerate() {
                let (samples, width) = &planes[plane];
                let [across, down] = if plane == 0 { [PATCH; 2] } else { movie.chroma.map(|step| PATCH / step) };
                let (left, top) = (patch % GRID * across, patch / GRID * down);
                let middle = (down / 4..down * 3 / 4).flat_map(|y| (across / 4..across * 3 / 4).map(move |x| (x, y)));
                let inside = middle.map(|(x, y)| f64::from(samples[(top + y) * width + left + x]));
                let found = inside.sum::<f64>() / (across / 2 * (down / 2)) as f64;
                let off = (found - expected[plane]).abs() / f64::from(1 << (movie.bits - 8));
                worst = worst.max(off);
                let told = format!("{} {input:?}: {name} is {found}, OpenColorIO {}", movie.path, expected[plane]);
                assert!(off <= movie.flat, "{told}");
            }
        }
        println!("{} {}: off by {worst:.3} codes of 8 bits at the most", view.0, movie.path);
    }
}

#[test]
fn aces_2_is_opencolorios() {
    flat_patches_are_opencolorios(ACES_2);
}

#[test]
fn untonemapped_is_opencolorios() {
    flat_patches_are_opencolorios(UNTONEMAPPED);
}

/// Chroma of full size, halved: across by those weights of the pixel before an even column, of that column and of the next;
/// down midway between two rows (H.264, `chroma_sample_loc_type` 0).
fn subsampled(full: &[f64], side: usize, [across, down]: [usize; 2], weights: [f64; 3]) -> Vec<f64> {
    let at = |x: isize, y: usize| full[y * side + x.clamp(0, side as isize - 1) as usize];
    let row = |y: usize, x: usize| match across {
        1 => at(x as isize, y),
        _ => (-1..).zip(weights).map(|(beside, weight)| weight * at(2 * x as isize + beside, y)).sum(),
    };
    let mean = |y: usize, x: usize| (0..down).map(|i| row(down * y + i, x)).sum::<f64>() / down as f64;
    (0..side / down).flat_map(|y| (0..side / across).map(move |x| (y, x))).map(|(y, x)| mean(y, x)).collect()
}

/// Patches with edges at odd columns and rows too: chroma half a pixel beside its place shows.
#[test]
fn every_sample_stands_where_the_standard_says() {
    const PATCH: usize = 15;
    const SIDE: usize = PATCH * GRID;
    // On the even columns (BT.709-6, item 4.3); and, to see that it would be told, between two columns.
    const CO_SITED: [f64; 3] = [0.25, 0.5, 0.25];
    const CENTRED: [f64; 3] = [0.0, 0.5, 0.5];
    let (show, golden) = export(ACES_2, PATCH, [Some(1), Some(1), Some(1)]);
    for movie in &MOVIES {
        let pixels = (0..SIDE * SIDE).map(|index| {
            let (x, y) = (index % SIDE, index / SIDE);
            codes(golden[y / PATCH * GRID + x / PATCH][1], movie.bits)
        });
        let pixels: Vec<[f64; 3]> = pixels.collect();
        let planes = planes(&show, movie, SIDE);
        let worst = |weights| {
            let of_plane = |plane: usize| {
                let full: Vec<f64> = pixels.iter().map(|pixel| pixel[plane]).collect();
                let step = if plane == 0 { [1, 1] } else { movie.chroma };
                let expected = subsampled(&full, SIDE, step, weights);
                let found = &planes[plane].0;
                assert_eq!(found.len(), expected.len());
                let off = found.iter().zip(expected).map(|(found, expected)| (f64::from(*found) - expected).abs());
                off.fold(0.0, f64::max) / f64::from(1 << (movie.bits - 8))
            };
            (0..3).map(of_plane).fold(0.0, f64::max)
        };
        let (off, elsewhere) = (worst(CO_SITED), worst(CENTRED));
        println!("{}: off by {off:.3} codes of 8 bits at the most; if centred, by {elsewhere:.1}", movie.path);
        assert!(off <= movie.everywhere, "{}: {off}", movie.path);
        assert!(movie.chroma == [1, 1] || elsewhere > 4.0 * movie.everywhere, "{}: {elsewhere}", movie.path);
    }
}
