//! Frame rates.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Frames per second as an exact ratio: 24/1 and 24000/1001 are different rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameRate {
    /// Frames in `denominator` seconds.
    pub numerator: u32,
    /// At least 1.
    pub denominator: u32,
}

impl FrameRate {
    /// The film's rate.
    pub const FPS_24: Self = Self { numerator: 24, denominator: 1 };

    /// As a number, for words and limits; comparisons are made on the ratio.
    pub fn as_f64(self) -> f64 {
        f64::from(self.numerator) / f64::from(self.denominator)
    }

    /// Whether `numerator / denominator` is this very rate, reduced or not.
    pub fn is(self, numerator: i32, denominator: u32) -> bool {
        denominator > 0
            && i64::from(numerator) * i64::from(self.denominator) == i64::from(self.numerator) * i64::from(denominator)
    }

    /// Frames that a second of time code counts: 24 for 24000/1001 too (SMPTE ST 12-1).
    pub fn counted(self) -> u32 {
        (u64::from(self.numerator) + u64::from(self.denominator) / 2).div_euclid(u64::from(self.denominator)) as u32
    }

    /// The rate written as `24` or `24000/1001`.
    ///
    /// # Errors
    /// If it is neither, 0, or above 1000 frames a second; a rounded `23.976` is no exact rate.
    pub fn parse(text: &str) -> Result<Self> {
        let (top, bottom) = text.trim().split_once('/').unwrap_or((text.trim(), "1"));
        let rate = match (top.trim().parse(), bottom.trim().parse()) {
            (Ok(numerator), Ok(denominator)) => Self { numerator, denominator },
            _ => Self { numerator: 0, denominator: 0 },
        };
        let is_sound = rate.denominator > 0 && rate.numerator > 0 && rate.as_f64() <= 1000.0;
        let what = || Error::spec(format!("{text:?} is no frame rate"), "Give a ratio: 24, 25, 24000/1001");
        is_sound.then_some(rate).ok_or_else(what)
    }
}

impl std::fmt::Display for FrameRate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.denominator {
            1 => self.numerator.fmt(f),
            denominator => write!(f, "{}/{denominator}", self.numerator),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FrameRate;

    #[test]
    fn rates_are_compared_as_ratios() {
        assert!(FrameRate::FPS_24.is(48, 2));
        assert!(!FrameRate::FPS_24.is(24000, 1001));
        assert!(!FrameRate::FPS_24.is(24, 0));
        assert!(!FrameRate::FPS_24.is(-24, 1));
    }

    #[test]
    fn rates_are_read_exactly_or_not_at_all() {
        let rate = |numerator, denominator| FrameRate { numerator, denominator };
        assert_eq!(FrameRate::parse("24").ok(), Some(FrameRate::FPS_24));
        assert_eq!(FrameRate::parse(" 24000/1001 ").ok(), Some(rate(24000, 1001)));
        assert_eq!(rate(24000, 1001).counted(), 24);
        assert_eq!(rate(30000, 1001).counted(), 30);
        for wrong in ["", "23.976", "24/0", "0", "-24", "1001", "24/1/1", "4294967296"] {
            assert!(FrameRate::parse(wrong).is_err(), "{wrong}");
        }
    }
}
