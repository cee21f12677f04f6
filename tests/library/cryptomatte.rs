//! Cryptomatte: every mask of the sample images against cryptomatte-api, and files made to be awkward.

use std::path::Path;

use blender_gsd::Error;
use blender_gsd::exr::cryptomatte::{MatteObject, Survey, id_of_name};
use blender_gsd::exr::{self, Attribute, Cryptomatte, Header, Limits, Picture};
use blender_gsd::frame::{Plane, Region, Samples};
use half::f16;

use super::fixture;

fn header(bytes: &[u8]) -> Header {
    Header::read(bytes, &Limits::default()).unwrap()
}

/// A sample image, or nothing where the corpus is not at hand.
fn sample(name: &str) -> Option<Vec<u8>> {
    match name.strip_prefix("corpus/") {
        None => Some(fixture(name)),
        Some(rest) => {
            std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/Cryptomatte").join(rest)).ok()
        }
    }
}

/// Holds every golden line of `file` and set against what is read from `bytes`; gives how many there were.
fn compare(file: &str, bytes: &[u8]) -> usize {
    let header = header(bytes);
    let limits = Limits::default();
    let mut compared = 0;
    for set in Cryptomatte::sets(&header) {
        let survey = set.survey(bytes, &header, &limits).unwrap();
        assert_eq!(survey.doubts, [""; 0], "{file}");
        let golden = include_str!("../golden/cryptomatte.csv").lines().map(|line| line.split(',').collect::<Vec<_>>());
        for row in golden.filter(|row| row[0] == file && row[1] == set.name) {
            let [_, _, name, coverage, pixels, x, y, width, height, crc] = row.clone().try_into().unwrap();
            let number = |text: &str| text.parse::<i32>().unwrap();
            let region = Region::new(number(x), number(y), number(width) as u32, number(height) as u32);
            let found = survey.objects.iter().find(|object| object.name.as_deref() == Some(name));
            let (found_coverage, found_pixels, found_region) =
                found.map_or((0.0, 0, Region::default()), |object| (object.coverage, object.pixels, object.region));
            assert_eq!((found_pixels, found_region), (pixels.parse().unwrap(), region), "{row:?}");
            let coverage: f64 = coverage.parse().unwrap();
            assert!((found_coverage - coverage).abs() <= 1e-6 * coverage, "{found_coverage} {row:?}");
            let window = header.parts[set.ranks[0].part].data_window;
            let matte = set.matte(bytes, &header, set.id_of(name), window, &limits).unwrap();
            assert_eq!(format!("{:08x}", crc32fast::hash(bytemuck::cast_slice(&matte.coverage))), crc, "{row:?}");
            assert_eq!(set.id_of(name), id_of_name(name), "{row:?}");
            compared += 1;
        }
    }
    compared
}

#[test]
fn every_mask_is_the_one_that_cryptomatte_api_reads() {
    for (file, masks) in [("cryptomatte/multichannel.exr", 306), ("corpus/cornellBox_CryptoWildcard.0001.exr", 7)] {
        match sample(file) {
            Some(bytes) => assert_eq!(compare(file, &bytes), masks, "{file}"),
            None => eprintln!("not compared, there is no corpus: {file}"),
        }
    }
}

#[test]
fn ranks_are_found_in_parts_of_their_own_under_every_spelling() {
    let bytes = fixture("cryptomatte/multipart.exr");
    let sets = Cryptomatte::sets(&header(&bytes));
    assert_eq!(sets.len(), 1);
    let parts: Vec<usize> = sets[0].ranks.iter().map(|rank| rank.part).collect();
    assert_eq!(parts, [2, 2, 1, 1, 3, 3]);
    assert_eq!(compare("cryptomatte/multichannel.exr", &bytes), 2);
}

/// A file of 8x8 pixels with one set of mattes.
struct Made {
    planes: Vec<Plane>,
    attributes: Vec<Attribute>,
    data: Region,
    display: Region,
}

impl Made {
    fn new(layer: &str, manifest: &str) -> Self {
        let text = |field: &str, value: &str| Attribute::text(&format!("cryptomatte/0123abc/{field}"), value);
        let attributes = vec![
            text("name", layer),
            text("hash", "MurmurHash3_32"),
            text("conversion", "uint32_to_float32"),
            text("manifest", manifest),
        ];
        let window = Region::new(0, 0, 8, 8);
        Self { planes: Vec::new(), attributes, data: window, display: window }
    }

    /// With a rank: at every pixel of the data window an id and its coverage.
    fn rank(mut self, [id, coverage]: [&str; 2], pixel: impl Fn(u32, u32) -> (u32, f32)) -> Self {
        let pixels = (0..8).flat_map(|y| (0..8).map(move |x| (x, y))).map(|(x, y)| pixel(x, y));
        let (ids, coverages): (Vec<_>, Vec<_>) = pixels.unzip();
        let ids = Samples::Float(ids.into_iter().map(f32::from_bits).collect());
        self.planes.push(Plane { name: id.into(), samples: ids });
        self.planes.push(Plane { name: coverage.into(), samples: Samples::Float(coverages) });
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let Self { planes, attributes, data, display } = self;
        exr::encode(&Picture { data_window: *data, display_window: *display, planes, attributes }).unwrap()
    }

    fn survey(&self) -> (Cryptomatte, Survey) {
        let bytes = self.bytes();
        let header = header(&bytes);
        let set = Cryptomatte::sets(&header).remove(0);
        let survey = set.survey(&bytes, &header, &Limits::default()).unwrap();
        (set, survey)
    }

    /// Why the set cannot be decoded; asking all the same is refused with the same words.
    fn refusal(&self) -> String {
        let bytes = self.bytes();
        let header = header(&bytes);
        let set = Cryptomatte::sets(&header).remove(0);
        let why = set.unusable.clone().unwrap_or_default();
        let error = set.survey(&bytes, &header, &Limits::default()).unwrap_err();
        assert!(matches!(&error, Error::Spec(fault) if fault.what.contains(&why)), "{error}");
        assert!(!why.is_empty());
        why
    }
}

#[test]
fn names_may_hold_anything() {
    let names = [r#"say "hello""#, "/obj/geo1:a,b", "Ларёк у метро", "日本", "", "a\nb", r"c:\d"];
    let entries: Vec<String> = names
        .iter()
        .map(|name| format!("{}:\"{:08x}\"", serde_json::to_string(name).unwrap(), id_of_name(name)))
        .collect();
    let ids = names.map(id_of_name);
    let made = Made::new("ViewLayer.CryptoObject", &format!("{{{}}}", entries.join(",")))
        .rank(["ViewLayer.CryptoObject00.r", "ViewLayer.CryptoObject00.g"], move |x, _| {
            ids.get(x as usize).map_or((0, 0.0), |&id| (id, 1.0))
        });
    let (set, survey) = made.survey();
    assert_eq!(set.problem, None);
    let mut found: Vec<&str> = survey.objects.iter().filter_map(|object| object.name.as_deref()).collect();
    let mut expected = names.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    // The column without an object is nobody's.
    assert_eq!(survey.objects.len(), names.len());
}

#[test]
fn coverage_is_summed_over_ranks_and_only_what_is_on_screen_counts() {
    let (a, b) = (id_of_name("a"), id_of_name("b"));
    let mut made = Made::new("C", &format!(r#"{{"a":"{a:08x}","b":"{b:08x}"}}"#))
        .rank(["C00.red", "C00.GREEN"], |x, _| if x < 4 { (a, 0.5) } else { (b, f32::NAN) })
        .rank(["C00.Blue", "C00.alpha"], |x, _| if x == 3 { (a, 0.25) } else { (0, 0.25) })
        .rank(["C01.R", "C01.G"], |x, y| if (x, y) == (7, 7) { (b, 0.125) } else { (b, -1.0) });
    made.data = Region::new(-2, 10, 8, 8);
    made.display = Region::new(0, 0, 100, 16);
    let (_, survey) = made.survey();
    let object = |name: &str, coverage: f64, pixels, region| MatteObject {
        id: id_of_name(name),
        name: Some(name.into()),
        coverage,
        share: coverage / 1600.0,
        pixels,
        region,
    };
    // Two columns and two rows lie outside; b's only sound sample too.
    assert_eq!(survey.objects, [object("a", 6.0 + 1.5, 12, Region::new(0, 10, 2, 6))]);
    assert_eq!(survey.doubts, [""; 0]);

    let bytes = made.bytes();
    let header = header(&bytes);
    let set = Cryptomatte::sets(&header).remove(0);
    let at = |x, y| {
        let objects = set.objects_at(bytes.as_slice(), &header, [x, y], &Limits::default()).unwrap();
        objects.into_iter().map(|object| (object.name.unwrap(), object.coverage)).collect::<Vec<_>>()
    };
    assert_eq!(at(1, 12), [("a".to_owned(), 0.75)]);
    assert_eq!(at(5, 17), [("b".to_owned(), 0.125)]);
    assert_eq!(at(4, 12), []);
    assert_eq!(at(6, 12), []);
    assert_eq!(at(i32::MAX, i32::MIN), []);
    let within = Region::new(0, 11, 3, 2);
    let matte = set.matte(bytes.as_slice(), &header, a, within, &Limits::default()).unwrap();
    assert_eq!((matte.region, matte.coverage), (within, vec![0.5, 0.75, 0.0, 0.5, 0.75, 0.0]));
}

#[test]
fn ids_that_are_not_in_the_manifest_are_told() {
    let made = Made::new("C", r#"{"a":"3c2569b2"}"#).rank(["C00.R", "C00.G"], |x, y| (0x4000_0000 + x + 8 * y, 1.0));
    let (_, survey) = made.survey();
    assert_eq!(survey.objects.len(), 64);
    assert!(survey.doubts.len() == 1 && survey.doubts[0].starts_with("100.0 %"), "{:?}", survey.doubts);
}

#[test]
fn broken_manifests_give_words_and_keep_the_coverage() {
    for (manifest, names, words) in [
        ("{", 0, "damaged"),
        ("[]", 0, "damaged"),
        (r#"{"a":{"b":1}}"#, 0, "damaged"),
        (r#"{"a\ud800":"3c2569b2"}"#, 0, "damaged"),
        (r#"{"a":"3c2569b2","b":"+1","c":"123456789"}"#, 1, "and 1 more"),
    ] {
        let made = Made::new("C", manifest).rank(["C00.R", "C00.G"], |_, _| (0x3c25_69b2, 1.0));
        let (set, survey) = made.survey();
        let problem = set.problem.unwrap_or_default();
        assert!(problem.contains(words) && set.names.len() == names, "{manifest}: {problem}");
        assert_eq!(survey.objects[0].coverage, 64.0, "{manifest}");
    }
}

#[test]
fn what_cannot_keep_ids_exact_is_refused_in_words() {
    let solid = |_: u32, _: u32| (0x3c25_69b2, 1.0);
    let made = || Made::new("C", "{}");
    assert!(made().rank(["R", "G"], solid).refusal().contains("no channels C00.R"));
    assert!(made().rank(["C.R", "C.G"], solid).refusal().contains("no channels C00.R"));
    assert!(made().rank(["C01.R", "C01.G"], solid).refusal().contains("C00 are missing"));
    assert!(made().rank(["C00.R", "X"], solid).refusal().contains("no green"));
    let three = made().rank(["C00.R", "C00.G"], solid).rank(["C00.B", "X"], solid);
    assert!(three.refusal().contains("only one of its blue and alpha"));
    let mut half = made().rank(["C00.R", "C00.G"], solid);
    half.planes[0].samples = Samples::Half(vec![f16::ONE; 64]);
    assert!(half.refusal().contains("C00.R is half"));
    let mut method = made().rank(["C00.R", "C00.G"], solid);
    method.attributes[1] = Attribute::text("cryptomatte/0123abc/hash", "md5");
    assert!(method.refusal().contains("md5"));
}

#[test]
fn limits_come_before_memory() {
    let bytes = fixture("cryptomatte/multichannel.exr");
    let header = header(&bytes);
    let set = Cryptomatte::sets(&header).remove(0);
    let window = header.parts[0].data_window;
    let tight = Limits { frame_bytes: 4 * 128 * 128 - 1, ..Limits::default() };
    assert!(matches!(set.matte(bytes.as_slice(), &header, 1, window, &tight), Err(Error::Limit(_))));
}

#[test]
fn rows_that_cannot_be_read_are_empty_and_told() {
    let made = Made::new("C", r#"{"a":"3c2569b2"}"#).rank(["C00.R", "C00.G"], |_, _| (0x3c25_69b2, 1.0));
    let mut bytes = made.bytes();
    let header = header(&bytes);
    let end = bytes.len();
    bytes[end - 20..].fill(0xff);
    let survey = Cryptomatte::sets(&header)[0].survey(&bytes, &header, &Limits::default()).unwrap();
    assert_eq!(survey.objects, []);
    assert!(survey.doubts.len() == 1 && survey.doubts[0].starts_with("8x8 at 0, 0"), "{:?}", survey.doubts);
}
