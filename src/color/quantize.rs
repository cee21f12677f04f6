//! Display values to full-range codes.

use super::block::cut;
use super::math::code;

/// The nearest 8-bit code, halves up; values outside 0..1 are cut, NaN is 0.
#[inline(always)]
pub fn code_u8(value: f32) -> u8 {
    code(cut(value) * 255.0) as u8
}

/// The nearest 16-bit code, halves up; values outside 0..1 are cut, NaN is 0.
#[inline(always)]
pub fn code_u16(value: f32) -> u16 {
    code(cut(value) * 65535.0) as u16
}

#[cfg(test)]
mod tests {
    use super::{code_u8, code_u16};

    #[test]
    fn every_code_comes_back_and_the_rest_is_cut() {
        for code in 0..=u8::MAX {
            assert_eq!(code_u8(f32::from(code) / 255.0), code);
        }
        for code in 0..=u16::MAX {
            assert_eq!(code_u16(f32::from(code) / 65535.0), code);
        }
        for (value, code) in [(-1.0, 0), (f32::NAN, 0), (2.0, 255), (f32::INFINITY, 255), (f32::NEG_INFINITY, 0)] {
            assert_eq!(code_u8(value), code);
        }
    }
}
