//! The GLSL that draws a picture: the formulas of `color::encoding` and `color::processor` once more, for the GPU.
//!
//! Everything is highp. The power function is the core's own polynomial, not GLSL's `pow`, whose accuracy is up to the
//! driver: a browser test compares whole pictures and allows one 8-bit code.

/// One triangle that covers the viewport.
pub(super) const VERTEX: &str = r"#version 300 es
void main() {
  vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}
";

/// One tile of a picture.
pub(super) const FRAGMENT: &str = r"#version 300 es
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
uniform int u_encoding;      // 0 linear, 1 BT.1886, 2 sRGB
uniform float u_inverse_gamma;
uniform vec3 u_luminance;
uniform int u_isolate;       // 0 colour, 1 red, 2 green, 3 blue, 4 alpha, 5 luminance
uniform bool u_clipping;
uniform bool u_has_alpha;
uniform float u_largest;
out vec4 o_color;

bool is_nan(float x) { return (floatBitsToUint(x) & 0x7fffffffu) > 0x7f800000u; }
bool is_finite(float x) { return (floatBitsToUint(x) & 0x7f800000u) != 0x7f800000u; }
float tame(float x) { return is_nan(x) ? 0.0 : clamp(x, -u_largest, u_largest); }

// x to the power 1/2.4, as color::encoding::root.
float root(float x) {
  if (x < 1.17549435e-38) return 0.0;
  int bits = floatBitsToInt(x);
  int exponent = (bits - 0x3f3504f3) >> 23;
  float m = intBitsToFloat(bits - (exponent << 23));
  float twelfths = 5.0 * float(exponent);
  float whole = floor(twelfths / 12.0 + 0.5);
  float s = (m - 1.0) / (m + 1.0);
  float s2 = s * s;
  float series = (((s2 / 9.0 + 1.0 / 7.0) * s2 + 0.2) * s2 + 1.0 / 3.0) * s2 + 1.0;
  float log2m = 2.88539008 * s * series;
  float rest = (twelfths - 12.0 * whole) / 12.0 + log2m / 2.4;
  float y = rest * 0.693147181;
  float tail = ((((y / 5040.0 + 1.0 / 720.0) * y + 1.0 / 120.0) * y + 1.0 / 24.0) * y + 1.0 / 6.0) * y + 0.5;
  float power = (tail * y + 1.0) * y + 1.0;
  return intBitsToFloat(floatBitsToInt(power) + (int(whole) << 23));
}

float encode(float light) {
  float magnitude = abs(light);
  float signal = magnitude;
  if (u_encoding == 1) signal = root(magnitude);
  if (u_encoding == 2) signal = magnitude <= 0.0030399347 ? 12.92321 * magnitude : 1.055 * root(magnitude) - 0.055;
  if (u_inverse_gamma != 1.0) signal = signal > 0.0 ? pow(signal, u_inverse_gamma) : 0.0;
  return light < 0.0 ? -signal : signal;
}

float stripes(float slope) {
  float at = mod(gl_FragCoord.x + slope * gl_FragCoord.y, 12.0);
  return at < 6.0 ? 1.0 : 0.0;
}

void main() {
  vec2 canvas = vec2(gl_FragCoord.x, u_height - gl_FragCoord.y);
  vec2 at = (canvas - u_place.xy) / u_place.zw;
  vec3 light = vec3(0.0);
  float alpha = 0.0;
  float count = 0.0;
  bool odd = false, above = false, below = false;
  for (int j = 0; j < u_taps; j++) {
    for (int i = 0; i < u_taps; i++) {
      vec2 shift = (vec2(float(i), float(j)) + 0.5) / float(u_taps) - 0.5;
      ivec2 texel = ivec2(floor(at + (u_taps == 1 ? vec2(0.0) : shift / u_place.zw)));
      if (texel.x < 0 || texel.y < 0 || texel.x >= u_size.x || texel.y >= u_size.y) continue;
      vec3 raw = vec3(texelFetch(u_red, texel, 0).r, texelFetch(u_green, texel, 0).r, texelFetch(u_blue, texel, 0).r);
      float a = u_has_alpha ? texelFetch(u_alpha, texel, 0).r : 1.0;
      vec3 one = u_matrix * vec3(tame(raw.r), tame(raw.g), tame(raw.b)) + u_offset;
      odd = odd || !is_finite(raw.r) || !is_finite(raw.g) || !is_finite(raw.b);
      above = above || any(greaterThan(one, vec3(1.0)));
      below = below || any(lessThan(one, vec3(0.0)));
      // What is averaged is the light that reaches the eye: a display has no more than white.
      light += u_taps == 1 ? one : clamp(one, 0.0, 1.0);
      alpha += tame(a);
      count += 1.0;
    }
  }
  if (count == 0.0) discard;
  light /= count;
  alpha /= count;

  vec3 signal;
  if (u_isolate == 0) signal = vec3(encode(light.r), encode(light.g), encode(light.b));
  else if (u_isolate == 1) signal = vec3(encode(light.r));
  else if (u_isolate == 2) signal = vec3(encode(light.g));
  else if (u_isolate == 3) signal = vec3(encode(light.b));
  else if (u_isolate == 4) signal = vec3(alpha);
  else signal = vec3(encode(dot(u_luminance, light)));

  if (u_clipping) {
    if (odd) signal = vec3(1.0, 0.0, 1.0);
    else if (above) signal = mix(signal, vec3(0.9, 0.22, 0.2), stripes(1.0));
    else if (below) signal = mix(signal, vec3(0.25, 0.5, 1.0), stripes(-1.0));
  }
  // Halves up, as color::quantize: not left to the driver's rounding.
  o_color = vec4(floor(clamp(signal, 0.0, 1.0) * 255.0 + 0.5) / 255.0, 1.0);
}
";
