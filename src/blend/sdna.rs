//! The SDNA: which structures a .blend has, and where in them their fields are.

use super::block::FileHeader;
use crate::error::Place;
use crate::{Error, Result};

/// The structures of one file.
#[derive(Debug)]
pub(super) struct Sdna {
    structures: Vec<Structure>,
}

#[derive(Debug)]
struct Structure {
    name: String,
    fields: Vec<Field>,
}

/// One field of a structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    name: String,
    /// Its type's name, without what the name says of pointers and arrays.
    kind: String,
    /// From the structure's beginning, in bytes.
    pub(super) offset: usize,
    /// In bytes.
    pub(super) size: usize,
}

impl Sdna {
    pub(super) fn parse(bytes: &[u8], header: &FileHeader) -> Result<Self> {
        let mut parser = Parser { bytes, at: 0, header };
        parser.tag(b"SDNA")?;
        parser.tag(b"NAME")?;
        let names = parser.strings()?;
        parser.tag(b"TYPE")?;
        let types = parser.strings()?;
        parser.tag(b"TLEN")?;
        let mut lengths = Vec::new();
        for _ in &types {
            lengths.push(usize::from(parser.u16()?));
        }
        parser.tag(b"STRC")?;
        let count = parser.u32()?;
        let mut structures = Vec::new();
        for _ in 0..count {
            structures.push(parser.structure(&names, &types, &lengths)?);
        }
        Ok(Self { structures })
    }

    /// The number of the structure of that name.
    pub(super) fn structure(&self, name: &str) -> Option<usize> {
        self.structures.iter().position(|structure| structure.name == name)
    }

    /// The name of the structure of that number.
    pub(super) fn name(&self, number: usize) -> Option<&str> {
        self.structures.get(number).map(|structure| structure.name.as_str())
    }

    /// A field by its path, `id.name`: each step a field of the structure before.
    pub(super) fn field(&self, structure: usize, path: &str) -> Option<Field> {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let field = self.structures.get(structure)?.fields.iter().find(|field| field.name == first)?;
        match rest {
            None => Some(field.clone()),
            Some(rest) => {
                let within = self.field(self.structure(&field.kind)?, rest)?;
                Some(Field { offset: field.offset + within.offset, ..within })
            }
        }
    }
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    header: &'a FileHeader,
}

impl<'a> Parser<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(length);
        let bytes = end.and_then(|end| self.bytes.get(self.at..end)).ok_or_else(|| self.damaged("ends early"))?;
        self.at += length;
        Ok(bytes)
    }

    /// Four letters, on a border of four bytes.
    fn tag(&mut self, tag: &[u8; 4]) -> Result<()> {
        self.at = self.at.next_multiple_of(4);
        if self.take(4)? == tag { Ok(()) } else { Err(self.damaged("has other parts than expected")) }
    }

    fn u16(&mut self) -> Result<u16> {
        Ok(self.header.u16(self.take(2)?))
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(self.header.u32(self.take(4)?))
    }

    /// A count, and as many strings that end in zero.
    fn strings(&mut self) -> Result<Vec<String>> {
        let mut strings = Vec::new();
        for _ in 0..self.u32()? {
            let rest = &self.bytes[self.at..];
            let length = rest.iter().position(|&byte| byte == 0).ok_or_else(|| self.damaged("ends early"))?;
            strings.push(String::from_utf8_lossy(&rest[..length]).into_owned());
            self.at += length + 1;
        }
        Ok(strings)
    }

    fn structure(&mut self, names: &[String], types: &[String], lengths: &[usize]) -> Result<Structure> {
        let name = usize::from(self.u16()?);
        let name = types.get(name).ok_or_else(|| self.damaged("names a type that is not there"))?.clone();
        let mut fields = Vec::new();
        let mut offset = 0;
        for _ in 0..self.u16()? {
            let (kind, declared) = (usize::from(self.u16()?), usize::from(self.u16()?));
            let (Some(kind_name), Some(declared), Some(&length)) =
                (types.get(kind), names.get(declared), lengths.get(kind))
            else {
                return Err(self.damaged("names a field that is not there"));
            };
            let size =
                size(declared, length, self.header.pointer).ok_or_else(|| self.damaged("has an impossible field"))?;
            fields.push(Field { name: bare(declared).to_owned(), kind: kind_name.clone(), offset, size });
            offset += size;
        }
        Ok(Structure { name, fields })
    }

    fn damaged(&self, how: &str) -> Error {
        Error::malformed(Place::at(self.at as u64), format!("the .blend's description of its structures {how}"))
    }
}

/// The bytes of a field that is declared as `*name[2][3]` or `(*name)()`; at most as many as a structure can have.
fn size(declared: &str, length: usize, pointer: usize) -> Option<usize> {
    const LARGEST: usize = 1 << 24;
    let one = if declared.starts_with(['*', '(']) { pointer } else { length };
    let counts = declared.split('[').skip(1).map(|part| part.trim_end_matches(']').parse::<usize>().ok());
    let all = counts.into_iter().try_fold(one, |all, count| all.checked_mul(count?))?;
    (all <= LARGEST).then_some(all)
}

/// The name of a field without what makes it a pointer or an array.
fn bare(declared: &str) -> &str {
    let start = declared.trim_start_matches(['*', '(']);
    start.split(['[', ')']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{bare, size};

    #[test]
    fn fields_are_read_as_c_declares_them() {
        assert_eq!((bare("*next"), size("*next", 0, 8)), ("next", Some(8)));
        assert_eq!((bare("name[66]"), size("name[66]", 1, 8)), ("name", Some(66)));
        assert_eq!((bare("mat[4][4]"), size("mat[4][4]", 4, 8)), ("mat", Some(64)));
        assert_eq!((bare("(*draw)()"), size("(*draw)()", 0, 4)), ("draw", Some(4)));
        assert_eq!((bare("*texture[18]"), size("*texture[18]", 100, 8)), ("texture", Some(144)));
        assert_eq!(size("name[99999999999999999999]", 1, 8), None);
        assert_eq!(size("name[99999999]", 100, 8), None);
    }
}
