//! Header attributes: typed where the type is known, kept as bytes where it is not.

use super::parse::Cursor;
use crate::Result;

/// A named value of a part's header.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// The name of its type in the file.
    pub kind: String,
    /// What it holds.
    pub value: AttributeValue,
}

/// What an attribute holds (*Layout*, "Predefined Attribute Types").
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue {
    /// `int`
    Int(i32),
    /// `float`
    Float(f32),
    /// `double`
    Double(f64),
    /// `string`
    Text(String),
    /// `stringvector`
    Texts(Vec<String>),
    /// `box2i`, `v2i`, `v3i`, `keycode`: a few integers
    Ints(Vec<i32>),
    /// `box2f`, `v2f`, `v3f`, `m33f`, `m44f`, `chromaticities`, `floatvector`: a few floats
    Floats(Vec<f32>),
    /// `v2d`, `v3d`, `m33d`, `m44d`
    Doubles(Vec<f64>),
    /// `rational`: numerator and denominator
    Rational(i32, u32),
    /// `timecode`: time and flags, then user data, packed as in SMPTE 12M
    TimeCode(u32, u32),
    /// `compression`, `envmap`, `lineOrder`, `deepImageState`: one number that stands for a word
    Code(u8),
    /// Anything else, as it stands in the file.
    Bytes(Vec<u8>),
}

impl AttributeValue {
    /// Reads a value of the type called `kind`; a value that does not fit its type is kept as bytes, for a strange
    /// attribute must not cost the picture.
    pub(super) fn parse(kind: &str, bytes: &[u8]) -> Self {
        Self::typed(kind, bytes).unwrap_or_else(|| Self::Bytes(bytes.to_vec()))
    }

    fn typed(kind: &str, bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes, 0);
        let value = match kind {
            "int" => Self::Int(cursor.i32().ok()?),
            "float" => Self::Float(cursor.f32().ok()?),
            "double" => Self::Double(cursor.f64().ok()?),
            "string" => return Some(Self::Text(String::from_utf8_lossy(bytes).into_owned())),
            "stringvector" => Self::Texts(texts(&mut cursor)?),
            "box2i" | "v2i" | "v3i" | "keycode" => Self::Ints(all(&mut cursor, 4, Cursor::i32)?),
            "box2f" | "v2f" | "v3f" | "m33f" | "m44f" | "chromaticities" | "floatvector" => {
                Self::Floats(all(&mut cursor, 4, Cursor::f32)?)
            }
            "v2d" | "v3d" | "m33d" | "m44d" => Self::Doubles(all(&mut cursor, 8, Cursor::f64)?),
            "rational" => Self::Rational(cursor.i32().ok()?, cursor.u32().ok()?),
            "timecode" => Self::TimeCode(cursor.u32().ok()?, cursor.u32().ok()?),
            "compression" | "envmap" | "lineOrder" | "deepImageState" => Self::Code(cursor.u8().ok()?),
            _ => return None,
        };
        (cursor.remaining() == 0).then_some(value)
    }

    /// The value as it stands in a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Int(value) => value.to_le_bytes().to_vec(),
            Self::Float(value) => value.to_le_bytes().to_vec(),
            Self::Double(value) => value.to_le_bytes().to_vec(),
            Self::Text(text) => text.as_bytes().to_vec(),
            Self::Texts(texts) => {
                texts.iter().flat_map(|t| (t.len() as u32).to_le_bytes().into_iter().chain(t.bytes())).collect()
            }
            Self::Ints(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Self::Floats(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Self::Doubles(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Self::Rational(top, bottom) => [top.to_le_bytes(), bottom.to_le_bytes()].concat(),
            Self::TimeCode(time, user) => [time.to_le_bytes(), user.to_le_bytes()].concat(),
            Self::Code(code) => vec![*code],
            Self::Bytes(bytes) => bytes.clone(),
        }
    }
}

impl std::fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Int(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Double(value) => value.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Texts(texts) => f.write_str(&texts.join(", ")),
            Self::Ints(values) => list(f, values),
            Self::Floats(values) => list(f, values),
            Self::Doubles(values) => list(f, values),
            Self::Rational(top, bottom) => write!(f, "{top}/{bottom}"),
            Self::TimeCode(time, _) => f.write_str(&time_code_text(*time)),
            Self::Code(code) => code.fmt(f),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}

/// `hh:mm:ss:ff` of a packed time code (SMPTE 12M; OpenEXR packs it as for television, 60 fields).
pub(super) fn time_code_text(time: u32) -> String {
    let [hours, minutes, seconds, frames] = time_code_fields(time);
    let separator = if time & (1 << 6) != 0 { ';' } else { ':' };
    format!("{hours:02}:{minutes:02}:{seconds:02}{separator}{frames:02}")
}

/// Hours, minutes, seconds and frames of a packed time code: binary coded decimal, frames lowest.
pub(super) fn time_code_fields(time: u32) -> [u32; 4] {
    let digit_pair = |shift: u32, tens_mask: u32| ((time >> (shift + 4)) & tens_mask) * 10 + ((time >> shift) & 0xf);
    [digit_pair(24, 0x3), digit_pair(16, 0x7), digit_pair(8, 0x7), digit_pair(0, 0x3)]
}

fn list<T: std::fmt::Display>(f: &mut std::fmt::Formatter<'_>, values: &[T]) -> std::fmt::Result {
    for (i, value) in values.iter().enumerate() {
        let separator = if i == 0 { "" } else { ", " };
        write!(f, "{separator}{value}")?;
    }
    Ok(())
}

fn all<'a, T>(cursor: &mut Cursor<'a>, size: usize, one: impl Fn(&mut Cursor<'a>) -> Result<T>) -> Option<Vec<T>> {
    (0..cursor.remaining() / size).map(|_| one(cursor).ok()).collect()
}

fn texts(cursor: &mut Cursor<'_>) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    while cursor.remaining() > 0 {
        let length = cursor.u32().ok()? as usize;
        texts.push(String::from_utf8_lossy(cursor.take(length).ok()?).into_owned());
    }
    Some(texts)
}

#[cfg(test)]
mod tests {
    use super::{AttributeValue, time_code_text};

    #[test]
    fn values_survive_a_round_trip() {
        let texts = AttributeValue::Texts(vec!["left".into(), String::new(), "right".into()]);
        assert_eq!(AttributeValue::parse("stringvector", &texts.to_bytes()), texts);
        let rational = AttributeValue::Rational(24000, 1001);
        assert_eq!(AttributeValue::parse("rational", &rational.to_bytes()), rational);
    }

    #[test]
    fn a_value_that_does_not_fit_its_type_is_kept_as_bytes() {
        assert_eq!(AttributeValue::parse("int", &[1, 2]), AttributeValue::Bytes(vec![1, 2]));
        assert_eq!(AttributeValue::parse("stringvector", &[9, 0, 0, 0, 1]), AttributeValue::Bytes(vec![9, 0, 0, 0, 1]));
    }

    #[test]
    fn time_code_is_binary_coded_decimal() {
        assert_eq!(time_code_text(0x0159_3923), "01:59:39:23");
        // Drop frame is bit 6 and not part of the frames' tens.
        assert_eq!(time_code_text(0x0100_0002 | 1 << 6), "01:00:00;02");
    }
}
