//! The GLSL that draws a picture: the formulas of `color::encoding` and `color::processor` once more, for the GPU.
//!
//! Everything is highp. The power function is the core's own polynomial, not GLSL's `pow`, whose accuracy is up to the
//! driver: a browser test compares whole pictures and allows one 8-bit code.
//!
//! There are variants, chosen by `#define`, because a GPU in software (a virtual machine, a headless browser) pays for
//! every branch that a shader *could* take: one program for everything took eight times as long.

/// What a program does beyond drawing one colour sample per canvas pixel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Variant {
    /// Averages `u_taps` samples each way.
    pub(super) smooth: bool,
    /// Marks values that are no numbers or do not fit the display.
    pub(super) clipping: bool,
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
    let flags = [
        ("SMOOTH", variant.smooth),
        ("CLIPPING", variant.clipping),
        ("ALPHA", variant.alpha),
        ("GAMMA", variant.gamma),
    ];
    let mut source = String::from("#version 300 es\n");
    for (name, _) in flags.into_iter().filter(|(_, on)| *on) {
        source += &format!("#define {name}\n");
    }
    source + BODY
}

const BODY: &str = r"
precision highp float;
precision highp int;
precision highp sampler2D;

uniform sampler2D u_red, u_green, u_blue, u_alpha;
uniform ivec2 u_size;        // of the tile, in picture pixels
uniform vec4 u_place;        // canvas position of the tile's corner; canvas pixels per picture pixel
uniform float u_height;      // of the canvas
uniform int u_taps;          // samples each way for one canvas pixel
uniform mat3 u_matrix;       // scene-linear to display-linear
uniform float u_offset;      // added to display-linear light
uniform mat3 u_select;       // which share of the light each screen channel shows
uniform float u_srgb;        // 1: sRGB's curve, 0: BT.1886's
uniform float u_linear;      // 1: no curve at all
uniform float u_inverse_gamma;
uniform float u_largest;
uniform float u_has_alpha;   // 0: the layer has none, it is 1 everywhere
out vec4 o_color;

uvec3 magnitude_bits(vec3 x) { return floatBitsToUint(x) & 0x7fffffffu; }

// NaN to 0, infinities to the largest number that sums bear.
vec3 tame(vec3 x) {
  return mix(clamp(x, -u_largest, u_largest), vec3(0.0), greaterThan(magnitude_bits(x), uvec3(0x7f800000u)));
}

// x to the power 1/2.4, as color::encoding::root.
vec3 root(vec3 x) {
  ivec3 bits = floatBitsToInt(x);
  ivec3 exponent = (bits - 0x3f3504f3) >> 23;
  vec3 m = intBitsToFloat(bits - (exponent << 23));
  vec3 twelfths = 5.0 * vec3(exponent);
  vec3 whole = floor(twelfths * (1.0 / 12.0) + 0.5);
  vec3 s = (m - 1.0) / (m + 1.0);
  vec3 s2 = s * s;
  vec3 series = (((1.0 / 9.0 * s2 + 1.0 / 7.0) * s2 + 1.0 / 5.0) * s2 + 1.0 / 3.0) * s2 + 1.0;
  vec3 rest = (twelfths - 12.0 * whole) * (1.0 / 12.0) + 2.88539008 * s * series * (1.0 / 2.4);
  vec3 y = rest * 0.693147181;
  vec3 tail = ((((1.0 / 5040.0 * y + 1.0 / 720.0) * y + 1.0 / 120.0) * y + 1.0 / 24.0) * y + 1.0 / 6.0) * y + 0.5;
  vec3 power = (tail * y + 1.0) * y + 1.0;
  vec3 scaled = intBitsToFloat(floatBitsToInt(power) + (ivec3(whole) << 23));
  return mix(scaled, vec3(0.0), lessThan(x, vec3(1.17549435e-38)));
}

vec3 encode(vec3 light) {
  vec3 magnitude = abs(light);
  vec3 power = root(magnitude);
  vec3 srgb = mix(1.055 * power - 0.055, 12.92321 * magnitude, lessThanEqual(magnitude, vec3(0.0030399347)));
  vec3 signal = mix(mix(power, srgb, u_srgb), magnitude, u_linear);
#ifdef GAMMA
  signal = pow(max(signal, vec3(1e-30)), vec3(u_inverse_gamma));
#endif
  return signal * sign(light);
}

vec3 fetch(ivec2 texel) {
  return vec3(texelFetch(u_red, texel, 0).r, texelFetch(u_green, texel, 0).r, texelFetch(u_blue, texel, 0).r);
}

void main() {
  vec2 canvas = vec2(gl_FragCoord.x, u_height - gl_FragCoord.y);
  vec2 at = (canvas - u_place.xy) / u_place.zw;
  ivec2 middle = ivec2(floor(at));
  if (any(lessThan(middle, ivec2(0))) || any(greaterThanEqual(middle, u_size))) discard;

#ifdef CLIPPING
  bvec3 odd = bvec3(false), above = bvec3(false), below = bvec3(false);
#define NOTE(raw, light) \
    odd = bvec3(uvec3(odd) | uvec3(greaterThanEqual(magnitude_bits(raw), uvec3(0x7f800000u)))); \
    above = bvec3(uvec3(above) | uvec3(greaterThan(light, vec3(1.0)))); \
    below = bvec3(uvec3(below) | uvec3(lessThan(light, vec3(0.0))));
#else
#define NOTE(raw, light)
#endif

  vec3 light;
  float alpha = 1.0;
#ifdef SMOOTH
  light = vec3(0.0);
  alpha = 0.0;
  for (int j = 0; j < u_taps; j++) {
    for (int i = 0; i < u_taps; i++) {
      vec2 shift = (vec2(float(i), float(j)) + 0.5) / float(u_taps) - 0.5;
      ivec2 texel = clamp(ivec2(floor(at + shift / u_place.zw)), ivec2(0), u_size - 1);
#ifdef ALPHA
      alpha += mix(1.0, tame(vec3(texelFetch(u_alpha, texel, 0).r)).r, u_has_alpha);
#else
      vec3 raw = fetch(texel);
      vec3 one = u_matrix * tame(raw) + u_offset;
      NOTE(raw, one)
      // What is averaged is the light that reaches the eye: a display has no more than white.
      light += clamp(one, 0.0, 1.0);
#endif
    }
  }
  float count = float(u_taps * u_taps);
  light /= count;
  alpha /= count;
#else
#ifdef ALPHA
  alpha = mix(1.0, tame(vec3(texelFetch(u_alpha, middle, 0).r)).r, u_has_alpha);
#else
  vec3 raw = fetch(middle);
  light = u_matrix * tame(raw) + u_offset;
  NOTE(raw, light)
#endif
#endif

#ifdef ALPHA
  vec3 signal = vec3(alpha);
#else
  vec3 signal = encode(u_select * light);
#endif
#ifdef CLIPPING
  float rising = step(mod(gl_FragCoord.x + gl_FragCoord.y, 12.0), 5.9);
  float falling = step(mod(gl_FragCoord.x - gl_FragCoord.y, 12.0), 5.9);
  if (any(odd)) signal = vec3(1.0, 0.0, 1.0);
  else if (any(above)) signal = mix(signal, vec3(0.9, 0.22, 0.2), rising);
  else if (any(below)) signal = mix(signal, vec3(0.25, 0.5, 1.0), falling);
#endif
  // Halves up, as color::quantize: not left to the driver's rounding.
  o_color = vec4(floor(clamp(signal, 0.0, 1.0) * 255.0 + 0.5) / 255.0, 1.0);
}
";
