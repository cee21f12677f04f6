//! Sequence parameter sets of H.264.
//!
//! Source: ITU-T H.264, 7.3.2.1.1 (`seq_parameter_set_data`), annex D.1.3 (`pic_timing`) and annex E.1 (`vui_parameters`).

use super::SPS;
use crate::media::ColorTags;
use crate::media::bits::{Bits, Ended};
use crate::media::color::UNSPECIFIED;

/// Profiles whose sets say how colour is sampled (7.3.2.1.1).
const HIGH_PROFILES: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/// `aspect_ratio_idc` of a ratio that is written out (table E-1).
pub(crate) const EXTENDED_SAR: u32 = 255;
/// The ratios that have a number of their own, from 1 on (table E-1).
const ASPECTS: [[u32; 2]; 16] = [
    [1, 1],
    [12, 11],
    [10, 11],
    [16, 11],
    [40, 33],
    [24, 11],
    [20, 11],
    [32, 11],
    [80, 33],
    [18, 11],
    [15, 11],
    [64, 33],
    [160, 99],
    [4, 3],
    [3, 2],
    [2, 1],
];

/// A sequence parameter set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sps {
    profile: u32,
    /// The six constraint flags, the first on top.
    constraints: u32,
    /// `chroma_format_idc`: 0 none, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    chroma: u32,
    /// Bits of a luma code.
    depth: u32,
    /// Width and height in pixels, cropped.
    pub(in crate::media) size: [u32; 2],
    /// Whether pictures may be made of fields.
    pub(in crate::media) may_have_fields: bool,
    /// The bit in the payload that says whether there is usability information (annex E).
    pub(crate) usability_at: usize,
    /// Width of a pixel over its height.
    pub(in crate::media) aspect: Option<[u32; 2]>,
    pub(in crate::media) color: ColorTags,
    /// Bits of the delays in front of a picture's structure, where that is told.
    structure_after: Option<u32>,
}

impl Sps {
    /// Reads the payload of the unit, its header included.
    ///
    /// # Errors
    /// If it ends too early.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, Ended> {
        let bits = &mut Bits::new(payload);
        if bits.number(8)? & 0x1f != u32::from(SPS) {
            return Err(Ended);
        }
        let mut set = Self { profile: bits.number(8)?, constraints: bits.number(8)? >> 2, ..Self::default() };
        // The level, the set's number.
        bits.number(8)?;
        bits.unsigned()?;
        (set.chroma, set.depth) = if HIGH_PROFILES.contains(&set.profile) { sampling(bits)? } else { (1, 8) };
        skip_order(bits)?;
        // Reference frames, and whether numbers may be left out.
        bits.unsigned()?;
        bits.bit()?;
        let [columns, rows] = [bits.unsigned()?, bits.unsigned()?].map(|count| u64::from(count) + 1);
        set.may_have_fields = !bits.bit()?;
        if set.may_have_fields {
            bits.bit()?;
        }
        bits.bit()?;
        let mut crop = [0; 4];
        if bits.bit()? {
            for side in &mut crop {
                *side = u64::from(bits.unsigned()?);
            }
        }
        // 7.4.2.1.1: fields double the rows; cropping counts in chroma samples (equations 7-19 to 7-22).
        let fields = 1 + u64::from(set.may_have_fields);
        let unit = [1 + u64::from(matches!(set.chroma, 1 | 2)), (1 + u64::from(set.chroma == 1)) * fields];
        let width = (16 * columns).saturating_sub(unit[0] * (crop[0] + crop[1]));
        let height = (16 * rows * fields).saturating_sub(unit[1] * (crop[2] + crop[3]));
        set.size = [width, height].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
        set.usability_at = bits.position();
        if bits.bit()? {
            set.usability(bits)?;
        }
        Ok(set)
    }

    /// Annex E.1.1, as far as the structure of pictures.
    fn usability(&mut self, bits: &mut Bits<'_>) -> Result<(), Ended> {
        if bits.bit()? {
            self.aspect = match bits.number(8)? {
                EXTENDED_SAR => Some([bits.number(16)?, bits.number(16)?]),
                number => ASPECTS.get((number as usize).wrapping_sub(1)).copied(),
            }
            .filter(|ratio| !ratio.contains(&0));
        }
        if bits.bit()? {
            bits.bit()?;
        }
        if bits.bit()? {
            bits.number(3)?;
            let full_range = Some(bits.bit()?);
            let mut codes = [UNSPECIFIED.into(); 3];
            if bits.bit()? {
                for code in &mut codes {
                    *code = bits.number(8)? as u16;
                }
            }
            self.color = ColorTags::from_codes(codes, full_range);
        }
        if bits.bit()? {
            bits.unsigned()?;
            bits.unsigned()?;
        }
        if bits.bit()? {
            bits.number(32)?;
            bits.number(32)?;
            bits.bit()?;
        }
        let [network, coded] = [delays(bits)?, delays(bits)?];
        if network.or(coded).is_some() {
            bits.bit()?;
        }
        self.structure_after = bits.bit()?.then(|| network.or(coded).unwrap_or(0));
        Ok(())
    }

    /// `pic_struct` of a picture's timing, where it is told (D.1.3, table D-1, which counts from 0 for a whole frame).
    pub(super) fn structure(&self, payload: &[u8]) -> Result<Option<u32>, Ended> {
        let Some(before) = self.structure_after else { return Ok(None) };
        let mut bits = Bits::new(payload);
        for _ in 0..before {
            bits.bit()?;
        }
        bits.number(4).map(Some)
    }

    /// ffprobe's name of the profile (A.2).
    pub(in crate::media) fn profile(&self) -> &'static str {
        let is_set = |flag: u32| self.constraints >> (5 - flag) & 1 == 1;
        match self.profile {
            66 if is_set(1) => "Constrained Baseline",
            66 => "Baseline",
            77 => "Main",
            88 => "Extended",
            100 => "High",
            110 if is_set(3) => "High 10 Intra",
            110 => "High 10",
            122 if is_set(3) => "High 4:2:2 Intra",
            122 => "High 4:2:2",
            144 => "High 4:4:4",
            244 if is_set(3) => "High 4:4:4 Intra",
            244 => "High 4:4:4 Predictive",
            44 => "CAVLC 4:4:4",
            118 => "Multiview High",
            128 => "Stereo High",
            _ => "unknown",
        }
    }

    /// ffmpeg's name of what it decodes to.
    pub(in crate::media) fn pixel_format(&self) -> String {
        let sampling = match self.chroma {
            0 if self.depth == 8 => return "gray".into(),
            0 => return format!("gray{}le", self.depth),
            1 => "420",
            2 => "422",
            _ if self.color.matrix == Some(0) && self.depth == 8 => return "gbrp".into(),
            _ if self.color.matrix == Some(0) => return format!("gbrp{}le", self.depth),
            _ => "444",
        };
        match (self.depth, self.color.full_range) {
            (8, Some(true)) => format!("yuvj{sampling}p"),
            (8, _) => format!("yuv{sampling}p"),
            (depth, _) => format!("yuv{sampling}p{depth}le"),
        }
    }
}

/// `chroma_format_idc` to the scaling lists: sampling and bits of luma.
fn sampling(bits: &mut Bits<'_>) -> Result<(u32, u32), Ended> {
    let chroma = bits.unsigned()?;
    if chroma == 3 {
        bits.bit()?;
    }
    let depth = bits.unsigned()?.saturating_add(8);
    bits.unsigned()?;
    bits.bit()?;
    if bits.bit()? {
        for list in 0..if chroma == 3 { 12 } else { 8 } {
            if bits.bit()? {
                skip_scaling_list(bits, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Ok((chroma, depth))
}

/// 7.3.2.1.1.1
fn skip_scaling_list(bits: &mut Bits<'_>, size: usize) -> Result<(), Ended> {
    let (mut last, mut next) = (8_i64, 8_i64);
    for _ in 0..size {
        if next != 0 {
            next = (last + bits.signed()?).rem_euclid(256);
        }
        last = if next == 0 { last } else { next };
    }
    Ok(())
}

/// `log2_max_frame_num_minus4` and how the order of pictures is told.
fn skip_order(bits: &mut Bits<'_>) -> Result<(), Ended> {
    bits.unsigned()?;
    match bits.unsigned()? {
        0 => drop(bits.unsigned()?),
        1 => {
            bits.bit()?;
            bits.signed()?;
            bits.signed()?;
            for _ in 0..bits.unsigned()? {
                bits.signed()?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// E.1.2, where it is there: bits of a picture's two delays.
fn delays(bits: &mut Bits<'_>) -> Result<Option<u32>, Ended> {
    if !bits.bit()? {
        return Ok(None);
    }
    let count = bits.unsigned()?;
    bits.number(8)?;
    for _ in 0..=count {
        bits.unsigned()?;
        bits.unsigned()?;
        bits.bit()?;
    }
    bits.number(5)?;
    let lengths = bits.number(5)? + 1 + bits.number(5)? + 1;
    bits.number(5)?;
    Ok(Some(lengths))
}
