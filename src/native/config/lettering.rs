//! What slates and burn-ins say.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use super::template::{Template, Token};
use crate::{Error, Result};

/// A text with places to fill: those of a path, and `{timecode}`, `{date}` and `{view}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Caption(Template);

/// What a slate says beside what is known anyhow.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Slate {
    /// What was done to the shot.
    pub scope: Caption,
    /// Anything.
    pub note: Caption,
    /// The colour of the movie, where it is to be said in other words than the view's.
    pub media_color: Caption,
}

/// What burn-ins say, in six places.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BurnIn {
    /// The first of those above.
    pub top_left: Caption,
    /// Between both.
    pub top_center: Caption,
    /// The last above.
    pub top_right: Caption,
    /// The first below.
    pub bottom_left: Caption,
    /// Between both.
    pub bottom_center: Caption,
    /// The last below.
    pub bottom_right: Caption,
}

impl Caption {
    fn parse(text: &str) -> Result<Self> {
        Template::parse_any(text).map(Self)
    }

    /// A text of the code's own; empty were it not sound, which a test sees to.
    fn own(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|_| Self(Template::empty()))
    }

    /// A text without places.
    pub(in crate::native) fn literal(text: &str) -> Self {
        Self(Template::plain(text))
    }

    /// The day.
    pub(in crate::native) fn date() -> Self {
        Self::own("{date}")
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.0 == Template::empty()
    }

    /// The text with every place filled by `value`.
    pub fn fill(&self, value: impl Fn(Token) -> String) -> String {
        self.0.fill(value)
    }

    /// The text with those places filled that `value` knows.
    pub(in crate::native) fn filled(&self, value: impl Fn(Token) -> Option<String>) -> Self {
        Self(self.0.filled(value))
    }
}

impl TryFrom<String> for Caption {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl fmt::Display for Caption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Caption {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Default for Slate {
    fn default() -> Self {
        let [scope, note, media_color] = ["", "", ""].map(Caption::own);
        Self { scope, note, media_color }
    }
}

impl Default for BurnIn {
    fn default() -> Self {
        let own = Caption::own;
        Self {
            top_left: own("{show}"),
            top_center: own(""),
            top_right: own("{date}"),
            bottom_left: own("{shot} v{version}"),
            bottom_center: own("{timecode}"),
            bottom_right: own("{frame}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BurnIn, Caption, Token};

    #[test]
    fn the_captions_of_the_code_are_sound() {
        let BurnIn { top_left, top_right, bottom_left, bottom_center, bottom_right, .. } = BurnIn::default();
        for caption in [top_left, top_right, bottom_left, bottom_center, bottom_right, Caption::date()] {
            assert!(!caption.is_empty());
        }
    }

    #[test]
    fn what_is_known_is_filled_and_the_rest_stays() {
        let caption = Caption::own("{shot} {frame}");
        let known = caption.filled(|token| (token == Token::Shot).then(|| "S{1".to_owned()));
        assert_eq!(known.to_string(), "S{1 {frame}");
        assert_eq!(known.fill(|_| "1001".into()), "S{1 1001");
    }
}
