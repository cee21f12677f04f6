use std::fs;

use blender_gsd::color::named;
use blender_gsd::exr::{self, Attribute, Header, Limits, Request};
use blender_gsd::frame::{Frame, Region};

use super::{Made, Show, output, state};

fn header(bytes: &[u8]) -> Header {
    Header::read(bytes, &Limits::default()).unwrap()
}

fn pixels(bytes: &[u8]) -> Frame {
    let header = header(bytes);
    let request = Request { part: 0, channels: (0..header.parts[0].channels.len()).collect(), bands: None };
    exr::decode(bytes, &header, &request, &Limits::default()).unwrap()
}

/// A frame that has everything a master needs.
fn complete(number: i32) -> Made {
    let time = [(number / 24 / 10) << 12 | (number / 24 % 10) << 8, (number % 24 / 10) << 4 | (number % 24 % 10)];
    let value = blender_gsd::exr::AttributeValue::TimeCode((time[0] | time[1]) as u32, 0);
    Made::new(192, 80).with(Attribute { name: "timeCode".into(), kind: "timecode".into(), value })
}

#[test]
fn a_frame_to_spec_is_copied_byte_for_byte() {
    let show = Show::small();
    show.shot("S1", 1001..=1003, complete);
    let report = show.batch("exr", &[]);
    assert_eq!(output(&report, "S1", "master_exr")["notes"][0], "copied as it is");
    for number in 1001..=1003 {
        let master = fs::read(show.output(&format!("masters/S1_master.{number}.exr"))).unwrap();
        assert_eq!(master, fs::read(show.frame("S1", number)).unwrap());
    }
}

#[test]
fn a_frame_without_tags_is_tagged_and_its_chunks_stay() {
    let show = Show::small();
    let bare = |_| Made::new(192, 80).without("chromaticities").without("colorInteropID").without("framesPerSecond");
    show.shot("S1", 1001..=1001, bare);
    let report = show.batch("exr", &[]);
    let note = output(&report, "S1", "master_exr")["notes"][0].as_str().unwrap().to_owned();
    assert_eq!(note, "copied, tagged with chromaticities, colorInteropID, framesPerSecond, timeCode");
    let master = fs::read(show.output("masters/S1_master.exr")).unwrap();
    let composite = fs::read(show.frame("S1", 1001)).unwrap();
    let part = &header(&master).parts[0];
    assert_eq!(part.chromaticities().unwrap().name(), Some("ACEScg"));
    assert_eq!(part.text("colorInteropID"), Some("lin_ap1_scene"));
    assert_eq!(part.frames_per_second(), Some((24, 1)));
    assert_eq!(part.time_code().as_deref(), Some("00:00:41:17"));
    assert_eq!(pixels(&master).planes, pixels(&composite).planes);
    // All but headers and offsets: five chunks.
    let tail = composite.len() - 1000;
    assert_eq!(master[master.len() - tail..], composite[1000..]);
}

#[test]
fn another_space_becomes_acescg_by_opencolorios_numbers() {
    // Rows of the golden table: ACEScg, and the same in linear Rec.709.
    let table = include_str!("../../golden/vectors.csv");
    let rows: Vec<Vec<f32>> = table
        .lines()
        .filter(|line| line.starts_with("colorchecker,") || line.starts_with("unit_cube"))
        .map(|line| line.split(',').skip(1).map(|value| value.parse().unwrap()).collect())
        .collect();
    let show = Show::small();
    let inputs = rows.clone();
    let pixel = move |x: u32, y: u32| {
        let row = &inputs[(y * 192 + x) as usize % inputs.len()];
        [row[3], row[4], row[5]]
    };
    let made = Made::new(192, 80).with_pixels(pixel).without("colorInteropID");
    made.with(Attribute::chromaticities(&named::REC709)).write({
        fs::create_dir_all(show.path("composites/SCN-002/S1")).unwrap();
        show.frame("S1", 1001)
    });
    let report = show.batch("exr", &[]);
    let note = output(&report, "S1", "master_exr")["notes"][0].as_str().unwrap().to_owned();
    assert!(note.starts_with("written anew: ") && note.contains("becomes ACEScg"), "{note}");
    let master = fs::read(show.output("masters/S1_master.exr")).unwrap();
    let frame = pixels(&master);
    for index in 0..192 * 80 {
        let row = &rows[index % rows.len()];
        let largest = row[..6].iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        for (name, expected) in ["R", "G", "B"].into_iter().zip(&row[..3]) {
            let found = frame.plane(name).unwrap().samples.get(index).unwrap();
            // Two roundings to half, of inputs that the matrix adds up.
            assert!((found - expected).abs() <= largest / 1024.0, "{row:?}: {name} is {found}");
        }
    }
}

#[test]
fn mattes_and_aovs_are_kept_at_every_size() {
    let composite = crate::library::fixture("cryptomatte/multichannel.exr");
    let before = pixels(&composite);
    let window = before.display_window;
    let ids = |frame: &Frame, name: &str| -> Vec<u32> {
        frame.plane(name).unwrap().samples.to_f32().iter().map(|value| value.to_bits()).collect()
    };
    for [width, height] in [[window.width, window.height], [120, 50]] {
        let show = Show::new(&format!("[formats.master_exr]\nresolution = [{width}, {height}]\n"));
        fs::create_dir_all(show.path("composites/SCN-002/S1")).unwrap();
        fs::write(show.frame("S1", 1001), &composite).unwrap();
        show.batch("exr", &[]);
        let master = fs::read(show.output("masters/S1_master.exr")).unwrap();
        let after = pixels(&master);
        assert_eq!(after.display_window, Region::new(after.display_window.x, after.display_window.y, width, height));
        let names = |frame: &Frame| -> Vec<String> { frame.planes.iter().map(|plane| plane.name.clone()).collect() };
        assert_eq!(names(&after), names(&before));
        let attributes = |bytes: &[u8]| -> Vec<String> {
            let attributes = header(bytes).parts[0].attributes.clone().into_iter();
            attributes
                .filter(|a| a.name.starts_with("cryptomatte/"))
                .map(|a| format!("{}={}", a.name, a.value))
                .collect()
        };
        assert_eq!(attributes(&master), attributes(&composite));
        for name in names(&before).into_iter().filter(|name| name.to_ascii_lowercase().contains("crypto")) {
            let (old, new) = (ids(&before, &name), ids(&after, &name));
            match [width, height] == [window.width, window.height] {
                true => assert_eq!(new, old, "{name}"),
                false => assert!(new.iter().all(|id| old.contains(id)), "{name} has no id that was not there"),
            }
        }
    }
}

#[test]
fn parts_become_layers_of_one_master() {
    let composite = crate::library::fixture("compression/two_parts.exr");
    let show = Show::small();
    fs::create_dir_all(show.path("composites/SCN-002/S1")).unwrap();
    fs::write(show.frame("S1", 1001), &composite).unwrap();
    show.batch("exr", &[]);
    let master = fs::read(show.output("masters/S1_master.exr")).unwrap();
    let part = &header(&master).parts[0];
    let names: Vec<&str> = part.channels.iter().map(|channel| channel.name.as_str()).collect();
    assert!(["R", "G", "B"].iter().all(|name| names.contains(name)), "{names:?}");
    assert!(names.iter().any(|name| name.starts_with("depth.")), "{names:?}");
    assert_eq!((part.display_window.width, part.display_window.height), (192, 80));
}

#[test]
fn frames_that_are_gone_from_the_composite_are_gone_from_the_masters() {
    let show = Show::small();
    show.shot("S1", 1001..=1005, complete);
    show.batch("exr", &[]);
    assert_eq!(show.files().len(), 5);
    for number in [1004, 1005] {
        fs::remove_file(show.frame("S1", number)).unwrap();
    }
    let report = show.batch("exr", &[]);
    assert_eq!(state(&report, "S1", "master_exr"), "made");
    let notes = output(&report, "S1", "master_exr")["notes"].to_string();
    assert!(notes.contains("removed") && notes.contains("1005"), "{notes}");
    assert_eq!(show.files(), [1001, 1002, 1003].map(|n| format!("masters/S1_master.{n}.exr")));
}

#[test]
fn tags_that_contradict_are_not_guessed_at() {
    let show = Show::small();
    show.shot("S1", 1001..=1001, |_| Made::new(192, 80).with(Attribute::chromaticities(&named::REC709)));
    let answer = show.run(&["batch-export", "--scene", "SCN-002", "--formats", "exr"]);
    assert!(answer.code == Some(1) && answer.stdout.contains("chromaticities say otherwise"), "{answer:?}");
    assert_eq!(show.files(), Vec::<String>::new());
    fs::write(show.path("gsd.toml"), format!("[composites]\ncolor_space = \"acescg\"\n{}", super::SMALL)).unwrap();
    let report = show.batch("exr", &[]);
    assert_eq!(output(&report, "S1", "master_exr")["notes"][0], "copied, tagged with chromaticities, timeCode");
}
