//! Rectangles of pixels.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A rectangle of pixels: `x`, `y` of its top left pixel, then its size. A size of 0 means no pixel.
///
/// OpenEXR stores inclusive corners; this stores sizes, so that an empty rectangle can be said. All arithmetic that
/// could leave `i32` is done in `i64`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "[i64; 4]", into = "[i64; 4]")]
pub struct Region {
    /// Left edge, in pixels.
    pub x: i32,
    /// Top edge, in pixels; y grows downwards.
    pub y: i32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Region {
    /// A rectangle from its top left pixel and its size.
    pub const fn new(x: i32, y: i32, width: u32, height: u32) -> Self {
        Self { x, y, width, height }
    }

    /// A rectangle from its first and last pixel, both inside; `None` if there is no pixel in it or it is wider or
    /// higher than 2^31 - 1.
    pub fn from_corners(min: [i32; 2], max: [i32; 2]) -> Option<Self> {
        let size = |low: i32, high: i32| {
            let size = i64::from(high) - i64::from(low) + 1;
            (1..=i64::from(i32::MAX)).contains(&size).then_some(size as u32)
        };
        Some(Self::new(min[0], min[1], size(min[0], max[0])?, size(min[1], max[1])?))
    }

    /// The column after the last.
    pub const fn right(&self) -> i64 {
        self.x as i64 + self.width as i64
    }

    /// The row after the last.
    pub const fn bottom(&self) -> i64 {
        self.y as i64 + self.height as i64
    }

    /// The number of pixels.
    pub const fn area(&self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// Whether there is no pixel in it.
    pub const fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Whether every pixel of `other` is in it.
    pub const fn contains(&self, other: &Self) -> bool {
        other.is_empty()
            || (self.x <= other.x
                && self.y <= other.y
                && self.right() >= other.right()
                && self.bottom() >= other.bottom())
    }

    /// Whether the pixel `x`, `y` is in it.
    pub const fn contains_pixel(&self, x: i32, y: i32) -> bool {
        self.x <= x && (x as i64) < self.right() && self.y <= y && (y as i64) < self.bottom()
    }

    /// The pixels of both; empty (all zero) if there is none.
    pub fn intersection(&self, other: &Self) -> Self {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let width = self.right().min(other.right()) - i64::from(x);
        let height = self.bottom().min(other.bottom()) - i64::from(y);
        if width <= 0 || height <= 0 { Self::default() } else { Self::new(x, y, width as u32, height as u32) }
    }

    /// The smallest rectangle around both.
    pub fn union(&self, other: &Self) -> Self {
        if self.is_empty() {
            return *other;
        }
        if other.is_empty() {
            return *self;
        }
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let width = self.right().max(other.right()) - i64::from(x);
        let height = self.bottom().max(other.bottom()) - i64::from(y);
        Self::new(x, y, width as u32, height as u32)
    }

    /// The same rectangle seen from `origin`'s top left pixel, as QC reports give it.
    pub fn relative_to(&self, origin: &Self) -> Self {
        Self { x: self.x.saturating_sub(origin.x), y: self.y.saturating_sub(origin.y), ..*self }
    }
}

impl From<[i64; 4]> for Region {
    /// Out-of-range numbers are clamped: they come from a report that someone else may have written.
    fn from([x, y, width, height]: [i64; 4]) -> Self {
        let place = |v: i64| v.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
        let size = |v: i64| v.clamp(0, i64::from(i32::MAX)) as u32;
        Self::new(place(x), place(y), size(width), size(height))
    }
}

impl From<Region> for [i64; 4] {
    fn from(region: Region) -> Self {
        [region.x.into(), region.y.into(), region.width.into(), region.height.into()]
    }
}

impl std::fmt::Display for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{} at {}, {}", self.width, self.height, self.x, self.y)
    }
}

#[cfg(test)]
mod tests {
    use super::Region;

    #[test]
    fn corners_are_inclusive_and_extreme_ones_are_refused() {
        assert_eq!(Region::from_corners([0, 0], [4095, 1715]), Some(Region::new(0, 0, 4096, 1716)));
        assert_eq!(Region::from_corners([5, 5], [4, 5]), None);
        assert_eq!(Region::from_corners([i32::MIN, 0], [i32::MAX, 0]), None);
    }

    #[test]
    fn intersection_and_union_hold_at_the_borders_of_i32() {
        let far = Region::new(i32::MAX - 1, 0, 1, 1);
        let near = Region::new(0, 0, 2, 2);
        assert!(far.intersection(&near).is_empty());
        assert!(near.union(&far).contains(&far));
        assert_eq!(near.union(&Region::default()), near);
    }
}
