//! Thumbnails, and contact sheets of them: a page of the scene at a time, so that a long scene takes no more memory.

use std::fs;
use std::path::Path;

use image::{Rgb, RgbImage, imageops};
use rayon::prelude::*;

use super::{font, render};
use crate::editorial::{Event, SceneId, ShotId};
use crate::native::package::describe::Description;
use crate::native::package::gather::ShotFiles;
use crate::qc::Status;
use crate::{Error, Result};

/// The folder of thumbnails.
const FOLDER: &str = "thumbnails";
/// Their width, in pixels.
const WIDTH: u32 = 480;
/// Columns of a sheet.
const COLUMNS: u32 = 4;
/// Shots of a sheet.
const PAGE: usize = 24;
/// Between pictures, in pixels.
const GAP: u32 = 12;
/// Of the line below a picture, in pixels.
const LABEL: u32 = 26;
const PAPER: Rgb<u8> = Rgb([38, 38, 38]);
const INK: Rgb<u8> = Rgb([220, 220, 220]);

/// A thumbnail's path below the package.
pub(in crate::native::package) fn thumbnail(shot: &ShotId) -> String {
    format!("{FOLDER}/{shot}.jpg")
}

/// Writes a thumbnail of each shot, from the middle of its cut, and the scene's contact sheet.
///
/// # Errors
/// If a master cannot be read, or the system refuses.
pub(in crate::native::package) fn write(folder: &Path, of: &Description<'_>) -> Result<()> {
    let place = folder.join(FOLDER);
    fs::create_dir_all(&place).map_err(|error| Error::io("cannot be made", place.display(), error))?;
    let scene = &of.options.scene;
    let pages = of.timeline.events.chunks(PAGE);
    let is_long = pages.len() > 1;
    for (number, events) in pages.enumerate() {
        let pictures: Result<Vec<_>> = events.par_iter().map(|event| one(folder, of, scene, event)).collect();
        let name =
            if is_long { format!("contact_sheet_{:03}.jpg", number + 1) } else { "contact_sheet.jpg".to_owned() };
        let labels = events.iter().map(|event| label(of, event));
        render::write(&folder.join(name), &sheet(&pictures?, labels.collect()))?;
    }
    Ok(())
}

fn one(folder: &Path, of: &Description<'_>, scene: &SceneId, event: &Event) -> Result<RgbImage> {
    let shot = &event.clip.shot;
    let masters = of.shots.get(shot).map_or(&[][..], ShotFiles::masters);
    let middle = masters.get(masters.len() / 2).map_or("", |file| file.path.as_str());
    let picture = render::master(&folder.join(middle), of.project, (scene, shot), WIDTH)?;
    render::write(&folder.join(thumbnail(shot)), &picture.image)?;
    Ok(picture.image)
}

/// The shot with its length in the cut, and the colour of its verdict.
fn label(of: &Description<'_>, event: &Event) -> (String, Rgb<u8>) {
    let status = of.shots.get(&event.clip.shot).map_or(Status::Pass, |files| of.checked.status(files));
    let color = match status {
        Status::Pass => Rgb([64, 160, 96]),
        Status::Warn => Rgb([214, 168, 40]),
        Status::Fail => Rgb([208, 64, 56]),
    };
    (format!("{}  {}", event.clip.shot, event.clip.cut_length()), color)
}

fn sheet(pictures: &[RgbImage], labels: Vec<(String, Rgb<u8>)>) -> RgbImage {
    let height = pictures.iter().map(RgbImage::height).max().unwrap_or(1);
    let count = u32::try_from(pictures.len()).unwrap_or(COLUMNS);
    let (columns, rows) = (count.clamp(1, COLUMNS), count.div_ceil(COLUMNS));
    let cell = [WIDTH + GAP, height + LABEL + GAP];
    let mut sheet = RgbImage::from_pixel(columns * cell[0] + GAP, rows * cell[1] + GAP, PAPER);
    for (place, (picture, (label, color))) in (0..).zip(pictures.iter().zip(labels)) {
        let [x, y] = [GAP + place % COLUMNS * cell[0], GAP + place / COLUMNS * cell[1]];
        imageops::replace(&mut sheet, picture, x.into(), y.into());
        font::fill(&mut sheet, [x, y + height + 6], [10, 14], color);
        font::write(&mut sheet, [x + 18, y + height + 6], 2, INK, &label);
    }
    sheet
}
