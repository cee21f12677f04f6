//! What every fuzz target does with its bytes, one function each. Any bytes may come; the function returns, within bounded
//! memory and time. `tests/library/fuzz.rs` holds this same file against the seeds, on the stable compiler.

use std::io::Cursor;
use std::sync::LazyLock;

use blender_gsd::blend;
use blender_gsd::color::{Cdl, Lut, LutLimits};
use blender_gsd::exr::cryptomatte::{Cryptomatte, parse_manifest};
use blender_gsd::exr::{self, Header, Limits, Request};
use blender_gsd::inflate::Inflater;
use blender_gsd::media::{MediaInfo, Movie, VideoTrack};
use blender_gsd::native::config::Config;
use blender_gsd::period::{self, Channel, Judge, RuleBase, Settings};
use blender_gsd::qc::QcReport;
use blender_gsd::tag::{self, Profile};

/// What a target does.
pub type Target = fn(&[u8]);

/// The targets by name.
pub const TARGETS: [(&str, Target); 13] = [
    ("blend", blend),
    ("cdl", cdl),
    ("cryptomatte", cryptomatte),
    ("cube", cube),
    ("exr", exr),
    ("ffprobe", ffprobe),
    ("inflate", inflate),
    ("mentions", mentions),
    ("movie", movie),
    ("report", report),
    ("rules", rules),
    ("settings", settings),
    ("tag", tag),
];

/// For targets that decode: lets panics of the `exr` crate pass, which `src/exr/codec.rs` catches and turns into errors.
/// libFuzzer's own hook would end the process before that.
pub fn pass_over_what_is_caught() {
    let ends_the_process = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains("/exr-")) {
            ends_the_process(panic);
        }
    }));
}

/// .blend files: header, blocks, structures, names; packed and plain.
pub fn blend(bytes: &[u8]) {
    let limits = blend::Limits {
        unpacked_bytes: 32 << 20,
        kept_bytes: 8 << 20,
        sdna_bytes: 2 << 20,
        ..blend::Limits::default()
    };
    let _ = blend::read(Cursor::new(bytes), &limits);
}

/// ASC CDL in its three kinds of file.
pub fn cdl(bytes: &[u8]) {
    let _ = Cdl::from_xml(bytes, Some("SHOT-002-001"));
    let _ = Cdl::from_xml(bytes, None);
}

/// Mattes of a file, and manifests: what is no OpenEXR file is read as a manifest.
pub fn cryptomatte(bytes: &[u8]) {
    let limits = Limits { frame_bytes: 8 << 20, ..LIMITS };
    let Ok(header) = Header::read(bytes, &limits) else {
        let _ = parse_manifest(bytes);
        return;
    };
    for set in Cryptomatte::sets(&header) {
        let _ = set.survey_with_labels(bytes, &header, &limits);
    }
}

/// Show LUTs: what is read gives numbers for any colour.
pub fn cube(bytes: &[u8]) {
    let Ok(lut) = Lut::from_cube(bytes, "look", &LutLimits::default()) else { return };
    for rgb in [[0.0; 3], [0.18; 3], [-1.0, 2.0, f32::NAN], [f32::INFINITY, f32::NEG_INFINITY, 65504.0]] {
        assert!(lut.apply_pixel(rgb).iter().all(|value| !value.is_nan()), "{rgb:?}");
    }
}

/// Headers and chunks: every part of a file is decoded as far as it goes.
pub fn exr(bytes: &[u8]) {
    let Ok(header) = Header::read(bytes, &LIMITS) else { return };
    for (number, part) in header.parts.iter().enumerate() {
        let request = Request { part: number, channels: (0..part.channels.len()).collect(), bands: None };
        let _ = exr::decode(bytes, &header, &request, &LIMITS);
    }
}

const LIMITS: Limits =
    Limits { header_bytes: 1 << 20, parts: 16, channels: 64, frame_bytes: 16 << 20, chunk_bytes: 4 << 20 };

/// What ffprobe answers.
pub fn ffprobe(bytes: &[u8]) {
    let _ = MediaInfo::parse(bytes);
}

/// Our own inflate: never more than what there is room for.
pub fn inflate(bytes: &[u8]) {
    let mut output = vec![0; 64 << 10];
    let _ = Inflater::new().zlib(bytes, &mut output);
}

/// Handoff and shot metadata.
pub fn mentions(bytes: &[u8]) {
    let _ = period::mentions(&String::from_utf8_lossy(bytes));
}

/// Boxes of QuickTime and MP4 files, and the first pictures that they lead to.
pub fn movie(bytes: &[u8]) {
    let _ = Movie::read(bytes);
    if let Ok(track) = VideoTrack::read(bytes) {
        let mut scratch = Vec::new();
        for place in 0..track.pictures.len().min(8) {
            let _ = track.picture(bytes, place, &mut scratch);
        }
    }
}

/// `qc_report.json`: what can be read can be written, and read again as the same.
pub fn report(bytes: &[u8]) {
    let Ok(report) = serde_json::from_slice::<QcReport>(bytes) else { return };
    let Ok(text) = serde_json::to_vec(&report) else { panic!("a report that was read cannot be written") };
    let Ok(again) = serde_json::from_slice::<QcReport>(&text) else { panic!("{}", String::from_utf8_lossy(&text)) };
    assert_eq!(report, again);
}

/// Files of period rules, and the names that are judged by them: the text after the first NUL is a name.
pub fn rules(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (rules, name) = text.split_once('\0').unwrap_or((&text, &text));
    // Without rules of its own the text is judged by the embedded ones, which are read once.
    static EMBEDDED: LazyLock<Option<Judge>> = LazyLock::new(|| Judge::embedded().ok());
    let own = Settings::from_rules_file(rules).and_then(RuleBase::with).and_then(|base| Judge::new(&base, 1998)).ok();
    let Some(judge) = own.as_ref().or(EMBEDDED.as_ref()) else { return };
    judge.name(name, Channel::Name);
    judge.prose(name);
    judge.text(name);
    judge.explain(name);
}

/// `gsd.toml`.
pub fn settings(bytes: &[u8]) {
    let _ = Config::parse(&String::from_utf8_lossy(bytes));
}

/// Changing what a file says of its colour: OpenEXR, PNG, QuickTime and MP4.
pub fn tag(bytes: &[u8]) {
    for profile in Profile::ALL {
        let Ok(patches) = tag::patches(bytes, profile) else { continue };
        patches.segments(bytes.len() as u64);
    }
}
