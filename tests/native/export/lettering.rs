//! Slates and burn-ins, read from the decoded movies.

use std::fs;

use super::{Made, Show, decoded, output, probe, state};

/// Letters are a 32nd of a frame's height: as large as those of the golden figures.
const SIZE: [usize; 2] = [480, 38 * 32];
/// Height and width of a golden figure's cell; and how far apart letters stand.
const LINE: usize = 38;
const CELL: usize = 20;
const ADVANCE: f32 = 38.0 * 1233.0 / (1901.0 + 483.0);

fn show() -> Show {
    let table = |name: &str| format!("[formats.{name}]\nresolution = [{}, {}]\n", SIZE[0], SIZE[1]);
    let show = Show::new(&["prores_4444", "prores_422", "preview_h264"].map(table).concat());
    // Brighter to the right, with grain.
    let pixel = |number: i32| {
        move |x: u32, y: u32| super::super::grain(x ^ (number as u32 * 7919), y).map(|value| value * x as f32 / 100.0)
    };
    show.shot("SHOT-002-001", 1001..=1006, |number| Made::new(240, 608).with_pixels(pixel(number)));
    show
}

fn luma(frame: &[u16], bits: u32) -> Vec<f32> {
    frame[..SIZE[0] * SIZE[1]].iter().map(|&code| f32::from(code) / (1 << (bits - 8)) as f32).collect()
}

/// The number in the lower right corner, read with figures that FreeType has drawn.
fn burnt_number(luma: &[f32]) -> String {
    let figures = image();
    let margin = (SIZE[1] as f32 * 0.035).round() as i32;
    let left = SIZE[0] as i32 - margin - (4.0 * ADVANCE).ceil() as i32;
    let top = SIZE[1] as i32 - margin - LINE as i32;
    let read = |place: usize| {
        let start = left + (place as f32 * ADVANCE).round() as i32;
        let likeness = |figure: usize| {
            let shifts = (-2..=2).flat_map(|dy| (-2..=2).map(move |dx| (dx, dy)));
            shifts.map(|(dx, dy)| correlation(luma, &figures[figure], start + dx, top + dy)).fold(-1.0, f32::max)
        };
        let likest = (0..10).max_by(|&a, &b| likeness(a).total_cmp(&likeness(b))).unwrap();
        assert!(likeness(likest) > 0.75, "figure {place} is {likest} by {}", likeness(likest));
        char::from(b'0' + likest as u8)
    };
    (0..4).map(read).collect()
}

/// The golden figures' cells.
fn image() -> [Vec<f32>; 10] {
    let mut reader = png::Decoder::new(std::io::Cursor::new(include_bytes!("../../golden/figures.png")));
    reader.set_transformations(png::Transformations::EXPAND);
    let mut reader = reader.read_info().unwrap();
    let mut grey = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut grey).unwrap();
    std::array::from_fn(|figure| {
        let row = |y: usize| &grey[y * 10 * CELL + figure * CELL..][..CELL];
        (0..LINE).flat_map(|y| row(y).iter().map(|&share| f32::from(share))).collect()
    })
}

fn correlation(luma: &[f32], figure: &[f32], left: i32, top: i32) -> f32 {
    let seen: Vec<f32> = (0..LINE * CELL)
        .map(|cell| luma[(top as usize + cell / CELL) * SIZE[0] + left as usize + cell % CELL])
        .collect();
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    let (a, b) = (mean(&seen), mean(figure));
    let sums = seen.iter().zip(figure).fold([0.0; 3], |[both, one, other], (x, y)| {
        [both + (x - a) * (y - b), one + (x - a) * (x - a), other + (y - b) * (y - b)]
    });
    sums[0] / (sums[1] * sums[2]).sqrt()
}

#[test]
fn every_frame_bears_its_number_and_the_slate_stands_before_them() {
    let show = show();
    let report = show.batch("all", &["--slate", "--burn-in"]);
    let chroma = SIZE[0] * SIZE[1];
    for (path, format, bits, chroma) in [
        ("prores/SHOT-002-001_prores4444.mov", "yuv444p12le", 12, 2 * chroma),
        ("prores/SHOT-002-001_prores422.mov", "yuv422p10le", 10, chroma),
        ("preview/SHOT-002-001_preview.mp4", "yuv420p", 8, chroma / 2),
    ] {
        let path = show.output(path);
        let frames = decoded(&path, format, SIZE[0] * SIZE[1] + chroma);
        assert_eq!(frames.len(), 7, "{path:?}");
        let numbers: Vec<String> = frames[1..].iter().map(|frame| burnt_number(&luma(frame, bits))).collect();
        assert_eq!(numbers, ["1001", "1002", "1003", "1004", "1005", "1006"], "{path:?}");
        // Frame 1000.
        assert_eq!(probe(&path, "stream_tags=timecode").split(' ').next(), Some("00:00:41:16"));
        slate_is_right(&luma(&frames[0], bits), &luma(&frames[1], bits));
    }
    assert_eq!(output(&report, "SHOT-002-001", "master_exr")["files"], 6, "masters have none");

    // They are off unless they are asked for; and a movie without them is another one.
    assert_eq!(state(&show.batch("preview", &["--slate", "--burn-in"]), "SHOT-002-001", "preview_h264"), "kept");
    assert_eq!(state(&show.batch("preview", &[]), "SHOT-002-001", "preview_h264"), "made");
    let path = show.output("preview/SHOT-002-001_preview.mp4");
    assert_eq!(probe(&path, "stream=nb_frames").split(' ').next(), Some("6"));
    assert_eq!(probe(&path, "stream_tags=timecode").split(' ').next(), Some("00:00:41:17"));
}

/// A dark ground, light letters, and the first frame in small.
#[track_caller]
fn slate_is_right(slate: &[f32], first: &[f32]) {
    let mean = |luma: &[f32], [left, top, width, height]: [usize; 4]| {
        let rows = (top..top + height).flat_map(|y| &luma[y * SIZE[0] + left..][..width]);
        rows.sum::<f32>() / (width * height) as f32
    };
    let dark = 16.0 + 219.0 * 0.08;
    assert!((mean(slate, [0, 0, SIZE[0], 40]) - dark).abs() < 1.5);
    let margin = (SIZE[1] as f32 * 0.08).round() as usize;
    let title = &slate[margin * SIZE[0]..(margin + 60) * SIZE[0]];
    assert!(title.iter().fold(0.0_f32, |most, &code| most.max(code)) > 180.0, "there is a title");
    // A third of the thumbnail, inside it, against the same third of the frame between its burn-ins.
    let [width, height] = [SIZE[0] * 42 / 100, SIZE[1] * 42 / 100];
    let place = [SIZE[0] - margin - width, margin + (SIZE[1] as f32 * 0.128).round() as usize];
    let third = |index: usize| [place[0] + width * index / 3 + 4, place[1] + height / 3, width / 3 - 8, height / 3];
    let same = |index: usize| [SIZE[0] * index / 3 + 8, SIZE[1] / 3, SIZE[0] / 3 - 16, SIZE[1] / 3];
    for index in 0..3 {
        let (small, large) = (mean(slate, third(index)), mean(first, same(index)));
        // Made small in linear light: brighter than the mean of codes.
        assert!((-2.0..8.0).contains(&(small - large)), "{index}: {small} {large}");
    }
    assert!(mean(slate, third(2)) > mean(slate, third(0)) + 10.0, "it is brighter to the right");
}

#[test]
fn formats_may_have_them_and_captions_say_what_the_settings_want() {
    let settings = "show = \"MSG1998\"\n[slate]\nscope = \"{task} of {shot}\"\nnote = \"To be seen at {timecode}\"\n\
        [burn_in]\nbottom_right = \"\"\ntop_left = \"{view}\"\n\
        [formats.dailies]\nlike = \"preview\"\nresolution = [960, 400]\nslate = true\nburn_in = true\n\
        [formats.plain]\nlike = \"preview\"\nresolution = [960, 400]\n";
    let show = Show::new(settings);
    show.shot("SHOT-002-001", 1001..=1002, |_| Made::new(240, 100));
    let plan = show.batch("dailies,plain", &["--dry-run"]);
    let planned = output(&plan, "SHOT-002-001", "dailies");
    assert_eq!(planned["notes"][0], "with a slate and burn-ins");
    assert!(planned["command"].as_str().unwrap().contains("-timecode 00:00:41:16"), "{planned}");
    assert!(output(&plan, "SHOT-002-001", "plain")["command"].as_str().unwrap().contains("-timecode 00:00:41:17"));
    show.batch("dailies,plain", &[]);
    let journal = show.path("output/editorial/.blender-gsd/SCN-002/SHOT-002-001.dailies.jsonl");
    let journal = fs::read_to_string(journal).unwrap();
    for words in ["comp of SHOT-002-001", "To be seen at {timecode}", "ACES 2.0"] {
        assert!(journal.contains(words), "{words} is not in {journal}");
    }
    let size = 960 * 400 * 3 / 2;
    let movie = |name: &str| decoded(&show.output(&format!("preview/SHOT-002-001_{name}.mp4")), "yuv420p", size);
    let (dailies, plain) = (movie("dailies"), movie("plain"));
    assert_eq!((dailies.len(), plain.len()), (3, 2));
    // Between the burn-ins the pictures are the same but for the codec; in the lower right, which says nothing, too.
    let most = |rows: std::ops::Range<usize>, columns: std::ops::Range<usize>| {
        let cells = rows.flat_map(|y| columns.clone().map(move |x| y * 960 + x));
        cells.map(|cell| dailies[1][cell].abs_diff(plain[0][cell])).max().unwrap()
    };
    assert!(most(40..360, 0..960) < 40 && most(360..400, 720..960) < 40);
    assert!(most(10..30, 0..240) > 60, "there is a caption in the upper left");
    // Another note makes another movie, of that format only.
    fs::write(show.path("gsd.toml"), settings.replace("To be", "Not to be")).unwrap();
    let report = show.batch("dailies,plain", &[]);
    assert_eq!(state(&report, "SHOT-002-001", "dailies"), "made");
    assert_eq!(state(&report, "SHOT-002-001", "plain"), "kept");
}
