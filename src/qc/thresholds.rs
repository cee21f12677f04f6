//! The numbers that decide: every one with its name, unit, default and source.
//!
//! `gsd.toml` overrides them by name in its `[qc]` table. The documentation's table is made from [`Thresholds::ALL`].

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// What one threshold is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Threshold {
    /// Its name in `[qc]`.
    pub name: &'static str,
    /// The unit of the number.
    pub unit: &'static str,
    /// What it is unless overridden.
    pub default: f64,
    /// Smallest and largest number that makes sense.
    pub range: [f64; 2],
    /// What it decides, and where the default comes from.
    pub meaning: &'static str,
}

/// Makes the struct, its defaults and its table from one list.
macro_rules! thresholds {
    ($($name:ident: $default:literal, $unit:literal, $low:literal ..= $high:literal, $meaning:literal;)*) => {
        /// Every number that decides, see [`Thresholds::ALL`].
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Thresholds {
            $(#[doc = $meaning] pub $name: f64,)*
        }

        impl Default for Thresholds {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl Thresholds {
            /// What each of them is, in the order of the documentation.
            pub const ALL: &'static [Threshold] = &[$(Threshold {
                name: stringify!($name),
                unit: $unit,
                default: $default,
                range: [$low, $high],
                meaning: $meaning,
            },)*];

            /// Name and value of each.
            fn values(&self) -> impl Iterator<Item = (&'static Threshold, f64)> {
                Self::ALL.iter().zip([$(self.$name,)*])
            }
        }
    };
}

thresholds! {
    smallest_area: 64.0, "pixels", 1.0 ..= 1e9,
        "An area smaller than this is no finding (QC practice: what a viewer sees in motion).";
    linked_overlap: 0.3, "IoU", 0.0 ..= 1.0,
        "Areas of consecutive frames that overlap by this much are one event.";
    flat_tolerance: 0.001, "share of the value", 0.0 ..= 0.1,
        "Samples that differ by less are equal: one step of a half float is 0.0005 to 0.001 of its value.";
    clipped_warning: 0.0005, "share of the frame", 0.0 ..= 1.0,
        "One clipped area of this size is a warning (0.05 %).";
    clipped_error: 0.005, "share of the frame", 0.0 ..= 1.0,
        "One clipped area of this size is an error (0.5 %).";
    clipped_total_warning: 0.01, "share of the frame", 0.0 ..= 1.0,
        "All clipped pixels of a frame together: a warning (1 %).";
    clipped_total_error: 0.03, "share of the frame", 0.0 ..= 1.0,
        "All clipped pixels of a frame together: an error (3 %).";
    clipped_lamp: 16.3, "scene-linear", 0.0 ..= 1e6,
        "Over this a flat top is a lamp: the ACES SDR rendering's white point lies 6.5 stops over 18 % grey (0.18 x 2^6.5), so clipping above it cannot be seen; only an area of an error's size is a warning.";
    crushed_warning: 0.0005, "share of the frame", 0.0 ..= 1.0,
        "One crushed area of this size is a warning (0.05 %).";
    crushed_error: 0.005, "share of the frame", 0.0 ..= 1.0,
        "One crushed area of this size is an error (0.5 %).";
    crushed_total_warning: 0.01, "share of the frame", 0.0 ..= 1.0,
        "All crushed pixels of a frame together: a warning (1 %).";
    crushed_total_error: 0.03, "share of the frame", 0.0 ..= 1.0,
        "All crushed pixels of a frame together: an error (3 %).";
    crushed_level: 0.05, "scene-linear", 0.0 ..= 1.0,
        "A flat area over this is not black (display code 46 of 255 through ACES 2.0).";
    black_frame: 0.995, "share of the frame", 0.5 ..= 1.0,
        "A frame with this share of black is a black frame.";
    pile_up: 3.0, "ratio", 1.0 ..= 1000.0,
        "A clipped or crushed level holds this many times the samples of the step next to it: the round top of a smooth 8-bit gradient holds at most 2.4 times (square-root law), clipping 10 times and more.";
    flat_frame: 0.3, "share of the frame", 0.0 ..= 1.0,
        "In a frame with more flat areas than this (graphics, a render without grain) flatness is no evidence; only the ceilings of number formats are.";
    hot_pixel: 16.0, "ratio", 2.0 ..= 1e6,
        "A sample this many times brighter than all its neighbours is a hot pixel. Lamps at night reach 11 (measured on a real plate): optics spread their light.";
    hot_pixel_level: 0.5, "scene-linear", 0.0 ..= 1e6,
        "Darker than this, a hot pixel is not seen.";
    dead_pixel: 8.0, "ratio", 2.0 ..= 1e6,
        "A pixel this many times darker than all its neighbours is a dead pixel. Real plates reach 4 (measured).";
    dead_pixel_level: 0.05, "scene-linear", 0.0 ..= 1e6,
        "With neighbours darker than this, a dead pixel is not seen.";
    grain_visible: 0.6, "8-bit display codes", 0.0 ..= 100.0,
        "Grain with a smaller standard deviation cannot be seen (scans of film have 0.5 to 2.4).";
    grain_strong: 6.0, "8-bit display codes", 0.0 ..= 255.0,
        "Grain with a larger standard deviation is too strong.";
    grain_frozen: 0.3, "correlation", 0.0 ..= 1.0,
        "Grain more alike to the frame before's than this is frozen; live grain stays under 0.05.";
    grain_looped: 0.3, "correlation", 0.0 ..= 1.0,
        "Grain more alike to an earlier frame's, or to its own some way along the row, comes again.";
    hole_ratio: 0.5, "share of the frame's grain", 0.0 ..= 1.0,
        "An area with a smaller share of the grain expected at its light is a hole.";
    hole_visible: 0.3, "8-bit display codes", 0.0 ..= 100.0,
        "Where less grain is expected, its lack cannot be seen.";
    hole_tiles: 12.0, "tiles of 8 x 8", 1.0 ..= 1e6,
        "A smaller hole is not told: chance.";
    hole_share: 0.002, "share of the frame", 0.0 ..= 1.0,
        "A smaller hole is not told.";
}

impl Thresholds {
    /// The same, if every number makes sense.
    ///
    /// # Errors
    /// With name, number and range of the first that does not.
    pub fn checked(self) -> Result<Self> {
        for (threshold, value) in self.values() {
            let [low, high] = threshold.range;
            if !(low..=high).contains(&value) {
                let what = format!("[qc] {} = {value} makes no sense", threshold.name);
                return Err(Error::spec(what, format!("Give a number from {low} to {high} ({})", threshold.unit)));
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Thresholds;

    #[test]
    fn defaults_make_sense_and_others_are_refused_by_name() {
        assert!(Thresholds::default().checked().is_ok());
        let wrong = Thresholds { clipped_error: f64::NAN, ..Thresholds::default() };
        let text = wrong.checked().map_err(|error| error.to_string());
        assert!(text.is_err_and(|text| text.contains("clipped_error")));
    }

    #[test]
    fn settings_override_by_name_and_unknown_names_are_errors() {
        let changed: Result<Thresholds, _> = serde_json::from_str(r#"{ "pile_up": 5.0 }"#);
        assert!(changed.is_ok_and(|changed| changed == Thresholds { pile_up: 5.0, ..Thresholds::default() }));
        assert!(serde_json::from_str::<Thresholds>(r#"{ "pileup": 5.0 }"#).is_err());
    }
}
