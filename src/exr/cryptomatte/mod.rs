//! Cryptomatte: which object is where in a picture, to the fraction of a pixel.
//!
//! A file carries typed *sets* of mattes (objects, materials, assets). In a set, every pixel lists the objects that
//! cover it, most coverage first; a *rank* is one place in that list, two channels: the object's id and its coverage. An
//! id is the hash of the object's name, kept as the bits of a 32-bit float; the manifest gives the names back.
//!
//! A [`Cryptomatte`] is one set as the header declares it. [`Cryptomatte::survey`] walks the pixels once and says how
//! much of the picture each object covers and where; [`Cryptomatte::matte`] makes one object's matte, and
//! [`Cryptomatte::objects_at`] tells who is under a pixel.
//!
//! Source: "Cryptomatte Specification" 1.2.0 (Psyop, 2018), cited as *Specification*.

mod hash;
mod labels;
mod manifest;
mod matte;
mod ranks;
mod rows;
mod survey;

pub use hash::{id_of_hash, id_of_name};
pub use labels::Labels;
pub use manifest::{Manifest, parse_manifest};
pub use matte::{Matte, ObjectAt};
pub use ranks::Rank;
pub use survey::{MatteObject, Survey};

use serde::Serialize;

use super::header::{Header, Part};
use crate::{Error, Result};

/// One set of mattes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cryptomatte {
    /// Its layer name, such as `CryptoObject`.
    pub name: String,
    /// Number of the part whose metadata declares it.
    pub part: usize,
    /// Every name in the manifest with its id, sorted by name; empty where the manifest lies elsewhere.
    pub names: Vec<(String, u32)>,
    /// The file that holds the manifest, relative to the picture, if it is not embedded.
    pub sidecar: Option<String>,
    /// What is wrong with the manifest, in words.
    pub problem: Option<String>,
    /// Its channels, most coverage first.
    pub ranks: Vec<Rank>,
    /// Why there are no ranks, in words: the mattes cannot be decoded then.
    pub unusable: Option<String>,
}

impl Cryptomatte {
    /// Every set of mattes that a file declares, part by part. A set that several parts declare is there once.
    pub fn sets(header: &Header) -> Vec<Self> {
        let mut sets: Vec<Self> = Vec::new();
        for (number, part) in header.parts.iter().enumerate() {
            let keys = part.attributes.iter().filter_map(|attribute| key(&attribute.name));
            for set in keys.map(|key| Self::declared(header, number, part, key)) {
                let is_same = |known: &Self| known.name == set.name && known.ranks == set.ranks;
                if !sets.iter().any(is_same) {
                    sets.push(set);
                }
            }
        }
        sets
    }

    fn declared(header: &Header, number: usize, part: &Part, key: &str) -> Self {
        let text = |field: &str| part.text(&format!("cryptomatte/{key}/{field}"));
        let name = text("name").unwrap_or_default().to_owned();
        let ranks = check_method(text("hash"), text("conversion")).and_then(|()| ranks::find(header, number, &name));
        let (ranks, unusable) = match ranks {
            Ok(ranks) => (ranks, None),
            Err(why) => (Vec::new(), Some(why)),
        };
        let sidecar = text("manif_file").map(str::to_owned);
        let mut set = Self { name, part: number, names: Vec::new(), sidecar, problem: None, ranks, unusable };
        match text("manifest") {
            Some(json) => set.read_manifest(json.as_bytes()),
            None if set.sidecar.is_some() => {}
            None => set.problem = Some("there is no manifest: mattes have no names".into()),
        }
        set
    }

    /// Takes the names from the bytes of a manifest, embedded or from a file of its own; what is wrong with it becomes
    /// [`Self::problem`].
    pub fn read_manifest(&mut self, json: &[u8]) {
        match parse_manifest(json) {
            Ok(manifest) => (self.names, self.problem) = (manifest.names, manifest.problem),
            Err(problem) => self.problem = Some(problem),
        }
    }

    /// The id that pixels of the object of that name have: the manifest's, or the name's own hash where the manifest does
    /// not hold it.
    pub fn id_of(&self, name: &str) -> u32 {
        let known = self.names.binary_search_by(|(known, _)| known.as_str().cmp(name));
        known.ok().and_then(|place| self.names.get(place)).map_or_else(|| id_of_name(name), |&(_, id)| id)
    }

    /// The name that belongs to an id, as far as the manifest knows it.
    pub fn name_of(&self, id: u32) -> Option<&str> {
        self.names.iter().find(|&&(_, known)| known == id).map(|(name, _)| name.as_str())
    }

    /// The ranks, of which there is at least one.
    fn usable_ranks(&self) -> Result<&[Rank]> {
        match &self.unusable {
            None => Ok(&self.ranks),
            Some(why) => Err(Error::spec(
                format!("the mattes of {:?} cannot be decoded: {why}", self.name),
                "Render Cryptomatte again with 32-bit float channels, unfiltered and without lossy compression",
            )),
        }
    }
}

/// The id of a set in the name of its first attribute (*Specification*, "Metadata"): `cryptomatte/<id>/name`.
fn key(attribute: &str) -> Option<&str> {
    attribute.strip_prefix("cryptomatte/")?.strip_suffix("/name")
}

/// Refuses what the specification does not know. Absent values are its only ones.
fn check_method(hash: Option<&str>, conversion: Option<&str>) -> Result<(), String> {
    match (hash.unwrap_or("MurmurHash3_32"), conversion.unwrap_or("uint32_to_float32")) {
        ("MurmurHash3_32", "uint32_to_float32") => Ok(()),
        ("MurmurHash3_32", other) => Err(format!("its conversion {other:?} is not uint32_to_float32")),
        (other, _) => Err(format!("its hash {other:?} is not MurmurHash3_32")),
    }
}
