//! What a shot's metadata says is in it: asset lists and prompts in JSON of a shape nobody promised.
//!
//! Every string is a mention, sorted by the keys above it: what lists things (also as keys: `{"payphone": 2}`), prompts,
//! notes, views, what the view must contain. Left out is what says what is *not* wanted (`negative_prompt`, `avoid` …) and
//! what is about tools and not about the picture (software, cameras, model files).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::words::{Borders, words};
use crate::{Error, Result};

/// Something that metadata says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The words.
    pub text: String,
    /// What sort of saying it is.
    pub kind: MentionKind,
    /// Where it stands: a JSON Pointer (RFC 6901), empty for the whole text.
    pub place: String,
}

/// What a mention is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MentionKind {
    /// The name of a thing or a file.
    Asset,
    /// The name of a thing in a file that others take things from: it need not be in the picture.
    Library,
    /// The name of a thing that renders leave out.
    Hidden,
    /// Letters that the picture shows.
    Letters,
    /// A sentence that asks for a picture.
    Prompt,
    /// A sentence about the shot: names things that need not be in it.
    Note,
    /// Where the view is, or what it is of.
    View,
    /// Something that must be seen.
    Demand,
}

/// Words of keys under which stands what is not wanted.
const UNWANTED: [&str; 22] = [
    "negative",
    "negatives",
    "neg",
    "avoid",
    "avoided",
    "exclude",
    "excluded",
    "excludes",
    "exclusion",
    "exclusions",
    "forbidden",
    "banned",
    "prohibited",
    "unwanted",
    "remove",
    "removed",
    "removals",
    "without",
    "blacklist",
    "blocklist",
    "denylist",
    "disallowed",
];
/// Words of keys under which stands what is about tools, people and files, not about the picture.
const ABOUT_TOOLS: [&str; 40] = [
    "software",
    "generator",
    "renderer",
    "version",
    "host",
    "hostname",
    "machine",
    "user",
    "username",
    "author",
    "artist",
    "owner",
    "email",
    "gpu",
    "cpu",
    "driver",
    "date",
    "time",
    "timestamp",
    "created",
    "modified",
    "checkpoint",
    "sampler",
    "scheduler",
    "seed",
    "lora",
    "loras",
    "vae",
    "camera",
    "cameras",
    "lens",
    "url",
    "uri",
    "checksum",
    "sha256",
    "md5",
    "uuid",
    "license",
    "copyright",
    "issues",
];
const NOTES: [&str; 12] = [
    "note",
    "notes",
    "comment",
    "comments",
    "review",
    "feedback",
    "todo",
    "history",
    "changelog",
    "client",
    "remark",
    "remarks",
];
const PROMPTS: [&str; 9] =
    ["prompt", "prompts", "positive", "caption", "description", "synopsis", "action", "brief", "parameters"];
const VIEWS: [&str; 9] =
    ["view", "views", "location", "setting", "skyline", "vista", "backdrop", "establishing", "place"];
const DEMANDS: [&str; 3] = ["required", "requires", "must"];
/// Ends of files that hold the weights of a network.
const WEIGHTS: [&str; 6] = [".safetensors", ".ckpt", ".pt", ".pth", ".onnx", ".gguf"];

/// Every mention in a JSON text.
///
/// # Errors
/// [`Error::Input`] if it is no JSON.
pub fn mentions(json: &str) -> Result<Vec<Mention>> {
    let value: Value = serde_json::from_str(json.trim_start_matches('\u{feff}')).map_err(|error| {
        let place = crate::error::Place::at_line(error.line());
        Error::malformed(place, format!("this is no JSON: {error}"))
    })?;
    let mut found = Vec::new();
    walk(&value, MentionKind::Asset, &mut String::new(), &mut found);
    Ok(found)
}

/// What one attribute of a picture's header says: as if it stood in JSON under that key.
pub fn attribute_mentions(name: &str, text: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    entry(name, &Value::String(text.to_owned()), MentionKind::Asset, &mut format!("/{name}"), &mut found);
    found
}

fn walk(value: &Value, kind: MentionKind, place: &mut String, found: &mut Vec<Mention>) {
    match value {
        Value::String(text) => say(text, kind, place, found),
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                below(place, &index.to_string(), |place| walk(value, kind, place, found));
            }
        }
        Value::Object(map) => {
            let unwanted = unwanted_nodes(map);
            for (key, value) in map.iter().filter(|(key, _)| !unwanted.contains(key.as_str())) {
                below(place, key, |place| entry(key, value, kind, place, found));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn entry(key: &str, value: &Value, kind: MentionKind, place: &mut String, found: &mut Vec<Mention>) {
    let names = words(key, Borders::Case);
    let has = |known: &[&str]| names.iter().any(|word| known.contains(&word.text.as_str()));
    let starts_with_no = names.first().is_some_and(|word| matches!(word.text.as_str(), "no" | "not" | "never"));
    if has(&UNWANTED) || starts_with_no || has(&ABOUT_TOOLS) {
        return;
    }
    let kind = match kind {
        // What stands below a note is a note; what stands below a prompt is one.
        MentionKind::Note | MentionKind::Prompt | MentionKind::Demand => kind,
        _ if has(&NOTES) => MentionKind::Note,
        _ if has(&DEMANDS) => MentionKind::Demand,
        _ if has(&PROMPTS) => MentionKind::Prompt,
        _ if has(&VIEWS) => MentionKind::View,
        _ => kind,
    };
    // A key that counts or affirms names a thing itself.
    let counts = match value {
        Value::Bool(is_there) => *is_there,
        Value::Number(number) => number.as_f64().is_some_and(|number| number > 0.0),
        Value::Object(_) => true,
        Value::Null | Value::String(_) | Value::Array(_) => false,
    };
    if counts && kind != MentionKind::Note {
        found.push(Mention { text: key.to_owned(), kind: MentionKind::Asset, place: place.clone() });
    }
    walk(value, kind, place, found);
}

fn say(text: &str, kind: MentionKind, place: &str, found: &mut Vec<Mention>) {
    let trimmed = text.trim();
    let lower = trimmed.to_ascii_lowercase();
    if trimmed.is_empty() || WEIGHTS.iter().any(|end| lower.ends_with(end)) || lower.contains("://") {
        return;
    }
    // A graph of nodes kept as a text inside the JSON, as image generators do.
    if trimmed.starts_with(['{', '['])
        && let Ok(value) = serde_json::from_str::<Value>(trimmed)
    {
        return walk(&value, kind, &mut place.to_owned(), found);
    }
    let is_sentence = trimmed.split_whitespace().count() > 3 && !trimmed.contains(['/', '\\']);
    let kind = if kind == MentionKind::Asset && is_sentence { MentionKind::Prompt } else { kind };
    found.push(Mention { text: trimmed.to_owned(), kind, place: place.to_owned() });
}

fn below(place: &mut String, key: &str, job: impl FnOnce(&mut String)) {
    let length = place.len();
    place.push('/');
    place.push_str(&key.replace('~', "~0").replace('/', "~1"));
    job(place);
    place.truncate(length);
}

/// In a graph of an image generator (ComfyUI's API form: nodes by number, each with `class_type` and `inputs`), the nodes
/// that only ever lead into an input called "negative".
fn unwanted_nodes(map: &Map<String, Value>) -> BTreeSet<&str> {
    let inputs = |node: &'_ str| map.get(node).and_then(|node| node.get("inputs")).and_then(Value::as_object);
    let is_graph =
        map.values().any(|node| node.get("class_type").is_some_and(Value::is_string) && node.get("inputs").is_some());
    if !is_graph {
        return BTreeSet::new();
    }
    let link = |value: &'_ Value| {
        value.as_array().filter(|link| link.len() == 2).and_then(|link| link[0].as_str()).map(str::to_owned)
    };
    let closure = |seeds: Vec<String>, skips_negative: bool| {
        let (mut reached, mut waiting) = (BTreeSet::new(), seeds);
        while let Some(node) = waiting.pop() {
            if !reached.insert(node.clone()) {
                continue;
            }
            for (name, value) in inputs(&node).into_iter().flatten() {
                if !(skips_negative && name.contains("negative")) {
                    waiting.extend(link(value));
                }
            }
        }
        reached
    };
    let (mut negative, mut fed) = (Vec::new(), BTreeSet::new());
    for node in map.keys() {
        for (name, value) in inputs(node).into_iter().flatten() {
            fed.extend(link(value));
            if name.contains("negative") {
                negative.extend(link(value));
            }
        }
    }
    // What nothing takes is an end of the graph; all that leads there, but for negatives, is wanted.
    let ends = map.keys().filter(|node| !fed.contains(*node)).cloned().collect();
    let wanted = closure(ends, true);
    let unwanted = closure(negative, false);
    map.keys().map(String::as_str).filter(|node| unwanted.contains(*node) && !wanted.contains(*node)).collect()
}

/// The part of a path that names the thing: all of a relative one, the last three of an absolute one, whose beginning is
/// the machine's.
pub fn path_tail(path: &str) -> String {
    let path = path.replace('\\', "/");
    let is_absolute = (path.starts_with('/') && !path.starts_with("//")) || path.get(1..3) == Some(":/");
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let from = if is_absolute { parts.len().saturating_sub(3) } else { 0 };
    parts[from..].join("/")
}

#[cfg(test)]
mod tests {
    use super::{MentionKind, mentions, path_tail};

    fn said(json: &str) -> Vec<(String, MentionKind)> {
        let mentions = mentions(json).unwrap_or_default();
        mentions.into_iter().map(|mention| (mention.text, mention.kind)).collect()
    }

    #[test]
    fn what_is_not_wanted_or_about_tools_is_left_out() {
        let json = r#"{"shot": {"assets": ["payphone", {"name": "cab"}], "negative_prompt": "iphone", "avoid": ["drone"], "no_phones": "x",
            "software": "Tesla Studio", "camera": {"model": "iPhone"}, "model": "iphone_style.safetensors"}}"#;
        let texts: Vec<String> = said(json).into_iter().map(|(text, _)| text).collect();
        assert_eq!(texts, ["shot", "payphone", "cab"]);
    }

    #[test]
    fn keys_that_count_are_things_and_sentences_are_prompts() {
        let json = r#"{"props": {"iphone": 2, "pager": 0, "vape": false}, "prompt": "a cab", "notes": "less haze", "view": "harbor", "must_contain": ["wtc"]}"#;
        use MentionKind::{Asset, Demand, Note, Prompt, View};
        let expected = [
            ("props", Asset),
            ("iphone", Asset),
            ("a cab", Prompt),
            ("less haze", Note),
            ("harbor", View),
            ("wtc", Demand),
        ];
        let mut found = said(json);
        found.sort();
        let mut expected = expected.map(|(text, kind)| (text.to_owned(), kind)).to_vec();
        expected.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn nodes_that_lead_only_into_a_negative_are_left_out() {
        let json = r#"{"3": {"class_type": "KSampler", "inputs": {"positive": ["6", 0], "negative": ["7", 0], "seed": 5}},
            "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a street of 1998"}},
            "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "smartphones"}},
            "9": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}}}"#;
        let texts = said(json);
        assert!(texts.iter().any(|(text, _)| text == "a street of 1998"), "{texts:?}");
        assert!(!texts.iter().any(|(text, _)| text == "smartphones"), "{texts:?}");
    }

    #[test]
    fn the_beginning_of_an_absolute_path_is_the_machines() {
        assert_eq!(path_tail("/mnt/tesla/show/props/iphone/tex/a.png"), "iphone/tex/a.png");
        assert_eq!(path_tail("C:\\show\\tex\\a.png"), "show/tex/a.png");
        assert_eq!(path_tail("//textures/cars/a.png"), "textures/cars/a.png");
    }
}
