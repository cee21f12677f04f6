//! Cryptomatte: which names a file's mattes carry.
//!
//! Source: Cryptomatte specification 1.2.0 (Psyop), "Metadata". Ranks and coverage are decoded where they are needed.

use serde::Serialize;

use super::header::Part;

/// The metadata of one set of mattes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CryptomatteManifest {
    /// Its layer name, such as `CryptoObject`.
    pub name: String,
    /// Number of the part that holds it.
    pub part: usize,
    /// Every name in the manifest with its hash, sorted by name; empty where the manifest lies elsewhere.
    pub names: Vec<(String, u32)>,
    /// The file that holds the manifest, relative to the picture, if it is not embedded.
    pub sidecar: Option<String>,
    /// What is wrong with the metadata, in words.
    pub problem: Option<String>,
}

impl CryptomatteManifest {
    /// Every set of mattes that the part's metadata declares.
    pub fn of_part(number: usize, part: &Part) -> Vec<Self> {
        let ids = part
            .attributes
            .iter()
            .filter_map(|attribute| attribute.name.strip_prefix("cryptomatte/")?.strip_suffix("/name"));
        ids.map(|id| Self::of_id(number, part, id)).collect()
    }

    fn of_id(number: usize, part: &Part, id: &str) -> Self {
        let text = |field: &str| part.text(&format!("cryptomatte/{id}/{field}"));
        let sidecar = text("manif_file").map(str::to_owned);
        let (names, problem) = match text("manifest").map(Self::parse) {
            Some(Ok(names)) => (names, None),
            Some(Err(problem)) => (Vec::new(), Some(problem)),
            None if sidecar.is_some() => (Vec::new(), None),
            None => (Vec::new(), Some("there is no manifest: mattes have no names".into())),
        };
        Self { name: text("name").unwrap_or_default().to_owned(), part: number, names, sidecar, problem }
    }

    /// A manifest: a JSON object of names and their hashes as eight hexadecimal digits.
    ///
    /// # Errors
    /// In words, if it is not one.
    pub fn parse(json: &str) -> Result<Vec<(String, u32)>, String> {
        let map: std::collections::BTreeMap<String, String> =
            serde_json::from_str(json).map_err(|error| format!("the manifest is damaged: {error}"))?;
        map.into_iter()
            .map(|(name, hash)| match u32::from_str_radix(&hash, 16) {
                Ok(hash) => Ok((name, hash)),
                Err(_) => Err(format!("the manifest gives {name:?} the hash {hash:?}")),
            })
            .collect()
    }
}
