//! Other attributes for a file whose pixels stay as they are, byte for byte.

use std::ops::Range;

use super::attribute::Attribute;
use super::encode::{LONG_NAMES, put_attribute};
use super::header::{Header, LONGEST_NAME};
use super::parse::Cursor;
use super::source::ByteSource;
use crate::Result;

/// The start of the new file, and the bytes of the old one that follow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retagged {
    /// Headers and offset tables.
    pub head: Vec<u8>,
    /// Every chunk, in bytes from the start of the old file.
    pub rest: Range<u64>,
}

/// Sets `attributes[part]` in each part's header, in the place of those of the same name; whatever else stands there is
/// kept as it is, known or not. Offsets follow.
///
/// # Errors
/// If the header or the offset tables are damaged. (`header` was read from `source`.)
pub fn retag<S: ByteSource + ?Sized>(source: &S, header: &Header, attributes: &[Vec<Attribute>]) -> Result<Retagged> {
    let (tables, chunks) = (header.tables, header.chunks_start());
    let mut scratch = Vec::new();
    let old = source.read(0..tables, &mut scratch)?;
    let mut cursor = Cursor::new(old, 0);
    let (magic, mut version) = (cursor.u32()?, cursor.u32()?);
    if attributes.iter().flatten().any(|attribute| attribute.name.len() > 31) {
        version |= LONG_NAMES;
    }
    let mut head = [magic.to_le_bytes(), version.to_le_bytes()].concat();
    for part in 0..header.parts.len() {
        let new = attributes.get(part).map_or(&[][..], Vec::as_slice);
        copy_header(&mut cursor, new, &mut head)?;
    }
    // In multi-part files an empty header ends the list.
    head.extend(cursor.take(cursor.remaining())?);

    let delta = (head.len() as u64).wrapping_sub(tables);
    let bytes = source.read(tables..chunks, &mut scratch)?;
    let mut cursor = Cursor::new(bytes, tables);
    while cursor.remaining() > 0 {
        let offset = cursor.u64()?;
        // 0 is a chunk that was never written.
        let moved = if offset == 0 { 0 } else { offset.wrapping_add(delta) };
        head.extend(moved.to_le_bytes());
    }
    Ok(Retagged { head, rest: chunks..source.len() })
}

/// One part's header, its zero byte included.
fn copy_header(cursor: &mut Cursor<'_>, new: &[Attribute], head: &mut Vec<u8>) -> Result<()> {
    loop {
        let name = cursor.text(LONGEST_NAME)?;
        if name.is_empty() {
            break;
        }
        let kind = cursor.text(LONGEST_NAME)?;
        let size = cursor.u32()? as usize;
        let value = cursor.take(size)?;
        if !new.iter().any(|attribute| attribute.name == name) {
            put_attribute(head, &name, &kind, value);
        }
    }
    for attribute in new {
        put_attribute(head, &attribute.name, &attribute.kind, &attribute.value.to_bytes());
    }
    head.push(0);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::retag;
    use crate::color::named;
    use crate::exr::{Attribute, Header, Limits, Picture, Request, decode, encode};
    use crate::frame::{Plane, Region, Samples};

    #[test]
    fn pixels_stay_byte_for_byte_and_attributes_are_new() -> crate::Result<()> {
        let window = Region::new(-3, 5, 40, 37);
        let samples = Samples::Float((0..40 * 37).map(|i| i as f32 * 0.01).collect());
        let planes = [Plane { name: "R".into(), samples }];
        let old = [Attribute::text("owner", "nobody"), Attribute::rational("framesPerSecond", 25, 1)];
        let picture = Picture { data_window: window, display_window: window, planes: &planes, attributes: &old };
        let before = encode(&picture)?;
        let limits = Limits::default();
        let header = Header::read(before.as_slice(), &limits)?;
        let new = vec![
            Attribute::rational("framesPerSecond", 24, 1),
            Attribute::chromaticities(&named::AP1),
            Attribute::text("an attribute of a name that is longer than most", "yes"),
        ];
        let retagged = retag(before.as_slice(), &header, &[new])?;
        let chunks = &before[retagged.rest.start as usize..];
        let after = [retagged.head.as_slice(), chunks].concat();
        let header = Header::read(after.as_slice(), &limits)?;
        let part = header.part(0)?;
        assert_eq!(part.frames_per_second(), Some((24, 1)));
        assert_eq!(part.text("owner"), Some("nobody"));
        assert_eq!(part.text("an attribute of a name that is longer than most"), Some("yes"));
        assert_eq!(part.color_space().name(), "ACEScg");
        let request = Request { part: 0, channels: vec![0], bands: None };
        let frame = decode(after.as_slice(), &header, &request, &limits)?;
        assert_eq!(frame.planes, planes);
        assert!(after.ends_with(chunks));
        Ok(())
    }
}
