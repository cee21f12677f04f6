use serde_json::Value;

use super::{Made, Show, decoded, output, probe, state};

/// Bits of a frame's number that are painted into it.
const BITS: u32 = 12;

/// A frame with its number in it: bars, bright for 1 and dark for 0, the lowest bit first.
fn numbered(number: i32) -> Made {
    let bright = move |x: u32| number >> (x * BITS / 192) & 1 == 1;
    Made::new(192, 80).with_pixels(move |x, y| {
        let grain = super::super::grain(x, y ^ number as u32);
        let light = if bright(x) { 4.0 } else { 0.2 };
        grain.map(|value| value * light)
    })
}

/// The number in a decoded luma plane.
fn number(luma: &[u16], width: usize, half: u16) -> i32 {
    let bar = width / BITS as usize;
    let row = &luma[luma.len() / 2 / width * width..][..width];
    (0..BITS as usize).map(|bit| i32::from(row[bit * bar + bar / 2] > half) << bit).sum()
}

#[test]
fn every_frame_is_in_its_place_in_every_deliverable() {
    let show = Show::small();
    let range = 1001..=1030;
    show.shot("SHOT-002-001", range.clone(), numbered);
    let report = show.batch("all", &[]);
    assert_eq!(report[0]["job"]["status"], "complete", "{report:#}");
    let expected: Vec<i32> = range.collect();
    for (path, format, size, chroma, half) in [
        ("prores/SHOT-002-001_prores4444.mov", "yuv444p12le", [192, 80], 2 * 192 * 80, 1900),
        ("prores/SHOT-002-001_prores422.mov", "yuv422p10le", [96, 40], 96 * 40, 480),
        ("preview/SHOT-002-001_preview.mp4", "yuv420p", [96, 40], 96 * 40 / 2, 120),
    ] {
        let path = show.output(path);
        let luma = size[0] * size[1];
        let frames = decoded(&path, format, luma + chroma);
        let numbers: Vec<i32> = frames.iter().map(|frame| number(&frame[..luma], size[0], half)).collect();
        assert_eq!(numbers, expected, "{path:?}");
        assert_eq!(probe(&path, "stream_tags=timecode").split(' ').next(), Some("00:00:41:17"), "{path:?}");
        assert_eq!(
            probe(&path, "stream=r_frame_rate,nb_frames").split(' ').take(2).collect::<Vec<_>>(),
            ["24/1", "30"]
        );
    }
    let masters: Vec<String> = show.files().into_iter().filter(|name| name.ends_with(".exr")).collect();
    let names: Vec<String> = (1001..=1030).map(|n| format!("masters/SHOT-002-001_master.{n}.exr")).collect();
    assert_eq!(masters, names);
    assert_eq!(show.files().len(), 33, "{:?}", show.files());
}

#[test]
fn a_lone_frame_is_a_master_without_a_number_and_a_movie_of_one() {
    let show = Show::small();
    show.shot("SHOT-002-001", [1043], numbered);
    show.batch("all", &[]);
    let expected = [
        "masters/SHOT-002-001_master.exr",
        "preview/SHOT-002-001_preview.mp4",
        "prores/SHOT-002-001_prores422.mov",
        "prores/SHOT-002-001_prores4444.mov",
    ];
    assert_eq!(show.files(), expected);
    let movie = show.output("prores/SHOT-002-001_prores4444.mov");
    assert_eq!(probe(&movie, "stream_tags=timecode").split(' ').next(), Some("00:00:43:11"));
}

#[test]
fn ranges_handles_and_other_rates() {
    let show = Show::new(&format!("frame_rate = \"24000/1001\"\n{}", super::SMALL));
    show.shot("S1", 1..=40, numbered);
    // It says 24, and the delivery is to be at another rate: nobody knows which is right.
    let answer = show.run(&["export-editorial", "--shot", "S1", "--scene", "SCN-002", "--format", "exr"]);
    assert!(answer.code == Some(1) && answer.stdout.contains("frames a second"), "{answer:?}");
    let show = Show::new(&format!("frame_rate = \"24000/1001\"\n{}", super::SMALL));
    show.shot("S1", 1..=40, |number| numbered(number).without("framesPerSecond"));
    let arguments = ["export-editorial", "--shot", "S1", "--scene", "SCN-002", "--format", "preview", "--json"];
    let range = ["--frames", "10-20", "--handles", "4"];
    let answer = show.run(&[&arguments[..], &range].concat());
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let job: Value = answer.json()[0]["job"].clone();
    assert_eq!((job["frames"].clone(), job["handles"].clone()), (serde_json::json!([6, 24]), 4.into()));
    let movie = show.output("preview/S1_preview.mp4");
    let frames = decoded(&movie, "yuv420p", 96 * 40 * 3 / 2);
    let numbers: Vec<i32> = frames.iter().map(|frame| number(&frame[..96 * 40], 96, 120)).collect();
    assert_eq!(numbers, (6..=24).collect::<Vec<_>>());
    assert_eq!(probe(&movie, "stream=r_frame_rate").split(' ').next(), Some("24000/1001"));
    assert_eq!(probe(&movie, "stream_tags=timecode").split(' ').next(), Some("00:00:00:06"));
    // Handles that are not there.
    let answer = show.run(&[&arguments[..], &["--frames", "10-39", "--handles", "4"]].concat());
    assert_eq!(answer.code, Some(1), "{answer:?}");
    let problem = answer.json()[0]["job"]["problem"].as_str().unwrap().to_owned();
    assert!(problem.contains("frames 41 to 43 are missing: there are frames from 1 to 40"), "{problem}");
}

#[test]
fn numbers_can_be_made_to_start_elsewhere() {
    let show = Show::new(&format!("[composites]\nrenumber = true\n{}", super::SMALL));
    show.shot("S1", 1..=3, numbered);
    let report = show.batch("exr,preview", &[]);
    assert_eq!(state(&report, "S1", "master_exr"), "made");
    assert_eq!(show.files()[..3], [1001, 1002, 1003].map(|n| format!("masters/S1_master.{n}.exr")));
    let movie = output(&report, "S1", "preview_h264")["path"].as_str().unwrap();
    assert_eq!(probe(movie.as_ref(), "stream_tags=timecode").split(' ').next(), Some("00:00:41:17"));
}
