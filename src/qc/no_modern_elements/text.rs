//! The hook for those who can read text in a picture.

use std::fmt;
use std::sync::Arc;

use super::evidence::Reading;
use super::grey::Grey;
use crate::Result;

/// Reads text in pictures.
pub trait TextReader: fmt::Debug + Send + Sync {
    /// Every line of text, with its box in pixels of `picture`.
    ///
    /// # Errors
    /// If the picture cannot be looked at.
    fn read(&self, picture: &Grey) -> Result<Vec<Reading>>;
}

/// Whether text is looked for in pictures.
#[derive(Debug, Clone)]
pub enum TextSearch {
    /// By this reader.
    With(Arc<dyn TextReader>),
    /// By someone who takes the pictures away ([`crate::qc::Validator::take_unread`]) and brings the readings when they are
    /// there ([`crate::qc::Observed::read`]).
    Later,
    /// It is not, and why, in words.
    Without(String),
}

/// A picture of which the text is to be read elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The frame's number.
    pub number: i32,
    /// What there is to read.
    pub picture: Grey,
}

impl Default for TextSearch {
    fn default() -> Self {
        Self::Without("text was not looked for".to_owned())
    }
}
