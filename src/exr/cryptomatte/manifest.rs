//! Manifests: ids to names.

use std::collections::BTreeMap;

use super::hash::id_of_hash;

/// What a manifest holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Every name with its id, sorted by name.
    pub names: Vec<(String, u32)>,
    /// Which entries are of no use, in words.
    pub problem: Option<String>,
}

/// Reads a manifest: a JSON object of names and their hashes as eight hexadecimal digits (*Specification*, "Manifest").
///
/// # Errors
/// In words, if it is no such object. An entry whose hash is none is left out and told.
pub fn parse_manifest(json: &[u8]) -> Result<Manifest, String> {
    let map: BTreeMap<String, String> =
        serde_json::from_slice(json).map_err(|error| format!("the manifest is damaged: {error}"))?;
    let mut manifest = Manifest::default();
    let mut wrong = Vec::new();
    for (name, hash) in map {
        match parse_hash(&hash) {
            Some(hash) => manifest.names.push((name, id_of_hash(hash))),
            None => wrong.push((name, hash)),
        }
    }
    if let Some((name, hash)) = wrong.first() {
        let more = if wrong.len() > 1 { format!(", and {} more like it", wrong.len() - 1) } else { String::new() };
        manifest.problem = Some(format!("the manifest gives {name:?} the hash {hash:?}{more}"));
    }
    Ok(manifest)
}

fn parse_hash(text: &str) -> Option<u32> {
    // `from_str_radix` alone would take a sign.
    let is_hash = (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| u32::from_str_radix(text, 16).ok()).flatten()
}
