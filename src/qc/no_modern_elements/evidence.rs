//! What is known of a shot and its frames, gathered by those who can open files.

use serde::{Deserialize, Serialize};

use crate::blend::{Blend, Datablock, Kind};
use crate::exr::cryptomatte::{Labels, MatteObject};
use crate::exr::{ByteSource, Cryptomatte, Header, Limits};
use crate::frame::Region;
use crate::period::{Mention, MentionKind};

/// What is known of a shot beside its frames.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShotEvidence {
    /// The files that say something.
    pub sources: Vec<Source>,
    /// Files that could not be read, and why, in words.
    pub problems: Vec<String>,
}

/// A file that names things: a .blend, a list of assets, a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name as the report gives it.
    pub file: String,
    /// What it names.
    pub mentions: Vec<Mention>,
}

impl Source {
    /// What a .blend names. `is_library` is for one that others take things from.
    pub fn of_blend(file: &str, blend: &Blend, is_library: bool) -> Self {
        let mut mentions = Vec::new();
        for datablock in &blend.datablocks {
            let place = match datablock.kind {
                Kind::Object => "object",
                Kind::Shape => "shape",
                Kind::Look => "material or texture",
                Kind::Image => "image",
                Kind::Collection => "collection",
                Kind::Font => "font",
                Kind::Linked => "linked",
                Kind::Text => "text",
                // A camera may well be called after a drone, a library after all it could give.
                Kind::Camera | Kind::Library | Kind::Other => continue,
            };
            let kind = match datablock {
                _ if is_library => MentionKind::Library,
                Datablock { is_rendered: false, .. } => MentionKind::Hidden,
                _ => MentionKind::Asset,
            };
            let mut say = |text: &str, kind, place: &str| {
                mentions.push(Mention { text: text.to_owned(), kind, place: place.to_owned() })
            };
            match (datablock.kind, &datablock.text) {
                (Kind::Text, Some(text)) => say(text, MentionKind::Note, "text"),
                (Kind::Text, None) => {}
                (_, letters) => {
                    say(&datablock.name, kind, place);
                    letters.iter().filter(|_| !is_library).for_each(|text| say(text, MentionKind::Letters, "letters"));
                }
            }
            datablock.path.iter().for_each(|path| say(path, kind, &format!("{place} file")));
        }
        Self { file: file.to_owned(), mentions }
    }

    /// The beginning of a finding's sentence.
    pub(super) fn subject(&self, mention: &Mention, words: &str) -> String {
        let place = &mention.place;
        match mention.kind {
            MentionKind::Asset => format!("{:?} ({place})", mention.text),
            MentionKind::Library => format!("{:?} ({place}, in a file that things are linked from)", mention.text),
            MentionKind::Hidden => format!("{:?} ({place}, switched off for renders)", mention.text),
            MentionKind::Letters => format!("What says {words:?} ({place})"),
            MentionKind::Prompt => format!("{words:?}, which the prompt asks for ({place}),"),
            MentionKind::Note => format!("{words:?}, of which a note speaks ({place}),"),
            MentionKind::View | MentionKind::Demand => format!("{words:?} ({place})"),
        }
    }
}

/// What one frame's mattes and pixels say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FrameEvidence {
    /// Every set of mattes; objects before materials, as the file has them.
    pub mattes: Vec<MatteNames>,
    /// What was read in the picture.
    pub pixels: PixelEvidence,
}

/// The objects of one set of mattes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MatteNames {
    /// The set's name, such as `CryptoObject`.
    pub set: String,
    /// What is on screen.
    pub objects: Vec<MatteObject>,
    /// What the objects' boxes are relative to.
    pub display_window: Region,
    /// Why not all of it can be relied on, in words.
    pub problem: Option<String>,
}

impl MatteNames {
    /// Decodes a set, whose manifest is there if it can be: what is on screen, and where. A set that cannot be decoded has
    /// no objects, and says why.
    pub fn of_set<S: ByteSource + ?Sized>(
        set: &Cryptomatte,
        source: &S,
        header: &Header,
        limits: &Limits,
    ) -> (Self, Option<Labels>) {
        let display_window = header.parts.get(set.part).map(|part| part.display_window).unwrap_or_default();
        let (objects, doubt, labels) = match set.survey_with_labels(source, header, limits) {
            Ok((survey, labels)) => (survey.objects, survey.doubts.into_iter().next(), labels),
            Err(error) => (Vec::new(), Some(error.to_string()), None),
        };
        (Self { set: set.name.clone(), objects, display_window, problem: set.problem.clone().or(doubt) }, labels)
    }
}

/// What was read in a frame's pixels.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum PixelEvidence {
    /// The frame was not among those looked at.
    #[default]
    NotSampled,
    /// It cannot be looked at, and why, in words.
    Impossible(String),
    /// It was looked at.
    Read {
        /// What was found.
        readings: Vec<Reading>,
        /// What could not be looked for, in words: text without a model.
        without: Option<String>,
    },
}

/// Something that was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// What it is.
    pub kind: ReadingKind,
    /// The text, or what the code says; empty where only its place is known.
    pub text: String,
    /// Where, in pixels of the display window from its top left.
    pub region: Region,
    /// How sure the recognizer is, 0 to 1.
    pub score: f64,
}

/// What can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadingKind {
    /// A line of text.
    Text,
    /// A QR code.
    QrCode,
}
