//! `qc/`: a picture of each finding, with its box drawn.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use image::{Rgb, RgbImage};
use rayon::prelude::*;

use super::render::Small;
use super::{font, render};
use crate::editorial::ShotId;
use crate::frame::Region;
use crate::native::ffmpeg::Ffmpeg;
use crate::native::package::describe::Description;
use crate::native::package::gather::{Deliverable, File, ShotFiles};
use crate::qc::{QcIssue, Severity};
use crate::spec::Container;
use crate::{Error, Result};

/// The folder of the pictures.
const FOLDER: &str = "qc";
/// The widest picture, in pixels.
const WIDTH: u32 = 1280;
/// Findings of one shot that get a picture, the worst first: as many as anybody looks at.
const MOST: usize = 100;
/// The least side of a box, in pixels of the picture: a single pixel is found too.
const LEAST: u32 = 16;
/// Of the line below the picture, in pixels.
const LABEL: u32 = 26;
const PAPER: Rgb<u8> = Rgb([38, 38, 38]);
const INK: Rgb<u8> = Rgb([220, 220, 220]);

/// Paths of pictures below the package, by the place of the shot in the report and of the finding in the shot.
pub(in crate::native::package) type Pictures = BTreeMap<[usize; 2], String>;

/// Writes a picture of every finding that has a frame to show.
///
/// # Errors
/// If the system refuses. A frame that cannot be read has no picture; the report says what is wrong with it.
pub(in crate::native::package) fn write(folder: &Path, of: &Description<'_>) -> Result<Pictures> {
    let has_issues = |files: &ShotFiles| of.checked.of_shot(files).any(|shot| !shot.issues.is_empty());
    let shots: Vec<(&ShotId, &ShotFiles)> = of.shots.iter().filter(|(_, files)| has_issues(files)).collect();
    if shots.is_empty() {
        return Ok(Pictures::new());
    }
    let place = folder.join(FOLDER);
    fs::create_dir_all(&place).map_err(|error| Error::io("cannot be made", place.display(), error))?;
    // Without it, findings in movies are shown on the masters.
    let ffmpeg = Ffmpeg::find(of.options.ffmpeg.as_deref()).ok();
    let shot = |(shot, files): (&ShotId, &ShotFiles)| Shot { folder, of, shot, files, ffmpeg: ffmpeg.as_ref() }.write();
    let pictures: Result<Vec<Pictures>> = shots.into_par_iter().map(shot).collect();
    Ok(pictures?.into_iter().flatten().collect())
}

/// One shot whose findings are drawn.
struct Shot<'a> {
    folder: &'a Path,
    of: &'a Description<'a>,
    shot: &'a ShotId,
    files: &'a ShotFiles,
    ffmpeg: Option<&'a Ffmpeg>,
}

impl Shot<'_> {
    fn write(&self) -> Result<Pictures> {
        let mut issues: Vec<([usize; 2], &QcIssue)> = self.of.checked.issues_of(self.files).collect();
        issues.sort_by_key(|(_, issue)| std::cmp::Reverse(issue.severity));
        issues.truncate(MOST);
        // Findings of one frame stand together: it is decoded once.
        issues.sort_by_key(|(_, issue)| (issue.file.clone(), self.number(issue)));
        let mut last: Option<((&str, i32), Option<Small>)> = None;
        let mut pictures = Pictures::new();
        for (place, issue) in issues {
            let frame = (issue.file.as_str(), self.number(issue));
            let picture = match last.take() {
                Some((known, picture)) if known == frame => picture,
                _ => self.picture(issue),
            };
            if let Some(picture) = &picture {
                let [_, finding] = place;
                let name = format!("{FOLDER}/{}_{}_{}_{:02}.jpg", self.shot, frame.1, issue.check.name(), finding + 1);
                let text = format!("{}  {}  {}", self.shot, frame.1, issue.check.name());
                render::write(&self.folder.join(&name), &drawn(picture, issue, &text))?;
                pictures.insert(place, name);
            }
            last = Some((frame, picture));
        }
        Ok(pictures)
    }

    /// The frame to show.
    fn number(&self, issue: &QcIssue) -> i32 {
        self.files.number(issue.peak_frame.unwrap_or(issue.frame))
    }

    /// The frame where the finding is worst: of the movie it is in, else of the master.
    fn picture(&self, issue: &QcIssue) -> Option<Small> {
        let index = self.number(issue).checked_sub(self.files.frames[0]).and_then(|index| u32::try_from(index).ok())?;
        let names = (&self.of.options.scene, self.shot);
        let of_master = || {
            let file = self.files.masters().get(index as usize)?;
            render::master(&self.folder.join(&file.path), self.of.project, names, WIDTH).ok()
        };
        match self.files.deliverable(&issue.file) {
            Some((Deliverable { spec, .. }, File { path, .. })) if spec.format != Container::OpenExr => {
                let of_movie =
                    |ffmpeg| render::movie(ffmpeg, &self.folder.join(path), index, spec.resolution, WIDTH).ok();
                // On the master the box lies where it lay in the movie.
                let of_master = || Some(Small { source: spec.resolution, ..of_master()? });
                self.ffmpeg.and_then(of_movie).or_else(of_master)
            }
            _ => of_master(),
        }
    }
}

/// The picture with the box on it and a line below.
fn drawn(picture: &Small, issue: &QcIssue, text: &str) -> RgbImage {
    let image = &picture.image;
    let mut drawn = RgbImage::from_pixel(image.width(), image.height() + LABEL, PAPER);
    image::imageops::replace(&mut drawn, image, 0, 0);
    let color = match issue.severity {
        Severity::Error => Rgb([255, 64, 48]),
        Severity::Warning => Rgb([255, 208, 0]),
        Severity::Info => Rgb([0, 208, 255]),
    };
    if let Some(region) = issue.region {
        let [corner, size] = placed(region, picture.source, [image.width(), image.height()]);
        outline(&mut drawn, corner, size, color);
    }
    let y = image.height() + 6;
    font::fill(&mut drawn, [6, y], [10, 14], color);
    font::write(&mut drawn, [24, y], 2, INK, text);
    drawn
}

/// Corner and size of a box in a picture that is `shown` of `source`, never smaller than one can see.
fn placed(region: Region, source: [u32; 2], shown: [u32; 2]) -> [[u32; 2]; 2] {
    let axis = |start: i32, length: u32, source: u32, shown: u32| {
        let scale = f64::from(shown) / f64::from(source.max(1));
        let length = (f64::from(length) * scale).ceil().max(f64::from(LEAST));
        let start = (f64::from(start) * scale).clamp(0.0, (f64::from(shown) - length).max(0.0));
        (start as u32, (length as u32).min(shown))
    };
    let (x, width) = axis(region.x, region.width, source[0], shown[0]);
    let (y, height) = axis(region.y, region.height, source[1], shown[1]);
    [[x, y], [width, height]]
}

/// Two pixels of colour around the box, within a dark one that parts it from a picture of the same colour.
fn outline(image: &mut RgbImage, [x, y]: [u32; 2], [width, height]: [u32; 2], color: Rgb<u8>) {
    for (inset, color) in [(0, Rgb([0, 0, 0])), (1, color), (2, color), (3, Rgb([0, 0, 0]))] {
        let ([x, y], [width, height]) =
            ([x + inset, y + inset], [width, height].map(|side| side.saturating_sub(2 * inset)));
        for [x, y, width, height] in [
            [x, y, width, 1],
            [x, (y + height).saturating_sub(1), width, 1],
            [x, y, 1, height],
            [(x + width).saturating_sub(1), y, 1, height],
        ] {
            font::fill(image, [x, y], [width, height], color);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::placed;
    use crate::frame::Region;

    #[test]
    fn boxes_scale_with_the_picture_and_stay_in_it() {
        let placed = |region| placed(region, [4096, 1716], [1280, 536]);
        assert_eq!(placed(Region::new(2048, 858, 1024, 512)), [[640, 268], [320, 160]]);
        assert_eq!(placed(Region::new(4095, 1715, 1, 1)), [[1264, 520], [16, 16]]);
        assert_eq!(placed(Region::new(-100, 0, 9000, 9000)), [[0, 0], [1280, 536]]);
    }
}
