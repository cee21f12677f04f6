//! What the page's shader needs of this rendering.

use super::{
    Aces1, BITS, DIM_SURROUND, ENTRIES, GLOW_GAIN, GLOW_MID, LOWEST, RED_PIVOT, RED_SCALE, RED_WIDTH_DEGREES, ToneTable,
};
use crate::color::numbers::{Formula, Numbers, Table};

impl Aces1 {
    /// The table has a row for each octave from `tone_lowest` on, of parabolas: square, linear, constant.
    pub(in crate::color) fn numbers(&self) -> Numbers {
        let [r, g, b] = self.luminance;
        Numbers {
            formula: Formula::Aces1,
            matrices: vec![
                ("source_to_ap0", self.source_to_ap0),
                ("ap0_to_ap1", self.ap0_to_ap1),
                ("desaturate", self.desaturate),
                ("to_display", self.to_display),
            ],
            scalars: vec![
                ("luminance_r", r),
                ("luminance_g", g),
                ("luminance_b", b),
                ("glow_gain", GLOW_GAIN),
                ("glow_mid", GLOW_MID),
                ("red_scale", RED_SCALE),
                ("red_pivot", RED_PIVOT),
                ("red_width", RED_WIDTH_DEGREES),
                ("dim_surround", DIM_SURROUND),
                ("tone_lowest", 2.0_f32.powi(LOWEST)),
            ],
            table: self.tone.texels(),
        }
    }
}

impl ToneTable {
    fn texels(&self) -> Table {
        let texel = |entry: usize| [self.square[entry], self.linear[entry], self.constant[entry], 0.0];
        Table { width: 1 << BITS, texels: (0..ENTRIES).map(texel).collect() }
    }
}
