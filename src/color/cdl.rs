//! Per-shot grades: the ASC CDL, version 1.2 (slope, offset, power, saturation).
//!
//! This film's corrections are made in ACEScct, before the view, as ACES means its logarithmic encodings to be used (AMPAS
//! S-2016-001). They are computed without the clamps of the ASC's own formula, as OpenColorIO does by default
//! (`CDL_NO_CLAMP`): in ACEScct 1.0 is light of 223, not the end of the range, and a clamp there would cut highlights that
//! the view still shows. Within 0..1 both are the same. Values that slope and offset bring under 0 pass the power
//! unchanged.

mod xml;

use super::block::{BLOCK, Lane, for_each, map};
use super::math::{Bound, exp2, log2_near_one, split};
use super::processor::LARGEST;
use crate::{Error, Result};

/// One correction. Its numbers are checked: every output is finite.
#[derive(Debug, Clone, PartialEq)]
pub struct Cdl {
    id: String,
    slope: [f32; 3],
    offset: [f32; 3],
    power: [f32; 3],
    saturation: f32,
}

/// Shares in luminance for the saturation: ITU-R BT.709, as the ASC CDL has them whatever the primaries.
const LUMA: [f32; 3] = [0.2126, 0.7152, 0.0722];

impl Cdl {
    /// A correction from its numbers, red, green and blue each; `id` is the shot's or empty.
    ///
    /// # Errors
    /// With the allowed values, if a number is not finite, slope or saturation is under 0, or power is not over 0.
    pub fn new(id: &str, slope: [f32; 3], offset: [f32; 3], power: [f32; 3], saturation: f32) -> Result<Self> {
        let check = |name: &str, values: &[f32], is_allowed: fn(f32) -> bool, allowed: &str| match values
            .iter()
            .find(|&&value| !(value.is_finite() && is_allowed(value)))
        {
            Some(value) => Err(Error::spec(format!("{name} {value} is out of range"), format!("It is {allowed}"))),
            None => Ok(()),
        };
        check("slope", &slope, |v| v >= 0.0, "a number from 0")?;
        check("offset", &offset, |_| true, "a number")?;
        check("power", &power, |v| v > 0.0, "a number over 0")?;
        check("saturation", &[saturation], |v| v >= 0.0, "a number from 0")?;
        Ok(Self { id: id.to_owned(), slope, offset, power, saturation })
    }

    /// A correction out of a .cdl, .ccc or .cc file (ASC CDL 1.2, XML schema 1.01): the one of that id, or the only one
    /// there is. What a correction does not state changes nothing.
    ///
    /// # Errors
    /// With the line, if the file is no such XML, is larger than 16 MiB, or holds numbers that are not allowed; with the
    /// ids there are, if there is no such correction, or several and no id says which.
    pub fn from_xml(bytes: &[u8], id: Option<&str>) -> Result<Self> {
        xml::read(bytes, id)
    }

    /// Whether a CDL file of that many bytes may be read.
    ///
    /// # Errors
    /// If it may not: 16 MiB is the limit.
    pub fn check_file(bytes: u64) -> Result<()> {
        xml::check_file(bytes)
    }

    /// The correction's id; empty if it has none.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// One pixel of ACEScct, the same numbers as in rows.
    pub fn apply_pixel(&self, rgb: [f32; 3]) -> [f32; 3] {
        let mut lanes = rgb.map(|value| [value; BLOCK]);
        self.apply(&mut lanes);
        lanes.map(|lane| lane[0])
    }

    /// Corrects a block of ACEScct.
    #[inline(always)]
    pub(super) fn apply(&self, rgb: &mut [Lane; 3]) {
        for (c, lane) in rgb.iter_mut().enumerate() {
            let (slope, offset, exponent) = (self.slope[c], self.offset[c], self.power[c]);
            *lane = map(lane, |value| (value * slope + offset).at_least(-LARGEST).at_most(LARGEST));
            // x to the power 1 is x exactly, and most corrections have it.
            if exponent != 1.0 {
                *lane = map(lane, |value| power(value, exponent));
            }
        }
        if self.saturation != 1.0 {
            for_each(rgb, |[r, g, b]| {
                let luma = LUMA[0] * r + LUMA[1] * g + LUMA[2] * b;
                let saturate =
                    |value: f32| (luma + self.saturation * (value - luma)).at_least(-LARGEST).at_most(LARGEST);
                [saturate(r), saturate(g), saturate(b)]
            });
        }
    }
}

/// `value` to the power `exponent`; values that are not over 0 as they are.
#[inline(always)]
fn power(value: f32, exponent: f32) -> f32 {
    let (mantissa, whole) = split(value.at_least(f32::MIN_POSITIVE));
    let result = exp2(((whole + log2_near_one(mantissa)) * exponent).at_least(-126.0).at_most(108.0));
    if value < f32::MIN_POSITIVE { value } else { result }
}

impl std::fmt::Display for Cdl {
    /// `CDL sh010 (slope 1.1 1 0.9, offset 0 0 0, power 1 1 1, saturation 0.9)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let three = |[r, g, b]: [f32; 3]| format!("{r} {g} {b}");
        let separator = if self.id.is_empty() { "" } else { " " };
        write!(
            f,
            "CDL{separator}{} (slope {}, offset {}, power {}, saturation {})",
            self.id,
            three(self.slope),
            three(self.offset),
            three(self.power),
            self.saturation
        )
    }
}
