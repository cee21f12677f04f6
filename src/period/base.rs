//! The rules in force: the film's own, and what a production changes about them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rule::Rule;
use crate::{Error, Result};

/// The rules that come with the program, by subject.
const EMBEDDED: [(&str, &str); 10] = [
    ("words", include_str!("rules/words.toml")),
    ("devices", include_str!("rules/devices.toml")),
    ("vehicles", include_str!("rules/vehicles.toml")),
    ("subway", include_str!("rules/subway.toml")),
    ("street", include_str!("rules/street.toml")),
    ("city", include_str!("rules/city.toml")),
    ("brands", include_str!("rules/brands.toml")),
    ("film", include_str!("rules/film.toml")),
    ("text", include_str!("rules/text.toml")),
    ("gone", include_str!("rules/gone.toml")),
];

/// The year that *MSG 1998* is set in.
pub const PERIOD_YEAR: i32 = 1998;

/// What a production says about its period: the table `[period]` of `gsd.toml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The year the film is set in.
    pub year: Option<i32>,
    /// Whether only the rules given here are in force, and none that come with the program.
    pub only: bool,
    /// Rules of the program that are not in force, by id.
    pub without: Vec<String>,
    /// Rules of the production; one with the id of another takes its place.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// Groups of words for `@group` in terms; one with the name of another takes its place.
    pub words: BTreeMap<String, Vec<String>>,
}

impl Settings {
    /// The `[period]` table of a `gsd.toml`, or nothing where it has none; its year may also stand above, as `period_year`.
    ///
    /// # Errors
    /// [`Error::Spec`] with the line, if it is no TOML or holds what a rule does not have.
    pub fn from_toml(text: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Project {
            period_year: Option<i32>,
            #[serde(default)]
            period: Settings,
        }
        let Project { period_year, period } = parse(text)?;
        Ok(Self { year: period.year.or(period_year), ..period })
    }

    /// A file of rules: what `[period]` holds, at the top level.
    ///
    /// # Errors
    /// As [`Settings::from_toml`].
    pub fn from_rules_file(text: &str) -> Result<Self> {
        parse(text)
    }
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| 1 + text[..span.start.min(text.len())].matches('\n').count());
        let place = line.map_or_else(String::new, |line| format!(" in line {line}"));
        let what = format!("the period rules cannot be read{place}: {}", error.message());
        Error::spec(what, "docs/PERIOD.md says what a rule has")
    })
}

/// The rules in force and the words they use.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuleBase {
    rules: Vec<Rule>,
    words: BTreeMap<String, Vec<String>>,
}

impl RuleBase {
    /// The rules that come with the program.
    ///
    /// # Errors
    /// None: a test reads them.
    pub fn embedded() -> Result<Self> {
        let mut base = Self::default();
        for (subject, text) in EMBEDDED {
            let settings = Settings::from_rules_file(text).map_err(|error| error.in_file(format!("{subject}.toml")))?;
            base.layer(settings)?;
        }
        Ok(base)
    }

    /// The rules that come with the program, changed as the production says.
    ///
    /// # Errors
    /// [`Error::Spec`] if a rule of the production is without its words, its dates or its id, or `without` names a rule
    /// that there is not.
    pub fn with(settings: Settings) -> Result<Self> {
        let mut base = Self::embedded()?;
        if settings.only {
            base.rules.clear();
        }
        base.layer(settings)?;
        Ok(base)
    }

    /// Puts rules over those there are.
    fn layer(&mut self, settings: Settings) -> Result<()> {
        for id in &settings.without {
            let count = self.rules.len();
            self.rules.retain(|rule| rule.id != *id);
            if self.rules.len() == count {
                let next = "`blender-gsd period rules` lists them";
                return Err(Error::spec(format!("`without` names the period rule {id:?}, which there is not"), next));
            }
        }
        self.words.extend(settings.words);
        for rule in settings.rules {
            check(&rule)?;
            match self.rules.iter_mut().find(|known| known.id == rule.id) {
                Some(known) => *known = rule,
                None => self.rules.push(rule),
            }
        }
        Ok(())
    }

    /// Every rule, in the order of the files.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of that id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The words of a group.
    pub(super) fn group(&self, name: &str) -> Option<&[String]> {
        self.words.get(name).map(Vec::as_slice)
    }
}

/// What serde cannot see: a rule that could never fire, or could not be named.
fn check(rule: &Rule) -> Result<()> {
    use super::rule::Kind;
    let wants_terms = !matches!(rule.kind, Kind::Year | Kind::Handle | Kind::Hashtag | Kind::QrCode);
    let is_dated = rule.introduced.is_some() || rule.until.is_some() || rule.kind == Kind::Year;
    let is_id = !rule.id.is_empty() && rule.id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let what = match rule {
        _ if !is_id => "its id is not of letters, digits and _",
        _ if wants_terms && rule.terms.is_empty() => "it has no terms",
        _ if rule.kind == Kind::Presence && rule.views.is_empty() => "it has no views that must show it",
        _ if !is_dated => "it has neither `introduced` nor `until`",
        Rule { introduced: Some(introduced), until: Some(until), .. } if introduced > until => {
            "it is gone before it comes: `until` is less than `introduced`"
        }
        _ => return Ok(()),
    };
    Err(Error::spec(
        format!("the period rule {:?} cannot be used: {what}", rule.id),
        "docs/PERIOD.md says what a rule has",
    ))
}
