//! Every plane of every file there is against OpenEXR itself: the project's own, and the public collection where it lies
//! beside the checkout.

use std::path::{Path, PathBuf};
use std::process::Command;

use blender_gsd::error::{Error, Feature, InputCause};
use blender_gsd::exr::{self, Header, Limits, Request};

use super::exr_reading::files_below;
use crate::peer::peer;

#[test]
fn every_plane_of_every_file_is_openexrs() {
    let Some(python) = peer("opencolorio", "python") else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["tests/fixtures", "fuzz/seeds/exr", "../shared/corpus"].map(|folder| root.join(folder));
    let files = folders.iter().filter(|folder| folder.is_dir()).flat_map(|folder| files_below(folder));
    // Damaged ones have a test of their own: readers need not agree on what is left of them.
    let is_sound = |path: &PathBuf| !path.to_string_lossy().to_lowercase().contains("damaged");
    let files: Vec<PathBuf> =
        files.filter(is_sound).filter(|path| path.extension().is_some_and(|name| name == "exr")).collect();
    let output = Command::new(python).arg(root.join("tests/library/openexr.py")).args(&files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (mut planes, mut refused) = (0, 0);
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        match line.split('\t').collect::<Vec<_>>().as_slice() {
            // Luminance and chroma are held against its RGBA interface: `exr_reading.rs`.
            [_, "subsampled", _] => {}
            [path, "deep", part] => {
                assert_eq!(refusal(path, part), Some(Feature::Deep), "{line}");
                refused += 1;
            }
            [path, part, channel, kind, width, height, crc] => match read(path, part, channel) {
                Ok(found) => {
                    assert_eq!(found, [*kind, *width, *height, *crc], "{line}");
                    planes += 1;
                }
                Err(error) => {
                    assert_eq!(unsupported(&error), Some(Feature::Htj2k), "{line}: {error}");
                    refused += 1;
                }
            },
            _ => panic!("OpenEXR does not read it: {line}"),
        }
    }
    println!("{planes} planes of {} files are OpenEXR's, {refused} are refused by name", files.len());
    assert!(planes > 200, "only {planes} planes were compared");
}

/// Type, size and CRC-32 of a plane as it is read here.
fn read(path: &str, part: &str, channel: &str) -> blender_gsd::Result<[String; 4]> {
    let (bytes, limits) = (std::fs::read(path).unwrap(), Limits::default());
    let part: usize = part.parse().unwrap();
    let header = Header::read(&bytes, &limits)?;
    let place = header.parts[part].channels.iter().position(|known| known.name == channel).unwrap();
    let frame = exr::decode(&bytes, &header, &Request { part, channels: vec![place], bands: None }, &limits)?;
    assert!(frame.missing.is_empty(), "{path} {channel}");
    let (samples, window) = (&frame.planes[0].samples, frame.data_window);
    let crc = format!("{:08x}", crc32fast::hash(samples.bytes()));
    Ok([samples.kind().name().to_owned(), window.width.to_string(), window.height.to_string(), crc])
}

/// Why a part is not read.
fn refusal(path: &str, part: &str) -> Option<Feature> {
    let (bytes, limits) = (std::fs::read(path).unwrap(), Limits::default());
    let header = match Header::read(&bytes, &limits) {
        Ok(header) => header,
        Err(error) => return unsupported(&error),
    };
    let request = Request { part: part.parse().unwrap(), channels: vec![0], bands: None };
    exr::decode(&bytes, &header, &request, &limits).err().as_ref().and_then(unsupported)
}

fn unsupported(error: &Error) -> Option<Feature> {
    match error {
        Error::Input(fault) => match fault.cause {
            InputCause::Unsupported(feature) => Some(feature),
            _ => None,
        },
        _ => None,
    }
}
