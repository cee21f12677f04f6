//! Judges names: which rules know a word of them, and whether they fire.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::base::RuleBase;
use super::mentions::{Mention, MentionKind, path_tail};
use super::prose;
use super::rule::{Channel, Kind, Rule};
use super::run_together::Vocabulary;
use super::term::{Pattern, Piece, Term, alternatives};
use super::verdict::{Considered, Hit, Verdict, at_most, hits, settle};
use super::words::{Borders, Word, singulars, words};
use crate::{Error, Result, Severity};

/// How many words away a companion may stand in a sentence: farther ones speak of something else.
const NEAR: usize = 3;
/// More words than this are never one term written apart.
const MOST_JOINED: usize = 5;
/// Words of a name or a clause that are judged together. Those that people write have fewer.
const MOST_WORDS: usize = 128;
/// The group of words that names are made of, beside those of rules.
const FILLER: &str = "filler";

/// The rules made ready for one year. Cheap to ask, not cheap to make: make one and keep it.
#[derive(Debug)]
pub struct Judge {
    year: i32,
    rules: Vec<Compiled>,
    /// Rule and term by the first word, or by all words in one.
    starts: HashMap<String, Vec<(usize, usize)>>,
    vocabulary: Vocabulary,
}

#[derive(Debug)]
struct Compiled {
    rule: Rule,
    terms: Vec<Term>,
    requires: Vec<Pattern>,
    excludes: Vec<Pattern>,
    views: Vec<Pattern>,
}

/// Something that must be seen.
#[derive(Debug, Clone)]
pub struct Demand<'a> {
    /// The thing, in words.
    pub what: String,
    /// The rule that asks for it, if one does.
    pub rule: Option<&'a Rule>,
    patterns: Vec<Pattern>,
}

/// Whether companions may stand anywhere, and how a name says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Name,
    Sentence,
}

impl Judge {
    /// # Errors
    /// [`Error::Spec`] if a rule names a group of words that there is not, or has a term without a word.
    pub fn new(base: &RuleBase, year: i32) -> Result<Self> {
        let mut judge = Self { year, rules: Vec::new(), starts: HashMap::new(), vocabulary: Vocabulary::default() };
        for word in base.group(FILLER).unwrap_or_default() {
            judge.vocabulary.add(word);
        }
        for rule in base.rules() {
            let compiled = compile(rule, base).map_err(|error| in_rule(rule, error))?;
            judge.enter(compiled);
        }
        Ok(judge)
    }

    /// The rules that come with the program, for its film's year.
    ///
    /// # Errors
    /// None: a test makes one.
    pub fn embedded() -> Result<Self> {
        Self::new(&RuleBase::embedded()?, super::PERIOD_YEAR)
    }

    /// The year the film is set in.
    pub fn year(&self) -> i32 {
        self.year
    }

    /// Every rule in force.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|compiled| &compiled.rule)
    }

    /// What is out of its time in a name: of an object, a file, a layer.
    pub fn name(&self, name: &str, channel: Channel) -> Vec<Hit<'_>> {
        hits(self.consider_name(name, channel))
    }

    /// What is out of its time in a text of sentences: a prompt, a description. What it asks to leave out is not.
    pub fn prose(&self, text: &str) -> Vec<Hit<'_>> {
        hits(self.consider_prose(text))
    }

    /// Every rule that knows a word of the name, and what it makes of it; those that fire first.
    pub fn explain(&self, name: &str) -> Vec<Considered<'_>> {
        let considered = match name.split_whitespace().count() {
            0..=3 => self.consider_name(name, Channel::Crypto),
            _ => self.consider_prose(name),
        };
        settle(considered)
    }

    /// What is out of its time in what metadata says. Notes speak of things
    /// that need not be there: those are worth knowing.
    pub fn mention(&self, mention: &Mention) -> Vec<Hit<'_>> {
        match mention.kind {
            MentionKind::Asset => self.name(&path_tail(&mention.text), Channel::Name),
            MentionKind::Library => at_most(Severity::Warning, self.name(&path_tail(&mention.text), Channel::Name)),
            MentionKind::Hidden => at_most(Severity::Info, self.name(&path_tail(&mention.text), Channel::Name)),
            MentionKind::Letters => mention.text.lines().flat_map(|line| self.text(line)).collect(),
            MentionKind::Prompt | MentionKind::View | MentionKind::Demand => self.prose(&mention.text),
            MentionKind::Note => at_most(Severity::Info, self.prose(&mention.text)),
        }
    }

    /// What must be seen in a view that is called so, in the film's year.
    pub fn demanded_by_view(&self, view: &str) -> Vec<Demand<'_>> {
        let words = words(view, Borders::Case);
        let wanted = self.rules.iter().enumerate().filter(|(_, compiled)| {
            let is_there = compiled.rule.kind == Kind::Presence && compiled.rule.anachronism(self.year).is_none();
            is_there && compiled.views.iter().any(|pattern| pattern.is_in(&words, &(0..0)))
        });
        wanted.map(|(rule, _)| Demand::of_rule(self, rule)).collect()
    }

    /// What must be seen because metadata says so: the id of a rule, a thing that a rule knows, or any words. `None` for
    /// words without letters.
    pub fn demanded_by_name(&self, name: &str) -> Option<Demand<'_>> {
        let known =
            self.rules.iter().position(|compiled| compiled.rule.kind == Kind::Presence && compiled.rule.id == name);
        let named =
            || self.rules.iter().position(|compiled| compiled.rule.kind == Kind::Presence && is_named(compiled, name));
        match known.or_else(named) {
            Some(rule) => Some(Demand::of_rule(self, rule)),
            None => Some(Demand { what: name.to_owned(), rule: None, patterns: vec![Pattern::parse(name).ok()?] }),
        }
    }

    /// Words that rules know by themselves, for text whose letters were misread.
    pub(super) fn single_words(&self) -> impl Iterator<Item = (&Rule, &str)> {
        let terms =
            self.rules.iter().flat_map(|compiled| compiled.terms.iter().map(move |term| (&compiled.rule, term)));
        terms.filter(|(_, term)| term.with.is_empty()).filter_map(|(rule, term)| Some((rule, term.main.only_word()?)))
    }

    fn enter(&mut self, compiled: Compiled) {
        let rule = self.rules.len();
        for (number, term) in compiled.terms.iter().enumerate() {
            let first_words = term.main.variants.iter().filter_map(|pieces| match pieces.first() {
                Some(Piece::Word { text, .. }) => Some(text),
                _ => None,
            });
            for key in first_words.chain(&term.main.joined) {
                let entries = self.starts.entry(key.clone()).or_default();
                if !entries.contains(&(rule, number)) {
                    entries.push((rule, number));
                }
            }
        }
        let companions = compiled.terms.iter().flat_map(|term| term.with.iter().flatten());
        for pattern in companions.chain(&compiled.requires) {
            pattern.plain_words().chain(pattern.joined.as_deref()).for_each(|word| self.vocabulary.add(word));
        }
        for pattern in compiled.terms.iter().map(|term| &term.main) {
            match pattern.only_word() {
                Some(word) => self.vocabulary.add_thing(word),
                None => pattern.plain_words().for_each(|word| self.vocabulary.add(word)),
            }
            pattern.joined.iter().for_each(|word| self.vocabulary.add(word));
        }
        self.rules.push(compiled);
    }

    fn consider_name(&self, name: &str, channel: Channel) -> Vec<Considered<'_>> {
        let by_case = words(name, Borders::Case);
        let plain = words(name, Borders::Plain);
        let apart = self.take_apart(&plain, &by_case);
        let mut considered = self.consider(&by_case, Form::Name, channel);
        for other in [plain, apart] {
            if other != by_case {
                considered.extend(self.consider(&other, Form::Name, channel));
            }
        }
        considered
    }

    fn consider_prose(&self, text: &str) -> Vec<Considered<'_>> {
        let wanted = prose::positive_part(text);
        let mut all = Vec::new();
        for clause in prose::clauses(&wanted) {
            let plain: Vec<Word> = glue(&clause.words);
            let mut considered = self.consider(&clause.words, Form::Sentence, Channel::Name);
            if plain != clause.words {
                considered.extend(self.consider(&plain, Form::Sentence, Channel::Name));
            }
            if clause.is_negated {
                considered.iter_mut().for_each(|considered| considered.verdict = Verdict::Negated);
            }
            all.extend(considered);
        }
        all
    }

    /// The words with those taken apart that are written in one piece and have no capitals inside.
    fn take_apart(&self, plain: &[Word], by_case: &[Word]) -> Vec<Word> {
        let by_case: HashSet<&Word> = by_case.iter().collect();
        let mut apart = Vec::with_capacity(plain.len());
        for word in plain {
            let pieces = by_case.contains(word).then(|| self.vocabulary.split(&word.text)).flatten();
            match pieces {
                Some(pieces) => apart.extend(
                    pieces
                        .into_iter()
                        .enumerate()
                        .map(|(place, piece)| Word { text: piece.to_owned(), glued: word.glued || place > 0 }),
                ),
                None => apart.push(word.clone()),
            }
        }
        apart
    }

    /// Every place where a term stands, with what its rule makes of it.
    ///
    /// What a word means depends on all the others of its name, so that names without an end would take time without an
    /// end: longer ones are taken in pieces.
    fn consider(&self, words: &[Word], form: Form, channel: Channel) -> Vec<Considered<'_>> {
        words.chunks(MOST_WORDS).flat_map(|words| self.consider_piece(words, form, channel)).collect()
    }

    fn consider_piece(&self, words: &[Word], form: Form, channel: Channel) -> Vec<Considered<'_>> {
        let mut considered = Vec::new();
        for start in 0..words.len() {
            for (rule, number) in self.candidates(words, start) {
                let compiled = &self.rules[rule];
                let term = &compiled.terms[number];
                let Some(place) = term.main.find_at(words, start) else { continue };
                considered.push(Considered {
                    rule: &compiled.rule,
                    term: &term.source,
                    words: spoken(&words[place.clone()]),
                    verdict: self.verdict(compiled, term, words, &place, form, channel),
                });
            }
        }
        considered
    }

    fn candidates(&self, words: &[Word], start: usize) -> Vec<(usize, usize)> {
        let mut candidates: Vec<(usize, usize)> = Vec::new();
        let mut together = String::new();
        for word in words[start..].iter().take(MOST_JOINED) {
            together += &word.text;
            for key in singulars(&together) {
                candidates.extend(self.starts.get(&key).into_iter().flatten());
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    fn verdict(
        &self,
        compiled: &Compiled,
        term: &Term,
        words: &[Word],
        place: &Range<usize>,
        form: Form,
        channel: Channel,
    ) -> Verdict {
        let dated = compiled.rule.anachronism(self.year).filter(|_| compiled.rule.kind == Kind::Words);
        let Some(anachronism) = dated else { return Verdict::InItsTime };
        if !compiled.rule.channels.contains(&channel) {
            return Verdict::OtherChannel;
        }
        // In a sentence, only what stands near says what a word means.
        let (near, taken) = match form {
            Form::Name => (words, place.clone()),
            Form::Sentence => {
                let from = place.start.saturating_sub(NEAR);
                let to = (place.end + NEAR).min(words.len());
                (&words[from..to], place.start - from..place.end - from)
            }
        };
        let nothing = 0..0;
        if let Some(pattern) = compiled.excludes.iter().find(|pattern| pattern.is_in(near, &nothing)) {
            return Verdict::Excluded(pattern.plain_words().collect::<Vec<_>>().join(" "));
        }
        let lacking = term.with.iter().chain(Some(&compiled.requires).filter(|requires| !requires.is_empty()));
        for companions in lacking {
            if !companions.iter().any(|pattern| pattern.is_in(near, &taken)) {
                return Verdict::Lacks(
                    companions.iter().map(|pattern| pattern.plain_words().collect::<Vec<_>>().join(" ")).collect(),
                );
            }
        }
        let is_negated = match form {
            // "No drones", where people can read it, is as modern as a drone.
            _ if channel == Channel::Text => false,
            Form::Name => prose::is_negated_in_name(words, place),
            Form::Sentence => prose::is_negated_in_prose(words, place),
        };
        if is_negated { Verdict::Negated } else { Verdict::Fires(anachronism) }
    }
}

impl<'a> Demand<'a> {
    fn of_rule(judge: &'a Judge, rule: usize) -> Self {
        let compiled = &judge.rules[rule];
        let patterns = compiled.terms.iter().map(|term| term.main.clone()).collect();
        Self { what: compiled.rule.what.clone(), rule: Some(&compiled.rule), patterns }
    }

    /// Whether a name is that of the thing.
    pub fn is_met_by(&self, name: &str) -> bool {
        [Borders::Case, Borders::Plain].into_iter().any(|borders| {
            let words = words(name, borders);
            self.patterns.iter().any(|pattern| pattern.is_in(&words, &(0..0)))
        })
    }
}

fn is_named(compiled: &Compiled, name: &str) -> bool {
    let words = words(name, Borders::Case);
    compiled.terms.iter().any(|term| term.main.is_in(&words, &(0..0)))
}

fn compile(rule: &Rule, base: &RuleBase) -> Result<Compiled> {
    let has_words = matches!(rule.kind, Kind::Words | Kind::Presence);
    let terms = rule.terms.iter().filter(|_| has_words).map(|term| Term::parse(term, base)).collect::<Result<_>>()?;
    let all = |parts: &[String]| -> Result<Vec<Pattern>> {
        let patterns: Vec<Vec<Pattern>> = parts.iter().map(|part| alternatives(part, base)).collect::<Result<_>>()?;
        Ok(patterns.into_iter().flatten().collect())
    };
    Ok(Compiled {
        rule: rule.clone(),
        terms,
        requires: all(&rule.requires)?,
        excludes: all(&rule.excludes)?,
        views: all(&rule.views)?,
    })
}

fn in_rule(rule: &Rule, error: Error) -> Error {
    let fault = error.fault();
    Error::spec(format!("the period rule {:?}: {}", rule.id, fault.what), fault.next.clone())
}

/// The words with those in one that only capitals divide.
fn glue(words: &[Word]) -> Vec<Word> {
    let mut glued: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        match glued.last_mut() {
            Some(last) if word.glued && !word.is_number() && !last.is_number() => last.text += &word.text,
            _ => glued.push(word.clone()),
        }
    }
    glued
}

fn spoken(words: &[Word]) -> String {
    let mut text = String::new();
    for (place, word) in words.iter().enumerate() {
        if place > 0 && !word.glued {
            text.push(' ');
        }
        text += &word.text;
    }
    text
}
