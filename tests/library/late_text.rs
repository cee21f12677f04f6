//! Text that a second worker reads, as in the page: the report comes to the same as where it is read on the spot.

use std::sync::Arc;

use blender_gsd::Error;
use blender_gsd::exr::{self, Attribute, Header, Limits, Picture};
use blender_gsd::frame::{Frame, Plane, Region, Samples};
use blender_gsd::period::Judge;
use blender_gsd::qc::{
    CheckId, FrameObserved, Grey, Observation, Outcome, Reading, ReadingKind, ShotReport, TextReader, TextSearch,
    Validator, ValidatorOptions,
};

/// Reads the same in every picture.
#[derive(Debug)]
struct Signs;

impl TextReader for Signs {
    fn read(&self, picture: &Grey) -> blender_gsd::Result<Vec<Reading>> {
        let line = |text: &str, y, score| Reading {
            kind: ReadingKind::Text,
            text: text.to_owned(),
            region: Region::new(2, y, picture.width as u32 - 4, 8),
            score,
        };
        Ok(vec![line("EST. 2009", 1, 0.99), line("DELI GROCERY", 10, 0.99), line("@JOESDELI", 20, 0.7)])
    }
}

const FRAMES: i32 = 26;
const DATA: Region = Region { x: 8, y: 4, width: 48, height: 40 };

/// A shot of grey frames whose data window is smaller than the display window.
fn observed(text: TextSearch, mut seen: impl FnMut(&mut Validator)) -> Validator {
    let length = (DATA.width * DATA.height) as usize;
    let plane = |name: &str| Plane { name: name.into(), samples: Samples::Float(vec![0.18; length]) };
    let planes = ["R", "G", "B"].map(plane);
    let attributes = [Attribute::chromaticities(&blender_gsd::color::named::AP1)];
    let picture = Picture {
        data_window: DATA,
        display_window: Region::new(0, 0, 64, 48),
        planes: &planes,
        attributes: &attributes,
    };
    let header = Header::parse(&exr::encode(&picture).unwrap(), &Limits::default()).unwrap();
    let (part, layers) = (&header.parts[0], exr::layers(&header));
    let frame = Frame {
        data_window: DATA,
        display_window: part.display_window,
        planes: planes.to_vec(),
        color_space: part.color_space(),
        missing: Vec::new(),
    };
    let judge = Judge::embedded().ok().map(Arc::new);
    let mut validator =
        Validator::new(ValidatorOptions { judge, text, is_sequence: true, ..ValidatorOptions::default() });
    for number in 1001..1001 + FRAMES {
        let file = format!("sign.{number}.exr");
        let picture = FrameObserved::Picture {
            header: &header,
            part,
            layer: &layers[0],
            frame: &frame,
            space: frame.color_space,
            mattes: &[],
        };
        validator.observe(&Observation { file: &file, number, seen: picture });
        seen(&mut validator);
    }
    validator
}

fn reason(report: &ShotReport) -> (Outcome, String) {
    let check = report.checks.iter().find(|check| check.id == CheckId::NoModernElements).unwrap();
    (check.outcome, check.reason.clone().unwrap_or_default())
}

#[test]
fn text_that_is_read_later_comes_to_the_same_report() {
    let at_once =
        observed(TextSearch::With(Arc::new(Signs)), |validator| assert_eq!(validator.take_unread(), None)).finish();
    let found: Vec<_> = at_once.issues.iter().filter(|issue| issue.check == CheckId::NoModernElements).collect();
    assert_eq!(found.len(), 2, "{found:#?}");
    // In pixels of the display window.
    assert_eq!(found[0].region, Some(Region::new(DATA.x + 2, DATA.y + 1, DATA.width - 4, 8)));

    let mut pictures = Vec::new();
    let mut later = observed(TextSearch::Later, |validator| pictures.extend(validator.take_unread())).close();
    assert_eq!(pictures.iter().map(|unread| unread.number).collect::<Vec<_>>(), [1001, 1025]);
    let (outcome, why) = reason(&later.report());
    assert_eq!(outcome, Outcome::NotApplicable);
    assert!(why.contains("it is not read yet"), "{why}");
    // The last comes first, and one that nobody asked for makes no difference.
    for unread in pictures.iter().rev() {
        later.read(unread.number, Signs.read(&unread.picture));
        later.read(unread.number, Signs.read(&unread.picture));
    }
    later.read(1002, Signs.read(&pictures[0].picture));
    assert_eq!(later.report(), at_once);
}

#[test]
fn a_picture_whose_text_is_not_read_is_told() {
    let mut pictures = Vec::new();
    let mut later = observed(TextSearch::Later, |validator| pictures.extend(validator.take_unread())).close();
    for unread in &pictures {
        later.read(unread.number, Err(Error::spec("the worker was stopped", "")));
    }
    let (outcome, why) = reason(&later.report());
    assert_eq!(outcome, Outcome::NotApplicable);
    assert!(why.contains("text could not be read: the worker was stopped") && !why.contains("not read yet"), "{why}");
}
