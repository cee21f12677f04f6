//! The project a command belongs to: a folder and its settings.

use std::path::{Path, PathBuf};

use super::config::{Caption, Config, Template, Token};
use crate::editorial::{SceneId, ShotId};
use crate::{Error, Result};

/// The file that marks a project's folder.
pub const MARKER: &str = "gsd.toml";

/// The project's folder: the one that was named, else the nearest with a [`MARKER`] from `current` upwards, else
/// `current`.
///
/// # Errors
/// If the named one is no folder.
pub fn find(named: Option<&Path>, current: &Path) -> Result<PathBuf> {
    if let Some(named) = named {
        return match named.is_dir() {
            true => Ok(named.to_owned()),
            false => Err(Error::spec("the project is no folder", "Give --project a folder").in_file(named.display())),
        };
    }
    let marked = current.ancestors().find(|folder| folder.join(MARKER).is_file());
    Ok(marked.unwrap_or(current).to_owned())
}

/// A project's folder and settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// The folder that relative paths start from.
    pub root: PathBuf,
    /// What its [`MARKER`] says, or the defaults.
    pub config: Config,
}

impl Project {
    /// The project in `root`.
    ///
    /// # Errors
    /// If its settings cannot be read, or say something that cannot be.
    pub fn load(root: &Path) -> Result<Self> {
        Ok(Self { root: root.to_owned(), config: Config::load(&root.join(MARKER))? })
    }

    /// A scene's output folder.
    pub fn output_folder(&self, scene: &SceneId) -> PathBuf {
        let folder = self.config.output.folder.fill(|token| match token {
            Token::Scene => scene.to_string(),
            token => self.value(token),
        });
        self.root.join(folder)
    }

    /// A template filled in for a shot and a format; `frame` where it has a number.
    pub fn fill(&self, template: &Template, names: [&str; 2], format: &str, frame: Option<i32>) -> String {
        self.fill_with(template, names, format, &frame.map(frame_text).unwrap_or_default())
    }

    /// The same with any text where the frame's number is.
    pub(super) fn fill_with(&self, template: &Template, [scene, shot]: [&str; 2], format: &str, frame: &str) -> String {
        template.fill(|token| match token {
            Token::Scene => scene.into(),
            Token::Shot => shot.into(),
            Token::Format => format.into(),
            Token::Frame => frame.into(),
            Token::Name => self.fill(&self.config.output.name, [scene, shot], format, None),
            token => self.value(token),
        })
    }

    /// What the names of one shot's deliverables begin with.
    pub fn name_of(&self, scene: &SceneId, shot: &ShotId) -> String {
        self.fill(&self.config.output.name, [scene.as_str(), shot.as_str()], "", None)
    }

    /// A caption filled in with what is known of a movie; places for a frame and the day stay.
    pub(super) fn caption(&self, caption: &Caption, names: [&str; 2], format: &str, view: &str) -> Caption {
        let [scene, shot] = names;
        caption.filled(|token| match token {
            Token::Frame | Token::Timecode | Token::Date => None,
            Token::Scene => Some(scene.into()),
            Token::Shot => Some(shot.into()),
            Token::Format => Some(format.into()),
            Token::View => Some(view.into()),
            Token::Name => Some(self.fill(&self.config.output.name, names, format, None)),
            token => Some(self.value(token)),
        })
    }

    /// What is the same for all shots; empty for the rest.
    pub(super) fn value(&self, token: Token) -> String {
        let config = &self.config;
        match token {
            Token::Show => config.show.clone(),
            Token::Task => config.task.clone(),
            Token::Vendor => config.vendor.clone(),
            Token::Version => format!("{:03}", config.version),
            Token::Scene | Token::Shot | Token::Name | Token::Format => String::new(),
            Token::Frame | Token::Timecode | Token::Date | Token::View => String::new(),
        }
    }
}

/// A frame's number as names have it: four digits at least, `-0003` for a negative one.
pub fn frame_text(number: i32) -> String {
    match number {
        ..0 => format!("-{:04}", number.unsigned_abs()),
        _ => format!("{number:04}"),
    }
}
