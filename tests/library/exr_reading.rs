//! Reading EXR: every fixture, every plane, against what OpenEXR reads.

use std::ops::Range;
use std::path::Path;

use blender_gsd::Result;
use blender_gsd::error::{Error, Feature, InputCause};
use blender_gsd::exr::{self, ByteSource, Header, Limits, Request};
use blender_gsd::frame::{Frame, Region, SampleType};

use super::fixture;

fn all_of(header: &Header, part: usize) -> Request {
    Request { part, channels: (0..header.parts[part].channels.len()).collect(), bands: None }
}

fn decode(bytes: &[u8], part: usize) -> Result<Frame> {
    let header = Header::read(bytes, &Limits::default())?;
    exr::decode(bytes, &header, &all_of(&header, part), &Limits::default())
}

#[test]
fn every_plane_has_the_bits_that_openexr_reads() {
    let golden = include_str!("../golden/openexr_planes.csv");
    let mut compared = 0;
    for row in golden.lines().skip(1) {
        let [file, part, channel, kind, width, height, crc] = row.split(',').collect::<Vec<_>>().try_into().unwrap();
        let frame = decode(&fixture(file), part.parse().unwrap()).unwrap_or_else(|error| panic!("{file}: {error}"));
        let plane = frame.plane(channel).unwrap_or_else(|| panic!("{file}: no {channel}"));
        assert_eq!(plane.samples.kind().name(), kind, "{row}");
        assert_eq!(frame.data_window.width.to_string(), width, "{row}");
        assert_eq!(frame.data_window.height.to_string(), height, "{row}");
        assert_eq!(format!("{:08x}", crc32fast::hash(plane.samples.bytes())), crc, "{row}");
        assert!(frame.missing.is_empty(), "{row}");
        compared += 1;
    }
    assert!(compared > 200, "only {compared} planes were compared");
}

#[test]
fn bands_and_chosen_channels_are_pieces_of_the_whole() {
    for file in ["compression/zip_half.exr", "compression/piz_float.exr", "compression/tiled_zip.exr"] {
        let bytes = fixture(file);
        let header = Header::read(&bytes, &Limits::default()).unwrap();
        let whole = decode(&bytes, 0).unwrap();
        let part = &header.parts[0];
        let channels = vec![part.channels.len() - 1, 0];
        for band in 0..part.band_count() {
            let request = Request { part: 0, channels: channels.clone(), bands: Some(band..band + 1) };
            let piece = exr::decode(bytes.as_slice(), &header, &request, &Limits::default()).unwrap();
            assert_eq!(piece.data_window, part.band_region(band..band + 1), "{file}");
            for (plane, &index) in piece.planes.iter().zip(&channels) {
                let full = whole.plane(&part.channels[index].name).unwrap().samples.bytes();
                let row = full.len() / whole.data_window.height as usize;
                let top = (piece.data_window.y - whole.data_window.y) as usize;
                let rows = piece.data_window.height as usize;
                assert_eq!(plane.samples.bytes(), &full[top * row..(top + rows) * row], "{file} {}", plane.name);
            }
        }
    }
}

#[test]
fn halves_wanted_as_floats_are_the_same_numbers() {
    for file in ["zip_half", "zips_half", "piz_half", "no_half", "zip_float", "tiled_zip"] {
        let bytes = fixture(&format!("compression/{file}.exr"));
        let header = Header::read(&bytes, &Limits::default()).unwrap();
        let stored = decode(&bytes, 0).unwrap();
        let mut floats = Frame::default();
        exr::decode_float_into(&bytes, &header, &all_of(&header, 0), &Limits::default(), &mut floats).unwrap();
        for (stored, float) in stored.planes.iter().zip(&floats.planes) {
            assert_ne!(float.samples.kind(), SampleType::Half, "{file} {}", float.name);
            assert_eq!(stored.samples.to_f32(), float.samples.to_f32(), "{file} {}", float.name);
        }
    }
}

/// Notes which bytes are asked for.
struct Watched {
    bytes: Vec<u8>,
    touched: std::sync::Mutex<Vec<Range<u64>>>,
}

impl ByteSource for Watched {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read<'a>(&'a self, range: Range<u64>, scratch: &'a mut Vec<u8>) -> Result<&'a [u8]> {
        self.touched.lock().unwrap().push(range.clone());
        self.bytes.as_slice().read(range, scratch)
    }
}

#[test]
fn only_the_chunks_asked_for_are_touched() {
    let bytes = fixture("compression/two_parts.exr");
    let source = Watched { bytes, touched: Default::default() };
    let header = Header::read(&source, &Limits::default()).unwrap();
    source.touched.lock().unwrap().clear();
    let request = Request { part: 1, channels: vec![0], bands: Some(3..4) };
    exr::decode(&source, &header, &request, &Limits::default()).unwrap();
    let read: u64 = source.touched.lock().unwrap().iter().map(|range| range.end - range.start).sum();
    // The part's offset table (65 lines of 8 bytes), one chunk header and one compressed line of 97 floats.
    assert!(read < 65 * 8 + 64 + 97 * 4, "{read} bytes were read for one line of depth");
}

#[test]
fn a_frame_that_is_used_again_holds_nothing_of_the_last() {
    let mut frame = decode(&fixture("compression/zip_half.exr"), 0).unwrap();
    let mut cut = fixture("compression/zip_half.exr");
    cut.truncate(cut.len() * 2 / 3);
    let header = Header::read(&cut, &Limits::default()).unwrap();
    exr::decode_into(&cut, &header, &all_of(&header, 0), &Limits::default(), &mut frame).unwrap();
    let [missing] = frame.missing.as_slice() else { panic!("{:?}", frame.missing) };
    let width = frame.data_window.width as usize;
    let first = (missing.region.y - frame.data_window.y) as usize * width;
    let last = first + missing.region.height as usize * width;
    for plane in &frame.planes {
        let values = plane.samples.to_f32();
        assert!(values[first..last].iter().all(|&value| value == 0.0), "{}", plane.name);
        assert!(values[..first].iter().any(|&value| value != 0.0), "{}", plane.name);
    }
}

#[test]
fn a_truncated_file_gives_its_rows_and_names_the_rest() {
    let whole = fixture("compression/zips_half.exr");
    let complete = decode(&whole, 0).unwrap();
    let mut cut = whole.clone();
    cut.truncate(whole.len() / 2);
    let frame = decode(&cut, 0).unwrap();
    let [missing] = frame.missing.as_slice() else { panic!("{:?}", frame.missing) };
    assert_eq!(missing.region.bottom(), frame.data_window.bottom());
    assert!(missing.region.height > 20 && missing.region.height < 45, "{missing:?}");
    assert!(missing.reason.contains("part 0, chunk"), "{}", missing.reason);
    let kept = (missing.region.y - frame.data_window.y) as usize * frame.data_window.width as usize;
    for (a, b) in frame.planes.iter().zip(&complete.planes) {
        let size = a.samples.kind().bytes();
        assert_eq!(a.samples.bytes()[..kept * size], b.samples.bytes()[..kept * size], "{}", a.name);
    }
}

#[test]
fn a_writer_that_was_stopped_before_the_offset_table_still_left_rows() {
    let mut bytes = fixture("compression/zips_half.exr");
    let complete = decode(&bytes, 0).unwrap();
    // The table of 65 lines ends where the first chunk begins, and its entries are that large at most.
    let first = first_chunk(&bytes);
    bytes[first - 65 * 8..first].fill(0);
    assert_eq!(decode(&bytes, 0).unwrap(), complete);
}

/// Finds the first chunk of a scan line file by its table's first entry.
fn first_chunk(bytes: &[u8]) -> usize {
    let entry = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    (8..bytes.len() - 8).find(|&at| entry(at) == at as u64 + 65 * 8).unwrap() + 65 * 8
}

#[test]
fn features_that_are_not_read_are_refused_by_name() {
    let refusals = [
        ("compression/htj2k32_half.exr", Feature::Htj2k, "HTJ2K32"),
        ("compression/htj2k256_half.exr", Feature::Htj2k, "HTJ2K256"),
    ];
    for (file, feature, word) in refusals {
        match decode(&fixture(file), 0) {
            Err(Error::Input(error)) => {
                assert_eq!(error.cause, InputCause::Unsupported(feature), "{file}");
                assert!(error.to_string().contains(word), "{file}: {error}");
            }
            other => panic!("{file}: {other:?}"),
        }
    }
}

/// Subsampled channels that are no chroma of a luminance stay refused.
#[test]
fn chroma_without_its_luminance_is_refused_by_name() {
    let mut bytes = fixture("openexr/Rec709_YC.exr");
    let at = bytes.windows(3).position(|bytes| bytes == b"RY\0").unwrap();
    bytes[at + 1] = b'X';
    let header = Header::read(&bytes, &Limits::default()).unwrap();
    match exr::decode(&bytes, &header, &all_of(&header, 0), &Limits::default()) {
        Err(Error::Input(error)) => {
            assert_eq!(error.cause, InputCause::Unsupported(Feature::Subsampled));
            assert!(error.to_string().contains("subsampled 2x2"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}

/// Pixels as OpenEXR 3.1's `RgbaInputFile` gives them (`tests/fixtures/README.md`), as bits of half floats.
#[test]
fn luminance_and_chroma_become_the_colours_that_openexr_makes_of_them() {
    let bytes = fixture("openexr/Rec709_YC.exr");
    let frame = decode(&bytes, 0).unwrap();
    let names: Vec<&str> = frame.planes.iter().map(|plane| plane.name.as_str()).collect();
    assert_eq!(names, ["B", "G", "R"]);
    let width = frame.data_window.width as usize;
    let mut count = 0;
    for line in include_str!("../golden/luminance_chroma.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [x, y] = [0, 1].map(|place| fields[place].parse::<usize>().unwrap());
        for (name, field) in ["R", "G", "B"].iter().zip(&fields[2..]) {
            let wanted = half::f16::from_bits(u16::from_str_radix(field, 16).unwrap());
            let found = frame.plane(name).unwrap().samples.get(y * width + x).unwrap();
            // A weight that differs in its last bit moves a number across a rounding border now and then.
            let step = (wanted.to_f32().abs() / 1024.0).max(6.0e-8);
            assert!((found - wanted.to_f32()).abs() <= step, "{name} at {x}, {y}: {found} instead of {wanted}");
            count += 1;
        }
    }
    assert!(count > 1000);
}

#[test]
fn bands_of_a_luminance_picture_are_pieces_of_the_whole() {
    let bytes = fixture("openexr/Rec709_YC.exr");
    let header = Header::read(&bytes, &Limits::default()).unwrap();
    let whole = decode(&bytes, 0).unwrap();
    let width = whole.data_window.width as usize;
    for bands in [0..1, 3..5, 11..13] {
        let request = Request { bands: Some(bands), ..all_of(&header, 0) };
        let mut piece = Frame::default();
        exr::decode_float_into(&bytes, &header, &request, &Limits::default(), &mut piece).unwrap();
        let top = piece.data_window.y as usize * width;
        for (part, plane) in piece.planes.iter().zip(&whole.planes) {
            assert_eq!(part.samples.to_f32(), plane.samples.to_f32()[top..top + part.samples.len()], "{}", plane.name);
        }
    }
}

#[test]
fn damaged_files_end_in_an_error_or_a_partial_picture() {
    for (name, bytes) in folder("damaged") {
        match Header::read(&bytes, &Limits::default()) {
            Err(error) => assert!(!error.to_string().is_empty()),
            Ok(header) => {
                for part in 0..header.parts.len() {
                    if let Ok(frame) = decode(&bytes, part) {
                        assert!(!frame.missing.is_empty(), "{name} reads as if it were whole");
                    }
                }
            }
        }
    }
}

#[test]
fn a_huge_claim_is_refused_before_anything_is_allocated() {
    let mut bytes = fixture("compression/zip_half.exr");
    // Widen the data window to 2^30 pixels; the allocation would be terabytes.
    let at = bytes.windows(16).position(|w| w == b"dataWindow\0box2i").unwrap() + 16 + 1 + 4;
    bytes[at..at + 16].copy_from_slice(&[0_i32, 0, (1 << 30) - 1, 64].map(i32::to_le_bytes).concat());
    let header = Header::read(&bytes, &Limits::default()).unwrap();
    match exr::decode(bytes.as_slice(), &header, &all_of(&header, 0), &Limits::default()) {
        Err(Error::Limit(fault)) => assert!(fault.what.contains("limit"), "{fault}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn windows_and_tags_are_read() {
    let bytes = fixture("demo/composites/SCN-002/SHOT-002-001/SHOT-002-001_comp.1001.exr");
    let header = Header::read(&bytes, &Limits::default()).unwrap();
    let part = &header.parts[0];
    assert_eq!(part.display_window, Region::new(0, 0, 1024, 778));
    assert_eq!(part.data_window, Region::from_corners([326, 122], [765, 560]).unwrap());
    assert_eq!(part.frames_per_second(), Some((24, 1)));
    assert_eq!(part.time_code().as_deref(), Some("00:00:41:17"));
    assert_eq!(part.color_space().to_string(), "ACEScg (from colorInteropID)");
    assert_eq!(part.chromaticities().unwrap().name(), Some("ACEScg"));
}

#[test]
fn layers_are_found_and_the_first_is_chosen_by_rule() {
    let choose = |file: &str| {
        let header = Header::read(&fixture(file), &Limits::default()).unwrap();
        let layers = exr::layers(&header);
        let (index, reason) = exr::default_layer(&header, &layers).unwrap();
        let names: Vec<String> = layers.iter().map(|layer| layer.name.clone()).collect();
        (names, layers[index].name.clone(), reason)
    };
    let (names, chosen, _) = choose("cryptomatte/multichannel.exr");
    assert_eq!(chosen, "RGBA");
    for name in ["Cd", "crypto_asset", "crypto_asset00", "crypto_object02"] {
        assert!(names.iter().any(|known| known == name), "{name} is not in {names:?}");
    }
    let (names, chosen, _) = choose("compression/two_parts.exr");
    assert_eq!((names.as_slice(), chosen.as_str()), (&["beauty".to_owned(), "depth".to_owned()][..], "beauty"));
}

#[test]
fn what_is_written_is_read_back_by_the_exr_crate_too() {
    let frame = decode(&fixture("compression/zip_float.exr"), 0).unwrap();
    let picture = exr::Picture {
        data_window: frame.data_window,
        display_window: frame.display_window,
        planes: &frame.planes,
        attributes: &[exr::Attribute::rational("framesPerSecond", 24, 1)],
    };
    let bytes = exr::encode(&picture).unwrap();
    let ours = decode(&bytes, 0).unwrap();
    assert_eq!((&ours.planes, ours.data_window), (&frame.planes, frame.data_window));

    use ::exr::prelude::{ReadChannels, ReadLayers, read};
    let theirs = read().no_deep_data().largest_resolution_level().all_channels().first_valid_layer().all_attributes();
    let image = theirs.from_buffered(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(image.layer_data.channel_data.list.len(), frame.planes.len());
    for (channel, plane) in image.layer_data.channel_data.list.iter().zip(&frame.planes) {
        assert_eq!(channel.name.to_string(), plane.name);
        let values: Vec<f32> = channel.sample_data.values_as_f32().collect();
        assert_eq!(values, plane.samples.to_f32(), "{}", plane.name);
    }
}

/// The project's own copies are few; where the public collection lies beside the checkout, all of it is read.
#[test]
fn the_whole_collection_is_read_or_refused_with_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if !root.is_dir() {
        println!("skipped: {} is not there", root.display());
        return;
    }
    let (mut read, mut partial, mut refused) = (0, 0, 0);
    for path in files_below(&root) {
        let bytes = std::fs::read(&path).unwrap();
        let result = Header::read(&bytes, &Limits::default()).and_then(|header| {
            let requests: Vec<Request> = (0..header.parts.len()).map(|part| all_of(&header, part)).collect();
            let frames = requests.iter().map(|request| exr::decode(&bytes, &header, request, &Limits::default()));
            frames.collect::<Result<Vec<Frame>>>()
        });
        match result {
            Ok(frames) if frames.iter().all(|frame| frame.missing.is_empty()) => read += 1,
            Ok(_) => partial += 1,
            Err(error) => {
                assert!(!error.fault().what.is_empty(), "{}", path.display());
                refused += 1;
            }
        }
    }
    println!("{read} read, {partial} read in part, {refused} refused");
    assert!(read > 0);
}

pub(super) fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_text = path.extension().is_some_and(|e| e == "md") || path.to_string_lossy().contains("LICENSE");
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if !is_text {
            files.push(path);
        }
    }
    files
}

fn folder(name: &str) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let files = files_below(&root).into_iter();
    files.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}
