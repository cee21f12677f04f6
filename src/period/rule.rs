//! What a rule says.

use serde::{Deserialize, Serialize};

use crate::Severity;

/// One thing with its dates, and the words by which it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name in findings and settings: letters, digits and `_`.
    pub id: String,
    /// The thing, as a sentence has it: "a smartphone".
    pub what: String,
    /// What the terms are.
    #[serde(default)]
    pub kind: Kind,
    /// Words by which it is known, in a notation of its own: see `docs/PERIOD.md`.
    #[serde(default)]
    pub terms: Vec<String>,
    /// One of these must be in the name, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// None of these may be in the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<String>,
    /// For [`Kind::Presence`]: what a view is called that must show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<String>,
    /// First year it could be seen in New York.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduced: Option<i32>,
    /// Last year it could be seen there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i32>,
    /// How bad it is.
    #[serde(default)]
    pub severity: Severity,
    /// What to show in its place.
    pub suggestion: String,
    /// How sure the words and the dates are.
    #[serde(default)]
    pub confidence: Confidence,
    /// Where the dates come from.
    pub source: String,
    /// Where it is looked for.
    #[serde(default = "Channel::all")]
    pub channels: Vec<Channel>,
}

/// What a rule's terms are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Words of names.
    #[default]
    Words,
    /// Names of something that views called [`Rule::views`] must show.
    Presence,
    /// No terms: a four-digit year.
    Year,
    /// Area codes of telephone numbers.
    AreaCode,
    /// Shapes of licence plates; `A` is a letter, `9` a digit.
    Plate,
    /// No terms: `@name`.
    Handle,
    /// No terms: `#name`.
    Hashtag,
    /// Ends of web addresses.
    Domain,
    /// No terms: a QR code that was read in the picture.
    QrCode,
}

/// Where a name was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A name without pixels: datablocks, texture files, layers, asset lists, prompts.
    Name,
    /// A name with pixels: a Cryptomatte's.
    Crypto,
    /// Text that was read in the picture.
    Text,
}

impl Channel {
    fn all() -> Vec<Self> {
        vec![Self::Name, Self::Crypto, Self::Text]
    }
}

/// How sure a rule is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// The words can mean something else; never an error.
    Low,
    /// Dates or words leave some doubt.
    Medium,
    /// The words mean this, and the dates are on record.
    #[default]
    High,
}

/// Why something is out of its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Anachronism {
    /// It came in this year, after the film's.
    NotYet(i32),
    /// It was last there in this year, before the film's.
    NoLonger(i32),
}

impl Rule {
    /// Whether it was there in `year`, and if not, why.
    ///
    /// A year's rule has no dates of its own and is never out of its time.
    pub fn anachronism(&self, year: i32) -> Option<Anachronism> {
        let not_yet = self.introduced.filter(|&introduced| introduced > year).map(Anachronism::NotYet);
        not_yet.or_else(|| self.until.filter(|&until| until < year).map(Anachronism::NoLonger))
    }
}

impl std::fmt::Display for Anachronism {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotYet(year) => write!(f, "not before {year}"),
            Self::NoLonger(year) => write!(f, "not after {year}"),
        }
    }
}
