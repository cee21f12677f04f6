//! From the bytes of datablocks to their names.

use std::collections::HashMap;

use serde::Serialize;

use super::Datablock;
use super::block::FileHeader;
use super::sdna::Sdna;

/// What a datablock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something in the scene.
    Object,
    /// A camera in the scene.
    Camera,
    /// A shape: mesh, curve, text, volume, hair, points, armature, light.
    Shape,
    /// A material, a texture, a group of nodes, a world.
    Look,
    /// An image.
    Image,
    /// A collection of objects.
    Collection,
    /// A text that Blender's editor shows: a script, notes.
    Text,
    /// A typeface.
    Font,
    /// Another .blend.
    Library,
    /// Something that is linked from another .blend.
    Linked,
    /// Scenes, screens, brushes, actions: nothing that a picture shows.
    Other,
}

/// A datablock as it stands in the file.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) code: [u8; 2],
    /// Where it lay in memory: what pointers to it hold.
    pub(super) address: u64,
    /// Number of its structure.
    pub(super) structure: usize,
    pub(super) bytes: Vec<u8>,
    /// What belongs to it: address, structure, bytes.
    pub(super) data: Vec<(u64, usize, Vec<u8>)>,
}

impl Raw {
    /// Whether there is text in what belongs to it: curves may be text objects.
    pub(super) fn keeps_data(&self) -> bool {
        matches!(&self.code, b"TX" | b"CU")
    }
}

impl Kind {
    fn of(code: [u8; 2]) -> Self {
        match &code {
            b"OB" => Self::Object,
            b"CA" => Self::Camera,
            b"ME" | b"CU" | b"MB" | b"LA" | b"AR" | b"CV" | b"PT" | b"VO" | b"GD" | b"GP" | b"LT" | b"PA" => {
                Self::Shape
            }
            b"MA" | b"TE" | b"NT" | b"WO" => Self::Look,
            b"IM" => Self::Image,
            b"GR" => Self::Collection,
            b"TX" => Self::Text,
            b"VF" => Self::Font,
            b"LI" => Self::Library,
            b"ID" => Self::Linked,
            _ => Self::Other,
        }
    }
}

/// `Object.type` of a camera (*DNA_object_types.h*, `OB_CAMERA`).
const CAMERA_OBJECT: u16 = 11;
/// Bit of `Object.visibility_flag` that keeps it out of renders (*DNA_object_types.h*, `OB_HIDE_RENDER`).
const HIDE_RENDER: u16 = 1 << 2;
/// Names that files of different ages have for the same field.
const PATH_FIELDS: [&str; 3] = ["filepath", "name", "filename"];

/// Every datablock with its name; what has no readable name is left out.
pub(super) fn interpret(raw: &[Raw], sdna: &Sdna, header: &FileHeader) -> Vec<Datablock> {
    let mut datablocks: Vec<Datablock> = Vec::with_capacity(raw.len());
    let mut library: Option<String> = None;
    let mut places = Vec::with_capacity(raw.len());
    // Shapes by their address: whether an object that renders show has it.
    let mut shown: HashMap<u64, bool> = HashMap::new();
    for raw in raw {
        let reader = Reader { raw, sdna, header };
        let Some(datablock) = reader.datablock(library.as_deref()) else { continue };
        // What is linked stands behind the library it comes from.
        if datablock.kind == Kind::Library {
            library.clone_from(&datablock.path);
        }
        if matches!(datablock.kind, Kind::Object | Kind::Camera)
            && let Some(shape) = reader.address("data")
        {
            *shown.entry(shape).or_default() |= datablock.is_rendered;
        }
        places.push(raw.address);
        datablocks.push(datablock);
    }
    // A shape of which no render shows an object is not shown either.
    for (datablock, address) in datablocks.iter_mut().zip(places) {
        datablock.is_rendered &= datablock.kind != Kind::Shape || shown.get(&address).is_none_or(|&is_shown| is_shown);
    }
    datablocks
}

struct Reader<'a> {
    raw: &'a Raw,
    sdna: &'a Sdna,
    header: &'a FileHeader,
}

impl Reader<'_> {
    fn datablock(&self, library: Option<&str>) -> Option<Datablock> {
        let mut kind = Kind::of(self.raw.code);
        // A placeholder for something linked is a bare ID; everything else starts with one.
        let is_id = self.sdna.name(self.raw.structure) == Some("ID");
        let full = self.string(if is_id { "name" } else { "id.name" })?;
        let name = full.get(2..)?.to_owned();
        let number = |field: &str| self.bytes(field).map(|bytes| self.header.u16(bytes));
        if kind == Kind::Object && number("type") == Some(CAMERA_OBJECT) {
            kind = Kind::Camera;
        }
        let visibility = number("visibility_flag").or_else(|| number("restrictflag")).unwrap_or(0);
        let is_hidden = kind == Kind::Object && visibility & HIDE_RENDER != 0;
        let path = matches!(kind, Kind::Image | Kind::Font | Kind::Library).then(|| self.path()).flatten();
        let text = match &self.raw.code {
            b"TX" => Some(self.lines()),
            b"CU" => self.pointed("str").map(until_zero),
            _ => None,
        };
        let library = (kind == Kind::Linked).then(|| library.map(str::to_owned)).flatten();
        let text = text.filter(|text| !text.trim().is_empty());
        Some(Datablock { kind, name, path, text, library, is_rendered: !is_hidden })
    }

    fn bytes(&self, path: &str) -> Option<&[u8]> {
        let field = self.sdna.field(self.raw.structure, path)?;
        self.raw.bytes.get(field.offset..field.offset.checked_add(field.size)?)
    }

    fn string(&self, path: &str) -> Option<String> {
        self.bytes(path).map(until_zero).filter(|text| !text.is_empty())
    }

    fn path(&self) -> Option<String> {
        PATH_FIELDS.iter().find_map(|field| self.string(field))
    }

    /// A pointer that leads somewhere.
    fn address(&self, path: &str) -> Option<u64> {
        self.header.pointer_at(self.bytes(path)?).filter(|&address| address != 0)
    }

    /// The data that a pointer leads to.
    fn pointed(&self, path: &str) -> Option<&[u8]> {
        let address = self.address(path)?;
        let found = self.raw.data.iter().find(|(at, ..)| *at == address);
        found.map(|(_, _, bytes)| bytes.as_slice())
    }

    /// The lines of a text: structures of a linked list, each with a pointer to its letters.
    fn lines(&self) -> String {
        let Some(structure) = self.sdna.structure("TextLine") else { return String::new() };
        let Some(field) = self.sdna.field(structure, "line") else { return String::new() };
        let by_address: HashMap<u64, &[u8]> =
            self.raw.data.iter().map(|(at, _, bytes)| (*at, bytes.as_slice())).collect();
        let mut text = String::new();
        // The file has them in their order.
        for (_, _, bytes) in self.raw.data.iter().filter(|(_, kind, _)| *kind == structure) {
            let pointer = bytes.get(field.offset..).and_then(|bytes| self.header.pointer_at(bytes));
            if let Some(line) = pointer.and_then(|at| by_address.get(&at)) {
                text += &until_zero(line);
                text.push('\n');
            }
        }
        text
    }
}

fn until_zero(bytes: &[u8]) -> String {
    let text = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).into_owned()
}
