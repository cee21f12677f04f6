//! The inputs that a curve or table covers.

use crate::color::block::{Lane, cut, map};

/// For each channel the inputs of the first and the last entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Domain {
    min: [f32; 3],
    /// 1 / (max - min)
    scale: [f32; 3],
}

impl Domain {
    /// 0..1 on every channel.
    pub(super) const UNIT: Self = Self { min: [0.0; 3], scale: [1.0; 3] };

    /// `None` unless every number is finite and every channel runs upwards.
    pub(super) fn new(min: [f32; 3], max: [f32; 3]) -> Option<Self> {
        let scale: [f32; 3] = std::array::from_fn(|c| (1.0 / (f64::from(max[c]) - f64::from(min[c]))) as f32);
        let is_sound = (0..3).all(|c| min[c].is_finite() && max[c] > min[c] && scale[c].is_normal());
        is_sound.then_some(Self { min, scale })
    }

    /// A lane's places among entries numbered from 0 to `last`, cut to them; NaN is 0.
    #[inline(always)]
    pub(super) fn places(&self, channel: usize, last: f32, lane: &Lane) -> Lane {
        let (min, scale) = (self.min[channel], self.scale[channel]);
        map(lane, |value| cut((value - min) * scale) * last)
    }
}
