//! The GLSL that draws a picture: the formulas of `color` once more, for the GPU.
//!
//! Everything is highp. Powers and angles are the core's own polynomials, not GLSL's functions, whose accuracy is up to
//! the driver: a browser test compares whole pictures and allows one 8-bit code. Constants are uniforms, set from the
//! numbers that the core works with; the tables by hue and of the tone curve are a small texture made from the core's.
//!
//! There are variants, chosen by `#define` and by the rendering that is put in, because a GPU in software (a virtual
//! machine, a headless browser) pays for every branch that a shader *could* take: one program for everything took eight
//! times as long.

use crate::color::numbers::Formula;

/// What a program draws, and what it does beyond drawing one colour sample per canvas pixel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Variant {
    /// From scene-linear to display-linear.
    pub(super) formula: Formula,
    /// Averages `u_taps` samples each way.
    pub(super) smooth: bool,
    /// Averages scene light instead of display light: one rendering for all samples, where each costs dearly.
    pub(super) scene_average: bool,
    /// Marks values that are no numbers or do not fit the display.
    pub(super) clipping: bool,
    /// Paints levels of luma in colours of their own.
    pub(super) false_color: bool,
    /// Shows alpha.
    pub(super) alpha: bool,
    /// Raises the signal to a power.
    pub(super) gamma: bool,
}

/// One triangle that covers the viewport.
pub(super) const VERTEX: &str = r"#version 300 es
void main() {
  vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}
";

/// One tile of a picture.
pub(super) fn fragment(variant: Variant) -> String {
    const MATH: &str = include_str!("math.glsl");
    let flags = [
        ("SMOOTH", variant.smooth),
        ("SCENE_AVERAGE", variant.scene_average),
        ("CLIPPING", variant.clipping),
        ("FALSE_COLOR", variant.false_color),
        ("ALPHA", variant.alpha),
        ("GAMMA", variant.gamma),
    ];
    let mut source = String::from("#version 300 es\n");
    for (name, _) in flags.into_iter().filter(|(_, on)| *on) {
        source += &format!("#define {name}\n");
    }
    source += include_str!("head.glsl");
    // GLSL has no generic functions.
    for (real, whole) in [("float", "int"), ("vec3", "ivec3")] {
        source += &format!("#define REAL {real}\n#define WHOLE {whole}\n{MATH}#undef REAL\n#undef WHOLE\n");
    }
    source += include_str!("angle.glsl");
    source += match variant.formula {
        Formula::Untonemapped => include_str!("untonemapped.glsl"),
        Formula::Aces1 => include_str!("aces1.glsl"),
        Formula::Aces2 => include_str!("aces2.glsl"),
    };
    source + include_str!("picture.glsl")
}
