//! Names with places to fill: `masters/{name}_master.{frame}.exr`.

use std::fmt;

use serde::Deserialize;

use crate::{Error, Result};

/// A name with places to fill.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place(Token),
}

/// What can be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// The scene's name.
    Scene,
    /// The shot's name.
    Shot,
    /// What `name` under `[output]` makes of all the others.
    Name,
    /// `show` in the settings.
    Show,
    /// `task` in the settings.
    Task,
    /// `vendor` in the settings.
    Vendor,
    /// `version` in the settings, three digits at least.
    Version,
    /// The deliverable's name.
    Format,
    /// The frame's number, four digits at least.
    Frame,
    /// The frame's time code. This and what follows have no place in a path.
    Timecode,
    /// The day on which the movie is made.
    Date,
    /// What the movie is looked at through, in words.
    View,
}

impl Token {
    /// Those of paths, then those of captions only.
    const ALL: [(&str, Self); 12] = [
        ("scene", Self::Scene),
        ("shot", Self::Shot),
        ("name", Self::Name),
        ("show", Self::Show),
        ("task", Self::Task),
        ("vendor", Self::Vendor),
        ("version", Self::Version),
        ("format", Self::Format),
        ("frame", Self::Frame),
        ("timecode", Self::Timecode),
        ("date", Self::Date),
        ("view", Self::View),
    ];
    /// How many have a place in a path.
    const OF_PATHS: usize = 9;
}

impl Template {
    /// A path, or a part of one.
    ///
    /// # Errors
    /// If a place is not known or has no place in a path, or a bracket is not closed.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_with(text, &Token::ALL[..Token::OF_PATHS])
    }

    /// A text in which there may be any place.
    pub(super) fn parse_any(text: &str) -> Result<Self> {
        Self::parse_with(text, &Token::ALL)
    }

    fn parse_with(text: &str, tokens: &[(&str, Token)]) -> Result<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return Err(Error::spec(format!("in {text:?} a bracket is not closed"), "Close it with }"));
            };
            let token = tokens.iter().find(|(known, _)| *known == name).ok_or_else(|| {
                let known: Vec<String> = tokens.iter().map(|(known, _)| format!("{{{known}}}")).collect();
                Error::spec(format!("{{{name}}} is nothing to fill in"), format!("There are {}", known.join(" ")))
            })?;
            pieces.extend([Piece::Text(before.to_owned()), Piece::Place(token.1)]);
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        pieces.retain(|piece| *piece != Piece::Text(String::new()));
        Ok(Self(pieces))
    }

    /// A template of the code's own; empty were it not sound, which a test sees to.
    pub(super) fn literal(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|_| Self::empty())
    }

    pub(super) const fn empty() -> Self {
        Self(Vec::new())
    }

    /// A text without places, whatever is in it.
    pub(super) fn plain(text: &str) -> Self {
        let pieces = (!text.is_empty()).then(|| Piece::Text(text.to_owned()));
        Self(Vec::from_iter(pieces))
    }

    /// The same with those places filled that `value` knows.
    pub(super) fn filled(&self, value: impl Fn(Token) -> Option<String>) -> Self {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Place(token) => value(*token).map_or_else(|| piece.clone(), Piece::Text),
            Piece::Text(_) => piece.clone(),
        });
        Self(pieces.filter(|piece| *piece != Piece::Text(String::new())).collect())
    }

    /// Whether there is a place for that.
    pub fn has(&self, token: Token) -> bool {
        self.0.contains(&Piece::Place(token))
    }

    /// The name with every place filled by `value`; a place that it gives nothing for stays empty.
    pub fn fill(&self, value: impl Fn(Token) -> String) -> String {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Place(token) => value(*token),
        });
        pieces.collect()
    }

    /// The same without a place for frame numbers and the separator before it: a lone frame has no number.
    pub fn without_frame(&self) -> Self {
        let mut pieces = self.0.clone();
        if let Some(place) = pieces.iter().position(|piece| *piece == Piece::Place(Token::Frame)) {
            pieces.remove(place);
            if let Some(Piece::Text(text)) = place.checked_sub(1).and_then(|before| pieces.get_mut(before))
                && text.ends_with(['.', '_', '-'])
            {
                text.pop();
            }
        }
        Self(pieces)
    }
}

impl TryFrom<String> for Template {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Place(token) => {
                    let name = Token::ALL.iter().find(|(_, known)| known == token).map_or("", |(name, _)| name);
                    write!(f, "{{{name}}}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Template, Token};

    fn template(text: &str) -> Template {
        Template::parse(text).unwrap_or_else(|error| unreachable!("{error}"))
    }

    #[test]
    fn places_are_filled_and_a_lone_frame_has_no_number() {
        let name = template("masters/{shot}_master.{frame}.exr");
        let value = |token| if token == Token::Shot { "S1".to_owned() } else { "1001".into() };
        assert_eq!(name.fill(value), "masters/S1_master.1001.exr");
        assert_eq!(name.without_frame().fill(value), "masters/S1_master.exr");
        assert_eq!(template("{frame}.exr").without_frame().to_string(), ".exr");
        assert_eq!(name.to_string(), "masters/{shot}_master.{frame}.exr");
        assert!(name.has(Token::Frame) && !name.has(Token::Scene));
    }

    #[test]
    fn unknown_places_are_refused() {
        for wrong in ["{sht}", "{", "a{shot", "{}", "{shot:03}"] {
            assert!(Template::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(template("a}b").to_string(), "a}b");
    }
}
