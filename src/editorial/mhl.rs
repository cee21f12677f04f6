//! An ASC MHL v2.0 history: the manifest of a generation, and the chain of manifests (ASC MHL Specification v1.0,
//! namespaces `urn:ASC:MHL:v2.0` and `urn:ASC:MHL:DIRECTORY:v2.0`).

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A file in the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MhlFile {
    /// Below the history's folder, with `/`.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// When it was last written, RFC 3339.
    pub modified: String,
    /// XXH3, 128 bit.
    pub xxh128: u128,
}

/// Who makes the manifest, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MhlCreator {
    /// RFC 3339, UTC.
    pub date: String,
    /// The machine's name.
    pub host: String,
    /// The program's version.
    pub version: String,
}

/// The manifest of the first generation, made in place. `hash` is XXH3, 128 bit, for the hashes of folders.
pub fn mhl_manifest(files: &[MhlFile], creator: &MhlCreator, hash: impl Fn(&[u8]) -> u128) -> String {
    let mut root = Folder::default();
    for file in files {
        root.insert(&file.path, file);
    }
    let date = escape(&creator.date);
    let mut entries = String::new();
    let hashes = root.write("", &date, &hash, &mut entries);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<hashlist version=\"2.0\" xmlns=\"urn:ASC:MHL:v2.0\">\n  <creatorinfo>\n    \
         <creationdate>{date}</creationdate>\n    <hostname>{}</hostname>\n    <tool version=\"{}\">blender-gsd</tool>\n  \
         </creatorinfo>\n  <processinfo>\n    <process>in-place</process>\n    <roothash>\n",
        escape(&creator.host),
        escape(&creator.version),
    );
    hashes.write(&date, "      ", &mut text);
    text += "    </roothash>\n    <ignore>\n      <pattern>.DS_Store</pattern>\n      <pattern>ascmhl</pattern>\n      \
             <pattern>ascmhl/</pattern>\n    </ignore>\n  </processinfo>\n  <hashes>\n";
    text += &entries;
    text += "  </hashes>\n</hashlist>\n";
    text
}

/// The chain file of a history with one generation: the manifest's name and its C4 identifier.
pub fn mhl_chain(manifest: &str, c4: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ascmhldirectory xmlns=\"urn:ASC:MHL:DIRECTORY:v2.0\">\n  \
         <hashlist sequencenr=\"1\">\n    <path>{}</path>\n    <c4>{}</c4>\n  </hashlist>\n</ascmhldirectory>\n",
        escape(manifest),
        escape(c4)
    )
}

#[derive(Default)]
struct Folder<'a> {
    children: BTreeMap<&'a str, Child<'a>>,
}

enum Child<'a> {
    File(&'a MhlFile),
    Folder(Folder<'a>),
}

/// What a folder holds, and what its names and shape are too.
#[derive(Clone, Copy)]
struct FolderHashes {
    content: u128,
    structure: u128,
}

impl<'a> Folder<'a> {
    fn insert(&mut self, path: &'a str, file: &'a MhlFile) {
        match path.split_once('/') {
            None => {
                self.children.insert(path, Child::File(file));
            }
            Some((folder, rest)) => {
                let child = self.children.entry(folder).or_insert_with(|| Child::Folder(Folder::default()));
                if let Child::Folder(folder) = child {
                    folder.insert(rest, file);
                }
            }
        }
    }

    /// Writes every file and folder below, each folder after what it holds.
    fn write(&self, place: &str, date: &str, hash: &impl Fn(&[u8]) -> u128, text: &mut String) -> FolderHashes {
        let (mut contents, mut structures) = (Vec::new(), Vec::new());
        for (name, child) in &self.children {
            let path = if place.is_empty() { (*name).to_owned() } else { format!("{place}/{name}") };
            let hashes = match child {
                Child::File(file) => {
                    let _ = writeln!(
                        text,
                        "    <hash>\n      <path size=\"{}\" lastmodificationdate=\"{}\">{}</path>\n      \
                         <xxh128 action=\"original\" hashdate=\"{date}\">{:032x}</xxh128>\n    </hash>",
                        file.bytes,
                        escape(&file.modified),
                        escape(&path),
                        file.xxh128,
                    );
                    FolderHashes { content: file.xxh128, structure: file.xxh128 }
                }
                Child::Folder(folder) => {
                    let hashes = folder.write(&path, date, hash, text);
                    let _ = writeln!(text, "    <directoryhash>\n      <path>{}</path>", escape(&path));
                    hashes.write(date, "      ", text);
                    text.push_str("    </directoryhash>\n");
                    hashes
                }
            };
            contents.push(hashes.content);
            let mut named = name.as_bytes().to_vec();
            named.extend(hashes.structure.to_be_bytes());
            structures.push(hash(&named));
        }
        FolderHashes { content: hash_list(contents, hash), structure: hash_list(structures, hash) }
    }
}

impl FolderHashes {
    fn write(self, date: &str, indent: &str, text: &mut String) {
        for (name, value) in [("content", self.content), ("structure", self.structure)] {
            let _ = writeln!(
                text,
                "{indent}<{name}>\n{indent}  <xxh128 hashdate=\"{date}\">{value:032x}</xxh128>\n{indent}</{name}>"
            );
        }
    }
}

/// The hash of hashes, which are sorted as text; numbers of one length sort alike.
fn hash_list(mut hashes: Vec<u128>, hash: &impl Fn(&[u8]) -> u128) -> u128 {
    hashes.sort_unstable();
    hash(&hashes.iter().flat_map(|hash| hash.to_be_bytes()).collect::<Vec<u8>>())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
