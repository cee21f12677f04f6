use std::io::{Cursor, Write};

use blender_gsd::Error;
use blender_gsd::blend::{self, Blend, Datablock, Kind, Limits};

fn read(bytes: &[u8]) -> Result<Blend, Error> {
    blend::read(Cursor::new(bytes), &Limits::default())
}

fn read_fixture(name: &str) -> Blend {
    read(&super::fixture(&format!("blend/{name}"))).unwrap()
}

fn find<'a>(blend: &'a Blend, kind: Kind, name: &str) -> &'a Datablock {
    let found = blend.datablocks.iter().find(|datablock| datablock.kind == kind && datablock.name == name);
    found.unwrap_or_else(|| panic!("no {kind:?} {name:?} in {:#?}", blend.datablocks))
}

/// What make_period.py put in, as Blender 3.4 and 5.0 saved it.
#[test]
fn names_paths_and_texts_are_read_without_blender() {
    for (file, version) in [("period.blend", [3, 4]), ("period_5.blend", [5, 0])] {
        let blend = read_fixture(file);
        assert_eq!(blend.version, version);
        assert!(find(&blend, Kind::Object, "Prop_iPhone_14.001").is_rendered);
        // Switched off for renders, and so is the shape that only it has.
        assert!(!find(&blend, Kind::Object, "Segway").is_rendered);
        assert!(!find(&blend, Kind::Shape, "Segway_mesh").is_rendered);
        assert!(find(&blend, Kind::Shape, "Taxi_CrownVic_mesh").is_rendered);
        find(&blend, Kind::Camera, "DroneCam");
        find(&blend, Kind::Collection, "CitiBike_Dock");
        find(&blend, Kind::Look, "Такси жёлтое");
        assert_eq!(find(&blend, Kind::Image, "poster").path.as_deref(), Some("//textures/QRCode_menu.png"));
        let sign = find(&blend, Kind::Shape, "Deli sign");
        assert_eq!(sign.text.as_deref(), Some("CALL 646-555-0123\nSINCE 1961"));
        assert_eq!(find(&blend, Kind::Text, "notes").text.as_deref(), Some("a cab\nremember the hoverboard\n"));
    }
}

#[test]
fn libraries_and_what_is_linked_from_them_are_told() {
    let blend = read_fixture("period_user.blend");
    assert_eq!(blend.libraries().collect::<Vec<_>>(), ["//period.blend"]);
    assert_eq!(find(&blend, Kind::Linked, "Taxi_CrownVic").library.as_deref(), Some("//period.blend"));
}

#[test]
fn plain_gzip_and_zstd_are_the_same_file() {
    let plain = super::fixture("blend/shot.blend");
    let blend = read(&plain).unwrap();
    find(&blend, Kind::Object, "payphone");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).unwrap();
    assert_eq!(read(&gzip.finish().unwrap()).unwrap(), blend);
    let zstd = ruzstd::encoding::compress_to_vec(plain.as_slice(), ruzstd::encoding::CompressionLevel::Fastest);
    assert_eq!(read(&zstd).unwrap(), blend);
    // A skippable frame between two frames, as Blender's table of frames stands behind them.
    let (first, second) = plain.split_at(plain.len() / 3);
    let pack = |part: &[u8]| ruzstd::encoding::compress_to_vec(part, ruzstd::encoding::CompressionLevel::Fastest);
    let skippable = [0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
    assert_eq!(read(&[pack(first), skippable.to_vec(), pack(second)].concat()).unwrap(), blend);
}

#[test]
fn damaged_files_are_refused_and_never_crash() {
    let plain = super::fixture("blend/shot.blend");
    for (bytes, words) in [
        (b"".as_slice(), "no .blend"),
        (b"BLENDE", "no .blend"),
        (b"PNG pictures are no scenes", "no .blend"),
        (b"BLENDER18-02v0600REND", "newer file format"),
        (b"BLENDER-v304", "ends before"),
        (&plain[..plain.len() / 2], "ends before"),
        (&plain[..plain.len() - 100], "ends"),
    ] {
        let error = read(bytes).unwrap_err().to_string();
        assert!(error.contains(words), "{words:?} in {error:?}");
    }
    for packed in ["period.blend", "period_5.blend"] {
        let packed = super::fixture(&format!("blend/{packed}"));
        assert!(matches!(read(&packed[..packed.len() / 2]), Err(Error::Input(_))));
    }
    // Bytes changed in all places, a few hundred times: an answer or an error, no panic and no endless work.
    let mut state = 1998_u64;
    for _ in 0..300 {
        let mut bytes = plain.clone();
        for _ in 0..8 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let place = (state >> 33) as usize % bytes.len();
            bytes[place] = (state >> 24) as u8;
        }
        drop(read(&bytes));
    }
}

#[test]
fn limits_hold() {
    let plain = super::fixture("blend/shot.blend");
    let limited = |limits: Limits| blend::read(Cursor::new(&plain), &limits).unwrap_err();
    assert!(matches!(limited(Limits { datablocks: 3, ..Limits::default() }), Error::Limit(_)));
    assert!(matches!(limited(Limits { kept_bytes: 1000, ..Limits::default() }), Error::Limit(_)));
    assert!(matches!(limited(Limits { sdna_bytes: 1000, ..Limits::default() }), Error::Limit(_)));
    assert!(matches!(limited(Limits { unpacked_bytes: 1000, ..Limits::default() }), Error::Limit(_)));
}
